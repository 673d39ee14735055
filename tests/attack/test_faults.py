"""Faults in the middle of everything: afterwards all is as it was before, and goes on as if."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Input, Sequential, load_model
from nnlite.callbacks import Callback, ModelCheckpoint
from nnlite.kernels.memory import NEW
from nnlite.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nnlite.losses import MeanSquaredError
from nnlite.optimizers import Adam
from nnlite.training import parts
from nnlite.training.running import running
from nnlite.training.threads import blas_threads
from pressing import lines_run

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((8, 6, 6, 1)), RNG.standard_normal((8, 2))


class OwnFault(Exception):
    """What a part of the user's raises."""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts of two samples, so that the second thread has work."""
    monkeypatch.setattr(parts, "PART", 3_000)
    monkeypatch.setattr(parts, "NUMBER", 4)


def network(loss: Any = "mse") -> Sequential:
    """Return a network that is computed in parts, by two threads."""
    layers = [Conv2D(3, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(2)]
    model = Sequential([Input((6, 6, 1)), *layers], seed=1)
    model.compile(Adam(0.01), loss)
    return model


def fit(model: Any, **options: Any) -> Any:
    return model.fit(X, Y, **{"batch_size": 4, "epochs": 2, "verbose": 0, "workers": 2, **options})


def bits(model: Any) -> list[bytes]:
    return [weight.tobytes() for weight in model.get_weights()]


def assert_at_rest(model: Any, alive: int, blas: set[int], now: Callable[[], set[int]]) -> None:
    """No thread, no limit, no layer in training mode and no training is left over."""
    assert threading.active_count() == alive
    assert now() == blas
    assert blas_threads.holders == set()
    assert all(layer.memory is NEW for layer in model.layers)
    assert not any(layer.skip_input_gradient for layer in model.layers)
    assert running.trainings == []


class FailsIn(Callback):
    """Raises when a hook is called for the n-th time."""

    def __init__(self, hook: str, time: int) -> None:
        self.left = time

        def fail(*given: Any) -> None:
            self.left -= 1
            if self.left == 0:
                raise OwnFault

        setattr(self, hook, fail)


class FailingLoss(MeanSquaredError):
    """Raises in the n-th gradient or value."""

    def __init__(self, method: str, time: int) -> None:
        super().__init__()
        self.method, self.left = method, time

    def values(self, y: Any, a: Any) -> Any:
        self.count("values")
        return super().values(y, a)

    def gradient(self, y: Any, a: Any) -> Any:
        self.count("gradient")
        return super().gradient(y, a)

    def count(self, method: str) -> None:
        self.left -= method == self.method
        if self.left == 0 and method == self.method:
            raise OwnFault


HOOKS = {
    "on_train_begin": (1, 0),
    "on_epoch_begin": (2, 2),
    "on_train_batch_begin": (2, 1),
    "on_train_batch_end": (3, 3),
    "on_epoch_end": (1, 2),
    "on_train_end": (1, 4),
}
"""For each hook: when it fails, and how many steps were taken until then."""


@pytest.mark.parametrize("hook", HOOKS)
def test_a_callback_that_raises_leaves_the_steps_that_were_taken_and_nothing_else(
    hook: str, two_blas_threads: Callable[[], set[int]]
) -> None:
    time, steps = HOOKS[hook]
    model, like = network(), network()
    count, blas = threading.active_count(), two_blas_threads()
    with pytest.raises(OwnFault):
        fit(model, callbacks=[FailsIn(hook, time)], shuffle=False)
    assert_at_rest(model, count, blas, two_blas_threads)
    batches = [slice(0, 4), slice(4, 8)] * 2
    for rows in batches[:steps]:
        like.fit(X[rows], Y[rows], batch_size=4, shuffle=False, verbose=0)
    assert bits(model) == bits(like)
    # What follows is what would have followed.
    first, second = fit(model, shuffle=False), fit(like, shuffle=False)
    assert bits(model) == bits(like)
    assert model.history is first
    assert first.history == second.history


@pytest.mark.parametrize(("method", "time", "steps"), [("values", 3, 2), ("gradient", 2, 1)])
def test_a_loss_that_raises_leaves_the_steps_before_it(
    method: str, time: int, steps: int, two_blas_threads: Callable[[], set[int]]
) -> None:
    model, like = network(FailingLoss(method, time)), network()
    count, blas = threading.active_count(), two_blas_threads()
    with pytest.raises(OwnFault):
        fit(model, shuffle=False)
    assert_at_rest(model, count, blas, two_blas_threads)
    for rows in [slice(0, 4), slice(4, 8)][:steps]:
        like.fit(X[rows], Y[rows], batch_size=4, shuffle=False, verbose=0)
    assert bits(model) == bits(like)


def interrupted_everywhere(
    model: Any,
    action: Callable[[], Any],
    count: int,
    now: Callable[[], set[int]],
) -> None:
    """Interrupt an action at lines all over it; each time all is at rest, and the model whole."""
    action()
    start, before, blas = model.get_weights(), threading.active_count(), now()
    last = lines_run(action, -1)
    moments = np.unique(np.linspace(1, last, count).astype(int))
    for moment in map(int, moments):
        running.was_interrupted = False
        with suppress(KeyboardInterrupt):
            lines_run(action, moment)
        if threading.active_count() > before:
            # The second thread ends with its owner, at the latest.
            gc.collect()
        for thread in threading.enumerate():
            if thread.name.endswith("(work_off)"):
                thread.join(5)
        assert_at_rest(model, before, blas, now)
        assert all(np.isfinite(weight).all() for weight in model.get_weights())
        model.set_weights(start)
    assert last >= count


def check_interruptions(count: int, now: Callable[[], set[int]]) -> None:
    model = network()
    interrupted_everywhere(model, lambda: fit(model, epochs=1), count, now)
    interrupted_everywhere(model, lambda: model.train_on_batch(X, Y), count // 2, now)
    interrupted_everywhere(model, lambda: model.evaluate(X, Y, verbose=0), count // 2, now)
    interrupted_everywhere(model, lambda: model.predict(X), count // 2, now)
    # It still learns as one that was never interrupted.
    like = network()
    model.compile(Adam(0.01), "mse")
    model.set_weights(like.get_weights())
    fit(model, shuffle=False)
    fit(like, shuffle=False)
    assert bits(model) == bits(like)


def test_ctrl_c_at_chosen_lines_leaves_no_thread_and_no_limit(
    two_blas_threads: Callable[[], set[int]],
) -> None:
    check_interruptions(16, two_blas_threads)


@pytest.mark.slow
def test_ctrl_c_at_many_lines_leaves_no_thread_and_no_limit(
    two_blas_threads: Callable[[], set[int]],
) -> None:
    check_interruptions(150, two_blas_threads)


def check_interrupted_saving(folder: Path, count: int) -> None:
    model, path = network(), folder / "model.npz"
    model.save(path)
    before = bits(model)
    fit(model, epochs=1)
    after = bits(model)
    last = lines_run(lambda: model.save(folder / "other.npz"), -1)
    (folder / "other.npz").unlink()
    for moment in np.unique(np.linspace(1, last, count).astype(int)):
        with pytest.raises(KeyboardInterrupt):
            lines_run(lambda: model.save(path), int(moment))
        assert [file.name for file in folder.iterdir()] == ["model.npz"]
        assert bits(load_model(path)) in (before, after)
        assert bits(model) == after


def test_ctrl_c_while_saving_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    check_interrupted_saving(tmp_path, 8)


@pytest.mark.slow
def test_ctrl_c_at_any_line_of_saving_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    check_interrupted_saving(tmp_path, 10_000)


class FullDisk:
    """A file on a disk that has so much room left."""

    def __init__(self, file: Any, room: int) -> None:
        self.file, self.room = file, room

    def write(self, content: Any) -> Any:
        self.room -= len(memoryview(content).cast("B"))
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return self.file.write(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()


def test_a_disk_that_is_full_leaves_the_old_file_and_a_model_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_blas_threads: Callable[[], set[int]]
) -> None:
    path, model, like = tmp_path / "model.npz", network(), network()
    model.save(path)
    content = path.read_bytes()
    count, blas, opened = threading.active_count(), two_blas_threads(), Path.open

    def with_room(room: int) -> Any:
        def on_a_full_disk(path: Path, mode: str = "r", *how: Any, **options: Any) -> Any:
            file = opened(path, mode, *how, **options)
            return FullDisk(file, room) if mode == "xb" else file

        return on_a_full_disk

    for room in (0, 100, 600):
        with monkeypatch.context() as full:
            full.setattr(Path, "open", with_room(room))
            for write in (model.save, model.save_weights, model.to_html):
                with pytest.raises(OSError, match="Free some space"):
                    write(path)
            with pytest.raises(OSError, match="Free some space"):
                fit(model, epochs=3, callbacks=[ModelCheckpoint(path, monitor="loss")])
        assert path.read_bytes() == content
        assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]
        assert_at_rest(model, count, blas, two_blas_threads)
        fit(like, epochs=1)
        assert bits(model) == bits(like)


def test_a_thread_that_predicts_while_another_trains_changes_nothing(
    two_blas_threads: Callable[[], set[int]],
) -> None:
    def deep() -> Sequential:
        layers = [Conv2D(3, 3, activation="relu"), BatchNormalization(), MaxPooling2D()]
        model = Sequential([Input((6, 6, 1)), *layers, Flatten(), Dropout(0.3), Dense(2)], seed=1)
        model.compile(Adam(0.01), "mse")
        return model

    model, like, errors, predicted = deep(), deep(), [], []
    count, blas, ended = threading.active_count(), two_blas_threads(), threading.Event()

    def predict() -> None:
        try:
            while not ended.is_set():
                predicted.append(model.predict(X))
                model.evaluate(X, Y, verbose=0)
        except BaseException as error:
            errors.append(error)

    beside = threading.Thread(target=predict)
    beside.start()
    try:
        history = fit(model, epochs=15)
    finally:
        ended.set()
        beside.join()
    assert errors == []
    assert predicted
    assert all(a.shape == (8, 2) and np.isfinite(a).all() for a in predicted)
    assert history.history == fit(like, epochs=15).history
    assert bits(model) == bits(like)
    assert_at_rest(model, count, blas, two_blas_threads)
