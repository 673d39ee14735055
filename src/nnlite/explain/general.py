"""What can be told of any layer, also of the user's own, and the lines that all are told in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnlite.explain.lines import Line, shape_of, spelled
from nnlite.explain.losses import penalty
from nnlite.explain.watching import Call
from nnlite.foundation.types import Array


@dataclass(frozen=True)
class Formulas:
    """The lines of a kind of layer: from x to z, and from dz to the gradients of weights and x.

    Each of its symbols has a letter, z the last.
    """

    letters: str
    forward: Callable[[Call], list[Line]]
    backward: Callable[[Call], Sequence[Line | None]]
    starts_a_layer: bool = False


def _forward(call: Call) -> list[Line]:
    inputs = ", ".join(shape_of(x) for x in call.x)
    formula = f"{call.layer.name}({', '.join(call.X)})"
    return [Line(call.Z, formula, f"{inputs} → {shape_of(call.z)}", call.z)]


def _backward(call: Call) -> list[Line | None]:
    slope = f"d{call.Z}·∂{call.Z}/∂"
    lines = [weight_line(call, name, slope + call.W[name]) for name in call.gradients]
    return lines + [input_line(call, slope + x, place=k) for k, x in enumerate(call.X)]


GENERAL = Formulas("H", _forward, _backward, starts_a_layer=True)


def equation(
    call: Call, pattern: str, x: tuple[str, Array] | None = None, shapes: str = "", note: str = ""
) -> Line:
    """Return the line of z, say {x}·{W} and + {b} where there is one; beside it, in shapes.

    `x` is the symbol and the array of what the weights meet, if that is not the input.
    """
    symbol, array = x or (call.X[0], call.x[0])
    if getattr(call.layer, "use_bias", False):
        pattern += " + {b}"
    if not shapes:
        sizes = {name: shape_of(held) for name, held in [*call.weights.items(), ("x", array)]}
        shapes = f"{pattern.replace(' ⊙ ', '·').format_map(sizes)} = {shape_of(call.z)}"
    return Line(call.Z, pattern.format_map({**call.W, "x": symbol}), shapes, call.z, note)


def weight_line(
    call: Call, weight: str, formula: str, shapes: str = "", note: str = ""
) -> Line | None:
    """Return the line of a weight's gradient, if there is one."""
    if weight not in call.gradients:
        return None
    if weight in call.pulled:
        formula += penalty(call.pulled[weight], call.W[weight])[1]
    return Line(f"d{call.W[weight]}", formula, shapes, call.gradients[weight], note)


def input_line(
    call: Call, formula: str, shapes: str = "", note: str = "", place: int = 0
) -> Line | None:
    """Return the line of an input's gradient, if the layer computed one."""
    dx = call.dx[place] if call.dx else None
    return None if dx is None else Line(f"d{call.X[place]}", formula, shapes, dx, note)


def kernel_lines(
    call: Call, dW: str, dx: str, shapes: Sequence[str] = ("", ""), notes: Sequence[str] = ("", "")
) -> list[Line | None]:
    """Return the lines of dW, of db = Σ dz, and of dx."""
    words = {"x": call.X[0], "dz": f"d{call.Z}", "W": call.W["W"]}
    return [
        weight_line(call, "W", dW.format(**words), shapes[0], notes[0]),
        weight_line(call, "b", f"Σ d{call.Z}"),
        input_line(call, dx.format(**words), shapes[1], notes[1]),
    ]


def product_of(left: tuple[int, int], right: tuple[int, int]) -> str:
    """Write the shapes of a matrix product.

    >>> product_of((2, 4), (4, 1))
    '(2, 4)·(4, 1) = (2, 1)'
    """
    return f"{spelled(left)}·{spelled(right)} = {spelled((left[0], right[1]))}"
