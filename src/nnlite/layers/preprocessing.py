"""Layers that prepare data: what a network would rather see, as the first layers of the network."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nnlite.foundation.checks import Flag, Number, Seed, require
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.shapes import OneShape
from nnlite.foundation.types import Array, Shape
from nnlite.given.numbers import as_numbers, cast
from nnlite.layers.layer import Layer
from nnlite.layers.options import DataFormat
from nnlite.layers.windows import ImageLayer

LEAST_DEVIATION = 1e-7
"""What a constant column is divided by, as in Keras."""


def as_axes(name: str, axis: Any, where: str | None) -> tuple[int, ...]:
    """Return the axes as a tuple: none of them for None."""
    given = () if axis is None else axis if isinstance(axis, list | tuple) else (axis,)
    whole = [isinstance(one, int) and not isinstance(one, bool) and one != 0 for one in given]
    if not all(whole):
        rule = f"{name} must be None, a whole number other than 0, the axis of the samples, "
        raise value_error(f"{rule}or several of them.", f"{name}={shown(axis)}", where)
    return tuple(given)


class Normalization(Layer):
    """Every column to mean 0 and deviation 1: a = (x − mean)/√variance.

    With m samples of n columns, and `axis` = −1::

        a  = (x − mean)/σ    σ = max(√variance, 10⁻⁷): (m, n) with (n,)
        dx = grad/σ          (m, n): mean and variance stay what they are
        invert: a = mean + x·σ, dx = grad·σ

    Mean and variance are those of the data that `adapt` saw, or the ones given: training does not
    change them. Unlike `BatchNormalization`, it does the same to every batch.

    Parameters
    ----------
    axis
        The axes along which each place has a mean of its own, the axis of the samples counted as
        0: −1, the columns of a table or the channels of images. None: one mean for all numbers.
    mean, variance
        Numbers to use instead of those of `adapt`: both, or neither.
    invert
        Whether to go the way back, from normalized numbers to data.
    options
        `input_shape`, `name`: see `Layer`.

    Examples
    --------
    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 10.0], [3.0, 30.0]])
    >>> layer(np.array([[1.0, 10.0], [5.0, 20.0]]))
    array([[-1., -1.],
           [ 3.,  0.]], dtype=float32)
    """

    mean: Array
    variance: Array

    def __init__(
        self,
        axis: Annotated[Any, as_axes] = -1,
        mean: Any = None,
        variance: Any = None,
        invert: Flag = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis, self.invert = axis, invert
        self.is_given = mean is not None
        if self.is_given != (variance is not None):
            received = f"mean={shown(mean)}, variance={shown(variance)}"
            remedy = "Give both, or neither and call adapt(data)."
            raise self.misfit("mean and variance belong together.", received, remedy)
        if self.is_given:
            self.mean, self.variance = (
                cast(as_numbers(numbers, name), np.float64, name, numbers)
                for name, numbers in (("mean", mean), ("variance", variance))
            )
            if (self.variance < 0).any():
                raise self.misfit("A variance is never negative.", f"variance={shown(variance)}")

    def build(self, input_shape: OneShape) -> None:
        """Make mean and variance; each place along `axis` has its own."""
        self.compute_output_shape(input_shape)
        if not self.is_given:
            shape = self.shape_of_mean(input_shape)
            self.add_weight("mean", shape, "zeros", trainable=False)
            self.add_weight("variance", shape, "ones", trainable=False)
            # Keras has a third weight, that it does not use: what its get_weights gives fits.
            self.add_weight("count", (), "zeros", trainable=False)

    def compute_output_shape(self, input_shape: OneShape) -> Shape:
        """Return the shape of x."""
        shape = self.shape_of_mean(input_shape)
        if self.is_given:
            fits = spreads(self.mean.shape, shape) and spreads(self.variance.shape, shape)
        else:
            fits = not self.built or self.mean.shape == shape
        if not fits:
            rule = f"The layer has a mean of shape {self.mean.shape}"
            rule += f" and a variance of shape {self.variance.shape}."
            received = f"samples of shape {input_shape}, which take {shape}"
            raise self.misfit(rule, received)
        return input_shape

    def shape_of_mean(self, input_shape: Shape) -> Shape:
        """Return the sizes of the axes that have numbers of their own."""
        return tuple(input_shape[place - 1] for place in self.places(len(input_shape) + 1))

    def places(self, axes: int) -> list[int]:
        """Return which of the axes of x have numbers of their own."""
        places = sorted({axis % axes for axis in self.axis if -axes < axis < axes})
        if len(places) != len(self.axis):
            rule = f"axis must be among the {axes} axes of x, that of the samples included."
            raise self.misfit(rule, f"axis={shown(self.axis)}")
        return places

    def adapt(self, data: Any, batch_size: Any = None, steps: Any = None) -> None:
        """Take mean and variance from data: an array, a list or a frame, as `fit` takes them.

        `batch_size` and `steps` are taken for the sake of Keras scripts, and do nothing.
        """
        if self.is_given:
            remedy = "Leave out mean= and variance=, or adapt."
            received = "adapt on a layer that was given both"
            raise self.misfit("adapt finds mean and variance.", received, remedy)
        x = cast(as_numbers(data, "data"), np.float64, "data", data)
        if x.size == 0:
            raise self.misfit("data must not be empty.", f"data of shape {x.shape}")
        x = x.reshape(-1, 1) if x.ndim < 2 else x
        self.ensure_built(x.shape[1:])
        self.compute_output_shape(x.shape[1:])
        places = self.places(x.ndim)
        others = tuple(axis for axis in range(x.ndim) if axis not in places)
        self.mean, self.variance = x.mean(axis=others), x.var(axis=others)

    def mean_and_deviation(self, x: Array) -> tuple[Array, Array]:
        """Return mean and σ in the dtype of x, laid along its axes."""
        places = self.places(x.ndim)
        shape = [size if axis in places else 1 for axis, size in enumerate(x.shape)]
        own = [shape[place] for place in places]
        deviation = np.maximum(np.sqrt(self.variance), LEAST_DEVIATION)
        mean, sigma = (
            np.broadcast_to(numbers, own).astype(x.dtype).reshape(shape)
            for numbers in (self.mean, deviation)
        )
        return mean, sigma

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return (x − mean)/σ, or mean + x·σ."""
        if x.shape[1:] != self.input_shape:
            self.compute_output_shape(x.shape[1:])
        mean, sigma = self.mean_and_deviation(x)
        if training:
            self.sigma = sigma
        a = self.memory_in(training).take("a", x.shape, x.dtype)
        if self.invert:
            return np.add(np.multiply(x, sigma, a), mean, a)
        return np.divide(np.subtract(x, mean, a), sigma, a)

    def backprop(self, grad: Array) -> Array:
        """Return grad/σ, or grad·σ."""
        return grad * self.sigma if self.invert else grad / self.sigma


def spreads(shape: Shape, over: Shape) -> bool:
    """Return whether an array of this shape stands for one of the other, larger one."""
    try:
        return np.broadcast_shapes(shape, over) == over
    except ValueError:
        return False


class Rescaling(Layer):
    """Numbers on another scale: a = x·scale + offset, so dx = grad·scale, in the shape of x.

    `Rescaling(1 / 255)` brings grey values 0 … 255 to 0 … 1, and
    `Rescaling(1 / 127.5, offset=-1)` to −1 … 1.

    >>> Rescaling(1 / 127.5, offset=-1)(np.array([[0.0, 255.0]]))
    array([[-1.,  1.]], dtype=float32)
    """

    adjustable = ("scale", "offset")

    def __init__(self, scale: Number, offset: Number = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = scale, offset

    def compute_output_shape(self, input_shape: OneShape) -> Shape:
        """Return the shape of x."""
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return x·scale + offset."""
        a = np.multiply(x, self.scale, self.memory_in(training).take("a", x.shape, x.dtype))
        return np.add(a, self.offset, a)

    def backprop(self, grad: Array) -> Array:
        """Return grad·scale."""
        return np.multiply(grad, self.scale, self.memory.take("dx", grad.shape, grad.dtype))


FLIPS = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}
"""The axes that each mode may turn around: columns, rows, or both."""

Mode = Annotated[
    str,
    require(
        lambda mode: isinstance(mode, str) and mode in FLIPS,
        f"mode must be one of {', '.join(FLIPS)}.",
    ),
]


class RandomFlip(ImageLayer):
    """While training, every second image is a mirror image: chance decides for each by itself.

    ::

        a  = x, or x turned around       (n, h, w, c)
        dx = grad, turned around again   where x was

    In prediction, a = x. "horizontal" exchanges left and right, "vertical" above and below,
    "horizontal_and_vertical" draws for both. With `seed=`, chance does not depend on the model's
    seed.

    >>> RandomFlip("horizontal")(np.ones((1, 2, 2, 1))).shape
    (1, 2, 2, 1)
    """

    def __init__(
        self,
        mode: Mode = "horizontal_and_vertical",
        seed: Seed = None,
        data_format: DataFormat = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.mode, self.seed = mode, seed
        if seed is not None:
            self.rng = np.random.default_rng(seed)

    def compute_output_shape(self, input_shape: OneShape) -> Shape:
        """Return the shape of x."""
        self.check_axes(input_shape)
        return input_shape

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return x, while training with some images turned around."""
        self.check_axes(x.shape[1:])
        if not training:
            return x
        self.turned = self.rng.random((len(FLIPS[self.mode]), len(x))) < 0.5
        return self.flipped(x)

    def backprop(self, grad: Array) -> Array:
        """Return grad, turned around where x was."""
        return self.flipped(grad)

    def flipped(self, images: Array) -> Array:
        """Return the images, those that chance chose turned around: twice is not at all."""
        images = images.copy()
        for axis, chosen in zip(FLIPS[self.mode], self.turned, strict=True):
            images[chosen] = np.flip(images[chosen], axis)
        return images
