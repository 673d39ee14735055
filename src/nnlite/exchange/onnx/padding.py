"""Where windows lie, in the words of an ONNX file: pixels of padding at both ends of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from nnlite.foundation.types import Shape
from nnlite.kernels.windows import Axis, along

WORDS = ("valid", "same", "causal")
"""What padding is called here; the last for sequences alone."""


def pads(axes: Sequence[Axis]) -> list[int]:
    """Return the padding before every axis, then that behind every axis.

    >>> pads([along(5, 3, padding="same"), along(4, 2, padding="same")])
    [1, 0, 1, 1]
    """
    behind = [max(axis.span - axis.before - axis.size, 0) for axis in axes]
    return [axis.before for axis in axes] + behind


def word_for(
    given: Sequence[int], sizes: Sequence[Shape], words: Sequence[str] = WORDS
) -> str | None:
    """Return which of the words means this padding; None if none does.

    `sizes` has image, kernel, stride and dilation of every axis.

    >>> word_for([1, 1, 1, 1], [(5, 3, 1, 1), (5, 3, 1, 1)])
    'same'
    """
    for word in words if len(sizes) == 1 else [word for word in words if word != "causal"]:
        axes = [along(*size[:3], word, size[3]) for size in sizes]
        ends = zip(axes, given, given[len(axes) :], strict=False)
        counts = [(a.size + p + q - a.reach) // a.stride + 1 for a, p, q in ends]
        if pads(axes) == list(given) and counts == [axis.count for axis in axes]:
            return word
    return None


def transposed_pads(small: Shape, axes: Sequence[Axis]) -> tuple[list[int], list[int]]:
    """Return padding and output_padding of a transposed convolution; `axes` are of the large image.

    >>> transposed_pads((3,), [along(7, 2, 3)])
    ([0, 1], [0])
    """
    whole = [(n - 1) * axis.stride + axis.reach for n, axis in zip(small, axes, strict=True)]
    over = [n - axis.before - axis.size for n, axis in zip(whole, axes, strict=True)]
    before = [axis.before for axis in axes]
    return [*before, *(max(n, 0) for n in over)], [max(-n, 0) for n in over]
