"""What every model can do with data, as plain functions: `Model` takes them as its methods."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np

from nnlite.callbacks import History
from nnlite.callbacks.bar import progress_callbacks, say_beside
from nnlite.callbacks.display import epoch_line
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Count, Flag, PositiveInteger, PositiveOrNone
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.classes import warn_of_another_kind
from nnlite.given.data import Data, one_or_list
from nnlite.models.reading import checked, kept_for, read, validation_of
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
    shuffle: Flag = True,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: Count = 0,
    validation_freq: PositiveInteger = 1,
    *,
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
        several inputs or outputs.
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
        `(x, y)` or `(x, y, sample_weight)` that is only watched.
    shuffle
        Whether every epoch takes the samples in a new order.
    class_weight, sample_weight
        How much samples count in the loss: by class, or one by one.
    initial_epoch
        The epoch to go on from.
    validation_freq
        Watch the validation data only every so many epochs.
    validation_batch_size
        Samples per step of the validation; `batch_size` if not given.
    check_finite
        Stop with an error when the loss is no longer finite.
    workers
        Large batches of images are computed in parts; with 2, a second thread takes every part
        that the first has not begun. None decides by the machine. The result is the same.
    """
    batch_size = batch_size or 32
    with all_or_nothing(model, *model.layers):
        model.build_for(x)
        data = checked(model, x, y, sample_weight, class_weight)
        watched = validation_of(model, validation_data)
        if watched is None and validation_split:
            data, watched = data.split(validation_split)
            warn_of_another_kind(data.y[0], watched.y[0], stacklevel=3)
        step = Step(model, data)
        size = validation_batch_size or batch_size
        validation = Validation(watched, size, validation_freq) if watched else None
        several = isinstance(callbacks, list | tuple)
        given = callbacks if several else [callbacks] * bool(callbacks)
        shown, planned = progress_callbacks(verbose, given), range(initial_epoch, epochs)
        how = batch_size, planned, shuffle, check_finite, workers
        loop = Loop(step, data, validation, [*shown, *given], *how)
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
) -> Any:
    """Return the loss over the data, or with metrics the list [loss, metric, …].

    With `return_dict`, a dictionary by their names. `verbose` prints a line of them: 1 and
    "auto" where `fit` shows its progress, 2 among the results; 0 prints nothing.
    """
    progress = progress_callbacks(verbose)
    model.check_built("evaluate")
    data = checked(model, x, y, sample_weight)
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
    model: LearningModel, x: Any, batch_size: PositiveOrNone = None, verbose: Any = "auto"
) -> Any:
    """Return the output for every sample, as an array; a list of arrays for several outputs.

    `verbose` is taken for the sake of Keras scripts: a prediction prints nothing.
    """
    model.check_built("predict")
    data = Data(read(model, x), [], kept=kept_for(model))
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
        model.build_for(x)
        data = checked(model, x, y, sample_weight, class_weight)
    step = Step(model, data)
    with training_mode(model), np.errstate(all="ignore"):
        step.take(*data.all())
    results = step.figures.results()
    return results if return_dict else one_or_list(list(results.values()))


def explain(model: LearningModel, x: Any, y: Any = None) -> Any:
    """Tell one training step on this batch as a lecturer writes it: formulas, shapes, sizes.

    It is the step that `fit` would take, taken by a copy: the model stays as it is. Without
    `y`, or before `compile`, only the way forward is told.

    Parameters
    ----------
    x, y
        A batch, as for `train_on_batch`.

    Returns
    -------
    Explanation
        `print` it, leave it as the last line of a notebook cell, draw it with
        `nnlite.plot.explain`, or take an array out of it by its symbol: `["dW1"]`.

    Examples
    --------
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,))])
    >>> model.compile(optimizer="sgd", loss="mse")
    >>> explanation = model.explain([[1, 2], [3, 4]], [1, 3])
    >>> explanation["dW1"]
    array([[14.],
           [20.]], dtype=float32)
    """
    # It is large, and seldom needed.
    from nnlite import explain as explaining

    return explaining.explain(model, x, y)


@explains_its_arguments
def diagnose(
    model: LearningModel,
    x: Any,
    y: Any,
    batch_size: PositiveOrNone = None,
    epochs: PositiveOrNone = None,
    *,
    validation_split: float = 0.0,
    validation_data: Any = None,
    seconds: float = 30.0,
    seed: int = 0,
) -> Any:
    """Find out why the model does not learn: try on copies what a teacher would try.

    A copy is trained as `fit` would. If that learns little, other copies are trained with scaled
    features, other rates, without dropout, and so on: what makes one learn much better is a cause.
    The model itself, its optimizer, its random numbers and its history stay as they are.

    Parameters
    ----------
    x, y
        The samples, as for `fit`; of many, a part is taken.
    batch_size, epochs, validation_split, validation_data
        What `fit` was told, if anything.
    seconds
        About how long it may take. How many steps a run takes follows from it by the size of the
        network, not by the clock: a seed has one result on every machine, or the report says that
        the time was over before all was tried.
    seed
        Where the random numbers of the runs start.

    Returns
    -------
    Diagnosis
        `print` it, leave it as the last line of a notebook cell, or draw it with `.plot()`. Its
        `causes` are ranked, each with evidence and a remedy; `first` is the first's name, or None.

    Examples
    --------
    >>> import numpy as np
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> from nnlite.optimizers import SGD
    >>> x = np.linspace(-1, 1, 64)
    >>> model = Sequential([Dense(1, input_shape=(1,))], seed=0)
    >>> model.compile(SGD(1e-6), loss="mse")
    >>> model.diagnose(x, 3 * x).first
    'rate_too_small'
    """
    from nnlite import diagnosis

    fit = batch_size, epochs, validation_split, validation_data
    return diagnosis.diagnose(model, x, y, *fit, seconds, seed)
