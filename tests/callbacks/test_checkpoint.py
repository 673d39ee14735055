"""File names with figures, looked at before the training begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlite.callbacks import (
    Callback,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

VALIDATION = {"validation_data": ([1.0], [4.0])}


def refused(model: Any, *callbacks: Callback, **options: Any) -> str:
    """Return why `fit` refuses to begin."""
    with pytest.raises(ValueError, match="figure") as error:
        model.fit([1.0], [4.0], epochs=3, callbacks=list(callbacks), verbose=0, **options)
    assert model.optimizer.iterations == 0
    assert model.history.history == {}
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a{}.npz", "positional fields"),
        ("a{0}.npz", "positional fields"),
        ("a{loss:d}.npz", "Unknown format code 'd' for object of type 'float'"),
        ("a{loss.npz", "expected '}' before end of string"),
        ("a}.npz", "Single '}' encountered in format string"),
        ("a{loss[0]}.npz", "not subscriptable"),
        ("a{epoch.first}.npz", "no attribute 'first'"),
    ],
)
def test_a_file_name_that_no_figure_fits_is_explained_before_training(
    name: str, problem: str, small_model: Any
) -> None:
    text = refused(small_model(), ModelCheckpoint(name))
    assert text.startswith("The file name may hold {epoch} and the figures of the history.\n")
    assert f"Received: {name!r}; there are epoch, loss\n" in text
    assert problem in text
    assert "{epoch:02d}-{loss:.2f}" in text


@pytest.mark.parametrize(
    ("name", "options", "known"),
    [
        ("{foo}.npz", {}, "epoch, loss, mae"),
        ("{val_loss}.npz", {}, "epoch, loss, mae"),
        ("{val_foo}.npz", VALIDATION, "epoch, loss, mae, val_loss, val_mae"),
        ("{val_loss}.npz", {**VALIDATION, "validation_freq": 2}, "epoch, loss, mae"),
        ("{learning_rate}.npz", {}, "epoch, loss, mae"),
    ],
)
def test_a_figure_that_no_epoch_will_have_is_explained_before_training(
    name: str, options: dict[str, Any], known: str, small_model: Any
) -> None:
    text = refused(small_model(metrics=["mae"]), ModelCheckpoint(name), **options)
    assert f"Received: {name!r}; there are {known}\n" in text
    assert f"Leave out '{name[1:-5]}', or make fit compute it in every epoch." in text


def test_figures_that_callbacks_add_may_be_in_the_file_name(
    tmp_path: Path, small_model: Any
) -> None:
    class Adds(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["extra"] = 0.25

    path = str(tmp_path / "{epoch}-{learning_rate:.1f}.npz")
    callbacks = [LearningRateScheduler(lambda epoch: 0.5), ModelCheckpoint(path)]
    small_model().fit([1.0], [4.0], callbacks=callbacks, verbose=0)
    path = str(tmp_path / "{extra:.2f}-{loss:.1f}.npz")
    small_model().fit([1.0], [4.0], callbacks=[Adds(), ModelCheckpoint(path)], verbose=0)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.25-8.0.npz", "1-0.5.npz"]


def test_a_format_is_looked_at_even_where_callbacks_add_figures(small_model: Any) -> None:
    class Adds(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["extra"] = 0.25

    assert "Unknown format code" in refused(small_model(), Adds(), ModelCheckpoint("{extra:d}.npz"))


def test_the_last_epoch_alone_may_have_a_validation(tmp_path: Path, small_model: Any) -> None:
    path = str(tmp_path / "{val_loss:.1f}.npz")
    small_model().fit(
        [1.0],
        [4.0],
        initial_epoch=1,
        epochs=2,
        validation_freq=2,
        validation_data=([1.0], [4.0]),
        callbacks=[ModelCheckpoint(path)],
        verbose=0,
    )
    assert [file.name for file in tmp_path.iterdir()] == ["2.0.npz"]


@pytest.mark.parametrize(
    "callback",
    [
        EarlyStopping("val_loss"),
        ReduceLROnPlateau("val_loss"),
        ModelCheckpoint("best.npz", save_best_only=True),
    ],
)
def test_a_figure_to_watch_that_no_epoch_will_have_is_explained_before_training(
    callback: Any, small_model: Any
) -> None:
    text = refused(small_model(), callback)
    assert "Received: monitor='val_loss'; there are loss" in text
    assert "Give fit validation_data or validation_split" in text
    text = refused(small_model(), callback, validation_freq=2, **VALIDATION)
    assert text.endswith("Remedy: validation_freq=1 computes it in every epoch.")


def test_a_checkpoint_of_every_epoch_watches_nothing(tmp_path: Path, small_model: Any) -> None:
    path = tmp_path / "last.npz"
    small_model().fit([1.0], [4.0], callbacks=[ModelCheckpoint(path)], verbose=0)
    assert path.exists()
