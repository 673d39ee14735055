"""How large signals and gradients are, layer by layer: what fades, and what grows, with depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nnlite.explain.watching import watch_step
from nnlite.foundation.errors import type_error, value_error
from nnlite.models import Model
from nnlite.plot.history import logarithmic, panels, whole_numbers
from nnlite.plot.style import Axes, axes_or_new, look, open_frame

SIGNAL, GRADIENT = "mean |a|", "mean |dW|"


class _Layer(NamedTuple):
    """How large the output of a layer and the gradient of its weights are on average."""

    a: float
    dW: float


def depth(model: Any, x: Any, y: Any = None, *, ax: Axes | None = None) -> Axes:
    """Draw how large activations and gradients are over depth, on a logarithmic scale.

    Each layer with a matrix or filters is a point; an activation, a normalization or a dropout
    after it belongs to it. Signals that keep their size make level curves; gradients that vanish
    fall towards the left.

    Parameters
    ----------
    model
        A model, or a dictionary of several by name.
    x, y
        A batch, as for `model.explain`. Without y, or before `compile`, activations are drawn.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; with gradients, its two `child_axes` hold the pictures.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> deep = Sequential([Dense(1, kernel_initializer="ones", input_shape=(1,)), Dense(1)])
    >>> axes = depth(deep, [[2.0], [4.0]], ax=Figure().add_subplot())
    >>> axes.lines[0].get_ydata()[0]
    np.float64(3.0)
    """
    models = model if isinstance(model, Mapping) else {"": model}
    curves = {str(name): _layers(found, x, y) for name, found in models.items()}
    if not curves:
        raise value_error("plot.depth draws a model, or a dictionary of several by name.", "{}")
    chosen = {SIGNAL: {name: [layer.a for layer in found] for name, found in curves.items()}}
    gradients = {name: [layer.dW for layer in found] for name, found in curves.items()}
    if not np.isnan([size for sizes in gradients.values() for size in sizes]).all():
        chosen[GRADIENT] = gradients
    ax = axes_or_new(ax, height=4.0)
    for (name, sizes), panel in zip(chosen.items(), panels(ax, len(chosen)), strict=True):
        _draw(panel, name, sizes)
    return ax


def _layers(model: Any, x: Any, y: Any) -> list[_Layer]:
    """Take a step, and return the sizes for each layer with a matrix or filters."""
    if not isinstance(model, Model):
        rule = "plot.depth draws a model, or a dictionary of several by name."
        raise type_error(rule, type(model).__name__, remedy="plot.depth(model, x, y)")
    with np.errstate(all="ignore"):
        step = watch_step(model, x, y)
    found: list[_Layer] = []
    shape: tuple[int, ...] = ()
    for call in step.calls:
        size = _size([call.a])
        names = [name for name, weight in call.weights.items() if weight.ndim > 1]
        if names:
            known = [call.gradients[name] for name in names if name in call.gradients]
            found.append(_Layer(size, _size(known)))
            shape = call.a.shape
        elif found and call.a.shape == shape:
            found[-1] = _Layer(size, found[-1].dW)
        else:
            shape = ()
    if not found:
        rule = "plot.depth needs a layer with weights, Dense or a convolution."
        raise value_error(
            rule, ", ".join(layer.name for layer in model.layers), f"model '{model.name}'"
        )
    return found


def _size(arrays: list[Any]) -> float:
    """Return the mean of the sizes of all numbers; nan if there are none."""
    count = sum(array.size for array in arrays)
    total = sum(float(np.abs(array).sum(dtype=np.float64)) for array in arrays)
    return total / count if count else float("nan")


def _draw(ax: Axes, name: str, curves: Mapping[str, list[float]]) -> None:
    """Draw a curve for each model; what is 0 lies on the lower edge of the scale."""
    ends = max(map(len, curves.values()))
    for number, (label, sizes) in enumerate(curves.items()):
        layers, values = np.arange(1, len(sizes) + 1), np.array(sizes)
        style = look(number)
        ax.plot(layers, np.where(values > 0, values, np.nan), label=label, **style)
        for layer in layers[values == 0]:
            ax.plot([layer], [0.0], transform=ax.get_xaxis_transform(), clip_on=False, **style)
            ax.annotate(
                "0",
                (layer, 0.0),
                (0, 6),
                ax.get_xaxis_transform(),
                "offset points",
                ha="center",
                color=style["color"],
            )
    logarithmic(ax)
    ax.set(xlabel="layer, from the input", ylabel=name, xlim=(0.7, ends + 0.3))
    ax.xaxis.set_major_locator(whole_numbers())
    ax.grid(alpha=0.25)
    open_frame(ax)
    if len(curves) > 1:
        ax.legend()
