"""Other half of the zoo: 15 faults and 10 healthy networks, made without knowing the thresholds.

Every public function is an animal, in the format that `zoo_tuned` describes: it returns

    model, x, y, cause                or    model, x, y, cause, options
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_circles,
    make_friedman1,
    make_moons,
)

from nnlite import Input, Model, Sequential, initializers, regularizers
from nnlite.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from nnlite.losses import SparseCategoricalCrossentropy
from nnlite.optimizers import SGD, Adam, RMSprop
from nnlite.utils import to_categorical


def _scaled(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def _some(x, y, count, seed):
    chosen = np.random.default_rng(seed).permutation(len(x))[:count]
    return x[chosen], y[chosen]


def _cancer(count=300):
    x, y = load_breast_cancer(return_X_y=True)
    x, y = _some(x, y, count, 21)
    return _scaled(x), y


def _diabetes(count=300):
    x, y = load_diabetes(return_X_y=True)
    x, y = _some(x, y, count, 22)
    return _scaled(x), _scaled(y)


def _digits(count=300):
    x, y = load_digits(return_X_y=True)
    return _some(x / 16, y, count, 23)


def _wine():
    x, y = load_wine(return_X_y=True)
    return _some(x, y, len(x), 24)


def _quadrants(count=300):
    x = np.random.default_rng(25).uniform(-2, 2, size=(count, 2))
    return x, (x[:, 0] * x[:, 1] > 0).astype(int)


# ------------------------------------------------------------------------------ planted faults


def digits_with_relu_before_softmax():
    """ReLU after the last layer, too, whose outputs the loss takes as logits: none is below 0."""
    x, y = _digits()
    model = Sequential(
        [Input(shape=(64,)), Dense(16, activation="relu"), Dense(10, activation="relu")], seed=26
    )
    loss = SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=Adam(0.01), loss=loss, metrics=["accuracy"])
    return model, x, y, "output_does_not_fit_loss", {"batch_size": 32, "epochs": 40}


def diabetes_through_sigmoid():
    """A sigmoid left over from a classifier must predict standardized targets: half are below 0."""
    x, y = _diabetes()
    inputs = Input(shape=(10,))
    hidden = Dense(24, activation="relu")(inputs)
    model = Model(inputs, Dense(1, activation="sigmoid")(hidden), seed=32)
    model.compile(optimizer=Adam(0.005), loss="mse", metrics=["mae"])
    return model, x, y, "output_out_of_reach", {"batch_size": 32, "epochs": 40}


def rare_class_by_absolute_error():
    """Mean absolute error, from a regression, for yes or no: its best answer is always no."""
    x, y = _digits(400)
    inputs = Input(shape=(64,))
    hidden = Dense(16, activation="relu")(inputs)
    model = Model(inputs, Dense(1, activation="sigmoid")(hidden), seed=33)
    model.compile(optimizer=Adam(0.01), loss="mae", metrics=["accuracy"])
    return model, x, (y == 3).astype(int), "wrong_loss", {"batch_size": 32, "epochs": 40}


def digits_shuffled_without_labels():
    """The images were shuffled, and their labels were forgotten."""
    x, y = _digits()
    x = np.random.default_rng(34).permutation(x)
    model = Sequential(
        [Input(shape=(64,)), Dense(16, activation="relu"), Dense(10, activation="softmax")], seed=34
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, y, "shuffled_labels", {"batch_size": 32, "epochs": 30}


def circles_frozen_before_training():
    """All but the last layer frozen, as for a pretrained network, but nothing was pretrained."""
    x, y = make_circles(300, noise=0.08, factor=0.4, random_state=35)
    model = Sequential(
        [
            Input(shape=(2,)),
            Dense(6, activation="tanh"),
            Dense(6, activation="tanh"),
            Dense(1, activation="sigmoid"),
        ],
        seed=35,
    )
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.compile(optimizer=Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, y, "frozen_layers", {"batch_size": 16, "epochs": 60}


def wine_as_measured():
    """Wine in the units it was measured in: proline reaches 1680, other features stay below 1."""
    x, y = _wine()
    inputs = Input(shape=(13,))
    hidden = Dense(16, activation="relu")(inputs)
    model = Model(inputs, Dense(3, activation="softmax")(hidden), seed=36)
    model.compile(optimizer=SGD(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model, x, to_categorical(y), "unscaled_features", {"batch_size": 16, "epochs": 60}


def year_of_building():
    """The year a house was built, 1975 ± 15, is predicted as it is: far from 0 for its spread."""
    x, y = make_friedman1(300, n_features=6, noise=0.5, random_state=37)
    years = np.round(1975 + 15 * _scaled(y))
    model = Sequential(
        [
            Input(shape=(6,)),
            Dense(32, activation="relu"),
            Dense(16, activation="relu"),
            Dense(1),
        ],
        seed=37,
    )
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model, _scaled(x), years, "targets_off_scale", {"batch_size": 32, "epochs": 60}


def digits_of_equal_filters():
    """Every kernel of the convolutional network starts as the same constant."""
    x, y = _digits()
    same = initializers.Constant(0.05)
    model = Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(12, 3, activation="relu", kernel_initializer=same),
            Conv2D(24, 3, activation="relu", kernel_initializer=same),
            GlobalAveragePooling2D(),
            Dense(10, activation="softmax", kernel_initializer=same),
        ],
        seed=38,
    )
    model.compile(
        optimizer=Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, x.reshape(-1, 8, 8, 1), y, "equal_weights", {"batch_size": 32, "epochs": 30}


def wine_below_zero():
    """Lower bound of the first weights without its counterpart: features 0 to 1, all sums < 0."""
    x, y = _wine()
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    negative = initializers.RandomUniform(-0.5, -0.05)
    model = Sequential(
        [
            Input(shape=(13,)),
            Dense(20, activation="relu", kernel_initializer=negative),
            Dense(3, activation="softmax"),
        ],
        seed=39,
    )
    model.compile(
        optimizer=Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, "dead_units", {"batch_size": 16, "epochs": 40}


def residual_from_large_weights():
    """Weights of a residual network drawn with standard deviation 1, as rng.normal gives them."""
    x, y = make_friedman1(250, n_features=8, noise=0.3, random_state=40)
    large = initializers.RandomNormal(stddev=1.0)
    inputs = Input(shape=(8,))
    flow = Dense(32, activation="relu", kernel_initializer=large)(inputs)
    for _ in range(4):
        inner = Dense(32, activation="relu", kernel_initializer=large)(flow)
        inner = Dense(32, kernel_initializer=large)(inner)
        flow = Add()([flow, inner])
    model = Model(inputs, Dense(1, kernel_initializer=large)(flow), seed=40)
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model, _scaled(x), _scaled(y), "exploding_gradients", {"batch_size": 32, "epochs": 40}


def ten_sigmoid_layers():
    """Deeper was to be better: ten hidden layers of sigmoids, plain gradient descent."""
    x, y = make_moons(300, noise=0.1, random_state=41)
    inputs = Input(shape=(2,))
    flow = inputs
    for _ in range(10):
        flow = Dense(12, activation="sigmoid")(flow)
    model = Model(inputs, Dense(1, activation="sigmoid")(flow), seed=41)
    model.compile(optimizer=SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    return model, _scaled(x), y, "vanishing_gradients", {"batch_size": 32, "epochs": 60}


def quadrants_by_straight_lines():
    """Hidden layers without activation, and classes like XOR that no line separates."""
    x, y = _quadrants()
    model = Sequential(
        [Input(shape=(2,)), Dense(32), Dense(16), Dense(1, activation="sigmoid")], seed=42
    )
    model.compile(optimizer=Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, y, "no_activation", {"batch_size": 32, "epochs": 50}


def cancer_under_penalty():
    """A penalty of 1, the usual alpha of scikit-learn's Ridge, on the kernels of each layer."""
    x, y = _cancer()
    inputs = Input(shape=(30,))
    flow = inputs
    for _ in range(2):
        flow = Dense(16, activation="tanh", kernel_regularizer=regularizers.L2(1.0))(flow)
    outputs = Dense(1, activation="sigmoid", kernel_regularizer=regularizers.L2(1.0))(flow)
    model = Model(inputs, outputs, seed=43)
    model.compile(optimizer=Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, y, "regularizer_too_strong", {"batch_size": 32, "epochs": 40}


def digits_in_great_leaps():
    """Adam with the learning rate 0.5 of an old script for SGD, in a convolutional network."""
    x, y = _digits()
    model = Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(8, 3, activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(32, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        seed=44,
    )
    model.compile(optimizer=Adam(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x.reshape(-1, 8, 8, 1), y, "rate_too_large", {"batch_size": 32, "epochs": 20}


def digits_in_one_batch():
    """All samples are one batch, to save time, and 15 epochs are 15 steps."""
    x, y = _digits(400)
    model = Sequential(
        [
            Input(shape=(64,)),
            Dense(32, activation="relu"),
            Dense(32, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        seed=45,
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, y, "batch_too_large", {"batch_size": 400, "epochs": 15}


# ------------------------------------------------------------------------------------- healthy


def healthy_iris():
    """Iris in centimeters, not scaled, as in a first lesson: nothing planted."""
    x, y = load_iris(return_X_y=True)
    x, y = _some(x, y, len(x), 51)
    model = Sequential(
        [Input(shape=(4,)), Dense(16, activation="relu"), Dense(3, activation="softmax")], seed=51
    )
    model.compile(
        optimizer=Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, None, {"batch_size": 16, "epochs": 60, "validation_split": 0.2}


def healthy_logistic_regression():
    """One sigmoid unit, no hidden layer, for breast cancer: nothing planted, and enough."""
    x, y = _cancer()
    model = Sequential([Input(shape=(30,)), Dense(1, activation="sigmoid")], seed=52)
    model.compile(optimizer=SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, y, None, {"batch_size": 32, "epochs": 40}


def healthy_wine_normalized_inside():
    """Wine as measured, but batch normalization comes first: nothing planted."""
    x, y = _wine()
    model = Sequential(
        [
            Input(shape=(13,)),
            BatchNormalization(momentum=0.9),
            Dense(16, activation="tanh"),
            Dense(3, activation="softmax"),
        ],
        seed=53,
    )
    model.compile(optimizer=Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model, x, to_categorical(y), None, {"batch_size": 16, "epochs": 40}


def healthy_diabetes():
    """Noisy targets of which half the variance can be known: nothing planted."""
    x, y = _diabetes()
    model = Sequential([Input(shape=(10,)), Dense(16, activation="relu"), Dense(1)], seed=54)
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model, x, y, None, {"batch_size": 16, "epochs": 60}


def healthy_small_cnn():
    """Convolution, pooling, softmax on small digits: nothing planted."""
    x, y = _digits()
    model = Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(8, 3, activation="relu", padding="same"),
            MaxPooling2D(2),
            Flatten(),
            Dense(10, activation="softmax"),
        ],
        seed=55,
    )
    model.compile(
        optimizer=Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, x.reshape(-1, 8, 8, 1), y, None, {"batch_size": 32, "epochs": 30}


def healthy_moons():
    """Two moons by two layers of ReLU and SGD with momentum: nothing planted."""
    x, y = make_moons(250, noise=0.15, random_state=56)
    inputs = Input(shape=(2,))
    flow = Dense(16, activation="relu")(inputs)
    flow = Dense(8, activation="relu")(flow)
    model = Model(inputs, Dense(1, activation="sigmoid")(flow), seed=56)
    model.compile(
        optimizer=SGD(0.05, momentum=0.9), loss="binary_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, None, {"batch_size": 16, "epochs": 60}


def healthy_circles_of_sigmoids():
    """Two circles by one hidden layer of sigmoids: nothing planted."""
    x, y = make_circles(250, noise=0.08, factor=0.4, random_state=57)
    model = Sequential(
        [Input(shape=(2,)), Dense(12, activation="sigmoid"), Dense(1, activation="sigmoid")],
        seed=57,
    )
    model.compile(optimizer=RMSprop(0.03), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, y, None, {"batch_size": 16, "epochs": 80}


def healthy_residual_regression():
    """Friedman's function by a residual network with usual weights: nothing planted."""
    x, y = make_friedman1(250, n_features=8, noise=0.3, random_state=58)
    inputs = Input(shape=(8,))
    flow = Dense(24, activation="relu")(inputs)
    for _ in range(3):
        inner = Dense(24, activation="relu", kernel_initializer="he_normal")(flow)
        flow = Add()([flow, Dense(24)(inner)])
    model = Model(inputs, Dense(1)(flow), seed=58)
    model.compile(optimizer=Adam(0.003), loss="mse", metrics=["mae"])
    return model, _scaled(x), _scaled(y), None, {"batch_size": 32, "epochs": 50}


def healthy_digits_with_brakes():
    """Digits with some dropout and a small penalty, as one should: nothing planted."""
    x, y = _digits(400)
    small = regularizers.L2(1e-4)
    model = Sequential(
        [
            Input(shape=(64,)),
            Dense(64, activation="relu", kernel_regularizer=small),
            Dropout(0.3),
            Dense(10, activation="softmax", kernel_regularizer=small),
        ],
        seed=59,
    )
    model.compile(
        optimizer=Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, None, {"batch_size": 32, "epochs": 40, "validation_split": 0.2}


def healthy_rare_class():
    """One digit in ten is a three, the others are not: unequal classes, but nothing planted."""
    x, y = _digits(400)
    model = Sequential(
        [Input(shape=(64,)), Dense(12, activation="tanh"), Dense(1, activation="sigmoid")], seed=60
    )
    model.compile(optimizer=Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model, x, (y == 3).astype(int), None, {"batch_size": 32, "epochs": 40}
