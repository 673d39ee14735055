"""Warnings: each on a network that has the trouble, and none on one that has not."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlite import Input, Model, Sequential, initializers, optimizers
from nnlite.explain.lines import short
from nnlite.explain.trouble import rows_that_are_no_shares
from nnlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
)

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR_TRUTH = np.array([0, 1, 1, 0])
RNG = np.random.default_rng(12)


def cancer(scaled=True):
    """Two kinds of samples with 30 features of very different sizes, like breast cancer."""
    rng = np.random.default_rng(5)
    kind = rng.integers(0, 2, 400)
    sizes = np.logspace(-2, 3, 30)
    x = sizes * (2 + rng.normal(size=(400, 30)) * 0.5 + kind[:, None] * rng.random(30))
    return ((x - x.mean(0)) / x.std(0) if scaled else x), kind


def network(*units, activation="sigmoid", last="sigmoid", features=30, seed=0, **options):
    layers = [Input((features,)), *(Dense(n, activation=activation, **options) for n in units)]
    return Sequential([*layers, Dense(1, activation=last)], seed=seed)


def warnings_of(model, x, y, loss="binary_crossentropy", optimizer=None):
    model.compile(optimizer or optimizers.SGD(0.1), loss)
    return model.explain(x, y).warnings


def only(warnings):
    assert len(warnings) == 1, warnings
    return warnings[0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_scaled_data_gives_no_warning_before_or_after_training(activation, seed):
    x, y = cancer()
    model = network(8, 4, activation=activation, seed=seed)
    assert warnings_of(model, x, y, optimizer=optimizers.Adam(0.01)) == []
    model.fit(x, y, epochs=30, verbose=0)
    assert model.explain(x, y).warnings == []
    assert model.explain(x[:32], y[:32]).warnings == []
    assert model.explain(x).warnings == []


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
@pytest.mark.parametrize(("activation", "rate"), [("sigmoid", 0.05), ("tanh", 0.05)])
def test_xor_gives_no_warning_before_or_after_training(activation, rate, loss):
    model = network(4, activation=activation, features=2, seed=2)
    assert warnings_of(model, XOR, XOR_TRUTH, loss, optimizers.Adam(rate)) == []
    model.fit(XOR, XOR_TRUTH, epochs=1500, batch_size=4, verbose=0)
    assert model.evaluate(XOR, XOR_TRUTH, verbose=0) < 0.05
    assert model.explain(XOR, XOR_TRUTH).warnings == []


def test_a_small_convolutional_network_gives_no_warning():
    model = Sequential(
        [
            Conv2D(8, 3, activation="relu", input_shape=(10, 10, 1)),
            MaxPooling2D(2),
            BatchNormalization(),
            Flatten(),
            Dropout(0.5),
            Dense(3, activation="softmax"),
        ],
        seed=0,
    )
    x, y = RNG.random((64, 10, 10, 1)), RNG.integers(0, 3, 64)
    assert warnings_of(model, x, y, "sparse_categorical_crossentropy") == []


def test_sigmoids_that_unscaled_features_saturate():
    x, y = cancer(scaled=False)
    text = only(warnings_of(network(2), x, y))
    largest = f"{np.abs(x).max():.0f}"
    assert text == (
        "dense: 100 % of its sigmoids are saturated. Their slope is almost 0, so they pass back "
        f"almost no gradient. Its inputs reach {largest}: scale them first, "
        "(x-x.mean(0))/x.std(0)."
    )


def test_saturation_is_found_behind_a_flatten_and_in_a_layer_of_its_own():
    x, y = cancer(scaled=False)
    layers = [Flatten(input_shape=(5, 6)), Dense(2), Activation("tanh"), Dense(1)]
    text = only(warnings_of(Sequential(layers, seed=0), x.reshape(-1, 5, 6), y, "mse"))
    assert text.startswith("activation: ")
    assert "of its tanh units are saturated" in text
    assert f"Its inputs reach {np.abs(x).max():.0f}" in text


def test_saturation_by_large_weights_is_not_blamed_on_the_inputs():
    x, y = cancer()
    x = 5 * x
    x[0, 0] = 400  # a single value that sticks out
    large = initializers.RandomNormal(stddev=30.0)
    text = only(warnings_of(network(4, activation="tanh", kernel_initializer=large), x, y))
    assert "of its tanh units are saturated" in text
    assert "inputs" not in text
    assert "Start from smaller weights" in text


def test_an_output_may_be_saturated_where_the_loss_goes_around_it():
    model = network(features=1)
    x = np.array([[-1.0], [1.0]] * 10)
    model.set_weights([[[20.0]], [0.0]])
    assert warnings_of(model, x, (x > 0).astype(int)) == []
    assert model.explain(x).warnings == []


def test_a_wrong_output_is_stuck_where_it_is_saturated_under_squared_error():
    model = network(features=1)
    x = np.array([[-1.0], [1.0]] * 10)
    model.set_weights([[[20.0]], [0.0]])
    text = only(warnings_of(model, x, (x < 0).astype(int), "mse"))
    assert text.startswith("dense: 100 % of its sigmoids are saturated")
    assert warnings_of(model, x, (x > 0).astype(int), "mse") == []


def dead_network(dead, units=4):
    model = network(units, activation="relu", features=3)
    bias = np.where(np.arange(units) < dead, -100.0, 5.0)
    model.layers[0].b = bias
    return model


def test_dead_relu_units_are_counted():
    x, y = RNG.normal(size=(200, 3)), RNG.integers(0, 2, 200)
    assert only(warnings_of(dead_network(2), x, y)) == (
        "dense: 2 of its 4 ReLU units are dead: 0 for each of the 200 samples, so no gradient "
        "reaches their weights. Try a smaller learning rate, he_normal weights, or leaky_relu."
    )
    assert "all 4 ReLU units are dead" in only(warnings_of(dead_network(4), x, y))
    assert warnings_of(dead_network(1), x, y) == []


def test_silence_on_a_few_samples_is_not_death_unless_all_are_silent():
    x, y = RNG.normal(size=(20, 3)), RNG.integers(0, 2, 20)
    assert warnings_of(dead_network(3), x, y) == []
    assert "all 4 ReLU units are dead" in only(warnings_of(dead_network(4), x, y))
    assert warnings_of(dead_network(4), x[:1], y[:1]) == []


def test_dead_units_that_unscaled_inputs_killed():
    x, y = 100 * RNG.random((200, 3)), RNG.integers(0, 2, 200)
    model = dead_network(4)
    model.layers[0].W = -np.ones((3, 4))
    assert f"Its inputs reach {short(np.abs(x).max())}: scale them" in only(
        warnings_of(model, x, y)
    )


def test_a_gradient_that_vanishes_gives_the_factor():
    x, y = cancer()
    model = network(*[16] * 10)
    model.compile("sgd", "binary_crossentropy")
    explanation = model.explain(x, y)
    first, last = (np.linalg.norm(explanation[s].astype(float)) for s in ("dZ1", "dZ11"))
    factor = last / first
    text = only(explanation.warnings)
    assert text.startswith("The gradient vanishes on its way back: from ‖dZ11‖ = ")
    assert factor > 1e5
    told, per_layer = text.split("by a factor of ")[1].split(" per layer")[0].split(", ")
    assert float(told.replace("−", "-")) == pytest.approx(factor, rel=0.01)
    assert float(per_layer) == pytest.approx(factor**0.1, rel=0.01)


def test_a_gradient_that_explodes_gives_the_factor():
    x, y = cancer()
    large = initializers.RandomNormal(stddev=1.0)
    model = network(*[32] * 8, activation="relu", kernel_initializer=large, seed=1)
    model.compile(optimizers.SGD(1e-12), "binary_crossentropy")
    explanation = model.explain(x, y)
    lengths = [np.linalg.norm(explanation[f"dZ{n}"].astype(float)) for n in range(1, 10)]
    text = explanation.warnings[0]
    assert text.startswith("The gradient explodes on its way back: from ‖dZ9‖ = ")
    assert float(text.split("by a factor of ")[1].split(",")[0]) == pytest.approx(
        max(lengths) / lengths[-1], rel=0.01
    )


@pytest.mark.parametrize("units", [(), (16,), (16, 16, 16)])
def test_a_few_sigmoid_layers_do_not_make_a_gradient_vanish(units):
    x, y = cancer()
    assert warnings_of(network(*units), x, y) == []


def test_each_branch_is_compared_with_what_lies_behind_it():
    x = Input((30,))
    strong = Dense(1, name="strong")(x)
    weak = Dense(1, name="weak")(x)
    model = Model(x, [strong, weak], seed=0)
    model.compile("sgd", "mse", loss_weights=[1, 1e-6])
    data, y = cancer()
    assert model.explain(data, [y, y]).warnings == []


def test_a_weak_branch_does_not_make_the_gradient_of_the_trunk_explode():
    x = Input((30,))
    trunk = Dense(8, activation="tanh")(x)
    heads = [Dense(1, name="strong")(trunk), Dense(1, name="weak")(trunk)]
    data, y = cancer()
    for outputs in (heads, heads[::-1]):
        model = Model(x, outputs, seed=0)
        weights = [1 if tensor.node.layer.name == "strong" else 1e-6 for tensor in outputs]
        model.compile("sgd", "mse", loss_weights=weights)
        assert model.explain(data, [y, y]).warnings == []


def test_a_skip_connection_keeps_the_gradient():
    data, y = cancer()
    x = Input((30,))
    a = Dense(16)(x)
    for _ in range(10):
        a = Add()([a, Dense(16, activation="sigmoid", kernel_initializer="he_normal")(a)])
    model = Model(x, Dense(1, activation="sigmoid")(a), seed=0)
    assert not any("vanish" in text for text in warnings_of(model, data, y))


def test_numbers_that_are_not_finite_are_named_where_they_begin():
    x, y = cancer()
    model = network(4)
    model.weights_vector[3] = np.nan
    assert only(warnings_of(model, x, y)).startswith("W1 of dense is no longer finite")
    model = network(4, activation=None)
    model.layers[0].W = np.full((30, 4), 3e38)
    text = only(warnings_of(model, x, y))
    assert text.startswith("Z1 is the first that is not finite: ")
    assert " of its 1,600 numbers are NaN or infinite" in text


def test_a_softmax_over_one_unit():
    x, y = cancer()
    text = only(warnings_of(network(4, last="softmax"), x, y, "mse"))
    assert text == (
        "dense_1 is a softmax over one unit, which is 1 whatever comes in, and learns nothing. "
        "Use a sigmoid, or one unit for each class."
    )


def test_a_step_too_far():
    x, y = cancer()
    text = only(warnings_of(network(4), x, y, optimizer=optimizers.SGD(1000.0)))
    assert text.startswith("This step makes the loss on its own batch rise from 0.")
    assert text.endswith("it goes too far. Take a smaller learning rate than 1000.")


def test_a_step_too_far_on_unscaled_inputs_names_them():
    x, y = cancer(scaled=False)
    text = only(warnings_of(network(last=None), x, y, "mse"))
    assert f", or scale the inputs, which reach {np.abs(x).max():.0f}." in text


def test_equal_units_stay_equal():
    x, y = cancer()
    model = network(4)
    model.set_weights([np.full(w.shape, 0.01) for w in model.get_weights()])
    assert only(warnings_of(model, x, y)) == (
        "The 4 units of dense are equal and get equal gradients: they will always do the work of "
        "one. Start W from random numbers."
    )


def test_zeros_in_the_only_layer_are_no_trouble():
    x, y = cancer()
    model = Sequential(
        [Dense(2, activation="softmax", kernel_initializer="zeros", input_shape=(30,))]
    )
    assert warnings_of(model, x, y, "sparse_categorical_crossentropy") == []


def test_two_linear_layers_in_a_row():
    x, y = cancer()
    assert only(warnings_of(network(40, activation=None), x[:, :30], y)) == (
        "Between dense and dense_1 is no activation: together they can do no more than one linear "
        "layer. Give dense an activation."
    )


def test_a_linear_bottleneck_is_a_choice():
    model = Sequential([Dense(2, input_shape=(30,)), Dense(30)], seed=0)
    x, _ = cancer()
    assert warnings_of(model, x, x, "mse") == []


def test_linear_layers_apart_are_no_trouble():
    x, y = cancer()
    model = Sequential([Dense(4, input_shape=(30,)), Activation("tanh"), Dense(1)], seed=0)
    assert warnings_of(model, x, y, "mse") == []


def test_warnings_stand_below_the_table_and_wrap():
    x, y = cancer(scaled=False)
    model = network(2)
    model.compile("sgd", "binary_crossentropy")
    tail = model.explain(x, y).text(80).split("\n\n")[-1].split("\n")
    assert tail[0].startswith("WARNING: dense: 100 % of its sigmoids")
    assert "(x-x.mean(0))/x.std(0)." in " ".join(tail).split()
    assert all(line.startswith("  ") and len(line) <= 80 for line in tail[1:])


@pytest.mark.parametrize(("activation", "total"), [("sigmoid", "1.65"), ("relu", "0.6")])
def test_classes_without_a_softmax_are_named(activation, total):
    start = initializers.Constant(0.2)
    layer = Dense(3, activation, kernel_initializer="zeros", bias_initializer=start)
    model = Sequential([Input((2,)), layer], seed=0)
    text = only(warnings_of(model, XOR, [0, 1, 1, 2], "sparse_categorical_crossentropy"))
    assert text == (
        f"dense: the rows of its output sum to {total} up to {total}, so "
        "sparse_categorical_crossentropy divides each by its sum. "
        'Use activation="softmax"; where several classes can be true, binary_crossentropy.'
    )


def test_a_softmax_handed_on_is_no_trouble():
    model = Sequential([Input((2,)), Dense(3, "softmax"), Activation("linear")])
    assert warnings_of(model, XOR, [0, 1, 1, 2], "sparse_categorical_crossentropy") == []


def classes_of(layer, rows):
    """Return the warnings for a layer that is to tell four classes, with these rows as its z."""
    model = Sequential([Input((4,)), layer], seed=0)
    warnings = warnings_of(model, rows, [0, 1, 2], "sparse_categorical_crossentropy")
    return [text for text in warnings if "softmax" in text]


SHARES = np.array([[0.5, 0.25, 0, 0], [0, 0, 0.125, 0], [0, 0, 0, 0.25]])


def test_rows_of_dead_relus_have_no_sum_to_be_divided_by():
    start = initializers.Constant(-1.0)
    layer = Dense(4, "relu", kernel_initializer="zeros", bias_initializer=start)
    assert only(classes_of(layer, SHARES)) == (
        "dense: 3 of the 3 rows of its output sum to 0: sparse_categorical_crossentropy has "
        "nothing to divide them by, and sees no shares in them. "
        'Use activation="softmax"; where several classes can be true, binary_crossentropy.'
    )


@pytest.mark.parametrize("dead", [1, 2])
def test_of_rows_some_of_which_are_dead_the_others_are_divided(dead):
    x = SHARES.copy()
    x[-dead:] = -1
    sums = ["0.125 up to 0.75", "0.75 up to 0.75"][dead - 1]
    layer = Activation("relu")
    assert only(classes_of(layer, x)) == (
        f"activation: the rows of its output sum to {sums}, so sparse_categorical_crossentropy "
        f"divides each by its sum. {dead} of the 3 rows of its output sum to 0: "
        "sparse_categorical_crossentropy has nothing to divide them by, and sees no shares in them."
        ' Use activation="softmax"; where several classes can be true, binary_crossentropy.'
    )


@pytest.mark.parametrize(
    ("rows", "cut"), [([[3, -1], [1, 1]], True), ([[-1, -3], [0, 0]], False), ([[3, 1]], False)]
)
def test_shares_below_zero_are_told_of(rows, cut):
    call = SimpleNamespace(a=np.array(rows, float), layer=SimpleNamespace(name="last"))
    loss = SimpleNamespace(name="categorical_crossentropy")
    judged = SimpleNamespace(call=call, loss=loss, divided=True)
    text = only(list(rows_that_are_no_shares(SimpleNamespace(judgements=[judged]))))
    assert ("Shares below 0 or above 1 are cut off." in text) is cut
