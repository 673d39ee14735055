"""Every public layer with sample arguments: what holds for all layers is tested with this list.

A new layer gets its rows here, one for each of its modes; the tests that walk the list then run for
it by themselves (CONTRIBUTING names them). `test_every_layer.py` fails for a layer without a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from nnlite import Input, Model, activations, layers
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
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    Layer,
    LeakyReLU,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
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
    UpSampling2D,
    ZeroPadding2D,
)


class Case(NamedTuple):
    """A layer's class, its arguments, and the shape of one sample: of each input for a merge."""

    layer_class: type[Layer]
    arguments: dict[str, Any]
    shape: Any

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shape of each input."""
        return self.shape if isinstance(self.shape, list) else [self.shape]

    def make(self) -> Any:
        """Return a new layer."""
        return self.layer_class(**self.arguments)

    def model(self, *after: Any, **options: Any) -> Model:
        """Return a model of the layer alone, or followed by these."""
        inputs = [Input(shape) for shape in self.shapes]
        a = self.make()(inputs if isinstance(self.shape, list) else inputs[0])
        for layer in after:
            a = layer(a)
        return Model(inputs, a, **{"seed": 0, **options})

    def samples(self, rng: Any, count: int) -> Any:
        """Return random samples, one array for each input."""
        x = [rng.standard_normal((count, *shape)) for shape in self.shapes]
        return x if isinstance(self.shape, list) else x[0]


TWO = [(4,), (4,)]
THREE = [(4,), (4,), (4,)]
IMAGES = (5, 6, 2)

CASES = {
    "Dense": Case(Dense, {"units": 3, "activation": "tanh"}, (4,)),
    "Dense on places": Case(Dense, {"units": 3, "activation": "tanh"}, (2, 4)),
    "Dense without bias": Case(Dense, {"units": 3, "use_bias": False}, (4,)),
    "Dense with penalties": Case(
        Dense, {"units": 3, "kernel_regularizer": "l2", "bias_regularizer": "l1"}, (4,)
    ),
    "Dense, frozen": Case(Dense, {"units": 3, "activation": "relu", "trainable": False}, (4,)),
    **{
        f"Dense with {name}": Case(Dense, {"units": 3, "activation": name}, (4,))
        for name in sorted({f.name for f in activations.KNOWN.named.values()} - {"step"})
    },
    "Activation": Case(Activation, {"activation": "sigmoid"}, (4,)),
    "ReLU": Case(ReLU, {}, (4,)),
    "leaking ReLU": Case(ReLU, {"negative_slope": 0.1}, (4,)),
    "LeakyReLU": Case(LeakyReLU, {}, (4,)),
    "Softmax": Case(Softmax, {}, (4,)),
    "Softmax at places": Case(Softmax, {}, (2, 3)),
    "Dropout": Case(Dropout, {"rate": 0.5}, (40,)),
    "Dropout with a seed": Case(Dropout, {"rate": 0.3, "seed": 7}, (40,)),
    "BatchNormalization": Case(BatchNormalization, {}, (4,)),
    "BatchNormalization on images": Case(BatchNormalization, {}, (2, 3, 4)),
    "BatchNormalization, bare": Case(BatchNormalization, {"center": False, "scale": False}, (4,)),
    "BatchNormalization, frozen": Case(BatchNormalization, {"trainable": False}, (4,)),
    "Flatten": Case(Flatten, {}, (2, 3)),
    "Reshape": Case(Reshape, {"target_shape": (3, -1)}, (2, 6)),
    "Add": Case(Add, {}, THREE),
    "Subtract": Case(Subtract, {}, TWO),
    "Multiply": Case(Multiply, {}, THREE),
    "Average": Case(Average, {}, THREE),
    "Maximum": Case(Maximum, {}, THREE),
    "Minimum": Case(Minimum, {}, THREE),
    "Concatenate": Case(Concatenate, {}, [(2, 3), (2, 1)]),
    "Concatenate on the first axis": Case(Concatenate, {"axis": 1}, [(2, 3), (4, 3)]),
    "Conv2D": Case(Conv2D, {"filters": 3, "kernel_size": 2, "activation": "tanh"}, (4, 5, 2)),
    "Conv2D with ReLU": Case(
        Conv2D, {"filters": 4, "kernel_size": 3, "activation": "relu"}, (6, 5, 2)
    ),
    "Conv2D, same": Case(
        Conv2D,
        {"filters": 3, "kernel_size": (2, 3), "strides": (2, 1), "padding": "same"},
        (5, 4, 5),
    ),
    "Conv2D in groups": Case(
        Conv2D, {"filters": 4, "kernel_size": 2, "groups": 2, "use_bias": False}, (4, 4, 6)
    ),
    "Conv2D, dilated": Case(
        Conv2D,
        {"filters": 2, "kernel_size": 2, "dilation_rate": (1, 2), "kernel_regularizer": "l2"},
        (5, 6, 1),
    ),
    "Conv2D in large steps": Case(
        Conv2D, {"filters": 2, "kernel_size": 3, "strides": 3, "padding": "same"}, (7, 5, 2)
    ),
    "Conv2D, frozen": Case(Conv2D, {"filters": 2, "kernel_size": 2, "trainable": False}, IMAGES),
    "Conv1D": Case(Conv1D, {"filters": 3, "kernel_size": 2, "activation": "sigmoid"}, (6, 2)),
    "Conv1D, causal": Case(
        Conv1D, {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "causal"}, (7, 6)
    ),
    "Conv1D, causal and dilated": Case(
        Conv1D, {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "causal"}, (6, 3)
    ),
    "Conv1D, same": Case(
        Conv1D, {"filters": 4, "kernel_size": 3, "groups": 2, "padding": "same"}, (5, 4)
    ),
    "DepthwiseConv2D": Case(
        DepthwiseConv2D, {"kernel_size": 2, "depth_multiplier": 2, "padding": "same"}, (4, 5, 2)
    ),
    "DepthwiseConv2D in steps": Case(
        DepthwiseConv2D, {"kernel_size": (3, 1), "strides": 2, "use_bias": False}, (5, 4, 3)
    ),
    "DepthwiseConv2D, dilated": Case(
        DepthwiseConv2D, {"kernel_size": 2, "dilation_rate": 2, "activation": "relu"}, IMAGES
    ),
    "Conv2DTranspose": Case(
        Conv2DTranspose, {"filters": 2, "kernel_size": (3, 2), "use_bias": False}, (3, 2, 6)
    ),
    "Conv2DTranspose, same": Case(
        Conv2DTranspose,
        {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh"},
        (3, 4, 2),
    ),
    "Conv2DTranspose with gaps": Case(
        Conv2DTranspose, {"filters": 2, "kernel_size": 2, "strides": 3}, (3, 2, 2)
    ),
    "Conv2DTranspose, larger by its padding": Case(
        Conv2DTranspose,
        {"filters": 2, "kernel_size": (3, 2), "strides": (3, 4), "output_padding": (1, 3)},
        (2, 3, 2),
    ),
    "Conv2DTranspose, same and smaller": Case(
        Conv2DTranspose,
        {
            "filters": 2,
            "kernel_size": (3, 4),
            "strides": (2, 3),
            "padding": "same",
            "output_padding": (0, 1),
        },
        (3, 2, 2),
    ),
    "SeparableConv2D": Case(
        SeparableConv2D,
        {"filters": 3, "kernel_size": 2, "depth_multiplier": 2, "activation": "tanh"},
        (4, 4, 2),
    ),
    "SeparableConv2D in steps": Case(
        SeparableConv2D,
        {
            "filters": 2,
            "kernel_size": (3, 2),
            "strides": 2,
            "padding": "same",
            "use_bias": False,
            "pointwise_regularizer": "l2",
        },
        (5, 4, 3),
    ),
    "SeparableConv2D, dilated": Case(
        SeparableConv2D, {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, IMAGES
    ),
    "Normalization": Case(Normalization, {}, (4,)),
    "Normalization of images": Case(
        Normalization, {"mean": [1.0, -2.0], "variance": [4.0, 0.25]}, (2, 3, 2)
    ),
    "Normalization with one mean": Case(
        Normalization, {"axis": None, "mean": 2.0, "variance": 3.0}, (2, 3)
    ),
    "Normalization of places": Case(Normalization, {"axis": (1, -1)}, (2, 3, 2)),
    "Normalization, the way back": Case(
        Normalization,
        {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 9.0, 1.0], "invert": True},
        (3,),
    ),
    "Rescaling": Case(Rescaling, {"scale": 0.5, "offset": -1}, (4,)),
    "RandomFlip": Case(RandomFlip, {}, (3, 4, 2)),
    "RandomFlip with a seed": Case(RandomFlip, {"mode": "horizontal", "seed": 3}, (3, 4, 2)),
    "Cropping2D": Case(Cropping2D, {"cropping": ((1, 0), (0, 2))}, IMAGES),
    "MaxPooling2D": Case(MaxPooling2D, {}, (4, 5, 2)),
    "MaxPooling2D, same": Case(
        MaxPooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}, (6, 5, 2)
    ),
    "MaxPooling2D with gaps": Case(MaxPooling2D, {"pool_size": (1, 2), "strides": (2, 3)}, IMAGES),
    "AveragePooling2D": Case(AveragePooling2D, {}, (4, 5, 2)),
    "AveragePooling2D, same": Case(
        AveragePooling2D, {"pool_size": 3, "strides": 2, "padding": "same"}, IMAGES
    ),
    "MaxPooling1D": Case(MaxPooling1D, {}, (5, 2)),
    "AveragePooling1D": Case(
        AveragePooling1D, {"pool_size": 3, "strides": 1, "padding": "same"}, (5, 2)
    ),
    "GlobalMaxPooling2D": Case(GlobalMaxPooling2D, {}, (3, 4, 2)),
    "GlobalMaxPooling2D, kept": Case(GlobalMaxPooling2D, {"keepdims": True}, (3, 4, 2)),
    "GlobalAveragePooling2D": Case(GlobalAveragePooling2D, {}, (3, 4, 2)),
    "GlobalAveragePooling2D, kept": Case(GlobalAveragePooling2D, {"keepdims": True}, (3, 4, 2)),
    "GlobalMaxPooling1D": Case(GlobalMaxPooling1D, {}, (4, 2)),
    "GlobalMaxPooling1D, kept": Case(GlobalMaxPooling1D, {"keepdims": True}, (4, 2)),
    "GlobalAveragePooling1D": Case(GlobalAveragePooling1D, {}, (4, 2)),
    "ZeroPadding2D": Case(ZeroPadding2D, {"padding": ((1, 0), (2, 1))}, (3, 4, 2)),
    "UpSampling2D": Case(UpSampling2D, {"size": (2, 3)}, (3, 4, 2)),
}

# What no network computes with.
WITHOUT_A_CASE = {"Layer", "InputLayer", "Weight"}


def public_layers() -> set[str]:
    """Return the names of the classes in nnlite.layers, of those with two names the first."""
    public = [getattr(layers, name) for name in layers.__all__]
    return {each.__name__ for each in public if isinstance(each, type)} - WITHOUT_A_CASE


def every_layer(*without: str) -> Callable[[Any], Any]:
    """Run a test with every case of the list, apart from those of the classes named."""
    cases = {name: case for name, case in CASES.items() if case.layer_class.__name__ not in without}
    return pytest.mark.parametrize("case", cases.values(), ids=cases)
