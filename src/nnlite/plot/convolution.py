"""One place of a convolution: the window on the image, times the kernel, is one number of the map.

The window may slide over all of them: then the picture moves.
"""

from __future__ import annotations

from typing import Any, Literal, overload

from nnlite.foundation.checks import flag
from nnlite.plot.animation import Animation
from nnlite.plot.sliding import Sliding
from nnlite.plot.style import UNSHOWN, Axes

MOST_FRAMES = 150
# In seconds, how long the window slides in all.
TOGETHER = 20.0


@overload
def convolution(
    image: Any,
    kernel: Any,
    place: tuple[int, int] = ...,
    *,
    animate: Literal[False] = ...,
    ax: Axes | None = ...,
) -> Axes: ...


@overload
def convolution(
    image: Any,
    kernel: Any,
    place: tuple[int, int] = ...,
    *,
    animate: Literal[True],
    ax: Axes | None = ...,
) -> Animation: ...


def convolution(
    image: Any,
    kernel: Any,
    place: tuple[int, int] = (0, 0),
    *,
    animate: bool = False,
    ax: Axes | None = None,
) -> Axes | Animation:
    """Draw how a kernel makes one number of a window, and of the whole image a map.

    Above stand the image, the kernel and the map; below, the pixels in the window times the weights
    of the kernel, and their sum, which is the framed number of the map. Blue numbers are positive,
    vermilion ones negative.

    Parameters
    ----------
    image
        Numbers of shape (height, width).
    kernel
        Weights of shape (height, width), not larger than the image.
    place
        The row and the column of the number in the map: those of the window's upper left corner.
    animate
        Whether the window slides from this place on, row by row, and fills the map. Over a large
        image it takes longer steps, at most 150.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose images are image, kernel, map, window, kernel, products and sum; or an
        `Animation`, that a notebook shows, and that `save` writes as .gif or .html.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> image, edges = np.tri(5), np.array([[1, -1], [1, -1]])
    >>> axes = convolution(image, edges, (1, 1), ax=Figure().add_subplot())
    >>> axes.images[5].get_array().tolist(), axes.images[6].get_array().tolist()
    ([[1.0, -0.0], [1.0, -1.0]], [[1.0]])
    >>> convolution(image, edges, animate=True)
    <Animation of 16 frames: show it in a notebook, or save("it.gif")>
    """
    if not flag("animate", animate, "plot.convolution"):
        return Sliding(image, kernel, place, ax).ax
    sliding = Sliding(image, kernel, place, UNSHOWN if ax is None else ax)
    places = sliding.places_from(place)
    places = [*places[:-1][:: -(-len(places) // MOST_FRAMES)], places[-1]]

    def show(frame: int) -> None:
        sliding.move(places[frame])
        sliding.fill(places[frame])

    each = min(max(TOGETHER / len(places), 0.1), 0.6)
    return Animation(sliding.ax.get_figure(root=True), show, len(places), "convolution", each)
