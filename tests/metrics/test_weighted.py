"""`weighted_metrics` in compile, and the new metrics in a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, load_model, losses, metrics
from nnlite.layers import Dense, Input
from nnlite.metrics import Metric
from nnlite.models import Model
from nnlite.optimizers import SGD

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]], np.float32)
Y = np.array([1, 0, 1, 1])


def yes_or_no(**settings: Any) -> Sequential:
    model = Sequential([Input((2,)), Dense(1, "sigmoid")])
    model.set_weights([[[1.0], [-0.5]], [0.1]])
    model.compile(SGD(0.1), "binary_crossentropy", **settings)
    return model


# Keras 3.15, the same model, two epochs in batches of 2 without shuffling; the validation data
# have the weights 1, 0, 2, 1.
KERAS: list[Any] = [
    (
        {"sample_weight": [1.0, 2.0, 0.5, 3.0]},
        {
            "loss": [0.4697526, 0.4123119],
            "accuracy": [1.0, 1.0],
            "mae": [0.2972938, 0.2725203],
            "weighted_accuracy": [1.0, 1.0],
            "mse": [0.07099637, 0.05813437],
            "auc": [1.0, 1.0],
            "val_loss": [0.3609768, 0.3321709],
            "val_accuracy": [1.0, 1.0],
            "val_mae": [0.275177, 0.2549331],
            "val_weighted_accuracy": [1.0, 1.0],
            "val_mse": [0.09805952, 0.08628376],
            "val_auc": [0.0, 0.0],
        },
    ),
    (
        {"class_weight": {0: 5.0, 1: 0.5}},
        {"loss": [0.4948356, 0.4559321], "mse": [0.0718734, 0.06338959]},
    ),
    ({}, {"loss": [0.3681163, 0.3409061], "mse": [0.1025522, 0.09075775]}),
]


@pytest.mark.parametrize(("given", "expected"), KERAS)
def test_weighted_metrics_see_the_weights_as_in_keras(given: Any, expected: Any) -> None:
    weighted = ["accuracy", "mse", metrics.AUC()]
    model = yes_or_no(metrics=["accuracy", "mae"], weighted_metrics=weighted)
    options: Any = {"batch_size": 2, "epochs": 2, "shuffle": False, "verbose": 0, **given}
    history = model.fit(X, Y, validation_data=(X, Y, [1, 0, 2, 1]), **options).history
    for name, values in expected.items():
        assert history[name] == pytest.approx(values, rel=1e-5), name
    assert list(history) == list(KERAS[0][1])


def identity(**settings: Any) -> Sequential:
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")], dtype="float64")
    model.compile("sgd", "mse", **settings)
    return model


@pytest.mark.parametrize(
    "metric",
    [
        "mae",
        metrics.MeanAbsoluteError(),
        losses.MeanAbsoluteError(),
        "mean_absolute_error",
        lambda y, a: np.abs(a - y),
        lambda y, a: np.abs(a - y)[:, 0],
    ],
)
def test_everything_that_is_a_metric_can_be_weighted(metric: Any) -> None:
    model = identity(weighted_metrics=metric)
    # Errors of 1, 2 and 4, of weights 1, 0 and 3; in batches of two.
    given = [1.0, 2.0, 4.0], [0.0, 0.0, 0.0], 2
    assert model.evaluate(*given, 0, [1.0, 0.0, 3.0])[1] == 13 / 4
    assert model.evaluate(*given, 0)[1] == pytest.approx(7 / 3)


def test_a_metric_of_ones_own_takes_weights_or_is_refused() -> None:
    class Largest(Metric):
        default_name = "largest"

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            weights = 1 if sample_weight is None else sample_weight
            self.total = max(self.total, float((weights * y_pred[:, 0]).max()))

        def result(self) -> float:
            return self.total

    class Old(Largest):
        def update_state(self, y_true: Any, y_pred: Any) -> None:
            super().update_state(y_true, y_pred)

    model = identity(weighted_metrics=[Largest()], metrics=[Old()])
    found = model.evaluate([1.0, 5.0], [0.0, 0.0], 2, 0, [9.0, 1.0])
    assert found[1:] == [5.0, 9.0]
    assert model.metrics_names == ["loss", "largest", "weighted_largest"]
    with pytest.raises(TypeError, match=r"by its weight.\nReceived: Old, .*\n.*sample_weight=None"):
        identity(weighted_metrics=[Old()])


def test_metrics_of_one_name_are_told_apart() -> None:
    asked = [metrics.Precision(thresholds=t) for t in (0.2, 0.5, 0.9)]
    model = yes_or_no(metrics=asked, weighted_metrics=["mae", "mae", "mae"])
    found = model.evaluate(X, Y, verbose=0, return_dict=True)
    names = ["loss", "precision", "precision_1", "precision_2"]
    assert list(found) == [*names, "mae", "weighted_mae", "weighted_mae_1"]
    assert found["precision"] == 0.75
    assert found["precision_1"] == 1.0


def test_several_outputs_have_weighted_metrics_of_their_own() -> None:
    x = Input((1,))
    ends = [Dense(1, kernel_initializer="ones", name=name)(x) for name in ("first", "second")]
    model = Model(x, ends)
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics={"second": ["mae", "mse"]})
    found = model.evaluate([1.0, 3.0], [[0, 0], [0, 0]], 2, 0, [1.0, 3.0], return_dict=True)
    assert list(found)[3:] == ["first_mae", "second_mae", "second_weighted_mae", "second_mse"]
    assert found["second_weighted_mae"] == pytest.approx(2.5)
    assert found["second_mse"] == pytest.approx(7.0)


def test_accuracy_as_an_object_is_explained_at_the_first_batch() -> None:
    model = yes_or_no(metrics=[metrics.Accuracy()])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r'compares labels.*\n.*\n.*metrics=\["accuracy"\]'):
        model.fit(X, Y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert yes_or_no(metrics=["Accuracy"]).evaluate(X, Y, verbose=0)[1] == 1.0


def test_a_metric_of_several_numbers_is_explained_before_training() -> None:
    three = Sequential([Dense(3, "softmax", input_shape=(2,))])
    three.compile("sgd", "categorical_crossentropy", metrics=[metrics.F1Score()])
    with pytest.raises(ValueError, match=r'is one number.*\n.*F1Score\(\).*\n.*\n.*"macro"'):
        three.fit(X, np.eye(3)[[0, 1, 2, 0]], verbose=0)
    with pytest.raises(ValueError, match=r"is one number.*\n.*Recall\(\[0.1, 0.2\]\)"):
        yes_or_no(metrics=[metrics.Recall([0.1, 0.2])]).evaluate(X, Y, verbose=0)
    one = yes_or_no(metrics=[metrics.F1Score(threshold=0.5)])
    assert one.fit(X, Y, verbose=0).history["f1_score"] == pytest.approx([1.0], abs=1e-6)


def test_mean_is_no_metric_of_a_model() -> None:
    with pytest.raises(TypeError, match="Mean averages numbers"):
        yes_or_no(metrics=[metrics.Mean()])


def test_a_file_keeps_metrics_and_weighted_metrics(tmp_path: Any) -> None:
    asked = [metrics.Precision(thresholds=0.3), metrics.Accuracy, "auc"]
    model = yes_or_no(
        metrics=[*asked[::2], metrics.F1Score("micro", 0.4), metrics.AUC(5, "PR")],
        weighted_metrics=[metrics.Recall(class_id=0), "accuracy", "top_k_categorical_accuracy"],
    )
    model.save(tmp_path / "m.npz")
    again = load_model(tmp_path / "m.npz")
    weights = [1.0, 2.0, 0.5, 3.0]
    wanted = model.evaluate(X, Y, verbose=0, sample_weight=weights, return_dict=True)
    assert again.evaluate(X, Y, verbose=0, sample_weight=weights, return_dict=True) == wanted
    assert len(wanted) == 8
