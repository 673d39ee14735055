"""Every gradient of the library against central differences in float64, far below 1e-6.

Kinks are kept away from: numbers next to one of ReLU, max or |e| are drawn again, not hoped away.
"""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite import activations, losses, regularizers
from nnlite.initializers import RandomUniform
from nnlite.layers import (
    Activation,
    Add,
    Average,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    LeakyReLU,
    Maximum,
    Multiply,
    ReLU,
    Reshape,
    Softmax,
    Subtract,
)
from nnlite.testing import gradcheck
from nnlite.testing.differences import compare, measure_noise

LIMIT = 1e-6
MARGIN = 0.01
"""How far z keeps from a kink; the largest step of the differences moves it by less."""

SMOOTH = ["linear", "sigmoid", "tanh", "softplus", "softmax"]
KINKED = ["relu", "leaky_relu", "elu", "selu"]


def away_from_zero(rng, shape, margin=0.1):
    """Return normal numbers, none of them within `margin` of 0."""
    x = rng.standard_normal(shape)
    return x + margin * np.sign(x)


def largest_error(loss, arrays, gradients):
    noise = measure_noise(loss, arrays)
    pairs = zip(arrays, gradients, strict=True)
    return max(compare(loss, array, grad, noise, LIMIT).max_error for array, grad in pairs)


# Activations


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("name", SMOOTH + KINKED)
def test_the_slope_of_an_activation_is_that_of_its_value(name, shape):
    rng = np.random.default_rng(0)
    g, z, grad = activations.get(name), away_from_zero(rng, shape), rng.standard_normal(shape)
    dz = g.backprop(grad, g.forpass(z))
    assert largest_error(lambda: float((grad * g.forpass(z)).sum()), [z], [dz]) < LIMIT


@pytest.mark.parametrize("name", SMOOTH + KINKED)
def test_an_activation_gives_the_same_slope_into_memory_it_is_given(name):
    rng = np.random.default_rng(1)
    g, z, grad = activations.get(name), rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    a = g.forpass(z)
    wanted = g.backprop(grad, a)
    into_grad = grad.copy()
    assert np.array_equal(g.backprop(into_grad, a, into_grad), wanted)
    into_z = z.copy()
    assert np.array_equal(g.forpass(into_z, into_z), a)


@pytest.mark.parametrize(
    "function", [activations.LeakyRelu(0.05), activations.LeakyRelu(0.0), activations.Elu(0.3)]
)
def test_the_slope_of_an_activation_with_a_number_is_that_of_its_value(function):
    rng = np.random.default_rng(2)
    z, grad = away_from_zero(rng, (4, 3)), rng.standard_normal((4, 3))
    dz = function.backprop(grad, function.forpass(z))
    assert largest_error(lambda: float((grad * function.forpass(z)).sum()), [z], [dz]) < LIMIT


# Losses


def numbers_for(name, rng, shape):
    """Return truth and prediction that the loss takes, at least 0.1 from its kinks."""
    if name in ("mean_absolute_error", "huber"):
        # Errors of 0.2 to 0.8 and of 1.2 to 1.8: on both sides of Huber's δ = 1.
        size = rng.uniform(0.2, 0.8, shape) + rng.integers(0, 2, shape)
        y = rng.standard_normal(shape)
        return y, y + size * rng.choice([-1, 1], shape)
    if name in ("mean_squared_error", "half_squared_error"):
        return rng.standard_normal(shape), rng.standard_normal(shape)
    if name == "hinge":
        # y·a is at least 0.2 from 1, on both sides.
        y = rng.choice([-1.0, 1.0], shape)
        return y, y * (1 + rng.uniform(0.2, 0.8, shape) * rng.choice([-1, 1], shape))
    if name in ("binary_crossentropy", "kl_divergence"):
        return rng.uniform(0, 1, shape), rng.uniform(0.05, 0.95, shape)
    a = activations.softmax(rng.standard_normal(shape))
    classes = rng.integers(0, shape[-1], shape[:-1])
    return (classes if name.startswith("sparse") else np.eye(shape[-1])[classes]), a


LOSSES = [
    "mean_squared_error",
    "half_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "kl_divergence",
    "hinge",
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(5, 3), (3, 2, 4)])
@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_a_loss_is_that_of_its_value(name, shape, weighted):
    rng = np.random.default_rng(3)
    loss = losses.get(name)
    y, a = numbers_for(name, rng, shape)
    weights = rng.uniform(0.5, 2, shape[0]) if weighted else None
    da = loss.backprop(y, a, weights)
    assert largest_error(lambda: loss(y, a, weights), [a], [da]) < LIMIT


@pytest.mark.parametrize("shape", [(5, 3), (3, 2, 4)])
@pytest.mark.parametrize(
    "loss_class",
    [
        losses.BinaryCrossentropy,
        losses.CategoricalCrossentropy,
        losses.SparseCategoricalCrossentropy,
    ],
)
def test_the_gradient_of_a_loss_from_logits_is_that_of_its_value(loss_class, shape):
    rng = np.random.default_rng(4)
    loss = loss_class(from_logits=True)
    y, _ = numbers_for(loss.name, rng, shape)
    z = 3 * rng.standard_normal(shape)
    dz = loss.backprop(y, z)
    assert largest_error(lambda: loss(y, z), [z], [dz]) < LIMIT


def test_soft_labels_have_the_right_gradient():
    rng = np.random.default_rng(5)
    y, z = activations.softmax(rng.standard_normal((4, 3))), rng.standard_normal((4, 3))
    loss = losses.CategoricalCrossentropy(from_logits=True)
    assert largest_error(lambda: loss(y, z), [z], [loss.backprop(y, z)]) < LIMIT


@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
def test_huber_has_the_right_gradient_for_any_delta(delta):
    rng = np.random.default_rng(6)
    y = rng.standard_normal((6, 2))
    size = delta * rng.choice([0.1, 0.5, 0.9, 1.1, 2.0], y.shape)
    a = y + size * rng.choice([-1, 1], y.shape)
    loss = losses.Huber(delta)
    assert largest_error(lambda: loss(y, a), [a], [loss.backprop(y, a)]) < LIMIT


# Regularizers


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize(
    "regularizer",
    [
        regularizers.L1(0.3),
        regularizers.L2(0.2),
        regularizers.L1L2(0.1, 0.05),
        regularizers.L1L2(l1=0.5),
        regularizers.L1L2(l2=0.5),
    ],
)
def test_the_gradient_of_a_regularizer_is_that_of_its_penalty(regularizer, shape):
    W = away_from_zero(np.random.default_rng(7), shape)
    assert largest_error(lambda: regularizer(W), [W], [regularizer.gradient(W)]) < LIMIT


# What models train with: activation and loss together, at the logits where they meet


def small_problem(loss, units, samples=5, seed=8):
    rng = np.random.default_rng(seed)
    x = away_from_zero(rng, (samples, 4))
    return x, numbers_for(loss, rng, (samples, units))[0]


def checked(model, x, y, **options):
    report = gradcheck(model, x, y, **options)
    assert report.passed, f"\n{report}"
    assert report.max_error < LIMIT
    return report


@pytest.mark.parametrize("loss", ["mean_squared_error", "half_squared_error"])
@pytest.mark.parametrize("activation", SMOOTH)
def test_every_smooth_activation_trains_with_squared_errors(loss, activation):
    layers = [Dense(3, activation="tanh", input_shape=(4,)), Dense(2, activation=activation)]
    model = nnlite.Sequential(layers, seed=9)
    checked(model, *small_problem(loss, 2), loss=loss)


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("sigmoid", "binary_crossentropy"),
        ("softmax", "categorical_crossentropy"),
        ("softmax", "sparse_categorical_crossentropy"),
        ("softmax", "binary_crossentropy"),
        ("sigmoid", "categorical_crossentropy"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_cross_entropies_train_with_every_activation(activation, loss, apart):
    end = [Dense(3), Activation(activation)] if apart else [Dense(3, activation=activation)]
    model = nnlite.Sequential([Dense(4, activation="tanh", input_shape=(4,)), *end], seed=10)
    weights = [1.0, 0.5, 2.0, 1.5, 0.0]
    checked(model, *small_problem(loss, 3), loss=loss, sample_weight=weights)


@pytest.mark.parametrize(
    "loss",
    [
        losses.BinaryCrossentropy(from_logits=True),
        losses.CategoricalCrossentropy(from_logits=True),
        losses.SparseCategoricalCrossentropy(from_logits=True),
    ],
)
def test_losses_from_logits_train_a_linear_output(loss):
    layers = [Dense(4, activation="tanh", input_shape=(4,)), Dense(3)]
    checked(nnlite.Sequential(layers, seed=11), *small_problem(loss.name, 3), loss=loss)


def test_classes_at_several_places_train():
    model = nnlite.Sequential([Dense(3, activation="softmax", input_shape=(2, 4))], seed=12)
    rng = np.random.default_rng(12)
    x, y = rng.standard_normal((5, 2, 4)), rng.integers(0, 3, (5, 2))
    checked(model, x, y, loss="sparse_categorical_crossentropy")


# Random whole networks


class Watched(activations.Relu):
    """A ReLU that remembers how near any z came to its kink at 0."""

    nearest = np.inf

    def forpass(self, z, out=None):
        # What a dropout or another ReLU made exactly 0 stays 0 when the weights move a little.
        self.nearest = min(self.nearest, float(np.abs(z).min(initial=np.inf, where=z != 0)))
        return super().forpass(z, out)


class WatchedMaximum(Maximum):
    """A maximum that remembers how near any two candidates came to a tie."""

    nearest = np.inf

    def forpass(self, x, training=False):
        ordered = np.sort(np.stack(x), axis=0)
        self.nearest = min(self.nearest, float((ordered[-1] - ordered[-2]).min()))
        return super().forpass(x, training)


def distance_to_kinks(model, x):
    """Return how near a training step on x comes to a kink."""
    state = model.rng.bit_generator.state
    watched = [getattr(layer, "activation", layer) for layer in model.layers]
    watched = [one for one in watched if hasattr(one, "nearest")]
    for one in watched:
        one.nearest = np.inf
    model(x, training=True)
    model.rng.bit_generator.state = state
    return min((one.nearest for one in watched), default=np.inf)


def samples_away_from_kinks(model, rng, count):
    """Return samples for every input, drawn until no ReLU and no maximum is near its kink."""
    for _ in range(300):
        shapes = [tensor.sample for tensor in model.inputs]
        x = [rng.standard_normal((count, *shape)) for shape in shapes]
        if distance_to_kinks(model, x if len(x) > 1 else x[0]) > MARGIN:
            return x
    raise AssertionError("no samples away from the kinks were found")


def random_activation(rng):
    name = rng.choice(["linear", "sigmoid", "tanh", "softplus", "relu", "softmax", "gelu"])
    return Watched() if name == "relu" else str(name)


def random_regularizer(rng):
    kinds = [None, "l2", regularizers.L1(0.01), regularizers.L1L2(0.02, 0.03)]
    return kinds[rng.integers(len(kinds))]


def random_dense(rng, units=None):
    return Dense(
        int(units or rng.integers(1, 5)),
        activation=random_activation(rng),
        use_bias=bool(rng.integers(2)),
        bias_initializer="random_normal",
        kernel_regularizer=random_regularizer(rng),
        bias_regularizer=random_regularizer(rng),
    )


def random_layer(rng, shape):
    """Return a layer that fits samples of this shape."""
    kinds = [
        lambda: random_dense(rng),
        lambda: random_dense(rng),
        lambda: BatchNormalization(gamma_initializer=RandomUniform(0.5, 1.5), epsilon=0.1),
        lambda: Dropout(0.3),
        lambda: Activation(random_activation(rng)),
        lambda: Reshape((-1, 1) if len(shape) == 1 else (-1,)),
        lambda: Softmax(),
    ]
    return kinds[rng.integers(len(kinds))]()


def random_ending(rng, units):
    """Return the last layer and the loss that fits it."""
    endings = [
        ("linear", "mean_squared_error"),
        ("linear", "half_squared_error"),
        ("tanh", "mean_absolute_error"),
        ("linear", "huber"),
        ("sigmoid", "binary_crossentropy"),
        ("softmax", "categorical_crossentropy"),
        ("softmax", "sparse_categorical_crossentropy"),
    ]
    activation, loss = endings[rng.integers(len(endings))]
    return Dense(units, activation=activation), loss


def truth_for(loss, rng, prediction):
    """Return a truth that the loss takes, away from its kinks at |e| = 0 and |e| = 1."""
    if loss in ("mean_absolute_error", "huber"):
        size = rng.uniform(0.2, 0.8, prediction.shape) + rng.integers(0, 2, prediction.shape)
        return prediction + size * rng.choice([-1, 1], prediction.shape)
    return numbers_for(loss, rng, prediction.shape)[0]


def training_output(model, x):
    """Return what the next training step would predict."""
    state = model.rng.bit_generator.state
    output = model(x if len(x) > 1 else x[0], training=True)
    model.rng.bit_generator.state = state
    return output if isinstance(output, list) else [output]


def check_whole(model, loss, rng):
    x = samples_away_from_kinks(model, rng, count=int(rng.integers(2, 6)))
    predictions = training_output(model, x)
    each = loss if isinstance(loss, list) else [loss]
    y = [truth_for(one, rng, a) for one, a in zip(each, predictions, strict=True)]
    weights = rng.uniform(0.5, 2, len(x[0])) if rng.integers(2) else None
    model.compile("sgd", loss=loss, loss_weights=[1.0, 0.3] if len(y) > 1 else None)
    x, y = (x if len(x) > 1 else x[0]), (y if len(y) > 1 else y[0])
    report = checked(model, x, y, sample_weight=weights, max_entries=40)
    assert not report.notes


SHAPES = [(3,), (1,), (5,), (2, 3), (3, 1, 2), (2, 2, 2)]


@pytest.mark.parametrize("seed", range(60))
def test_a_random_chain_has_the_right_gradients(seed):
    rng = np.random.default_rng([1, seed])
    shape = SHAPES[seed % len(SHAPES)]
    model = nnlite.Sequential([Input(shape)], seed=seed, dtype="float64")
    for _ in range(rng.integers(1, 6)):
        model.add(random_layer(rng, model.output_shape[1:] if model.layers else shape))
    ending, loss = random_ending(rng, units=int(rng.integers(2, 4)))
    for layer in (Flatten(), ending):
        model.add(layer)
    check_whole(model, loss, rng)


def random_branch(rng, x, units):
    """Return two tensors of one shape, made from x by layers of which one may be shared."""
    shared = random_dense(rng, units)
    a = shared(x)
    if rng.integers(2):
        return a, shared(random_dense(rng, x.shape[-1])(x))
    return a, random_dense(rng, units)(x)


def random_merge(rng, a, b):
    merges = [Add, Subtract, Multiply, Average, WatchedMaximum, Concatenate]
    return merges[rng.integers(len(merges))]()([a, b])


@pytest.mark.parametrize("seed", range(60))
def test_a_random_graph_has_the_right_gradients(seed):
    rng = np.random.default_rng([2, seed])
    left, right = Input((3,)), Input((2, 2))
    a, b = random_branch(rng, left, 2)
    c = random_merge(rng, a, b)
    d = Flatten()(random_dense(rng)(right))
    tensors = [c, d, random_layer(rng, c.shape)(c)]
    joined = Concatenate()([Flatten()(tensor) for tensor in tensors])
    if rng.integers(2):
        joined = random_merge(rng, joined, random_dense(rng, joined.shape[-1])(joined))
    (first, first_loss), (second, second_loss) = (random_ending(rng, 2) for _ in range(2))
    one = first(joined)
    two = second(Concatenate()([one, d]) if rng.integers(2) else joined)
    model = nnlite.Model([left, right], [one, two], seed=seed, dtype="float64")
    check_whole(model, [first_loss, second_loss], rng)


def test_one_layer_called_three_times_sums_its_gradients():
    shared, x = Dense(3, activation="tanh"), Input((3,))
    model = nnlite.Model(x, Dense(1)(shared(shared(shared(x)))), seed=0)
    rng = np.random.default_rng(13)
    checked(model, rng.standard_normal((4, 3)), rng.standard_normal(4), loss="mse")


def test_an_output_that_is_also_an_inner_tensor_has_the_right_gradients():
    x = Input((3,))
    inner = Dense(2, activation="sigmoid")(x)
    model = nnlite.Model(x, [inner, Dense(1)(inner)], seed=0)
    rng = np.random.default_rng(14)
    y = [rng.integers(0, 2, (4, 2)), rng.standard_normal(4)]
    checked(model, rng.standard_normal((4, 3)), y, loss=["binary_crossentropy", "mse"])


def test_one_output_given_twice_has_the_sum_of_both_gradients():
    x = Input((3,))
    out = Dense(2, activation="sigmoid")(x)
    model = nnlite.Model(x, [out, out], seed=0)
    rng = np.random.default_rng(15)
    y = rng.integers(0, 2, (4, 2))
    checked(model, rng.standard_normal((4, 3)), [y, 1 - y], loss="binary_crossentropy")


def test_a_model_inside_a_model_has_the_right_gradients():
    inner = nnlite.Sequential([Dense(3, activation="tanh", input_shape=(2,)), Dense(2)], seed=0)
    x = Input((4,))
    model = nnlite.Model(x, Add()([inner(Dense(2)(x)), Dense(2)(x)]), seed=0)
    rng = np.random.default_rng(16)
    checked(model, rng.standard_normal((4, 4)), rng.standard_normal((4, 2)), loss="mse")


@pytest.mark.parametrize("trainable", [True, False])
def test_layers_behind_a_frozen_one_have_the_right_gradients(trainable):
    layers = [
        Dense(4, activation="tanh", input_shape=(4,)),
        BatchNormalization(trainable=trainable),
        Dense(3, activation="tanh", trainable=False),
        Dense(2),
    ]
    x, y = small_problem("mean_squared_error", 2)
    names = [row.name for row in checked(nnlite.Sequential(layers, seed=17), x, y, loss="mse").rows]
    assert names == ["dW", "db", *["dgamma", "dbeta"] * trainable, "dW", "db", "dx"]


@pytest.mark.parametrize("layer", [ReLU(), ReLU(0.1), LeakyReLU(0.2)])
def test_layers_with_kinks_train_away_from_them(layer):
    model = nnlite.Sequential([layer, Dense(1)], seed=18)
    rng = np.random.default_rng(18)
    checked(model, away_from_zero(rng, (6, 3)), rng.standard_normal(6), loss="mse")


def test_a_batch_of_images_is_normalized_and_differentiated_per_channel():
    layers = [BatchNormalization(input_shape=(3, 4, 2)), Activation("tanh"), Flatten(), Dense(1)]
    rng = np.random.default_rng(19)
    x, y = rng.standard_normal((3, 3, 4, 2)), rng.standard_normal(3)
    report = checked(nnlite.Sequential(layers, seed=19), x, y, loss="mse")
    assert [row.shape for row in report.rows[:2]] == [(2,), (2,)]
