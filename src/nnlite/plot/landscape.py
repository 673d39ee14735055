"""The loss as a function of two numbers: measured over a plane."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnlite.foundation.checks import flag
from nnlite.foundation.errors import look_up, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.models import Model

Loss = Callable[[float, float], float]
Range = tuple[float, float]


class Landscape(NamedTuple):
    """The heights J, of shape (len(b), len(w)), over values of w and b."""

    w: Array
    b: Array
    J: Array
    log: bool

    def levels(self, count: int) -> Array:
        """Return the heights of contour lines: close together in the valley, where it matters."""
        finite = self.J[np.isfinite(self.J)]
        low, high = float(finite.min()), float(finite.max())
        if high <= low:
            high = low + (abs(low) or 1.0)
        if self.log:
            return np.geomspace(low, high, count)
        if 0 < low < 0.02 * high:
            low = 0.0
        return np.asarray(low + (high - low) * np.linspace(0, 1, count) ** 2)


def measure(J: Loss, w: Range, b: Range, resolution: int, log: bool = False) -> Landscape:
    """Ask J at every place of the plane, one by one: it may do with its numbers what it likes."""
    flag("log", log)
    for name, limits in (("w", w), ("b", b)):
        if np.shape(limits) != (2,) or not limits[0] < limits[1]:
            rule = f"{name} goes from a smaller to a larger number."
            raise value_error(rule, f"{name}={limits}", remedy=f"Give both, as in {name}=(-3, 3).")
    places_w, places_b = np.linspace(*w, resolution), np.linspace(*b, resolution)
    with np.errstate(all="ignore"):
        heights = np.array([[height(J, u, v) for u in places_w] for v in places_b])
    heights[~np.isfinite(heights)] = np.nan
    if np.isnan(heights).all():
        rule = "The loss is nowhere finite between these limits."
        raise value_error(rule, f"w={w}, b={b}", remedy="Choose limits nearer to the minimum.")
    if log:
        positive = heights[heights > 0]
        if positive.size == 0:
            rule, remedy = "A logarithmic scale needs a loss above 0.", "Leave out log=True."
            raise value_error(rule, f"a largest loss of {np.nanmax(heights):g}", remedy=remedy)
        heights = np.maximum(heights, positive.min())
    return Landscape(places_w, places_b, heights, log)


def height(J: Loss, u: float, v: float) -> float:
    """Return J at one place, as a number."""
    try:
        result = np.asarray(J(float(u), float(v)))
    except OverflowError:
        return np.inf
    if result.size != 1:
        received = f"an array of shape {result.shape}"
        remedy = "Take the mean over the samples: np.mean(...)."
        raise value_error("J(w, b) returns one number, the loss.", received, remedy=remedy)
    return float(result.reshape(()))


def name_and_function(
    model: Any, x: Any, y: Any, weights: tuple[Any, Any]
) -> tuple[Loss, tuple[str, str], tuple[float, float]]:
    """Return J, what its two weights are called, and where they are now."""
    if not isinstance(model, Model):
        if not callable(model):
            rule = "plot.loss_surface needs a function J(w, b), or a compiled model with x and y."
            raise type_error(rule, type(model).__name__)
        return model, ("$w$", "$b$"), (0.0, 0.0)
    model.check_built("plot.loss_surface")
    if x is None or y is None:
        received, where = "x=None" if x is None else "y=None", f"model '{model.name}'"
        rule = "The loss of a model is measured on data: x and y are needed."
        raise value_error(rule, received, where, "plot.loss_surface(model, x, y)")
    first, second = (_place(model, weight) for weight in weights)
    if first == second:
        raise value_error("The two weights must be different ones.", f"weights={weights}")

    def J(u: float, v: float) -> float:
        vector = model.weights_vector
        before = vector[[first, second]]
        try:
            vector[[first, second]] = u, v
            return float(model.evaluate(x, y, verbose=0, return_dict=True)["loss"])
        finally:
            vector[[first, second]] = before

    u, v = model.weights_vector[[first, second]].tolist()
    return J, (_name(model, first), _name(model, second)), (u, v)


def _place(model: Model, weight: Any) -> int:
    """Return where a weight lies in the vector, from its place or its name."""
    size = model.weights_vector.size
    if isinstance(weight, int | np.integer):
        if not -size <= weight < size:
            raise value_error(f"The model has {size} weights, counted from 0.", f"weight {weight}")
        return int(weight % size)
    found = re.fullmatch(r"(.+)/(\w+)\[([\d\s,]+)\]", str(weight))
    if found is None:
        rule = "A weight is named by layer, letter and place, or by its place in weights_vector."
        raise value_error(rule, repr(weight), remedy=f"For example {_name(model, 0)!r}, or 0.")
    layer, letter, places = found.groups()
    parts = {f"{model.name_of(part.layer)}/{part.name}": part for part in model.flat.parts}
    part = look_up("weight", f"{layer}/{letter}", parts)
    shape = part.weight.value.shape
    index = tuple(int(place) for place in places.split(","))
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        raise value_error(f"{layer}/{letter} has the shape {shape}.", f"{weight!r}")
    return int(part.place.start + np.ravel_multi_index(index, shape))


def _name(model: Model, place: int) -> str:
    part = next(part for part in model.flat.parts if place < part.place.stop)
    shape = part.weight.value.shape
    index = np.unravel_index(place - part.place.start, shape)
    return f"{model.name_of(part.layer)}/{part.name}[{', '.join(str(int(i)) for i in index)}]"
