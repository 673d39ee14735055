"""Files of earlier versions open for ever; the scripts in `data` tell how they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, load_model
from nnlite.activations import LeakyRelu, Relu
from nnlite.layers import Dense
from nnlite.optimizers import SGD, Adam
from nnlite.optimizers.schedules import CosineDecay

DATA = Path(__file__).parent / "data"
X = np.linspace(-1, 1, 24).reshape(6, 4)
Y = np.array([0, 1, 1, 0, 1, 0])


def test_a_chain_of_version_0_1_opens() -> None:
    model: Any = load_model(DATA / "sequential_0_1.npz")
    assert type(model) is Sequential
    names = ["dense", "batch_normalization", "dropout", "hidden", "dense_1"]
    assert [layer.name for layer in model.layers] == names
    first, hidden = model.get_layer("dense"), model.get_layer("hidden")
    assert (type(first.activation), type(hidden.activation)) == (Relu, LeakyRelu)
    assert (first.kernel_regularizer.l1, first.kernel_regularizer.l2) == (0.01, 0.02)
    assert (hidden.trainable, hidden.activation.negative_slope) == (False, 0.3)
    expected = [0.453446, 0.505038, 0.561309, 0.581169, 0.542406, 0.503283]
    assert model.predict(X)[:, 0] == pytest.approx(expected, abs=1e-6)


def test_a_chain_of_version_0_1_is_compiled() -> None:
    model = load_model(DATA / "sequential_0_1.npz")
    results = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert results == {
        "loss": pytest.approx(0.905659, abs=1e-6),
        "accuracy": pytest.approx(1 / 3),
        "hits": pytest.approx(1 / 3),
    }
    assert type(model.optimizer) is SGD
    assert (model.optimizer.momentum, model.optimizer.clipnorm) == (0.9, 1.0)
    model.fit(X, Y, batch_size=6, epochs=10, verbose=0)
    assert model.optimizer.learning_rate == pytest.approx(0.05)


def test_branches_of_version_0_1_open_compiled() -> None:
    model = load_model(DATA / "branches_0_1.npz")
    data = {"left": X, "right": -0.5 * X[::-1]}
    first, second = model.predict(data)
    expected = [0.098723, 0.039908, -0.04985, -0.090413, -0.09648, -0.074466]
    assert first[:, 0] == pytest.approx(expected, abs=1e-6)
    assert second[0] == pytest.approx([0.031141, 0.084737, 0.251458], abs=1e-6)
    truth = {"first": X[:, :1], "second": X[:, :3]}
    assert model.evaluate(data, truth, verbose=0, return_dict=True) == pytest.approx(
        {
            "loss": 0.537899,
            "first_loss": 0.44479,
            "second_loss": 0.186218,
            "first_mae": 0.580096,
            "first_r2_score": -0.260502,
            "second_mean_squared_error": 0.372436,
        },
        abs=1e-6,
    )
    assert type(model.optimizer) is Adam
    assert (model.optimizer.learning_rate, model.optimizer.beta_1) == (0.01, 0.8)


def test_all_layers_as_version_0_1_described_them_open(tmp_path: Path) -> None:
    shapes = {
        "conv2d": [(3, 3, 2, 3), (3,)],
        "depthwise_conv2d": [(2, 2, 3, 1), (3,)],
        "conv2d_transpose": [(2, 2, 2, 3), (2,)],
        "conv1d": [(3, 2, 2), (2,)],
        "dense": [(48, 2), (2,)],
    }
    weights = {
        f"{layer}/{name}": np.full(shape, 0.1, np.float32)
        for layer, both in shapes.items()
        for name, shape in zip("Wb", both, strict=True)
    }
    text = (DATA / "images_0_1.json").read_text()
    np.savez(tmp_path / "images.npz", config=np.array(text), **weights)
    model = load_model(tmp_path / "images.npz")
    assert model.count_params() == 210
    kinds = {type(layer).__name__ for layer in model.layers}
    assert kinds >= {"Conv2D", "ReLU", "LeakyReLU", "Softmax", "Reshape", "AveragePooling1D"}
    data = {"picture": np.ones((3, 6, 6, 2)), "series": np.ones((3, 8, 2))}
    assert model.predict(data).tolist() == [[0.5, 0.5]] * 3


def test_a_layer_made_by_hand_is_like_the_one_in_the_file() -> None:
    made = Dense(2, activation="softmax", kernel_regularizer="l2", name="dense_1").get_config()
    assert load_model(DATA / "sequential_0_1.npz").layers[-1].get_config() == made


def test_a_file_of_format_2_opens_in_the_middle_of_its_training() -> None:
    model: Any = load_model(DATA / "half_trained_2.npz")
    expected = [0.650246, 0.650204, 0.642848, 0.416998, 0.395556, 0.395502]
    assert model.predict(X)[:, 0] == pytest.approx(expected, abs=1e-6)
    optimizer = model.optimizer
    assert (type(optimizer), optimizer.iterations, optimizer.amsgrad) == (Adam, 15, True)
    assert type(optimizer.schedule) is CosineDecay
    assert optimizer.learning_rate == pytest.approx(0.05 * 0.5 * (1 + np.cos(np.pi * 0.15)))
    assert sorted(optimizer.bound_state.arrays) == ["largest v", "m", "v"]


def test_a_file_of_format_2_goes_on() -> None:
    model: Any = load_model(DATA / "half_trained_2.npz")
    model.get_layer("hidden").trainable = True
    # How masks are drawn is no matter of the file.
    model.layers[2].rate = model.layers[4].rate = 0.0
    options: Any = {"epochs": 3, "batch_size": 2, "shuffle": False, "verbose": 0}
    assert model.fit(X, Y, **options).history["loss"] == pytest.approx(
        [0.653298, 0.64718, 0.640292], abs=1e-6
    )


def test_a_file_of_format_2_holds_the_random_state() -> None:
    model: Any = load_model(DATA / "half_trained_2.npz")
    assert model.layers[4].rng is model.rng
    assert model.layers[2].rng.random() == pytest.approx(0.6798841672240714, abs=1e-12)
    assert model.rng.random() == pytest.approx(0.4427528289745315, abs=1e-12)
