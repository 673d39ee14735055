from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import Dense, Dropout

ONES = np.ones((200, 50))


def test_what_is_kept_grows_by_one_over_one_minus_rate():
    a = Dropout(0.2, seed=0).forpass(ONES, training=True)
    assert np.unique(a).tolist() == [0.0, 1.25]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_share_that_falls_silent_is_the_rate_and_the_mean_stays(rate):
    a = Dropout(rate, seed=1).forpass(ONES, training=True)
    assert (a == 0).mean() == pytest.approx(rate, abs=0.02)
    assert a.mean() == pytest.approx(1.0, abs=0.1)


def test_the_gradient_goes_through_the_same_mask():
    layer = Dropout(0.5, seed=2)
    a = layer.forpass(ONES, training=True)
    assert np.array_equal(layer.backprop(3 * ONES), 3 * a)


def test_prediction_drops_nothing():
    assert Dropout(0.9).forpass(ONES) is ONES


def test_every_step_draws_another_mask():
    layer = Dropout(0.5, seed=3)
    first = layer.forpass(ONES, training=True).copy()
    assert not np.array_equal(layer.forpass(ONES, training=True), first)


def test_masks_differ_between_samples():
    a = Dropout(0.5, seed=4).forpass(ONES, training=True)
    assert not np.array_equal(a[0], a[1])


def test_a_rate_of_zero_keeps_everything():
    assert np.array_equal(Dropout(0).forpass(ONES, training=True), ONES)


def test_its_own_seed_makes_the_masks_independent_of_the_model():
    def mask(model_seed, own):
        layer = Dropout(0.5, seed=own)
        nnlite.Sequential([Dense(3, input_shape=(2,)), layer], seed=model_seed)
        return layer.forpass(ONES, training=True)

    assert np.array_equal(mask(0, own=7), mask(1, own=7))
    assert not np.array_equal(mask(0, own=None), mask(1, own=None))
    assert np.array_equal(mask(5, own=None), mask(5, own=None))


@pytest.mark.parametrize("rate", [1, 1.0, -0.1, 1.5, "half", None, True])
def test_the_rate_must_lie_from_zero_to_below_one(rate):
    with pytest.raises(ValueError, match="rate is the share of neurons to drop"):
        Dropout(rate)


def test_percent_are_answered_with_a_share():
    with pytest.raises(ValueError, match=r"For 20 percent write Dropout\(0\.2\)"):
        Dropout(20)
