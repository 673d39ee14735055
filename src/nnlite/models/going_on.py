"""What a training needs besides layers and weights to go on from a file as if it had never ended:
what the optimizer remembers, its learning rate as it is now, and all random generators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.ours import ours
from nnlite.foundation.registry import is_ours
from nnlite.foundation.types import Array
from nnlite.layers.weight import Weight
from nnlite.optimizers import schedules
from nnlite.optimizers.base import Optimizer

if TYPE_CHECKING:
    from nnlite.models.model import Model

_BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def optimizer_state(model: Model, keep: Callable[[Array], str]) -> dict[str, Any] | None:
    """Return what the optimizer remembers; `keep` takes an array and returns its name."""
    # A layer that keeps parts of its weights cannot be trained: there is nothing to go on with.
    if model.optimizer is None or any(layer.stray for layer in model.layers):
        return None
    state = model.flat.state_of(model.optimizer)
    return {
        "learning_rate": _rate(model.optimizer),
        "iterations": state.iterations,
        "missed": keep(state.missed) if np.ndim(state.missed) else None,
        "arrays": [[name, state.starts[name], keep(a)] for name, a in state.arrays.items()],
        "resting": [
            [place, age, [[name, keep(array)] for name, array in kept.items()]]
            for place, weight in enumerate(_weights(model))
            if weight in state.resting
            for age, kept in [state.resting[weight]]
        ],
    }


def _rate(optimizer: Optimizer) -> Any:
    if not _has_a_rate(optimizer):
        return None
    return optimizer.learning_rate if optimizer.schedule is None else optimizer.schedule


def _has_a_rate(optimizer: Optimizer) -> bool:
    """Return whether the learning rate is what the library means by it."""
    return ours(optimizer, "learning_rate", like=Optimizer)


def _weights(model: Model) -> list[Weight]:
    return [weight for layer in model.layers for weight in layer.parameters.values()]


def restore_optimizer(model: Model, told: dict[str, Any], read: Callable[[str], Array]) -> None:
    """Let the optimizer remember what the file tells of it."""
    optimizer, flat = model.optimizer, model.flat
    state, size = flat.state_of(optimizer), flat.weights.shape
    rate = schedules.KNOWN.rebuild(told["learning_rate"])
    if rate is not None and _has_a_rate(optimizer):
        optimizer.learning_rate = rate
    state.iterations = _count(told["iterations"])
    if told["missed"] is not None:
        state.missed = _like(read(told["missed"]), np.zeros(size, int))
    for name, start, place in told["arrays"]:
        array = read(place).copy()
        # The library's rules keep an array as long as the weights.
        if is_ours(type(optimizer)):
            array = _like(array, flat.weights)
        state.arrays[str(name)], state.starts[str(name)] = array, float(start)
    weights = _weights(model)
    for place, age, kept in told["resting"]:
        own = {str(name): _like(read(at), weights[place].value.ravel()) for name, at in kept}
        state.resting[weights[place]] = _count(age), own


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} steps")
    return value


def _like(array: Array, other: Array) -> Array:
    if array.shape != other.shape or array.dtype != other.dtype:
        raise ValueError(f"an array of shape {array.shape} for {other.size} weights")
    return array.copy()


def _generators(model: Model) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Yield where generators are kept: -1 for the model or the place of a layer, and the name."""
    for place, holder in enumerate([model, *model.layers], -1):
        for name, kept in vars(holder).items():
            if isinstance(kept, np.random.Generator):
                yield place, vars(holder), name


def random_state(model: Model) -> dict[str, Any]:
    """Return the state of each generator, and who draws from it."""
    numbers: dict[np.random.Generator, int] = {}
    held = [
        [place, name, numbers.setdefault(holder[name], len(numbers))]
        for place, holder, name in _generators(model)
    ]
    return {"states": [generator.bit_generator.state for generator in numbers], "held": held}


def restore_random_state(model: Model, told: dict[str, Any]) -> None:
    """Set the generators, so that who shared one shares one again."""
    shared = {(place, name): number for place, name, number in told["held"]}
    made: dict[int, np.random.Generator] = {}
    for place, holder, name in list(_generators(model)):
        number = shared.get((place, name))
        if number is None:
            continue
        if number not in made:
            here, state = holder[name], told["states"][number]
            same_kind = type(here.bit_generator).__name__ == state["bit_generator"]
            if here in made.values() or not same_kind:
                here = np.random.Generator(_bit_generator(state))
            here.bit_generator.state = state
            made[number] = here
        holder[name] = made[number]


def _bit_generator(state: Any) -> np.random.BitGenerator:
    if state["bit_generator"] not in _BIT_GENERATORS:
        raise ValueError(f"a generator of kind {state['bit_generator']!r}")
    made: np.random.BitGenerator = getattr(np.random, state["bit_generator"])(0)
    return made
