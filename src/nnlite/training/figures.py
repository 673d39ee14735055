"""The figures that add up over batches: losses, penalties and metrics."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from nnlite import metrics
from nnlite.callbacks.base import as_figure
from nnlite.foundation.errors import told, type_error, value_error
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
    counting
        The metrics in which others are counting now. Nobody knows how to put back what the
        `reset_state` of a user's object throws away: so these figures take a copy of it.
    """

    def __init__(
        self, endings: list[Ending], outputs: list[str], truths: list[Array], counting: Any = ()
    ) -> None:
        self.shares = [ending.weight for ending in endings]
        taken = [*counting]
        self.metrics = [
            [chosen(metric, y, ending, taken) for metric in ending.metrics]
            for ending, y in zip(endings, truths, strict=True)
        ]
        self.weighted = [
            [chosen(metric, y, ending, taken) for metric in ending.weighted_metrics]
            for ending, y in zip(endings, truths, strict=True)
        ]
        self.all = [metric for each in (*self.metrics, *self.weighted) for metric in each]
        prefixes = [f"{output}_" for output in outputs] if len(endings) > 1 else [""]
        names = ["loss", *(f"{prefix}loss" for prefix in prefixes if prefix)]
        named = zip(prefixes, self.metrics, strict=True)
        names += [p + metric.name for p, each in named for metric in each]
        for p, each in zip(prefixes, self.weighted, strict=True):
            for name in (metric.name for metric in each):
                names.append(f"{p}weighted_{name}" if p + name in names else p + name)
        self.names = numbered(names)
        self.keep_arrays = any(map(faster.keeps_arrays, self.all))
        self.reset()

    def reset(self) -> None:
        """Forget earlier batches."""
        self.count, self.penalties = 0, 0.0
        self.totals = [0.0] * len(self.shares)
        for metric in self.all:
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
        results += map(result, self.all)
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


def result(metric: metrics.Metric) -> float:
    """Return the figure of a metric, or explain that it is none."""
    value = metric.result()
    if (figure := as_figure(value)) is None:
        rule, where = "result() of a metric must return one number.", f"metric '{metric.name}'"
        raise type_error(rule, told(value), where, "return float(np.mean(self.values)), say.")
    return figure


def chosen(metric: Any, y: Array, ending: Ending, taken: list[Any]) -> metrics.Metric:
    """Return the metric that fits this truth; of an object that is taken already, a copy."""
    if any(metric is other for other in taken):
        metric = copy.deepcopy(metric)
    taken.append(metric)
    found = metrics.get(metric, y.shape[1:], ending.shape)
    if found.is_several(ending.shape):
        rule = "A metric of a model is one number: it is shown, compared and drawn."
        received = f"{found!r}, which gives several"
        remedy = 'average="macro" gives one; of several thresholds, make a metric of each.'
        raise value_error(rule, received, f"layer '{ending.layer.name}'", remedy)
    return found
