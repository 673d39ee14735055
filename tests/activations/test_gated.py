"""SELU, SiLU and GELU: their values, slopes that need z, and who hands z to them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, activations, load_model
from nnlite.activations import ActivationFunction, Gelu, gelu, selu, silu
from nnlite.kernels.bell import share_below
from nnlite.layers import Activation, Conv2D, Dense, Flatten, Input, MaxPooling2D
from nnlite.testing import check_layer, gradcheck

Z = np.array([-6.0, -1.5, -0.25, 0.0, 0.5, 3.0])
TANH = Gelu(approximate=True)


def slope_of(function: Any, z: Any) -> Any:
    besides = {"z": z} if function.needs_z else {}
    return function.backprop(np.ones_like(z), function.forpass(z), **besides)


# keras.activations of Keras 3.15 at Z in float64, and their slopes by tf.GradientTape; its √½ and
# √(2/π) are of float32.
KERAS = [
    (
        selu,
        [-1.75374144828, -1.36581435337, -0.388890197478, 0.0, 0.525350493678, 3.15210296207],
        [0.00435789256792, 0.39228498748, 1.36920914337, None, 1.05070098736, 1.05070098736],
    ),
    (
        silu,
        [-0.0148357389398, -0.27363828571, -0.109455874779, 0.0, 0.311229665601, 2.85772238047],
        [-0.0123264325915, -0.0412941542991, 0.37628997843, 0.5, 0.739961187303, 1.08810410602],
    ),
    (
        gelu,
        [-5.91952961366e-09, -0.100210806891, -0.100323418993, 0.0, 0.345731229131, 2.99595030522],
        [-3.54687306667e-08, -0.127469193061, 0.304626648322, 0.5, 0.867495119384, 1.0119456488],
    ),
    (
        TANH,
        [-8.43961567298e-11, -0.1004284238, -0.100324649301, 0.0, 0.345714009792, 2.99636260768],
        [-7.70994536099e-10, -0.127710792475, 0.304645904885, 0.5, 0.867369903292, 1.01158416716],
    ),
]


@pytest.mark.parametrize(("function", "a", "slope"), KERAS)
def test_value_and_slope_are_those_of_keras(function: Any, a: Any, slope: Any) -> None:
    assert function(Z) == pytest.approx(np.array(a), rel=1e-6, abs=1e-15)
    # At the kink of SELU, the slope is that of the left side, as for all of ours.
    known = [place for place, number in enumerate(slope) if number is not None]
    wanted = np.array([slope[place] for place in known])
    assert slope_of(function, Z)[known] == pytest.approx(wanted, rel=1e-5, abs=1e-15)


def test_the_share_below_z_has_all_digits() -> None:
    z = np.linspace(-8, 8, 1001)
    wanted = np.array([0.5 * math.erfc(-number / math.sqrt(2)) for number in z])
    assert np.abs(share_below(z) / wanted - 1).max() < 3e-14
    single = share_below(z.astype(np.float32))
    assert single.dtype == np.float32
    assert np.abs(single - wanted).max() < 2e-7


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", [selu, silu, gelu, TANH])
def test_far_out_the_slopes_are_those_of_the_limits(function: Any, dtype: str) -> None:
    z = np.array([-1e30, -1e4, 1e4, 1e30], dtype)
    with np.errstate(all="raise"):
        a, slope = function(z), slope_of(function, z)
    assert a.dtype == slope.dtype == dtype
    steep = 1.0507 if function is selu else 1.0
    assert slope.tolist() == pytest.approx([0, 0, steep, steep], abs=1e-4)
    low = -1.7581 if function is selu else 0.0
    assert a[:2].tolist() == pytest.approx([low, low], abs=1e-4)


@pytest.mark.parametrize("function", [silu, gelu, TANH])
def test_memory_that_is_given_is_filled_and_nothing_else_changes(function: Any) -> None:
    rng = np.random.default_rng(0)
    z, grad = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    z_before, a = z.copy(), function.forpass(z)
    wanted = function.backprop(grad, a, z=z)
    assert np.array_equal(z, z_before)
    into = grad.copy()
    assert function.backprop(into, a, into, z=z) is into
    assert np.array_equal(into, wanted)
    assert function.forpass(z, z) is z
    assert np.array_equal(z, a)


def test_both_forms_of_gelu_are_told_by_an_argument() -> None:
    assert gelu(1.0, approximate=True) == TANH(1.0) != gelu(1.0)
    assert TANH(1.0, approximate=False) == gelu(1.0)
    assert activations.get(TANH.get_config() | {"class_name": "Gelu", "config": {}})(1) == gelu(1.0)


def test_a_slope_that_needs_z_asks_for_it() -> None:
    with pytest.raises(
        TypeError, match=r"slope of gelu cannot.*\n.*\nRemedy: backprop\(grad, a, z"
    ):
        gelu.backprop(np.ones(2), np.ones(2))


def test_swish_is_another_name_of_silu() -> None:
    assert activations.get("swish") is activations.swish is activations.get("silu") is silu
    with pytest.raises(ValueError, match='Did you mean "gelu"'):
        activations.get("gleu")


@pytest.mark.parametrize("function", ["selu", "silu", "gelu", TANH])
def test_gradients_hold_in_layers_of_every_kind(function: Any) -> None:
    layers = [
        Conv2D(3, 2, activation=function, input_shape=(5, 5, 2)),
        MaxPooling2D(),
        Activation(function),
        Flatten(),
        Dense(4, function),
        Dense(2, function),
    ]
    model = Sequential(layers, seed=1, dtype="float64")
    model.compile("sgd", "mse")
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((4, 5, 5, 2)), rng.standard_normal((4, 2))
    assert gradcheck(model, x, y).passed
    assert check_layer(Dense(3, activation=function), (4,)).passed
    assert check_layer(Activation(function), (4,)).passed


def test_only_a_layer_whose_activation_needs_z_keeps_it() -> None:
    x = np.ones((2, 3), np.float32)
    kept = []
    for name in ("gelu", "relu"):
        layer = Dense(2, name, kernel_initializer="ones")
        layer(x)
        assert "z" not in vars(layer)
        layer.forpass(x, training=True)
        kept.append("z" in vars(layer))
    assert kept == [True, False]


class Square(ActivationFunction):
    """a = z²: from a alone, nobody knows on which side z lay."""

    name = "square"
    needs_z = True

    def forpass(self, z: Any, out: Any = None) -> Any:
        return np.multiply(z, z, out)

    def backprop(self, grad: Any, a: Any, out: Any = None, *, z: Any) -> Any:
        return np.multiply(grad, 2 * z, out)


def test_an_activation_of_ones_own_may_ask_for_z() -> None:
    model = Sequential([Dense(1, Square(), use_bias=False, input_shape=(1,))], dtype="float64")
    model.set_weights([[[3.0]]])
    model.compile("sgd", "half_squared_error")
    model.optimizer.learning_rate = 0.5
    # z = 3·(−1) = −3, a = 9; dz = (9 − 8)·2·(−3) = −6, dW = 6 and W = 3 − ½·6.
    model.fit([[-1.0]], [[8.0]], verbose=0)
    assert model.get_weights()[0].tolist() == [[0.0]]


def test_a_backprop_that_has_no_room_for_z_is_explained() -> None:
    class Deaf(Square):
        def backprop(self, grad: Any, a: Any, out: Any = None) -> Any:
            return grad

    with pytest.raises(TypeError, match=r"its backprop's argument z.\nReceived: Deaf with needs_z"):
        Dense(1, Deaf())


@pytest.mark.parametrize("function", ["selu", "swish", "gelu", TANH])
def test_a_file_keeps_the_activation(function: Any, tmp_path: Any) -> None:
    model = Sequential([Input((3,)), Dense(2, function)], seed=0)
    model.save(tmp_path / "m.npz")
    x = np.random.default_rng(0).standard_normal((5, 3))
    assert np.array_equal(load_model(tmp_path / "m.npz").predict(x), model.predict(x))


@pytest.mark.parametrize(
    ("function", "a", "dz"),
    [
        ("silu", "Z1 ⊙ σ(Z1)", "dA1 ⊙ σ(Z1) ⊙ (1 + Z1 ⊙ (1 − σ(Z1)))"),
        ("gelu", "Z1 ⊙ Φ(Z1)", "dA1 ⊙ (Φ(Z1) + Z1 ⊙ Φ′(Z1))"),
        (TANH, "Z1 ⊙ Φ≈(Z1)", "dA1 ⊙ (Φ≈(Z1) + Z1 ⊙ Φ≈′(Z1))"),
        (
            "selu",
            "1.0507·Z1 if Z1 > 0 else 1.7581·(e^Z1 − 1)",
            "dA1 ⊙ (1.0507 if Z1 > 0 else A1 + 1.7581)",
        ),
    ],
)
def test_explain_tells_the_formulas(function: Any, a: str, dz: str) -> None:
    model = Sequential([Dense(2, function, input_shape=(3,))], seed=0, dtype="float64")
    model.compile("sgd", "mse")
    told = str(model.explain(np.eye(3), np.zeros((3, 2))))
    assert f"A1 = {a}" in told
    assert f"dZ1 = {dz}" in told
