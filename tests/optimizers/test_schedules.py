from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlite.optimizers import SGD, get
from nnlite.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)


def test_exponential_decay_halves_in_each_stretch() -> None:
    schedule = ExponentialDecay(0.8, decay_steps=10, decay_rate=0.5)
    assert [schedule(step) for step in (0, 10, 20)] == [0.8, 0.4, 0.2]
    assert schedule(5) == pytest.approx(0.8 / math.sqrt(2), rel=1e-15)


def test_exponential_decay_as_a_staircase_waits_for_the_whole_stretch() -> None:
    schedule = ExponentialDecay(0.8, 10, 0.5, staircase=True)
    assert [schedule(step) for step in (0, 9, 10, 19, 20)] == [0.8, 0.8, 0.4, 0.4, 0.2]


def test_inverse_time_decay_divides_by_a_growing_number() -> None:
    schedule = InverseTimeDecay(1.0, decay_steps=2, decay_rate=0.5)
    # 1/(1 + ½·step/2)
    assert [schedule(step) for step in (0, 2, 4, 12)] == [1.0, 1 / 1.5, 0.5, 0.25]
    assert schedule(1) == 0.8


def test_inverse_time_decay_as_a_staircase() -> None:
    schedule = InverseTimeDecay(1.0, 2, 1.0, staircase=True)
    assert [schedule(step) for step in (0, 1, 2, 3, 4)] == [1.0, 1.0, 0.5, 0.5, 1 / 3]


def test_piecewise_constant_decay_includes_its_boundaries() -> None:
    schedule = PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.1])
    assert [schedule(step) for step in range(7)] == [1.0, 1.0, 1.0, 0.5, 0.5, 0.1, 0.1]


def test_piecewise_constant_decay_needs_one_more_value_than_boundaries() -> None:
    with pytest.raises(ValueError, match=r"one more value than boundaries.\nReceived: 2 bound"):
        PiecewiseConstantDecay([1, 2], [0.1, 0.2])


def test_piecewise_constant_decay_takes_lists() -> None:
    with pytest.raises(TypeError, match="boundaries and values must be lists"):
        PiecewiseConstantDecay(2, [1.0, 0.5])  # type: ignore[arg-type]


def test_cosine_decay_falls_in_half_a_wave_and_stays() -> None:
    schedule = CosineDecay(2.0, decay_steps=4)
    # 1 + cos(π·step/4): cos is 1, √½, 0, −√½, −1.
    expected = [2, 1 + math.sqrt(0.5), 1, 1 - math.sqrt(0.5), 0, 0]
    assert [schedule(step) for step in (0, 1, 2, 3, 4, 100)] == pytest.approx(expected, abs=1e-15)


def test_cosine_decay_ends_at_alpha_times_the_first_rate() -> None:
    schedule = CosineDecay(2.0, decay_steps=4, alpha=0.25)
    # The wave w falls from 1 to 0; the rate is 2·(¾·w + ¼).
    assert [schedule(step) for step in (0, 2, 4, 9)] == pytest.approx([2.0, 1.25, 0.5, 0.5])


def test_cosine_decay_warms_up_in_a_straight_line() -> None:
    schedule = CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=4)
    assert [schedule(step) for step in range(5)] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert schedule(9) == pytest.approx(0.5)
    assert schedule(14) == 0.0


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: ExponentialDecay(0.0, 10, 0.5), "initial_learning_rate"),
        (lambda: ExponentialDecay(0.1, 0, 0.5), "decay_steps"),
        (lambda: InverseTimeDecay(-1.0, 10, 0.5), "initial_learning_rate"),
        (lambda: InverseTimeDecay(0.1, -1, 0.5), "decay_steps"),
        (lambda: CosineDecay(0.1, 0), "decay_steps"),
    ],
)
def test_a_setting_that_must_be_above_0_is_explained(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be above 0.\nReceived: {name}="):
        make()


def test_a_schedule_of_your_own_must_say_its_rate() -> None:
    class Empty(LearningRateSchedule):
        pass

    with pytest.raises(TypeError, match=r"Empty must define __call__\(step\)"):
        Empty()(0)


def test_the_optimizer_reads_its_schedule_at_every_step() -> None:
    optimizer = SGD(PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    w = np.array([0.0])
    places = []
    for _ in range(4):
        optimizer.step(w, np.array([1.0]))
        places.append(w[0])
    assert places == [-1.0, -1.5, -1.75, -2.0]
    assert optimizer.iterations == 4


def test_the_learning_rate_of_a_schedule_is_that_of_the_next_step() -> None:
    optimizer = SGD(learning_rate=InverseTimeDecay(1.0, 1, 1.0))
    assert optimizer.learning_rate == 1.0
    optimizer.step(np.zeros(2), np.zeros(2))
    assert optimizer.learning_rate == 0.5
    optimizer.reset()
    assert optimizer.learning_rate == 1.0


@pytest.mark.parametrize(
    "schedule",
    [
        ExponentialDecay(0.8, 10, 0.5, staircase=True),
        InverseTimeDecay(1.0, 2, 0.5),
        PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.1]),
        CosineDecay(0.1, 10, alpha=0.5, warmup_target=1.0, warmup_steps=3),
    ],
    ids=lambda schedule: type(schedule).__name__,
)
def test_a_schedule_comes_back_from_the_configuration_of_its_optimizer(schedule: Any) -> None:
    config = SGD(schedule, momentum=0.5).get_config()
    again = SGD.from_config(config)
    assert again.momentum == 0.5
    for step in range(12):
        again.iterations = step
        assert again.learning_rate == schedule(step)


def test_get_finds_optimizers_by_name_class_and_object() -> None:
    optimizer = SGD(0.3)
    assert get(optimizer) is optimizer
    assert isinstance(get("rmsprop"), get("RMSprop").__class__)
    assert type(get(SGD)) is SGD
    assert get("adamw").weight_decay == 0.004
    with pytest.raises(ValueError, match='Did you mean "adam"'):
        get("adamm")
