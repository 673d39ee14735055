"""What an output is judged by: from the logits where only the loss sees them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite import Model, Sequential, losses
from nnlite.layers import Dense, Input
from nnlite.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss
from nnlite.optimizers import SGD


def with_output(activation: str | None, loss: Any, units: int = 1, w: float = 1.0) -> Sequential:
    """Return a model whose logits are w·x, in every unit."""
    model = Sequential(
        [Dense(units, activation=activation, use_bias=False, input_shape=(1,))], dtype="float64"
    )
    model.set_weights([np.full((1, units), w)])
    model.compile(optimizer=SGD(1.0), loss=loss)
    return model


def test_a_confidently_wrong_answer_has_its_true_loss() -> None:
    model = with_output("sigmoid", "binary_crossentropy")
    assert model.evaluate([10000.0, -10000.0], [0.0, 0.0], verbose=0) == 5000.0
    model = with_output("softmax", "categorical_crossentropy", units=2)
    model.set_weights([[[1.0, -1.0]]])
    assert model.evaluate([5000.0], [[0.0, 1.0]], verbose=0) == 10000.0


@pytest.mark.bits
@pytest.mark.parametrize(
    ("activation", "own", "bare", "y", "units"),
    [
        ("sigmoid", "binary_crossentropy", BinaryCrossentropy(from_logits=True), [1.0, 0.0], 1),
        (
            "softmax",
            "categorical_crossentropy",
            CategoricalCrossentropy(from_logits=True),
            [[1.0, 0.0], [0.0, 1.0]],
            2,
        ),
    ],
)
def test_the_activation_may_be_in_the_model_or_in_the_loss(
    activation: str, own: str, bare: Loss, y: Any, units: int
) -> None:
    inside, outside = with_output(activation, own, units), with_output(None, bare, units)
    for model in (inside, outside):
        model.fit([1.0, 2.0], y, epochs=3, shuffle=False, verbose=0)
    np.testing.assert_array_equal(inside.weights_vector, outside.weights_vector)
    assert inside.history is not None
    assert outside.history is not None
    assert inside.history.history == outside.history.history


def test_from_logits_behind_the_activation_is_explained() -> None:
    with pytest.raises(ValueError, match="from_logits=True takes the numbers before the") as error:
        with_output("sigmoid", BinaryCrossentropy(from_logits=True)).fit([1.0], [1.0], verbose=0)
    assert "an output that has gone through sigmoid" in str(error.value)
    assert "Leave out from_logits=True, or the activation of 'dense'" in str(error.value)


def test_a_sigmoid_for_one_hot_rows_is_judged_by_its_probabilities() -> None:
    model = with_output("sigmoid", "categorical_crossentropy", units=2, w=0.0)
    # −ln ½, and dL/da = −y/a + Σy/Σa = −2 + 1 and 1: dz = ∓¼, dW = x·dz.
    history = model.fit([3.0], [[1.0, 0.0]], verbose=0).history
    assert history["loss"] == [pytest.approx(math.log(2), rel=1e-15)]
    assert model.get_weights()[0].tolist() == [[0.75, -0.75]]


def test_predictions_that_are_no_probabilities_are_explained() -> None:
    with pytest.raises(ValueError, match="End the model with a sigmoid activation") as error:
        with_output(None, "binary_crossentropy").fit([2.0], [1.0], verbose=0)
    assert "y_pred from 2 to 2" in str(error.value)


def two_readers(rate: float = 1.0) -> Model:
    """Return a model whose sigmoid is an output and the input of another layer as well."""
    x = Input(shape=(1,))
    a = Dense(1, activation="sigmoid", use_bias=False, kernel_initializer="ones", name="a")(x)
    b = Dense(1, use_bias=False, kernel_initializer="ones", name="b")(a)
    model = Model(x, [a, b], dtype="float64")
    model.compile(SGD(rate), {"a": "binary_crossentropy", "b": "half_squared_error"})
    return model


def test_an_output_that_another_layer_reads_keeps_its_activation() -> None:
    model = two_readers()
    history = model.fit([[2.0]], {"a": [1.0], "b": [0.0]}, verbose=0).history
    a = 1 / (1 + math.exp(-2))
    assert history["a_loss"] == [pytest.approx(-math.log(a), rel=1e-14)]
    assert history["b_loss"] == [pytest.approx(a * a / 2, rel=1e-14)]
    # dL/da = −1/a + a·W_b, dz = dL/da·a(1 − a), dW_a = 2·dz and dW_b = a·a.
    W_a, W_b = (weight.item() for weight in model.get_weights())
    assert W_a == pytest.approx(1 - 2 * (a - 1 / a) * a * (1 - a), rel=1e-13)
    assert W_b == pytest.approx(1 - a * a, rel=1e-13)


def test_an_output_asked_for_twice_is_judged_twice() -> None:
    x = Input(shape=(1,))
    a = Dense(1, activation="sigmoid", use_bias=False, kernel_initializer="zeros")(x)
    model = Model(x, [a, a], dtype="float64")
    model.compile(SGD(1.0), "binary_crossentropy")
    model.train_on_batch([[1.0]], [[1.0], [1.0]])
    # Twice a − y = −½.
    assert model.get_weights()[0].item() == 1.0


def test_sample_weights_count_for_every_output() -> None:
    model = two_readers(rate=0.0)
    plain = model.evaluate([[2.0], [0.0]], [[1.0, 1.0], [0.0, 0.0]], verbose=0)
    twice = model.evaluate(
        [[2.0], [0.0]], [[1.0, 1.0], [0.0, 0.0]], sample_weight=[2.0, 2.0], verbose=0
    )
    assert twice == [pytest.approx(2 * value, rel=1e-15) for value in plain]


def test_a_loss_of_your_own_needs_values_and_gradient() -> None:
    class Cube(Loss):
        """|a − y|³, whose gradient is 3·(a − y)·|a − y|."""

        def values(self, y: Any, a: Any) -> Any:
            return (np.abs(a - y) ** 3)[:, 0]

        def gradient(self, y: Any, a: Any) -> Any:
            return 3 * (a - y) * np.abs(a - y)

    model = with_output(None, Cube())
    history = model.fit([1.0, 1.0], [0.0, 3.0], verbose=0).history
    # 1 and 8; the gradients are 3 and −12.
    assert history["loss"] == [4.5]
    assert model.get_weights()[0].item() == 1.0 - (3 - 12) / 2


def test_losses_are_given_one_for_all_in_a_list_or_by_name() -> None:
    x = Input(shape=(1,))
    outputs = [
        Dense(1, use_bias=False, kernel_initializer="zeros", name=name)(x) for name in ("p", "q")
    ]
    for loss, expected in [
        ("mae", [5.0, 2.0, 3.0]),
        (["mae", "mse"], [11.0, 2.0, 9.0]),
        ({"q": "mae", "p": "mse"}, [7.0, 4.0, 3.0]),
    ]:
        model = Model(x, outputs, dtype="float64")
        model.compile("sgd", loss)
        assert model.evaluate([[1.0]], [[2.0], [3.0]], verbose=0) == expected
    model.compile("sgd", "mae", loss_weights={"q": 10.0})
    assert model.evaluate([[1.0]], [[2.0], [3.0]], verbose=0) == [32.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="loss: one for each of the 2 outputs p, q"):
        model.compile("sgd", ["mae", "mae", "mae"])
    with pytest.raises(ValueError, match=r"by the names of the outputs: p, q.\nReceived: 'r'"):
        model.compile("sgd", {"r": "mae"})


class Column(losses.Loss):
    """Squared errors as the output has them: (n, 1)."""

    def values(self, y: Any, a: Any) -> Any:
        return (a - y) ** 2

    def gradient(self, y: Any, a: Any) -> Any:
        return 2 * (a - y)


@pytest.mark.parametrize("sample_weight", [None, [1.0, 0.0, 2.0]])
def test_a_loss_of_your_own_may_give_its_values_in_a_column(sample_weight: Any) -> None:
    found = []
    for loss in (Column(), losses.MeanSquaredError()):
        model = with_output(None, loss)
        x, y = [[1.0], [2.0], [3.0]], [[2.0], [4.0], [9.0]]
        history = model.fit(x, y, sample_weight=sample_weight, verbose=0).history
        single = loss(y, x, sample_weight)
        found.append((history, single, model.weights_vector.tolist()))
    assert found[0] == found[1]
    # The errors are 1, 2 and 6.
    assert found[0][1] == ((1 + 4 + 36) / 3 if sample_weight is None else (1 + 2 * 36) / 3)


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (lambda y, a: np.mean((a - y) ** 2), r"\(\)"),
        (lambda y, a: 3.0, r"\(\)"),
        (lambda y, a: (a - y) ** 2 * [[1.0, 1.0]], r"\(3, 2\)"),
    ],
)
def test_a_loss_of_your_own_with_other_values_is_explained(values: Any, shape: str) -> None:
    loss = Column()
    loss.values = values  # type: ignore[method-assign]
    x = np.ones((3, 1))
    for use in (lambda: with_output(None, loss).fit(x, x, verbose=0), lambda: loss(x, x)):
        with pytest.raises(ValueError, match=rf"one number for each sample.*\n.*shape {shape}"):
            use()
