"""The layers of a model stand in the order of Keras, so its lists of weights fit."""

from __future__ import annotations

from nnlite import Input, Model
from nnlite.layers import Add, Dense


def names(model: Model) -> list[str]:
    return [layer.name for layer in model.layers if layer.weights]


def test_the_layers_of_a_long_branch_come_before_those_of_a_short_one():
    x = Input((3,))
    short = Dense(2, name="short")(x)
    long = Dense(2, name="second")(Dense(2, name="first")(x))
    assert names(Model(x, Add()([short, long]))) == ["first", "short", "second"]


def test_a_layer_that_two_outputs_need_comes_before_one_that_ends_at_once():
    x, y = Input((3,)), Input((4,))
    a, b = Dense(2, name="a")(x), Dense(2, name="b")(y)
    model = Model([y, x], [Dense(1, name="end")(a), Add()([b, a])])
    assert names(model) == ["a", "b", "end"]


def test_a_layer_that_is_called_again_stands_where_its_first_call_does():
    x = Input((3,))
    shared = Dense(3, name="shared")
    between = Dense(3, name="between")(shared(x))
    model = Model(x, Add()([shared(between), Dense(3, name="beside")(x)]))
    assert names(model) == ["shared", "between", "beside"]
