"""The mistakes that users of other libraries paid for, each looked for through the public API."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import nnlite
from nnlite import activations, losses, optimizers
from nnlite.callbacks import Callback
from nnlite.initializers import Constant
from nnlite.layers import BatchNormalization, Dense, Dropout, Input, MaxPooling2D
from nnlite.testing import gradcheck


def neuron(**options):
    model = nnlite.Sequential(
        [Dense(1, kernel_initializer="ones", input_shape=(1,))], dtype="float64", **options
    )
    model.compile(optimizer=optimizers.SGD(0.5), loss="mse")
    return model


@pytest.mark.parametrize("size", [1e3, 1e4])
def test_softmax_and_cross_entropy_do_not_overflow(size):
    z = np.array([[size, 0.0, -size]])
    with np.errstate(all="raise"):
        assert activations.softmax(z).tolist() == [[1.0, 0.0, 0.0]]
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        assert loss([1], z) == size
        assert loss([2], z) == 2 * size


def test_the_backprop_of_relu_leaves_the_gradient_it_was_given():
    layer = Dense(2, activation="relu", kernel_initializer="ones", input_shape=(1,))
    layer.build((1,))
    layer.forpass(np.array([[-1.0], [1.0]], np.float32), training=True)
    grad = np.full((2, 2), 3.0, np.float32)
    layer.backprop(grad)
    assert grad.tolist() == [[3.0, 3.0], [3.0, 3.0]]


def test_the_gradient_of_an_output_bias_is_summed_over_the_samples():
    model = nnlite.Sequential([Dense(3, input_shape=(2,))], seed=0)
    model.forpass(np.ones((3, 2), np.float32), training=True)
    model.backprop(np.array([[1, 10, 100], [2, 20, 200], [3, 30, 300]], np.float32))
    assert model.layers[0].db.tolist() == [6.0, 60.0, 600.0]


def test_dropout_remembers_its_mask_on_the_way_back():
    model = nnlite.Sequential([Input((100,)), Dropout(0.5)], seed=0)
    ones = np.ones((2, 100), np.float32)
    a = model.forpass(ones, training=True)
    assert np.array_equal(model.backprop(ones), a)
    assert 0 < (a == 0).sum() < 200


def test_max_pooling_gives_the_gradient_of_a_tie_to_one_place():
    layer = MaxPooling2D(2)
    layer.forpass(np.ones((1, 2, 2, 1), np.float32), training=True)
    dx = layer.backprop(np.full((1, 1, 1, 1), 5.0, np.float32))
    assert sorted(dx.ravel().tolist()) == [0.0, 0.0, 0.0, 5.0]


def test_batch_normalization_has_one_mean_for_each_channel_of_images():
    layer = BatchNormalization(momentum=0.0)
    x = np.zeros((2, 1, 2, 2), np.float32)
    x[:, :, 0, 0], x[:, :, 1, 0] = 1.0, 3.0
    layer(x, training=True)
    assert layer.moving_mean.tolist() == [2.0, 0.0]
    assert layer.moving_variance.tolist() == [1.0, 0.0]


def test_the_first_step_of_adam_is_as_long_as_its_rate():
    weights, gradients = np.array([1.0, 1.0]), np.array([0.1, 100.0])
    optimizers.Adam(0.1).step(weights, gradients)
    assert weights == pytest.approx([0.9, 0.9], abs=1e-5)


class Watch(Dense):
    """A neuron that writes down the batches it sees in training."""

    def __init__(self, units, **options):
        super().__init__(units, **options)
        self.seen = []

    def forpass(self, x, training=False):
        if training:
            self.seen.append(x[:, 0].astype(int).tolist())
        return super().forpass(x, training)


def batches_seen(**options):
    layer = Watch(1, kernel_initializer="zeros", input_shape=(1,))
    model = nnlite.Sequential([layer], seed=0)
    model.compile("sgd", loss="mse")
    model.fit(np.arange(10.0), np.zeros(10), batch_size=4, verbose=0, **options)
    return layer.seen


def test_every_epoch_shuffles_the_samples_and_not_only_the_batches():
    seen = batches_seen(epochs=2)
    assert [len(batch) for batch in seen] == [4, 4, 2, 4, 4, 2]
    first, second = np.concatenate(seen[:3]).tolist(), np.concatenate(seen[3:]).tolist()
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert first != list(range(10))
    neighbours = {frozenset([0, 1, 2, 3]), frozenset([4, 5, 6, 7]), frozenset([8, 9])}
    assert {frozenset(batch) for batch in seen} & neighbours == set()


def test_without_shuffling_the_order_stays():
    assert batches_seen(epochs=1, shuffle=False) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_the_last_smaller_batch_is_neither_dropped_nor_counted_as_a_full_one():
    model = neuron()
    model.compile(optimizer=optimizers.SGD(1e-300), loss="mse", metrics=["mae"])
    x, y = np.zeros(5), np.array([1.0, 1.0, 1.0, 1.0, 6.0])
    history = model.fit(x, y, batch_size=4, verbose=0, validation_data=(x, y)).history
    assert history["loss"] == [8.0]
    assert history["mae"] == [2.0]
    assert history["val_loss"] == [8.0]
    assert model.evaluate(x, y, batch_size=4, verbose=0)[0] == 8.0
    assert model.predict(x, batch_size=4).shape == (5, 1)


def test_a_row_of_truth_against_a_column_of_predictions_is_no_table():
    model = neuron()
    x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
    assert model.evaluate(x, y, verbose=0) == 0.0
    assert losses.MeanSquaredError()(y, y[:, None]) == 0.0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adagrad", "adam", "adamw"])
def test_every_optimizer_keeps_the_dtype(name, dtype):
    layers = [Dense(3, activation="softplus"), BatchNormalization(), Dense(1)]
    model = nnlite.Sequential([Input((2,)), *layers], seed=0, dtype=dtype)
    model.compile(name, loss="mse")
    model.fit(np.ones((4, 2)), np.arange(4), epochs=2, verbose=0)
    assert {w.dtype for w in [*model.get_weights(), model.weights_vector]} == {np.dtype(dtype)}
    assert model.predict(np.ones((4, 2))).dtype == dtype


def test_a_prediction_leaves_no_caches_behind():
    layers = [Dense(3, activation="relu"), Dropout(0.5), BatchNormalization(), Dense(1)]
    model = nnlite.Sequential([Input((2,)), *layers], seed=0)
    before = [dict(vars(layer)) for layer in model.layers]
    model.predict(np.ones((50, 2)))
    for layer, attributes in zip(model.layers, before, strict=True):
        assert vars(layer).keys() == attributes.keys()
        assert all(vars(layer)[name] is value for name, value in attributes.items())


def test_the_state_of_an_optimizer_belongs_to_its_place_in_the_vector():
    def trained(copy_at):
        model = nnlite.Sequential([Dense(2, activation="tanh", input_shape=(1,)), Dense(1)], seed=0)
        model.compile("adam", loss="mse")
        for step in range(6):
            if step == copy_at:
                # All arrays move to other addresses.
                model = copy.deepcopy(model)
            model.train_on_batch(np.array([[1.0], [2.0]]), np.array([1.0, 0.0]))
        return model.weights_vector.tolist()

    assert trained(copy_at=3) == trained(copy_at=None)


def test_a_gradient_check_on_a_batch_of_one_says_that_it_checks_nothing():
    model = nnlite.Sequential([BatchNormalization(input_shape=(2,)), Dense(1)], seed=0)
    with pytest.warns(UserWarning, match="in batch normalization every gradient is 0"):
        report = gradcheck(model, [[1.0, 2.0]], [1.0], loss="mse")
    assert report.rows[0].analytic == 0.0


def test_the_gradient_check_with_three_samples_sees_what_one_sample_hides():
    class Careless(BatchNormalization):
        def backprop(self, grad):
            rows = grad * self.gamma / self.deviation
            super().backprop(grad)
            return rows if len(rows) > 1 else 0 * rows

    model = nnlite.Sequential(
        [Dense(2, activation="tanh", input_shape=(2,)), Careless(), Dense(1)], seed=0
    )
    x = np.array([[0.1, 0.9], [-0.4, 0.3], [0.8, -0.5]])
    assert not gradcheck(model, x, [1.0, 0.0, 1.0], loss="mse")
    with pytest.warns(UserWarning, match="A batch of one"):
        assert gradcheck(model, x[:1], [1.0], loss="mse")


def test_the_arrays_of_the_caller_stay_as_they_are_through_fit():
    x, y = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0, 3.0])
    before = x.tobytes(), y.tobytes()
    layers = [Dense(3, activation="relu"), BatchNormalization(), Dropout(0.2), Dense(1)]
    model = nnlite.Sequential([Input((2,)), *layers], seed=0, dtype="float64")
    model.compile("adam", loss="mse")
    model.fit(x, y, epochs=3, batch_size=2, verbose=0)
    model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0)
    model.predict(x)
    assert (x.tobytes(), y.tobytes()) == before


def test_weights_given_stay_the_callers_and_weights_got_are_copies():
    model = neuron()
    given = [np.array([[2.0]]), np.array([3.0])]
    model.set_weights(given)
    model.fit([1.0, 2.0], [1.0, 2.0], verbose=0)
    assert [w.tolist() for w in given] == [[[2.0]], [3.0]]
    got = model.get_weights()
    got[0][...] = 99.0
    assert model.get_weights()[0] != 99.0


@pytest.mark.bits
def test_a_callback_that_predicts_does_not_disturb_training():
    def trained(callbacks):
        model = nnlite.Sequential(
            [Dense(4, activation="tanh", input_shape=(2,)), Dropout(0.3), Dense(1)], seed=1
        )
        model.compile("sgd", loss="mse")
        x = np.random.default_rng(0).normal(size=(9, 2))
        model.fit(x, x.sum(axis=1), epochs=3, batch_size=4, verbose=0, callbacks=callbacks)
        return model.weights_vector.tobytes()

    class Watching(Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    class Predicting(Callback):
        def on_batch_end(self, batch, logs=None):
            self.model.predict(np.ones((7, 2)))
            self.model.evaluate(np.ones((5, 2)), np.ones(5), verbose=0)

    assert trained([Predicting()]) == trained([Watching()])


def test_a_step_of_sgd_by_hand():
    model = neuron()
    # a = (1, 2), a − y = (−1, 0): dW = 2·(−1·1)/2, db = 2·(−1)/2; rate ½.
    assert model.train_on_batch([1.0, 2.0], [2.0, 2.0]) == 0.5
    assert [w.tolist() for w in model.get_weights()] == [[[1.5]], [0.5]]


def test_regularizers_add_to_loss_and_gradient():
    layer = Dense(1, kernel_initializer=Constant(2.0), kernel_regularizer="l2", input_shape=(1,))
    model = nnlite.Sequential([layer], dtype="float64")
    model.compile(optimizer=optimizers.SGD(1.0), loss="mse")
    # a = y, so only the penalty 0.01·2² and its slope 2·0.01·2 are left.
    assert model.train_on_batch([1.0, 2.0], [2.0, 4.0]) == pytest.approx(0.04)
    assert model.get_weights()[0].tolist() == [[1.96]]
