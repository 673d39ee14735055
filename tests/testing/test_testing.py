from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import nnlite
from nnlite import losses, regularizers
from nnlite.callbacks import Callback
from nnlite.kernels.memory import NEW
from nnlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Dense,
    Dropout,
    Input,
    Layer,
    Maximum,
    ReLU,
)
from nnlite.testing import GradientReport, GradientRow, check_layer, gradcheck
from nnlite.testing.differences import Entry, compare, measure_noise
from nnlite.testing.guesses import guess

X = np.array([[0.2, -0.4], [0.9, 0.3], [-0.7, 0.5], [0.1, 0.8]])
Y = np.array([0.0, 1.0, 1.0, 0.0])


def network(*layers, loss="mse", **options):
    model = nnlite.Sequential([Input((2,)), *layers], seed=1, **options)
    model.compile(optimizer="adam", loss=loss)
    return model


def rows_of(report):
    return [(row.layer, row.name, row.shape) for row in report.rows]


class ScaledDense(Dense):
    """A Dense whose dW is off by a factor 1.001."""

    def backprop_z(self, dz):
        dx = super().backprop_z(dz)
        self.dW *= 1.001
        return dx


# gradcheck


def test_gradcheck_has_a_row_for_each_weight_and_one_for_the_input():
    report = gradcheck(network(Dense(3, activation="tanh"), BatchNormalization(), Dense(1)), X, Y)
    assert rows_of(report) == [
        ("dense", "dW", (2, 3)),
        ("dense", "db", (3,)),
        ("batch_normalization", "dgamma", (3,)),
        ("batch_normalization", "dbeta", (3,)),
        ("dense_1", "dW", (3, 1)),
        ("dense_1", "db", (1,)),
        ("input_layer", "dx", (4, 2)),
    ]
    assert report.passed
    assert report.max_error == max(row.max_error for row in report.rows) < 1e-8


def test_gradcheck_has_a_row_for_each_of_several_inputs():
    a, b = Input((2,), name="left"), Input((3,), name="right")
    model = nnlite.Model([a, b], Dense(1)(Add()([Dense(2)(a), Dense(2)(b)])), seed=0)
    rng = np.random.default_rng(0)
    report = gradcheck(model, [X, rng.normal(size=(4, 3))], Y, loss="mse")
    assert rows_of(report)[-2:] == [("left", "dx", (4, 2)), ("right", "dx", (4, 3))]
    assert report.passed


def test_the_gradient_of_a_neuron_in_the_table_is_that_of_the_formula():
    model = nnlite.Sequential([Dense(1, kernel_initializer="ones", input_shape=(1,))])
    # a = x + 0 = 1, 3; L = mean of (a − y)² = (1² + 2²)/2; db = (2·1 + 2·2)/2, dW = (2·1 + 6·2)/2.
    report = gradcheck(model, [[1.0], [3.0]], [0.0, 1.0], loss="mse")
    assert [row.analytic for row in report.rows[:2]] == pytest.approx([7.0, 3.0], abs=1e-12)
    assert [row.numeric for row in report.rows[:2]] == pytest.approx([7.0, 3.0], abs=1e-9)


def test_a_weight_off_by_1_001_fails_alone():
    report = gradcheck(network(ScaledDense(3, activation="tanh"), Dense(1)), X, Y)
    assert not report.passed
    assert not report
    (row,) = report.failures
    assert (row.layer, row.name) == ("scaled_dense", "dW")
    assert row.max_error == pytest.approx(1 - 1 / 1.001, rel=1e-4)
    assert row.analytic == pytest.approx(1.001 * row.numeric, rel=1e-8)
    assert row.guess == "Off by the factor 1.001 everywhere."


def test_the_report_prints_as_an_aligned_table():
    model = network(ScaledDense(3, activation="tanh"), Dense(1))
    report = gradcheck(model, X, Y)
    lines = str(report).splitlines()
    assert lines[0] == (
        "Gradients of 'sequential': FAILED (largest error 1.0e-03, tolerance 1e-06)"
    )
    header, rule, *rows = lines[2:9]
    titles = ["layer", "gradient", "shape", "largest", "error", "at", "backprop", "differences"]
    assert header.split() == titles
    assert set(rule.strip()) == {"─"}
    assert [row.split()[:2] for row in rows] == [
        ["scaled_dense", "dW"],
        ["scaled_dense", "db"],
        ["dense", "dW"],
        ["dense", "db"],
        ["input_layer", "dx"],
    ]
    assert [row.split()[-1] for row in rows] == ["FAIL", "ok", "ok", "ok", "ok"]
    assert {row.index(row.split()[1]) for row in rows} == {header.index("gradient")}
    ends = {row.rindex(row.split()[-2]) + len(row.split()[-2]) for row in rows}
    assert ends == {header.index("differences") + len("differences")}
    assert lines[-1].startswith("scaled_dense: dW[")
    assert lines[-1].endswith("Off by the factor 1.001 everywhere.")
    assert repr(report) == str(report)


def test_a_wrong_regularizer_is_found():
    class Careless(regularizers.L2):
        def gradient(self, W):
            return self.l2 * W

    report = gradcheck(network(Dense(1, kernel_regularizer=Careless(0.1))), X, Y)
    assert [(row.layer, row.name) for row in report.failures] == [("dense", "dW")]


def test_a_wrong_loss_is_found_in_every_gradient():
    class Careless(losses.MeanSquaredError):
        def gradient(self, y, a):
            return 1.001 * super().gradient(y, a)

    report = gradcheck(network(Dense(2, activation="tanh"), Dense(1)), X, Y, loss=Careless())
    assert len(report.failures) == len(report.rows) == 5


def test_the_gradient_from_the_logits_is_the_one_that_is_checked():
    class Careless(losses.BinaryCrossentropy):
        def gradient_from_logits(self, y, a):
            return 1.001 * super().gradient_from_logits(y, a)

    neuron = network(Dense(1, activation="sigmoid"), loss=Careless())
    assert len(gradcheck(neuron, X, Y).failures) == 3
    # With a layer between sigmoid and loss, the loss sees probabilities.
    apart = network(Dense(1, activation="sigmoid"), Activation("linear"), loss=Careless())
    assert gradcheck(apart, X, Y).passed


def test_gradients_that_add_up_from_step_to_step_are_found():
    class Greedy(Dense):
        def backprop_z(self, dz):
            self.db += dz.sum(axis=0)
            so_far = self.db.copy()
            dx = super().backprop_z(dz)
            self.db = so_far
            return dx

    report = gradcheck(network(Greedy(1)), X, Y)
    assert [row.name for row in report.failures] == ["db"]
    assert report.failures[0].guess.startswith("Twice as large")


def test_gradients_that_are_right_only_without_reused_memory_are_found():
    class Careless(Dense):
        def forpass_z(self, x, training=False):
            z = super().forpass_z(x, training)
            if training:
                self.x = self.memory.take("z", z.shape, z.dtype) if self.memory is not NEW else x
            return z

    report = gradcheck(network(Careless(2), Dense(1)), X, Y)
    assert [(row.layer, row.name) for row in report.failures] == [("careless", "dW")]


def test_a_first_layer_that_forgets_its_weights_is_found():
    class Hasty(Dense):
        def backprop_z(self, dz):
            return None if self.skip_input_gradient else super().backprop_z(dz)

    report = gradcheck(network(Hasty(2), Dense(1)), X, Y)
    assert [(row.layer, row.name) for row in report.failures] == [("hasty", "dW"), ("hasty", "db")]
    assert report.failures[0].guess == "It is 0 everywhere: does backprop write self.dW?"


def test_sample_weights_count_in_the_gradient():
    model = nnlite.Sequential([Dense(1, kernel_initializer="ones", input_shape=(1,))])
    report = gradcheck(model, [[1.0], [3.0]], [0.0, 1.0], loss="mse", sample_weight=[1.0, 10.0])
    # db = (2·1·1 + 2·2·10)/2
    assert report.rows[1].analytic == pytest.approx(21.0, abs=1e-12)
    assert report.passed


def test_the_loss_given_takes_the_place_of_the_compiled_one():
    model = network(Dense(1, kernel_initializer="ones"))
    mse = gradcheck(model, X, Y).rows[1].analytic
    assert gradcheck(model, X, Y, loss="half_squared_error").rows[1].analytic == mse / 2


def test_the_shares_of_several_outputs_stay_with_another_loss():
    x = Input((2,))
    model = nnlite.Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)], seed=0)
    model.compile("sgd", loss="mse", loss_weights=[1.0, 3.0])
    double = gradcheck(model, X, [Y, Y])
    half = gradcheck(model, X, [Y, Y], loss="half_squared_error")
    assert double.passed
    assert half.passed
    assert [row.analytic / 2 for row in double.rows] == [row.analytic for row in half.rows]


def test_dropout_keeps_its_mask_and_batch_normalization_takes_the_batch():
    layers = [Dense(6, activation="tanh"), Dropout(0.5), BatchNormalization(), Dense(1)]
    report = gradcheck(network(*layers), X, Y)
    assert report.passed
    gamma = next(row for row in report.rows if row.name == "dgamma")
    assert gamma.analytic != 0


def test_a_layer_with_a_generator_of_its_own_draws_the_same_each_time():
    class Noise(Layer):
        def __init__(self):
            self.generator = np.random.default_rng(3)

        def forpass(self, x, training=False):
            return x + self.generator.normal(size=x.shape) if training else x

        def backprop(self, grad):
            return grad

    assert gradcheck(network(Dense(3, activation="tanh"), Noise(), Dense(1)), X, Y).passed


def test_frozen_layers_have_no_rows():
    frozen = Dense(3, activation="tanh", trainable=False)
    report = gradcheck(network(frozen, Dense(1)), X, Y)
    assert rows_of(report) == [
        ("dense_1", "dW", (3, 1)),
        ("dense_1", "db", (1,)),
        ("input_layer", "dx", (4, 2)),
    ]
    assert report.passed


def test_a_model_without_weights_is_checked_in_its_input():
    report = gradcheck(
        network(Activation("softmax"), loss="categorical_crossentropy"), X, np.eye(2)[[0, 1, 1, 0]]
    )
    assert rows_of(report) == [("input_layer", "dx", (4, 2))]
    assert report.passed


def test_an_input_that_nothing_depends_on_has_gradient_zero():
    used, unused = Input((2,), name="used"), Input((2,), name="unused")
    model = nnlite.Model([used, unused], Dense(1)(used), seed=0)
    report = gradcheck(model, [X, X], Y, loss="mse")
    assert [row.analytic == 0 for row in report.rows[-2:]] == [False, True]
    assert report.passed


def test_a_hundred_thousand_weights_are_sampled():
    rng = np.random.default_rng(0)
    model = nnlite.Sequential([Dense(150, activation="tanh", input_shape=(700,)), Dense(1)], seed=0)
    x = rng.normal(size=(3, 700))
    report = gradcheck(model, x, [0, 1, 1], loss="mse", max_entries=20)
    assert [row.checked for row in report.rows] == [20, 20, 20, 1, 20]
    assert "20 of 105,000" in str(report)
    assert report.passed


def test_the_entry_with_the_largest_gradient_is_always_looked_at():
    class Careless(Dense):
        def backprop_z(self, dz):
            dx = super().backprop_z(dz)
            self.dW.flat[np.abs(self.dW).argmax()] *= 1.001
            return dx

    rng = np.random.default_rng(0)
    model = nnlite.Sequential([Careless(50, activation="tanh", input_shape=(50,)), Dense(1)])
    x = rng.normal(size=(3, 50))
    report = gradcheck(model, x, [0, 1, 1], loss="mse", max_entries=5)
    assert [(row.layer, row.name) for row in report.failures] == [("careless", "dW")]


def test_a_chain_of_two_hundred_layers_can_be_checked():
    layers = [Dense(2, activation="tanh") for _ in range(200)]
    report = gradcheck(network(*layers, Dense(1)), X, Y, max_entries=1)
    assert len(report.rows) == 403
    assert report.passed


# gradcheck leaves the caller's things alone


def everything(model):
    return {
        "weights": [w.tobytes() for w in model.get_weights()],
        "dtype": [layer.dtype for layer in model.layers],
        "gradients": model.gradient_vector.tobytes(),
        "rng": repr(model.rng.bit_generator.state),
        "optimizer": repr(vars(model.optimizer)),
        "history": model.history,
        "attributes": {layer.name: dict(vars(layer)) for layer in model.layers},
        "trainer": model.endings,
        "vector": model.weights_vector,
    }


def test_the_model_stays_as_it_was():
    layers = [Dense(3, activation="tanh"), Dropout(0.3), BatchNormalization(), Dense(1)]
    model = network(*layers)
    model.fit(X, Y, epochs=2, verbose=0)
    before = everything(model)
    assert gradcheck(model, X, Y).passed
    after = everything(model)
    for name in ("weights", "dtype", "gradients", "rng", "optimizer"):
        assert after[name] == before[name]
    for name in ("history", "trainer", "vector"):
        assert after[name] is before[name]
    for layer, attributes in before["attributes"].items():
        assert after["attributes"][layer].keys() == attributes.keys()
        assert all(after["attributes"][layer][k] is v for k, v in attributes.items())


@pytest.mark.bits
def test_training_goes_on_as_if_there_had_been_no_check():
    def trained(check):
        model = network(Dense(3, activation="tanh"), Dropout(0.3), Dense(1))

        class Checking(Callback):
            def on_epoch_end(self, epoch, logs=None):
                assert gradcheck(model, X, Y).passed

        callbacks = [Checking()] if check else []
        model.fit(X, Y, epochs=5, batch_size=3, verbose=0, callbacks=callbacks)
        return np.concatenate([w.ravel() for w in model.get_weights()])

    assert np.array_equal(trained(check=True), trained(check=False))


def test_a_model_that_was_never_built_stays_without_weights():
    model = nnlite.Sequential([Dense(3, activation="tanh"), Dense(1)], seed=0)
    assert gradcheck(model, X, Y, loss="mse").passed
    assert not model.built
    assert not model.layers[0].built


def test_an_uncompiled_model_stays_uncompiled():
    model = nnlite.Sequential([Dense(1, input_shape=(2,))])
    assert gradcheck(model, X, Y, loss="mse").passed
    assert model.optimizer is None


def test_the_data_stays_as_it_was():
    x, y = X.copy(), Y.copy()
    assert gradcheck(network(Dense(1), dtype="float64"), x, y).passed
    assert x.tobytes() == X.tobytes()
    assert y.tobytes() == Y.tobytes()


# Kinks and noise


def test_samples_of_zeros_with_biases_of_zero_pass_with_a_note():
    # For the sample (0, 0) all four ReLUs stand at their kink at once.
    model = network(Dense(4, activation="relu"), Dense(1, activation="sigmoid"))
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    report = gradcheck(model, x, [0, 1, 1, 0])
    assert report.passed
    assert report.notes == [
        "At a kink (of ReLU, |w| or max) there is no slope: input_layer.dx "
        "passed with all weights moved by up to 0.01."
    ]
    assert str(report).endswith(report.notes[0])


def test_a_fault_stays_a_fault_at_kinks():
    model = network(ScaledDense(4, activation="relu"), Dense(1, activation="sigmoid"))
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    report = gradcheck(model, x, [0, 1, 1, 0])
    assert [(row.layer, row.name) for row in report.failures] == [("scaled_dense", "dW")]


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 3e-4, 1e-5, 1e-6, 1e-8, 0.0])
def test_a_relu_at_any_distance_from_its_kink_passes(distance):
    x = np.array([[distance, 1.0], [-distance, -1.0], [0.5, 0.7]])
    assert gradcheck(network(ReLU(), Dense(1)), x, [1, 0, 1]).passed


def test_a_weight_of_zero_with_an_l1_penalty_passes():
    kernel = Dense(1, kernel_initializer="zeros", kernel_regularizer=regularizers.L1(0.1))
    assert gradcheck(network(kernel), X, Y).passed


def test_ties_of_a_maximum_pass():
    x = Input((2,))
    model = nnlite.Model(x, Dense(1)(Maximum()([ReLU()(x), x])), seed=0)
    assert gradcheck(model, np.abs(X), Y, loss="mse").passed


def test_a_bias_whose_gradient_is_nothing_but_round_off_passes():
    # Batch normalization takes the mean off, so the bias before it has no influence.
    layers = [Dense(3), BatchNormalization(), Activation("tanh"), Dense(1)]
    report = gradcheck(network(*layers), 100 * X, 1000 * Y)
    bias = report.rows[1]
    assert abs(bias.analytic) < 1e-10
    assert report.passed


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e6])
def test_large_and_small_numbers_pass(scale):
    model = network(Dense(3, activation="sigmoid"), Dense(1))
    assert gradcheck(model, X, scale * Y).passed
    linear = network(Dense(3), Dense(1))
    assert gradcheck(linear, scale * X, scale * Y).passed


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e6])
def test_a_factor_of_1_001_fails_in_large_and_small_numbers(scale):
    model = network(ScaledDense(3, activation="sigmoid"), Dense(1))
    assert [row.name for row in gradcheck(model, X, scale * Y).failures] == ["dW"]
    linear = network(ScaledDense(3), Dense(1))
    assert [row.name for row in gradcheck(linear, scale * X, scale * Y).failures] == ["dW"]


@pytest.mark.parametrize("share", [1.0, 1e-2, 1e-4])
def test_a_factor_of_1_001_fails_even_in_the_smallest_entry(share):
    class Careless(Dense):
        def backprop_z(self, dz):
            dx = super().backprop_z(dz)
            self.dW[1] *= 1.001
            return dx

    x = X * [1.0, share]
    report = gradcheck(network(Careless(3, activation="tanh"), Dense(1)), x, Y)
    assert [(row.layer, row.name) for row in report.failures] == [("careless", "dW")]
    assert report.failures[0].place[0] == 1


# What gradcheck says of wrong arguments


def test_a_batch_of_one_is_warned_of():
    with pytest.warns(UserWarning, match="A batch of one checks little"):
        report = gradcheck(network(Dense(1)), X[:1], Y[:1])
    assert report.notes[0].startswith("A batch of one checks little")
    assert report.notes[0] in str(report)


def test_an_uncompiled_model_needs_a_loss():
    model = nnlite.Sequential([Dense(1, input_shape=(2,))], name="neuron")
    with pytest.raises(ValueError, match="gradcheck differentiates a loss") as caught:
        gradcheck(model, X, Y)
    assert "Where: model 'neuron'" in str(caught.value)
    assert 'Remedy: gradcheck(model, x, y, loss="mse")' in str(caught.value)


def test_a_layer_in_place_of_a_model_is_told_of_check_layer():
    with pytest.raises(TypeError, match="gradcheck takes a model") as caught:
        gradcheck(Dense(1), X, Y)
    assert "Remedy: For a layer: check_layer(layer, input_shape)." in str(caught.value)


@pytest.mark.parametrize("tolerance", [0, -1e-6, float("nan")])
def test_the_tolerance_must_be_above_zero(tolerance):
    with pytest.raises(ValueError, match="tolerance must be above 0"):
        gradcheck(network(Dense(1)), X, Y, tolerance=tolerance)
    with pytest.raises(ValueError, match="tolerance must be above 0"):
        check_layer(Dense(1), (2,), tolerance=tolerance)


def test_max_entries_must_be_at_least_one():
    with pytest.raises(ValueError, match="max_entries must be a whole number from 1 on"):
        gradcheck(network(Dense(1)), X, Y, max_entries=0)


def test_a_loss_that_is_not_finite_has_no_slopes():
    model = network(
        Dense(1, kernel_initializer=nnlite.initializers.Constant(1e200)), dtype="float64"
    )
    with pytest.raises(ValueError, match="A loss has slopes only where it is finite") as caught:
        gradcheck(model, X, Y, loss="mse")
    assert "Received: a loss of inf" in str(caught.value)


def test_wrong_data_is_refused_as_in_fit():
    with pytest.raises(ValueError, match="x and y must have the same number of samples"):
        gradcheck(network(Dense(1)), X, Y[:2])


# check_layer


def test_check_layer_reports_the_gradients_and_the_duties():
    report = check_layer(Dense(3, activation="tanh"), (4,))
    assert rows_of(report) == [
        ("dense", "dW", (4, 3)),
        ("dense", "db", (3,)),
        ("dense", "dx", (3, 4)),
    ]
    lines = str(report).splitlines()
    assert lines[0].startswith("Dense 'dense' on samples of shape (4,): passed (largest error ")
    assert lines[-13:] == [
        f"  {duty:<70}ok"
        for duty in (
            "one output sample has the shape (3,)",
            "the output is finite",
            "the same x and random numbers give the same output",
            "x and grad stay as they are",
            "backprop writes the gradients anew, and changes no weight",
            "the weights are made with add_weight",
            "its weights may live in a vector",
            "backprop is linear: nothing is cut off",
            "float32 stays float32, and float64 float64",
            "prediction leaves no trace on the layer",
            "as the first layer it may leave out the gradient of x",
            "reused memory and arrays with gaps change nothing",
            "it comes back from its config",
        )
    ]
    assert repr(report) == str(report)


def test_the_shape_may_be_a_number():
    assert check_layer(Dense(2), 5).rows[0].shape == (5, 2)


def test_a_merge_takes_a_list_of_shapes():
    assert [row.name for row in check_layer(Add(), [(3,), (3,)]).rows] == ["dx[0]", "dx[1]"]


def test_a_merge_of_ones_own_needs_no_more_than_a_list_of_shapes():
    class Dot(Layer):
        merges = True

        def forpass(self, x, training=False):
            if training:
                self.x = x
            return (x[0] * x[1]).sum(axis=-1, keepdims=True)

        def backprop(self, grad):
            return [grad * self.x[1], grad * self.x[0]]

    assert check_layer(Dot(), [(3,), (3,)]).passed


def test_the_layer_given_stays_as_it_was():
    layer = BatchNormalization()
    model = network(Dense(3), layer, Dense(1))
    model.fit(X, Y, verbose=0)
    weights = [w.tobytes() for w in layer.get_weights()]
    attributes = dict(vars(layer))
    state = repr(model.rng.bit_generator.state)
    assert check_layer(layer, (5,)).passed
    assert check_layer(layer, (2, 2, 3)).passed
    assert [w.tobytes() for w in layer.get_weights()] == weights
    assert vars(layer).keys() == attributes.keys()
    assert all(vars(layer)[name] is value for name, value in attributes.items())
    assert repr(model.rng.bit_generator.state) == state


def test_a_layer_without_weights_yet_stays_without():
    layer = Dense(3)
    assert check_layer(layer, (4,)).passed
    assert not layer.built


class Log(Layer):
    def forpass(self, x, training=False):
        if training:
            self.x = x
        return np.log(x)

    def backprop(self, grad):
        return grad / self.x


def test_samples_can_be_given_to_a_layer_that_needs_positive_ones():
    with pytest.raises(AssertionError, match="The output must be finite") as caught:
        check_layer(Log(), (2,))
    assert "check_layer(layer, input_shape, x=…)" in str(caught.value)
    assert check_layer(Log(), (2,), x=[[0.5, 1.0], [2.0, 3.0]]).passed


@pytest.mark.parametrize("x", [[[1.0, 2.0]], [[1.0], [2.0]]])
def test_samples_given_must_be_several_and_of_the_shape(x):
    with pytest.raises(ValueError, match=r"x must hold two samples or more of shape \(2,\)"):
        check_layer(Log(), (2,), x=x)


def test_a_class_in_place_of_a_layer_is_told_of():
    with pytest.raises(TypeError, match="check_layer takes a layer") as caught:
        check_layer(Dense, (2,))
    assert "Remedy: Make one: check_layer(Dense(...), input_shape)." in str(caught.value)


def test_a_shape_that_is_none_is_told_of():
    with pytest.raises(ValueError, match="The shape of a sample is made of positive whole numbers"):
        check_layer(Dense(2), (0, 2))


def test_what_build_refuses_is_told_in_its_own_words():
    with pytest.raises(ValueError, match="Add takes a list of two inputs or more"):
        check_layer(Add(), (4,))


def test_the_tolerance_decides():
    class Nearly(Dense):
        def backprop_z(self, dz):
            dx = super().backprop_z(dz)
            self.dW *= 1.001
            return dx

    assert check_layer(Nearly(2), (3,), tolerance=0.01).passed
    with pytest.raises(AssertionError, match=r"Received: dW\["):
        check_layer(Nearly(2), (3,))


def test_the_checks_need_neither_pytest_nor_anything_but_numpy():
    code = (
        "import sys; from nnlite.testing import check_layer; from nnlite.layers import Dense; "
        "check_layer(Dense(2), (3,)); "
        "print([m for m in ('pytest', 'hypothesis', 'matplotlib', 'sklearn', 'scipy', 'pandas',"
        " 'tqdm') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


# Differences


def test_central_differences_are_exact_for_a_polynomial_of_degree_four():
    w = np.array([2.0])
    entry = Entry(lambda: float(w[0] ** 4 - 3 * w[0] ** 3), w, 0)
    # 4·8 − 9·4
    assert entry.central(1e-2) == pytest.approx(-4.0, abs=1e-11)
    assert w[0] == 2.0


def test_one_sided_differences_see_both_slopes_of_a_kink():
    w = np.array([0.0])
    entry = Entry(lambda: float(max(3 * w[0], -w[0])), w, 0)
    assert entry.one_sided(1e-5) == pytest.approx((-1.0, 3.0), abs=1e-9)


def test_compare_gives_the_numbers_back_as_they_were():
    w = np.array([[0.1, 1e-17], [1e3, -3.0]])
    before = w.tobytes()
    found = compare(lambda: float((w * w).sum()), w, 2 * w, 1e-9, 1e-6)
    assert w.tobytes() == before
    assert found.checked == 4
    assert found.numeric[1, 1] == pytest.approx(-6.0, abs=1e-3)


def test_a_gradient_that_is_not_a_number_has_an_infinite_error():
    w = np.array([1.0, 2.0])
    found = compare(lambda: float(w @ w), w, np.array([2.0, np.nan]), 1e-15, 1e-6)
    assert found.worst == (1,)
    assert found.max_error == np.inf
    assert found.numeric[1] == pytest.approx(4.0)


def test_noise_is_measured_and_the_numbers_come_back():
    w = np.array([0.5, 1.0])
    before = w.tobytes()
    exact = measure_noise(lambda: float(w.sum()), [w])
    coarse = measure_noise(lambda: float(np.float32(w.sum() * 1e6 % 1)), [w])
    assert w.tobytes() == before
    assert exact < 1e-14
    assert coarse > 1e-9


RIGHT = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, 0.25], [0.0, 7.0, -1.0]])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (RIGHT * np.nan, "Not all of its numbers are finite."),
        (RIGHT * 0, "It is 0 everywhere: does backprop write self.dW?"),
        (-RIGHT, "Its sign is the wrong way round."),
        (RIGHT * 2, "Twice as large: is a factor ½ missing, or is it added up twice?"),
        (RIGHT * 5, "5 times as large, and there are 5 samples: is it added up twice?"),
        (RIGHT / 5, "1/5 of it, and there are 5 samples: is it a mean instead of a sum?"),
        (RIGHT / 4, "1/4 of it: is a factor 4 missing, or is it a mean instead of a sum?"),
        (RIGHT * 0.7, "Off by the factor 0.7 everywhere."),
        (RIGHT.T, "It looks transposed."),
        (RIGHT[::-1], "It looks flipped along axis 0."),
        (RIGHT[:, ::-1], "It looks flipped along axis 1."),
        (RIGHT[::-1, ::-1], "It looks flipped along axis 0 and 1."),
        (np.roll(RIGHT, 1), "The numbers are right, but stand in other places."),
        (RIGHT + 0.5 * (RIGHT == 0), "It is wrong only where it should be 0: was a mask left out?"),
        (
            RIGHT * (RIGHT != 7),
            "It is right except where it is 0: is a part of it never written?",
        ),
        (RIGHT + 0.25, "Off by the same 0.25 everywhere: is a term missing?"),
        (
            RIGHT * [1.5, 2.0, 3.0],
            "Each place of the last axis is off by a factor of its own: was a scale left out?",
        ),
        (
            RIGHT + np.diag([0.1, 0.2, 0.3]) + 0.5 * (RIGHT == 7),
            "4 of 9 entries are wrong, the others are right.",
        ),
        (RIGHT * RIGHT - 1, None),
    ],
)
def test_a_guess_at_the_kind_of_mistake(wrong, sentence):
    assert guess(wrong, RIGHT, 5, "dW") == sentence


def test_a_guess_at_a_gradient_that_does_not_exist():
    sentence = "The differences are 0 everywhere: forpass does not depend on it."
    assert guess(RIGHT, 1e-14 * RIGHT, 5, "dW") == sentence


def test_a_guess_at_a_term_that_all_samples_share():
    sentence = guess(RIGHT + np.array([0.1, 0.2, 0.3]), RIGHT, 5, "dx")
    assert sentence.startswith("Off by the same numbers in every sample: is a term missing")


def test_a_guess_at_a_gradient_handed_on_as_it_came():
    grad = np.ones((3, 3))
    sentence = "It is grad as it came in: was the layer's own slope, or mask, left out?"
    assert guess(grad.copy(), RIGHT, 5, "dx", grad) == sentence


def test_a_guess_where_not_all_entries_were_looked_at_is_none():
    assert guess(RIGHT, np.where(RIGHT == 7, np.nan, 2 * RIGHT), 5, "dW") is None


def test_a_single_number_of_no_axes_can_be_guessed_at():
    sentence = guess(np.array(3.003), np.array(3.0), 5, "ds")
    assert sentence == "Off by the factor 1.001 everywhere."


def test_the_rows_of_a_report_say_what_they_hold():
    row = GradientRow("dense", "dW", (3, 2), 1e-3, (2, 0), 1.001, 1.0, 6, False)
    report = GradientReport("Gradients", [row], 1e-6)
    assert report.failures == [row]
    assert report.max_error == 1e-3
    assert "dense: dW[2, 0]: backprop says 1.001, the differences say 1.0." in str(report)
