from __future__ import annotations

from typing import Any

import pytest

import nnlite
from nnlite import activations, initializers, layers, losses, metrics, optimizers, regularizers
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.registry import KINDS, Registry
from nnlite.layers import Dense, Layer
from nnlite.optimizers import schedules

REGISTRIES: dict[str, Registry[Any]] = {
    "activation": activations.KNOWN,
    "initializer": initializers.KNOWN,
    "regularizer": regularizers.KNOWN,
    "loss": losses.KNOWN,
    "metric": metrics.KNOWN,
    "optimizer": optimizers.KNOWN,
    "schedule": schedules.KNOWN,
    "layer": layers.KNOWN,
}
MODULES = (activations, initializers, regularizers, losses, metrics, optimizers, schedules, layers)
# What is there to be extended, and cannot be used as it is.
BASES = (losses.CrossEntropy, *(registry.base for registry in REGISTRIES.values()))


def test_every_kind_of_named_things_has_a_registry() -> None:
    assert nnlite.layers is layers
    # The first of a kind counts: the docstring of Registry makes one of its own when it runs.
    assert {registry.kind: registry for registry in reversed(KINDS)} == REGISTRIES


@pytest.mark.parametrize("module", MODULES)
def test_every_public_class_is_registered_by_its_name(module: Any) -> None:
    for name in getattr(module, "__all__", [name for name in vars(module) if name[0] != "_"]):
        thing = getattr(module, name)
        if isinstance(thing, type) and issubclass(thing, Configurable) and thing not in BASES:
            kinds = [kind for kind in REGISTRIES.values() if issubclass(thing, kind.base)]
            assert [kind.things.get(thing.__name__) for kind in kinds] == [thing] * bool(kinds)


@pytest.mark.parametrize("kind", REGISTRIES)
def test_a_class_is_found_in_a_description_by_its_name(kind: str) -> None:
    registry = REGISTRIES[kind]
    for name, thing in registry.things.items():
        if isinstance(thing, type):
            assert registry.rebuild(described(name, None)) is thing


def described(name: str, config: Any) -> Any:
    from nnlite.foundation.registry import Description

    return Description(class_name=name, config=config)


@pytest.mark.parametrize(
    ("get", "identifiers", "expected"),
    [
        (activations.get, ["relu", "RELU", "ReLU", activations.relu], "Relu()"),
        (initializers.get, ["he_normal", "HE_NORMAL", initializers.HeNormal], "HeNormal()"),
        (regularizers.get, ["l2", "L2", regularizers.l2], "L2()"),
        (losses.get, ["mse", "MSE", "MeanSquaredError", losses.mse], "MeanSquaredError()"),
        (metrics.get, ["r2", "r2_score", "R2Score", metrics.r2_score], "R2Score()"),
        (optimizers.get, ["sgd", "SGD", "Sgd", optimizers.SGD], "SGD()"),
    ],
)
def test_all_names_of_a_thing_mean_it(get: Any, identifiers: list[Any], expected: str) -> None:
    assert [repr(get(identifier)) for identifier in identifiers] == [expected] * len(identifiers)


def test_a_name_means_the_one_object_of_an_activation() -> None:
    assert activations.get("sigmoid") is activations.sigmoid


def test_a_description_makes_an_object_with_what_is_inside() -> None:
    config = {"initial_learning_rate": 0.5, "decay_steps": 10, "decay_rate": 0.1}
    rate = {"class_name": "ExponentialDecay", "config": config}
    made: Any = optimizers.get({"class_name": "SGD", "config": {"learning_rate": rate}})
    assert made.learning_rate == 0.5
    assert repr(losses.get({"class_name": "Huber"})) == "Huber()"
    assert repr(losses.get({"class_name": "huber", "config": {"delta": 2.0}})) == "Huber(delta=2.0)"


def test_an_unknown_class_in_a_description_is_explained() -> None:
    with pytest.raises(ValueError, match="Unknown loss") as caught:
        losses.get({"class_name": "Hubber", "config": {}})
    assert 'Did you mean "huber"?' in str(caught.value)
    with pytest.raises(ValueError, match="Unknown loss"):
        losses.get({"class_name": 5})
    with pytest.raises(
        ValueError, match="Known: CosineDecay, ExponentialDecay, InverseTimeDecay, P"
    ):
        optimizers.SGD({"class_name": "ExponentialDekay"})


def test_a_description_of_another_kind_is_explained() -> None:
    with pytest.raises(
        TypeError, match="A loss is given by its name or as an object of class Loss"
    ):
        losses.get({"class_name": "Relu", "config": {}})


def test_a_function_that_cannot_be_hashed_is_looked_up_too() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, y: Any, a: Any) -> Any:
            return abs(y - a)

    with pytest.raises(TypeError, match="A loss of your own needs its gradient"):
        losses.get(Unhashable())
    assert metrics.get(Unhashable()).name == "Unhashable"


class Stack(Layer):
    """A constructor with *args between other arguments."""

    def __init__(self, first: Any, *more: Any, last: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.parts, self.last = (first, *more), last


def test_a_constructor_with_any_number_of_arguments_comes_back_from_its_config() -> None:
    layer = Stack(1, 2, 3, last=4, name="stack")
    config = layer.get_config()
    assert config == {"first": 1, "more": (2, 3), "last": 4, "name": "stack", "trainable": True}
    again = Stack.from_config(config)
    assert (again.parts, again.last, again.name) == ((1, 2, 3), 4, "stack")
    assert Stack.from_config(Stack(1).get_config()).parts == (1,)


def test_a_class_without_a_constructor_has_an_empty_config() -> None:
    assert activations.relu.get_config() == {}
    assert losses.MeanSquaredError().get_config() == {
        "reduction": "sum_over_batch_size",
        "name": None,
    }


def test_numpy_values_are_plain_in_a_config() -> None:
    import numpy as np

    config = Stack({"a": np.float32(2), "b": (np.arange(2),)}).get_config()
    assert config["first"] == {"a": 2.0, "b": ([0, 1],)}
    assert type(config["first"]["a"]) is float
    assert Dense(1, dtype=np.float64).get_config()["dtype"] == "float64"
