"""The data as pictures, with what they are and what they were taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import explain_error
from ..types import Array
from .grids import MOST, as_images, draw_grid
from .style import VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    true = _labels("y_true", y_true, len(pictures))
    predicted = _labels("y_pred", y_pred, len(pictures))
    given = true if predicted is None else predicted
    captions = None if given is None else [str(label) for label in given]
    wrong: Array = np.zeros(len(pictures), bool)
    if true is not None and predicted is not None:
        wrong = true != predicted
        captions = [
            f"{t} → {p}" if bad else f"{p}"
            for t, p, bad in zip(true, predicted, wrong, strict=True)
        ]
    colours: dict[str, Any] = {
        "cmap": cmap,
        "vmin": np.nanmin(pictures),
        "vmax": np.nanmax(pictures),
    }
    grid: dict[str, Any] = {"columns": columns, "count": count, "numbers": numbers}
    ax = draw_grid(ax, pictures, "images", captions, **grid, **colours)
    for number in np.flatnonzero(wrong[:count]).tolist():
        ax.patches[number].set(edgecolor=VERMILION, linewidth=2.5, zorder=3)
        ax.texts[number].set(color=VERMILION, weight="bold")
    if wrong[:count].any():
        ax.set_title(", ".join(filter(None, [ax.get_title(), "true → predicted"])))
    return ax


def _labels(name: str, labels: Any, count: int) -> Array | None:
    """Return one label for each image; of a row of probabilities, the place of the largest."""
    if labels is None:
        return None
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] > 1:
        array = array.argmax(axis=1)
    if array.size != count or array.ndim not in (1, 2):
        raise ValueError(
            explain_error(
                f"{name} must hold a label for each of the {count} images.",
                f"{name} of shape {array.shape}",
            )
        )
    array = array.reshape(-1)
    if array.dtype.kind == "f" and (array == array.astype(int)).all():
        array = array.astype(int)
    return array
