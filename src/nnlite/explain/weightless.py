"""Layers with nothing to learn: a line for what becomes of x, and one for where a gradient goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.explain.convolutions import window_lines
from nnlite.explain.general import Formulas, input_line
from nnlite.explain.lines import Line, percent, shape_of
from nnlite.explain.watching import Call
from nnlite.layers.layer import Layer


def _one_line(
    letter: str,
    value: str,
    gradient: str,
    joint: str = "",
    fact: str = "",
    change: Callable[[Call], str] | None = None,
    remark: Callable[[Call], str] = lambda call: "",
) -> Formulas:
    """Return formulas of one line forward, and of one line backward for every input.

    `joint` stands between several inputs, `fact` tells of their gradients in words, `change` how
    the shape changes, where it does, and `remark` what is worth seeing in the output.
    """

    def forward(call: Call) -> list[Line]:
        shapes = change(call) if change else ""
        formula = value.format(**_words(call, joint))
        return [*window_lines(call), Line(call.A, formula, shapes, call.a, remark(call))]

    def backward(call: Call) -> list[Line | None]:
        resized = change is not None and not joint
        shapes = f"{shape_of(call.a)} → {shape_of(call.x[0])}" if resized else ""
        formulas = [gradient.format(**_words(call, joint, place)) for place in range(len(call.X))]
        return [input_line(call, text, shapes, fact, k) for k, text in enumerate(formulas)]

    return Formulas(letter, forward, backward)


def _words(call: Call, joint: str, place: int = 0) -> dict[str, Any]:
    """Return what the formulas are made of, those of the gradient for one of the inputs."""
    X, layer = call.X, call.layer
    return {
        "x": joint.join(X),
        "one": X[place],
        "others": joint.join(X[:place] + X[place + 1 :]),
        "n": len(X),
        "da": f"d{call.A}",
        "sign": "−" * (place > 0),
        "part": _slice(call, place) if len(X) > 1 else "",
        "rate": getattr(layer, "rate", 0),
        "scale": getattr(layer, "scale", 1),
        "offset": _added(getattr(layer, "offset", 0)),
        # Where no size is told, the window is the whole image.
        "window": _times(np.atleast_1d(getattr(layer, "size", call.x[0].shape[1:-1]))),
    }


def _added(number: float) -> str:
    """Write what is added to a formula: + 2, − 2, or nothing."""
    return f" {'−' if number < 0 else '+'} {abs(number):g}" if number else ""


def _turned(call: Call) -> str:
    """Say how many images of the batch chance turned around."""
    return f"{int(call.layer.turned.any(axis=0).sum())} of {len(call.a)} turned"


def _times(sizes: Iterable[int]) -> str:
    return "·".join(str(size) for size in sizes)


def _slice(call: Call, place: int) -> str:
    """Return where an input lies in the output: [:, from:to]."""
    axis = getattr(call.layer, "axis", -1)
    sizes = [x.shape[axis] for x in call.x]
    start, stop = sum(sizes[:place]), sum(sizes[: place + 1])
    slices = [":"] * call.a.ndim
    slices[axis] = f"{start or ''}:{stop if stop < sum(sizes) else ''}"
    return f"[{', '.join(slices)}]"


def _sizes_added_up(call: Call) -> str:
    """Return the shape with the sizes along the axis added up: (4, 2 + 3) = (4, 5)."""
    parts = [str(size) for size in call.a.shape]
    parts[call.layer.axis] = " + ".join(str(x.shape[call.layer.axis]) for x in call.x)
    return f"({', '.join(parts)}) = {shape_of(call.a)}"


def _change(call: Call) -> str:
    return f"{shape_of(call.x[0])} → {shape_of(call.a)}"


def _change_of_axes(call: Call) -> str:
    """Return how the axes become one: (5, 3, 2) → (5, 3·2) = (5, 6)."""
    x, a = call.x[0], call.a
    if a.ndim == 2 < x.ndim:
        return f"{shape_of(x)} → ({len(x)}, {_times(x.shape[1:])}) = {shape_of(a)}"
    return _change(call)


def _dropped(call: Call) -> str:
    shown = call.x[0] != 0
    return f"{percent(float(np.mean(call.a[shown] == 0)))} dropped" if shown.any() else ""


_resized = partial(_one_line, change=_change)
_MASK = " ⊙ mask/(1 − {rate:g})"
WEIGHTLESS: dict[type[Layer], Formulas] = {
    layers.Add: _one_line("M", "{x}", "{da}", " + ", "handed on"),
    layers.Subtract: _one_line("M", "{x}", "{sign}{da}", " − ", "handed on"),
    layers.Multiply: _one_line("M", "{x}", "{da} ⊙ {others}", " ⊙ ", "swapped"),
    layers.Average: _one_line("M", "({x})/{n}", "{da}/{n}", " + ", "shared out"),
    layers.Maximum: _one_line("M", "max({x})", "{da} where {one} wins", ", ", "the winner's"),
    layers.Minimum: _one_line("M", "min({x})", "{da} where {one} wins", ", ", "the winner's"),
    layers.Concatenate: _one_line("M", "[{x}]", "{da}{part}", ", ", "its slice", _sizes_added_up),
    layers.Dropout: _one_line("D", "{x}" + _MASK, "{da}" + _MASK, remark=_dropped),
    layers.Rescaling: _one_line("S", "{x}·{scale:g}{offset}", "{da}·{scale:g}"),
    layers.RandomFlip: _one_line("R", "flip({x})", "flip({da})", remark=_turned),
    layers.Cropping2D: _resized("R", "middle({x})", "{da} in a frame of zeros"),
    layers.Flatten: _one_line("F", "flatten({x})", "reshape({da})", change=_change_of_axes),
    layers.Reshape: _one_line("R", "reshape({x})", "reshape({da})", change=_change_of_axes),
    layers.ZeroPadding2D: _resized("R", "zeros around({x})", "{da} without the zeros"),
    layers.UpSampling2D: _resized("R", "repeat({x})", "Σ {da} over the copies"),
    layers.MaxPooling2D: _resized("P", "maxpool({x})", "{da} at the largest of each window"),
    layers.AveragePooling2D: _resized("P", "meanpool({x})", "{da}/({window}) over each window"),
    layers.GlobalMaxPooling2D: _resized("P", "max({x})", "{da} at the largest of all places"),
    layers.GlobalAveragePooling2D: _resized("P", "mean({x})", "{da}/({window})"),
}
