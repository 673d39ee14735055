"""A layer under test: copies of it with known weights, samples to feed them, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnlite.foundation.checks import check_shape, check_takes_training
from nnlite.foundation.errors import explain_error, told, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.data import check_lengths
from nnlite.given.numbers import as_numbers
from nnlite.layers.layer import Layer
from nnlite.testing.differences import largest
from nnlite.testing.report import number, place_text

# How many samples a check takes: more than one, and not a size that layers often have.
SAMPLES = 3
# What a forpass gives is told of under this name, gradients under theirs.
OUTPUT = "the output"


def place_of(layer: Layer) -> str:
    """Return how an error names a layer."""
    return f"layer '{layer.name}' ({type(layer).__name__})"


def failure(
    guilty: Layer | str, rule: str, received: str, remedy: str | None = None
) -> AssertionError:
    """Return the error that says which rule a layer, or something in it, breaks."""
    where = guilty if isinstance(guilty, str) else place_of(guilty)
    return AssertionError(explain_error(rule, received, where, remedy))


@contextmanager
def blamed_on(
    guilty: Layer | str, rule: str, detail: str = "", unless_explained: bool = False
) -> Iterator[None]:
    """Turn any error, or any that does not explain itself, into the one that breaks this rule."""
    try:
        yield
    except Exception as error:
        if unless_explained and "\nReceived: " in str(error):
            raise
        received = f"{type(error).__name__}: {' '.join(str(error).splitlines())}{detail}"
        raise failure(guilty, rule, received) from error


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
        check_takes_training(layer.forpass, place_of(layer))
        # Off their usual start: a factor forgotten beside ones is not seen.
        rng = np.random.default_rng(1)
        self.weights = [
            w * rng.uniform(0.75, 1.25, w.shape) + rng.uniform(-0.25, 0.25, w.shape)
            for w in self._built(layer).weights
        ]

    def _checked(self, x: Any) -> list[Array]:
        parts, inputs = x if self.several else [x], len(self.shapes)
        if not isinstance(parts, list | tuple) or len(parts) != inputs:
            rule = f"x must be a list of samples for each of the {inputs} inputs."
            raise value_error(rule, f"x={told(x)}", "check_layer")
        arrays = [as_numbers(part, "x").astype(np.float64) for part in parts]
        check_lengths(arrays)
        for array, shape in zip(arrays, self.shapes, strict=True):
            if array.shape[1:] != shape or len(array) < 2:
                rule = f"x must hold two samples or more of shape {shape}."
                raise value_error(rule, f"x of shape {array.shape}", "check_layer")
        return arrays

    def _built(self, layer: Layer, dtype: str = "float64") -> Layer:
        built = layer.twin(built=False)
        built.dtype, built.rng = np.dtype(dtype), np.random.default_rng(0)
        rule = f"build must make the weights for samples of shape {self.input_shape}."
        with blamed_on(built, rule, unless_explained=True):
            built.ensure_built(self.input_shape)
        return built

    def subject(self, dtype: str = "float64", layer: Layer | None = None) -> Subject:
        """Return a built copy with the known weights."""
        built = self._built(layer or self.original, dtype)
        built.set_weights(self.weights)
        return Subject(self, built)

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
            raise failure(self.layer, rule, f"{describe(output)} for {samples} samples")
        return self._of_its_dtype(output, "forpass")

    def _of_its_dtype(self, array: Array, where: str) -> Array:
        """Return the array, if its numbers are of the layer's kind."""
        dtype = self.layer.dtype
        if array.dtype != dtype:
            rule = f"What goes in as {dtype} comes out as {dtype}."
            remedy = "np.float64 numbers and new arrays promote: use x.dtype, or plain floats."
            remedy = remedy if array.dtype == np.float64 else "Give new arrays dtype=x.dtype."
            raise failure(self.layer, rule, f"{array.dtype} from {where}", remedy)
        return array

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
            summed = [getattr(dx, "shape", None) for dx in inputs] == [s[1:] for s in shapes]
            rows = "Sum over the samples belongs to the weights: dx has a row for each sample."
            remedy = "End backprop with return dx." if given is None else rows if summed else None
            raise failure(self.layer, rule, ", ".join(map(describe, inputs)), remedy)
        found = named("dx", [np.array(dx) for dx in inputs])
        for name, dx in found.items():
            self._of_its_dtype(dx, f"{name} of backprop")
        return gradients | found

    def step(self) -> dict[str, Array]:
        """Go forward and backward once, and return copies of all that came out, by their names."""
        output = self.forpass().copy()
        return {OUTPUT: output, **self.backprop(self.grad(output))}

    def weights(self) -> dict[str, Array]:
        """Return copies of the weights by their names."""
        return dict(zip(self.layer.parameters, self.layer.get_weights(), strict=True))

    def expect_output(self, rule: str, other: Subject, remedy: str) -> None:
        """Raise unless another one gives the same output, in training and in prediction."""
        for training in (False, True):
            right = {OUTPUT: other.forpass(training).copy()}
            found = {OUTPUT: self.forpass(training)}
            self.expect(rule.format(training=training), found, right, remedy)

    def expect(
        self,
        rule: str,
        found: Mapping[str, Array],
        wanted: Mapping[str, Array] | None = None,
        remedy: str | None = None,
        share: float = 1e-9,
    ) -> None:
        """Raise unless arrays of one name agree, up to a share of the largest number for round-off.

        Of a gradient that is 0 nothing is left but round-off, of the size that it has in others:
        so a hundredth of the layer's largest gradient counts as its largest number, if it is more.
        Without `wanted`, what came out is held against a step of another copy.
        """
        wanted = self.trial.subject().step() if wanted is None else wanted
        gradients = [largest(array) for name, array in wanted.items() if name != OUTPUT]
        for name, array in found.items():
            right = wanted[name]
            if array.shape != right.shape:
                received = f"{name} of shape {array.shape}, not {right.shape}"
                raise failure(self.layer, rule, received, remedy)
            if np.array_equal(array, right, equal_nan=True):
                continue
            difference = np.asarray(np.nan_to_num(np.abs(array - right), nan=np.inf))
            place = np.unravel_index(int(difference.argmax()), difference.shape)
            least = 0.0 if name == OUTPUT else max(gradients) / 100
            if difference[place] > share * max(largest(right), least):
                where = name + place_text(place)
                received = f"{where} is {number(array[place])}, not {number(right[place])}"
                raise failure(self.layer, rule, received, remedy)


def describe(value: Any) -> str:
    """Return what a method gave back instead of what it should."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value) if value is None else f"a {type(value).__name__}"


def restorer(layers: Sequence[Layer]) -> Callable[[], None]:
    """Return what puts back the random generators and the untrained weights of some layers.

    Dropout draws numbers, batch normalization moves its running means.
    """
    held = [value for layer in layers for value in vars(layer).values()]
    generators = [value for value in held if isinstance(value, np.random.Generator)]
    states = [(generator, generator.bit_generator.state) for generator in generators]
    weights = [weight for layer in layers for weight in layer.parameters.values()]
    untrained = [(w.value, w.value.copy()) for w in weights if not w.trainable]

    def restore() -> None:
        for generator, state in states:
            generator.bit_generator.state = state
        for array, values in untrained:
            array[...] = values

    return restore
