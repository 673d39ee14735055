"""Random networks of all layers: their gradients, float32, and a batch against its samples."""

from __future__ import annotations

import numpy as np
import pytest

from every_layer import public_layers
from nnlite.testing import gradcheck
from random_networks import ENDINGS, networks, random_problem, seen_in_one_step


@networks(20)
def test_a_random_network_has_the_gradients_of_its_differences(seed: int, branches: bool) -> None:
    model, loss, x, y = random_problem(seed, branches)
    report = gradcheck(model, x, y, loss, max_entries=30)
    assert report.max_error < 1e-6


def test_the_random_networks_are_made_of_all_layers_and_end_with_all_losses() -> None:
    problems = [random_problem(seed, branches) for seed in range(100) for branches in (False, True)]
    made_of = {type(layer).__name__ for problem in problems for layer in problem.model.layers}
    assert public_layers() <= made_of
    assert {id(problem.loss) for problem in problems} == {id(loss) for _, loss in ENDINGS}


@pytest.mark.slow
@networks(300)
def test_float32_follows_float64_through_a_random_network(seed: int, branches: bool) -> None:
    exact = random_problem(seed, branches)
    single = random_problem(seed, branches, dtype="float32")
    (in_double, loss, moved), (in_single, loss_32, moved_32) = (
        seen_in_one_step(problem) for problem in (exact, single)
    )
    assert loss_32 == pytest.approx(loss, rel=1e-3, abs=1e-5)
    assert moved_32.dtype == np.float32
    scale = max(1.0, float(np.abs(in_double.gradient).max(initial=0.0)))
    np.testing.assert_allclose(in_single.gradient, in_double.gradient, rtol=0, atol=1e-4 * scale)
    np.testing.assert_allclose(moved_32, moved, rtol=0, atol=1e-4 * scale)


@pytest.mark.slow
@networks(300)
def test_a_random_network_predicts_a_batch_as_its_samples_one_by_one(
    seed: int, branches: bool
) -> None:
    model, _, x, _ = random_problem(seed, branches)
    alone = np.concatenate([model.predict(x[i : i + 1], verbose=0) for i in range(len(x))])
    np.testing.assert_allclose(model.predict(x, verbose=0), alone, rtol=1e-12, atol=1e-13)
