"""A model that calls a layer twice, as a part of a Sequential: it calls it twice there, too."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite import Model, Sequential
from nnlite.initializers import Constant
from nnlite.layers import Dense, Input
from nnlite.testing import gradcheck


def times(factor: float, **options) -> Dense:
    return Dense(1, use_bias=False, kernel_initializer=Constant(factor), **options)


def twice() -> Model:
    """a = 3·(3·x)."""
    x, layer = Input((1,)), times(3.0, name="triple")
    return Model(x, layer(layer(x)), name="twice")


CHAINS = {
    "alone": lambda: Sequential([twice()], dtype="float32"),
    "first": lambda: Sequential([twice(), times(1.0)]),
    "last": lambda: Sequential([Input((1,)), times(1.0), twice()]),
    "before the input is known": lambda: Sequential([times(1.0), twice()]),
    "in a Sequential in a Sequential": lambda: Sequential([Sequential([times(1.0), twice()])]),
}


@pytest.mark.parametrize("case", CHAINS)
def test_a_sequential_calls_a_layer_as_often_as_the_model_in_it(case):
    model = CHAINS[case]()
    model.build((None, 1))
    assert model.predict([[1.0], [2.0]]).tolist() == [[9.0], [18.0]]
    assert [layer.name for layer in model.layers].count("triple") == 1


def test_both_calls_give_their_part_of_the_gradient():
    model = CHAINS["last"]()
    model.forpass(np.array([[2.0]], np.float32), training=True)
    model.backprop(np.array([[1.0]], np.float32))
    # a = w·w·x: da/dw = 2·w·x.
    assert model.layers[1].dW.tolist() == [[12.0]]
    assert gradcheck(model, [[1.0], [2.0]], [[1.0], [2.0]], loss="mse").passed


def test_a_file_of_it_gives_a_sequential_that_calls_the_layer_twice(tmp_path):
    model = CHAINS["first"]()
    model.save(tmp_path / "model.npz")
    again = nnlite.load_model(tmp_path / "model.npz")
    assert type(again) is Sequential
    assert again.predict([[1.0]]).tolist() == [[9.0]]
    assert [layer.name for layer in again.layers] == ["triple", "dense"]


def test_pop_takes_off_the_last_call():
    model = CHAINS["last"]()
    layer = model.pop()
    assert layer.name == "triple"
    assert layer in model.layers
    assert model.predict([[1.0]]).tolist() == [[3.0]]
    assert model.pop() is layer
    assert layer not in model.layers
    assert model.predict([[1.0]]).tolist() == [[1.0]]


def test_the_same_model_stands_in_a_sequential_once():
    inner = twice()
    with pytest.raises(ValueError, match="A layer stands in a Sequential once"):
        Sequential([inner, inner])


def test_a_file_of_a_chain_without_repetition_is_as_before(tmp_path):
    model = Sequential([Input((1,)), times(2.0)])
    model.save(tmp_path / "model.npz")
    assert "order" not in str(np.load(tmp_path / "model.npz")["config"])
