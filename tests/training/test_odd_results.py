"""What a user's loss, metric or callback returns that is no figure: explained, or left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.callbacks import Callback, CSVLogger, EarlyStopping
from nnlite.layers import Dense
from nnlite.losses import Loss
from nnlite.metrics import Metric

X, Y = np.ones((4, 3)), np.ones((4, 1))


def model(loss: Any = "mse", **options: Any) -> Sequential:
    model = Sequential([Dense(1, input_shape=(3,), kernel_initializer="zeros")], dtype="float32")
    model.compile("sgd", loss, **options)
    return model


class Gives(Metric):
    """Gives this figure, whatever the data."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure
        super().__init__("gives")

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        pass

    def result(self) -> Any:
        return self.figure


@pytest.mark.parametrize(
    ("figure", "received"),
    [
        (np.array([1.0, 2.0]), "an array of shape (2,) (ndarray)"),
        (np.array([]), "an array of shape (0,) (ndarray)"),
        (None, "None (NoneType)"),
        ("0.5", "'0.5' (str)"),
        ({"a": 1}, "{'a': 1} (dict)"),
        ([1.0, [2.0]], "[1.0, [2.0]] (list)"),
        (1 + 2j, "(1+2j) (complex)"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch"])
def test_a_metric_that_gives_no_number_is_explained(
    figure: Any, received: str, method: str
) -> None:
    with pytest.raises(TypeError, match="must return one number") as error:
        getattr(model(metrics=[Gives(figure)]), method)(X, Y)
    assert str(error.value).startswith("result() of a metric must return one number.\n")
    assert f"Received: {received}\nWhere: metric 'gives'\n" in str(error.value)


@pytest.mark.parametrize("figure", [2, np.float32(2), np.array(2.0), np.array([[2]]), np.int64(2)])
def test_a_number_in_whatever_clothes_is_one_of_pythons_in_the_history(figure: Any) -> None:
    found = model(metrics=[Gives(figure)]).fit(X, Y, verbose=0).history["gives"]
    assert found == [2]
    assert type(found[0]) in (int, float)


class Own(Loss):
    """Squared error with a gradient as the test wants it."""

    name = "own"

    def __init__(self, gradient: Any) -> None:
        super().__init__()
        self.gives = gradient

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return (y_pred - y_true)[:, 0] ** 2 / 2

    def gradient(self, y_true: Any, y_pred: Any) -> Any:
        return self.gives(y_pred - y_true)


@pytest.mark.parametrize(
    ("gradient", "received"),
    [
        (lambda error: error[:, 0], "an array of shape (4,) (ndarray)"),
        (lambda error: error[:3], "an array of shape (3, 1) (ndarray)"),
        (lambda error: np.hstack([error, error]), "an array of shape (4, 2) (ndarray)"),
        (lambda error: np.ones((1, 1)), "an array of shape (1, 1) (ndarray)"),
        (lambda error: error.mean().item(), "-1.0 (float)"),
        (lambda error: None, "None (NoneType)"),
        (lambda error: "x", "'x' (str)"),
        (lambda error: error * 1j, "an array of shape (4, 1) (ndarray)"),
    ],
)
@pytest.mark.parametrize("weights", [None, np.ones(4)], ids=["", "weights"])
def test_a_gradient_that_is_not_like_the_prediction_is_explained(
    gradient: Any, received: str, weights: Any
) -> None:
    with pytest.raises(ValueError, match="gradient") as error:
        model(Own(gradient)).fit(X, Y, sample_weight=weights, verbose=0)
    text = str(error.value)
    assert text.startswith("gradient(y, a) must return a number for each number of a.\n")
    assert f"Received: {received} for a of shape (4, 1)\nWhere: loss 'own'\n" in text


@pytest.mark.parametrize(
    "gradient",
    [
        lambda error: error.tolist(),
        lambda error: error.astype("float64"),
        lambda error: error.astype("int64"),
    ],
)
def test_a_gradient_of_another_type_becomes_that_of_the_model(gradient: Any) -> None:
    seen = []

    class Layers(Dense):
        def backprop(self, grad: Any) -> Any:
            seen.append((grad.dtype.name, grad.tolist()))
            return super().backprop(grad)

    model = Sequential([Layers(1, input_shape=(3,), kernel_initializer="zeros")])
    model.compile("sgd", Own(gradient))
    model.fit(X, Y, verbose=0)
    assert seen == [("float32", [[-0.25]] * 4)]


class Adds(Callback):
    """Adds something to what the epoch ends with."""

    def __init__(self, name: Any, value: Any) -> None:
        self.name, self.value = name, value

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs[self.name] = self.value


@pytest.mark.parametrize("value", [np.array([1.0, 2.0]), None, "text", {"a": 1}, 1j])
def test_what_is_no_number_goes_into_the_history_and_not_into_the_line(
    value: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    callbacks = [CSVLogger(tmp_path / "log.csv")]
    for verbose in (1, 2):
        history = (
            model()
            .fit(X, Y, epochs=2, callbacks=[Adds("added", value), *callbacks], verbose=verbose)
            .history
        )
        assert [found is value for found in history["added"]] == [True, True]
    assert "added" not in "".join(capsys.readouterr())
    assert (tmp_path / "log.csv").read_text().startswith("epoch,loss,added\n0,1.0,")


def test_what_is_no_number_cannot_be_watched() -> None:
    callbacks = [Adds("added", np.array([1.0, 2.0])), EarlyStopping("added")]
    with pytest.raises(TypeError, match="EarlyStopping watches a figure that is one number") as e:
        model().fit(X, Y, epochs=2, callbacks=callbacks, verbose=0)
    assert "Received: added=an array of shape (2,) (ndarray)" in str(e.value)


def test_a_name_that_is_no_text_is_told_as_one() -> None:
    with pytest.raises(ValueError, match="there are loss, 3"):
        model().fit(X, Y, epochs=2, callbacks=[Adds(3, 1.0), EarlyStopping("los")], verbose=0)


def test_a_number_is_shown_whatever_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    callbacks = [Adds("added", np.float32(0.5)), Adds(3, 2)]
    model().fit(X, Y, epochs=1, callbacks=callbacks, verbose=1)
    assert capsys.readouterr().err.endswith("loss: 1.0000 - added: 0.5000 - 3: 2.0000\n")
