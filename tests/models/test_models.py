from __future__ import annotations

import copy
import threading
from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    Layer,
    ReLU,
    Softmax,
)
from nnlite.models import Model, Sequential
from nnlite.optimizers import SGD

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]])
Y = np.array([1.0, 0.0, 2.0, 0.5])


def small(**options: Any) -> Sequential:
    """Two inputs, three tanh units, one linear unit."""
    options.setdefault("seed", 0)
    return Sequential([Dense(3, activation="tanh", input_shape=(2,)), Dense(1)], **options)


@pytest.mark.bits
def test_layers_are_added_one_by_one_or_all_at_once() -> None:
    at_once = small()
    one_by_one = Sequential(seed=0)
    one_by_one.add(Dense(3, activation="tanh", input_shape=(2,)))
    one_by_one.add(Dense(1))
    for first, second in zip(at_once.get_weights(), one_by_one.get_weights(), strict=True):
        assert first.tolist() == second.tolist()


def test_layers_get_the_names_of_keras() -> None:
    model = Sequential(
        [
            Dense(4, input_shape=(2,)),
            Activation("relu"),
            Dense(3),
            ReLU(),
            BatchNormalization(),
            Dropout(0.5),
            Flatten(),
            Dense(2, name="mine"),
            Dense(2),
            Softmax(),
        ]
    )
    names = [layer.name for layer in model.layers]
    assert names[:5] == ["dense", "activation", "dense_1", "re_lu", "batch_normalization"]
    assert names[5:] == ["dropout", "flatten", "mine", "dense_2", "softmax"]


def test_a_name_that_is_taken_is_passed_over() -> None:
    model = Sequential([Input((2,)), Dense(2, name="dense"), Dense(2), Dense(2)])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "dense_2"]


def test_weights_come_as_w_and_b_of_each_layer() -> None:
    weights = small().get_weights()
    assert [w.shape for w in weights] == [(2, 3), (3,), (3, 1), (1,)]
    assert [w.dtype for w in weights] == [np.float32] * 4


def test_weights_that_are_set_are_those_that_are_got_and_used() -> None:
    model = Sequential([Dense(2, input_shape=(2,)), Dense(1)])
    model.set_weights([[[1, 2], [3, 4]], [0.5, -0.5], [[1], [10]], [100]])
    # (1, 1)·W + b = (4.5, 5.5), then 4.5 + 55 + 100.
    assert model.predict([[1.0, 1.0]]).tolist() == [[159.5]]
    assert [w.tolist() for w in model.get_weights()] == [
        [[1.0, 2.0], [3.0, 4.0]],
        [0.5, -0.5],
        [[1.0], [10.0]],
        [100.0],
    ]


@pytest.mark.bits
def test_got_weights_are_copies() -> None:
    model = small()
    before = model.predict(X)
    for array in model.get_weights():
        array += 1
    assert model.predict(X).tolist() == before.tolist()


@pytest.mark.bits
def test_set_weights_keeps_no_reference_to_the_users_arrays() -> None:
    model = small()
    weights = model.get_weights()
    model.set_weights(weights)
    before = model.predict(X)
    weights[0][...] = 99
    assert model.predict(X).tolist() == before.tolist()


def test_normalization_keeps_the_order_of_keras_among_the_weights() -> None:
    model = Sequential([Input((2,)), BatchNormalization(), Dense(1)])
    model.set_weights([[2, 2], [1, 1], [10, 20], [4 - 1e-3, 4 - 1e-3], [[1], [0]], [0]])
    # gamma (x − mean) / deviation + beta = 2 · (12 − 10) / 2 + 1 in the first channel.
    assert model.predict([[12.0, 20.0]]).tolist() == [[pytest.approx(3.0)]]


def test_a_layer_added_after_compile_is_trained_with_the_rest() -> None:
    model = Sequential([Dense(3, input_shape=(2,))], seed=0)
    model.compile(SGD(0.1), "mse")
    model.fit(X, np.ones((4, 3)), verbose=0)
    model.add(Dense(1))
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    assert model.predict(X).shape == (4, 1)
    assert all((old != new).any() for old, new in zip(before, after, strict=True))


def test_pop_takes_the_last_layer_off_and_gives_it() -> None:
    model = small()
    hidden = np.tanh(X @ model.layers[0].W + model.layers[0].b)
    last = model.layers[-1]
    assert model.pop() is last
    assert model.output_shape == (None, 3)
    assert len(model.get_weights()) == 2
    assert model.predict(X) == pytest.approx(hidden, rel=1e-5)


def test_a_model_is_trained_anew_after_pop_and_add() -> None:
    model = small()
    model.compile(SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    kept = model.layers[0].get_weights()
    model.pop()
    model.add(Dense(2))
    assert [w.tolist() for w in model.layers[0].get_weights()] == [w.tolist() for w in kept]
    model.fit(X, X, verbose=0)
    assert model.predict(X).shape == (4, 2)


def test_popping_everything_leaves_an_empty_model_that_can_be_filled() -> None:
    model = small()
    model.pop()
    model.pop()
    assert not model.built
    model.add(Dense(5))
    assert model.output_shape == (None, 5)
    assert model.layers[0].W.shape == (2, 5)


def test_the_input_shape_comes_from_the_data_if_nobody_told_it() -> None:
    model = Sequential([Dense(3), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    assert not model.built
    model.fit(X, Y, verbose=0)
    assert model.input_shape == (None, 2)


def test_build_takes_a_shape_with_or_without_the_axis_of_samples() -> None:
    for shape in ((None, 2), (2,), [None, 2], 2):
        model = Sequential([Dense(3)])
        model.build(shape)
        assert model.input_shape == (None, 2)


def test_a_model_inside_a_sequential_gives_its_layers() -> None:
    encoder = Sequential([Dense(3, input_shape=(2,), name="code")], seed=1)
    model = Sequential([encoder, Dense(1)], seed=2)
    assert model.count_params() == 9 + 4
    assert model.layers[0] is encoder.layers[0]
    hidden = encoder.predict(X)
    last = model.layers[1]
    assert model.predict(X) == pytest.approx(hidden @ last.W + last.b, rel=1e-6)


@pytest.mark.bits
def test_training_the_outer_model_trains_the_inner_one() -> None:
    encoder = Sequential([Dense(3, input_shape=(2,))], seed=1)
    model = Sequential([encoder, Dense(1)], seed=2)
    model.compile(SGD(0.1), "mse")
    before = encoder.predict(X)
    model.fit(X, Y, verbose=0)
    assert (encoder.predict(X) != before).any()
    assert encoder.get_weights()[0].tolist() == model.get_weights()[0].tolist()


def test_an_input_layer_may_come_first() -> None:
    model = Sequential([InputLayer((4,)), Dense(2)])
    assert model.input_shape == (None, 4)


def test_the_first_layer_computes_no_input_gradient_in_training() -> None:
    asked: list[bool] = []

    class Spy(Dense):
        def backprop_z(self, dz: Any) -> Any:
            asked.append(not self.skip_input_gradient)
            return super().backprop_z(dz)

    model = Sequential([Spy(2, input_shape=(2,)), Spy(2), Spy(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert asked == [True, True, False]


def test_the_input_gradient_is_there_when_asked_for() -> None:
    model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="ones")], dtype="float64")
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.set_weights([[[2.0], [3.0]], [0.0]])
    model.forpass(X, training=True)
    dx = model.backprop(np.array([[1.0], [1.0], [1.0], [10.0]]))
    assert dx.tolist() == [[2.0, 3.0], [2.0, 3.0], [2.0, 3.0], [20.0, 30.0]]


def frozen_after_training(model: Sequential) -> list[bool]:
    before = model.get_weights()
    model.fit(X, Y, verbose=0, epochs=2)
    return [bool((old == new).all()) for old, new in zip(before, model.get_weights(), strict=True)]


def test_a_layer_frozen_before_compile_keeps_its_weights() -> None:
    model = small()
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse")
    assert frozen_after_training(model) == [True, True, False, False]


def test_a_layer_frozen_after_compile_keeps_its_weights() -> None:
    model = small()
    model.compile(SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse")
    assert frozen_after_training(model) == [True, True, False, False]


def test_a_thawed_layer_learns_again_from_where_it_was() -> None:
    model = small()
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    kept = model.layers[0].get_weights()
    model.layers[0].trainable = True
    assert [w.tolist() for w in model.layers[0].get_weights()] == [w.tolist() for w in kept]
    model.compile(SGD(0.1), "mse")
    assert frozen_after_training(model) == [False, False, False, False]


def test_a_layer_made_with_trainable_false_is_frozen_and_counted_so() -> None:
    model = Sequential([Dense(3, trainable=False, input_shape=(2,)), Dense(1)], seed=0)
    model.compile(SGD(0.1), "mse")
    assert frozen_after_training(model) == [True, True, False, False]
    assert len(model.trainable_weights) == 2
    assert model.weights_vector.size == 4
    assert model.count_params() == 13


def test_a_whole_model_is_frozen_at_once() -> None:
    model = small()
    model.trainable = False
    assert not model.trainable
    assert model.weights_vector.size == 0
    assert [layer.trainable for layer in model.layers] == [False, False]


def test_a_frozen_normalization_keeps_its_running_means() -> None:
    model = Sequential([BatchNormalization(input_shape=(2,)), Dense(1)], seed=0)
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse")
    assert frozen_after_training(model) == [True] * 4 + [False] * 2


def test_prediction_leaves_no_trace_on_the_layers() -> None:
    model = Sequential(
        [
            Dense(4, activation="relu", input_shape=(2,)),
            BatchNormalization(),
            Dropout(0.5),
            Dense(2, activation="softmax"),
        ],
        seed=0,
    )
    before = [{name: id(value) for name, value in vars(layer).items()} for layer in model.layers]
    model.predict(X)
    model(X)
    after = [{name: id(value) for name, value in vars(layer).items()} for layer in model.layers]
    assert after == before


def test_prediction_in_small_batches_is_that_in_one() -> None:
    model = small(dtype="float64")
    x = np.random.default_rng(0).normal(size=(23, 2))
    assert model.predict(x, batch_size=5) == pytest.approx(model.predict(x), rel=1e-12)
    assert model.predict(x, batch_size=5).shape == (23, 1)


@pytest.mark.bits
def test_predictions_are_new_arrays_each_time() -> None:
    model = small()
    first = model.predict(X)
    kept = first.copy()
    model.predict(X + 1)
    assert first.tolist() == kept.tolist()


def test_eight_threads_predict_the_same_bits_as_one() -> None:
    model = Sequential(
        [
            Dense(64, activation="relu", input_shape=(20,)),
            BatchNormalization(),
            Dropout(0.3),
            Dense(30, activation="tanh"),
            Dense(5, activation="softmax"),
        ],
        seed=0,
    )
    rng = np.random.default_rng(1)
    data = [rng.normal(size=(200, 20)).astype(np.float32) for _ in range(8)]
    alone = [model.predict(x) for x in data]
    together: list[list[Any]] = [[] for _ in data]
    start = threading.Barrier(8)

    def predict(place: int) -> None:
        start.wait()
        for _ in range(20):
            together[place].append(model.predict(data[place]))

    threads = [threading.Thread(target=predict, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for expected, found in zip(alone, together, strict=True):
        assert len(found) == 20
        assert all((array == expected).all() for array in found)


@pytest.mark.bits
def test_a_call_on_data_gives_the_prediction() -> None:
    model = small()
    assert model(X).tolist() == model.predict(X).tolist()


def test_dropout_works_in_training_only() -> None:
    model = Sequential([Dropout(0.5, input_shape=(2,))], seed=0)
    ones = np.ones((500, 2))
    assert (model.predict(ones) == 1).all()
    dropped = model(ones, training=True)
    assert set(np.unique(dropped)) == {0.0, 2.0}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_users_arrays_are_never_changed(dtype: str) -> None:
    x, y = X.astype(dtype), np.eye(2)[[0, 1, 1, 0]].astype(dtype)
    weights = np.array([1.0, 2.0, 0.5, 1.0], dtype)
    for array in (x, y, weights):
        array.flags.writeable = False
    kept = [x.copy(), y.copy(), weights.copy()]
    model = Sequential(
        [
            Activation("relu", input_shape=(2,)),
            Dropout(0.5),
            BatchNormalization(),
            Dense(2),
            Softmax(),
        ],
        seed=0,
        dtype=dtype,
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, sample_weight=weights, epochs=2, batch_size=3, verbose=0)
    model.fit(x, y, epochs=2, shuffle=False, verbose=0, validation_data=(x, y))
    model.evaluate(x, y, verbose=0)
    model.predict(x)
    model.train_on_batch(x, y)
    for array, before in zip((x, y, weights), kept, strict=True):
        assert array.tobytes() == before.tobytes()


def test_a_prediction_of_a_model_that_does_nothing_is_not_the_users_array() -> None:
    model = Sequential([Activation("linear", input_shape=(2,))], dtype="float64")
    x = X.copy()
    prediction = model.predict(x)
    prediction += 1
    assert x.tolist() == X.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_from_end_to_end(dtype: Any) -> None:
    seen: set[Any] = set()

    class Spy(Layer):
        def forpass(self, x: Any, training: bool = False) -> Any:
            seen.add(x.dtype)
            return x

        def backprop(self, grad: Any) -> Any:
            seen.add(grad.dtype)
            return grad

    model = Sequential(
        [
            Spy(input_shape=(2,)),
            Dense(3, activation="relu", kernel_regularizer="l2"),
            Spy(),
            BatchNormalization(),
            Spy(),
            Dropout(0.3),
            Dense(1, activation="sigmoid"),
        ],
        seed=0,
        dtype=dtype,
    )
    seen.clear()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    for given in (np.float32, np.float64, np.int64):
        model.fit(X.astype(given), [0, 1, 1, 0], epochs=2, verbose=0)
        assert model.predict(X.astype(given)).dtype == dtype
    assert seen == {np.dtype(dtype)}
    assert {w.dtype for w in model.get_weights()} == {np.dtype(dtype)}
    assert model.weights_vector.dtype == model.gradient_vector.dtype == dtype


@pytest.mark.bits
def test_a_deep_copy_learns_alone() -> None:
    model = small()
    model.compile(SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    twin = copy.deepcopy(model)
    before = model.predict(X)
    assert twin.predict(X).tolist() == before.tolist()
    twin.fit(X, Y, epochs=3, verbose=0)
    assert model.predict(X).tolist() == before.tolist()
    assert (twin.predict(X) != before).any()


@pytest.mark.bits
def test_a_deep_copy_goes_on_with_the_same_bits() -> None:
    model = small()
    model.compile("adam", "mse")
    model.fit(X, Y, batch_size=2, verbose=0)
    twin = copy.deepcopy(model)
    for each in (model, twin):
        each.fit(X, Y, batch_size=2, epochs=3, verbose=0)
    assert model.predict(X).tolist() == twin.predict(X).tolist()


def test_history_stays_on_the_model() -> None:
    model = small()
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=2, verbose=0)
    assert model.history is history


def test_a_model_says_what_it_is() -> None:
    assert repr(small(name="net")) == "<Sequential 'net' of 2 layers>"
    assert small().input_names == ["input_layer"]
    assert small().output_names == ["dense_1"]


def test_get_layer_finds_by_name_and_by_place() -> None:
    model = small()
    assert model.get_layer("dense_1") is model.layers[1]
    assert model.get_layer(index=0) is model.layers[0]
    assert model.get_layer(index=-1) is model.layers[1]


def test_a_part_of_a_model_is_a_model() -> None:
    model = small()
    part = Model(model.input, model.layers[0].output)
    hidden = np.tanh(X @ model.layers[0].W + model.layers[0].b)
    assert part.predict(X) == pytest.approx(hidden, rel=1e-5)


def test_tensors_of_a_layer_lead_to_its_neighbours() -> None:
    model = small()
    first, second = model.layers
    assert second.input is first.output
    assert second.output is model.output
    assert first.input is model.input


def test_a_layer_of_ones_own_may_keep_input_and_output_as_attributes() -> None:
    class Double(Layer):
        def forpass(self, x: Any, training: bool = False) -> Any:
            if training:
                self.input, self.output = x, 2 * x
            return 2 * x

        def backprop(self, grad: Any) -> Any:
            assert self.output[0, 0] == 2 * self.input[0, 0]
            return 2 * grad

    model = Sequential([Double(input_shape=(2,)), Double()])
    model.forpass(X, training=True)
    assert model.backprop(np.ones((4, 2))).tolist() == np.full((4, 2), 4.0).tolist()


@pytest.mark.bits
def test_set_random_seed_reaches_models_made_without_a_seed() -> None:
    nnlite.set_random_seed(5)
    first = small(seed=None).get_weights()
    second = small(seed=None).get_weights()
    nnlite.set_random_seed(5)
    again = small(seed=None).get_weights()
    assert first[0].tolist() == again[0].tolist()
    assert first[0].tolist() != second[0].tolist()
