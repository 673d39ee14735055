"""What `reduction` and `label_smoothing` make of a loss, by hand and in `fit`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, load_model, losses
from nnlite.layers import Dense, Flatten, Input
from nnlite.losses import BinaryCrossentropy, CategoricalCrossentropy, Hinge, MeanSquaredError
from nnlite.optimizers import SGD
from nnlite.testing import gradcheck

Y, A = [[1.0], [2.0], [3.0]], [[2.0], [2.0], [6.0]]
WEIGHTS = [1.0, 5.0, 2.0]


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum_over_batch_size", 10 / 3, 19 / 3),
        ("mean", 10 / 3, 19 / 3),
        ("sum", 10.0, 19.0),
        ("mean_with_sample_weight", 10 / 3, 19 / 8),
    ],
)
def test_a_call_reduces_the_losses_of_the_samples(
    reduction: Any, plain: Any, weighted: Any
) -> None:
    loss = MeanSquaredError(reduction=reduction)
    assert loss(Y, A) == pytest.approx(plain, rel=1e-15)
    assert loss(Y, A, sample_weight=WEIGHTS) == pytest.approx(weighted, rel=1e-15)
    share = plain / 10
    assert loss.backprop(Y, A) == pytest.approx(np.array([[2.0], [0.0], [6.0]]) * share)


@pytest.mark.parametrize("reduction", ["none", None])
def test_without_reduction_the_losses_stay_apart(reduction: Any) -> None:
    loss = MeanSquaredError(reduction)
    assert loss(Y, A).tolist() == [1, 0, 9]
    assert loss(Y, A, sample_weight=WEIGHTS).tolist() == [1, 0, 18]
    assert loss.backprop(Y, A).tolist() == [[2.0], [0.0], [6.0]]


def test_a_sum_goes_over_the_places_of_a_sample_too() -> None:
    x, y = np.arange(12).reshape(2, 3, 2) / 10, np.ones((2, 3, 2))
    # Six rows of two numbers: the sum of their means.
    wanted = np.square(x - 1).mean(axis=-1).sum()
    assert MeanSquaredError("sum")(y, x) == pytest.approx(wanted)
    assert losses.KLDivergence("sum")(x / 3, x / 3) == pytest.approx(0)


# Keras 3.15: Dense(2) from W and B, SGD(0.01), MeanSquaredError(reduction), batches of 2 of 3
# samples, two epochs without shuffling; the history's loss, the weights, evaluate's loss.
X3 = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7]], np.float32)
Y3 = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]], np.float32)
OF_THE_SUM = [0.4606042, -0.9897859, 1.810974, 0.2823558, 0.08109473, -0.191442]
OF_THE_WEIGHTED_SUM = [0.4625612, -0.9902108, 1.827198, 0.2807928, 0.03882917, -0.1868672]
KERAS: list[Any] = [
    ("sum", None, [6.27494, 5.662894], OF_THE_SUM, 5.121583),
    ("sum", [1, 2, 0.5], [5.563066, 4.952266], OF_THE_WEIGHTED_SUM, 4.418114),
    ("none", None, [3.972336, 3.63939], OF_THE_SUM, 3.343405),
    (None, [1, 2, 0.5], [3.199524, 2.887652], OF_THE_WEIGHTED_SUM, 2.6141),
    (
        "mean",
        [1, 2, 0.5],
        [3.199371, 3.034462],
        [0.485732, -0.9955342, 1.90132, 0.2667729, 0.08421765, -0.1948916],
        2.879473,
    ),
    (
        "mean_with_sample_weight",
        [1, 2, 0.5],
        [3.247252, 3.127432],
        [0.5029498, -0.9983013, 1.904805, 0.2642396, 0.1308386, -0.2008451],
        3.011943,
    ),
]


@pytest.mark.parametrize(("reduction", "weights", "shown", "learnt", "after"), KERAS)
def test_fit_does_with_a_reduction_as_keras_does(
    reduction: Any, weights: Any, shown: Any, learnt: Any, after: Any
) -> None:
    model = Sequential([Input((2,)), Dense(2)])
    model.set_weights([[[0.5, -1.0], [2.0, 0.25]], [0.1, -0.2]])
    model.compile(SGD(0.01), MeanSquaredError(reduction=reduction))
    options: Any = {"batch_size": 2, "verbose": 0, "sample_weight": weights}
    history = model.fit(X3, Y3, epochs=2, shuffle=False, **options).history
    assert history["loss"] == pytest.approx(shown, rel=1e-5)
    found = np.concatenate([w.ravel() for w in model.get_weights()])
    assert found == pytest.approx(np.array(learnt), rel=1e-5)
    assert model.evaluate(X3, Y3, **options) == pytest.approx(after, rel=1e-5)


YB, AB = [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], [[0.7, 0.2, 0.9], [0.4, 0.5, 0.1]]
YC, PC = np.eye(3)[[0, 2]], np.array([[0.7, 0.2, 0.1], [0.3, 0.1, 0.6]])
SOFT = YC * 0.8 + 0.05


@pytest.mark.parametrize(
    ("loss", "y", "a", "expected"),
    [
        (BinaryCrossentropy(label_smoothing=0.2), YB, AB, 0.4496438),
        (BinaryCrossentropy(from_logits=True, label_smoothing=0.2), YB, AB, 0.6356612),
        (CategoricalCrossentropy(label_smoothing=0.1), YC, PC, 0.5284766),
        (
            CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            *(YC, np.log(PC) + 1, 0.5284766),
        ),
        (losses.KLDivergence(), SOFT, PC, 0.1164379),
        (Hinge(), YB, 3 * np.array(AB) - 1, 0.4333333),
        (Hinge(), 2 * np.array(YB) - 1, 3 * np.array(AB) - 1, 0.4333333),
        (losses.Huber(delta=0.3, reduction="sum"), YB, AB, 0.085),
    ],
)
def test_a_loss_has_the_value_of_keras(loss: Any, y: Any, a: Any, expected: float) -> None:
    # Keras 3.15 gives these, from float32.
    assert loss(y, a) == pytest.approx(expected, rel=3e-6)


def test_functions_smooth_too_and_give_each_sample_its_own() -> None:
    smoothed = losses.binary_crossentropy([[1.0]], [[0.5]], label_smoothing=0.5)
    assert smoothed == pytest.approx(np.log([2]))
    smoothed = losses.categorical_crossentropy([[1.0, 0.0]], [[0.25, 0.75]], label_smoothing=1)
    assert smoothed == pytest.approx([(np.log(4) + np.log(4 / 3)) / 2])
    assert losses.kl_divergence(SOFT, PC) == pytest.approx([0.06106054, 0.1718154], rel=1e-6)
    assert losses.hinge(YB, AB) == pytest.approx([0.5333333, 1.0], rel=1e-6)


@pytest.mark.parametrize(
    ("last", "loss", "y"),
    [
        ("sigmoid", BinaryCrossentropy(label_smoothing=0.3), YB),
        (None, BinaryCrossentropy(from_logits=True, label_smoothing=0.3), YB),
        ("softmax", CategoricalCrossentropy(label_smoothing=0.3), YC),
        ("sigmoid", CategoricalCrossentropy(label_smoothing=0.3), YC),
        ("softmax", losses.KLDivergence(), SOFT),
        ("tanh", Hinge(), YB),
        ("sigmoid", MeanSquaredError("sum"), YB),
        ("sigmoid", MeanSquaredError("none"), YB),
        ("softmax", CategoricalCrossentropy(reduction="sum"), YC),
    ],
)
def test_training_follows_the_gradient(last: Any, loss: Any, y: Any) -> None:
    layers = [Flatten(input_shape=(2, 2)), Dense(3, last)]
    model = Sequential(layers, seed=1, dtype="float64")
    x = np.random.default_rng(0).standard_normal((2, 2, 2))
    model.compile("sgd", loss)
    assert gradcheck(model, x, y, sample_weight=[0.5, 2.0]).passed
    model.compile(SGD(0.05), loss)
    shown = model.fit(x, y, epochs=30, verbose=0).history["loss"]
    assert shown[-1] < shown[0]


def test_metrics_see_the_truth_as_it_was_given() -> None:
    for loss in (BinaryCrossentropy(label_smoothing=0.4), Hinge()):
        model = Sequential([Dense(1, "sigmoid", kernel_initializer="ones", input_shape=(1,))])
        model.compile("sgd", loss, metrics=["accuracy"])
        assert model.evaluate([-3.0, 3.0], [0, 1], verbose=0)[1] == 1.0


def test_a_loss_of_ones_own_has_a_reduction_without_asking_for_it() -> None:
    class Quartic(losses.Loss):
        name = "quartic"

        def values(self, y: Any, a: Any) -> Any:
            return ((a - y) ** 4).mean(axis=1)

        def gradient(self, y: Any, a: Any) -> Any:
            return 4 * (a - y) ** 3 / a.shape[1]

    assert Quartic()(Y, A) == pytest.approx(82 / 3)
    assert Quartic(reduction="sum")(Y, A) == pytest.approx(82)
    assert Quartic(name="fourth").name == "fourth"


def test_a_file_keeps_reduction_and_smoothing(tmp_path: Any) -> None:
    model = Sequential([Dense(3, "softmax", input_shape=(2,))], seed=0)
    model.compile("sgd", CategoricalCrossentropy(label_smoothing=0.1, reduction="sum"))
    model.save(tmp_path / "m.npz")
    loss = load_model(tmp_path / "m.npz").compiled["loss"]
    assert (loss.label_smoothing, loss.reduction) == (0.1, "sum")


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (
            lambda: MeanSquaredError(reduction="smu"),
            ValueError,
            'must be one of .*, sum, .*\nReceived: reduction=.smu.\nRemedy: reduction="sum"',
        ),
        (lambda: MeanSquaredError(reduction=3), ValueError, 'Remedy: reduction="sum_over_batch'),
        (lambda: BinaryCrossentropy(label_smoothing=2), ValueError, "must be between 0 and 1"),
        (lambda: losses.get("hnge"), ValueError, 'Did you mean "hinge"'),
        (lambda: losses.get("kl_divergnce"), ValueError, 'Did you mean "kl_divergence"'),
        (lambda: Hinge()([[3.0]], [[1.0]]), ValueError, "two labels: -1 and 1, or 0 and 1"),
        (lambda: losses.KLDivergence()([[0.5]], [[3.0]]), ValueError, "must be probabilities"),
        (lambda: losses.KLDivergence()([[5]], [[0.3]]), ValueError, "between 0 and 1"),
    ],
)
def test_mistakes_are_explained(make: Any, kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        make()


@pytest.mark.parametrize("name", ["kl_divergence", "KLDivergence", "kld", "hinge", "Hinge"])
def test_losses_are_found_by_their_names(name: str) -> None:
    assert type(losses.get(name)).__name__ in ("KLDivergence", "Hinge")


@pytest.mark.parametrize(
    ("last", "loss", "y", "value", "gradient"),
    [
        (None, MeanSquaredError("sum"), YB, "Σ (Z1 − Y)²/3", "dZ1 = 2(Z1 − Y)/3"),
        (
            "softmax",
            CategoricalCrossentropy(label_smoothing=0.3),
            YC,
            "−Σ (0.7·Y + 0.1)·ln A1/m",
            "dZ1 = (A1 − (0.7·Y + 0.1))/m",
        ),
        (None, Hinge(), YB, "Σ max(1 − (2·Y − 1)·Z1, 0)/(3·m)", "dZ1 = −(2·Y − 1)·("),
        ("softmax", losses.KLDivergence(), SOFT, "Σ Y·ln(Y/A1)/m", "dA1 = −Y/A1/m"),
    ],
)
def test_explain_tells_them(last: Any, loss: Any, y: Any, value: str, gradient: str) -> None:
    model = Sequential([Dense(3, last, input_shape=(2,))], seed=0)
    model.compile("sgd", loss)
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    told = model.explain(x, y)
    assert f"J = {value} = {model.evaluate(x, y, verbose=0):.4g}" in str(told)
    assert gradient in str(told)
