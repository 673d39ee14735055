"""A layer turns one array into another, and sends the gradient of its output back to its input.

Its life has three steps: the constructor stores what it was told, `build` makes the weights once
the shape of a sample is known, and `forpass` and `backprop` compute.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .. import initializers, regularizers
from ..activations import ActivationFunction
from ..checks import (
    check_dtype,
    check_name,
    check_output,
    check_shape,
    check_takes_training,
    check_weights,
)
from ..configuration import Configurable, snake_case
from ..data import check_lengths
from ..errors import argument_names, explain_error, must_define, nearest, reject_unknown_arguments
from ..numeric import as_numbers, in_order
from ..seeding import new_generator
from ..types import Array, Shape
from .symbolic import Node, Tensor, connect

# The names of the lecture are shorter.
_KERAS_NAMES = {"kernel": "W", "bias": "b"}


@dataclass
class Weight:
    """What a layer knows of one of its weights, besides the numbers themselves."""

    name: str
    trainable: bool
    regularizer: regularizers.Regularizer | None


class Layer(Configurable):
    """The base of every layer, also of your own.

    A layer of your own writes `build(input_shape)`, in which it calls `self.add_weight`, then
    `forpass(x, training=False)`, and `backprop(grad)`, which writes the gradient of each weight
    `W` to `self.dW` and returns the gradient of x. What backprop needs, forpass stores on
    the layer, but only if `training` is true. A layer without weights needs no `build`.

    Parameters
    ----------
    input_shape
        The shape of one sample: `(30,)`, or 30; without the axis of the samples. Needed for the
        first layer of a `Sequential` that has no `Input`; `input_dim=30` means the same.
    name
        A name for tables and errors; without one, the model gives it one.
    trainable
        False keeps the weights as they are.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.add_weight("s", input_shape, "ones")
    ...     def forpass(self, x, training=False):
    ...         if training:
    ...             self.x = x
    ...         return x * self.s
    ...     def backprop(self, grad):
    ...         self.ds = (grad * self.x).sum(axis=0)
    ...         return grad * self.s
    >>> layer = Scale()
    >>> layer(np.array([[1.0, 2.0]]))
    array([[1., 2.]], dtype=float32)
    >>> layer.s
    array([1., 1.], dtype=float32)
    """

    _rng: np.random.Generator | None
    _first_call: Node | None
    merges = False
    """Whether the layer takes a list of inputs."""

    skip_input_gradient = False
    """True while training needs no input gradient from this layer: `backprop` may return None."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember the arguments, for `get_config`."""
        self = super().__new__(cls, *args, **kwargs)
        # Set here and not in __init__, so that a user's layer may do without super().__init__().
        vars(self).update(
            _views={},
            _weights={},
            _workspace=None,
            _rng=None,
            _name=None,
            _first_call=None,
            built=False,
            trainable=True,
            dtype=np.dtype(np.float32),
            input_shape=None,
        )
        return self

    def __init__(
        self,
        *,
        input_shape: Any = None,
        input_dim: int | None = None,
        name: str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        **unknown: Any,
    ) -> None:
        reject_unknown_arguments(type(self).__name__, unknown, argument_names(type(self)))
        if input_dim is not None:
            if input_shape not in (None, input_dim, (input_dim,), [input_dim]):
                raise ValueError(
                    explain_error(
                        "input_dim and input_shape mean the same: give one of them.",
                        f"input_dim={input_dim!r}, input_shape={input_shape!r}",
                        f"layer {type(self).__name__}",
                    )
                )
            input_shape = (input_dim,)
        if input_shape is not None:
            self.input_shape = check_shape(input_shape, f"layer {type(self).__name__}")
        self._name = check_name(name)
        self.trainable = trainable
        if dtype is not None:
            self.dtype = check_dtype(dtype)

    @property
    def name(self) -> str:
        """The layer's name."""
        return self._name or snake_case(type(self).__name__)

    def build(self, input_shape: Any) -> None:
        """Make the weights for samples of this shape; a list of shapes for a merge."""

    def forpass(self, x: Any, training: bool = False) -> Array:
        """Return the layer's output for a batch of samples."""
        raise must_define(self, "forpass(x, training=False)")

    def backprop(self, grad: Array) -> Any:
        """Write the gradients of the weights and return the gradient of x."""
        raise must_define(self, "backprop(grad)")

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of one output sample: by a trial run, if a subclass knows no better."""
        trial = self.blank_copy()
        trial.ensure_built(input_shape)
        several = isinstance(input_shape, list)
        shapes = input_shape if several else [input_shape]
        samples = [np.ones((2, *shape), trial.dtype) for shape in shapes]
        where = f"layer '{self.name}' ({type(self).__name__})"
        check_takes_training(trial.forpass, where)
        with np.errstate(all="ignore"):
            output = trial.forpass(samples if several else samples[0], False)
        check_output(output, where)
        return tuple(output.shape[1:])

    def add_weight(
        self,
        name: str,
        shape: Any,
        initializer: Any = "glorot_uniform",
        *,
        trainable: bool = True,
        regularizer: Any = None,
    ) -> Array:
        """Make a weight: an attribute of that name, and its gradient beside it: `W` and `dW`."""
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if name in self._weights or hasattr(type(self), name):
            raise ValueError(
                explain_error(
                    "A weight needs a name that the layer does not use yet.",
                    f"add_weight({name!r}, ...)",
                    f"layer '{self.name}'",
                )
            )
        value = initializers.get(initializer)(shape, self.dtype, self.rng)
        self._weights[name] = Weight(name, trainable, regularizers.get(regularizer))
        self.adopt(name, value, np.zeros_like(value) if trainable else None)
        self.built = True
        return value

    def adopt(self, name: str, value: Array, gradient: Array | None) -> None:
        """Take these arrays as the home of a weight and its gradient; numbers are not copied."""
        old = self._views.get(name)
        for attribute, held in list(vars(self).items()):
            if old is not None and held is old:
                vars(self)[attribute] = value
        self._views[name] = vars(self)[name] = value
        if gradient is not None:
            self._views["d" + name] = vars(self)["d" + name] = gradient

    def __setattr__(self, name: str, value: Any) -> None:
        # A weight's array is part of the model's one vector: assigning writes into it.
        view = self._views.get(name)
        if view is None:
            vars(self)[name] = value
        elif value is not view:
            array = as_numbers(value, name)
            if array.shape != view.shape:
                raise ValueError(
                    explain_error(
                        f"{name} keeps its shape {view.shape}.",
                        f"an array of shape {array.shape}",
                        f"layer '{self.name}'",
                    )
                )
            view[...] = array

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        # Not properties: a layer of your own may well keep its x as self.input.
        if name in ("input", "output") and self._first_call is not None:
            tensors = self._first_call.inputs if name == "input" else [self._first_call.output]
            return tensors if len(tensors) > 1 else tensors[0]
        rule = f"Layer '{self.name}' has no {name}."
        public = [known for known in dir(self) if not known.startswith("_")]
        guess = _KERAS_NAMES.get(name) or (nearest(name, public) if len(name) > 2 else None)
        if guess:
            remedy = f"Did you mean layer.{guess}?"
        elif name in ("input", "output"):
            remedy = "Call the layer on an Input, or put it into a model that knows its input."
        elif not self.built:
            rule = f"Layer '{self.name}' has no {name}: its weights are made when it is built."
            remedy = "Give the model its input shape, or call layer.build(input_shape)."
        else:
            remedy = "Call forpass(x, training=True) before backprop(grad)."
        raise AttributeError(explain_error(rule, f"layer.{name}", remedy=remedy))

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """Apply the layer to arrays, or join it to the outputs of other layers for a `Model`."""
        given = inputs if isinstance(inputs, list | tuple) else [inputs]
        if any(isinstance(one, Tensor) or hasattr(one, "forpass") for one in given):
            return connect(self, inputs)
        x: Any
        if isinstance(inputs, list) and inputs and isinstance(inputs[0], np.ndarray):
            x = [self._as_input(array) for array in inputs]
            check_lengths(x)
            self.ensure_built([array.shape[1:] for array in x])
        else:
            x = self._as_input(inputs)
            self.ensure_built(x.shape[1:])
        return self.forpass(x, training)

    def _as_input(self, array: Any) -> Array:
        x = in_order(as_numbers(array, "x"), self.dtype)
        if x.ndim == 0:
            raise ValueError(
                explain_error(
                    "A layer takes a batch of samples, along the first axis.",
                    f"the number {x[()]}",
                    f"layer '{self.name}'",
                )
            )
        return x

    def ensure_built(self, input_shape: Any) -> None:
        """Build the layer, unless it is."""
        if self._weights or (self.built and self.input_shape == input_shape):
            return
        self.build(input_shape)
        self.input_shape = input_shape
        self.built = True

    @property
    def rng(self) -> np.random.Generator:
        """The layer's source of random numbers: that of its model."""
        if self._rng is None:
            self._rng = new_generator()
        return self._rng

    def buffer(self, name: str, shape: Shape, dtype: Any = None) -> Array:
        """Return an array for a result: a new one, or in the training loop the last step's."""
        dtype = self.dtype if dtype is None else dtype
        if self._workspace is None:
            return np.empty(shape, dtype)
        array: Array | None = self._workspace.get(name)
        if array is not None and array.shape == shape and array.dtype == dtype:
            return array
        if (
            array is None
            or array.shape[1:] != shape[1:]
            or len(array) < shape[0]
            or array.dtype != dtype
        ):
            array = self._workspace[name] = np.empty(shape, dtype)
        return array[: shape[0]]

    def out(self, name: str, shape: Shape) -> Array | None:
        """Return a `buffer` in the training loop, else None: NumPy then makes a new array."""
        return None if self._workspace is None else self.buffer(name, shape)

    @property
    def weights(self) -> list[Array]:
        """All weights, in the order they were added."""
        return [self._views[name] for name in self._weights]

    @property
    def trainable_weights(self) -> list[Array]:
        """The weights that training changes."""
        return [self._views[name] for name in self.trainable_names()]

    def trainable_names(self) -> list[str]:
        """Return the names of the weights that training changes."""
        return [w.name for w in self._weights.values() if w.trainable and self.trainable]

    def get_weights(self) -> list[Array]:
        """Return copies of all weights."""
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in the order of `get_weights`."""
        check_weights(weights, self.weights, f"layer '{self.name}'")
        for view, value in zip(self.weights, weights, strict=True):
            view[...] = value

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        return sum(weight.size for weight in self.weights)

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor took, the layer's name, and whether it is trainable."""
        config = super().get_config()
        signature = inspect.signature(type(self).__init__)
        kinds = [p.kind for p in signature.parameters.values()]
        if inspect.Parameter.VAR_KEYWORD in kinds or "name" in signature.parameters:
            config["name"] = self.name
        if inspect.Parameter.VAR_KEYWORD in kinds or "trainable" in signature.parameters:
            config["trainable"] = self.trainable
        return config

    def blank_copy(self) -> Self:
        """Return the layer as it was when it was made: without weights."""
        blank = copy.copy(self)
        vars(blank).update(_views={}, _weights={}, _workspace=None, _first_call=None)
        for name in self._views:
            vars(blank).pop(name, None)
        blank.built = False
        return blank

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}'>"


class ActivatedLayer(Layer):
    """A layer whose last act is an activation: z from x, then a = g(z).

    A subclass writes `forpass_z(x, training)`, and `backprop_z(dz)`, which returns dx. The two
    halves are apart so that a loss can be computed from z: see `CrossEntropy`.
    """

    activation: ActivationFunction

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z, in an array that the layer owns."""
        raise must_define(self, "forpass_z(x, training)")

    def backprop_z(self, dz: Array) -> Array | None:
        """Write the gradients of the weights and return dx."""
        raise must_define(self, "backprop_z(dz)")

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return a = g(z)."""
        z = self.forpass_z(x, training)
        a = self.activation.forpass(z, z)
        if training:
            self.a = a
        return a

    def backprop(self, grad: Array) -> Any:
        """Return dx, from dz = grad · g′(z)."""
        dz = self.activation.backprop(grad, self.a, self.out("dz", self.a.shape))
        return self.backprop_z(dz)
