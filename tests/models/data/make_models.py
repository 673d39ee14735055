"""How the model files in this folder were made, by version 0.1.0: they must open for ever.

Never run it to make them anew with a later version: they would no longer be old.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from nnlite import Input, Model, Sequential, activations, losses, metrics
from nnlite import regularizers as penalties
from nnlite.initializers import Constant, HeNormal
from nnlite.layers import (
    Activation,
    Add,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    LeakyReLU,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
    Multiply,
    ReLU,
    Reshape,
    Softmax,
    Subtract,
    UpSampling2D,
    ZeroPadding2D,
)
from nnlite.optimizers import SGD, Adam
from nnlite.optimizers.schedules import ExponentialDecay

FOLDER = Path(__file__).parent
X = np.linspace(-1, 1, 24).reshape(6, 4)
Y = np.array([0, 1, 1, 0, 1, 0])


def sequential() -> Sequential:
    """A chain, trained: names, objects and classes as arguments; all kinds of named things."""
    model = Sequential(
        [
            Dense(
                6,
                activation=activations.relu,
                kernel_initializer=HeNormal(seed=1),
                bias_initializer=Constant([0.1] * 6),
                kernel_regularizer=penalties.L1L2(0.01, 0.02),
                input_shape=(4,),
            ),
            BatchNormalization(momentum=0.8),
            Dropout(0.25),
            Dense(3, activation=activations.LeakyRelu(0.3), name="hidden", trainable=False),
            Dense(2, activation="softmax", kernel_regularizer="l2"),
        ],
        name="chain",
        seed=0,
        dtype="float64",
    )
    model.compile(
        SGD(ExponentialDecay(0.5, 10, 0.1), momentum=0.9, clipnorm=1.0),
        losses.SparseCategoricalCrossentropy,
        metrics=["accuracy", metrics.SparseCategoricalAccuracy(name="hits")],
    )
    model.fit(X, Y, epochs=2, batch_size=3, verbose=0)
    return model


def branches() -> Model:
    """Two inputs, two outputs, a shared layer, every merge."""
    left, right = Input((4,), name="left"), Input((4,), name="right")
    shared = Dense(3, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    joined = Concatenate(name="joined")([a, b, Add()([a, b]), Maximum()([a, b])])
    second = Average(name="second")([Multiply()([a, b]), Subtract()([a, b])])
    model = Model([left, right], [Dense(1, name="first")(joined), second], name="tree", seed=0)
    model.compile(
        Adam(0.01, beta_1=0.8),
        {"first": losses.mean_squared_error, "second": losses.Huber(2.0)},
        metrics={"first": ["mae", metrics.r2_score], "second": [losses.MeanSquaredError()]},
        loss_weights={"first": 1.0, "second": 0.5},
    )
    return model


def images() -> Model:
    """The layers of images and of series."""
    picture, series = Input((6, 6, 2), name="picture"), Input((8, 2), name="series")
    x = Conv2D(3, 3, strides=2, padding="same", activation="relu")(ZeroPadding2D(1)(picture))
    x = DepthwiseConv2D(2)(UpSampling2D(2)(LeakyReLU(0.1)(x)))
    x = Conv2DTranspose(2, (2, 2), strides=2)(MaxPooling2D(2)(x))
    pooled = AveragePooling2D((2, 1))(x)
    s = Conv1D(2, 3, padding="causal")(series)
    t = AveragePooling1D(2)(MaxPooling1D(2)(s))
    parts = [
        Flatten()(ReLU(negative_slope=0.5)(pooled)),
        GlobalAveragePooling2D()(x),
        GlobalMaxPooling2D()(x),
        Reshape((4,))(t),
        GlobalAveragePooling1D()(s),
        GlobalMaxPooling1D()(s),
    ]
    end = Softmax()(Dense(2)(Activation("tanh")(Concatenate()(parts))))
    return Model([picture, series], end, name="images", seed=0)


if __name__ == "__main__":
    sequential().save(FOLDER / "sequential_0_1.npz")
    branches().save(FOLDER / "branches_0_1.npz")
    with TemporaryDirectory() as folder:
        images().save(f"{folder}/images.npz")
        with np.load(f"{folder}/images.npz") as archive:
            description = str(archive["config"])
    # Of the many layers the description is kept alone: that is what could become unreadable.
    (FOLDER / "images_0_1.json").write_text(description)
