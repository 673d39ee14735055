"""One experiment: a copy of the model is trained for a counted number of steps, and watched."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlite.explain.flow import constant_loss
from nnlite.foundation.types import Array
from nnlite.given.data import Data
from nnlite.training.faster import training_mode
from nnlite.training.step import Step

LOOKS, LEAST = 10, 128
"""How often a run is looked at, apart from its start, and on how many samples at least."""
STILL = 0.05
"""By so much of their size the weights may change while nothing moves."""
LAST = 0.2
"""The share of its steps that tell where a run ended."""
WORST = -1.0
"""The progress of a run whose loss is no number, or twice that of a constant answer."""


class OutOfTimeError(Exception):
    """The clock has ended the diagnosis."""


@dataclass
class Plan:
    """How a copy is trained: all of it is counted, the clock only pulls the brake."""

    steps: int
    batch_size: int
    seed: int
    deadline: float


@dataclass
class Run:
    """What became of one copy.

    Parameters
    ----------
    name
        What was done to it, in words.
    constant, constant_new
        The loss of the best constant answer, for the samples trained on and for the others.
    steps
        After how many steps it was looked at.
    seen, new
        The loss then, penalties apart, for the samples trained on and for others; `new` is empty
        where all samples are needed for the training.
    trained
        The mean loss over the last steps, as training saw it.
    travelled
        How far the weights have come from their start, as a share of their size there.
    """

    name: str
    constant: float
    constant_new: float
    steps: list[int] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    trained: float = math.inf
    travelled: float = 0.0

    @property
    def start(self) -> float:
        """The loss before the first step."""
        return self.seen[0]

    @property
    def end(self) -> float:
        """The loss after the last step: as a prediction has it, or as training saw it."""
        # A normalization needs many steps until its running means are good for predictions.
        ends = [loss for loss in (self.seen[-1], self.trained) if math.isfinite(loss)]
        return min(ends) if math.isfinite(self.seen[-1]) and ends else math.inf

    @property
    def progress(self) -> float:
        """How much of what can be learned is learned: 0 nothing, 1 all."""
        return _progress(self.end, self.constant)

    @property
    def moved(self) -> float:
        """How much of the loss is gone: of that at the start, if that was better than constant."""
        return _progress(self.end, min(self.start, self.constant))

    @property
    def stands_still(self) -> bool:
        """Whether the weights are about the same at the end."""
        # The loss does not tell: a leap that kills all units leaves it where guessing has it.
        return self.travelled <= STILL

    @property
    def progress_on_new(self) -> float:
        """The same on samples not seen, where it was best."""
        return max((_progress(loss, self.constant_new) for loss in self.new), default=WORST)


def _progress(loss: float, constant: float) -> float:
    return max(WORST, 1 - loss / constant) if math.isfinite(loss) and constant > 0 else WORST


def take_run(name: str, model: Any, seen: Data, new: Data | None, plan: Plan) -> Run:
    """Train this copy, and return what became of it."""
    # Where dropout and the order of the samples come from: the layers share it.
    model.rng.bit_generator.state = np.random.default_rng(plan.seed).bit_generator.state
    step = Step(model, seen)
    # Looking shall cost no more than learning.
    most = max(LEAST, plan.steps * plan.batch_size // LOOKS) if plan.steps else seen.size
    watched, new = _first(seen, most), new and _first(new, most)
    run = Run(name, baseline(step, watched), baseline(step, new) if new else 0.0)
    rng = np.random.default_rng(plan.seed)
    looks = {round(plan.steps * look / LOOKS) for look in range(LOOKS + 1)}
    losses: list[float] = []
    begin = model.flat.weights.astype(np.float64)
    with training_mode(model), np.errstate(all="ignore"):
        for number, batch in enumerate(_batches(seen, plan, rng)):
            if time.monotonic() > plan.deadline:
                raise OutOfTimeError
            if number in looks:
                _look(run, number, step, watched, new)
            if number == plan.steps or not math.isfinite(run.seen[-1]):
                break
            penalty = step.penalty()
            losses.append(step.take(*batch) - penalty)
            if not math.isfinite(losses[-1]):
                _look(run, number + 1, step, watched, new)
                run.seen[-1] = math.inf
        run.travelled = _distance(model.flat.weights, begin)
    # A sum over a batch cannot be compared with one over all samples.
    if losses and all(ending.is_mean for ending in step.endings):
        run.trained = float(np.mean(losses[-max(1, round(LAST * plan.steps)) :]))
    return run


def _distance(weights: Array, begin: Array) -> float:
    """Return how far weights are from where they began, as a share of the size there."""
    size, way = np.linalg.norm(begin), np.linalg.norm(weights - begin)
    return float(way / size) if size and np.isfinite(way) else math.inf


def _first(data: Data, most: int) -> Data:
    x, y, weights = data.all()
    weights = None if weights is None else weights[:most]
    return Data([part[:most] for part in x], [part[:most] for part in y], weights, data.kept)


def _batches(data: Data, plan: Plan, rng: np.random.Generator) -> Iterator[Any]:
    while True:
        yield from data.batches(plan.batch_size, rng.permutation(data.size), reuse=True)


def _look(run: Run, number: int, step: Step, seen: Data, new: Data | None) -> None:
    run.steps.append(number)
    run.seen.append(_loss(step, seen))
    if new is not None:
        run.new.append(_loss(step, new))


def _loss(step: Step, data: Data) -> float:
    return step.over(data, data.size)["loss"] - step.penalty()


def baseline(step: Step, data: Data) -> float:
    """Return the loss of the best constant answer; before training, where that cannot be told."""
    dtype, truths = step.model.dtype, data.all()[1]
    found = sum(
        ending.weight * constant_loss(ending.loss, y, (len(y), *ending.shape), dtype)
        for ending, y in zip(step.endings, truths, strict=True)
        if ending.weight
    )
    return found if math.isfinite(found) else _loss(step, data)
