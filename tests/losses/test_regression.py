from __future__ import annotations

import numpy as np
import pytest

from nnlite import losses
from nnlite.losses import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError

Y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
A = np.array([[2.0, 2.0], [3.0, 1.0], [9.0, 6.5]])
# a − y = (1, 0), (0, −3), (4, ½)


@pytest.mark.parametrize(
    ("loss", "value", "gradient"),
    [
        # (1 + 9 + 16 + ¼)/(2·3), and 2(a − y)/(2·3)
        (MeanSquaredError(), 26.25 / 6, [[1 / 3, 0], [0, -1], [4 / 3, 1 / 6]]),
        (HalfSquaredError(), 26.25 / 12, [[1 / 6, 0], [0, -1 / 2], [2 / 3, 1 / 12]]),
        (MeanAbsoluteError(), 8.5 / 6, [[1 / 6, 0], [0, -1 / 6], [1 / 6, 1 / 6]]),
        # ½ + 0 + 0 + (3 − ½) + (4 − ½) + ⅛
        (Huber(), 6.625 / 6, [[1 / 6, 0], [0, -1 / 6], [1 / 6, 1 / 12]]),
        # With δ = 2: ½ + 2(3 − 1) + 2(4 − 1) + ⅛
        (Huber(2.0), 10.625 / 6, [[1 / 6, 0], [0, -1 / 3], [1 / 3, 1 / 12]]),
    ],
)
def test_value_and_gradient_of_the_mean(loss, value, gradient):
    assert loss(Y, A) == pytest.approx(value, abs=1e-15)
    assert loss.backprop(Y, A) == pytest.approx(np.array(gradient), abs=1e-15)


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (losses.mean_squared_error, [0.5, 4.5, 8.125]),
        (losses.half_squared_error, [0.25, 2.25, 4.0625]),
        (losses.mean_absolute_error, [0.5, 1.5, 2.25]),
        (losses.huber, [0.25, 1.25, 1.8125]),
    ],
)
def test_the_functions_give_one_value_per_sample(function, values):
    assert function(Y, A).tolist() == values


def test_huber_as_a_function_takes_its_delta():
    assert losses.huber(Y, A, delta=2.0).tolist() == [0.25, 2.0, 3.0625]


def loss_in_loops(y, a, name):
    """Return the mean over samples of the mean over outputs, one number at a time."""
    total = 0.0
    for sample in range(len(y)):
        errors = [float(e) for e in (a[sample] - y[sample]).ravel()]
        terms = []
        for e in errors:
            terms.append(
                {
                    "mean_squared_error": e * e,
                    "half_squared_error": 0.5 * e * e,
                    "mean_absolute_error": abs(e),
                    "huber": 0.5 * e * e if abs(e) <= 1 else abs(e) - 0.5,
                }[name]
            )
        total += sum(terms) / len(terms)
    return total / len(y)


@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (4, 3), (3, 2, 4)])
@pytest.mark.parametrize(
    "name", ["mean_squared_error", "half_squared_error", "mean_absolute_error", "huber"]
)
def test_a_loss_equals_its_loops(name, shape):
    rng = np.random.default_rng(0)
    y, a = 2 * rng.standard_normal((2, *shape))
    assert losses.get(name)(y, a) == pytest.approx(loss_in_loops(y, a, name), rel=1e-14)


def test_at_zero_error_the_absolute_error_has_gradient_zero():
    assert MeanAbsoluteError().backprop([[1.0], [2.0]], [[1.0], [3.0]]).tolist() == [[0.0], [0.5]]


def test_sample_weights_multiply_each_sample():
    loss = MeanSquaredError()
    assert loss(Y, A, [1.0, 0.0, 2.0]) == (0.5 + 0.0 + 16.25) / 3
    gradient = loss.backprop(Y, A, [1.0, 0.0, 2.0])
    assert gradient == pytest.approx(np.array([[1 / 3, 0], [0, 0], [8 / 3, 1 / 3]]))


@pytest.mark.parametrize("delta", [0, -1.0, float("nan")])
def test_delta_must_be_above_zero(delta):
    with pytest.raises(ValueError, match="delta must be above 0"):
        Huber(delta)
