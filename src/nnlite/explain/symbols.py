"""The letters of a network: X, Z1, A1, W1 … as a lecture counts its layers.

A layer with an equation of its own starts a new number; what follows it (an activation, dropout,
pooling) shares that number, and has its own letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..layers.base import Layer
from ..layers.symbolic import Node, Tensor

if TYPE_CHECKING:
    from ..functional import Model

_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "theta": "θ", "mu": "μ"}


class Symbols:
    """Which letter each tensor and each weight of a model has."""

    def __init__(self, model: Model) -> None:
        self.taken: set[str] = set()
        self.of: dict[Tensor, str] = {}
        self.number: dict[Tensor, int] = {}
        self.layers_so_far = 0
        self.weight_numbers: dict[Layer, int] = {}
        self.weight_symbols: dict[tuple[Layer, str], str] = {}
        for place, tensor in enumerate(model.inputs):
            self.of[tensor] = numbered("X", place + 1 if len(model.inputs) > 1 else 0)
            self.number[tensor] = 0
        self.truths = [
            numbered("Y", place + 1 if len(model.outputs) > 1 else 0)
            for place in range(len(model.outputs))
        ]
        self.taken.update(self.of.values(), self.truths)

    def name(self, node: Node, letters: Sequence[str], starts_a_layer: bool) -> list[str]:
        """Choose the symbols of one call, letter by letter; the last is that of its output."""
        if starts_a_layer:
            number = self.layers_so_far + 1
        else:
            number = max(self.number[tensor] for tensor in node.inputs)
        while not self.taken.isdisjoint(numbered(letter, number) for letter in letters):
            number += 1
        if starts_a_layer:
            self.layers_so_far = number
        symbols = [numbered(letter, number) for letter in letters]
        self.taken.update(symbols)
        self.of[node.output] = symbols[-1]
        self.number[node.output] = number
        self.weight_numbers.setdefault(node.layer, number)
        return symbols

    def weight(self, layer: Layer, name: str) -> str:
        """Return the symbol of a weight: W1, γ2; or scale.W, where that is taken."""
        if (layer, name) not in self.weight_symbols:
            symbol = numbered(_GREEK.get(name, name), self.weight_numbers[layer])
            if symbol in self.taken:
                symbol = f"{layer.name}.{name}"
            self.taken.add(symbol)
            self.weight_symbols[layer, name] = symbol
        return self.weight_symbols[layer, name]


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
