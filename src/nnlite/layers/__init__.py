"""Layers: the pieces a network is made of."""

from nnlite.foundation.registry import Registry
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.layers.activation import Activation as Activation
from nnlite.layers.activation import LeakyReLU as LeakyReLU
from nnlite.layers.activation import ReLU as ReLU
from nnlite.layers.activation import Softmax as Softmax
from nnlite.layers.convolution import Conv1D as Conv1D
from nnlite.layers.convolution import Conv2D as Conv2D
from nnlite.layers.cropping import Cropping2D as Cropping2D
from nnlite.layers.dense import Dense as Dense
from nnlite.layers.depthwise_and_transposed import Conv2DTranspose as Conv2DTranspose
from nnlite.layers.depthwise_and_transposed import DepthwiseConv2D as DepthwiseConv2D
from nnlite.layers.dropout import Dropout as Dropout
from nnlite.layers.functional import add as add
from nnlite.layers.functional import average as average
from nnlite.layers.functional import concatenate as concatenate
from nnlite.layers.functional import maximum as maximum
from nnlite.layers.functional import minimum as minimum
from nnlite.layers.functional import multiply as multiply
from nnlite.layers.functional import subtract as subtract
from nnlite.layers.input import Input as Input
from nnlite.layers.input import InputLayer as InputLayer
from nnlite.layers.layer import Layer as Layer
from nnlite.layers.merging import Add as Add
from nnlite.layers.merging import Average as Average
from nnlite.layers.merging import Concatenate as Concatenate
from nnlite.layers.merging import Maximum as Maximum
from nnlite.layers.merging import Minimum as Minimum
from nnlite.layers.merging import Multiply as Multiply
from nnlite.layers.merging import Subtract as Subtract
from nnlite.layers.normalization import BatchNormalization as BatchNormalization
from nnlite.layers.pooling import AveragePooling1D as AveragePooling1D
from nnlite.layers.pooling import AveragePooling2D as AveragePooling2D
from nnlite.layers.pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from nnlite.layers.pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from nnlite.layers.pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from nnlite.layers.pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from nnlite.layers.pooling import MaxPooling1D as MaxPooling1D
from nnlite.layers.pooling import MaxPooling2D as MaxPooling2D
from nnlite.layers.preprocessing import Normalization as Normalization
from nnlite.layers.preprocessing import RandomFlip as RandomFlip
from nnlite.layers.preprocessing import Rescaling as Rescaling
from nnlite.layers.reshaping import Flatten as Flatten
from nnlite.layers.reshaping import Reshape as Reshape
from nnlite.layers.resizing import UpSampling2D as UpSampling2D
from nnlite.layers.resizing import ZeroPadding2D as ZeroPadding2D
from nnlite.layers.separable import SeparableConv2D as SeparableConv2D
from nnlite.layers.weight import Weight as Weight

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
SeparableConvolution2D = SeparableConv2D

_HERE = [(name, found) for name, found in vars().copy().items() if isinstance(found, type)]
KNOWN = Registry("layer", Layer, {name: c for name, c in _HERE if issubclass(c, Layer)})
__all__ = sorted([*KNOWN.named, "Input", "Weight"])
__all__ += ["add", "average", "concatenate", "maximum", "minimum", "multiply", "subtract"]

explains_unknown_names(__name__)
