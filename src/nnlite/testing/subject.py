"""A layer under test: copies of it with known weights, samples to feed them, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnlite.foundation.checks import check_shape
from nnlite.foundation.errors import explain_error, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers.layer import Layer

# How many samples a check takes: more than one, and not a size that layers often have.
SAMPLES = 3
# What a forpass gives is told of under this name, gradients under theirs.
OUTPUT = "the output"


def failure(layer: Layer, rule: str, received: str, remedy: str | None = None) -> AssertionError:
    """Return the error that says which rule a layer breaks."""
    where = f"layer '{layer.name}' ({type(layer).__name__})"
    return AssertionError(explain_error(rule, received, where, remedy))


@contextmanager
def blamed_on(layer: Layer, rule: str, detail: str = "") -> Iterator[None]:
    """Turn any error into the one that the layer breaks this rule."""
    try:
        yield
    except Exception as error:
        received = f"{type(error).__name__}: {' '.join(str(error).splitlines())}{detail}"
        raise failure(layer, rule, received) from error


def named(name: str, arrays: list[Any]) -> dict[str, Any]:
    """Return each input, or its gradient, by its name: dx, or dx[0], dx[1] … of a merge.

    >>> named("dx", [1.0]), named("dx", [1.0, 2.0])
    ({'dx': 1.0}, {'dx[0]': 1.0, 'dx[1]': 2.0})
    """
    if len(arrays) == 1:
        return {name: arrays[0]}
    return {f"{name}[{place}]": array for place, array in enumerate(arrays)}


class Trial:
    """The layer to check, and what it shall be checked on. It makes a `Subject` for each test.

    Parameters
    ----------
    layer
        Any layer; only copies of it are touched.
    input_shape
        The shape of one sample, or the list of them for a merge.
    x
        Samples to check at, or None for random ones.
    """

    def __init__(self, layer: Layer, input_shape: Any, x: Any = None) -> None:
        self.original = layer
        listed = isinstance(input_shape, list)
        if listed and not layer.merges:
            listed = any(isinstance(shape, list | tuple) for shape in input_shape)
        self.several = layer.merges or listed
        given = input_shape if listed else [input_shape]
        self.shapes: list[Shape] = [check_shape(shape, "check_layer") for shape in given]
        self.input_shape: Any = self.shapes if listed else self.shapes[0]
        self.x = None if x is None else self._checked(x)
        self.weights = self._shaken_weights()

    def _checked(self, x: Any) -> list[Array]:
        arrays = [np.asarray(part, np.float64) for part in (x if self.several else [x])]
        for array, shape in zip(arrays, self.shapes, strict=True):
            if array.shape[1:] != shape or len(array) < 2:
                rule = f"x must hold two samples or more of shape {shape}."
                raise value_error(rule, f"x of shape {array.shape}", "check_layer")
        return arrays

    def blank(self, dtype: str = "float64", layer: Layer | None = None) -> Layer:
        """Return a copy without weights."""
        blank = (self.original if layer is None else layer).twin(built=False)
        blank.dtype = np.dtype(dtype)
        blank.rng = np.random.default_rng(0)
        return blank

    def _shaken_weights(self) -> list[Array]:
        """Return weights off their usual start: a factor forgotten beside ones is not seen."""
        layer = self.blank()
        layer.ensure_built(self.input_shape)
        rng = np.random.default_rng(1)
        return [
            w * rng.uniform(0.75, 1.25, w.shape) + rng.uniform(-0.25, 0.25, w.shape)
            for w in layer.weights
        ]

    def subject(self, dtype: str = "float64", layer: Layer | None = None) -> Subject:
        """Return a built copy with the known weights."""
        blank = self.blank(dtype, layer)
        blank.ensure_built(self.input_shape)
        blank.set_weights(self.weights)
        return Subject(self, blank)

    def samples(self, count: int, dtype: Any = "float64") -> list[Array]:
        """Return samples: those given, or random ones that keep away from 0, where kinks are."""
        if self.x is not None:
            return [x[np.arange(count) % len(x)].astype(dtype) for x in self.x]
        rng = np.random.default_rng(2)
        drawn = [rng.standard_normal((count, *shape)) for shape in self.shapes]
        return [(x + 0.1 * np.sign(x)).astype(dtype) for x in drawn]


class Subject:
    """A built copy of a layer, with samples, that starts each time from the same state."""

    def __init__(self, trial: Trial, layer: Layer) -> None:
        self.trial, self.layer = trial, layer
        self.x = trial.samples(SAMPLES, layer.dtype)
        self.restart = restorer([layer])

    def forpass(self, training: bool = True) -> Array:
        """Return the output for the samples, from the start state."""
        self.restart()
        x: Any = list(self.x) if self.trial.several else self.x[0]
        samples, shape = len(self.x[0]), self.trial.input_shape
        rule = f"forpass must take a batch of {samples} samples of shape {shape}."
        with blamed_on(self.layer, rule):
            output: Any = self.layer.forpass(x, training)
        if not isinstance(output, np.ndarray) or output.shape[:1] != (samples,):
            rule = "forpass must return an array with the samples along its first axis."
            raise failure(self.layer, rule, f"{_describe(output)} for {samples} samples")
        return output

    def grad(self, output: Array) -> Array:
        """Return a gradient to send back: random, so that every output counts differently."""
        return np.random.default_rng(3).standard_normal(output.shape).astype(output.dtype)

    def backprop(self, grad: Array) -> dict[str, Array]:
        """Return copies of all gradients by their names, those of the inputs last."""
        rule = f"backprop must take the gradient of the output, of shape {grad.shape}."
        with blamed_on(self.layer, rule):
            given: Any = self.layer.backprop(grad)
        gradients = {f"d{w.name}": w.gradient.copy() for w in self.layer.trainable_parameters}
        if given is None and self.layer.skip_input_gradient:
            return gradients
        inputs = list(given) if self.trial.several and isinstance(given, list | tuple) else [given]
        shapes = [x.shape for x in self.x]
        if [getattr(dx, "shape", None) for dx in inputs] != shapes:
            wanted = shapes if self.trial.several else shapes[0]
            rule = f"backprop must return the gradient of x, in its shape {wanted}."
            remedy = "End backprop with return dx." if given is None else None
            raise failure(self.layer, rule, ", ".join(map(_describe, inputs)), remedy)
        return gradients | named("dx", [np.array(dx) for dx in inputs])

    def step(self) -> dict[str, Array]:
        """Go forward and backward once, and return copies of all that came out, by their names."""
        output = self.forpass().copy()
        return {OUTPUT: output, **self.backprop(self.grad(output))}

    def weights(self) -> dict[str, Array]:
        """Return copies of the weights by their names."""
        return {name: weight.value.copy() for name, weight in self.layer.parameters.items()}


def _describe(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value) if value is None else f"a {type(value).__name__}"


def restorer(layers: Iterable[Layer], *generators: np.random.Generator) -> Callable[[], None]:
    """Return what puts back the random generators and the untrained weights of some layers.

    Parameters
    ----------
    layers
        The layers: dropout draws numbers, batch normalization moves its running means.
    generators
        Further generators that they draw from.
    """
    layers = list(layers)
    held = [value for layer in layers for value in vars(layer).values()]
    found = [*generators, *(value for value in held if isinstance(value, np.random.Generator))]
    states = [(generator, generator.bit_generator.state) for generator in found]
    untrained = [
        (weight.value, weight.value.copy())
        for layer in layers
        for weight in layer.parameters.values()
        if not weight.trainable
    ]

    def restore() -> None:
        for generator, state in states:
            generator.bit_generator.state = state
        for array, values in untrained:
            array[...] = values

    return restore
