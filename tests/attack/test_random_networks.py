"""Random networks of all layers, and what holds for every one of them.

Gradients are those of differences, float32 follows float64, a batch is its samples one by one in
any order, a file brings the same model back, and a seed gives the same bits.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from attack.tiers import on_examples
from every_layer import public_layers
from nnlite import load_model
from nnlite.optimizers import Adam
from nnlite.testing import gradcheck
from nnlite.training import parts
from random_networks import ENDINGS, Problem, random_problem, seen_in_one_step

NETWORKS: dict[str, Any] = {"seed": st.integers(0, 2**32 - 1), "branches": st.booleans()}
DTYPES: dict[str, Any] = {"dtype": st.sampled_from(["float32", "float64"])}
CLOSE = {"float32": 1e-5, "float64": 1e-12}
"""How far apart two ways to a prediction may be, as a share of the largest."""


def assert_close(found: Any, wanted: Any, share: float) -> None:
    """Compare numbers by the largest of them, which counts as 1 at least."""
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=share * scale)


def test_the_random_networks_are_made_of_all_layers_and_end_with_all_losses() -> None:
    problems = [random_problem(seed, branches) for seed in range(100) for branches in (False, True)]
    made_of = {type(layer).__name__ for problem in problems for layer in problem.model.layers}
    assert public_layers() <= made_of
    assert {id(problem.loss) for problem in problems} == {id(loss) for _, loss in ENDINGS}


@on_examples(20, 300, **NETWORKS)
def test_a_random_network_has_the_gradients_of_its_differences(seed: int, branches: bool) -> None:
    model, loss, x, y = random_problem(seed, branches)
    report = gradcheck(model, x, y, loss, max_entries=30)
    assert report.max_error < 1e-6


@on_examples(4, 300, **NETWORKS)
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


@on_examples(6, 300, **NETWORKS, **DTYPES)
def test_a_random_network_predicts_a_batch_as_its_samples_one_by_one_in_any_order(
    seed: int, branches: bool, dtype: str
) -> None:
    model, _, x, _ = random_problem(seed, branches, dtype)
    together = model.predict(x)
    alone = np.concatenate([model.predict(x[i : i + 1]) for i in range(len(x))])
    assert_close(together, alone, CLOSE[dtype])
    order = np.random.default_rng(seed).permutation(len(x))
    assert_close(model.predict(x[order]), together[order], CLOSE[dtype])


def trained(problem: Problem, x: Any, **options: Any) -> Any:
    """Return the model after two epochs."""
    model, loss, _, y = problem
    model.compile(Adam(0.01), loss)
    model.fit(x, y, batch_size=2, epochs=2, verbose=0, **options)
    return model


def bits(model: Any) -> list[bytes]:
    """Return all weights of a model as they lie in memory."""
    return [weight.tobytes() for weight in model.get_weights()]


@on_examples(5, 200, **NETWORKS, **DTYPES)
def test_a_file_brings_back_a_random_network_that_goes_on_as_if_nothing_had_been(
    seed: int, branches: bool, dtype: str
) -> None:
    problem = random_problem(seed, branches, dtype)
    model = trained(problem, problem.x)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        again = load_model(path)
    assert bits(again) == bits(model)
    assert again.predict(problem.x).tobytes() == model.predict(problem.x).tobytes()
    for one in (model, again):
        one.fit(problem.x, problem.y, batch_size=2, verbose=0)
    assert bits(again) == bits(model)


def in_any_layout(x: Any) -> list[Any]:
    """Return the same numbers, as they may lie in memory."""
    read_only = np.load(io.BytesIO(as_file(x)))
    read_only.flags.writeable = False
    wide = np.zeros((*x.shape, 2), x.dtype)
    wide[..., 1] = x
    layouts = [np.asfortranarray(x), x.astype(">f8"), wide[..., 1], x[::-1].copy()[::-1], read_only]
    return [*layouts, x.tolist()]


def as_file(x: Any) -> bytes:
    """Return what `numpy.save` writes."""
    file = io.BytesIO()
    np.save(file, x)
    return file.getvalue()


@on_examples(4, 120, **NETWORKS, **DTYPES)
def test_a_seed_gives_the_same_bits_in_any_layout_and_with_any_number_of_workers(
    seed: int, branches: bool, dtype: str
) -> None:
    problem = random_problem(seed, branches, dtype)
    with pytest.MonkeyPatch.context() as patched:
        # So that small batches are cut into parts, too.
        patched.setattr(parts, "PART", 200)
        patched.setattr(parts, "NUMBER", 3)
        wanted = bits(trained(problem, problem.x))
        for x in in_any_layout(problem.x):
            assert bits(trained(random_problem(seed, branches, dtype), x)) == wanted
        for workers in (1, 2):
            again = trained(random_problem(seed, branches, dtype), problem.x, workers=workers)
            assert bits(again) == wanted
