"""Batches for a model: what `fit`, `evaluate` and `predict` take in place of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.given.data import Data, as_validation
from nnlite.given.stream import Stream, is_stream
from nnlite.models.reading import checked, without_truth
from nnlite.training.protocol import LearningModel

_INSTEAD = {
    "batch_size": "Each batch is as large as it comes: who makes them decides.",
    "validation_batch_size": "Each batch is as large as it comes: who makes them decides.",
    "shuffle": "Batches come in the order of who makes them: shuffle there.",
    "validation_split": "Give other batches, or arrays: validation_data=...",
    "class_weight": "Give each sample its weight: batches of (x, y, sample_weight).",
    "sample_weight": "Give each sample its weight: batches of (x, y, sample_weight).",
}


def data_of(
    model: LearningModel,
    given: tuple[Any, Any],
    weights: tuple[Any, Any],
    name: str,
    steps: tuple[str, int | None],
    times: int,
    *,
    with_truth: bool = True,
    **for_arrays: Any,
) -> Data:
    """Return what was given as x and y, ready to be learned from or watched so many times.

    Without truth it is x alone, to be predicted; y may stand in the batches and is left there.
    `weights` are those of the samples and of the classes; `steps` is the name of an argument, and
    how many batches it asks for; `for_arrays` is what was asked for that batches know better.
    """
    x, y = given
    argument, wanted = steps
    if y is None and is_stream(x):
        for_arrays |= {"sample_weight": weights[0], "class_weight": weights[1]}
        for what, value in for_arrays.items():
            if not (value is None or value is False or (np.ndim(value) == 0 and value == 0)):
                rule = f"{what} is for arrays: {name} comes in batches."
                raise value_error(rule, f"{what}={shown(value)}", None, _INSTEAD[what])
        return stream(model, x, name, steps, times, with_truth)
    if wanted is not None:
        rule = f"{argument} is for data that come in batches."
        remedy = "Leave it out: arrays are gone through from end to end, batch_size at a time."
        raise value_error(rule, f"{argument}={wanted} and arrays", None, remedy)
    model.build_for(x)
    return checked(model, x, y, *weights) if with_truth else without_truth(model, x)


def stream(
    model: LearningModel,
    source: Any,
    name: str,
    steps: tuple[str, int | None],
    times: int,
    with_truth: bool,
) -> Stream:
    """Return the batches of a source that will be gone through so many times.

    The first of them tells a model the shape of its input.
    """
    argument, wanted = steps
    if wanted is None and times > 1 and isinstance(source, Iterator):
        rule = f"A {type(source).__name__} can be gone through once, and {name} is needed "
        received = f"{times} times, without {argument}"
        remedy = f"{argument}=100 takes the next 100 batches each time; or give an object whose "
        remedy += "__iter__ begins again."
        raise value_error(f"{rule}more than once.", received, f"model '{model.name}'", remedy)

    def prepare(batch: Any, number: int) -> Data:
        if not with_truth and is_x_alone(batch, len(model.inputs)):
            batch = (batch,)
        least, forms = (2, "(x, y)") if with_truth else (1, "x, (x, y)")
        if not isinstance(batch, list | tuple) or not least <= len(batch) <= 3:
            count = f" of {len(batch)}" if isinstance(batch, list | tuple) else ""
            received = f"a {type(batch).__name__}{count}" if count else told(batch)
            rule = f"Each batch must be {forms} or (x, y, sample_weight)."
            remedy = "yield x, y" if with_truth else "yield x"
            raise type_error(rule, received, f"batch {number} of {name}", remedy)
        try:
            model.build_for(batch[0])
            return checked(model, *batch) if with_truth else without_truth(model, batch[0])
        except (TypeError, ValueError) as error:
            error.add_note(f"This is batch {number} of {name}.")
            raise

    return Stream(source, prepare, wanted, argument == "steps_per_epoch", name)


def is_x_alone(batch: Any, inputs: int) -> bool:
    """Return whether a batch is x, for so many inputs, and not a tuple or list that begins with it.

    >>> x = np.zeros((2, 3))
    >>> is_x_alone(x, 1), is_x_alone([[0, 0, 0], [0, 0, 0]], 1), is_x_alone([x, x], 2)
    (True, True, True)
    >>> is_x_alone((x,), 1), is_x_alone([x, x], 1), is_x_alone(([x, x],), 2)
    (False, False, False)
    """
    first = batch[0] if isinstance(batch, list | tuple) and batch else None
    is_array = hasattr(first, "shape")
    if inputs > 1:
        return is_array or not isinstance(batch, list | tuple)
    return not (is_array or isinstance(batch, tuple) or isinstance(first, Mapping))


def one_batch(x: Any, call: str) -> Any:
    """Return what was given to a method that takes a single batch, unless many were."""
    if is_stream(x):
        rule = f"{call.partition('(')[0]} takes one batch of arrays."
        received, remedy = f"a {type(x).__name__}", f"for x, y in batches: model.{call}"
        raise type_error(rule, received, None, remedy)
    return x


def validation_data_of(
    model: LearningModel,
    given: Any,
    steps: tuple[str, int | None],
    times: int,
    batch_size: int | None,
) -> Data | None:
    """Return the `validation_data` given to `fit`, if there are any."""
    if given is None and steps[1] is None:
        return None
    if is_stream(given):
        options: dict[str, Any] = {"validation_batch_size": batch_size}
        return data_of(
            model, (given, None), (None, None), "validation_data", steps, times, **options
        )
    x, y, weight = as_validation(given)
    return data_of(model, (x, y), (weight, None), "validation_data", steps, times)
