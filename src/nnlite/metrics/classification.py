"""Precision, recall, and the F1 score, which asks for both."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import (
    DType,
    Name,
    PositiveOrNone,
    is_list,
    number,
    or_none,
    require,
)
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.metrics.confusion import ConfusionMetric, share_of


def as_thresholds(name: str, value: Any, where: str | None) -> Any:
    """Return one threshold or a list of them, from 0 to 1; None stands for the usual one."""
    check = number(least=0, most=1)
    if not is_list(value):
        return None if value is None else check(name, value, where)
    if not len(value):
        raise value_error(f"{name} holds one number at least.", f"{name}={value}", where)
    return [check(name, one, where) for one in list(value)]


Thresholds = Annotated[Any, as_thresholds]


class _AtThresholds(ConfusionMetric):
    """The share of right answers yes, at each threshold.

    Parameters
    ----------
    thresholds
        Above it, an output says yes: 0.5, or a list of numbers, with a figure for each.
    top_k
        Only the k largest outputs of a sample say yes; without `thresholds`, whatever they are.
    class_id
        Look at this output alone.
    """

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: PositiveOrNone = None,
        class_id: Annotated[int | None, or_none(number(least=0, whole=True))] = None,
        name: Name = None,
        dtype: DType = None,
    ) -> None:
        super().__init__(name, dtype)
        self.top_k, self.class_id = top_k, class_id
        usual = 0.5 if top_k is None else -np.inf
        self.thresholds = [usual] if thresholds is None else np.atleast_1d(thresholds).tolist()
        self.counts(sorted(self.thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the answers of this batch."""
        y, a, weights = self.answers(y_true, y_pred, sample_weight)
        if self.top_k is not None:
            a = _largest(a, self.top_k)
        if self.class_id is not None:
            if self.class_id >= a.shape[1]:
                rule = f"class_id must be below {a.shape[1]}, the number of outputs."
                raise value_error(rule, f"class_id={self.class_id}")
            y, a, weights = (array[:, [self.class_id]] for array in (y, a, weights))
        self.count_in(y != 0, a, weights)

    def is_several(self, output_shape: Shape) -> bool:
        """Return whether there is more than one threshold."""
        return len(self.thresholds) > 1

    def in_order(self, shares: Array) -> Any:
        """Return the figure, or with several thresholds an array in the order of these."""
        ranks = np.argsort(np.argsort(self.thresholds, kind="stable"), kind="stable")
        return float(shares[0, 0]) if len(ranks) == 1 else shares[ranks, 0]


def _largest(a: Array, k: int) -> Array:
    """Return the k largest of each row, the first of equal ones, and −∞ for the others."""
    order = np.argsort(-a, axis=-1, kind="stable")[:, :k]
    kept = np.full(a.shape, -np.inf, np.result_type(a, np.float32))
    np.put_along_axis(kept, order, np.take_along_axis(a, order, axis=-1), axis=-1)
    return kept


class Precision(_AtThresholds):
    """How many of the answers yes are right: TP / (TP + FP).

    >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1]).__round__(4)
    0.6667
    """

    default_name = "precision"

    def result(self) -> Any:
        """Return TP / (TP + FP); 0 if nothing says yes."""
        found = self.true_positives
        return self.in_order(share_of(found, found + self.false_positives))


class Recall(_AtThresholds):
    """How many of those that are yes are found: TP / (TP + FN).

    >>> Recall()([0, 1, 1, 1, 1], [1, 0, 1, 1, 1])
    0.75
    """

    default_name = "recall"

    def result(self) -> Any:
        """Return TP / (TP + FN); 0 if nothing is yes."""
        found = self.true_positives
        return self.in_order(share_of(found, found + self.false_negatives))


AVERAGES = (None, "micro", "macro", "weighted")
_average = require(
    lambda value: value is None or (isinstance(value, str) and value in AVERAGES),
    "average must be None, micro, macro or weighted.",
    'average="macro" counts every class alike.',
)


class F1Score(ConfusionMetric):
    """The harmonic mean of precision and recall, 2·P·R / (P + R), for each class.

    Parameters
    ----------
    average
        None: an array, one score for each class; "macro": their mean; "weighted": their mean by how
        often a class is true; "micro": one score, of all answers counted together.
    threshold
        Above it, an output says yes; None lets the largest output of each sample say it.

    Examples
    --------
    >>> F1Score(threshold=0.5)([[1, 0], [1, 1]], [[0.9, 0.2], [0.1, 0.8]]).round(3)
    array([0.667, 1.   ])
    """

    default_name = "f1_score"

    def __init__(
        self,
        average: Annotated[str | None, _average] = None,
        threshold: Annotated[float | None, or_none(number(above=0))] = None,
        name: Name = None,
        dtype: DType = None,
    ) -> None:
        super().__init__(name, dtype)
        self.average, self.threshold = average, threshold
        self.counts([0.5 if threshold is None else threshold], apart=True)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the answers of this batch, output by output."""
        y, a, weights = self.answers(y_true, y_pred, sample_weight)
        if self.threshold is None:
            # Of a row of zeros, none is the largest.
            a = ((a >= a.max(axis=-1, keepdims=True)) & (np.abs(a) > 1e-9)).astype(np.float64)
        self.count_in(y, a, weights)

    def result(self) -> Any:
        """Return the score, an array with one for each class if they are not averaged."""
        found, missed, wrong = (
            part[0] for part in (self.true_positives, self.false_negatives, self.false_positives)
        )
        if self.average == "micro":
            found, missed, wrong = (np.array([part.sum()]) for part in (found, missed, wrong))
        precision, recall = (found / (found + other + _TINY) for other in (wrong, missed))
        scores = 2 * precision * recall / (precision + recall + _TINY)
        if self.average is None:
            return scores
        if self.average == "weighted":
            true = found + missed
            return float((scores * true).sum() / (true.sum() + _TINY))
        return float(scores.mean())

    def is_several(self, output_shape: Shape) -> bool:
        """Return whether there is a score for each of several classes."""
        return self.average is None and output_shape[-1:] not in ((), (1,))


# As Keras has it, so that nothing is divided by 0.
_TINY = 1e-7
