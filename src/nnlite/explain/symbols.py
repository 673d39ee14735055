"""The letters of a network: X, Z1, A1, W1 … as a lecture counts its layers.

A layer with an equation of its own starts a new number; what follows it (an activation, dropout,
pooling) shares that number, and has its own letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nnlite.explain.formulas import ACTIVATION, formulas_of
from nnlite.explain.watching import Call, WatchedStep
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer

_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "theta": "θ", "mu": "μ"}


def give_symbols(step: WatchedStep) -> None:
    """Give data, truth and all calls their symbols, and then, from what is left, all weights."""
    inputs = step.model.inputs
    step.symbols = dict(zip(inputs, _one_or_numbered("X", len(inputs)), strict=True))
    truths = _one_or_numbered("Y", len(step.model.outputs))
    for judged, symbol in zip(step.judgements, truths, strict=False):
        judged.Y = symbol
    taken = {*step.symbols.values(), *truths}
    numbers = _name_calls(step, taken)
    _name_weights(step.calls, numbers, taken)


def _name_calls(step: WatchedStep, taken: set[str]) -> dict[Tensor, int]:
    """Choose the symbols of each call, letter by letter; return the numbers of their outputs."""
    numbers: dict[Tensor, int] = dict.fromkeys(step.model.inputs, 0)
    layers_so_far = 0
    for call in step.calls:
        node, formulas = call.node, formulas_of(call.layer)
        letters = formulas.letters + "A" * (call.is_bent or formulas is ACTIVATION)
        number = layers_so_far + 1
        if not formulas.starts_a_layer:
            number = max(numbers[tensor] for tensor in node.inputs)
        while not taken.isdisjoint(numbered(letter, number) for letter in letters):
            number += 1
        if formulas.starts_a_layer:
            layers_so_far = number
        symbols = [numbered(letter, number) for letter in letters]
        taken.update(symbols)
        call.X = [step.symbols[tensor] for tensor in node.inputs]
        call.Z = [call.X[0], *symbols][len(formulas.letters)]
        call.A = step.symbols[node.output] = symbols[-1]
        numbers[node.output] = number
    return numbers


def _name_weights(calls: list[Call], numbers: dict[Tensor, int], taken: set[str]) -> None:
    """Name weights after their layer's first call: W1, γ2; or scale.W, where that is taken."""
    named: dict[Layer, dict[str, str]] = {}
    for call in calls:
        call.W = named.setdefault(call.layer, {})
        for name in [name for name in call.weights if name not in call.W]:
            symbol = numbered(_GREEK.get(name, name), numbers[call.node.output])
            call.W[name] = f"{call.layer.name}.{name}" if symbol in taken else symbol
            taken.add(call.W[name])


def _one_or_numbered(letter: str, count: int) -> list[str]:
    return [letter] if count == 1 else [numbered(letter, n) for n in range(1, count + 1)]


def numbered(letter: str, number: int) -> str:
    """Return a symbol: the input, number 0, goes without.

    >>> numbered("Z", 1), numbered("X", 0), numbered("W2", 1)
    ('Z1', 'X', 'W2_1')
    """
    between = "_" if re.search(r"\d$", letter) else ""
    return f"{letter}{between}{number}" if number else letter


def numbered_symbols(symbols: Iterable[str]) -> re.Pattern[str]:
    r"""Return what finds these symbols in a text, their letters and their numbers apart.

    >>> numbered_symbols(["X", "Z1", "dZ1"]).sub(r"\1_\2", "dZ1 = Xᵀ·Z12 + Z1² + conv2d_1")
    'dZ_1 = Xᵀ·Z12 + Z_1² + conv2d_1'
    """
    found = [match for symbol in symbols if (match := re.fullmatch(r"([^\W\d_]+)(\d+)", symbol))]
    letters = "|".join({match[1] for match in found}) or "(?!)"
    numbers = "|".join({match[2] for match in found}) or "(?!)"
    return re.compile(rf"(?<![^\W\d_])({letters})({numbers})(?![0-9_])")
