"""A network that foretells numbers, as one of scikit-learn's estimators."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import RegressorMixin

from nnlite.estimators.estimator import NetworkEstimator
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers


class NNRegressor(RegressorMixin, NetworkEstimator):  # type: ignore[misc]
    """A neural network that foretells one number or several.

    It learns the truth in units of its own, (y − mean) / deviation, so that learning rate and
    `tol` fit prices as well as shares: a loss of 1 is that of the mean, and without the penalty of
    `l2`, 1 − loss is R². What it predicts is in the units of y again.

    Parameters
    ----------
    hidden_layer_sizes, activation, dropout, optimizer, learning_rate, batch_size, epochs, l2, tol
        As for `NetworkEstimator`, and so are all that follow.
    model
        A function that takes the number of columns and the number of outputs and returns a model.

    Attributes
    ----------
    y_mean_, y_scale_
        The mean and the standard deviation of each output in the data of the first `fit` or
        `partial_fit`. `model_` gives (y − y_mean_) / y_scale_. The other attributes are those of
        `NetworkEstimator`.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> y = 300 * X.ravel() ** 2
    >>> bool(NNRegressor(epochs=1000, random_state=0).fit(X, y).score(X, y) > 0.9)
    True
    """

    _kind_of_y: ClassVar[dict[str, Any]] = {"multi_output": True, "y_numeric": True}
    _activation, _loss = "linear", "mean_squared_error"

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go once through a part of the data, and on from there at the next call.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`. Callbacks, early stopping and a validation part belong to `fit` alone.
        """
        return self._go_on(X, y, sample_weight)

    def predict(self, X: Any) -> Array:
        """Return a number for each sample; a row of them, if y had several."""
        foretold: Array = self._outputs(X) * self.y_scale_ + self.y_mean_
        return foretold if self.n_outputs_ > 1 else foretold.ravel()

    def _meet(self, y: Array, weights: Array | None) -> None:
        columns = as_columns(y)
        self.n_outputs_ = columns.shape[1]
        self.y_mean_ = np.average(columns, axis=0, weights=weights)
        scale = np.sqrt(np.average((columns - self.y_mean_) ** 2, axis=0, weights=weights))
        # What is left of a constant is the rounding of its mean.
        constant = scale <= 1e-14 * np.abs(self.y_mean_)
        self.y_scale_ = np.where(constant, 1.0, scale)

    def _targets(self, y: Array) -> Array:
        """Return the truth in units of its own."""
        return np.asarray((as_columns(y) - self.y_mean_) / self.y_scale_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def as_columns(y: Array) -> Array:
    """Return the truth with a column for each output.

    >>> as_columns(np.array([1, 2, 3])).shape
    (3, 1)
    """
    return as_numbers(y, "y").reshape(len(y), -1)
