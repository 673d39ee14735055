"""An optimizer walks downhill: it sees the weights and their gradients as two flat vectors."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.arguments import argument_names, unknown_argument
from nnlite.foundation.checks import Name, NotNegativeOrNone, number, or_none
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, shown, told, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.kernels.memory import aligned
from nnlite.optimizers import schedules
from nnlite.optimizers.schedules import LearningRateSchedule
from nnlite.optimizers.state import State

Limit = Annotated[float | None, or_none(number(above=0))]


def of_the_state(name: str, meaning: str) -> Any:
    """Return a property that stands in the state of the model that is trained."""
    return property(
        lambda optimizer: getattr(optimizer.bound_state, name),
        lambda optimizer, value: setattr(optimizer.bound_state, name, value),
        doc=meaning,
    )


class Optimizer(Configurable):
    """What all update rules share: the learning rate, clipping, and weight decay.

    A subclass writes `update(weights, gradients, learning_rate)`, which changes `weights` in
    place, and keeps what it remembers in arrays from `self.memory(name, weights)`. That, and the
    count of steps, is apart for every model, which finds its own again when it trains on. What it
    needs within a step alone goes into `self.scratch(weights)`.

    Parameters
    ----------
    learning_rate
        A number, or a schedule: see `nnlite.optimizers.schedules`. `lr` means the same.
    clipnorm
        Shorten the gradient of each weight array to at most this length.
    clipvalue
        Cut every number of the gradient to at most this size.
    global_clipnorm
        Shorten the whole gradient to at most this length.
    weight_decay
        Shrink every weight by this share of the learning rate at each step, apart from the
        gradient.
    """

    default_learning_rate = 0.001

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | None = None,
        *,
        clipnorm: Limit = None,
        clipvalue: Limit = None,
        global_clipnorm: Limit = None,
        weight_decay: NotNegativeOrNone = None,
        name: Name = None,
        **unknown: Any,
    ) -> None:
        if "lr" in unknown:
            lr, given = unknown.pop("lr"), learning_rate
            if given is not None:
                rule = "lr and learning_rate mean the same: give one of them."
                raise value_error(rule, f"learning_rate={shown(given)}, lr={shown(lr)}")
            learning_rate = lr
        if "decay" in unknown:
            rule = "The decay of the learning rate is a schedule."
            remedy = "learning_rate=InverseTimeDecay(rate, decay_steps=1, decay_rate=decay), "
            remedy += "from nnlite.optimizers.schedules."
            raise type_error(rule, f"decay={shown(unknown['decay'])}", None, remedy)
        known = [*argument_names(type(self)), "lr"]
        if refused := unknown_argument(type(self).__name__, unknown, known):
            raise refused
        self.learning_rate = self.default_learning_rate if learning_rate is None else learning_rate
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.global_clipnorm, self.weight_decay = global_clipnorm, weight_decay
        self.name = name or type(self).__name__
        self.bound_state = self.by_hand = State()
        """What it remembers of the model that it trains; training binds it before each step.

        What it remembers of steps by hand stays the same: models know the optimizer by that, since
        two optimizers may be equal, or have no hash.
        """

    iterations = of_the_state(
        "iterations", "How many steps it has taken on the model that it trained last."
    )
    parts = of_the_state("parts", "Where each weight lies in the vector.")

    @property
    def ages(self) -> Any:
        """How many steps each number has been through: one for all, or an array.

        It is an array where weights were frozen for a time: they are younger than the others.
        """
        return self.bound_state.iterations - self.bound_state.missed

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step; set it to a number or a schedule."""
        return self.schedule(self.iterations) if self.schedule else self._rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, dict):
            value = schedules.KNOWN.get(value)
        self.schedule = value if isinstance(value, LearningRateSchedule) else None
        self._rate = 0.0 if self.schedule else _checked_rate(value)

    lr = learning_rate

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor took, with the rate that it chose if none was given."""
        config = super().get_config()
        if config["learning_rate"] is None and "lr" not in config:
            config["learning_rate"] = self.default_learning_rate
        return config

    def step(self, weights: Array, gradients: Array) -> None:
        """Take one step: change `weights` in place; `gradients` stays as it is.

        Both are flat vectors of one length, with the same meaning at every call. Plain descent
        goes around it: see `subtract`.
        """
        self._find_state(weights)
        rate = self.learning_rate
        if self.weight_decay:
            weights *= 1 - rate * self.weight_decay
        if self.clipnorm or self.clipvalue or self.global_clipnorm:
            gradients = self._clip(gradients)
        self.update(weights, gradients, rate)
        self.bound_state.iterations += 1

    @property
    def is_plain(self) -> bool:
        """Whether a step is w − α·g and nothing else, for an α that is above 0 and stays."""
        return False

    def subtract(self, weights: Array, step: Array) -> None:
        """Take a step that the caller has worked out: w ← w − step."""
        # Products on several cores leave the weights in the caches of all of them. A plain copy
        # overwrites them without waiting for the others, a subtraction in place does not.
        self._find_state(weights)
        weights[...] = np.subtract(weights, step, self.scratch(weights))
        self.bound_state.iterations += 1

    def update(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """Change `weights` in place by the optimizer's rule."""
        raise must_define(self, "update(weights, gradients, learning_rate)")

    def _find_state(self, weights: Array) -> None:
        """For a vector that belongs to no model, start anew when it is not the one before."""
        if self.bound_state.vector is weights:
            return
        if self.bound_state.vector is not None:
            self.bound_state = self.by_hand
        like = weights.shape, weights.dtype
        if self.by_hand.like not in (None, like):
            self.reset()
        self.by_hand.like = like

    def reset(self) -> None:
        """Forget all steps taken on the model that was trained last."""
        self.bound_state.clear()

    def memory(self, name: str, like: Array, start: float = 0.0) -> Array:
        """Return the array that this optimizer keeps under that name from step to step.

        Every model has its own. Of an array as long as the weights, each number goes with its
        weight: it rests while that is frozen, and begins at `start` for one that is new.
        """
        state = self.bound_state
        if name not in state.arrays:
            array = state.arrays[name] = aligned(like.shape, like.dtype)
            array[...] = state.starts[name] = start
        return state.arrays[name]

    def scratch(self, like: Array) -> Array:
        """Return an array to compute a step in: it is used again, and is nothing to remember."""
        state = self.bound_state
        if state.scratch is None:
            state.scratch = aligned(like.shape, like.dtype)
        return state.scratch

    def _clip(self, gradients: Array) -> Array:
        clipped = gradients.copy()
        if self.clipvalue:
            np.clip(clipped, -self.clipvalue, self.clipvalue, out=clipped)
        if self.clipnorm:
            for part in self.parts or [slice(None)]:
                _shorten(clipped[part], self.clipnorm)
        if self.global_clipnorm:
            _shorten(clipped, self.global_clipnorm)
        return clipped


def _shorten(gradient: Array, longest: float) -> None:
    """Scale the gradient in place so that its length is at most `longest`."""
    largest = float(np.abs(gradient).max(initial=0))
    if largest == 0 or not np.isfinite(largest):
        return
    length = largest * float(np.linalg.norm(gradient / largest))
    if length > longest:
        gradient *= longest / length


def _checked_rate(value: Any) -> float:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        rule, remedy = "learning_rate must be a number or a schedule.", None
        if isinstance(value, str):
            remedy = "Write the number without quotes: learning_rate=0.1."
        elif callable(value):
            remedy = "Make an object of a class of nnlite.optimizers.schedules, "
            remedy += "or use the callback LearningRateScheduler(function)."
        raise type_error(rule, f"learning_rate={told(value)}", None, remedy)
    if not 0 <= float(value) < np.inf:
        rule = "learning_rate must be from 0 on, and finite."
        remedy = "0.01 is a usual start for SGD, 0.001 for Adam."
        raise value_error(rule, f"learning_rate={shown(value)}", None, remedy)
    return float(value)
