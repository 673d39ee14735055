from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite import regularizers
from nnlite.regularizers import L1, L1L2, L2, Regularizer

W = np.array([[1.0, -2.0], [0.0, 3.0]])


@pytest.mark.parametrize(
    ("regularizer", "penalty", "gradient"),
    [
        # Σ|w| = 6 and Σw² = 14.
        (L1(0.5), 3.0, [[0.5, -0.5], [0.0, 0.5]]),
        (L2(0.5), 7.0, [[1.0, -2.0], [0.0, 3.0]]),
        (L1L2(l1=0.5, l2=0.25), 6.5, [[1.0, -1.5], [0.0, 2.0]]),
        (L1(), 0.06, [[0.01, -0.01], [0.0, 0.01]]),
        (L2(), 0.14, [[0.02, -0.04], [0.0, 0.06]]),
        (L1L2(), 0.0, [[0.0, 0.0], [0.0, 0.0]]),
    ],
    ids=repr,
)
def test_penalty_and_gradient(regularizer: Regularizer, penalty: float, gradient: Any) -> None:
    assert regularizer(W) == pytest.approx(penalty, rel=1e-15)
    np.testing.assert_allclose(regularizer.gradient(W), gradient, rtol=1e-15)


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1), L1L2(0.1, 0.2)], ids=repr)
def test_the_gradient_is_the_slope_of_the_penalty(regularizer: Regularizer) -> None:
    w = np.array([0.7, -1.3, 2.1])
    gradient = regularizer.gradient(w)
    for place in range(3):
        step = np.zeros(3)
        step[place] = 1e-6
        slope = (regularizer(w + step) - regularizer(w - step)) / 2e-6
        assert gradient[place] == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1), L1L2(0.1, 0.2)], ids=repr)
def test_the_weights_stay_and_the_gradient_has_their_dtype(regularizer: Regularizer) -> None:
    for dtype in (np.float32, np.float64):
        w = W.astype(dtype)
        penalty = regularizer(w)
        assert type(penalty) is float
        assert regularizer.gradient(w).dtype == dtype
        np.testing.assert_array_equal(w, W)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: L1(-0.1), "l1"),
        (lambda: L2(float("nan")), "l2"),
        (lambda: L1L2(l1=-1), "l1"),
    ],
)
def test_a_strength_below_0_is_explained(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be from 0 on.\nReceived: {name}="):
        make()


@pytest.mark.parametrize(
    ("make", "name"), [(lambda: L1L2(l2="0.1"), "l2"), (lambda: L1(True), "l1")]
)
def test_a_strength_that_is_no_number_is_explained(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be a number from 0 on.\nReceived: {name}="):
        make()


def test_get_takes_names_objects_configurations_and_none() -> None:
    assert regularizers.get(None) is None
    assert repr(regularizers.get("l1")) == "L1()"
    assert repr(regularizers.get("l1_l2")) == "L1L2()"
    own = L2(0.3)
    assert regularizers.get(own) is own
    again = regularizers.get({"class_name": "L2", "config": own.get_config()})
    assert again is not None
    assert again(W) == pytest.approx(4.2)
    with pytest.raises(ValueError, match=r'Unknown regularizer.*\n.*\n.*Did you mean "l2"'):
        regularizers.get("l22")


def test_keras_names_mean_the_same_classes() -> None:
    assert (regularizers.l1, regularizers.l2, regularizers.l1_l2) == (L1, L2, L1L2)


def test_a_regularizer_of_your_own_writes_penalty_and_gradient() -> None:
    class Empty(Regularizer):
        pass

    with pytest.raises(TypeError, match=r"Empty must define __call__\(W\)"):
        Empty()(W)
    with pytest.raises(TypeError, match=r"Empty must define gradient\(W\)"):
        Empty().gradient(W)
