"""A model as one page, in a file or in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import PositiveInteger
from nnlite.foundation.files import as_path, check_folder, written_whole

if TYPE_CHECKING:
    from nnlite.models.model import Model


@explains_its_arguments
def to_html(
    model: Model,
    filepath: str | Path,
    samples: Any = None,
    truth: Any = None,
    names: list[str] | None = None,
    features: list[str] | None = None,
) -> None:
    """Write the network as one page, which any browser opens, without the net and without Python.

    Images are drawn with the mouse or a finger, other features have sliders; every layer shows
    what it makes of them, and a click on a number shows the inputs and the weights it comes from.
    Weights can be changed there, and neurons switched off. One sample is followed step by step,
    with the formulas of `explain`. With two features, each neuron shows the plane that it sees.
    `Dense` networks are trained on, on the samples and on points of your own, by the loss and the
    optimizer that `compile` was told, as at its first step. Numbers are written as float32.

    Layers and activations of your own are refused: the browser does not know them.

    Parameters
    ----------
    filepath
        The file, "me.html".
    samples
        Samples to choose from on the page, as `predict` takes them: `x_test[:50]`.
    truth
        What is true of the samples, as `fit` takes it.
    names
        The names of the classes, one for each output.
    features
        The names of the features; those of a frame's columns need not be given.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(2, activation="softmax", input_shape=(3,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.to_html(f"{folder}/me.html", samples=[[1, 2, 3]], names=["cat", "dog"])
    ...     Path(f"{folder}/me.html").read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    # It is large, and seldom needed.
    from nnlite.exchange.page import document

    path = as_path(filepath)
    check_folder(path)
    text = document(model, samples, truth, names, features)
    with written_whole(path) as file:
        file.write(text.encode())


@explains_its_arguments
def page(
    model: Model,
    samples: Any = None,
    truth: Any = None,
    names: list[str] | None = None,
    features: list[str] | None = None,
    height: PositiveInteger = 800,
) -> Any:
    """Show the network as a page in a notebook, `height` pixels high: see `to_html`.

    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> Sequential([Dense(1, input_shape=(2,))]).page(height=500)._repr_html_()[:48]
    '<iframe style="width: 100%; height: 500px; borde'
    """
    from nnlite.exchange.page import Page, document

    return Page(document(model, samples, truth, names, features), height)
