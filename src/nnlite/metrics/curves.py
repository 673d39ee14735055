"""The area under a curve that a threshold draws while it rises from 0 to 1."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.activations import sigmoid
from nnlite.foundation.checks import (
    DType,
    Flag,
    Name,
    PositiveOrNone,
    number,
    require,
)
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers, check_finite
from nnlite.metrics.classification import Thresholds
from nnlite.metrics.confusion import ConfusionMetric, share_of

_curve = require(
    lambda value: isinstance(value, str) and value.upper() in ("ROC", "PR", "PRGAIN"),
    'curve must be "ROC", "PR" or "PRGAIN".',
    'curve="ROC" draws recall over the share of false alarms, "PR" precision over recall.',
)
_method = require(
    lambda value: isinstance(value, str) and value.lower() in _HEIGHTS,
    "summation_method must be interpolation, minoring or majoring.",
    'summation_method="interpolation"',
)


class AUC(ConfusionMetric):
    """The area under a curve: 1 for a perfect order of the samples, ½ for chance ("ROC").

    The ROC curve draws the share of the positive that are found (recall) over that of the negative
    that are taken for positive, one point for each threshold. "PR" draws precision over recall.

    Parameters
    ----------
    num_thresholds
        How many thresholds there are, evenly from 0 to 1.
    curve
        "ROC", "PR", or "PRGAIN", which is "PR" as a gain over always saying yes.
    summation_method
        The height between two points: "interpolation" their mean (along the true curve, for "PR"),
        "minoring" the lower, "majoring" the higher.
    thresholds
        Numbers from 0 to 1 in place of those.
    multi_label
        Take the area of each output by itself, and their mean.
    num_labels
        How many outputs that are, if `multi_label`.
    label_weights
        How much each output counts.
    from_logits
        Whether predictions are the numbers before a sigmoid.

    Examples
    --------
    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.75
    """

    default_name = "auc"

    def __init__(
        self,
        num_thresholds: Annotated[int, number(least=2, most=1_000_000, whole=True)] = 200,
        curve: Annotated[str, _curve] = "ROC",
        summation_method: Annotated[str, _method] = "interpolation",
        name: Name = None,
        dtype: DType = None,
        thresholds: Thresholds = None,
        multi_label: Flag = False,
        num_labels: PositiveOrNone = None,
        label_weights: Any = None,
        from_logits: Flag = False,
    ) -> None:
        super().__init__(name, dtype)
        self.curve, self.summation_method = curve.upper(), summation_method.lower()
        self.multi_label, self.num_labels = multi_label, num_labels
        self.from_logits = from_logits
        if num_labels and not multi_label:
            raise value_error("num_labels goes with multi_label=True.", f"num_labels={num_labels}")
        if label_weights is not None:
            label_weights = as_numbers(label_weights, "label_weights")
            check_finite(label_weights, "label_weights")
        self.label_weights = label_weights
        inner = [place / (num_thresholds - 1) for place in range(1, num_thresholds - 1)]
        if thresholds is not None:
            inner = sorted(np.atleast_1d(thresholds).tolist())
        # The first is below every output, the last above.
        self.thresholds = [-1e-7, *inner, 1 + 1e-7]
        self.num_thresholds = len(self.thresholds)
        self.counts(self.thresholds, apart=multi_label)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the answers of this batch at every threshold."""
        y, a, weights = self.answers(y_true, y_pred, sample_weight)
        if self.num_labels not in (None, a.shape[1]):
            received = f"num_labels={self.num_labels}, y_pred of shape {a.shape}"
            raise value_error("num_labels is the number of outputs.", received)
        labels = self.label_weights
        if labels is not None and labels.shape not in ((), (1,), a.shape[1:]):
            received = f"label_weights of shape {labels.shape}, y_pred of shape {a.shape}"
            raise value_error("label_weights has one number for each output.", received)
        if labels is not None and not self.multi_label:
            weights = weights * labels
        a = sigmoid(a) if self.from_logits else a
        if a.min() < 0 or a.max() > 1:
            received = f"y_pred from {a.min():g} to {a.max():g}"
            remedy = "For numbers before a sigmoid, AUC(from_logits=True)."
            raise value_error("AUC takes probabilities, from 0 to 1.", received, None, remedy)
        self.count_in(y, a, weights)

    def result(self) -> float:
        """Return the area."""
        found, missed = self.true_positives, self.false_negatives
        alarms, silent = self.false_positives, self.true_negatives
        recall = share_of(found, found + missed)
        if self.curve == "ROC":
            parts = self._riemann(share_of(alarms, alarms + silent), recall)
        elif self.curve == "PRGAIN":
            parts = self._riemann(*_gains(found, alarms, missed, silent))
        elif self.summation_method == "interpolation":
            parts = _along_the_curve(found, alarms, found + missed)
        else:
            parts = self._riemann(recall, share_of(found, found + alarms))
        areas = parts.sum(axis=0)
        if self.multi_label and self.label_weights is not None:
            return float(np.average(areas, weights=self.label_weights))
        return float(areas.mean())

    def _riemann(self, x: Array, y: Array) -> Array:
        """Return the area of each rectangle between two neighbouring thresholds."""
        return np.asarray((x[:-1] - x[1:]) * _HEIGHTS[self.summation_method](y[:-1], y[1:]))


_HEIGHTS: dict[str, Any] = {
    "interpolation": lambda left, right: (left + right) / 2,
    "minoring": np.minimum,
    "majoring": np.maximum,
}


def _gains(found: Array, alarms: Array, missed: Array, silent: Array) -> tuple[Array, Array]:
    """Return the gains of recall and precision over those of always saying yes."""
    odds = share_of(found + missed, silent + alarms)
    recall = np.where(found == 0, 0.0, 1 - odds * share_of(missed, found))
    return np.maximum(recall, 0.0), np.where(found == 0, 1.0, 1 - odds * share_of(alarms, found))


def _along_the_curve(found: Array, alarms: Array, positive: Array) -> Array:
    """Return the areas under precision over recall, where counts, not shares, run in lines.

    Between two thresholds, TP = slope·P + intercept, where P = TP + FP. So precision is
    slope + intercept/P, and its integral over dTP = slope·dP has a logarithm.
    """
    said = found + alarms
    more, step = found[:-1] - found[1:], said[:-1] - said[1:]
    slope = share_of(more, np.maximum(step, 0))
    intercept = found[1:] - slope * said[1:]
    both = (said[:-1] > 0) & (said[1:] > 0)
    ratio = np.where(both, share_of(said[:-1], said[1:]), 1.0)
    return share_of(slope * (more + intercept * np.log(ratio)), positive[1:])
