"""What merges say of themselves: where a gradient goes in a sum, in a product, in a choice."""

from __future__ import annotations

from .. import layers
from ..errors import must_define
from ..layers.base import Layer
from .lines import Line, shape_of
from .told import Formulas, Told


class MergeFormulas(Formulas):
    """Several inputs, one output; what comes back is told input by input."""

    letters = ("M",)
    starts_a_layer = False
    fact = ""

    def forward(self, told: Told) -> list[Line]:
        """Return the line of the merge."""
        a = told.call.output
        return [Line(told.a, self.value(told), self.shapes(told), a)]

    def shapes(self, told: Told) -> str:
        """Return the shape of the result."""
        return shape_of(told.call.output)

    def backward(self, told: Told) -> list[Line]:
        """Return a line for every input."""
        lines = []
        for place in range(len(told.x)):
            lines += told.handed_back(place, self.gradient(told, place), note=self.fact)
        return lines

    def value(self, told: Told) -> str:
        """Return the formula of the result."""
        raise must_define(self, "value(told)")

    def gradient(self, told: Told, place: int) -> str:
        """Return the formula of what one input gets back."""
        raise must_define(self, "gradient(told, place)")


class AddFormulas(MergeFormulas):
    """A sum hands its gradient on to every term."""

    fact = "handed on"

    def value(self, told: Told) -> str:
        """Return x₁ + x₂ + …."""
        return " + ".join(told.x)

    def gradient(self, told: Told, place: int) -> str:
        """Return da."""
        return f"d{told.a}"


class SubtractFormulas(MergeFormulas):
    """A difference hands its gradient on, to the second with the other sign."""

    fact = "handed on"

    def value(self, told: Told) -> str:
        """Return x₁ − x₂."""
        return " − ".join(told.x)

    def gradient(self, told: Told, place: int) -> str:
        """Return da, or −da."""
        return f"−d{told.a}" if place else f"d{told.a}"


class MultiplyFormulas(MergeFormulas):
    """A product swaps: each factor gets the gradient times all the others."""

    fact = "swapped"

    def value(self, told: Told) -> str:
        """Return x₁ ⊙ x₂ ⊙ …."""
        return " ⊙ ".join(told.x)

    def gradient(self, told: Told, place: int) -> str:
        """Return da ⊙ the other factors."""
        others = [x for other, x in enumerate(told.x) if other != place]
        return " ⊙ ".join([f"d{told.a}", *others])


class AverageFormulas(MergeFormulas):
    """A mean shares its gradient out."""

    fact = "shared out"

    def value(self, told: Told) -> str:
        """Return (x₁ + x₂ + …)/n."""
        return f"({' + '.join(told.x)})/{len(told.x)}"

    def gradient(self, told: Told, place: int) -> str:
        """Return da/n."""
        return f"d{told.a}/{len(told.x)}"


class MaximumFormulas(MergeFormulas):
    """A maximum gives its gradient to the winner alone."""

    fact = "the winner's"

    def value(self, told: Told) -> str:
        """Return max(x₁, x₂, …)."""
        return f"max({', '.join(told.x)})"

    def gradient(self, told: Told, place: int) -> str:
        """Return da where this input is the largest; the first of ties wins."""
        return f"d{told.a} where {told.x[place]} wins"


class ConcatenateFormulas(MergeFormulas):
    """Side by side: each input gets its own slice back."""

    fact = "its slice"

    def value(self, told: Told) -> str:
        """Return [x₁, x₂, …]."""
        return f"[{', '.join(told.x)}]"

    def shapes(self, told: Told) -> str:
        """Return the shapes with the sizes along the axis added up."""
        sizes = " + ".join(str(x.shape[told.layer.axis]) for x in told.call.x)
        parts = [str(size) for size in told.call.output.shape]
        parts[told.layer.axis] = sizes
        return f"({', '.join(parts)}) = {shape_of(told.call.output)}"

    def gradient(self, told: Told, place: int) -> str:
        """Return da[:, from:to]."""
        axis, output = told.layer.axis, told.call.output
        start = sum(x.shape[axis] for x in told.call.x[:place])
        stop = start + told.call.x[place].shape[axis]
        slices = [":"] * output.ndim
        slices[axis] = f"{start or ''}:{stop if stop < output.shape[axis] else ''}"
        return f"d{told.a}[{', '.join(slices)}]"


MERGES: dict[type[Layer], Formulas] = {
    layers.Add: AddFormulas(),
    layers.Subtract: SubtractFormulas(),
    layers.Multiply: MultiplyFormulas(),
    layers.Average: AverageFormulas(),
    layers.Maximum: MaximumFormulas(),
    layers.Concatenate: ConcatenateFormulas(),
}
