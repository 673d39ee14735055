"""The parameters of an estimator, checked.

scikit-learn wants a constructor to keep what it is given, whatever that is. So the types of the
arguments, and with them the checks, stand here, and `fit` begins with them.
"""

from __future__ import annotations

from typing import Annotated, Any

from nnlite.foundation.arguments import ExplainsItsArguments
from nnlite.foundation.checks import (
    DType,
    Flag,
    NotNegative,
    PositiveInteger,
    PositiveOrNone,
    is_list,
    number,
    positive_integer,
)
from nnlite.layers.dropout import as_rate
from nnlite.layers.options import ActivationLike


def layer_sizes(name: str, value: Any, where: str | None) -> tuple[int, ...]:
    """Return the neurons of each hidden layer; one number means one layer."""
    several = is_list(value)
    remedy = "Give the neurons of each hidden layer: (100, 50); () stands for no hidden layer."
    sizes = value if several else [value]
    return tuple(positive_integer(name, size, where, remedy) for size in sizes)


def samples_per_step(name: str, value: Any, where: str | None) -> int:
    """Return the samples of a batch; "auto" takes all at once, up to 200."""
    if isinstance(value, str) and value == "auto":
        return 200
    return positive_integer(name, value, where, 'batch_size="auto" takes all samples up to 200.')


class Settings(metaclass=ExplainsItsArguments):
    """What an estimator was told: see `NetworkEstimator` for the meaning of each."""

    noun = "estimator"

    def __init__(
        self,
        *,
        name: str,
        hidden_layer_sizes: Annotated[tuple[int, ...], layer_sizes],
        activation: ActivationLike,
        dropout: Annotated[float, as_rate],
        optimizer: Any,
        learning_rate: Any,
        batch_size: Annotated[int, samples_per_step],
        epochs: PositiveInteger,
        l2: NotNegative,
        tol: NotNegative,
        n_iter_no_change: PositiveOrNone,
        early_stopping: Flag,
        validation_fraction: Annotated[float, number(above=0, below=1)],
        warm_start: Flag,
        metrics: Any,
        callbacks: Any,
        model: Any,
        dtype: DType,
        random_state: Any,
        verbose: Any,
    ) -> None:
        self.name = name
        self.hidden_layer_sizes, self.activation = hidden_layer_sizes, activation
        self.dropout, self.l2 = dropout, l2
        self.optimizer, self.learning_rate = optimizer, learning_rate
        self.batch_size, self.epochs = batch_size, epochs
        self.tol, self.n_iter_no_change = tol, n_iter_no_change
        self.early_stopping, self.validation_fraction = early_stopping, validation_fraction
        self.warm_start, self.metrics, self.callbacks = warm_start, metrics, callbacks
        self.model, self.dtype = model, dtype
        self.random_state, self.verbose = random_state, verbose
