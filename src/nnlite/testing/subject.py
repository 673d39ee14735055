"""A layer under test: copies of it with known weights, samples to feed them, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import check_shape
from ..errors import explain_error
from ..layers.base import Layer
from ..types import Array, Shape
from .state import StartState

SAMPLES = 3
"""How many samples a check takes: more than one, and not a size that layers often have."""


def failure(
    layer: Layer, rule: str, received: str | None = None, remedy: str | None = None
) -> AssertionError:
    """Return the error that says which rule a layer breaks."""
    where = f"layer '{layer.name}' ({type(layer).__name__})"
    return AssertionError(explain_error(rule, received, where, remedy))


def spelt(error: Exception) -> str:
    """Return another error's kind and text in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).splitlines())}"


@dataclass
class Step:
    """What one forpass and one backprop gave, in copies."""

    output: Array
    inputs: list[Array | None]
    weights: dict[str, Array]

    def gradients(self) -> dict[str, Array]:
        """Return all gradients by their names, those of the inputs last."""
        return {**self.weights, **{n: g for n, g in input_names(self.inputs) if g is not None}}


def input_names(inputs: list[Any]) -> list[tuple[str, Any]]:
    """Return each input's gradient with its name: dx, or dx[0], dx[1] … of a merge.

    >>> [name for name, _ in input_names([1.0, 2.0])]
    ['dx[0]', 'dx[1]']
    """
    if len(inputs) == 1:
        return [("dx", inputs[0])]
    return [(f"dx[{place}]", dx) for place, dx in enumerate(inputs)]


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
        self.several = layer.merges or (
            isinstance(input_shape, list) and any(isinstance(s, list | tuple) for s in input_shape)
        )
        given = input_shape if isinstance(input_shape, list) and self.several else [input_shape]
        self.shapes: list[Shape] = [check_shape(shape, "check_layer") for shape in given]
        listed = self.several and isinstance(input_shape, list)
        self.input_shape: Any = self.shapes if listed else self.shapes[0]
        self.x = None if x is None else self._checked(x)
        self.weights = self._shaken_weights()

    def _checked(self, x: Any) -> list[Array]:
        arrays = [np.asarray(part, np.float64) for part in (x if self.several else [x])]
        for array, shape in zip(arrays, self.shapes, strict=True):
            if array.shape[1:] != shape or len(array) < 2:
                raise ValueError(
                    explain_error(
                        f"x must hold two samples or more of shape {shape}.",
                        f"x of shape {array.shape}",
                        "check_layer",
                    )
                )
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
        self.start = StartState([layer])

    def forpass(self, training: bool = True) -> Array:
        """Return the output for the samples, from the start state."""
        self.start.restore()
        x: Any = list(self.x) if self.trial.several else self.x[0]
        try:
            output: Any = self.layer.forpass(x, training)
        except Exception as error:
            raise failure(
                self.layer,
                f"forpass must take a batch of {len(self.x[0])} samples of shape "
                f"{self.trial.input_shape}.",
                spelt(error),
            ) from error
        if not isinstance(output, np.ndarray) or output.shape[:1] != (len(self.x[0]),):
            raise failure(
                self.layer,
                "forpass must return an array with the samples along its first axis.",
                f"{_describe(output)} for {len(self.x[0])} samples",
            )
        return output

    def grad(self, output: Array) -> Array:
        """Return a gradient to send back: random, so that every output counts differently."""
        return np.random.default_rng(3).standard_normal(output.shape).astype(output.dtype)

    def backprop(self, grad: Array) -> list[Array | None]:
        """Return the gradients of the inputs."""
        try:
            given: Any = self.layer.backprop(grad)
        except Exception as error:
            raise failure(
                self.layer,
                f"backprop must take the gradient of the output, of shape {grad.shape}.",
                spelt(error),
            ) from error
        if given is None and self.layer.skip_input_gradient:
            return [None] * len(self.x)
        inputs = list(given) if self.trial.several and isinstance(given, list | tuple) else [given]
        shapes = [x.shape for x in self.x]
        if [getattr(dx, "shape", None) for dx in inputs] != shapes:
            wanted = shapes if self.trial.several else shapes[0]
            found = [_describe(dx) for dx in inputs]
            raise failure(
                self.layer,
                f"backprop must return the gradient of x, in its shape {wanted}.",
                ", ".join(found),
                "End backprop with return dx." if given is None else None,
            )
        return inputs

    def step(self) -> Step:
        """Go forward and backward once, and return copies of all that came out."""
        output = self.forpass()
        kept = output.copy()
        inputs = self.backprop(self.grad(kept))
        copies = [None if dx is None else np.array(dx) for dx in inputs]
        return Step(kept, copies, self.weight_gradients())

    def weight_gradients(self) -> dict[str, Array]:
        """Return copies of the gradients that backprop wrote, by their names."""
        return {"d" + w.name: w.gradient.copy() for w in self.layer.trainable_parameters}


def _describe(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value) if value is None else f"a {type(value).__name__}"
