"""All that a layer must do, tested with one call: right gradients above all."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import explain_error, told, type_error
from nnlite.layers.layer import Layer
from nnlite.testing import duties
from nnlite.testing.differences import compare, measure_noise
from nnlite.testing.parts import expect_right_parts
from nnlite.testing.report import GradientRow, LayerReport, row_of, table
from nnlite.testing.subject import SAMPLES, Trial, place_of
from nnlite.testing.traces import predicts_without_trace

BEFORE_GRADIENTS = (
    duties.says_its_shape,
    duties.gives_finite_numbers,
    duties.repeats_itself,
    duties.leaves_arguments_alone,
    duties.writes_gradients_anew,
)
AFTER_GRADIENTS = (
    duties.makes_its_weights_known,
    duties.lives_in_a_vector,
    duties.goes_back_linearly,
    duties.keeps_dtype,
    predicts_without_trace,
    duties.works_as_first_layer,
    duties.works_in_any_memory,
    duties.comes_back_from_its_config,
)


def check_layer(
    layer: Layer, input_shape: Any, *, x: Any = None, tolerance: float = 1e-6
) -> LayerReport:
    """Test a layer, ours or your own: its gradients against differences, and all its duties.

    Copies of the layer with random weights are built for the shape, and fed three random samples in
    training. The gradients that backprop gives for every weight and for x, of a random mixture of
    the outputs, are compared with central differences in float64. Then come its duties: the right
    output shape; x and grad left alone; gradients written and not added up, and linear in grad;
    float32 and float64 kept; no trace of a prediction; the same results as the first layer, with
    its weights in one vector, in the training loop's reused memory, and when built again from its
    config. A regularizer or an activation of your own is tested first, by itself.

    The errors of a gradient are relative to its entries, and for small ones to a thousandth of its
    largest. A gradient that is 0, such as that of a bias before a softmax, is round-off of the size
    that the others have: what is less than some billionths of the layer's largest gradient counts
    as 0. So a gradient that is wrong by a thousandth is found down to a hundred-millionth of the
    largest; a layer with smaller ones is tested on larger samples, with `x`.

    Parameters
    ----------
    layer
        The layer; it may have weights or not, and stays as it is.
    input_shape
        The shape of one sample: `(4,)`, or 4; for a merge the list of shapes.
    x
        Samples to test at, where random ones, positive and negative, do not suit the layer.
    tolerance
        The relative error up to which a gradient is right.

    Returns
    -------
    LayerReport
        The table of gradients, and the duties.

    Raises
    ------
    AssertionError
        Names the layer, the weight and the place where it fails, and what the mistake looks like.

    Examples
    --------
    >>> from nnlite.layers import Dense
    >>> check_layer(Dense(3, activation="tanh"), (4,)).passed
    True

    A layer with a mistake: s should sum over the samples.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.add_weight("s", input_shape, "ones")
    ...     def forpass(self, x, training=False):
    ...         if training:
    ...             self.x = x
    ...         return x * self.s
    ...     def backprop(self, grad):
    ...         self.ds = (grad * self.x).mean(axis=0)
    ...         return grad * self.s
    >>> check_layer(Scale(), (2,))
    Traceback (most recent call last):
        ...
    AssertionError: backprop must give the gradients of forpass.
    Received: ds[1]: backprop says 0.922..., the differences say 2.766...
    Where: layer 'scale' (Scale), weight s of shape (2,)
    Remedy: 1/3 of it, and there are 3 samples: is it a mean instead of a sum?...
    """
    if not isinstance(layer, Layer):
        is_class = inspect.isclass(layer) and issubclass(layer, Layer)
        remedy = f"Make one: check_layer({layer.__name__}(...), input_shape)." if is_class else None
        raise type_error("check_layer takes a layer.", told(layer), remedy=remedy)
    checked_number("tolerance", tolerance, above=0)
    trial = Trial(layer, input_shape, x)
    with np.errstate(all="ignore"):
        expect_right_parts(trial)
        kept = [duty(trial) for duty in BEFORE_GRADIENTS]
        rows = checked_gradients(trial, tolerance)
        kept += [duty(trial) for duty in AFTER_GRADIENTS]
    title = f"{type(layer).__name__} '{layer.name}' on samples of shape {trial.input_shape}"
    return LayerReport(title, rows, tolerance, duties=kept)


def checked_gradients(trial: Trial, tolerance: float) -> list[GradientRow]:
    """Return a row for each weight and input, or raise for the gradients that are wrong."""
    subject = trial.subject()
    grad = subject.grad(subject.forpass())

    def mixture() -> float:
        return float(np.vdot(grad, subject.forpass()))

    gradients = list(subject.step().items())[1:]
    arrays, layer = [*subject.layer.trainable_weights, *subject.x], subject.layer
    noise = measure_noise(mixture, arrays)
    rows = []
    for array, (name, analytic) in zip(arrays, gradients, strict=True):
        found = compare(mixture, array, analytic, noise, tolerance)
        came_in = grad if name.startswith("dx") else None
        row = row_of(layer.name, name, found, SAMPLES, came_in)
        like = [held for held in vars(layer) if held != name and held.lower() == name.lower()]
        if like and not row.passed:
            row = replace(row, guess=f"backprop wrote self.{like[0]}; its name is self.{name}.")
        rows.append(row)
    if not all(row.passed for row in rows):
        raise wrong_gradients(layer, rows)
    return rows


def wrong_gradients(layer: Layer, rows: list[GradientRow]) -> AssertionError:
    """Return the error that tells of the first wrong gradient, and shows the table of all."""
    first, *others = (row for row in rows if not row.passed)
    what = ("input " if first.name.startswith("dx") else "weight ") + first.name[1:]
    where = f"{place_of(layer)}, {what} of shape {first.shape}"
    rule = "backprop must give the gradients of forpass."
    lines = [explain_error(rule, first.sentence, where, first.guess), "", *table(rows)]
    lines += ["", *(row.finding for row in others)] * bool(others)
    return AssertionError("\n".join(lines))
