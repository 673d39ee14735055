"""A network that tells classes apart, as one of scikit-learn's estimators."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from nnlite.estimators.estimator import NetworkEstimator
from nnlite.estimators.samples import Samples
from nnlite.estimators.settings import Settings
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array


class NNClassifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """A neural network that tells classes apart, whatever their names are.

    Its output has a neuron for each class, with softmax; the loss is the cross-entropy.

    Parameters
    ----------
    hidden_layer_sizes, activation, dropout, optimizer, learning_rate, batch_size, epochs, l2, tol
        As for `NetworkEstimator`, and so are all that follow.
    model
        A function that takes the number of columns and the number of classes and returns a model
        with a softmax output.

    Attributes
    ----------
    classes_
        The labels, in the order of the outputs; the others are those of `NetworkEstimator`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> network = make_pipeline(StandardScaler(), NNClassifier(random_state=0)).fit(X, y)
    >>> bool(network.score(X, y) > 0.9)
    True
    """

    _kind_of_y: ClassVar[dict[str, Any]] = {}
    _activation, _loss = "softmax", "sparse_categorical_crossentropy"

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Go once through a part of the data, and on from there at the next call.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`. Callbacks, early stopping and a validation part belong to `fit` alone.
        classes
            All labels that will ever come; needed in the first call.
        """
        if not hasattr(self, "model_"):
            if classes is None:
                rule = "classes must be passed on the first call to partial_fit."
                remedy = "partial_fit(X, y, classes=np.unique(all_labels))"
                raise value_error(rule, "classes=None", None, remedy)
        elif classes is not None and not self._are_known(classes):
            rule = f"classes must be those of the first call: {shown(self.classes_.tolist())}."
            raise value_error(rule, f"classes={shown(classes)}", None, "Leave out classes.")
        return self._go_on(X, y, sample_weight, classes)

    def _are_known(self, classes: Any) -> bool:
        with suppress(Exception):
            return np.array_equal(np.unique(as_array(classes, "classes")), self.classes_)
        return False

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class for each sample, in the order of `classes_`."""
        return self._outputs(X)

    def predict(self, X: Any) -> Array:
        """Return the most probable label of each sample."""
        probabilities = self._outputs(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def _begin(self, settings: Settings, samples: Samples, seed: int) -> None:
        super()._begin(settings, samples, seed)
        # Not only after an hour of training: what has no softmax is no probability.
        row = self.model_.predict(samples.X[:1])[0]
        if (row < 0).any() or abs(row.sum() - 1) > 1e-3:
            rule = "A model of a classifier gives probabilities: none below 0, and together 1."
            received = f"{shown([round(float(a), 3) for a in row])} for the first sample"
            remedy = 'End it with Dense(n_outputs, activation="softmax"), without from_logits.'
            raise value_error(rule, received, f"estimator '{settings.name}'", remedy)

    def _meet(self, y: Array, weights: Array | None) -> None:
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        self.n_outputs_ = len(self.classes_)
        if self.n_outputs_ < 2:
            rule = "A classifier needs two classes at least: with one class, there is no question."
            raise value_error(rule, f"y with the one class {shown(self.classes_.tolist()[0])}")

    def _targets(self, y: Array) -> Array:
        """Return the number of the class of each sample."""
        check_classification_targets(y)
        unknown = ~np.isin(y, self.classes_)
        if unknown.any():
            rule = f"y must hold the classes of the first call: {shown(self.classes_.tolist())}."
            remedy = "Name all classes in the first partial_fit, or leave out warm_start."
            raise value_error(rule, f"y with {shown(y[unknown].tolist()[0])}", None, remedy)
        return np.searchsorted(self.classes_, y)

    def _strata(self, targets: Array) -> Array | None:
        return targets
