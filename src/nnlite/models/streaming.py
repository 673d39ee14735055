"""Batches for a model: what `fit` and `evaluate` take in place of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.given.data import Data, as_validation
from nnlite.given.stream import Stream, is_stream
from nnlite.models.reading import checked
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
    **for_arrays: Any,
) -> Data:
    """Return what was given as x and y, ready to be learned from or watched so many times.

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
        return stream(model, x, name, argument, wanted, times)
    if wanted is not None:
        rule = f"{argument} is for data that come in batches."
        remedy = "Leave it out: arrays are gone through from end to end, batch_size at a time."
        raise value_error(rule, f"{argument}={wanted} and arrays", None, remedy)
    model.build_for(x)
    return checked(model, x, y, *weights)


def stream(
    model: LearningModel, source: Any, name: str, argument: str, wanted: int | None, times: int
) -> Stream:
    """Return the batches of a source that will be gone through so many times.

    The first of them tells a model the shape of its input.
    """
    if wanted is None and times > 1 and isinstance(source, Iterator):
        rule = f"A {type(source).__name__} can be gone through once, and {name} is needed "
        received = f"{times} times, without {argument}"
        remedy = f"{argument}=100 takes the next 100 batches each time; or give an object whose "
        remedy += "__iter__ begins again."
        raise value_error(f"{rule}more than once.", received, f"model '{model.name}'", remedy)

    def prepare(batch: Any, number: int) -> Data:
        if not isinstance(batch, list | tuple) or len(batch) not in (2, 3):
            count = f" of {len(batch)}" if isinstance(batch, list | tuple) else ""
            received = f"a {type(batch).__name__}{count}" if count else told(batch)
            rule = "Each batch must be (x, y) or (x, y, sample_weight)."
            raise type_error(rule, received, f"batch {number} of {name}", "yield x, y")
        try:
            model.build_for(batch[0])
            return checked(model, *batch)
        except (TypeError, ValueError) as error:
            error.add_note(f"This is batch {number} of {name}.")
            raise

    return Stream(source, prepare, wanted, argument == "steps_per_epoch", name)


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
        options = {"validation_batch_size": batch_size}
        return data_of(
            model, (given, None), (None, None), "validation_data", steps, times, **options
        )
    x, y, weight = as_validation(given)
    return data_of(model, (x, y), (weight, None), "validation_data", steps, times)
