"""The data as pictures, with what they are and what they were taken for."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.plot.decision_boundary import as_labels
from nnlite.plot.grids import MOST, as_images, draw_grid
from nnlite.plot.style import VERMILION, Axes


def images(
    x: Any,
    y_true: Any = None,
    y_pred: Any = None,
    *,
    shape: tuple[int, ...] | None = None,
    columns: int | None = None,
    count: int = MOST,
    numbers: bool = False,
    cmap: str = "gray",
    ax: Axes | None = None,
) -> Axes:
    """Draw images side by side, with their labels; what was predicted wrongly has a frame.

    Parameters
    ----------
    x
        Images: (n, height, width), with 1 or 3 channels at the end, or flat: (n, values).
    y_true, y_pred
        The right labels and the predicted: n of them, or a row of probabilities for each image.
        A wrong one reads "4 → 9": it is a 4 and was taken for a 9.
    shape
        The shape of one image, for flat ones that are no squares.
    columns, count
        How many stand side by side, and how many are drawn at most.
    numbers
        Whether the numbers are written into the pixels, of small images.
    cmap
        The colours of images with one channel.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, that holds all images.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = images(np.zeros((3, 8, 8)), [1, 2, 3], [1, 2, 7], ax=Figure().add_subplot())
    >>> [text.get_text() for text in axes.texts]
    ['1', '2', '3 → 7']
    """
    pictures = as_images(x, shape)
    given = {"y_true": y_true, "y_pred": y_pred}
    labels = [
        as_labels(name, y, len(pictures), "images") for name, y in given.items() if y is not None
    ]
    captions = list(map(str, labels[-1])) if labels else []
    wrong = np.flatnonzero(labels[0] != labels[1]).tolist() if len(labels) == 2 else []
    for number in wrong:
        captions[number] = f"{labels[0][number]} → {captions[number]}"
    grid: dict[str, Any] = {"columns": columns, "count": count, "numbers": numbers}
    grid |= {"cmap": cmap, "vmin": np.nanmin(pictures), "vmax": np.nanmax(pictures)}
    ax = draw_grid(ax, pictures, "images", captions, **grid)
    drawn = [number for number in wrong if number < count]
    for number in drawn:
        ax.patches[number].set(edgecolor=VERMILION, linewidth=2.5, zorder=3)
        ax.texts[number].set(color=VERMILION, weight="bold")
    if drawn:
        ax.set_title(", ".join(filter(None, [ax.get_title(), "true → predicted"])))
    return ax
