"""File names with figures, looked at before the training begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlite import load_model
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


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.npz"))


def test_a_checkpoint_makes_its_folder_before_training(tmp_path: Path, small_model: Any) -> None:
    there = []

    class Looks(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            there.append((tmp_path / "runs" / "first").is_dir())

    path = tmp_path / "runs" / "first" / "{epoch}-{loss:.0f}.npz"
    small_model().fit([1.0], [4.0], callbacks=[Looks(), ModelCheckpoint(path)], verbose=0)
    assert there == [True]
    assert names(tmp_path) == ["runs/first/1-8.npz"]


def test_a_folder_may_be_named_after_the_figures(tmp_path: Path, small_model: Any) -> None:
    callback = ModelCheckpoint(tmp_path / "runs" / "at-{loss:.0f}" / "model.npz")
    small_model().fit([1.0], [4.0], epochs=2, callbacks=callback, verbose=0)
    assert names(tmp_path / "runs") == ["at-2/model.npz", "at-8/model.npz"]
    # None was made for figures that there never were.
    assert len([*(tmp_path / "runs").iterdir()]) == 2


def test_a_folder_that_cannot_be_made_is_told_before_training(
    tmp_path: Path, small_model: Any
) -> None:
    (tmp_path / "runs").write_text("a file")
    model = small_model()
    with pytest.raises(FileNotFoundError, match="A file is written into a folder that exists"):
        model.fit(
            [1.0], [4.0], callbacks=ModelCheckpoint(tmp_path / "runs" / "model.npz"), verbose=0
        )
    assert model.optimizer.iterations == 0


def test_a_checkpoint_may_count_batches_instead_of_epochs(
    tmp_path: Path, small_model: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "{epoch}-{batch}-{loss:.3f}.npz"
    callback = ModelCheckpoint(path, save_freq=2, verbose=1)
    data = {"x": [1.0] * 3, "y": [4.0] * 3, "batch_size": 1, "verbose": 0}
    model = small_model()
    model.fit(**data, epochs=2, callbacks=callback)
    # The weight is 0, 2, 3, 3.5, 3.75, 3.875: losses of 8, 2, ½, then ⅛, 1/32, 1/128.
    assert names(tmp_path) == ["1-2-5.000.npz", "2-1-0.125.npz", "2-3-0.055.npz"]
    assert capsys.readouterr().out.splitlines() == [
        f"Epoch {name[0]}: saved {tmp_path / name}" for name in names(tmp_path)
    ]
    assert load_model(tmp_path / "1-2-5.000.npz").get_weights()[0] == 3.0
    # As in Keras, the count goes on in the next training: the sixth was the last to be saved.
    model.fit(**data, callbacks=callback)
    assert names(tmp_path)[0] == "1-2-0.001.npz"


def test_a_checkpoint_between_batches_saves_the_best_alone(
    tmp_path: Path, small_model: Any
) -> None:
    callback = ModelCheckpoint(
        tmp_path / "{batch}.npz", "loss", save_best_only=True, save_weights_only=True, save_freq=1
    )
    # The mean of the losses so far: 0, then ½·4²/2, then a third of 8 and ½·(2 − 0)².
    small_model().fit(
        [1.0] * 3, [0.0, 4.0, 0.0], batch_size=1, shuffle=False, callbacks=callback, verbose=0
    )
    assert names(tmp_path) == ["1.npz"]


def test_a_checkpoint_between_batches_leaves_training_as_it_is(
    tmp_path: Path, small_model: Any
) -> None:
    data = {"x": [[1.0]] * 4, "y": [[4.0]] * 4, "batch_size": 1, "verbose": 0}
    model, plain = small_model(), small_model()
    model.fit(**data, callbacks=ModelCheckpoint(tmp_path / "last.npz", save_freq=1))
    plain.fit(**data)
    assert model.get_weights() == plain.get_weights()
    assert model.get_weights() == load_model(tmp_path / "last.npz").get_weights()


@pytest.mark.parametrize(
    ("callback", "texts"),
    [
        (
            ModelCheckpoint("{val_loss}.npz", save_freq=1),
            ["'{val_loss}.npz'; there are epoch, batch, loss", "Leave out 'val_loss'"],
        ),
        (
            ModelCheckpoint("best.npz", save_best_only=True, save_freq=1),
            ["monitor='val_loss'; there are loss", 'save_freq="epoch"', "monitor='loss'"],
        ),
        (ModelCheckpoint("{batch}.npz"), ["there are epoch, loss", "Leave out 'batch'"]),
    ],
)
def test_a_figure_that_no_batch_will_have_is_explained_before_training(
    callback: Any, texts: list[str], small_model: Any
) -> None:
    found = refused(
        small_model(), callback, **({} if "batch}" in callback.filepath else VALIDATION)
    )
    assert [text for text in texts if text not in found] == []


@pytest.mark.parametrize("save_freq", [0, -1, 1.5, True, "batch", None])
def test_save_freq_is_epoch_or_a_number_of_batches(save_freq: Any) -> None:
    with pytest.raises(ValueError, match="save_freq must be") as error:
        ModelCheckpoint("x.npz", save_freq=save_freq)
    assert 'save_freq="epoch"' in str(error.value)
