"""What a layer was given of the user's own: a regularizer or an activation that is wrong is named.

Else its fault would be the layer's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.activations import ActivationFunction
from nnlite.foundation.ours import ours
from nnlite.foundation.types import Array
from nnlite.testing.differences import compare, measure_noise
from nnlite.testing.report import number, row_of
from nnlite.testing.subject import SAMPLES, Trial, blamed_on, describe, failure, place_of


def expect_right_parts(trial: Trial) -> None:
    """Raise for a regularizer or an activation that fails, or whose gradient is wrong."""
    layer = trial.subject().layer
    for weight in layer.trainable_parameters:
        R: Any = weight.regularizer
        if R is not None and not ours(R, "__call__", "gradient"):
            rule = "__call__(W) must return the penalty, a number, and gradient(W) its gradient."
            guilty = f"regularizer {type(R).__name__} of {weight.name}, {place_of(layer)}"
            _expect_right(guilty, rule, weight.value, R, R.gradient)
    for g in vars(layer).values():
        if isinstance(g, ActivationFunction) and not ours(g, "forpass", "backprop"):
            _expect_right_activation(g, f"activation {type(g).__name__}, {place_of(layer)}")


def _expect_right_activation(g: Any, guilty: str) -> None:
    z, grad = np.random.default_rng(5).standard_normal((2, SAMPLES, 4))
    rule = "forpass(z, out=None) must return g(z), and backprop(grad, a, out=None) grad·g′(z)."

    def forward(z: Array) -> Any:
        return g.forpass(z.copy(), np.empty_like(z))

    def back(z: Array) -> Any:
        return g.backprop(grad.copy(), forward(z), np.empty_like(z))

    _expect_right(guilty, rule, z, lambda z: np.vdot(grad, forward(z)), back)


def _expect_right(guilty: str, rule: str, array: Array, function: Any, gradient: Any) -> None:
    """Compare the gradient of a function with differences, at an array."""
    with blamed_on(guilty, rule):
        value, slopes = function(array), gradient(array)
    if getattr(slopes, "shape", None) != array.shape or not isinstance(value, float | np.floating):
        wanted = f"a number and an array of shape {array.shape}"
        raise failure(guilty, rule, f"{describe(value)} and {describe(slopes)}, not {wanted}")
    noise = measure_noise(lambda: function(array), [array])
    found = compare(lambda: function(array), array, slopes, noise, 1e-6)
    row = row_of("", "its gradient", found, SAMPLES)
    if not row.passed:
        figures = f"{number(row.analytic)}, the differences say {number(row.numeric)}"
        rule = "A gradient must be that of the function."
        raise failure(guilty, rule, f"{row.spelt_place} is {figures}", row.guess)
