"""Random networks of all layers, against PyTorch's automatic gradients: a second opinion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from every_layer import public_layers
from random_networks import networks, random_problem, seen_in_one_step

pytestmark = pytest.mark.slow

NEAR = 1e-9


@pytest.fixture(scope="module")
def twins() -> Any:
    pytest.importorskip("torch", reason="the second opinion is PyTorch's: pip install -e '.[slow]'")
    import torch_twins

    return torch_twins


def assert_near(found: Any, wanted: Any) -> None:
    largest = max(float(np.abs(wanted).max(initial=0.0)), 1e-3)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=NEAR * largest)


def test_every_layer_has_a_twin(twins: Any) -> None:
    assert set(twins.TWINS) == public_layers()


@networks(300)
def test_a_random_network_trains_and_predicts_as_its_twin(
    twins: Any, seed: int, branches: bool
) -> None:
    problem = random_problem(seed, branches)
    model, loss, x, y = problem
    network = twins.TorchNetwork(model)
    assert_near(model.predict(x), network.output(x).detach().numpy())
    saw, loss_before, moved = seen_in_one_step(problem)
    masks = {name: twins.torch.tensor(mask) for name, mask in saw.masks.items()}
    wanted, gradient = network.loss_and_gradient(loss, x, y, masks)
    assert loss_before == pytest.approx(wanted, rel=NEAR)
    assert_near(saw.gradient, gradient)
    assert_near(moved, gradient)
