"""What `compile(metrics=...)` takes, and under which names it appears in the history."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Model, Sequential, losses, metrics
from nnlite.layers import Dense, Input
from nnlite.metrics import Metric

X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])


def identity() -> Sequential:
    """Return a model that predicts x."""
    return Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones")], dtype="float64")


def names_in_history(requested: Any, loss: Any = "mse") -> list[str]:
    model = identity()
    model.compile(optimizer="sgd", loss=loss, metrics=requested)
    history = model.fit(X, X, verbose=0, validation_data=(X, X)).history
    assert list(history)[len(history) // 2 :] == [
        f"val_{name}" for name in list(history)[: len(history) // 2]
    ]
    return list(history)[: len(history) // 2]


def test_a_metric_appears_under_the_name_it_was_asked_for_by() -> None:
    assert names_in_history(["mse", "mae"]) == ["loss", "mse", "mae"]
    assert names_in_history(["MSE"]) == ["loss", "MSE"]
    assert names_in_history(["mean_squared_error"]) == ["loss", "mean_squared_error"]
    assert names_in_history(["MeanSquaredError"]) == ["loss", "mean_squared_error"]
    assert names_in_history(["rmse", "r2"]) == ["loss", "rmse", "r2"]


def test_classes_objects_and_functions_appear_under_their_long_name() -> None:
    requested = [
        metrics.MeanAbsoluteError,
        metrics.RootMeanSquaredError(),
        metrics.mean_squared_error,
        metrics.R2Score(name="share"),
    ]
    assert names_in_history(requested) == [
        "loss",
        "mean_absolute_error",
        "root_mean_squared_error",
        "mean_squared_error",
        "share",
    ]


def test_accuracy_keeps_its_short_name_whatever_kind_it_is() -> None:
    for requested, name in [("accuracy", "accuracy"), ("acc", "acc"), ("Accuracy", "accuracy")]:
        for outputs, loss, y in [
            (1, "binary_crossentropy", [[0], [1], [1], [1], [0]]),
            (2, "categorical_crossentropy", np.eye(2)[[0, 1, 1, 1, 0]]),
            (2, "sparse_categorical_crossentropy", [0, 1, 1, 1, 0]),
        ]:
            activation = "sigmoid" if outputs == 1 else "softmax"
            model = Sequential([Dense(outputs, activation=activation, input_shape=(1,))], seed=0)
            model.compile(optimizer="sgd", loss=loss, metrics=[requested])
            results = model.evaluate(X, y, verbose=0, return_dict=True)
            guess = model.predict(X)
            labels = guess.ravel() > 0.5 if outputs == 1 else guess.argmax(1)
            assert list(results) == ["loss", name]
            assert results[name] == np.mean(labels == [0, 1, 1, 1, 0])


def test_a_kind_that_was_named_is_kept() -> None:
    # As Keras does: on two sigmoid outputs binary accuracy counts each of them.
    model = Sequential([Dense(2, activation="sigmoid", kernel_initializer="zeros")])
    model.compile("sgd", "mse", metrics=["accuracy", "binary_accuracy"])
    model.build((None, 1))
    values = model.evaluate([[0.0], [0.0]], [[0.0, 1.0], [1.0, 0.0]], verbose=0, return_dict=True)
    # Both outputs are ½: the first is the largest, and none is above the threshold.
    assert values["accuracy"] == 0.5
    assert values["binary_accuracy"] == 0.5


def test_metrics_may_be_one_name_or_one_function() -> None:
    assert names_in_history("mae") == ["loss", "mae"]
    assert names_in_history(metrics.mean_absolute_error) == ["loss", "mean_absolute_error"]


def test_losses_are_metrics_too() -> None:
    assert names_in_history(["huber", "half_squared_error"]) == [
        "loss",
        "huber",
        "half_squared_error",
    ]
    assert names_in_history([losses.Huber(0.5)]) == ["loss", "huber"]
    model = identity()
    model.compile("sgd", "mse", metrics=["half_squared_error", losses.MeanAbsoluteError()])
    # The errors are 0, 1, 2, 3, 4: in batches of two their mean is kept.
    values = model.evaluate(X, np.zeros_like(X), batch_size=2, verbose=0)
    assert values == [6.0, 3.0, 2.0]


def test_a_function_of_your_own_is_averaged_over_the_samples() -> None:
    def largest_error(y_true: Any, y_pred: Any) -> Any:
        return np.abs(y_pred - y_true).max(axis=1)

    def one_number(y_true: Any, y_pred: Any) -> float:
        return float(np.mean(y_pred - y_true))

    model = identity()
    model.compile("sgd", "mse", metrics=[largest_error, one_number])
    results = model.evaluate(X, np.zeros_like(X), batch_size=2, verbose=0, return_dict=True)
    # One number per batch: ½, 2½ and 4, for 2, 2 and 1 samples.
    assert results == {"loss": 6.0, "largest_error": 2.0, "one_number": 2.0}


def test_a_metric_of_your_own_adds_up_as_it_likes() -> None:
    class Largest(Metric):
        default_name = "largest"

        def update_state(self, y_true: Any, y_pred: Any) -> None:
            self.total = max(self.total, float(y_pred.max()))

        def result(self) -> float:
            return self.total

    model = identity()
    model.compile("sgd", "mse", metrics=[Largest(), Largest(name="again")])
    results = model.evaluate(X, X, batch_size=2, verbose=0, return_dict=True)
    assert results == {"loss": 0.0, "largest": 4.0, "again": 4.0}
    with pytest.raises(TypeError, match=r"Metric must define update_state\(y_true, y_pred\)"):
        Metric()([1.0], [1.0])


def test_metrics_start_anew_with_every_epoch_and_for_the_validation() -> None:
    model = identity()
    model.compile(optimizer="sgd", loss="mse", metrics=["mae", "r2"])
    model.optimizer.learning_rate = 0.0
    y = np.array([[1.0], [2.0], [3.0], [4.0], [10.0]])
    history = model.fit(
        X, y, batch_size=2, epochs=2, verbose=0, shuffle=False, validation_data=(X, X + 3)
    ).history
    assert history["mae"] == [2.0, 2.0]
    assert history["val_mae"] == [3.0, 3.0]
    assert history["loss"] == [8.0, 8.0]
    assert history["val_loss"] == [9.0, 9.0]
    # y is 1, 2, 3, 4, 10: spread 50; errors 40. For the validation 10, and 45.
    assert history["r2"] == pytest.approx([0.2, 0.2])
    assert history["val_r2"] == pytest.approx([-3.5, -3.5])


def test_metrics_do_not_see_sample_weights() -> None:
    model = identity()
    model.compile("sgd", "mse", metrics=["mse"])
    results = model.evaluate(
        [[1.0], [2.0]], [[0.0], [0.0]], sample_weight=[1.0, 0.0], verbose=0, return_dict=True
    )
    assert results == {"loss": 0.5, "mse": 2.5}


def two_outputs() -> Model:
    x = Input(shape=(1,))
    first = Dense(1, kernel_initializer="ones", name="first")(x)
    second = Dense(1, kernel_initializer="zeros", name="second")(x)
    return Model(x, [first, second], dtype="float64")


def test_several_outputs_have_their_names_before_the_metric() -> None:
    model = two_outputs()
    model.compile("sgd", "mse", metrics=["mae"])
    results = model.evaluate(X, [X + 1, X], verbose=0, return_dict=True)
    assert results == {
        "loss": 7.0,
        "first_loss": 1.0,
        "second_loss": 6.0,
        "first_mae": 1.0,
        "second_mae": 2.0,
    }


def test_one_metric_object_keeps_several_outputs_apart() -> None:
    model = two_outputs()
    model.compile("sgd", "mse", metrics=[metrics.MeanAbsoluteError()])
    results = model.evaluate(X, [X + 1, X], verbose=0, return_dict=True)
    assert results["first_mean_absolute_error"] == 1.0
    assert results["second_mean_absolute_error"] == 2.0


@pytest.mark.parametrize(
    "requested", [[["mae"], ["mse"]], {"first": "mae", "second": ["mse"]}, {"second": "mse"}]
)
def test_each_output_may_have_metrics_of_its_own(requested: Any) -> None:
    model = two_outputs()
    model.compile("sgd", "mse", metrics=requested)
    results = model.evaluate(X, [X + 1, X], verbose=0, return_dict=True)
    expected = {"loss": 7.0, "first_loss": 1.0, "second_loss": 6.0}
    if "first" in requested or isinstance(requested, list):
        expected["first_mae"] = 1.0
    assert results == {**expected, "second_mse": 6.0}


def test_metrics_for_the_wrong_number_of_outputs_are_explained() -> None:
    model = two_outputs()
    with pytest.raises(ValueError, match="metrics: one for each of the 2 outputs first, second"):
        model.compile("sgd", "mse", metrics=[["mae"], ["mse"], ["mae"]])
    with pytest.raises(
        ValueError, match=r"names of the outputs: first, second.\nReceived: 'third'"
    ):
        model.compile("sgd", "mse", metrics={"third": "mae"})


def test_an_unknown_metric_is_explained_by_compile() -> None:
    with pytest.raises(ValueError, match=r'Unknown metric.*\n.*\n.*Did you mean "accuracy"'):
        identity().compile("sgd", "mse", metrics=["acuracy"])
    with pytest.raises(TypeError, match="A metric is given by its name"):
        identity().compile("sgd", "mse", metrics=[3])


def test_a_metric_without_batches_is_0() -> None:
    for metric in (metrics.MeanSquaredError(), metrics.Accuracy(), metrics.R2Score()):
        assert metric.result() == 0.0


@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_no_samples_at_all_are_explained(shape: Any) -> None:
    figures: list[Any] = [
        *(metric() for metric in (metrics.MeanSquaredError, metrics.R2Score, metrics.Accuracy)),
        *(metrics.mse, metrics.r2_score, metrics.accuracy, metrics.binary_accuracy),
        *(losses.MeanSquaredError(), losses.BinaryCrossentropy(), losses.huber),
        losses.CategoricalCrossentropy().backprop,
    ]
    for figure in figures:
        with pytest.raises(ValueError, match=r"one sample at least.*\nReceived: .*\(0,"):
            figure(np.zeros(shape), np.zeros(shape))


def test_an_array_of_metrics_is_explained() -> None:
    with pytest.raises(TypeError, match=r"metrics are given in a list.*\n.*array.*\n.*tolist\(\)"):
        identity().compile("sgd", "mse", metrics=np.array(["mae", "mse"]))


def test_a_metric_that_cannot_be_hashed_is_taken() -> None:
    class Distance(list):  # type: ignore[type-arg]
        def __call__(self, y_true: Any, y_pred: Any) -> Any:
            return np.abs(y_pred - y_true)

    model = identity()
    model.compile("sgd", "mse", metrics=[metrics.get(Distance())])
    assert model.evaluate(X, X + 2, verbose=0) == [4.0, 2.0]


def test_truth_of_another_shape_is_never_put_in_order() -> None:
    y, a = np.zeros((2, 2, 3)), np.zeros((2, 3, 2))
    for metric in (metrics.mse, metrics.MeanSquaredError(), metrics.categorical_accuracy):
        with pytest.raises(ValueError, match=r"\(2, 2, 3\)"):
            metric(y, a)


def test_matrices_are_arrays_like_others() -> None:
    y, a = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 3.0], [5.0, 1.0]])
    matrices = y.view(np.matrix), a.view(np.matrix)
    for figure in (
        *(losses.mse, losses.mae, losses.huber, losses.half_squared_error, metrics.r2_score),
        *(losses.MeanSquaredError(), losses.MeanSquaredError().backprop, losses.Huber().backprop),
        *(metrics.mse, metrics.accuracy, metrics.binary_accuracy, metrics.MeanSquaredError()),
    ):
        found: Any = figure(*matrices)
        assert type(found) is not np.matrix
        assert np.array_equal(found, figure(y, a))
    half = np.full((2, 2), 0.5)
    for loss in (losses.binary_crossentropy, losses.categorical_crossentropy):
        found = loss(np.eye(2).view(np.matrix), half.view(np.matrix))
        assert found.tolist() == pytest.approx([np.log(2), np.log(2)])
