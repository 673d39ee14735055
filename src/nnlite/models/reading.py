"""Data for a model: each input and output finds its array, checked against what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.data import Data, as_input, as_list, check_lengths, peek
from nnlite.given.rows import Rows
from nnlite.given.sample_weights import as_sample_weights
from nnlite.training.protocol import LearningModel
from nnlite.training.standins import computes_as_written


def checked(
    model: LearningModel, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
) -> Data:
    """Return samples, truths and weights as `fit` would train on them, or explain what is wrong.

    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(1, input_shape=(2,))])
    >>> model.compile(loss="mse")
    >>> model.checked([[1, 2], [3, 4]], [5, 6]).all()[1]
    [array([[5.],
           [6.]], dtype=float32)]
    """
    endings = model.endings
    _check_order(model, x, y)
    inputs = read(model, x)
    if y is None:
        rule = "Training and evaluation compare predictions with the truth: y is needed."
        raise value_error(rule, "y=None", f"model '{model.name}'", "Give both: fit(x, y).")
    given = as_list(y, model.output_names, "output", len(inputs[0]))
    check_lengths(inputs, [np.atleast_1d(peek(target, "y")) for target in given])
    targets = [e.check(t, model.dtype) for e, t in zip(endings, given, strict=True)]
    shapes, wished = [tensor.sample for tensor in model.outputs], (sample_weight, class_weight)
    weights = as_sample_weights(*wished, targets[0], len(inputs[0]), model.dtype, shapes)
    return Data(inputs, targets, weights, kept_for(model))


def checked_inputs(model: LearningModel, x: Any) -> list[Array]:
    """Return the inputs as one batch of checked arrays, or explain what is wrong.

    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> Sequential([Dense(1, input_shape=(2,))]).checked_inputs([[1, 2]])
    [array([[1., 2.]], dtype=float32)]
    """
    return without_truth(model, x).all()[0]


def without_truth(model: LearningModel, x: Any) -> Data:
    """Return the inputs as samples without a truth, or explain what is wrong."""
    return Data(read(model, x), [], kept=kept_for(model))


def read(model: LearningModel, x: Any) -> list[Array | Rows]:
    """Return an array for each input; of large data the rows, to be checked in their turn."""
    given = as_list(x, model.input_names, "input")
    names = ["x"] if len(given) == 1 else [f"x of '{name}'" for name in model.input_names]
    arrays = []
    for data, tensor, name in zip(given, model.inputs, names, strict=True):
        readers = [model.name_of(node.layer) for node in model.nodes if tensor in node.inputs]
        where = f"model '{model.name}', layer '{readers[0] if readers else tensor}'"
        arrays.append(as_input(data, tensor.sample, model.dtype, name, where))
    check_lengths(arrays)
    return arrays


def kept_for(model: LearningModel) -> bool:
    """Return whether a layer that the user wrote may write into the data."""
    return not all(computes_as_written(layer) for layer in model.layers)


def _check_order(model: LearningModel, x: Any, y: Any) -> None:
    """Raise if x looks like the truth and y like the data."""
    single = len(model.inputs) == len(model.outputs) == 1
    if not single or isinstance(x, dict) or isinstance(y, dict):
        return
    takes, gives = model.inputs[0].sample, model.outputs[0].sample
    shape_x = np.shape(peek(x, "x"))[1:]
    shape_y = () if y is None else np.shape(peek(y, "y"))[1:]
    if takes not in ((1,), shape_x) and shape_x in (gives, ()) and shape_y == takes:
        rule = f"x is what goes in, samples of shape {takes}; y is what shall come out."
        received = f"x of samples {shape_x}, y of samples {shape_y}"
        remedy = "They look swapped: fit(x, y) takes the data first."
        raise value_error(rule, received, f"model '{model.name}'", remedy)
