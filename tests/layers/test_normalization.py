from __future__ import annotations

import math

import numpy as np
import pytest

from nnlite.layers import BatchNormalization


def built(shape, **options):
    layer = BatchNormalization(dtype="float64", **options)
    layer.build(shape)
    return layer


def test_a_channel_gets_mean_0_and_deviation_1_then_its_own_scale():
    layer = built((2,), epsilon=0.0)
    layer.gamma, layer.beta = [2.0, 1.0], [10.0, 0.0]
    x = np.array([[1.0, 5.0], [3.0, 9.0]])
    assert layer.forpass(x, training=True).tolist() == [[8.0, -1.0], [12.0, 1.0]]


def test_the_gradients_of_three_samples_by_hand():
    layer = built((1,), epsilon=0.0)
    # μ = 1, σ² = 2, x̂ = (−1, −1, 2)/√2
    layer.forpass(np.array([[0.0], [0.0], [3.0]]), training=True)
    dx = layer.backprop(np.array([[1.0], [0.0], [0.0]]))
    assert layer.dbeta == pytest.approx([1.0])
    assert layer.dgamma == pytest.approx([-1 / math.sqrt(2)])
    half = 0.5 / math.sqrt(2)
    assert dx == pytest.approx(np.array([[half], [-half], [0.0]]), abs=1e-15)


def test_running_means_move_towards_each_batch():
    layer = built((1,), momentum=0.5)
    layer.forpass(np.array([[1.0], [5.0]]), training=True)
    assert layer.moving_mean.tolist() == [1.5]
    assert layer.moving_variance.tolist() == [2.5]
    layer.forpass(np.array([[1.0], [5.0]]), training=True)
    assert layer.moving_mean.tolist() == [2.25]
    assert layer.moving_variance.tolist() == [3.25]


def test_prediction_uses_the_running_means():
    layer = built((1,), epsilon=0.0)
    layer.moving_mean, layer.moving_variance = [2.0], [4.0]
    assert layer.forpass(np.array([[6.0], [2.0]])).tolist() == [[2.0], [0.0]]
    assert layer.moving_mean.tolist() == [2.0]


def test_epsilon_adds_to_the_variance_in_training_and_in_prediction():
    layer = built((1,), epsilon=3.0)
    layer.moving_mean, layer.moving_variance = [2.0], [1.0]
    assert layer.forpass(np.array([[6.0], [2.0]])).tolist() == [[2.0], [0.0]]
    # μ = 2, σ² = 1
    assert layer.forpass(np.array([[1.0], [3.0]]), training=True).tolist() == [[-0.5], [0.5]]


def test_a_constant_channel_becomes_zero_without_a_warning():
    layer = built((2,))
    x = np.array([[5.0, 1.0], [5.0, 2.0]])
    with np.errstate(all="raise"):
        a = layer.forpass(x, training=True)
        dx = layer.backprop(np.ones((2, 2)))
    assert a[:, 0].tolist() == [0.0, 0.0]
    assert dx[:, 0].tolist() == [0.0, 0.0]


def normalize_in_loops(x, gamma, beta, epsilon):
    """Return the output, and the mean and variance of each channel, one number at a time."""
    a, means, variances = np.zeros_like(x), [], []
    for channel in range(x.shape[-1]):
        places = list(np.ndindex(x.shape[:-1]))
        values = [x[(*place, channel)] for place in places]
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        for place in places:
            normalized = (x[(*place, channel)] - mean) / math.sqrt(variance + epsilon)
            a[(*place, channel)] = gamma[channel] * normalized + beta[channel]
        means.append(mean)
        variances.append(variance)
    return a, means, variances


def gradients_in_loops(x, gamma, epsilon, grad):
    """Return dx, dγ and dβ from the derivative of every output for every input of its channel."""
    dx, dgamma, dbeta = np.zeros_like(x), np.zeros(len(gamma)), np.zeros(len(gamma))
    places = list(np.ndindex(x.shape[:-1]))
    count = len(places)
    for c in range(x.shape[-1]):
        values = np.array([x[(*place, c)] for place in places])
        deviation = math.sqrt(values.var() + epsilon)
        normalized = (values - values.mean()) / deviation
        for i, out in enumerate(places):
            dgamma[c] += grad[(*out, c)] * normalized[i]
            dbeta[c] += grad[(*out, c)]
            for j, place in enumerate(places):
                slope = ((i == j) - 1 / count - normalized[i] * normalized[j] / count) / deviation
                dx[(*place, c)] += grad[(*out, c)] * gamma[c] * slope
    return dx, dgamma, dbeta


@pytest.mark.parametrize("shape", [(3, 1), (5, 4), (4, 3, 2), (3, 2, 4, 3)])
def test_batch_normalization_equals_its_loops(shape):
    rng = np.random.default_rng(0)
    layer = built(shape[1:], momentum=0.0)
    layer.gamma, layer.beta = rng.standard_normal((2, shape[-1]))
    x, grad = 3 + 2 * rng.standard_normal(shape), rng.standard_normal(shape)
    a, means, variances = normalize_in_loops(x, layer.gamma, layer.beta, 0.001)
    assert layer.forpass(x, training=True) == pytest.approx(a, abs=1e-12)
    assert layer.moving_mean == pytest.approx(means)
    assert layer.moving_variance == pytest.approx(variances)
    dx, dgamma, dbeta = gradients_in_loops(x, layer.gamma, 0.001, grad)
    assert layer.backprop(grad) == pytest.approx(dx, abs=1e-12)
    assert layer.dgamma == pytest.approx(dgamma, abs=1e-12)
    assert layer.dbeta == pytest.approx(dbeta, abs=1e-12)


def test_images_are_normalized_per_channel_not_per_pixel():
    layer = built((2, 2, 3))
    assert [weight.shape for weight in layer.get_weights()] == [(3,)] * 4
    x = np.random.default_rng(1).normal(5, 3, (4, 2, 2, 3))
    a = layer.forpass(x, training=True)
    assert a.mean(axis=(0, 1, 2)) == pytest.approx(np.zeros(3), abs=1e-12)
    assert np.abs(a.mean(axis=0)).max() > 0.1


def test_frozen_it_predicts_in_training_and_keeps_its_means():
    layer = built((1,), epsilon=0.0, trainable=False)
    layer.moving_mean, layer.moving_variance = [2.0], [4.0]
    x = np.array([[6.0], [2.0]])
    assert layer.forpass(x, training=True).tolist() == [[2.0], [0.0]]
    assert layer.backprop(np.array([[1.0], [3.0]])).tolist() == [[0.5], [1.5]]
    assert layer.moving_mean.tolist() == [2.0]


def test_without_scale_and_center_only_the_running_means_are_weights():
    layer = built((2,), center=False, scale=False)
    assert list(layer.parameters) == ["moving_mean", "moving_variance"]
    assert layer.trainable_weights == []


def test_trainable_are_gamma_and_beta_only():
    layer = built((3,))
    assert layer.trainable_names() == ["gamma", "beta"]
    assert layer.count_params() == 12


def test_channels_must_be_last():
    with pytest.raises(ValueError, match="Channels are the last axis: axis must be -1") as caught:
        BatchNormalization(axis=1)
    assert "np.moveaxis(x, 1, -1)" in str(caught.value)


@pytest.mark.parametrize("momentum", [-0.1, 1.1])
def test_momentum_lies_between_0_and_1(momentum):
    with pytest.raises(ValueError, match="momentum must be between 0 and 1"):
        BatchNormalization(momentum=momentum)


def both_types(x, grad, **options):
    """Return what float32 gives, and float64 for the same numbers: a, dx, dγ and dβ of each."""
    found = []
    for dtype in ("float32", "float64"):
        layer = BatchNormalization(dtype=dtype, **options)
        layer.build(x.shape[1:])
        a = layer.forpass(x.astype(dtype), training=True)
        dx = layer.backprop(grad.astype(dtype))
        assert a.dtype == dx.dtype == layer.moving_mean.dtype == dtype
        found.append((a, dx, layer.dgamma.copy(), layer.dbeta.copy(), layer.moving_mean.copy()))
    return found


@pytest.mark.parametrize("shape", [(32, 3), (100, 1), (4, 5, 5, 2)])
def test_a_constant_far_from_0_becomes_0_in_float32(shape):
    x = np.full(shape, 1e6 + 0.1, np.float32)
    grad = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    single, double = both_types(x, grad)
    assert np.abs(single[0]).max() == 0
    for found, expected in zip(single[1:], double[1:], strict=True):
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("mean", [1e4, -300.0])
def test_many_rows_far_from_0_lose_their_mean_in_float32(mean):
    rng = np.random.default_rng(0)
    x = rng.normal(mean, 1, (100_000, 3)).astype(np.float32)
    x[0] += 100
    grad = rng.normal(1, 1, x.shape).astype(np.float32)
    single, double = both_types(x, grad, momentum=0.0)
    assert np.abs(single[0].mean(axis=0, dtype=np.float64)).max() < 1e-3
    assert np.abs(single[0].std(axis=0, dtype=np.float64) - 1).max() < 1e-3
    for found, expected in zip(single, double, strict=True):
        assert np.abs(found - expected).max() < 1e-3 * np.abs(expected).max()


@pytest.mark.parametrize("place", [0, 5000, -1])
def test_a_wild_row_does_not_blur_the_others_in_float32(place):
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (10_000, 3)).astype(np.float32)
    x[place] += 1e6
    single, double = both_types(x, rng.normal(0, 1, x.shape).astype(np.float32))
    assert np.abs(np.delete(single[0] - double[0], place, axis=0)).max() < 1e-5
    for found, expected in zip(single, double, strict=True):
        assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()


def test_a_gradient_that_is_the_same_everywhere_moves_no_input_in_float32():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (100_000, 2)).astype(np.float32)
    single, double = both_types(x, np.full_like(x, 1000.1))
    assert np.abs(single[1]).max() < 1e-3
    assert single[3] == pytest.approx(double[3], rel=1e-6)


def test_samples_that_are_single_numbers_have_no_channels():
    with pytest.raises(ValueError, match="BatchNormalization needs samples with at least one axis"):
        BatchNormalization()(np.ones(3))
