from __future__ import annotations

import numpy as np
import pytest

from nnlite import Model, Sequential
from nnlite.layers import Add, Dense, Input, Layer
from nnlite.network.branches import Branches, add, missing_inputs, ordered_nodes
from nnlite.network.chain import Chain, up_to_logits


class Times:
    """A runner that multiplies, and notes when it is asked."""

    def __init__(self, factor: float, notes: list[str], stops: bool = False) -> None:
        self.factor, self.notes, self.stops = factor, notes, stops

    def forpass(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        self.notes.append(f"forpass {self.factor:g}")
        return x * self.factor

    def backprop(self, grad: np.ndarray) -> np.ndarray | None:
        self.notes.append(f"backprop {self.factor:g}")
        return None if self.stops else grad * self.factor


def test_a_chain_goes_forward_in_order_and_back_in_reverse() -> None:
    notes: list[str] = []
    chain = Chain([Times(2, notes), Times(3, notes)])
    assert chain.forpass(np.array([1.0])).tolist() == [6.0]
    assert chain.backprop(np.array([1.0])).tolist() == [6.0]
    assert notes == ["forpass 2", "forpass 3", "backprop 3", "backprop 2"]


def test_a_chain_stops_where_nobody_needs_a_gradient() -> None:
    notes: list[str] = []
    chain = Chain([Times(2, notes), Times(3, notes, stops=True), Times(5, notes)])
    assert chain.backprop(np.array([1.0])) is None
    assert notes == ["backprop 5", "backprop 3"]


class ForgotToReturn(Layer):
    """The identity, whose backprop says nothing."""

    def forpass(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        return x

    def backprop(self, grad: np.ndarray) -> None:
        return


def test_a_layer_that_returns_no_gradient_is_named_before_others_stop_learning() -> None:
    x = Input((3,))
    network = Model(x, Dense(1)(ForgotToReturn(name="own")(Dense(2)(x))))
    chain = Sequential([Dense(2, input_shape=(3,)), ForgotToReturn(name="own"), Dense(1)])
    for model in (network, chain):
        model.compile("sgd", "mse")
        with pytest.raises(TypeError, match=r"must return the gradient of x(.|\n)*layer 'own'"):
            model.fit(np.ones((4, 3)), np.ones(4), verbose=0)


def test_the_first_layer_may_return_no_gradient() -> None:
    model = Sequential([ForgotToReturn(input_shape=(3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    before = model.weights_vector.copy()
    model.fit(np.ones((4, 3)), np.ones(4), verbose=0)
    assert not np.array_equal(model.weights_vector, before)


def test_a_chain_up_to_its_logits_leaves_the_last_activation_out() -> None:
    layers = [Dense(2, activation="relu"), Dense(1, activation="sigmoid")]
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    for layer in layers:
        layer.dtype = np.dtype(np.float64)
    layers[1](layers[0](x))
    shortened = up_to_logits(Chain(layers), layers[1:])
    hidden = np.maximum(x @ layers[0].W + layers[0].b, 0)
    assert shortened.forpass(x) == pytest.approx(hidden @ layers[1].W + layers[1].b)
    assert up_to_logits(Chain(layers), []).forpass(x) == pytest.approx(Chain(layers).forpass(x))


def test_nodes_come_after_all_they_depend_on() -> None:
    x = Input((2,))
    first = Dense(2, name="first")(x)
    second = Dense(2, name="second")(first)
    top = Add(name="top")([second, first])
    names = [node.layer.name for node in ordered_nodes([top], [x])]
    assert len(names) == 3
    assert names.index("first") < names.index("second") < names.index("top")


def test_nodes_that_lead_nowhere_are_left_out() -> None:
    x = Input((2,))
    Dense(9, name="dead end")(x)
    kept = Dense(2, name="kept")(x)
    assert [node.layer.name for node in ordered_nodes([kept], [x])] == ["kept"]


def test_inputs_that_were_forgotten_are_found() -> None:
    x, forgotten = Input((2,), name="x"), Input((2,), name="forgotten")
    output = Add()([x, forgotten])
    assert missing_inputs([output], [x]) == [forgotten]
    assert missing_inputs([output], [x, forgotten]) == []


def test_a_sum_of_gradients_knows_what_is_not_there() -> None:
    one, two = np.array([1.0]), np.array([2.0])
    assert add(None, None) is None
    assert add(one, None) is one
    assert add(None, two) is two
    total = add(one, two)
    assert total is not None
    assert total.tolist() == [3.0]
    assert (one.tolist(), two.tolist()) == ([1.0], [2.0])


def test_an_output_that_others_read_is_not_private() -> None:
    x = Input((2,))
    hidden = Dense(2)(x)
    top = Dense(1)(hidden)
    network = Branches([x], [hidden, top])
    assert [network.is_private(place) for place in range(2)] == [False, True]


def test_an_output_that_is_asked_for_twice_is_not_private() -> None:
    x = Input((2,))
    top = Dense(1)(x)
    assert not Branches([x], [top, top]).is_private(0)


def test_an_output_of_a_layer_with_two_calls_is_not_private() -> None:
    x = Input((2,))
    layer = Dense(2)
    assert not Branches([x], [layer(layer(x))]).is_private(0)
