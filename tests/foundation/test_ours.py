"""Whose method is it? The one question that every shortcut asks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from nnlite.callbacks import Callback, EarlyStopping
from nnlite.foundation.ours import ours, written_here
from nnlite.layers import Conv2D, Dense, DepthwiseConv2D
from nnlite.losses import mean_squared_error
from nnlite.optimizers import SGD

HOW = ["a function", "something of the library's", "a mock"]


class Nothing(Dense):
    """Overrides nothing that computes."""

    def __init__(self, units: int) -> None:
        super().__init__(units, activation="relu")

    def talk(self) -> str:
        return "I am new"


class Other(Dense):
    def forpass(self, x: Any, training: bool = False) -> Any:
        return super().forpass(x, training)


class Deeper(Other):
    """Inherits what a user overrode."""


def traced(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a user's wrapper that carries the name and the module of the library's method."""

    @functools.wraps(method)
    def wrapper(*args: Any) -> Any:
        return method(*args)

    return wrapper


def test_the_librarys_objects_have_the_librarys_methods() -> None:
    assert ours(Dense(1), "forpass", "backprop", "build")
    assert ours(SGD(), "step", "update", "learning_rate")


def test_a_method_that_an_object_does_not_have_is_nobodys() -> None:
    assert ours(Dense(1), "forpass", "spread", "__call__")


def test_a_subclass_that_overrides_nothing_relevant_counts_as_the_librarys() -> None:
    assert ours(Nothing(2), "forpass", "backprop", "forpass_z", "backprop_z")
    assert not ours(Nothing(2), "talk")


@pytest.mark.parametrize("kind", [Other, Deeper])
def test_what_a_class_overrides_is_the_users(kind: type[Dense]) -> None:
    assert not ours(kind(2), "forpass")
    assert not ours(kind(2), "backprop", "forpass")
    assert ours(kind(2), "backprop")


@pytest.mark.parametrize("hung", [lambda x: x, Dense(1).forpass, Mock()], ids=HOW)
def test_what_hangs_on_an_instance_is_the_users(hung: Any) -> None:
    layer = Dense(2)
    layer.forpass = hung  # type: ignore[method-assign]
    assert not ours(layer, "forpass")
    assert ours(Dense(2), "forpass")


@pytest.mark.parametrize("patch", [lambda self, x: x, traced(Dense.forpass), Mock()], ids=HOW)
def test_what_replaced_the_function_of_a_class_is_the_users(
    patch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = Dense(2)
    monkeypatch.setattr(Dense, "forpass", patch)
    assert not ours(layer, "forpass")


def test_a_property_is_looked_at_too() -> None:
    class Own(SGD):
        @property
        def learning_rate(self) -> float:
            return 0.5

        @learning_rate.setter
        def learning_rate(self, value: Any) -> None:
            pass

    assert not ours(Own(), "learning_rate")


def test_like_asks_for_the_methods_of_one_class() -> None:
    assert ours(Nothing(2), "forpass", "forpass_z", like=Dense)
    assert ours(DepthwiseConv2D(2), "forpass_z")
    assert not ours(DepthwiseConv2D(2), "forpass_z", like=Conv2D)
    assert ours(Callback(), "on_epoch_end", like=Callback)
    assert not ours(EarlyStopping(), "on_epoch_end", like=Callback)


def test_a_function_is_the_librarys_if_its_code_stands_there() -> None:
    assert written_here(mean_squared_error)
    assert written_here(Dense)
    assert not written_here(Other)
    assert not written_here(traced(mean_squared_error))
    assert not written_here(max)


def test_a_package_with_a_similar_name_is_another() -> None:
    code = compile("def forpass(self, x): return x", "elsewhere", "exec")
    scope: dict[str, Any] = {"__name__": "nnlite_extras.layers"}
    exec(code, scope)
    assert not written_here(scope["forpass"])
