"""What every model can do with data, as plain functions: `Model` takes them as its methods."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any

import numpy as np

from nnlite.callbacks import History
from nnlite.callbacks.bar import progress_callbacks, say_beside
from nnlite.callbacks.display import epoch_line
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Count, Flag, FlagOrNone, PositiveInteger, PositiveOrNone
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.classes import warn_of_another_kind
from nnlite.given.data import one_or_list
from nnlite.models.reading import checked
from nnlite.models.streaming import data_of, one_batch, validation_data_of
from nnlite.training import compiling
from nnlite.training.evaluation import Evaluation, Validation
from nnlite.training.faster import predicting, training_mode
from nnlite.training.loop import Loop
from nnlite.training.protocol import LearningModel
from nnlite.training.step import Step

# Without gradients to keep, larger batches cost little memory and save time.
PREDICTION_BATCH = 1024


@explains_its_arguments
def compile(
    model: LearningModel,
    optimizer: Any = "rmsprop",
    loss: Any = None,
    metrics: Any = None,
    loss_weights: Any = None,
    weighted_metrics: Any = None,
    *,
    run_eagerly: Any = None,
    jit_compile: Any = None,
    steps_per_execution: Any = None,
) -> None:
    """Say how the model shall learn.

    Parameters
    ----------
    optimizer
        A name or an object of `nnlite.optimizers`.
    loss
        A name, function or object of `nnlite.losses`; with several outputs a list, or a
        dictionary by their names.
    metrics
        A list of names, functions or objects of `nnlite.metrics`.
    loss_weights
        With several outputs, the share of each in the whole loss.
    weighted_metrics
        Metrics that count each sample by its weight, as the loss does; `metrics` do not.
    run_eagerly, jit_compile, steps_per_execution
        Taken for the sake of Keras scripts, and do nothing.
    """
    with all_or_nothing(model):
        model.compiled = compiling.checked(optimizer, loss, metrics, loss_weights, weighted_metrics)
        model.forget_endings()
        if model.nodes and model.endings:
            model.optimizer.bound_state = model.flat.state_of(model.optimizer)


@explains_its_arguments
def fit(
    model: LearningModel,
    x: Any = None,
    y: Any = None,
    batch_size: PositiveOrNone = None,
    epochs: Count = 1,
    verbose: Any = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: FlagOrNone = None,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: Count = 0,
    validation_freq: PositiveInteger = 1,
    *,
    steps_per_epoch: PositiveOrNone = None,
    validation_steps: PositiveOrNone = None,
    validation_batch_size: PositiveOrNone = None,
    check_finite: Flag = True,
    workers: PositiveOrNone = None,
) -> History:
    """Train the model, and return the history of losses and metrics.

    Ctrl-C ends the training: `history.interrupted` is True then, and the program goes on. A
    second Ctrl-C, in the same `fit` or in the next, is raised.

    Parameters
    ----------
    x, y
        Data and truth: arrays, lists, or pandas frames; a list or a dictionary of them for
        several inputs or outputs. Or, without y, a generator, a loader, or anything else that
        `iter` takes and that gives batches (x, y) or (x, y, sample_weight).
    batch_size
        Samples per step; 32 if not given. The last batch may be smaller.
    epochs
        How often to go through the data.
    verbose
        1 or "auto": one progress bar; 2: one line per epoch; 0: nothing.
    callbacks
        Objects of `nnlite.callbacks`.
    validation_split
        The share of the samples, from the end, that is only watched.
    validation_data
        `(x, y)` or `(x, y, sample_weight)` that is only watched; or batches, as for x.
    shuffle
        Whether every epoch takes the samples in a new order, as it does if not given. Batches are
        taken as they come.
    class_weight, sample_weight
        How much samples count in the loss: by class, or one by one.
    initial_epoch
        The epoch to go on from.
    validation_freq
        Watch the validation data only every so many epochs.
    steps_per_epoch
        How many batches make an epoch, for data that come in batches: the next epoch goes on
        where this one ended. If not given, all of them.
    validation_steps
        How many batches of the validation data are watched, counted from their beginning.
    validation_batch_size
        Samples per step of the validation; `batch_size` if not given.
    check_finite
        Stop with an error when the loss is no longer finite.
    workers
        Large batches of images are computed in parts; with 2, a second thread takes every part
        that the first has not begun. None decides by the machine. The result is the same.
    """
    given = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    given = [] if callbacks is None else given
    shown, planned = progress_callbacks(verbose, given), range(initial_epoch, epochs)
    with all_or_nothing(model, *model.layers):
        how: dict[str, Any] = {"batch_size": batch_size, "shuffle": shuffle}
        how["validation_split"] = validation_split
        steps = "steps_per_epoch", steps_per_epoch
        weights = sample_weight, class_weight
        data = data_of(model, (x, y), weights, "x", steps, len(planned), **how)
        looks = epochs // validation_freq - initial_epoch // validation_freq
        steps = "validation_steps", validation_steps
        watched = validation_data_of(model, validation_data, steps, looks, validation_batch_size)
        if watched is None and validation_split:
            data, watched = data.split(validation_split)
            warn_of_another_kind(data.y[0], watched.y[0], stacklevel=3)
        step = Step(model, data)
        batch_size = data.batch_size(batch_size or 32)
        size = validation_batch_size or batch_size
        validation = Validation(watched, size, validation_freq) if watched else None
        options = batch_size, planned, shuffle is not False, check_finite, workers
        loop = Loop(step, data, validation, [*shown, *given], *options)
    return loop.run()


@explains_its_arguments
def evaluate(
    model: LearningModel,
    x: Any = None,
    y: Any = None,
    batch_size: PositiveOrNone = None,
    verbose: Any = "auto",
    sample_weight: Any = None,
    return_dict: Flag = False,
    *,
    steps: PositiveOrNone = None,
) -> Any:
    """Return the loss over the data, or with metrics the list [loss, metric, …].

    The data may come in batches, as for `fit`: all of them, or so many `steps`.

    With `return_dict`, a dictionary by their names. `verbose` prints a line of them: 1 and
    "auto" where `fit` shows its progress, 2 among the results; 0 prints nothing.
    """
    progress = progress_callbacks(verbose)
    model.check_built("evaluate")
    weights, wanted = (sample_weight, None), ("steps", steps)
    data = data_of(model, (x, y), weights, "x", wanted, 1, batch_size=batch_size)
    evaluation = Evaluation(model, data)
    size = min(batch_size or PREDICTION_BATCH, data.size)
    faster = predicting(evaluation.network, size)
    with np.errstate(all="ignore"), faster as evaluation.network:
        results = evaluation.over(data, size)
    if progress:
        say_beside(progress, epoch_line(results))
    return results if return_dict else one_or_list(list(results.values()))


@explains_its_arguments
def predict(
    model: LearningModel,
    x: Any,
    batch_size: PositiveOrNone = None,
    verbose: Any = "auto",
    steps: PositiveOrNone = None,
) -> Any:
    """Return the output for every sample, as an array; a list of arrays for several outputs.

    The data may come in batches of x, or of (x, y) as for `fit`: all of them, or so many `steps`.

    `verbose` is taken for the sake of Keras scripts: a prediction prints nothing.
    """
    model.check_built("predict")
    wanted = "steps", steps
    how: dict[str, Any] = {"batch_size": batch_size, "with_truth": False}
    data = data_of(model, (x, None), (None, None), "x", wanted, 1, **how)
    parts, size = [], min(batch_size or PREDICTION_BATCH, data.size)
    with predicting(model.network, size) as network:
        for arrays, _, _ in data.batches(size):
            output = network.forpass(one_or_list(arrays), False)
            parts.append(output if isinstance(output, list) else [output])
    return one_or_list([np.concatenate(outputs) for outputs in zip(*parts, strict=True)])


@explains_its_arguments
def train_on_batch(
    model: LearningModel,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    return_dict: Flag = False,
) -> Any:
    """Take one step on these samples; return the loss before it, with metrics a list."""
    with nullcontext() if model.nodes else all_or_nothing(model, *model.layers):
        model.build_for(one_batch(x, "train_on_batch(x, y)"))
        data = checked(model, x, y, sample_weight, class_weight)
    step = Step(model, data)
    with training_mode(model), np.errstate(all="ignore"):
        step.take(*data.all())
    results = step.figures.results()
    return results if return_dict else one_or_list(list(results.values()))


@explains_its_arguments
def test_on_batch(
    model: Any, x: Any, y: Any = None, sample_weight: Any = None, return_dict: Flag = False
) -> Any:
    """Return the loss of these samples, with metrics a list."""
    x = one_batch(x, "test_on_batch(x, y)")
    return model.evaluate(x, y, sys.maxsize, 0, sample_weight, return_dict)


@explains_its_arguments
def predict_on_batch(model: Any, x: Any) -> Any:
    """Return the output for these samples, in one go."""
    return model.predict(one_batch(x, "predict_on_batch(x)"), sys.maxsize)
