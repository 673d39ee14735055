"""Half of the zoo: 15 faults and 10 healthy networks, by which the thresholds were chosen.

Every public function is an animal. It takes nothing, and returns

    model, x, y, cause                or    model, x, y, cause, options

a compiled model that has not been trained, its samples, the name of the cause that must come first
(None for a healthy one), and a dictionary of what `fit` was told and `diagnose` is to know:
batch_size, epochs, validation_split. Weights and data come from fixed seeds. Samples are at most a
few hundred, networks small: each animal is to be examined within a few seconds.

The names of the causes:

not_finite_data             x or y holds NaN or infinite numbers
output_does_not_fit_loss    last activation and loss do not belong together
output_out_of_reach         the last activation cannot give the targets
wrong_loss                  a loss for another task
constant_labels             all samples have the same truth
constant_features           the features are the same for all samples
shuffled_labels             the labels have nothing to do with the features
frozen_layers               layers that would have to learn are not trainable
unscaled_features           features very large, small, far from 0, of very different sizes
targets_off_scale           numbers to be predicted are very large, small or far from 0
equal_weights               units of a hidden layer start with the same weights, and stay equal
dead_units                  ReLU units give 0 for all samples from the start
saturated_units             sigmoid or tanh units stand at their flat ends from the start
exploding_gradients         weights start so large that signals grow from layer to layer
vanishing_gradients         the gradient fades on its way to the first layers
no_activation               hidden layers without activation, and a task that needs one
regularizer_too_strong      penalties or weight decay outweigh the loss
dropout_too_high            too many neurons fall silent
batch_too_large             too few steps, for the batches are so large (say epochs, too)
rate_too_large              the learning rate
rate_too_small              the learning rate
too_little_capacity         too few units or layers for the task
validation_of_another_kind  validation_split cuts off other classes than those trained on
"""

from __future__ import annotations

import numpy as np

from nnlite import Input, Model, Sequential, initializers, regularizers
from nnlite.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
)
from nnlite.optimizers import SGD, Adam, RMSprop


def _ring(n=400, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, 2))
    return x, (np.hypot(*x.T) > 1.15).astype(int)


def _blobs(n=300, classes=3, features=4, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    return 2 * rng.normal(size=(classes, features))[y] + rng.normal(size=(n, features)), y


def _bars(n=240, size=8, seed=0):
    """Images with a bar, upright or lying, anywhere."""
    rng = np.random.default_rng(seed)
    y, place = rng.integers(0, 2, n), rng.integers(0, size, n)
    x = 0.2 * rng.random((n, size, size, 1))
    for image, lies, at in zip(x, y, place, strict=True):
        image[(at, slice(None)) if lies else (slice(None), at)] += 0.8
    return x, y


def _wave(n=300, seed=0):
    x = np.random.default_rng(seed).uniform(-1, 1, (n, 1))
    return x, np.sin(3 * x)


def _plane(n=300, features=5, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    return x, x @ rng.normal(size=(features, 1)) + 0.1 * rng.normal(size=(n, 1))


def _yes_no(*units, optimizer, activation="relu", features=2, last="sigmoid", **options):
    layers = [Input((features,)), *(Dense(n, activation, **options) for n in units)]
    model = Sequential([*layers, Dense(1, last)], seed=0)
    model.compile(optimizer, "binary_crossentropy")
    return model


def _cnn(optimizer, **options):
    layers = [Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1), **options), MaxPooling2D(2)]
    model = Sequential([*layers, Flatten(), Dense(1, "sigmoid")], seed=0)
    model.compile(optimizer, "binary_crossentropy")
    return model


def rate_of_a_millionth():
    return _yes_no(16, optimizer=SGD(1e-6)), *_ring(), "rate_too_small"


def adam_with_a_rate_of_30():
    return _yes_no(16, 8, optimizer=Adam(30.0)), *_ring(), "rate_too_large"


def cnn_with_a_rate_of_50():
    return _cnn(SGD(50.0)), *_bars(), "rate_too_large"


def pixels_in_thousands():
    x, y = _blobs(features=6)
    model = Sequential([Dense(12, "tanh", input_shape=(6,)), Dense(3, "softmax")], seed=0)
    model.compile(SGD(0.05), "sparse_categorical_crossentropy")
    return model, 1000 * x + 5000, y, "unscaled_features"


def labels_of_other_samples():
    x, y = _blobs(classes=2)
    order = np.random.default_rng(1).permutation(len(y))
    return _yes_no(32, optimizer=Adam(0.01), features=4), x, y[order], "shuffled_labels"


def prices_in_euros():
    x, y = _plane()
    entrance = Input((5,))
    a = Dense(16, "relu")(entrance)
    model = Model(entrance, Dense(1)(Add()([a, Dense(16, "relu")(a)])), seed=0)
    model.compile(Adam(0.001), "mse")
    return model, x, 200_000 + 80_000 * y, "targets_off_scale"


def ten_sigmoids_deep():
    model = _yes_no(*[8] * 8, optimizer=SGD(0.1), activation="sigmoid")
    return model, *_ring(), "vanishing_gradients"


def biases_of_minus_ten():
    options = {"bias_initializer": initializers.Constant(-10.0)}
    return _yes_no(16, optimizer=Adam(0.01), **options), *_ring(), "dead_units"


def zeros_everywhere():
    model = _yes_no(16, 8, optimizer=SGD(0.1), activation="tanh", kernel_initializer="zeros")
    return model, *_ring(), "equal_weights"


def weights_of_fifty():
    options = {"kernel_initializer": initializers.RandomNormal(stddev=50.0), "activation": "tanh"}
    return _yes_no(16, 16, optimizer=SGD(0.1), **options), *_ring(), "saturated_units"


def sigmoids_for_one_of_three():
    x, y = _blobs()
    model = Sequential([Dense(8, "relu", input_shape=(4,)), Dense(3, "sigmoid")], seed=0)
    model.compile(Adam(0.01), "categorical_crossentropy")
    return model, x, np.eye(3)[y], "output_does_not_fit_loss"


def nothing_bends():
    model = _yes_no(16, 16, optimizer=Adam(0.01), activation="linear")
    return model, *_ring(), "no_activation"


def penalty_of_ten():
    x, y = _plane()
    layers = [Dense(16, "relu", kernel_regularizer=regularizers.L2(10.0), input_shape=(5,))]
    model = Sequential([*layers, Dense(1, kernel_regularizer=regularizers.L2(10.0))], seed=0)
    model.compile(SGD(0.005), "mse")
    return model, x, y, "regularizer_too_strong"


def sorted_labels():
    x, y = _blobs(classes=4)
    order = np.argsort(y)
    model = Sequential([Dense(16, "relu", input_shape=(4,)), Dense(4, "softmax")], seed=0)
    model.compile(Adam(0.01), "sparse_categorical_crossentropy")
    options = {"validation_split": 0.25}
    return model, x[order], y[order], "validation_of_another_kind", options


def dropout_of_ninety_eight_percent():
    layers = [Dense(16, "relu", input_shape=(2,)), Dropout(0.98)]
    model = Sequential([*layers, Dense(16, "relu"), Dropout(0.98), Dense(1, "sigmoid")], seed=0)
    model.compile(Adam(0.01), "binary_crossentropy")
    return model, *_ring(), "dropout_too_high"


def healthy_ring():
    return _yes_no(16, optimizer=Adam(0.01)), *_ring(), None


def healthy_plain_descent():
    return _yes_no(8, 8, optimizer=SGD(0.1), activation="tanh"), *_ring(), None


def healthy_line():
    x, y = _plane()
    model = Sequential([Dense(1, input_shape=(5,))], seed=0)
    model.compile(SGD(0.01), "mse")
    return model, x, y, None


def healthy_wave():
    model = Sequential([Dense(16, "tanh", input_shape=(1,)), Dense(1)], seed=0)
    model.compile(Adam(0.01), "mse")
    return model, *_wave(), None


def healthy_classes_of_noise():
    """Labels of which every fifth is wrong: nobody learns them all."""
    x, y = _blobs(classes=2)
    wrong = np.random.default_rng(3).random(len(y)) < 0.2
    return _yes_no(8, optimizer=Adam(0.003), features=4), x, np.where(wrong, 1 - y, y), None


def healthy_cnn():
    return _cnn(Adam(0.005)), *_bars(), None


def healthy_with_dropout_and_penalty():
    x, y = _blobs()
    layers = [Dense(32, "relu", kernel_regularizer="l2", input_shape=(4,)), Dropout(0.5)]
    model = Sequential([*layers, Dense(3, "softmax")], seed=0)
    model.compile(Adam(), "categorical_crossentropy", metrics=["accuracy"])
    return model, x, np.eye(3)[y], None, {"validation_split": 0.2}


def healthy_branches():
    x, y = _ring()
    entrance = Input((2,))
    a = Dense(12, "relu")(entrance)
    model = Model(entrance, Dense(1, "sigmoid")(Add()([a, Dense(12, "relu")(a)])), seed=0)
    model.compile(RMSprop(0.005), "binary_crossentropy")
    return model, x, y, None


def healthy_with_normalized_thousands():
    x, y = _blobs(features=6)
    layers = [BatchNormalization(input_shape=(6,)), Dense(12, "relu"), Dense(3, "softmax")]
    model = Sequential(layers, seed=0)
    model.compile(Adam(0.01), "sparse_categorical_crossentropy")
    return model, 1000 * x + 500, y, None


def healthy_xor():
    model = _yes_no(4, optimizer=SGD(0.5), activation="tanh")
    model.compile(SGD(0.5), "mse")
    return model, np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0]), None
