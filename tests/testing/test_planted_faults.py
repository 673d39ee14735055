"""Prove that the checks bite: for every layer, mistakes that `check_layer` must find and name."""

from __future__ import annotations

import math

import numpy as np
import pytest

from every_layer import CASES
from nnlite.layers import (
    Activation,
    Add,
    Average,
    BatchNormalization,
    Concatenate,
    Cropping2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Maximum,
    Minimum,
    Multiply,
    Normalization,
    RandomFlip,
    ReLU,
    Rescaling,
    Reshape,
    SeparableConv2D,
    Softmax,
    Subtract,
)
from nnlite.testing import check_layer

TWO = [(4,), (4,)]
THREE = [(4,), (4,), (4,)]


def planted(layer_class, **methods):
    """Return a class like this one with methods replaced; `then` changes what backprop returned."""
    then = methods.pop("then", None)
    if then is not None:

        def backprop(self, grad):
            return then(self, grad, layer_class.backprop(self, grad))

        methods["backprop"] = backprop
    return type(layer_class)(layer_class.__name__, (layer_class,), methods)


def scaled(name, factor=1.001):
    """Return a fault: the gradient of this name, scaled."""

    def then(self, grad, dx):
        if name == "dx":
            return [part * factor for part in dx] if isinstance(dx, list) else dx * factor
        gradient = getattr(self, name)
        gradient *= factor
        return dx

    return then


def message_of(layer, shape):
    with pytest.raises(AssertionError) as caught:
        check_layer(layer, shape)
    return str(caught.value)


def gradients_of(case):
    layer = case.make()
    layer.ensure_built(case.shape)
    return [*("d" + name for name in layer.trainable_names()), "dx"]


SCALED = [
    pytest.param(case, name, id=f"{key}-{name}")
    for key, case in CASES.items()
    for name in gradients_of(case)
]

# What a mistake looks like has nothing to do with the layer: small samples tell as much.
SMALL = [p for p in SCALED if sum(math.prod(shape) for shape in p.values[0].shapes) <= 40]


@pytest.mark.parametrize(("case", "name"), SCALED)
def test_a_gradient_scaled_by_1_001_is_found(case, name):
    layer_class, arguments, shape = case
    message = message_of(planted(layer_class, then=scaled(name))(**arguments), shape)
    assert f"Received: {name}[" in message
    assert "Remedy: Off by the factor 1.001 everywhere." in message


@pytest.mark.parametrize(("case", "name"), [p for p in SMALL if not p.id.endswith("dx")])
def test_a_mean_instead_of_a_sum_is_found(case, name):
    layer_class, arguments, shape = case
    message = message_of(planted(layer_class, then=scaled(name, 1 / 3))(**arguments), shape)
    assert f"Received: {name}[" in message
    assert "1/3 of it, and there are 3 samples: is it a mean instead of a sum?" in message


@pytest.mark.parametrize(("case", "name"), SMALL)
def test_a_sign_the_wrong_way_round_is_found(case, name):
    layer_class, arguments, shape = case
    message = message_of(planted(layer_class, then=scaled(name, -1))(**arguments), shape)
    assert f"Received: {name}[" in message
    assert "Its sign is the wrong way round." in message


@pytest.mark.parametrize(("case", "name"), [p for p in SMALL if not p.id.endswith("dx")])
def test_a_gradient_that_is_never_written_is_found(case, name):
    layer_class, arguments, shape = case
    message = message_of(planted(layer_class, then=scaled(name, 0))(**arguments), shape)
    assert f"It is 0 everywhere: does backprop write self.{name}?" in message


def faulty(layer_class, /, words="", shape=(4,), *, id, arguments=None, **methods):
    layer = planted(layer_class, **methods)
    return pytest.param(layer, arguments or {}, shape, words, id=f"{layer_class.__name__}: {id}")


def write(**changes):
    """Return a fault that overwrites gradients: each change takes the layer and grad."""

    def then(self, grad, dx):
        for name, change in changes.items():
            if name == "dx":
                dx = change(self, grad)
            else:
                vars(self)[name][...] = change(self, grad)
        return dx

    return then


LINEAR = {"units": 3}
SQUARE = {"units": 4}
TANH = {"units": 4, "activation": "tanh"}

DENSE_FAULTS = [
    faulty(
        Dense,
        "Received: dW[",
        then=write(dW=lambda self, grad: grad.T @ self.x),
        arguments=SQUARE,
        id="dW is dzᵀ·x",
    ),
    faulty(
        Dense,
        "looks transposed",
        then=write(dW=lambda self, grad: grad.T @ self.x),
        arguments=SQUARE,
        id="dW looks transposed",
    ),
    faulty(
        Dense,
        "Received: dx[",
        then=write(dx=lambda self, grad: grad @ self.W),
        arguments=SQUARE,
        id="dx is dz·W",
    ),
    faulty(
        Dense,
        "Received: db[",
        then=write(db=lambda self, grad: grad.sum(axis=1)),
        arguments=LINEAR,
        id="db is summed over the units",
    ),
    faulty(
        Dense,
        "Received: db[",
        then=write(db=lambda self, grad: grad.sum()),
        arguments=LINEAR,
        id="db is summed over both axes",
    ),
    faulty(
        Dense,
        "Received: db[",
        then=write(db=lambda self, grad: grad[0]),
        arguments=LINEAR,
        id="db sees the first sample only",
    ),
    faulty(
        Dense,
        "Received: dW[",
        then=write(dW=lambda self, grad: self.x[:2].T @ grad[:2]),
        arguments=LINEAR,
        id="dW leaves out the last sample",
    ),
    faulty(
        Dense,
        "Received: dW[",
        then=write(dW=lambda self, grad: self.x[0].T @ grad[0]),
        arguments=LINEAR,
        shape=(2, 4),
        id="dW sees the places of the first sample only",
    ),
    faulty(
        Dense,
        "Received: db[",
        then=write(db=lambda self, grad: grad[:, 0].sum(axis=0)),
        arguments=LINEAR,
        shape=(2, 4),
        id="db sees the first place only",
    ),
    faulty(
        Dense,
        "Received: dW[",
        backprop=lambda self, grad: self.backprop_z(grad * 1.0),
        arguments=TANH,
        id="the slope of the activation is left out",
    ),
    faulty(
        Dense,
        "Received: dW[",
        backprop=lambda self, grad: self.backprop_z(grad * (1 - self.a)),
        arguments=TANH,
        id="1 − a in place of 1 − a²",
    ),
    faulty(
        Dense,
        "does not depend on it",
        forpass_z=lambda self, x, training=False: (
            Dense.forpass_z(self, x, training) - (self.b if self.use_bias else 0)
        ),
        arguments=LINEAR,
        id="forpass forgets b",
    ),
    faulty(
        Dense,
        "Remedy: 1 of 12 entries is wrong, the others are right.",
        then=lambda self, grad, dx: (self.dW.__setitem__((0, 0), 1.001 * self.dW[0, 0]), dx)[1],
        arguments=LINEAR,
        id="a single entry is off by 1.001",
    ),
]


ACTIVATION_FAULTS = [
    faulty(
        Activation,
        "grad as it came in: was the layer's own slope, or mask, left out?",
        backprop=lambda self, grad: grad * 1.0,
        arguments={"activation": name},
        id=f"{name} without its slope",
    )
    for name in [
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "elu",
        "selu",
        "silu",
        "gelu",
        "softplus",
        "softmax",
    ]
] + [
    faulty(
        Activation,
        "Received: dx[",
        backprop=lambda self, grad: grad * (1 - self.a),
        arguments={"activation": "sigmoid"},
        id="1 − a in place of a(1 − a)",
    ),
    faulty(
        Activation,
        "Received: dx[",
        backprop=lambda self, grad: grad * np.where(self.a > 0, 1, self.a),
        arguments={"activation": "elu"},
        id="elu without + α",
    ),
    faulty(
        ReLU,
        "wrong only where it should be 0: was a mask left out?",
        backprop=lambda self, grad: np.where(grad > 0, grad, grad * (self.a > 0)),
        id="the mask is left out for positive gradients",
    ),
    faulty(
        ReLU,
        "Received: dx[",
        backprop=lambda self, grad: grad * (grad > 0),
        id="the mask is of grad, not of x",
    ),
    faulty(
        ReLU,
        "backprop(grad) must leave grad as it is",
        backprop=lambda self, grad: np.multiply(grad, self.a > 0, grad),
        id="backprop changes grad",
    ),
    faulty(
        ReLU,
        "forpass(x, training=False) must leave x as it is",
        forpass=lambda self, x, training=False: self._keep(np.maximum(x, 0, out=x), training),
        _keep=lambda self, a, training: (vars(self).update(a=a) if training else None, a)[1],
        id="forpass changes x",
    ),
    faulty(
        LeakyReLU,
        "It is right except where it is 0",
        backprop=lambda self, grad: grad * (self.a > 0),
        id="the leak is forgotten",
    ),
    faulty(
        Softmax,
        "Received: dx[",
        backprop=lambda self, grad: grad * self.a * (1 - self.a),
        id="only the diagonal of the Jacobian",
    ),
    faulty(
        Softmax,
        "Received: dx[",
        backprop=lambda self, grad: self.a * (grad - (grad * self.a).sum(axis=0)),
        id="summed over the samples in place of the classes",
    ),
]

HALF = {"rate": 0.5}

DROPOUT_FAULTS = [
    faulty(
        Dropout,
        "grad as it came in",
        backprop=lambda self, grad: grad * 1.0,
        arguments=HALF,
        shape=(40,),
        id="the mask is forgotten on the way back",
    ),
    faulty(
        Dropout,
        "1/2 of it: is a factor 2 missing",
        backprop=lambda self, grad: grad * (self.mask > 0),
        arguments=HALF,
        shape=(40,),
        id="the way back forgets 1/(1 − rate)",
    ),
    faulty(
        Dropout,
        "backprop called twice must give the same",
        backprop=lambda self, grad: grad * 2 * (self.rng.random(grad.shape) >= 0.5),
        arguments=HALF,
        shape=(40,),
        id="another mask on the way back",
    ),
    faulty(
        Dropout,
        "wrong only where it should be 0",
        backprop=lambda self, grad: grad / (1 - self.rate),
        arguments=HALF,
        shape=(40,),
        id="the way back scales but does not drop",
    ),
    faulty(
        Dropout,
        "leave no trace",
        forpass=lambda self, x, training=False: Dropout.forpass(self, x, True),
        arguments=HALF,
        shape=(40,),
        id="it drops in prediction, too",
    ),
]


def batch_norm_backprop(mean_term=True, variance_term=True, gamma=True, M=None, power=1):
    """Return a backprop of batch normalization with parts left out."""

    def backprop(self, grad):
        rows = grad.reshape(-1, grad.shape[-1])
        count = M or len(rows)
        normalized = (self.rows - self.about + self.offset) / self.deviation
        self.dgamma = (rows * normalized).sum(axis=0)
        self.dbeta = rows.sum(axis=0)
        dx = rows.copy()
        if mean_term:
            dx = dx - self.dbeta / count
        if variance_term:
            dx = dx - normalized * self.dgamma / count
        factor = (self.gamma if gamma else 1) / self.deviation**power
        return (dx * factor).reshape(grad.shape)

    return backprop


def trains_on_each_pixel(self, x, training=False):
    """Batch normalization with a mean for every pixel in place of every channel."""
    mean, variance = x.mean(axis=0), x.var(axis=0)
    deviation = np.sqrt(variance + self.epsilon)
    normalized = (x - mean) / deviation
    if training:
        self.deviation = deviation.reshape(-1, x.shape[-1])[0]
        self.rows = normalized.reshape(-1, x.shape[-1]) * self.deviation
        self.about = self.offset = np.zeros(x.shape[-1])
        self.count = len(self.rows)
    return self.gamma * normalized + self.beta


def test_the_batch_normalization_of_the_faults_is_right_when_nothing_is_left_out():
    right = planted(BatchNormalization, backprop=batch_norm_backprop())
    assert check_layer(right(), (4,)).max_error < 1e-7


BATCH_NORMALIZATION_FAULTS = [
    faulty(
        BatchNormalization,
        "is a term missing that all samples share",
        backprop=batch_norm_backprop(mean_term=False),
        id="the term of the mean is missing",
    ),
    faulty(
        BatchNormalization,
        "Received: dx[",
        backprop=batch_norm_backprop(variance_term=False),
        id="the term of the variance is missing",
    ),
    faulty(
        BatchNormalization,
        "Received: dx[",
        backprop=batch_norm_backprop(mean_term=False, variance_term=False),
        id="both terms are missing",
    ),
    faulty(
        BatchNormalization,
        "was a scale left out?",
        backprop=batch_norm_backprop(gamma=False),
        id="γ is left out of dx",
    ),
    faulty(
        BatchNormalization,
        "was a scale left out?",
        backprop=batch_norm_backprop(power=2),
        id="the square root is left out of dx",
    ),
    faulty(
        BatchNormalization,
        "Received: dx[",
        backprop=batch_norm_backprop(M=3),
        shape=(2, 3, 4),
        id="M counts the samples, not the places",
    ),
    faulty(
        BatchNormalization,
        "Received: dx[",
        forpass=trains_on_each_pixel,
        shape=(2, 3, 4),
        id="per pixel in place of per channel",
    ),
    faulty(
        BatchNormalization,
        "dbeta",
        then=write(dbeta=lambda self, grad: grad.sum(axis=1)),
        shape=(3,),
        id="dβ is summed over the channels",
    ),
    faulty(
        BatchNormalization,
        "Received: dgamma[",
        then=write(dgamma=lambda self, grad: grad.sum(axis=0)),
        id="dγ forgets x̂",
    ),
    faulty(
        BatchNormalization,
        "Received: the weight self.moving_mean is another than before",
        forpass=lambda self, x, training=False: (
            self._remember(self.moving_mean, x.mean(axis=0)),
            BatchNormalization.forpass(self, x, training),
        )[1],
        id="prediction moves the running means",
    ),
]

SHAPE_FAULTS = [
    faulty(
        Flatten,
        "stand in other places",
        backprop=lambda self, grad: grad.reshape(self.shape_of_x, order="F"),
        shape=(2, 3),
        id="back in another order",
    ),
    faulty(
        Reshape,
        "backprop must return the gradient of x, in its shape (3, 2, 6)",
        backprop=lambda self, grad: grad * 1.0,
        arguments={"target_shape": (3, 4)},
        shape=(2, 6),
        id="the shape does not come back",
    ),
    faulty(
        Reshape,
        "looks transposed",
        backprop=lambda self, grad: grad.reshape(self.shape_of_x).transpose(0, 2, 1),
        arguments={"target_shape": (9,)},
        shape=(3, 3),
        id="back transposed",
    ),
    faulty(
        Flatten,
        "looks flipped along axis 1",
        backprop=lambda self, grad: grad.reshape(self.shape_of_x)[:, ::-1],
        shape=(2, 3),
        id="back upside down",
    ),
]

MERGE_FAULTS = [
    faulty(
        Add,
        "Received: dx[1][",
        then=lambda self, grad, dx: [dx[0], 0 * dx[1], dx[2]],
        shape=THREE,
        id="one term gets nothing",
    ),
    faulty(
        Add,
        "1/3 of it",
        then=lambda self, grad, dx: [part / len(dx) for part in dx],
        shape=THREE,
        id="the gradient is shared out",
    ),
    faulty(
        Subtract,
        "Received: dx[1][",
        then=lambda self, grad, dx: [grad, grad],
        shape=TWO,
        id="the sign of the second is forgotten",
    ),
    faulty(
        Multiply,
        "Received: dx[0][",
        then=lambda self, grad, dx: [grad * factor for factor in self.factors],
        shape=TWO,
        id="each gets its own factor, not the other",
    ),
    faulty(
        Multiply,
        "Received: dx[0][",
        then=lambda self, grad, dx: [grad * self.factors[1], dx[1], dx[2]],
        shape=THREE,
        id="the third factor is left out",
    ),
    faulty(
        Average,
        "grad as it came in",
        then=lambda self, grad, dx: [grad * 1.0] * 3,
        shape=THREE,
        id="not divided",
    ),
    faulty(
        Maximum,
        "was the layer's own slope, or mask, left out?",
        then=lambda self, grad, dx: [grad, dx[1], dx[2]],
        shape=THREE,
        id="the first gets all",
    ),
    faulty(
        Maximum,
        "Received: dx[0][",
        then=lambda self, grad, dx: dx[::-1],
        shape=TWO,
        id="the loser gets the gradient",
    ),
    faulty(
        Concatenate,
        "Received: dx[0][",
        then=lambda self, grad, dx: dx[::-1],
        shape=[(2, 3), (2, 3)],
        id="the slices are exchanged",
    ),
    faulty(
        Concatenate,
        "backprop must return the gradient of x, in its shape [(3, 2, 3), (3, 2, 1)]",
        then=lambda self, grad, dx: [dx[0]],
        shape=[(2, 3), (2, 1)],
        id="one slice is missing",
    ),
]

IMAGES = (3, 4, 2)
COLUMNS = {"mean": [1.0, 2.0, 3.0, 4.0], "variance": [4.0, 9.0, 0.25, 16.0]}

PREPARING_FAULTS = [
    faulty(
        Normalization,
        "Received: dx[",
        then=write(dx=lambda self, grad: grad * self.sigma),
        arguments=COLUMNS,
        id="multiplied instead of divided",
    ),
    faulty(
        Normalization,
        "Received: dx[",
        then=write(dx=lambda self, grad: grad / self.sigma**2),
        arguments=COLUMNS,
        id="divided by the variance",
    ),
    faulty(
        Rescaling,
        "grad as it came in",
        then=lambda self, grad, dx: grad * 1.0,
        arguments={"scale": 0.5},
        id="the scale is forgotten",
    ),
    faulty(
        RandomFlip,
        "Received: dx[",
        backprop=lambda self, grad: grad * 1.0,
        arguments={"seed": 0},
        shape=IMAGES,
        id="the gradient is not turned back",
    ),
    faulty(
        Cropping2D,
        "Received: dx[",
        backprop=lambda self, grad: np.pad(grad, ((0, 0), (0, 1), (0, 0), (0, 0))),
        arguments={"cropping": ((1, 0), (0, 0))},
        shape=IMAGES,
        id="the frame is on the other side",
    ),
    faulty(
        Minimum,
        "Received: dx[0][",
        forpass=Maximum.forpass,
        then=lambda self, grad, dx: dx[::-1],
        shape=TWO,
        id="the gradient goes to the smaller of a maximum",
    ),
    faulty(
        SeparableConv2D,
        "Received: dP[",
        then=write(dP=lambda self, grad: 2 * self.dP),
        arguments={"filters": 3, "kernel_size": 2},
        shape=IMAGES,
        id="the pointwise kernel learns twice as much",
    ),
]


@pytest.mark.parametrize(
    ("layer_class", "arguments", "shape", "words"),
    [
        *PREPARING_FAULTS,
        *DENSE_FAULTS,
        *ACTIVATION_FAULTS,
        *DROPOUT_FAULTS,
        *BATCH_NORMALIZATION_FAULTS,
        *SHAPE_FAULTS,
        *MERGE_FAULTS,
    ],
)
def test_the_fault_is_found_and_named(layer_class, arguments, shape, words):
    message = message_of(layer_class(**arguments), shape)
    assert words in message
    assert f"({layer_class.__name__})" in message


class Scale(Layer):
    """A sound layer of a user's own: a = x·s."""

    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


def test_a_sound_layer_of_ones_own_passes():
    assert check_layer(Scale(), (4,)).passed


def adds_up(self, grad):
    self.ds += (grad * self.x).sum(axis=0)
    return grad * self.s


def learns_in_backprop(self, grad):
    dx = Scale.backprop(self, grad)
    self.s -= 0.1 * self.ds
    return dx


def forgets_that_it_predicts(self, x, training=False):
    self.x = x
    return x * self.s


def counts_calls(self, x, training=False):
    self.calls = getattr(self, "calls", 0) + 1 if "calls" in vars(self) else 1
    return Scale.forpass(self, x, training)


SEEN = []


def keeps_it_elsewhere(self, x, training=False):
    SEEN[:] = [x]
    return Scale.forpass(self, x, training)


def predicts_in_the_memory_of_training(self, x, training=False):
    a = Scale.forpass(self, x, training)
    return np.multiply(a, 1, self.memory.take("a", a.shape, a.dtype))


def remembers_its_first_prediction(self, x, training=False):
    if not training and "x" in vars(self):
        self.first = x
    return Scale.forpass(self, x, training)


def promotes(self, x, training=False):
    return Scale.forpass(self, x, training) * np.ones(1)


def promotes_on_the_way_back(self, grad):
    return Scale.backprop(self, grad) * np.ones(1)


def draws_elsewhere(self, x, training=False):
    noise = np.random.default_rng().normal(size=x.shape).astype(x.dtype) if training else 0
    return Scale.forpass(self, x, training) + noise


def writes_to_ds_misspelt(self, grad):
    self.Ds = (grad * self.x).sum(axis=0)
    return grad * self.s


def forgets_the_weights_when_first(self, grad):
    if self.skip_input_gradient:
        return None
    return Scale.backprop(self, grad)


def shares_a_buffer(self, x, training=False):
    if not training:
        return x * self.s
    self.x = self.memory.take("shared", x.shape, x.dtype)
    self.x[...] = x
    return np.multiply(x, self.s, self.memory.take("shared", x.shape, x.dtype))


def writes_a_gradient_of_the_wrong_shape(self, grad):
    self.ds = (grad * self.x).sum(axis=1)
    return grad * self.s


def trusts_the_memory_layout(self, x, training=False):
    a = Scale.forpass(self, x, training)
    if not x.flags.c_contiguous:
        a = a[:, ::-1]
    return np.ascontiguousarray(a)


DUTIES = {
    "adds gradients up": (
        {"backprop": adds_up},
        "backprop called twice must give the same",
        "self.ds = …, not self.ds += …",
    ),
    "updates weights": (
        {"backprop": learns_in_backprop},
        "backprop must not change a weight: that is the optimizer's part.",
        "s[",
    ),
    "remembers predictions": (
        {"forpass": forgets_that_it_predicts},
        "forpass(x, training=False) must leave no trace on the layer",
        "self.x is new",
    ),
    "counts predictions": (
        {"forpass": counts_calls},
        "forpass(x, training=False) must leave no trace on the layer",
        "self.calls is new",
    ),
    "keeps x elsewhere": (
        {"forpass": keeps_it_elsewhere},
        "something holds x after prediction",
        "outside of the layer's own attributes",
    ),
    "predicts in the memory of training": (
        {"forpass": predicts_in_the_memory_of_training},
        "forpass(x, training=False) must leave no trace on the layer",
        "Take self.memory only while training.",
    ),
    "begins to remember at a prediction": (
        {"forpass": remembers_its_first_prediction},
        "Received: self.first is new",
        "Store it only while training: if training: self.first = …",
    ),
    "promotes the output": (
        {"forpass": promotes},
        "What goes in as float32 comes out as float32.",
        "float64 from forpass",
    ),
    "promotes dx": (
        {"backprop": promotes_on_the_way_back},
        "What goes in as float32 comes out as float32.",
        "float64 from dx of backprop",
    ),
    "draws elsewhere": (
        {"forpass": draws_elsewhere},
        "forpass(x, training=True) must give the same for the same x.",
        "Draw random numbers from self.rng",
    ),
    "cuts gradients off": (
        {"backprop": lambda self, grad: Scale.backprop(self, np.clip(grad, -50, 50))},
        "backprop must be linear",
        "for 1000·grad, ds[",
    ),
    "hides its weight from the optimizer": (
        {"build": lambda self, input_shape: vars(self).update(s=np.ones(input_shape))},
        "A weight is made with add_weight: else no optimizer finds it.",
        'Remedy: In build: self.add_weight("s", (4,)).',
    ),
    "misspells ds": (
        {"backprop": writes_to_ds_misspelt},
        "Received: ds[",
        "backprop wrote self.Ds; its name is self.ds.",
    ),
    "forgets weights when first": (
        {"backprop": forgets_the_weights_when_first},
        "With skip_input_gradient, backprop may return None, but all else stays the same.",
        "ds[",
    ),
    "shares a buffer": (
        {"forpass": shares_a_buffer},
        "Memory that self.memory gives again must not change the results.",
        "ds[",
    ),
    "trusts the memory layout": (
        {"forpass": trusts_the_memory_layout},
        "Arrays whose numbers do not lie side by side must give the same results.",
        "the output[",
    ),
    "returns nothing": (
        {"backprop": lambda self, grad: (Scale.backprop(self, grad), None)[1]},
        "backprop must return the gradient of x, in its shape (3, 4).",
        "End backprop with return dx.",
    ),
    "sums dx over the samples": (
        {"backprop": lambda self, grad: Scale.backprop(self, grad).sum(axis=0)},
        "backprop must return the gradient of x, in its shape (3, 4).",
        "Sum over the samples belongs to the weights: dx has a row for each sample.",
    ),
    "sums over the wrong axis": (
        {"backprop": writes_a_gradient_of_the_wrong_shape},
        "backprop must take the gradient of the output, of shape (3, 4).",
        "ds keeps its shape (4,)",
    ),
    "promises another shape": (
        {"compute_output_shape": lambda self, input_shape: (5,)},
        "forpass must return what compute_output_shape says.",
        "an output of shape (2, 4) for 2 samples, where compute_output_shape says (5,)",
    ),
    "returns a list": (
        {"forpass": lambda self, x, training=False: Scale.forpass(self, x, training).tolist()},
        "forpass must return an array with the samples along its first axis.",
        "a list for 2 samples",
    ),
    "has no forpass": (
        {"forpass": Layer.forpass},
        "forpass must take a batch of 2 samples of shape (4,).",
        "TypeError: Scale must define forpass(x, training=False).",
    ),
    "divides by zero": (
        {"forpass": lambda self, x, training=False: x / 0},
        "The output must be finite for the samples of the check.",
        "give samples that suit: check_layer(layer, input_shape, x=…)",
    ),
}


@pytest.mark.parametrize("case", DUTIES)
def test_a_duty_not_kept_is_named(case):
    methods, *words = DUTIES[case]
    message = message_of(planted(Scale, **methods)(), (4,))
    for word in words:
        assert word in message
    assert "layer 'scale' (Scale)" in message


def test_what_grows_with_the_samples_is_no_weight():
    class Talkative(Scale):
        def backprop(self, grad):
            self.dx = super().backprop(grad)
            return self.dx

    assert check_layer(Talkative(), (4,)).passed


class Power(Scale):
    """A layer with an argument that its config must hold."""

    def __init__(self, exponent=2.0):
        self.exponent = exponent

    def forpass(self, x, training=False):
        return super().forpass(x, training) * self.exponent

    def backprop(self, grad):
        return super().backprop(grad * self.exponent)


def test_an_argument_lost_from_the_config_is_found():
    class Forgetful(Power):
        def get_config(self):
            return {}

    message = message_of(Forgetful(3.0), (4,))
    assert "A layer made from get_config, with the same weights, must give the same" in message
    assert "The config is {}: is every argument of the constructor in it?" in message


def test_a_config_that_the_constructor_does_not_take_is_found():
    class Chatty(Power):
        def get_config(self):
            return {"exponent": self.exponent, "mood": "good"}

    message = message_of(Chatty(3.0), (4,))
    assert "Chatty.from_config(layer.get_config()) must make the layer again." in message
    assert "mood='good'" in message


def test_a_config_that_no_file_can_hold_is_found():
    class Apply(Layer):
        def __init__(self, function):
            self.function = function

        def forpass(self, x, training=False):
            return self.function(x)

        def backprop(self, grad):
            return grad * 2

    message = message_of(Apply(lambda x: 2 * x), (4,))
    assert "get_config must hold plain values, so that the model can be saved." in message


def test_a_weight_that_depends_on_a_number_of_samples_is_found():
    class Stubborn(Scale):
        def forpass(self, x, training=False):
            return super().forpass(x.reshape(3, -1), training)

    assert "forpass must take a batch of 2 samples" in message_of(Stubborn(), (4,))
