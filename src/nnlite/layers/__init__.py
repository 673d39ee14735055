"""Layers: the pieces a network is made of."""

from .activation import Activation, LeakyReLU, ReLU, Softmax
from .base import Layer
from .dense import Dense
from .dropout import Dropout
from .merging import Add, Average, Concatenate, Maximum, Multiply, Subtract
from .normalization import BatchNormalization
from .reshaping import Flatten, Reshape
from .symbolic import Input, InputLayer

__all__ = [
    "Activation",
    "Add",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "Maximum",
    "Multiply",
    "ReLU",
    "Reshape",
    "Softmax",
    "Subtract",
]
