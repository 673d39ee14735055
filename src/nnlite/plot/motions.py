"""What of a training moves: each kind draws its picture once, and then what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from nnlite.callbacks import WeightRecorder
from nnlite.foundation.types import Array
from nnlite.plot import features, style
from nnlite.plot.columns import check_model
from nnlite.plot.decision_boundary import Answer, Boundary
from nnlite.plot.gradient_path import gradient_path
from nnlite.plot.grids import MOST
from nnlite.plot.loss_surface import Range, height, name_and_function
from nnlite.plot.network import Network, look_at
from nnlite.plot.style import Axes

T = TypeVar("T")


class Motion(NamedTuple):
    """Axes; what draws a frame on them, when the model has its weights; and words about it."""

    ax: Axes
    show: Callable[[int], None]
    words: Callable[[int], str] = lambda frame: ""


def moving_network(recorder: WeightRecorder, x: Any, y: Any, *, ax: Axes, most: int = 12) -> Motion:
    """Let the neurons of `plot.network` see what they saw."""
    check_model(recorder.model)
    with recorder.at(-1) as model:
        look = look_at(model, x, y)
        network = Network(look, most, ax)
        _at_each(recorder, lambda model: network.hold(look_at(model, x, y)))
        network.write(look)
    return Motion(network.page.ax, lambda frame: network.show(look_at(recorder.model, x, y)))


def descent(
    recorder: WeightRecorder,
    x: Any,
    y: Any,
    *,
    ax: Axes,
    weights: tuple[Any, Any] = (0, 1),
    w: Range | None = None,
    b: Range | None = None,
) -> Motion:
    """Walk over the loss: `plot.gradient_path` of two weights."""
    found = _at_each(recorder, lambda model: name_and_function(model, x, y, weights))
    (J, names, _), points = found[-1], np.array([place for _, _, place in found])
    with recorder.at(-1) as model:
        ax = gradient_path(points, J, w=w, b=b, ax=ax)
        heights = [height(J, *point) for point in points]
        others = model.weights_vector.size > 2
    ax.set(xlabel=names[0], ylabel=names[1], title="other weights as at the end" if others else "")
    way, places = ax.lines[-2], list(points.T) + [np.array(heights)] * (ax.name == "3d")
    look: dict[str, Any] = {"color": style.VERMILION, "mec": "white", "ms": 10, "zorder": 10}
    (here,) = ax.plot(*(values[:1] for values in places), "o", **look)
    limits = ax.get_xlim(), ax.get_ylim()

    def show(frame: int) -> None:
        for line, first in ((way, 0), (here, frame)):
            getattr(line, "set_data_3d" if ax.name == "3d" else "set_data")(
                *(values[first : frame + 1] for values in places)
            )
        ax.set(xlim=limits[0], ylim=limits[1])

    return Motion(ax, show, lambda frame: f"$J = {style.short_number(heights[frame])}$")


def boundary(
    recorder: WeightRecorder,
    x: Any,
    y: Any,
    *,
    ax: Axes,
    names: tuple[str, str] = ("$x_1$", "$x_2$"),
    resolution: int = 200,
) -> Motion:
    """Move the border between classes: `plot.decision_boundary`."""
    found = Boundary(recorder.model, x, y, resolution)
    # One scale for all: shades tell how certain it is, if they do so in each of the frames.
    certain = all(_at_each(recorder, lambda model: found.answer(model).certain))

    def show(frame: int) -> None:
        answer = found.answer(recorder.model)
        found.show(Answer(answer.classes, answer.margins, certain))

    with recorder.at(-1) as model:
        answer = found.answer(model)
        drawn = found.draw(Answer(answer.classes, answer.margins, certain), names, ax)
    return Motion(drawn, show)


def moving_filters(
    recorder: WeightRecorder,
    x: Any,
    y: Any,
    *,
    ax: Axes,
    layer: Any = None,
    channel: int = 0,
    columns: int | None = None,
    count: int = MOST,
) -> Motion:
    """Let the filters of a convolution form: `plot.filters`."""
    grid: dict[str, Any] = {"columns": columns, "count": count}
    ax = features.filters(recorder.model, layer=layer, channel=channel, ax=ax, **grid)
    return _moving_images(
        recorder, ax, lambda model: features.filter_pictures(model, layer, channel)[0]
    )


def moving_weights(
    recorder: WeightRecorder,
    x: Any,
    y: Any,
    *,
    ax: Axes,
    shape: tuple[int, ...] | None = None,
    layer: Any = None,
    columns: int | None = None,
    count: int = MOST,
) -> Motion:
    """Let what each neuron weighs form: `plot.weights`."""
    grid: dict[str, Any] = {"columns": columns, "count": count}
    ax = features.weights(recorder.model, shape=shape, layer=layer, ax=ax, **grid)
    return _moving_images(
        recorder, ax, lambda model: features.weight_pictures(model, shape, layer)[0]
    )


def _moving_images(recorder: WeightRecorder, ax: Axes, pictures: Callable[[Any], Array]) -> Motion:
    """Return the motion of images that are drawn, on one scale that holds them all."""
    largest = max(_at_each(recorder, lambda model: float(np.abs(pictures(model)).max()))) or 1.0
    images = list(ax.images)
    for image in images:
        image.set_clim(-largest, largest)

    def show(frame: int) -> None:
        for image, picture in zip(images, pictures(recorder.model), strict=False):
            image.set_data(picture)

    return Motion(ax, show)


def _at_each(recorder: WeightRecorder, function: Callable[[Any], T]) -> list[T]:
    """Return what a function makes of the model, with the weights of one copy after the other."""
    found = []
    for place in range(len(recorder)):
        with recorder.at(place) as model:
            found.append(function(model))
    return found
