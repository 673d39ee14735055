"""Helpers that Keras scripts import: one-hot rows, the random seed, and the picture of a model."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import AnyDType, Flag, checked_number, number, require
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.files import as_path, check_folder, written_whole
from nnlite.foundation.seeding import set_random_seed
from nnlite.foundation.types import Array
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.given.numbers import as_numbers, check_finite

__all__ = ["plot_model", "set_random_seed", "to_categorical"]


@explains_its_arguments
def to_categorical(y: Any, num_classes: int | None = None, dtype: AnyDType = "float32") -> Array:
    """Return one-hot rows for class numbers: 2 of 3 classes becomes [0, 0, 1].

    Parameters
    ----------
    y
        Whole numbers from 0, of shape (n,) or (n, 1).
    num_classes
        The number of classes; the largest number plus 1 if not given.
    dtype
        The type of the result.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    labels = as_numbers(y, "y")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    check_finite(labels, "y")
    fractions = labels.dtype.kind == "f" and (labels != np.floor(labels)).any()
    if fractions or (labels.size and labels.min() < 0):
        rule = "to_categorical takes class numbers: whole, from 0 on."
        remedy = "classes, y = np.unique(y, return_inverse=True) numbers the classes."
        raise value_error(rule, f"y from {labels.min()} to {labels.max()}", None, remedy)
    needed = int(labels.max()) + 1 if labels.size else 0
    wished = needed if num_classes is None else num_classes
    count = int(checked_number("num_classes", wished, least=0, whole=True))
    if count < needed:
        rule = "num_classes must be larger than every class number."
        remedy = f"Leave num_classes out, or write num_classes={needed}."
        raise value_error(rule, f"num_classes={num_classes}, y up to {needed - 1}", None, remedy)
    try:
        rows: Array = np.zeros((labels.size, count), dtype)
    except (MemoryError, OverflowError, ValueError):
        rule = "One-hot rows have a column for each class, up to the largest class number."
        remedy = "classes, y = np.unique(y, return_inverse=True) numbers those that occur."
        received = f"{count} classes for {labels.size} samples"
        raise value_error(rule, received, None, remedy) from None
    rows[np.arange(labels.size), labels.ravel().astype(np.int64)] = 1
    return rows.reshape(*labels.shape, count)


_rankdir = require(lambda way: way == "TB", 'Data flows from top to bottom: rankdir must be "TB".')


@explains_its_arguments
def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: Flag = False,
    show_dtype: Flag = False,
    show_layer_names: Flag = False,
    rankdir: Annotated[str, _rankdir] = "TB",
    expand_nested: Flag = False,
    dpi: Annotated[float, number(least=10)] = 200,
    show_layer_activations: Flag = False,
    show_trainable: Flag = False,
) -> Any:
    """Draw the layers of a model into a file, as `nnlite.plot.architecture` draws them.

    Parameters
    ----------
    model
        A model that knows the shape of its input.
    to_file
        Where the picture is written: png, svg, pdf or another format of matplotlib. None: nowhere.
    show_shapes, show_layer_names
        Whether shapes stand beside the wires, and names in the blocks.
    rankdir
        "TB": data flows from top to bottom.
    dpi
        How many pixels an inch has.
    show_dtype, expand_nested, show_layer_activations, show_trainable
        Taken for the sake of Keras scripts, and do nothing: activations and what is frozen always
        stand in the blocks, and a model inside a model is drawn with its layers.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the blocks.

    Examples
    --------
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(4, input_shape=(2,)), Dense(1)])
    >>> axes = plot_model(model, "model.png", show_shapes=True)  # doctest: +SKIP
    """
    from matplotlib.backend_bases import FigureCanvasBase

    from nnlite import plot

    options: dict[str, Any] = {"shapes": show_shapes, "names": show_layer_names}
    if to_file is None:
        return plot.architecture(model, **options)
    path, known = as_path(to_file), FigureCanvasBase.get_supported_filetypes()
    kind = path.suffix.removeprefix(".").lower()
    if kind not in known:
        rule = f"The name of the file ends in the format: {', '.join(sorted(known))}."
        raise value_error(rule, f"to_file={shown(str(path))}", None, 'to_file="model.png"')
    check_folder(path)
    ax = plot.architecture(model, **options)
    figure: Any = ax.figure
    with written_whole(path) as file:
        figure.savefig(file, format=kind, dpi=dpi)
    return ax


explains_unknown_names(__name__)
