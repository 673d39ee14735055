"""What every model tells of itself with data, on copies: `Model` takes these as its methods."""

from __future__ import annotations

from typing import Annotated, Any

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import PositiveOrNone, number
from nnlite.training.protocol import LearningModel


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
    validation_split: Annotated[float, number(least=0, below=1)] = 0.0,
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
