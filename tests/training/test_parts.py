from __future__ import annotations

import gc
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
from nnlite.training import parts
from nnlite.training.threads import Partner, blas_threads
from pressing import lines_run

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


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Make parts of two samples or three."""
    monkeypatch.setattr(parts, "PART", 30_000)
    monkeypatch.setattr(parts, "NUMBER", 10)


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
def test_what_looks_at_each_sample_by_itself_takes_part_and_computes_the_same(
    layer, takes_part, monkeypatch
):
    assert isinstance(layer(), parts.BY_SAMPLE) == takes_part
    shared, weights = trained(network(layer()), 2, batch_size=9)
    monkeypatch.setattr(parts, "PART", 10**9)
    whole, same_weights = trained(network(layer()), 2, batch_size=9)
    np.testing.assert_allclose(shared["loss"], whole["loss"], rtol=1e-9)
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


def test_each_product_keeps_to_one_thread_while_convolutions_train(two_blas_threads, monkeypatch):
    class Count(nnlite.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(two_blas_threads())

    # Another test may have loaded a library since the first one looked for them.
    monkeypatch.setattr(blas_threads, "controller", None)
    seen = []
    trained(network(), 2, epochs=1, callbacks=[Count()])
    trained(network(), 1, epochs=1, batch_size=21, callbacks=[Count()])
    # Six batches of two workers, then one of one.
    assert seen == [{1}] * 7
    assert two_blas_threads() == {2}


def test_ctrl_c_at_any_line_gives_products_and_threads_back(two_blas_threads, monkeypatch):
    monkeypatch.setattr(blas_threads, "controller", None)
    chain = Chain(built([Conv2D(2, 3), Flatten()]))

    def action():
        with parts.in_parts(chain, 32, workers=2):
            assert two_blas_threads() == {1}

    action()
    before = set(threading.enumerate())
    last = lines_run(action, stop_at=-1)
    for moment in range(1, last + 1):
        with pytest.raises(KeyboardInterrupt):
            lines_run(action, stop_at=moment)
        if set(threading.enumerate()) - before:
            gc.collect()
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=10)
            assert not thread.is_alive(), moment
        assert two_blas_threads() == {2}, moment
    assert last > 50


def test_an_error_in_the_second_thread_is_raised_in_the_first():
    def fail():
        raise ValueError("in the other half")

    partner = Partner()
    try:
        with pytest.raises(ValueError, match="in the other half"):
            partner.share([lambda: 1, fail, lambda: 3])
        assert partner.share([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]
    finally:
        partner.leave()


def chosen(layers, batch_size=32):
    """Return the sizes of the parts, and the layers that get the whole batch."""
    with parts.in_parts(Chain(layers), batch_size) as taken:
        first, rest = taken.layers if len(taken.layers) == 2 else (None, taken)
        size = first and first.size
        return size, [type(runner).__name__ for runner in rest.layers]


def built(layers):
    shape = (8, 8, 1)
    for layer in layers:
        layer.ensure_built(shape)
        shape = layer.compute_output_shape(shape)
    return layers


def test_the_work_of_a_batch_decides_how_many_parts_there_are(monkeypatch):
    layers = built([Conv2D(2, 3), Flatten(), Dense(2)])
    # 36 places times 18 weights; 72 numbers of the convolution, and 72 that lie in a row.
    work = 36 * 18 + 10 * 72 + 10 * 72
    sizes = {}
    for batch in (8, 9, 16, 17, 64):
        monkeypatch.setattr(parts, "PART", 8 * work)
        sizes[batch] = chosen(layers, batch)[0]
    assert sizes == {8: None, 9: 5, 16: 8, 17: 5, 64: 8}


def test_a_layer_with_more_weights_than_numbers_gets_the_whole_batch():
    layers = built([Conv2D(2, 3), Flatten(), Dense(200), Dense(3)])
    size, rest = chosen(layers)
    assert size < 10
    assert rest == ["Dense", "Dense"]


def test_networks_of_dense_layers_are_not_cut():
    assert chosen(built([Flatten(), Dense(200), Dense(200)])) == (
        None,
        ["Flatten", "Dense", "Dense"],
    )


def test_the_same_seed_gives_the_same_bits_with_any_number_of_workers():
    def weights_with(workers):
        more = BatchNormalization(), Dropout(0.5), Conv2D(4, 1)
        return trained(network(*more, dtype="float32"), workers)[1]

    runs = [weights_with(workers) for workers in (1, 2, 3, None)]
    for weights in runs[1:]:
        for mine, theirs in zip(weights, runs[0], strict=True):
            np.testing.assert_array_equal(mine, theirs)


def functional(branch):
    x = nnlite.Input((8, 8, 1))
    hidden = MaxPooling2D()(Conv2D(4, 3, activation="relu")(x))
    if branch:
        inner = BatchNormalization()(Conv2D(4, 3, padding="same")(hidden))
        hidden = nnlite.layers.Add()([hidden, inner])
    y = Dense(3, activation="softmax")(Flatten()(hidden))
    model = nnlite.Model(x, y, seed=5, dtype="float64")
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("branch", [False, True])
@pytest.mark.parametrize("layer", [None, BatchNormalization, lambda: Dropout(0.5, seed=1)])
def test_parts_compute_what_the_whole_batch_does(branch, layer, monkeypatch):
    def result():
        model = functional(branch) if layer is None else network(layer(), Conv2D(3, 1))
        return trained(model, 2, batch_size=9)

    shared, weights = result()
    monkeypatch.setattr(parts, "PART", 10**9)
    whole, same_weights = result()
    np.testing.assert_allclose(shared["loss"], whole["loss"], rtol=1e-9)
    for mine, theirs in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


def test_branches_are_cut_where_one_array_passes():
    network = functional(branch=True).network
    with parts.in_parts(network, 32) as taken:
        first, rest = taken.layers
    names = [type(runner).__name__ for runner in first.network.runners]
    assert names == ["Conv2D", "MaxPooling2D", "Conv2D", "BatchNormalization", "Add", "Flatten"]
    assert [type(runner).__name__ for runner in rest.runners] == ["Dense"]


def test_in_branches_a_convolution_and_its_pooling_go_together():
    network = functional(branch=True).network
    names = [type(runner).__name__ for runner in parts.shortcut(network).runners]
    assert names == [
        "ConvolutionToPooling",
        "Conv2D",
        "BatchNormalization",
        "Add",
        "Flatten",
        "Dense",
    ]


def test_layers_of_your_own_get_the_whole_batch():
    class Own(Layer):
        def forpass(self, x, training=False):
            return x

        def backprop(self, grad):
            return grad

        def compute_output_shape(self, input_shape):
            return input_shape

    layers = built([Conv2D(2, 3), Flatten(), Own(), Dense(2)])
    assert chosen(layers)[1] == ["Own", "Dense"]


def test_layers_whose_methods_are_your_own_get_the_whole_batch():
    class Own(MaxPooling2D):
        def forpass(self, x, training=False):
            return super().forpass(x, training)

    class Wider(MaxPooling2D):
        """Overrides nothing that computes."""

    hung = Flatten()
    vars(hung)["backprop"] = hung.backprop
    assert chosen(built([Conv2D(2, 3), Own(), Flatten()]))[1] == ["Own", "Flatten"]
    assert chosen(built([Conv2D(2, 3), hung, Dense(2)]))[1] == ["Flatten", "Dense"]
    assert chosen(built([Conv2D(2, 3), Wider(), Flatten()]))[1] == []


@pytest.mark.parametrize("branch", [False, True])
def test_who_looks_at_a_layer_sees_the_whole_batch(branch, monkeypatch):
    class Looks(nnlite.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            for layer in self.model.layers[1:] if branch else self.model.layers:
                seen.append(np.array(layer.a))
                seen.append(np.array(layer.x))
                seen.extend(weight.gradient.copy() for weight in layer.trainable_parameters)

    def sight():
        seen.clear()
        model = functional(branch) if branch else network(BatchNormalization(), Conv2D(3, 1))
        trained(model, 2, batch_size=21, epochs=1, shuffle=False, callbacks=[Looks()])
        return list(seen)

    seen = []
    in_parts = sight()
    monkeypatch.setattr(parts, "PART", 10**9)
    for part, whole in zip(in_parts, sight(), strict=True):
        np.testing.assert_allclose(part, whole, rtol=0, atol=1e-12)


def test_a_rate_that_a_callback_sets_counts_from_the_next_batch_on():
    class Mild(nnlite.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(float((dropout.a == 0).mean()))
            dropout.rate = 0.0

    dropout, seen = Dropout(0.9, seed=1), []
    model = network(dropout, Conv2D(3, 1))
    model.layers[2].activation = nnlite.activations.get("sigmoid")
    trained(model, 2, batch_size=9, epochs=1, callbacks=[Mild()])
    assert seen[0] > 0.8
    assert seen[1:] == [0, 0]


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
