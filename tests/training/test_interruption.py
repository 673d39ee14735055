"""Ctrl-C: the first ends the training that runs, the second is raised; nothing is left over."""

from __future__ import annotations

import re
import threading
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.callbacks import Callback
from nnlite.kernels.memory import NEW
from nnlite.layers import Dense, Layer
from nnlite.losses import Loss
from nnlite.optimizers import SGD
from nnlite.training.running import running
from pressing import lines_run


def neuron(loss: Any = "half_squared_error", before: list[Layer] | None = None) -> Sequential:
    model = Sequential([*(before or []), Dense(1, use_bias=False)], dtype="float64")
    model.build((1,))
    model.set_weights([[[0.0]]])
    model.compile(optimizer=SGD(0.5), loss=loss)
    return model


class Press(Callback):
    """Presses Ctrl-C when a hook is called for the n-th time."""

    def __init__(self, hook: str, time: int = 1) -> None:
        self.times = 0

        def press(*given: Any) -> None:
            self.times += 1
            if self.times == time:
                raise KeyboardInterrupt

        setattr(self, hook, press)


class PressingLayer(Layer):
    """Presses Ctrl-C in the n-th forpass of training."""

    def __init__(self, time: int) -> None:
        super().__init__()
        self.left = time

    def forpass(self, x: Any, training: bool = False) -> Any:
        self.left -= training
        if training and self.left == 0:
            raise KeyboardInterrupt
        return x

    def backprop(self, grad: Any) -> Any:
        return grad


class PressingLoss(Loss):
    """Presses Ctrl-C when its n-th gradient is asked for."""

    def __init__(self, time: int) -> None:
        super().__init__()
        self.left = time

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred)[:, 0] ** 2 / 2

    def gradient(self, y_true: Any, y_pred: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return y_pred - y_true


def fit(model: Any, *callbacks: Callback, **options: Any) -> Any:
    given = {"epochs": 5, "verbose": 0, **options}
    return model.fit([1.0], [4.0], callbacks=list(callbacks), **given)


def said(epoch: int) -> str:
    return f"Training stopped by Ctrl-C in epoch {epoch}; weights and history are kept.\n"


@pytest.mark.parametrize(
    ("model", "callbacks"),
    [
        (neuron(), [Press("on_epoch_begin", 3)]),
        (neuron(), [Press("on_train_batch_begin", 3)]),
        (neuron(), [Press("on_train_batch_end", 3)]),
        (neuron(), [Press("on_epoch_end", 3)]),
        (neuron(before=[PressingLayer(3)]), []),
        (neuron(PressingLoss(3)), []),
    ],
    ids=["epoch begin", "batch begin", "batch end", "epoch end", "layer", "loss"],
)
def test_the_first_ctrl_c_ends_the_training_and_says_where(
    model: Any, callbacks: list[Callback], capsys: pytest.CaptureFixture[str]
) -> None:
    history = fit(model, *callbacks)
    assert history.interrupted
    # The weight was 0, then 2: the losses are ½·16 and ½·4. The history comes after the callbacks.
    assert history.history == {"loss": [8.0, 2.0]}
    assert model.history is history
    assert model.stop_training
    assert model.layers[-1].memory is NEW
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said(3))


def test_a_training_that_ends_by_itself_was_not_interrupted() -> None:
    class Stop(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = True

    assert not fit(neuron()).interrupted
    assert not fit(neuron(), Stop()).interrupted


def test_the_epochs_are_counted_as_the_progress_counts_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fit(neuron(), Press("on_epoch_begin", 2), initial_epoch=3)
    assert capsys.readouterr().err == said(5)


def test_ctrl_c_before_the_first_epoch_ends_the_training_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    history = fit(neuron(), Press("on_train_begin"))
    assert history.interrupted
    assert history.history == {}
    assert capsys.readouterr().err == said(1)


def test_it_is_said_among_the_lines_of_the_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    fit(neuron(), Press("on_epoch_end", 2), verbose=2)
    captured = capsys.readouterr()
    assert captured.out == "Epoch 1/5 - loss: 8.0000\nEpoch 2/5 - loss: 2.0000\n" + said(2)
    assert captured.err == ""


def test_it_is_said_below_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    fit(neuron(), Press("on_train_batch_end", 3), verbose=1)
    captured = capsys.readouterr()
    assert captured.out == ""
    progress, rest = captured.err.split("\n", 1)
    assert re.fullmatch(r" 60% Epoch 3/5 in \S+ s - loss: 2\.0000", progress)
    assert rest == said(3)


def test_a_first_ctrl_c_at_the_very_end_is_obeyed_and_all_callbacks_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = []

    class Ends(Callback):
        def on_train_end(self, logs: Any = None) -> None:
            ended.append(True)

    model = neuron()
    history = fit(model, Press("on_train_end"), Ends(), epochs=2)
    assert history.interrupted
    assert history.history == {"loss": [8.0, 2.0]}
    assert ended == [True]
    assert model.stop_training
    assert model.layers[0].memory is NEW
    assert capsys.readouterr().err == said(2)
    # It counts: the next one is the second.
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), Press("on_epoch_end"))


def test_two_presses_at_the_very_end_are_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), Press("on_train_end"), Press("on_train_end"))
    assert fit(neuron(), Press("on_train_end")).interrupted
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), Press("on_train_end"))


@pytest.mark.parametrize("hook", ["on_test_begin", "on_test_end"])
def test_ctrl_c_in_the_validation_ends_the_training(
    hook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    history = fit(neuron(), Press(hook, 2), validation_data=([1.0], [4.0]))
    assert history.interrupted
    # w is 0, 2, 3.
    assert history.history == {"loss": [8.0], "val_loss": [2.0]}
    assert capsys.readouterr().err == said(2)


def test_an_error_stays_the_error_though_ctrl_c_comes_while_the_callbacks_are_told() -> None:
    class Broken(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fit(neuron(), Broken(), Press("on_train_end"))


def test_the_second_ctrl_c_in_the_same_training_is_raised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model, ended = neuron(), []

    class Ends(Callback):
        def on_train_end(self, logs: Any = None) -> None:
            ended.append(self.model.history.interrupted)

    with pytest.raises(KeyboardInterrupt):
        fit(model, Press("on_train_batch_end", 2), Press("on_train_end"), Ends())
    assert ended == [True]
    assert capsys.readouterr().err == said(2)
    assert model.history.history == {"loss": [8.0]}
    assert model.layers[0].memory is NEW
    # Whoever was stopped by the second begins to count anew.
    assert fit(model, Press("on_epoch_end")).interrupted


def test_a_second_ctrl_c_while_the_first_one_is_obeyed_is_raised() -> None:
    class Impatient(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            try:
                raise KeyboardInterrupt
            finally:
                raise KeyboardInterrupt

    model = neuron()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Impatient())
    assert model.layers[0].memory is NEW


def test_a_loop_over_folds_is_stopped_by_pressing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folds = []

    def loop() -> None:
        for fold in range(9):
            folds.append(fold)
            fit(neuron(), *([Press("on_epoch_end", 4)] if fold in (1, 2) else []))

    with pytest.raises(KeyboardInterrupt):
        loop()
    assert folds == [0, 1, 2]
    # The second needs no words: there is the traceback.
    assert capsys.readouterr().err == said(4)


def test_after_a_training_that_ended_by_itself_ctrl_c_is_the_first_again() -> None:
    assert fit(neuron(), Press("on_epoch_end")).interrupted
    assert not fit(neuron()).interrupted
    assert fit(neuron(), Press("on_epoch_end")).interrupted


def test_a_second_ctrl_c_counts_only_once() -> None:
    assert fit(neuron(), Press("on_epoch_end")).interrupted
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), Press("on_epoch_end"))
    assert fit(neuron(), Press("on_epoch_end")).interrupted


def test_trainings_of_other_threads_do_not_count() -> None:
    assert fit(neuron(), Press("on_epoch_end")).interrupted
    thread = threading.Thread(target=fit, args=[neuron()])
    thread.start()
    thread.join()
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), Press("on_epoch_end"))


class FitsInside(Callback):
    """Trains another model in every epoch."""

    def __init__(self, model: Any, *callbacks: Callback) -> None:
        self.other, self.callbacks = model, callbacks

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        fit(self.other, *self.callbacks)


def test_ctrl_c_in_a_training_inside_ends_the_one_around_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outer, inner = neuron(), neuron()
    history = fit(outer, FitsInside(inner, Press("on_epoch_end", 7)))
    assert history.interrupted
    assert history.history == {"loss": [8.0]}
    assert inner.history.interrupted
    assert capsys.readouterr().err == said(2)
    assert fit(inner).history["loss"] != []


def test_trainings_inside_that_end_by_themselves_do_not_count() -> None:
    assert fit(neuron(), Press("on_epoch_end")).interrupted
    with pytest.raises(KeyboardInterrupt):
        fit(neuron(), FitsInside(neuron()), Press("on_epoch_end", 3))


def test_an_error_is_not_taken_for_ctrl_c() -> None:
    model = neuron()

    class Broken(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fit(model, Broken())
    assert not model.history.interrupted


def test_no_layer_stays_in_training_mode_whatever_the_moment() -> None:
    model = neuron()

    def action() -> Any:
        return model.fit([1.0, 1.0], [4.0, 4.0], batch_size=1, verbose=0)

    last = lines_run(action, stop_at=-1)
    outcomes = set()
    for moment in range(1, last + 1):
        running.was_interrupted = False
        try:
            lines_run(action, stop_at=moment)
            outcomes.add("returned")
        except KeyboardInterrupt:
            outcomes.add("raised")
        assert model.layers[0].memory is NEW, moment
        assert model.layers[0].skip_input_gradient is False, moment
        assert running.trainings == [], moment
        model.set_weights([[[0.0]]])
        np.testing.assert_array_equal(model.predict([1.0]), [[0.0]])
    assert last > 100
    assert outcomes == {"returned", "raised"}
    history = fit(model, epochs=2)
    assert model.history is history
    assert history.history == {"loss": [8.0, 2.0]}


@pytest.mark.parametrize("name", ["train_on_batch", "evaluate", "predict"])
def test_ctrl_c_outside_of_fit_is_raised_whatever_the_moment(name: str) -> None:
    model = neuron()
    y = {} if name == "predict" else {"y": [4.0, 4.0]}

    def action() -> Any:
        return getattr(model, name)([1.0, 1.0], **y)

    # The first time looks up what the second knows.
    action()
    model.set_weights([[[0.0]]])
    last = lines_run(action, stop_at=-1)
    for moment in range(1, last + 1):
        with pytest.raises(KeyboardInterrupt):
            lines_run(action, stop_at=moment)
        assert model.layers[0].memory is NEW, moment
        assert model.layers[0].skip_input_gradient is False, moment
    assert last > 20
    model.set_weights([[[0.0]]])
    assert fit(model, epochs=2).history == {"loss": [8.0, 2.0]}
