from __future__ import annotations

import threading

import numpy as np
import pytest

import nnlite
from nnlite.layers import (
    BatchNormalization,
    Conv2D,
    Cropping2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Normalization,
    RandomFlip,
    Rescaling,
    SeparableConv2D,
)
from nnlite.network.chain import Chain
from nnlite.training import halves

pytestmark = pytest.mark.bits

RNG = np.random.default_rng(0)
X = RNG.standard_normal((21, 8, 8, 1))
Y = RNG.integers(0, 3, 21)


def network(*more, dtype="float64"):
    model = nnlite.Sequential(
        [
            nnlite.Input((8, 8, 1)),
            Conv2D(6, 3, padding="same", activation="relu"),
            MaxPooling2D(),
            Conv2D(5, 3, activation="relu", kernel_regularizer="l2"),
            *more,
            Flatten(),
            Dense(3, activation="softmax"),
        ],
        seed=3,
        dtype=dtype,
    )
    model.compile(nnlite.optimizers.SGD(0.1, momentum=0.5), "sparse_categorical_crossentropy")
    return model


def trained(model, workers, **options):
    settings = {"batch_size": 4, "epochs": 3, "verbose": 0, **options}
    history = model.fit(X, Y, workers=workers, **settings)
    return history.history, model.get_weights()


def threads():
    return threading.active_count()


@pytest.mark.parametrize("batch_size", [1, 2, 4, 5, 21])
def test_two_workers_compute_what_one_does(batch_size):
    alone, weights = trained(network(), 1, batch_size=batch_size)
    shared, same_weights = trained(network(), 2, batch_size=batch_size)
    np.testing.assert_allclose(shared["loss"], alone["loss"], rtol=1e-9)
    for mine, theirs in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


def test_the_same_seed_gives_the_same_bits():
    first, second = (trained(network(dtype="float32"), 2)[1] for _ in range(2))
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("layer", [BatchNormalization, lambda: Dropout(0.5, seed=1)])
def test_layers_that_look_at_the_whole_batch_get_the_whole_batch(layer):
    alone, weights = trained(network(layer()), 1)
    shared, same_weights = trained(network(layer()), 2)
    np.testing.assert_allclose(shared["loss"], alone["loss"], rtol=1e-9)
    for mine, theirs in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("layer", "takes_part"),
    [
        (lambda: Rescaling(0.5, 1), True),
        (lambda: Cropping2D(((1, 0), (0, 0))), True),
        (lambda: SeparableConv2D(3, 2, depthwise_regularizer="l2"), True),
        (lambda: Normalization(mean=1.0, variance=4.0), True),
        (lambda: RandomFlip(seed=1), False),
    ],
)
def test_what_looks_at_each_sample_by_itself_is_shared_and_computes_the_same(layer, takes_part):
    assert isinstance(layer(), halves.BY_SAMPLE) == takes_part
    alone, weights = trained(network(layer()), 1)
    shared, same_weights = trained(network(layer()), 2)
    np.testing.assert_allclose(shared["loss"], alone["loss"], rtol=1e-9)
    for mine, theirs in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


def test_frozen_layers_stay_as_they_are():
    model = network()
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()
    trained(model, 2)
    for mine, theirs in zip(before, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_validation_sees_the_same_model():
    options = {"validation_data": (X, Y), "epochs": 2}
    alone, _ = trained(network(), 1, **options)
    shared, _ = trained(network(), 2, **options)
    np.testing.assert_allclose(shared["val_loss"], alone["val_loss"], rtol=1e-9)


def test_the_second_thread_leaves_when_training_ends():
    before = threads()
    trained(network(), 2)
    assert threads() == before


def test_the_second_thread_leaves_after_an_error():
    before = threads()
    model = network()
    with pytest.raises(ValueError, match="no longer finite"):
        model.fit(1e200 * X, Y, batch_size=4, epochs=9, verbose=0, workers=2)
    assert threads() == before


def test_each_product_keeps_to_one_thread_while_convolutions_train(two_blas_threads):
    class Count(nnlite.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(two_blas_threads())

    seen = []
    trained(network(), 2, epochs=1, callbacks=[Count()])
    trained(network(), 1, epochs=1, batch_size=21, callbacks=[Count()])
    # Six batches of two workers, then one of one.
    assert seen == [{1}] * 7
    assert two_blas_threads() == {2}


def test_an_error_in_the_second_thread_is_raised_in_the_first():
    def fail():
        raise ValueError("in the other half")

    partner = halves.Partner()
    try:
        with pytest.raises(ValueError, match="in the other half"):
            partner.share(lambda: 1, fail)
        assert partner.share(lambda: 1, lambda: 2) == (1, 2)
    finally:
        partner.leave()


def chosen(layers, workers, batch_size=32):
    chain = Chain(layers)
    with halves.in_halves(chain, workers, batch_size) as taken:
        return [type(runner).__name__ for runner in taken.layers]


def built(layers):
    shape = (8, 8, 1)
    for layer in layers:
        layer.ensure_built(shape)
        shape = layer.compute_output_shape(shape)
    return layers


def test_one_switch_turns_the_second_thread_off():
    before = threads()
    layers = built([Conv2D(2, 3), Flatten(), Dense(2)])
    assert chosen(layers, 2) == ["Halves"]
    assert chosen(layers, 1) == ["Conv2D", "Flatten", "Dense"]
    assert threads() == before


def test_by_default_the_machine_and_the_work_decide(monkeypatch):
    layers = built([Conv2D(2, 3), Flatten(), Dense(2)])
    one, two = ["Conv2D", "Flatten", "Dense"], ["Halves"]
    # 36 places times 18 weights, and 72 times 2 weights: 792 products for each sample.
    monkeypatch.setattr(halves, "WORTH_SHARING", 32 * 792)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert chosen(layers, None, batch_size=32) == two
    assert chosen(layers, None, batch_size=31) == one
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert chosen(layers, None, batch_size=32) == one


def test_networks_without_convolution_keep_one_thread():
    layers = built([Flatten(), Dense(2)])
    assert chosen(layers, 2) == ["Flatten", "Dense"]


def functional(branch):
    x = nnlite.Input((8, 8, 1))
    hidden = MaxPooling2D()(Conv2D(4, 3, activation="relu")(x))
    if branch:
        hidden = nnlite.layers.Add()([hidden, hidden])
    y = Dense(3, activation="softmax")(Flatten()(hidden))
    model = nnlite.Model(x, y, seed=5, dtype="float64")
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("branch", [False, True])
def test_functional_models_compute_the_same(branch):
    alone, weights = trained(functional(branch), 1)
    shared, same_weights = trained(functional(branch), 2)
    np.testing.assert_allclose(shared["loss"], alone["loss"], rtol=1e-9)
    for mine, theirs in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


def test_a_functional_model_in_one_line_is_shared_too():
    def runner(branch):
        with halves.in_halves(functional(branch).network, 2, 32) as taken:
            return type(taken).__name__

    assert runner(branch=False) == "Chain"
    assert runner(branch=True) == "Branches"


def test_layers_of_your_own_are_left_to_one_thread():
    class Own(Layer):
        def forpass(self, x, training=False):
            return x

        def backprop(self, grad):
            return grad

        def compute_output_shape(self, input_shape):
            return input_shape

    layers = built([Conv2D(2, 3), Flatten(), Own(), Dense(2)])
    assert chosen(layers, 2) == ["Halves", "Own", "Dense"]


def test_layers_whose_methods_are_your_own_are_left_to_one_thread():
    class Own(Dense):
        def forpass(self, x, training=False):
            return super().forpass(x, training)

    class Wider(Dense):
        """Overrides nothing that computes."""

    hung = Flatten()
    vars(hung)["backprop"] = hung.backprop
    assert chosen(built([Conv2D(2, 3), Flatten(), Own(2)]), 2) == ["Halves", "Own"]
    assert chosen(built([Conv2D(2, 3), hung, Dense(2)]), 2) == ["Halves", "Flatten", "Dense"]
    assert chosen(built([Conv2D(2, 3), Flatten(), Wider(2)]), 2) == ["Halves"]


def test_zero_workers_are_explained():
    with pytest.raises(ValueError, match="workers=0"):
        network().fit(X, Y, verbose=0, workers=0)


def test_prediction_is_safe_while_others_predict():
    model = network(dtype="float32")
    expected = [model.predict(X[k:], verbose=0) for k in range(8)]
    results: dict[int, np.ndarray] = {}

    def predict(k):
        for _ in range(20):
            results[k] = model.predict(X[k:], verbose=0)

    crowd = [threading.Thread(target=predict, args=(k,)) for k in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    for k in range(8):
        np.testing.assert_array_equal(results[k], expected[k])
