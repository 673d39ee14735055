"""Layers: the pieces a network is made of."""

from nnlite.foundation.registry import Registry
from nnlite.layers.activation import Activation, LeakyReLU, ReLU, Softmax
from nnlite.layers.convolution import Conv1D, Conv2D
from nnlite.layers.convolution_kinds import Conv2DTranspose, DepthwiseConv2D
from nnlite.layers.dense import Dense
from nnlite.layers.dropout import Dropout
from nnlite.layers.input import Input, InputLayer
from nnlite.layers.layer import Layer
from nnlite.layers.merging import Add, Average, Concatenate, Maximum, Multiply, Subtract
from nnlite.layers.normalization import BatchNormalization
from nnlite.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
)
from nnlite.layers.reshaping import Flatten, Reshape
from nnlite.layers.resizing import UpSampling2D, ZeroPadding2D
from nnlite.layers.weight import Weight

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D

__all__ = [
    "Activation",
    "Add",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Convolution1D",
    "Convolution2D",
    "Convolution2DTranspose",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Multiply",
    "ReLU",
    "Reshape",
    "Softmax",
    "Subtract",
    "UpSampling2D",
    "Weight",
    "ZeroPadding2D",
]

_HERE = [(name, found) for name, found in vars().copy().items() if isinstance(found, type)]
KNOWN = Registry("layer", Layer, {name: c for name, c in _HERE if issubclass(c, Layer)})
