from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from nnlite.layers import BatchNormalization, Dense, Input, Layer
from nnlite.models import Model, Sequential
from nnlite.network.vector import FlatWeights
from nnlite.optimizers import SGD, Adam

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]])


def model_of_two(**options: Any) -> Sequential:
    """Weights (2, 3), (3,), (3, 1), (1,): 13 numbers."""
    return Sequential([Dense(3, input_shape=(2,)), Dense(1)], seed=0, **options)


def assert_one_vector(model: Model) -> None:
    """Every trainable weight and gradient is a view of the model's two vectors."""
    weights, gradients = model.weights_vector, model.gradient_vector
    assert weights.ndim == gradients.ndim == 1
    assert weights.size == gradients.size == sum(w.size for w in model.trainable_weights)
    place = 0
    for layer in model.layers:
        for name in layer.trainable_names():
            view, gradient = getattr(layer, name), getattr(layer, "d" + name)
            part = slice(place, place + view.size)
            assert np.shares_memory(view, weights[part])
            assert np.shares_memory(gradient, gradients[part])
            assert view.ravel().tolist() == weights[part].tolist()
            place += view.size
    assert place == weights.size


def test_the_vector_holds_the_weights_in_the_order_of_get_weights() -> None:
    model = model_of_two()
    model.set_weights([[[1, 2, 3], [4, 5, 6]], [7, 8, 9], [[10], [11], [12]], [13]])
    assert model.weights_vector.tolist() == [float(n) for n in range(1, 14)]
    assert_one_vector(model)


def test_a_change_of_the_vector_is_a_change_of_the_layers() -> None:
    model = model_of_two()
    model.weights_vector[...] = np.arange(13)
    assert model.layers[0].W.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert model.layers[0].b.tolist() == [6, 7, 8]
    assert model.layers[1].W.tolist() == [[9], [10], [11]]
    assert model.layers[1].b.tolist() == [12]


def test_a_change_of_a_layer_is_a_change_of_the_vector() -> None:
    model = model_of_two()
    model.weights_vector[...] = 0
    model.layers[0].W[1, 2] = 5
    model.layers[1].b += 7
    assert model.weights_vector.tolist() == [0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 7]


def test_an_assigned_array_is_written_into_the_vector() -> None:
    model = model_of_two()
    mine = np.ones((2, 3))
    model.layers[0].W = mine
    mine[...] = 9
    assert model.weights_vector[:6].tolist() == [1.0] * 6
    assert_one_vector(model)


def test_gradients_are_views_too() -> None:
    model = model_of_two(dtype="float64")
    model.forpass(X, training=True)
    model.backprop(np.ones((4, 1)))
    assert model.gradient_vector[-1] == 4.0
    model.gradient_vector[...] = 2
    assert model.layers[0].dW.tolist() == [[2, 2, 2], [2, 2, 2]]
    assert_one_vector(model)


def test_training_moves_the_vector_in_place() -> None:
    model = model_of_two()
    vector = model.weights_vector
    before = vector.copy()
    model.compile("adam", "mse")
    model.fit(X, X[:, 0], epochs=2, verbose=0)
    assert model.weights_vector is vector
    assert (vector != before).all()
    assert_one_vector(model)


def test_a_deep_copy_has_vectors_of_its_own() -> None:
    model = model_of_two()
    model.compile(SGD(0.1), "mse")
    model.fit(X, X[:, 0], verbose=0)
    twin = copy.deepcopy(model)
    assert_one_vector(twin)
    assert_one_vector(model)
    assert not np.shares_memory(twin.weights_vector, model.weights_vector)
    twin.weights_vector[...] = 0
    assert twin.layers[0].W.tolist() == np.zeros((2, 3)).tolist()
    assert (model.layers[0].W != 0).all()


def test_freezing_takes_a_layer_out_of_the_vector_and_thawing_brings_it_back() -> None:
    model = model_of_two()
    weights = [w.tolist() for w in model.get_weights()]
    assert model.weights_vector.size == 13
    model.layers[0].trainable = False
    assert model.weights_vector.size == 4
    assert_one_vector(model)
    model.layers[0].trainable = True
    assert model.weights_vector.size == 13
    assert_one_vector(model)
    assert [w.tolist() for w in model.get_weights()] == weights


def test_running_means_are_no_part_of_the_vector() -> None:
    model = Sequential([BatchNormalization(input_shape=(2,)), Dense(1)], seed=0)
    assert model.weights_vector.size == 2 + 2 + 2 + 1
    assert_one_vector(model)
    model.weights_vector[...] = 3
    assert model.layers[0].moving_variance.tolist() == [1, 1]
    assert model.layers[0].gamma.tolist() == [3, 3]


def test_a_layer_shared_by_two_models_lives_in_the_vector_that_was_asked_last() -> None:
    x = Input((2,))
    shared = Dense(3)
    first = Model(x, Dense(1)(shared(x)), seed=0)
    second = Model(x, Dense(2)(shared(x)), seed=0)
    assert_one_vector(first)
    first.weights_vector[...] = 1
    assert_one_vector(second)
    assert shared.W.tolist() == np.ones((2, 3)).tolist()
    second.weights_vector[...] = 2
    assert first.weights_vector[:9].tolist() == [2.0] * 9
    assert first.weights_vector[9:].tolist() == [1.0] * 4
    assert_one_vector(first)


def test_an_optimizer_follows_a_layer_to_its_new_home() -> None:
    base = Sequential([Dense(3, input_shape=(2,)), Dense(2), Dense(1)], seed=0)
    base.compile(Adam(0.1), "mse")
    base.fit(X, X[:, 0], verbose=0)
    part = Model(base.input, base.layers[1].output)
    assert_one_vector(part)
    before = [w.copy() for w in base.get_weights()]
    base.fit(X, X[:, 0], verbose=0)
    assert all((old != new).any() for old, new in zip(before, base.get_weights(), strict=True))
    assert_one_vector(base)


def test_a_weight_that_a_layer_knows_by_two_names_moves_under_both() -> None:
    class Twice(Layer):
        def build(self, input_shape: Any) -> None:
            self.kernel_of_mine = self.add_weight("W", (2, 2), "ones")

        def forpass(self, x: Any, training: bool = False) -> Any:
            return x @ self.kernel_of_mine

        def backprop(self, grad: Any) -> Any:
            return grad @ self.W.T

    model = Sequential([Twice(input_shape=(2,))])
    model.weights_vector[...] = 5
    assert model.layers[0].kernel_of_mine.tolist() == [[5, 5], [5, 5]]
    assert model.layers[0].W is model.layers[0].kernel_of_mine


def test_a_snapshot_brings_back_weights_and_running_means() -> None:
    model = Sequential([BatchNormalization(input_shape=(2,)), Dense(1)], seed=0)
    flat = model.flat
    snapshot = flat.snapshot()
    before = [w.tolist() for w in model.get_weights()]
    model.compile(SGD(0.1), "mse")
    model.fit(X, X[:, 0], epochs=2, verbose=0)
    assert [w.tolist() for w in model.get_weights()] != before
    flat.restore(snapshot)
    assert [w.tolist() for w in model.get_weights()] == before


def test_parts_say_where_each_weight_lies() -> None:
    model = model_of_two()
    found = [(p.layer.name, p.name, p.place.start, p.place.stop) for p in model.flat.parts]
    assert found == [
        ("dense", "W", 0, 6),
        ("dense", "b", 6, 9),
        ("dense_1", "W", 9, 12),
        ("dense_1", "b", 12, 13),
    ]


def test_a_model_without_weights_has_an_empty_vector() -> None:
    flat = FlatWeights([], np.dtype(np.float32))
    assert (flat.weights.size, flat.gradients.size) == (0, 0)
    assert flat.is_home()


def test_clipping_by_norm_looks_at_each_weight_of_the_vector_alone() -> None:
    model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="zeros")])
    model.compile(SGD(1.0, clipnorm=1.0), "half_squared_error")
    model.fit([[3.0, 4.0]], [-100.0], verbose=0)
    # dz = 100: dW = (300, 400) and db = 100, each cut to length 1.
    assert model.weights_vector.tolist() == pytest.approx([-0.6, -0.8, -1.0])
