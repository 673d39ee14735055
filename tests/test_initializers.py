from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, initializers
from nnlite.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    LecunNormal,
    Ones,
    RandomNormal,
    RandomUniform,
    Zeros,
    fans,
    truncated_normal,
)
from nnlite.layers import Dense

# 100,000 numbers: their deviation is known to about a third of a percent.
MATRIX = (400, 250)
KERNEL = (5, 5, 40, 100)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), (1, 1)),
        ((7,), (7, 7)),
        ((30, 10), (30, 10)),
        ((3, 5, 8, 16), (120, 240)),
        ((2, 4, 6), (8, 12)),
    ],
)
def test_fans_count_every_place_under_the_window(shape: Any, expected: Any) -> None:
    assert fans(shape) == expected


def test_constants_fill_the_shape() -> None:
    assert Zeros()((2, 2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert Ones()((2, 2)).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert Constant(-0.5)((3,)).tolist() == [-0.5, -0.5, -0.5]
    assert Constant([[1, 2], [3, 4]])((2, 2)).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_constant_of_another_shape_is_explained() -> None:
    with pytest.raises(ValueError, match=r"constant of shape \(3,\) for a weight of shape \(2,\)"):
        Constant([1, 2, 3])((2,))


@pytest.mark.parametrize(
    ("initializer", "shape", "limit"),
    [
        (RandomUniform(seed=1), MATRIX, 0.05),
        (RandomUniform(-0.3, 0.3, seed=1), MATRIX, 0.3),
        (GlorotUniform(seed=1), MATRIX, math.sqrt(6 / 650)),
        (GlorotUniform(seed=1), KERNEL, math.sqrt(6 / (25 * 140))),
        (HeUniform(seed=1), MATRIX, math.sqrt(6 / 400)),
        (HeUniform(seed=1), KERNEL, math.sqrt(6 / (25 * 40))),
    ],
)
def test_uniform_numbers_fill_their_range(initializer: Any, shape: Any, limit: float) -> None:
    values = initializer(shape, "float64")
    assert -limit <= values.min() < -0.999 * limit
    assert 0.999 * limit < values.max() <= limit
    assert values.mean() == pytest.approx(0, abs=0.01 * limit)
    assert values.std() == pytest.approx(limit / math.sqrt(3), rel=0.01)


def test_a_uniform_range_need_not_lie_around_0() -> None:
    values = RandomUniform(2.0, 3.0, seed=1)((1000,), "float64")
    assert 2.0 <= values.min() < 2.01
    assert 2.99 < values.max() <= 3.0


@pytest.mark.parametrize(
    ("initializer", "shape", "variance"),
    [
        (GlorotNormal(seed=2), MATRIX, 2 / 650),
        (GlorotNormal(seed=2), KERNEL, 2 / (25 * 140)),
        (HeNormal(seed=2), MATRIX, 2 / 400),
        (HeNormal(seed=2), KERNEL, 2 / (25 * 40)),
        (LecunNormal(seed=2), MATRIX, 1 / 400),
        (LecunNormal(seed=2), KERNEL, 1 / (25 * 40)),
    ],
)
def test_cut_normal_numbers_have_their_variance(
    initializer: Any, shape: Any, variance: float
) -> None:
    values = initializer(shape, "float64")
    assert values.mean() == pytest.approx(0, abs=0.01 * math.sqrt(variance))
    assert values.var() == pytest.approx(variance, rel=0.02)
    # Cut at two deviations of the curve that was cut, which is 1/0.8796 times as wide.
    cut = 2 * math.sqrt(variance) / 0.87962566103423978
    assert 0.99 * cut < np.abs(values).max() <= cut * (1 + 1e-12)


def test_random_normal_is_not_cut() -> None:
    values = RandomNormal(seed=3)(MATRIX, "float64")
    assert values.mean() == pytest.approx(0, abs=0.0005)
    assert values.std() == pytest.approx(0.05, rel=0.01)
    assert np.abs(values).max() > 0.15
    shifted = RandomNormal(mean=2.0, stddev=0.5, seed=3)(MATRIX, "float64")
    assert shifted.mean() == pytest.approx(2.0, abs=0.01)
    assert shifted.std() == pytest.approx(0.5, rel=0.01)


def test_cutting_keeps_the_shape_of_the_curve() -> None:
    values = truncated_normal(0.87962566103423978, (100_000,), np.random.default_rng(4))
    # Of N(0, 1) within ±2, the share within ±1 is 0.6827/0.9545.
    assert np.mean(np.abs(values) < 1) == pytest.approx(0.7152, abs=0.005)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "random_normal", "zeros"])
def test_shape_and_dtype_are_as_asked(name: str) -> None:
    initializer = initializers.get(name)
    rng = np.random.default_rng(0)
    for dtype in ("float32", "float64"):
        values = initializer((3, 4), dtype, rng)
        assert values.shape == (3, 4)
        assert values.dtype == dtype
    assert initializer(5, rng=rng).shape == (5,)
    assert initializer(np.int64(5), rng=rng).shape == (5,)


def test_a_seed_gives_the_same_numbers_whatever_the_generator() -> None:
    first = GlorotUniform(seed=7)((3, 3), rng=np.random.default_rng(1))
    again = GlorotUniform(seed=7)((3, 3), rng=np.random.default_rng(2))
    other = GlorotUniform(seed=8)((3, 3))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_without_a_seed_the_numbers_go_on_with_the_generator() -> None:
    rng = np.random.default_rng(5)
    first, second = HeNormal()((50,), rng=rng), HeNormal()((50,), rng=rng)
    assert (first != second).all()
    np.testing.assert_array_equal(first, HeNormal()((50,), rng=np.random.default_rng(5)))


def test_numpys_global_random_state_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    GlorotNormal()((10, 10))
    after = np.random.get_state()[1]  # noqa: NPY002
    np.testing.assert_array_equal(before, after)


def test_a_constant_array_is_copied() -> None:
    value = np.array([1.0, 2.0])
    weights = Constant(value)((2,), "float64")
    weights[0] = 5.0
    assert value.tolist() == [1.0, 2.0]
    assert Constant(1.0)((2, 2)).flags.writeable


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: RandomUniform(1.0, 0.5), "minval must not be above maxval"),
        (lambda: RandomNormal(stddev=-1.0), "stddev"),
        (lambda: GlorotUniform(seed=-1), "seed must be a whole number"),
        (lambda: GlorotUniform(seed=1.5), "seed must be a whole number"),
    ],
)
def test_settings_that_make_no_sense_are_explained(make: Callable[[], Any], text: str) -> None:
    with pytest.raises((ValueError, TypeError), match=text):
        make()


def test_an_initializer_of_your_own_writes_fill() -> None:
    class Empty(Initializer):
        pass

    class Diagonal(Initializer):
        def fill(self, shape: Any, rng: np.random.Generator) -> Any:
            return np.eye(*shape)

    with pytest.raises(TypeError, match=r"Empty must define fill\(shape, rng\)"):
        Empty()((2,))
    assert Diagonal()((2, 2)).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_get_takes_names_classes_objects_and_configurations() -> None:
    own = RandomNormal(stddev=0.5, seed=3)
    assert initializers.get(own) is own
    assert repr(initializers.get(HeNormal)) == "HeNormal()"
    assert repr(initializers.get("lecun_normal")) == "LecunNormal()"
    again = initializers.get({"class_name": "RandomNormal", "config": own.get_config()})
    np.testing.assert_array_equal(again((4,)), own((4,)))
    array = Constant(np.array([1.0, 2.0]))
    again = initializers.get({"class_name": "Constant", "config": array.get_config()})
    assert again((2,)).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match='Did you mean "glorot_uniform"'):
        initializers.get("glorot_unifrom")


@pytest.mark.parametrize("name", sorted(initializers.KNOWN.named))
def test_keras_function_names_are_the_classes(name: str) -> None:
    assert getattr(initializers, name) is initializers.KNOWN.named[name]


def test_neurons_of_one_layer_start_differently_and_layers_too() -> None:
    model = Sequential([Dense(4, input_shape=(4,)), Dense(4)], seed=0)
    first, bias, second, _ = model.get_weights()
    assert len(np.unique(first)) == 16
    assert (first != second).all()
    assert bias.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_normal_and_uniform_are_short_for_the_random_ones() -> None:
    for short, long in ("normal", "random_normal"), ("uniform", "random_uniform"):
        layer, other = (
            Sequential([Dense(50, kernel_initializer=name, input_shape=(40,))], seed=1).layers[0]
            for name in (short, long)
        )
        assert np.array_equal(layer.W, other.W)
        assert np.abs(layer.W).max() > 0.04
    with pytest.raises(ValueError, match='Did you mean "uniform"'):
        initializers.get("unifrom")


@pytest.mark.parametrize("initializer", [initializers.GlorotUniform(), initializers.HeNormal()])
def test_a_weight_without_numbers_needs_none(initializer: Any) -> None:
    assert initializer((0, 3)).shape == (0, 3)
    assert initializer((0, 1, 2, 3)).shape == (0, 1, 2, 3)
