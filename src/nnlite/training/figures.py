"""The figures that add up over batches: losses, penalties and metrics."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite import metrics
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.training import faster
from nnlite.training.ending import Ending


class Figures:
    """Losses and metrics of the batches since the last `reset`.

    Besides what is added output by output, `count` is the number of samples, and `penalties` what
    the regularizers charged, times the samples of each batch.

    Parameters
    ----------
    endings
        One for each output.
    outputs
        The names of the outputs.
    truths
        Samples of the truth, one array for each output: metrics are chosen to fit them.
    own
        Whether others are counting now. A metric of the user's is one object for all, and nobody
        knows how to put back what its `reset_state` throws away: so these figures get a copy.
    """

    def __init__(
        self,
        endings: Sequence[Ending],
        outputs: Sequence[str],
        truths: Sequence[Array],
        own: bool = False,
    ) -> None:
        self.shares = [ending.weight for ending in endings]
        self.metrics = [
            [chosen(metric, y, ending, own) for metric in ending.metrics]
            for ending, y in zip(endings, truths, strict=True)
        ]
        self.weighted = [
            [chosen(metric, y, ending, own) for metric in ending.weighted_metrics]
            for ending, y in zip(endings, truths, strict=True)
        ]
        self.every = [metric for each in (*self.metrics, *self.weighted) for metric in each]
        self.names = self._named(outputs if len(endings) > 1 else [""])
        self.keep_arrays = any(map(faster.keeps_arrays, self.every))
        self.reset()

    def _named(self, outputs: Sequence[str]) -> list[str]:
        """Return the names of all figures; one that is taken is "weighted_", or gets a number."""
        before = [f"{output}_" if output else "" for output in outputs]
        names = ["loss", *(f"{output}loss" for output in before if output)]
        for prefix, metrics_of in (("", self.metrics), ("weighted_", self.weighted)):
            for output, each in zip(before, metrics_of, strict=True):
                for metric in each:
                    name = f"{output}{metric.name}"
                    name = f"{output}{prefix}{metric.name}" if name in names else name
                    again = (f"{name}_{number}" for number in range(1, len(names) + 1))
                    names.append(next(n for n in (name, *again) if n not in names))
        return names

    def reset(self) -> None:
        """Forget earlier batches."""
        self.count, self.penalties = 0, 0.0
        self.totals = [0.0] * len(self.shares)
        for metric in self.every:
            metric.reset_state()

    def add(
        self, place: int, y: Array, a: Array, values: Array, weights: Array | None = None
    ) -> float:
        """Take the batch of one output into account, and return its share in the loss."""
        total = float(np.add.reduce(values))
        self.totals[place] += total
        for metric in self.metrics[place]:
            metric.update_state(y, a)
        for metric in self.weighted[place]:
            metric.update_state(y, a, weights)
        return self.shares[place] * total / len(values)

    def results(self) -> dict[str, float]:
        """Return the figures by their names: means over all samples since the last reset."""
        count = max(self.count, 1)
        losses = [total / count for total in self.totals]
        loss = sum(share * mean for share, mean in zip(self.shares, losses, strict=True))
        results = [loss + self.penalties / count, *(losses if len(losses) > 1 else ())]
        results += [_as_number(metric.result()) for metric in self.every]
        return dict(zip(self.names, results, strict=True))


def chosen(metric: Any, y: Array, ending: Ending, own: bool) -> metrics.Metric:
    """Return the metric that fits this truth, or a copy of an object of the user's."""
    if own and isinstance(metric, metrics.Metric):
        metric = copy.deepcopy(metric)
    found = metrics.get(metric, y.shape[1:], ending.shape)
    if found.is_several(ending.shape):
        rule = "A metric of a model is one number: it is shown, compared and drawn."
        received = f"{found!r}, which gives several"
        remedy = 'average="macro" gives one; of several thresholds, make a metric of each.'
        raise value_error(rule, received, f"layer '{ending.layer.name}'", remedy)
    return found


def _as_number(result: Any) -> Any:
    return result.item() if isinstance(result, np.ndarray) and result.size == 1 else result
