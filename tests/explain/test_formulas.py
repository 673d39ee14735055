"""Every formula on the page is computed with the arrays of its symbols, and must give its own."""

import re

import numpy as np
import pytest

from nnlite import Input, Model, Sequential, regularizers
from nnlite.layers import (
    Activation,
    Add,
    Average,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    LeakyReLU,
    Maximum,
    MaxPooling2D,
    Multiply,
    ReLU,
    Reshape,
    Softmax,
    Subtract,
    UpSampling2D,
    ZeroPadding2D,
)
from nnlite.losses import Huber, Loss

RNG = np.random.default_rng(8)


def lines_of(explanation):
    sections = [*explanation.forward, *explanation.backward]
    return [line for section in sections for line in section.lines]


def equations(explanation):
    """All lines as text: the equation, the shapes, the note."""
    return [
        " | ".join(filter(None, (line.equation, line.shapes, line.note)))
        for line in lines_of(explanation)
    ]


def explained(layers, shape, y=None, loss="mse", samples=5, **options):
    model = Sequential([Input(shape), *layers], seed=2, dtype="float64")
    model.compile("sgd", loss, **options)
    x = RNG.normal(size=(samples, *shape))
    if y is None:
        y = RNG.random(size=(samples, *model.output_shape[1:]))
    return model.explain(x, y)


def rows(array):
    return array.reshape(-1, array.shape[-1])


FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(-1, keepdims=True),
    "max": np.maximum,
    "where": np.where,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "ln": np.log,
    "tanh": np.tanh,
    "sign": np.sign,
    "rowsum": lambda a: rows(a).sum(axis=0),
    "lastsum": lambda a: a.sum(axis=-1, keepdims=True),
    "mean": lambda a: rows(a).mean(axis=0),
    "var": lambda a: rows(a).var(axis=0),
    "onehot": lambda y: np.eye(3)[y],
    "flatten": lambda a: a.reshape(len(a), -1),
    "reshape": lambda a: a,
    "absolute": np.abs,
    "chosen": lambda a, y: np.take_along_axis(a, y[:, None], axis=-1),
    "concatenate": lambda *arrays: np.concatenate(arrays, axis=-1),
}


def computed(formula, values):
    """Compute a formula as it is printed."""
    text = formula.replace("−", "-").replace("⊙", "*").replace("²", "**2").replace("ᵀ", ".T")
    text = text.replace("σ(", "sigmoid(").replace("√(", "sqrt(")
    text = re.sub(r"e\^(\w+)", r"exp(\1)", text)
    text = re.sub(r"- Σ ([^()]*)\)", r"- lastsum(\1))", text)
    text = re.sub(r"^Σ (.*)$", r"rowsum(\1)", text)
    text = re.sub(r"(\w+\d|\b2)\(", r"\1*(", text)
    text = re.sub(r"(?<![\w.])([\d.]+)·", r"\1*", text).replace("·", "@")
    text = re.sub(r"^\[(.*)\]$", r"concatenate(\1)", text)
    text = re.sub(r"([^()]+) if ([^()]+) else (.+?)(?=\)$|$)", r"where(\2, \1, \3)", text)
    return eval(text, {"__builtins__": {}}, {**FUNCTIONS, **values})


def loss_computed(formula, values):
    """Compute the formula of a loss as it is printed: elementwise, and summed over all."""
    total, count = re.fullmatch(r"(.*)/(m|\(\d+·m\))", formula).groups()
    sign, text = re.fullmatch(r"(−?)Σ (.*)", total).groups()
    text = text.replace("·", "*").replace("²", "**2").replace("−", "-")
    text = re.sub(r"\bln (σ\([^()]*\)|\w+)", r"ln(\1)", text)
    text = re.sub(r"\|(.*)\|", r"absolute(\1)", text).replace("½", "0.5*").replace("σ", "sigmoid")
    text = re.sub(r"(.*)\[Y\]", r"chosen(\1, Y)", text)
    numbers = eval(text, {"__builtins__": {}}, {**FUNCTIONS, **values})
    samples = len(values["X"])
    divisor = samples if count == "m" else samples * int(count[1:].split("·")[0])
    return (-1 if sign else 1) * numbers.sum() / divisor


def check_loss(explanation):
    """Compute the first line of the loss."""
    formula, result = explanation.forward[-1].lines[0].formula.rsplit(" = ", 1)
    assert loss_computed(formula, explanation.values) == pytest.approx(float(result), rel=1e-3)


def check_formulas(explanation, unless=()):
    """Compute all lines but those whose formula holds one of these words."""
    m = len(explanation["X"])
    checked = 0
    for line in lines_of(explanation):
        if line.value is None or any(word in line.formula for word in unless):
            continue
        found = np.asarray(computed(line.formula, {**explanation.values, "m": m}))
        np.testing.assert_allclose(
            found.reshape(line.value.shape), line.value, rtol=1e-7, atol=1e-12, err_msg=str(line)
        )
        assert str(line.value.shape) in line.shapes, line
        checked += 1
    return checked


@pytest.mark.parametrize(
    "activation",
    ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "silu", "softplus", "softmax", None],
)
def test_formulas_of_activations_are_true_in_a_layer_and_as_a_layer(activation):
    inside = explained([Dense(4, activation=activation), Dense(2)], (3,))
    outside = explained([Dense(4), Activation(activation), Dense(2)], (3,))
    assert check_formulas(inside) >= 7
    assert check_formulas(outside) >= 8


@pytest.mark.parametrize(
    ("loss", "last", "truth", "gradient"),
    [
        ("mse", None, None, "dZ1 = 2(Z1 − Y)/(3·m)"),
        ("half_squared_error", None, None, "dZ1 = (Z1 − Y)/(3·m)"),
        ("mae", None, None, "dZ1 = sign(Z1 − Y)/(3·m)"),
        ("mse", "sigmoid", None, "dA1 = 2(A1 − Y)/(3·m)"),
        ("binary_crossentropy", "sigmoid", None, "dZ1 = (A1 − Y)/(3·m)"),
        ("binary_crossentropy", "softmax", None, "dA1 = (A1 − Y)/(A1(1 − A1))/(3·m)"),
        ("categorical_crossentropy", "softmax", np.eye(3)[[0, 1, 2, 2, 1]], "dZ1 = (A1 − Y)/m"),
        ("sparse_categorical_crossentropy", "softmax", [0, 1, 2, 2, 1], "dZ1 = (A1 − onehot(Y))/m"),
    ],
)
def test_formulas_of_losses_are_true(loss, last, truth, gradient):
    found = explained([Dense(3, activation=last)], (2,), truth, loss)
    assert check_formulas(found) >= 4
    check_loss(found)
    assert found.backward[0].lines[0].equation == gradient


@pytest.mark.parametrize(
    ("loss", "truth", "gradient"),
    [
        ("categorical_crossentropy", np.eye(3)[[0, 1, 2, 2, 1]], "dA2 = −Y/A2/m"),
        ("sparse_categorical_crossentropy", [0, 1, 2, 2, 1], "dA2 = −onehot(Y)/A2/m"),
    ],
)
def test_a_loss_that_sees_probabilities_only_starts_at_them(loss, truth, gradient):
    found = explained([Dense(3, activation="softmax"), Activation("linear")], (2,), truth, loss)
    assert check_formulas(found) >= 6
    check_loss(found)
    assert found.backward[0].lines[0].equation == gradient


@pytest.mark.parametrize(
    ("loss", "truth", "value", "gradient"),
    [
        (
            "categorical_crossentropy",
            np.eye(3)[[0, 1, 2, 2, 1]],
            "−Σ Y·ln (A1/ΣA1)/m",
            "dA1 = (ΣY/ΣA1 − Y/A1)/m",
        ),
        (
            "sparse_categorical_crossentropy",
            [0, 1, 2, 2, 1],
            "−Σ ln (A1/ΣA1)[Y]/m",
            "dA1 = (1/ΣA1 − onehot(Y)/A1)/m",
        ),
    ],
)
def test_rows_that_are_divided_by_their_sum_show_it(loss, truth, value, gradient):
    found = explained([Dense(3, activation="sigmoid")], (2,), truth, loss)
    formula, result = found.forward[-1].lines[0].formula.rsplit(" = ", 1)
    assert formula == value
    line = found.backward[0].lines[0]
    assert line.equation == gradient
    a, rows = found["A1"], np.eye(3)[[0, 1, 2, 2, 1]]
    sums = a.sum(axis=1, keepdims=True)
    assert float(result) == pytest.approx(-(rows * np.log(a / sums)).sum() / 5, rel=1e-3)
    np.testing.assert_allclose(line.value, (1 / sums - rows / a) / 5, rtol=1e-7)


def test_a_loss_from_logits_shows_its_activation():
    from nnlite.losses import BinaryCrossentropy

    found = explained([Dense(1)], (2,), loss=BinaryCrossentropy(from_logits=True))
    assert found.backward[0].lines[0].equation == "dZ1 = (σ(Z1) − Y)/m"
    assert check_formulas(found) == 4
    check_loss(found)


def test_huber_shows_where_it_cuts():
    found = explained([Dense(1)], (2,), loss=Huber(delta=0.5))
    assert found.backward[0].lines[0].equation == "dZ1 = clip(Z1 − Y, ±0.5)/m"


def test_a_loss_of_your_own_is_told_by_its_name():
    class Cubed(Loss):
        name = "cubed"

        def values(self, y, a):
            return np.abs((a - y) ** 3).mean(axis=-1)

        def gradient(self, y, a):
            return 3 * (a - y) * np.abs(a - y)

    found = explained([Dense(1)], (2,), loss=Cubed())
    assert found.forward[-1].lines[0].formula.startswith("mean cubed(Y, Z1) = ")
    assert found.backward[0].lines[0].equation == "dZ1 = ∂cubed/∂Z1"


def test_formulas_of_batch_normalization_are_true():
    for options in ({}, {"scale": False}, {"center": False}, {"center": False, "scale": False}):
        found = explained([Dense(4), BatchNormalization(**options), Dense(2)], (3,))
        assert check_formulas(found) >= 10


def test_formulas_of_frozen_batch_normalization_are_those_of_its_running_means():
    frozen = BatchNormalization(trainable=False)
    found = explained([Dense(4), frozen, Dense(2)], (3,))
    assert check_formulas(found, unless=("moving",)) >= 8
    texts = equations(found)
    assert "μ1 = moving mean | (4,)" in texts
    assert "dZ1 = dU1/σ1 | (5, 4)" in texts
    assert not any(text.startswith("dγ1") for text in texts)


def test_batch_normalization_of_images_works_on_channels():
    found = explained([BatchNormalization(), Flatten(), Dense(2)], (3, 2, 4), samples=6)
    assert check_formulas(found) >= 9
    assert found["μ"].shape == (4,)


def test_formulas_of_dropout_flatten_and_reshape_are_true():
    found = explained(
        [Dense(6, activation="tanh"), Reshape((3, 2)), Dropout(0.5), Flatten(), Dense(1)], (3,)
    )
    assert check_formulas(found, unless=("mask",)) >= 11
    texts = equations(found)
    assert "R1 = reshape(A1) | (5, 6) → (5, 3, 2)" in texts
    assert "F1 = flatten(D1) | (5, 3, 2) → (5, 3·2) = (5, 6)" in texts
    assert "dR1 = dD1 ⊙ mask/(1 − 0.5) | (5, 3, 2)" in texts
    mask = found["D1"][found["R1"] != 0] / found["R1"][found["R1"] != 0]
    dropped = round(100 * np.mean(mask == 0))
    assert f"D1 = R1 ⊙ mask/(1 − 0.5) | (5, 3, 2) | {dropped} % dropped" in texts


def test_dense_over_more_axes_multiplies_the_rows_of_all_places():
    found = explained([Dense(2), Flatten(), Dense(1)], (4, 3))
    texts = equations(found)
    assert "Z1 = X·W1 + b1 | (5, 4, 3)·(3, 2) + (2,) = (5, 4, 2)" in texts
    assert "dW1 = Xᵀ·dZ1 | (3, 20)·(20, 2) = (3, 2)" in texts


def test_dense_without_bias_has_no_b():
    texts = equations(explained([Dense(2, use_bias=False)], (3,)))
    assert "Z1 = X·W1 | (5, 3)·(3, 2) = (5, 2)" in texts
    assert not any("b1" in text for text in texts)


def merged(merge, *sizes):
    x = Input((3,))
    branches = [Dense(size)(x) for size in sizes]
    model = Model(x, Dense(1)(merge(branches)), seed=0, dtype="float64")
    model.compile("sgd", "mse")
    return model.explain(RNG.normal(size=(4, 3)), RNG.normal(size=(4, 1)))


@pytest.mark.parametrize(
    ("merge", "sizes", "forward", "backward"),
    [
        (
            Add(),
            (2, 2, 2),
            "M3 = Z1 + Z2 + Z3 | (4, 2)",
            ["dZ1 = dM3 | (4, 2) | handed on", "dZ2 = dM3 | (4, 2) | handed on"],
        ),
        (
            Subtract(),
            (2, 2),
            "M2 = Z1 − Z2 | (4, 2)",
            ["dZ1 = dM2 | (4, 2) | handed on", "dZ2 = −dM2 | (4, 2) | handed on"],
        ),
        (
            Multiply(),
            (2, 2),
            "M2 = Z1 ⊙ Z2 | (4, 2)",
            ["dZ1 = dM2 ⊙ Z2 | (4, 2) | swapped", "dZ2 = dM2 ⊙ Z1 | (4, 2) | swapped"],
        ),
        (
            Multiply(),
            (2, 2, 2),
            "M3 = Z1 ⊙ Z2 ⊙ Z3 | (4, 2)",
            ["dZ2 = dM3 ⊙ Z1 ⊙ Z3 | (4, 2) | swapped"],
        ),
        (
            Average(),
            (2, 2),
            "M2 = (Z1 + Z2)/2 | (4, 2)",
            ["dZ1 = dM2/2 | (4, 2) | shared out"],
        ),
        (
            Maximum(),
            (2, 2),
            "M2 = max(Z1, Z2) | (4, 2)",
            ["dZ1 = dM2 where Z1 wins | (4, 2) | the winner's"],
        ),
        (
            Concatenate(),
            (2, 3),
            "M2 = [Z1, Z2] | (4, 2 + 3) = (4, 5)",
            ["dZ1 = dM2[:, :2] | (4, 2) | its slice", "dZ2 = dM2[:, 2:] | (4, 3) | its slice"],
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "",
)
def test_merges_say_where_a_gradient_goes(merge, sizes, forward, backward):
    found = merged(merge, *sizes)
    texts = equations(found)
    assert forward in texts
    for line in backward:
        assert line in texts
    assert check_formulas(found, unless=("wins",)) >= 5


def test_parts_of_a_gradient_from_several_sides_add_up():
    x = Input((3,))
    a = Dense(2, activation="tanh")(x)
    doubled = Add()([a, a])
    model = Model(x, Multiply()([doubled, a]), seed=0, dtype="float64")
    model.compile("sgd", "mse")
    found = model.explain(RNG.normal(size=(4, 3)), RNG.normal(size=(4, 2)))
    parts = [line for line in lines_of(found) if line.symbol == "dA1"]
    assert [line.equation for line in parts] == ["dA1 = dM2 ⊙ M1", "dA1 += dM1", "dA1 += dM1"]
    total = sum(line.value for line in parts)
    np.testing.assert_allclose(found["dA1"], total)
    np.testing.assert_allclose(found["dZ1"], total * (1 - found["A1"] ** 2))


def test_a_layer_called_twice_has_one_weight_and_adds_its_gradients():
    left, right = Input((3,), name="left"), Input((3,), name="right")
    shared = Dense(2)
    model = Model([left, right], Multiply()([shared(left), shared(right)]), seed=0, dtype="float64")
    model.compile("sgd", "mse")
    x, y = [RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))], RNG.normal(size=(4, 2))
    found = model.explain(x, y)
    model.train_on_batch(x, y)
    np.testing.assert_allclose(found["dW1"].ravel(), model.gradient_vector[:6])
    texts = equations(found)
    assert "Z1 = X1·W1 + b1 | (4, 3)·(3, 2) + (2,) = (4, 2)" in texts
    assert "Z2 = X2·W1 + b1 | (4, 3)·(3, 2) + (2,) = (4, 2)" in texts
    assert texts.index("dW1 = X2ᵀ·dZ2 | (3, 4)·(4, 2) = (3, 2)") < texts.index(
        "dW1 += X1ᵀ·dZ1 | (3, 4)·(4, 2) = (3, 2)"
    )
    assert [s.remark for s in found.forward][:2] == [
        "3·2 + 2 = 8 parameters",
        "the same weights again",
    ]


def test_several_outputs_have_a_loss_each_and_one_in_all():
    x = Input((3,))
    a = Dense(4, activation="tanh")(x)
    outputs = [Dense(3, activation="softmax", name="kind")(a), Dense(1, name="size")(a)]
    model = Model(x, outputs, seed=0, dtype="float64")
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1, 0.5])
    truth = [RNG.integers(0, 3, 4), RNG.normal(size=(4, 1))]
    data = RNG.normal(size=(4, 3))
    found = model.explain(data, truth)
    losses = model.evaluate(data, truth, verbose=0, return_dict=True)
    assert [line.equation for line in found.forward[-1].lines] == [
        f"L1 = −Σ ln A2[Y1]/m = {losses['kind_loss']:.4g}",
        f"L2 = Σ (Z3 − Y2)²/m = {losses['size_loss']:.4g}",
        f"J = L1 + 0.5·L2 = {losses['loss']:.4g}",
    ]
    assert [line.equation for line in found.backward[0].lines] == [
        "dZ2 = (A2 − onehot(Y1))/m",
        "dZ3 = 0.5·2(Z3 − Y2)/m",
    ]
    assert check_formulas(found) >= 12
    gradients = [found[s].ravel() for s in ("dW1", "db1", "dW2", "db2", "dW3", "db3")]
    model.train_on_batch(data, truth)
    np.testing.assert_allclose(np.concatenate(gradients), model.gradient_vector)


def test_regularizers_show_their_price_and_their_pull():
    layers = [
        Dense(2, activation="tanh", kernel_regularizer=regularizers.L1L2(0.1, 0.01)),
        Dense(1, bias_regularizer="l2"),
    ]
    found = explained(layers, (3,))
    assert check_formulas(found) >= 9
    data, price, total = (line.equation.split(" = ") for line in found.forward[-1].lines)
    assert data[:2] == ["L", "Σ (Z2 − Y)²/m"]
    assert price[:2] == ["R", "0.1·Σ |W1| + 0.01·Σ W1² + 0.01·Σ b2²"]
    assert total[:2] == ["J", "L + R"]
    assert float(total[2]) == pytest.approx(float(data[2]) + float(price[2]), abs=2e-3)
    assert "dW1 = Xᵀ·dZ1 + 0.1·sign(W1) + 0.02·W1 | (3, 5)·(5, 2) = (3, 2)" in equations(found)


class Scale(Layer):
    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


def test_a_layer_of_your_own_is_told_by_its_name_shapes_and_gradients():
    texts = equations(explained([Dense(2, activation="tanh"), Scale(), Scale()], (3,)))
    assert "H2 = scale(A1) | (5, 2) → (5, 2)" in texts
    assert "H3 = scale_1(H2) | (5, 2) → (5, 2)" in texts
    assert "ds3 = dH3·∂H3/∂s3 | (2,)" in texts
    assert "dA1 = dH2·∂H2/∂A1 | (5, 2)" in texts


def test_a_dense_layer_that_computes_in_its_own_way_is_not_told_as_dense():
    class Shifted(Dense):
        def forpass_z(self, x, training=False):
            return super().forpass_z(x, training) + 1

    class Renamed(Dense):
        pass

    own = equations(explained([Shifted(2, activation="tanh")], (3,)))
    assert "H1 = shifted(X) | (5, 3) → (5, 2)" in own
    assert any(line.startswith("A1 = tanh(H1) | (5, 2) | ") for line in own)
    assert "dH1 = dA1 ⊙ (1 − A1²) | (5, 2)" in own
    assert "dW1 = dH1·∂H1/∂W1 | (3, 2)" in own
    assert "Z1 = X·W1 + b1 | (5, 3)·(3, 2) + (2,) = (5, 2)" in equations(
        explained([Renamed(2)], (3,))
    )


def test_weights_whose_letter_is_taken_carry_the_layers_name():
    class Hidden(Layer):
        def build(self, input_shape):
            self.add_weight("H", input_shape, "ones")

        def forpass(self, x, training=False):
            return x * self.H

        def backprop(self, grad):
            self.dH = grad.sum(axis=0)
            return grad

    found = explained([Hidden(), Dense(1)], (3,))
    assert found["hidden.H"].shape == (3,)
    assert found["H1"].shape == (5, 3)
    assert "dhidden.H = dH1·∂H1/∂hidden.H | (3,)" in equations(found)


def test_two_weights_never_share_a_symbol():
    class Shift(Layer):
        def build(self, input_shape):
            self.add_weight("beta", input_shape, "zeros")

        def forpass(self, x, training=False):
            return x + self.beta

        def backprop(self, grad):
            self.dbeta = grad.sum(axis=0)
            return grad

    found = explained([Shift(), BatchNormalization(), Dense(1)], (3,))
    texts = equations(found)
    assert "dβ1 = dH1·∂H1/∂β1 | (3,)" in texts
    assert "dbatch_normalization.beta = Σ dN1 | (3,)" in texts


def test_frozen_layers_have_no_weight_gradients_but_hand_theirs_on():
    texts = equations(explained([Dense(3), Dense(2, trainable=False), Dense(1)], (3,)))
    assert not any(text.startswith(("dW2", "db2")) for text in texts)
    assert "dZ1 = dZ2·W2ᵀ | (5, 2)·(2, 3) = (5, 3)" in texts


def test_a_gradient_that_a_merge_computes_for_the_data_is_left_out_too():
    x = Input((3,))
    model = Model(x, Add()([x, Dense(3)(x)]), seed=0)
    model.compile("sgd", "mse")
    found = model.explain(RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3)))
    assert "dX" not in found.values
    assert "dZ1 = dM1 | (4, 3) | handed on" in equations(found)


def test_elu_shows_its_alpha_unless_it_is_1():
    from nnlite.activations import Elu

    for activation, formula in (
        ("elu", "A1 = Z1 if Z1 > 0 else (e^Z1 − 1)"),
        (Elu(0.5), "A1 = Z1 if Z1 > 0 else 0.5·(e^Z1 − 1)"),
    ):
        found = explained([Dense(2, activation=activation)], (3,))
        assert found.forward[0].lines[1].equation == formula
        assert check_formulas(found) >= 5


def test_gradients_that_no_weight_needs_are_left_out():
    texts = equations(explained([Flatten(), Activation("tanh"), Dense(2)], (2, 2)))
    assert [text for text in texts if text.startswith(("dX", "dF", "dA"))] == []


def test_activation_layers_share_the_number_of_what_they_bend():
    texts = equations(
        explained(
            [Dense(3), BatchNormalization(), ReLU(), Dense(3), LeakyReLU(0.1), Dense(2), Softmax()],
            (3,),
            [0, 1, 1, 0, 1],
            "sparse_categorical_crossentropy",
        )
    )
    for start in (
        "N1 = γ1 ⊙ U1 + β1",
        "A1 = max(N1, 0)",
        "Z2 = A1·W2 + b2",
        "A2 = Z2 if Z2 > 0 else 0.1·Z2",
        "A3 = softmax(Z3)",
        "dZ3 = (A3 − onehot(Y))/m",
        "dN1 = dA1 ⊙ (N1 > 0)",
    ):
        assert sum(text.startswith(start) for text in texts) == 1, start


def convolved(*layers, shape=(28, 28, 1)):
    return equations(explained([*layers, Flatten(), Dense(1)], shape, samples=2))


def test_convolution_counts_its_windows():
    texts = convolved(Conv2D(8, 3, padding="same"))
    assert texts[:2] == [
        "height = width = (28 + 2·1 − 3)/1 + 1 = 28",
        "Z1 = X ∗ W1 + b1 | (2, 28, 28, 1) ∗ (3, 3, 1, 8) + (8,) = (2, 28, 28, 8)",
    ]
    assert "dW1 = windows(X)ᵀ·dZ1 | (9, 1568)·(1568, 8) = (9, 8) → (3, 3, 1, 8)" in texts
    assert "db1 = Σ dZ1 | (8,)" in texts


@pytest.mark.parametrize(
    ("layer", "lines"),
    [
        (Conv2D(2, 3), ["height = width = (28 − 3)/1 + 1 = 26"]),
        (Conv2D(2, 3, strides=2), ["height = width = ⌊(28 − 3)/2⌋ + 1 = 13"]),
        (
            Conv2D(2, (3, 5), strides=(1, 2), padding="same"),
            ["height = (28 + 2·1 − 3)/1 + 1 = 28", "width = (28 + 1 + 2 − 5)/2 + 1 = 14"],
        ),
        (
            Conv2D(2, 3, dilation_rate=2),
            ["height = width = (28 − ((3 − 1)·2 + 1))/1 + 1 = 24"],
        ),
        (MaxPooling2D(2), ["height = width = (28 − 2)/2 + 1 = 14"]),
        (Conv2DTranspose(2, 3, strides=2), ["height = width = (28 − 1)·2 + 3 = 57"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "",
)
def test_window_arithmetic_gives_the_shape_of_the_output(layer, lines):
    texts = convolved(layer)
    assert texts[: len(lines)] == lines
    sizes = [int(line.split(" = ")[-1]) for line in lines]
    height, width = sizes if len(sizes) == 2 else sizes * 2
    assert f"(2, {height}, {width}, " in texts[len(lines)]


def test_sequences_have_steps():
    texts = equations(explained([Conv1D(2, 3), Flatten(), Dense(1)], (10, 4)))
    assert texts[0] == "steps = (10 − 3)/1 + 1 = 8"
    assert "Z1 = X ∗ W1 + b1 | (5, 10, 4) ∗ (3, 4, 2) + (2,) = (5, 8, 2)" in texts
    assert "dW1 = windows(X)ᵀ·dZ1 | (12, 40)·(40, 2) = (12, 2) → (3, 4, 2)" in texts


def test_the_matrix_of_windows_gives_the_gradient_of_the_kernel():
    found = explained([Conv2D(2, 2), Flatten(), Dense(1)], (4, 4, 3), samples=2)
    x, dz = found["X"], found["dZ1"]
    windows = np.array(
        [x[n, i : i + 2, j : j + 2].ravel() for n in range(2) for i in range(3) for j in range(3)]
    )
    assert windows.shape == (18, 12)
    np.testing.assert_allclose(
        (windows.T @ dz.reshape(18, 2)).reshape(2, 2, 3, 2), found["dW1"], rtol=1e-10
    )
    assert "dW1 = windows(X)ᵀ·dZ1 | (12, 18)·(18, 2) = (12, 2) → (2, 2, 3, 2)" in equations(found)


def test_the_gradient_of_an_image_adds_up_its_windows():
    found = explained([Conv2D(2, 2), Conv2D(1, 2), Flatten(), Dense(1)], (4, 4, 3), samples=2)
    parts = found["dZ2"].reshape(8, 1) @ found["W2"].reshape(8, 1).T
    dx = np.zeros((2, 3, 3, 2))
    for place, (n, i, j) in enumerate(np.ndindex(2, 2, 2)):
        dx[n, i : i + 2, j : j + 2] += parts[place].reshape(2, 2, 2)
    np.testing.assert_allclose(dx, found["dZ1"], rtol=1e-10)
    assert (
        "dZ1 = back(dZ2·W2ᵀ) | (8, 1)·(1, 8) = (8, 8) → (2, 3, 3, 2) | each window to its place"
        in equations(found)
    )


def test_kernels_that_see_some_channels_only_say_so():
    texts = convolved(Conv2D(4, 3), Conv2D(4, 3, groups=2), DepthwiseConv2D(3), shape=(9, 9, 1))
    assert (
        "Z2 = Z1 ∗ W2 + b2 | (2, 7, 7, 4) ∗ (3, 3, 2, 4) + (4,) = (2, 5, 5, 4) | in 2 groups"
        in (texts)
    )
    assert "dW2 = windows(Z1)ᵀ·dZ2 | (3, 3, 2, 4) | in 2 groups" in texts
    assert "dW3 = windows(Z2)ᵀ·dZ3 | (3, 3, 4, 1) | channel by channel" in texts


def test_pooling_and_resizing_say_what_becomes_of_a_window():
    texts = convolved(
        Conv2D(2, 3),
        MaxPooling2D(2),
        AveragePooling2D((2, 1)),
        ZeroPadding2D(1),
        UpSampling2D(2),
        shape=(10, 10, 1),
    )
    for line in (
        "P1 = maxpool(Z1) | (2, 8, 8, 2) → (2, 4, 4, 2)",
        "P2 = meanpool(P1) | (2, 4, 4, 2) → (2, 2, 4, 2)",
        "R2 = zeros around(P2) | (2, 2, 4, 2) → (2, 4, 6, 2)",
        "R3 = repeat(R2) | (2, 4, 6, 2) → (2, 8, 12, 2)",
        "dR2 = Σ dR3 over the copies | (2, 8, 12, 2) → (2, 4, 6, 2)",
        "dP2 = dR2 without the zeros | (2, 4, 6, 2) → (2, 2, 4, 2)",
        "dP1 = dP2/(2·1) over each window | (2, 2, 4, 2) → (2, 4, 4, 2)",
        "dZ1 = dP1 at the largest of each window | (2, 4, 4, 2) → (2, 8, 8, 2)",
    ):
        assert line in texts


def test_global_pooling_takes_the_whole_image_as_its_window():
    for layer, lines in (
        (
            GlobalAveragePooling2D(),
            ["P1 = mean(Z1) | (2, 3, 4, 2) → (2, 2)", "dZ1 = dP1/(3·4) | (2, 2) → (2, 3, 4, 2)"],
        ),
        (
            GlobalMaxPooling2D(),
            [
                "P1 = max(Z1) | (2, 3, 4, 2) → (2, 2)",
                "dZ1 = dP1 at the largest of all places | (2, 2) → (2, 3, 4, 2)",
            ],
        ),
    ):
        texts = equations(explained([Conv2D(2, 2), layer, Dense(1)], (4, 5, 1), samples=2))
        for line in lines:
            assert line in texts


def test_a_transposed_convolution_goes_the_other_way():
    texts = convolved(Conv2DTranspose(2, 3, strides=2, padding="same"), shape=(7, 7, 3))
    assert texts[:2] == [
        "height = width = (7 − 1)·2 + 3 − 1 = 14",
        "Z1 = back(X·W1ᵀ) + b1 | (98, 3)·(3, 18) = (98, 18), (2, 7, 7, 3) → (2, 14, 14, 2)",
    ]
    assert "dW1 = windows(dZ1)ᵀ·X | (3, 3, 2, 3)" in texts
