"""The model that is examined, as copies: what is known of it, and what its copies did in runs."""

from __future__ import annotations

import math
import time
from functools import cached_property
from typing import Any

import numpy as np

from nnlite.diagnosis.reference import RATE, reference_model
from nnlite.diagnosis.runs import OutOfTimeError, Plan, Run, take_run
from nnlite.diagnosis.thresholds import (
    A_QUARTER,
    AND_MORE,
    BY_HEART,
    CLEARLY,
    ENOUGH_TO_SAY_UNRELATED,
    LEARNS,
    LEARNS_HALF,
    ON_NEW_SAMPLES,
    TWICE,
)
from nnlite.diagnosis.treatments import (
    NONE,
    SCALED_X,
    Treatment,
    begun_anew,
    treated,
    without_dropout,
    without_penalties,
)
from nnlite.diagnosis.units import dead_layers, flat_layers
from nnlite.explain.watching import WatchedStep, watch_step
from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.layers.activated import ActivatedLayer
from nnlite.optimizers import Adam

MOST_SAMPLES, WATCHED, NEW_SHARE, TEN = 1000, 128, 0.2, 10
RUNS, STEPS = 14, (40, 1000)
"""So many runs share the time; each has at least and at most so many steps."""
EPOCHS = 100
"""How long a training is taken to be, where nobody says it."""
# What a common processor takes for them, only to plan with.
SECONDS_PER_PRODUCT, SECONDS_PER_NUMBER, SECONDS_PER_LAYER = 2e-10, 2e-8, 5e-5


class Patient:
    """A model that does not learn, perhaps: never itself, but copies of a copy.

    Parameters
    ----------
    model
        A copy of the user's, built and compiled.
    data
        All samples, checked.
    batch_size, epochs
        As in the `fit` that is asked about; None where nobody said.
    seconds, seed
        The time that there is, and where all random numbers start.
    begin
        When that time began; by default now.
    """

    def __init__(
        self,
        model: Any,
        data: Data,
        batch_size: int | None,
        epochs: int | None,
        seconds: float,
        seed: int,
        begin: float | None = None,
    ) -> None:
        self.model, self.seed, self.seconds = model, seed, seconds
        self.deadline = (time.monotonic() if begin is None else begin) + seconds
        self.batch_size, self.epochs, self.samples = batch_size or 32, epochs, data.size
        order = np.random.default_rng(seed).permutation(data.size)[:MOST_SAMPLES]
        held = len(order) * NEW_SHARE if data.size >= ENOUGH_TO_SAY_UNRELATED else 0
        cut = len(order) - int(held)
        self.seen = _rows(data, order[:cut])
        self.new = _rows(data, order[cut:]) if held else None
        self.runs: dict[str, Run] = {}

    def look_at_the_clock(self) -> None:
        """End the diagnosis if its time is over."""
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    @cached_property
    def x(self) -> list[Array]:
        """The features of the samples trained on."""
        return self.seen.all()[0]

    @cached_property
    def y(self) -> list[Array]:
        """Their truth."""
        return self.seen.all()[1]

    @cached_property
    def look(self) -> WatchedStep:
        """One step of the model as it stands, with all that passes between the layers."""
        return self.watched(self.seen)

    def watched(self, data: Data) -> WatchedStep:
        """Return one step on some of these samples."""
        x, y, _ = _rows(data, np.arange(min(WATCHED, data.size))).all()
        with np.errstate(all="ignore"):
            return watch_step(self.start, one_or_list(x), one_or_list(y))

    @cached_property
    def wakes_up(self) -> bool:
        """Whether units that are dead or flat are neither on scaled features."""
        if not (dead_layers(self.look) or flat_layers(self.look)):
            return False
        scaled = self.watched(treated(self.seen, self.seen, SCALED_X))
        return not (dead_layers(scaled) or flat_layers(scaled))

    @cached_property
    def begins_anew(self) -> bool:
        """Whether the runs begin with new weights: a training before has led these astray."""
        if not all(np.isfinite(weight).all() for weight in self.model.weights):
            return True
        if not self.model.flat.state_of(self.model.optimizer).iterations:
            return False
        plan = Plan(0, self.batch_size, self.seed, self.deadline)
        stands = take_run("as it stands", self.model.twin(), self.seen, self.new, plan)
        return stands.progress < LEARNS_HALF

    @cached_property
    def start(self) -> Any:
        """Where the runs start: at the weights as they are, or, if those are spoilt, anew."""
        if not self.begins_anew:
            return self.model
        again = self.model.twin()
        again.rng = np.random.default_rng(self.seed)
        begun_anew(again)
        return again

    @cached_property
    def cost(self) -> float:
        """About how many seconds a step takes: counted, not measured."""
        products = numbers = 0.0
        for call in self.look.calls:
            matrices = sum(w.size for w in call.weights.values() if w.ndim > 1)
            units, size = call.z.shape[-1] if call.z.ndim > 1 else 1, call.z.size / len(call.z)
            products += matrices * size / units
            numbers += size
        each = 3 * products * SECONDS_PER_PRODUCT + numbers * SECONDS_PER_NUMBER
        batch = min(self.batch_size, self.seen.size)
        return each * batch + SECONDS_PER_LAYER * (len(self.look.calls) + 4)

    @cached_property
    def steps(self) -> int:
        """How many steps a run takes: as many as the time allows by the count of products."""
        fewest, most = STEPS
        allowed = int(self.seconds / 2 / RUNS / self.cost)
        return min(max(fewest, min(most, allowed)), self.steps_of_fit(self.batch_size))

    def steps_of_fit(self, batch_size: int) -> int:
        """Return how many steps the training takes that is asked about."""
        per_epoch = math.ceil(self.samples / batch_size)
        # Of few samples, many epochs are nothing unusual.
        few = self.epochs is None and self.samples < 256
        return STEPS[1] if few else per_epoch * (self.epochs or EPOCHS)

    def run(self, treatment: Treatment = NONE) -> Run:
        """Return what becomes of a copy with this treatment."""
        if treatment.name not in self.runs:
            copy = self.start.twin()
            if treatment.model is not None:
                copy.rng = np.random.default_rng(self.seed)
                treatment.model(copy)
            steps = self.steps
            if treatment.batch_size:
                steps = min(STEPS[1], self.steps_of_fit(treatment.batch_size))
            seen = treated(self.seen, self.seen, treatment)
            new = treated(self.new, self.seen, treatment) if self.new else None
            self._keep(treatment.name, copy, seen, new, steps, treatment.batch_size)
        return self.runs[treatment.name]

    def _keep(
        self, name: str, model: Any, seen: Data, new: Data | None, steps: int, batch: int | None
    ) -> None:
        plan = Plan(steps, batch or self.batch_size, self.seed, self.deadline)
        self.runs[name] = take_run(name, model, seen, new, plan)

    @property
    def own(self) -> Run:
        """What becomes of a copy that is trained as `fit` would."""
        return self.run()

    @property
    def learns(self) -> bool:
        """Whether nothing needs to be tried."""
        return self.own.progress >= LEARNS

    def helps(self, treatment: Treatment, on_new: bool = False, left: float = A_QUARTER) -> bool:
        """Return whether a copy learns much better with this treatment."""
        run, own = self.run(treatment), self.own
        better = run.progress - own.progress
        seen = run.progress >= TWICE * max(own.progress, 0.0) + AND_MORE
        seen |= better >= CLEARLY and (1 - run.progress) <= left * (1 - own.progress)
        return seen and (not on_new or self.helps_on_new(run, own))

    def helps_on_new(self, run: Run, before: Run) -> bool:
        """Return whether a run did better on samples that it had not seen, if there are any."""
        if self.new is None:
            return True
        return run.progress_on_new >= max(before.progress_on_new, 0.0) + ON_NEW_SAMPLES

    @cached_property
    def reference(self) -> Run:
        """What becomes of another network, wide and of relu, on scaled features."""
        name = "another network"
        if (model := reference_model(self.start, self.seed)) is None:
            return self.own
        scaled_x = Treatment(name, x=True)
        seen = treated(self.seen, self.seen, scaled_x)
        new = treated(self.new, self.seen, scaled_x) if self.new else None
        self._keep(name, model, seen, new, min(self.steps, 500), None)
        return self.runs[name]

    @cached_property
    def by_heart(self) -> Run:
        """What becomes of a copy that shall learn ten samples: with nothing in its way, by Adam."""
        ten = _rows(self.seen, np.arange(min(TEN, self.seen.size)))
        copy = self.start.twin()
        without_dropout(copy)
        without_penalties(copy)
        copy.compile(Adam(RATE), copy.compiled["loss"], loss_weights=copy.compiled["loss_weights"])
        plan = Plan(max(self.steps, 200), TEN, self.seed, self.deadline)
        return take_run("ten samples", copy, ten, None, plan)

    @property
    def knows_by_heart(self) -> bool:
        """Whether it learned the ten samples."""
        return self.by_heart.progress >= BY_HEART

    @cached_property
    def hidden(self) -> list[Any]:
        """The calls of layers with an activation, but those whose output a loss sees."""
        outputs = set(self.look.model.outputs)
        calls = [call for call in self.look.calls if call.node.output not in outputs]
        return [call for call in calls if isinstance(call.layer, ActivatedLayer)]


def _rows(data: Data, rows: Array) -> Data:
    """Return these samples, in arrays of their own."""
    x, y, weights = next(data.batches(len(rows), rows))
    return Data(x, y, weights, data.kept)
