"""A layer turns one array into another, and sends the gradient of its output back to its input.

Its life has three steps: the constructor stores what it was told, `build` makes the weights once
the shape of a sample is known, and `forpass` and `backprop` compute.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from nnlite import activations
from nnlite.foundation.arguments import argument_names, explains_its_arguments
from nnlite.foundation.checks import (
    Flag,
    Name,
    check_dtype,
    check_output,
    check_shape,
    check_takes_training,
    flag,
)
from nnlite.foundation.configuration import serialize
from nnlite.foundation.errors import attribute_error, must_define, nearest, shown, value_error
from nnlite.foundation.ours import ours
from nnlite.foundation.registry import is_ours
from nnlite.foundation.shapes import SampleShape
from nnlite.foundation.types import Array, Shape
from nnlite.foundation.undoing import all_or_nothing
from nnlite.given.data import check_lengths
from nnlite.given.numbers import apart, as_numbers, in_order
from nnlite.kernels.memory import NEW, Memory
from nnlite.layers.joining import Node, Tensor, connect
from nnlite.layers.stray import find_stray
from nnlite.layers.weight import copied
from nnlite.layers.weighted import Weighted


class Layer(Weighted):
    """The base of every layer, also of your own.

    A layer of your own writes `build(input_shape)`, in which it calls `self.add_weight`, then
    `forpass(x, training=False)`, and `backprop(grad)`, which writes the gradient of each weight
    `W` to `self.dW` and returns the gradient of x. What backprop needs, forpass stores on
    the layer, but only if `training` is true. A layer without weights needs no `build`.

    What `add_weight` returns may also be kept under another name, or in a list, tuple or
    dictionary: where training moves the weights to, these follow, also in another layer of the
    model. A part of a weight is cut out where it is used, in forpass. `layer.parameters` has a
    `Weight` for each name.

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

    noun = "layer"
    _joined = False
    _first_call: Node | None = None

    merges = False
    """Whether the layer takes a list of inputs."""

    is_first = False
    """True while training needs no input gradient from this layer: `backprop` may return None."""

    memory: Memory = NEW
    """Where results are written: `NEW`, or in the training loop the memory of the last step."""

    skip_input_gradient = False
    """True where, besides, no `backprop` of a user's builds on what the library's returns."""

    shown: Mapping[str, Callable[[], Any]] = {}
    """What a shortcut did not leave on the layer, by its name: computed when it is read."""

    def __init__(
        self,
        *,
        input_shape: Any = None,
        input_dim: int | None = None,
        name: Name = None,
        trainable: Flag = True,
        dtype: Any = None,
    ) -> None:
        where = f"layer {type(self).__name__}"
        if input_dim is not None:
            if input_shape not in (None, input_dim, (input_dim,), [input_dim]):
                rule = "input_dim and input_shape mean the same: give one of them."
                received = f"input_dim={shown(input_dim)}, input_shape={shown(input_shape)}"
                raise value_error(rule, received, where)
            input_shape = (input_dim,)
        if input_shape is not None:
            self.input_shape = check_shape(input_shape, where)
        self.given_name = name
        self.trainable = trainable
        if dtype is not None:
            self.dtype = self.given_dtype = check_dtype(dtype)

    @explains_its_arguments
    def build(self, input_shape: SampleShape) -> None:
        """Make the weights for samples of this shape; a list of shapes for a merge."""

    def forpass(self, x: Any, training: bool = False) -> Array:
        """Return the layer's output for a batch of samples."""
        raise must_define(self, "forpass(x, training=False)")

    def backprop(self, grad: Array) -> Any:
        """Write the gradients of the weights and return the gradient of x."""
        raise must_define(self, "backprop(grad)")

    @explains_its_arguments
    def compute_output_shape(self, input_shape: SampleShape) -> Shape:
        """Return the shape of one output sample: by a trial run, if a subclass knows no better."""
        trial = self.twin()
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

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.shown:
            return self.shown[name]()
        # Not properties: a layer of your own may well keep its x as self.input.
        if name in ("input", "output") and self._first_call is not None:
            tensors = self._first_call.inputs if name == "input" else [self._first_call.output]
            return tensors if len(tensors) > 1 else tensors[0]
        rule = f"Layer '{self.name}' has no {name}."
        public = [known for known in dir(self) if not known.startswith("_")]
        guess = self.keras_names.get(name) or (nearest(name, public) if len(name) > 2 else None)
        if "given_name" not in vars(self) and name in argument_names(type(self).__mro__[1]):
            remedy = "Begin the constructor of your class with super().__init__(...)."
        elif guess:
            remedy = f"Did you mean layer.{guess}?"
        elif name in ("input", "output"):
            remedy = "Call the layer on an Input, or put it into a model that knows its input."
        elif not self.built and type(self).build is not Layer.build:
            rule = f"Layer '{self.name}' has no {name}: its weights are made when it is built."
            remedy = "Give the model its input shape, or call layer.build(input_shape)."
            if not is_ours(type(self)):
                remedy += " What forpass keeps is there after forpass(x, training=True)."
        elif name in self._guarded:
            remedy = f"The layer was made without {name}: make a new one with it."
        else:
            remedy = "Call forpass(x, training=True) before backprop(grad)."
        raise attribute_error(rule, f"layer.{name}", remedy=remedy)

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """Apply the layer to arrays, or join it to the outputs of other layers for a `Model`."""
        given = inputs if isinstance(inputs, list | tuple) else [inputs]
        if any(isinstance(one, Tensor) or hasattr(one, "forpass") for one in given):
            return connect(self, inputs)
        flag("training", training, f"layer '{self.name}'")
        several = isinstance(inputs, list) and inputs and isinstance(inputs[0], np.ndarray)
        arrays = [self._as_input(one) for one in (inputs if several else [inputs])]
        check_lengths(arrays)
        shapes = [array.shape[1:] for array in arrays]
        self.ensure_built(shapes if several else shapes[0])
        x = arrays if several else arrays[0]
        return apart(self.forpass(x, training), x)

    def _as_input(self, array: Any) -> Array:
        x = in_order(as_numbers(array, "x"), self.dtype)
        if x.ndim == 0:
            rule = "A layer takes a batch of samples, along the first axis."
            raise self.misfit(rule, f"the number {x[()]}")
        if not x.size:
            raise self.misfit("x must not be empty.", f"x of shape {x.shape}")
        # A layer of the user's may write into its x, which is the caller's.
        return x if ours(self, "forpass") else x.copy()

    def _check_has_axis(self, input_shape: Shape) -> None:
        """Raise if samples are single numbers: whose last axis would hold the features?"""
        if not input_shape:
            rule = f"{type(self).__name__} needs samples with at least one axis."
            remedy = "Make x a column: x.reshape(-1, 1)."
            raise self.misfit(rule, "samples that are single numbers", remedy)

    def ensure_built(self, input_shape: Any) -> None:
        """Build the layer, unless it is."""
        if not self._parameters and not (self.built and self.input_shape == input_shape):
            with all_or_nothing(self):
                self.build(input_shape)
            self.input_shape = input_shape
            self._settle()
        if self.stray is None:
            self.stray = find_stray(self)

    def join_model(self, dtype: np.dtype[Any], rng: np.random.Generator) -> None:
        """Stand in a model from now on, with its dtype and, if still to be built, its generator."""
        # NumPy takes None for float64.
        if self.given_dtype is not None and self.given_dtype != dtype:
            rule = "The layers of a model have its dtype."
            remedy = f'Make the model with dtype="{self.given_dtype}", or the layer without dtype=.'
            raise self.misfit(rule, f"dtype={self.given_dtype}, a model in {dtype}", remedy)
        if self._joined and self.dtype != dtype:
            rule = "Models that share a layer have the same dtype."
            received = f"a model in {dtype}, a layer that stands in one in {self.dtype}"
            remedy = f'Make both models with dtype="{self.dtype}", or a new layer for the second.'
            raise value_error(
                rule, received, f"layer '{self.name}' ({type(self).__name__})", remedy
            )
        self.dtype, self._joined = dtype, True
        if not self.built:
            vars(self).setdefault("rng", rng)

    def memory_in(self, training: bool) -> Memory:
        """Return where results are written: in the training loop, memory that is used again."""
        return self.memory if training else NEW

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor took, the layer's name, and what has been adjusted since."""
        now = {"name": self.name, "trainable": self.trainable}
        taken, config = argument_names(type(self)), super().get_config()
        # A class of the user's may make something else of what its constructor took.
        adjustable = {*self.adjustable} & {*config} if is_ours(type(self)) else ()
        for name in adjustable:
            is_function = name == "activation"
            before = activations.get(config[name]) if is_function else config[name]
            if serialize(before) != (adjusted := serialize(getattr(self, name))):
                now[name] = adjusted
        return config | {name: now[name] for name in now if name in taken}

    def twin(self, built: bool = True) -> Self:
        """Return a copy that stands in no model, and shares with this layer nothing that changes.

        With `built=False`, the copy is as the layer was made, without weights. What cannot be
        copied, such as a lock or an open file, belongs to both.
        """
        layer = self
        if self.built and not built:
            arguments, options = self._arguments
            layer = type(self)(*arguments, **options)
            for name in ("given_name", "chosen_name", "dtype", "trainable"):
                vars(layer)[name] = getattr(self, name)
        twin = copy.copy(layer)
        memo: dict[int, Any] = {id(layer): twin, id(self._first_call): None}
        memo.update((id(w.regularizer), w.regularizer) for w in layer.parameters.values())
        for name, kept in vars(layer).items():
            vars(twin)[name] = copied(kept, memo)
        vars(twin).update(_joined=False, memory=NEW, skip_input_gradient=False)
        return twin

    def __repr__(self) -> str:
        what = f"{type(self).__name__} '{self.name}'"
        if self._first_call is not None and self._first_call.inputs:
            shapes = [str(tensor.shape) for tensor in self._first_call.inputs]
            what += f": {', '.join(shapes)} → {self._first_call.output.shape}"
        if self.parameters:
            weights = [f"{name} {weight.value.shape}" for name, weight in self.parameters.items()]
            count = self.count_params()
            what += f"; {', '.join(weights)}: {count:,} parameter{'s' * (count != 1)}"
        return f"<{what}>"
