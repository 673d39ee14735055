"""The figures that add up over batches: losses, penalties and metrics."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from nnlite import metrics
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
        names = ["loss", *(metric.name for metric in self.metrics[0])]
        if len(endings) > 1:
            named = list(zip(outputs, self.metrics, strict=True))
            names = ["loss", *(f"{output}_loss" for output in outputs)]
            names += [f"{output}_{metric.name}" for output, each in named for metric in each]
        self.names = numbered(names)
        self.keep_arrays = any(faster.keeps_arrays(m) for each in self.metrics for m in each)
        self.reset()

    def reset(self) -> None:
        """Forget earlier batches."""
        self.count, self.penalties = 0, 0.0
        self.totals = [0.0] * len(self.shares)
        for each in self.metrics:
            for metric in each:
                metric.reset_state()

    def add(self, place: int, y: Array, a: Array, values: Array) -> float:
        """Take the batch of one output into account, and return its share in the loss."""
        total = float(np.add.reduce(values))
        self.totals[place] += total
        for metric in self.metrics[place]:
            metric.update_state(y, a)
        return self.shares[place] * total / len(values)

    def results(self) -> dict[str, float]:
        """Return the figures by their names: means over all samples since the last reset."""
        count = max(self.count, 1)
        losses = [total / count for total in self.totals]
        loss = sum(share * mean for share, mean in zip(self.shares, losses, strict=True))
        results = [loss + self.penalties / count, *(losses if len(losses) > 1 else ())]
        results += [metric.result() for each in self.metrics for metric in each]
        return dict(zip(self.names, results, strict=True))


def numbered(names: Sequence[str]) -> list[str]:
    """Return the names, with a number behind one that is taken.

    >>> numbered(["mae", "mse", "mae"])
    ['mae', 'mse', 'mae_1']
    """
    taken: dict[str, None] = {}
    for name in names:
        numbers = (f"{name}_{number}" if number else name for number in count())
        taken[next(free for free in numbers if free not in taken)] = None
    return [*taken]


def chosen(metric: Any, y: Array, ending: Ending, own: bool) -> metrics.Metric:
    """Return the metric that fits this truth, or a copy of an object of the user's."""
    if own and isinstance(metric, metrics.Metric):
        metric = copy.deepcopy(metric)
    return metrics.get(metric, y.shape[1:], ending.shape)
