"""One call with its symbols, and what can be told of any layer, also of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..types import Array
from .lines import Line, shape_of, spelled
from .penalties import pull
from .watching import Call


@dataclass
class Told:
    """One call and its symbols: `x` are those of its inputs, `z` and `a` of what it gives."""

    call: Call
    x: list[str]
    z: str
    a: str
    weights: dict[str, str]

    @property
    def layer(self) -> Any:
        """The layer that was called."""
        return self.call.layer

    def gradient_of(self, weight: str, formula: str, shapes: str) -> Line:
        """Return the line of a weight's gradient."""
        symbol = "d" + self.weights[weight]
        if weight in self.call.pulled:
            formula += pull(self.layer._weights[weight].regularizer, self.weights[weight])
        return Line(symbol, formula, shapes, self.call.gradients[weight])

    def handed_back(self, place: int, formula: str, shapes: str = "", note: str = "") -> list[Line]:
        """Return the line of an input's gradient, if the layer computed one."""
        dx = self.call.dx[place] if self.call.dx else None
        if dx is None:
            return []
        return [Line("d" + self.x[place], formula, shapes or shape_of(dx), dx, note)]


class Formulas:
    """Any layer, also the user's own."""

    letters: Sequence[str] = ("H",)
    starts_a_layer = True

    def forward(self, told: Told) -> list[Line]:
        """Return the lines from the layer's inputs to z."""
        z = z_of(told.call)
        inputs = ", ".join(shape_of(x) for x in told.call.x)
        formula = f"{told.layer.name}({', '.join(told.x)})"
        return [Line(told.z, formula, f"{inputs} → {shape_of(z)}", z)]

    def backward(self, told: Told) -> list[Line]:
        """Return the lines from dz to the gradients of weights and inputs."""
        dz, z = "d" + told.z, told.z
        lines = [
            told.gradient_of(name, f"{dz}·∂{z}/∂{told.weights[name]}", shape_of(gradient))
            for name, gradient in told.call.gradients.items()
        ]
        for place, x in enumerate(told.x):
            lines += told.handed_back(place, f"{dz}·∂{z}/∂{x}")
        return lines


def z_of(call: Call) -> Array:
    """Return z, which is the output of a layer without an activation."""
    return call.output if call.z is None else call.z


def dz_of(call: Call) -> Array:
    """Return the gradient of z."""
    found = call.da if call.dz is None else call.dz
    if found is None:
        raise RuntimeError("a call that no gradient reached")
    return found


def product_of(left: tuple[int, int], right: tuple[int, int]) -> str:
    """Write the shapes of a matrix product.

    >>> product_of((2, 4), (4, 1))
    '(2, 4)·(4, 1) = (2, 1)'
    """
    return f"{spelled(left)}·{spelled(right)} = {spelled((left[0], right[1]))}"


def bias_lines(told: Told) -> list[Line]:
    """Return db = Σ dz, if there is b."""
    if "b" not in told.call.gradients:
        return []
    return [told.gradient_of("b", f"Σ d{told.z}", shape_of(told.layer.b))]
