from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

from nnlite.callbacks import Callback, CSVLogger, History, LearningRateScheduler, TerminateOnNaN
from nnlite.optimizers.schedules import ExponentialDecay


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mea", 'Did you mean "mae"?'),
        ("val_loss", "Give fit validation_data or validation_split."),
        ("accuracy", "compile(metrics=[...])"),
    ],
)
def test_a_figure_that_the_history_lacks_is_explained(
    name: str, words: str, small_model: Any
) -> None:
    history = small_model(metrics=["mae"]).fit([1.0], [4.0], verbose=0).history
    with pytest.raises(KeyError) as error:
        history[name]
    assert str(error.value).splitlines()[:2] == [
        "This history holds loss, mae.",
        f"Received: {name!r}",
    ]
    assert words in str(error.value)
    assert "val_loss" not in history


def test_the_history_holds_a_list_for_each_figure(small_model: Any) -> None:
    model = small_model(metrics=["mae"])
    history = model.fit([1.0], [4.0], validation_data=([0.0], [1.0]), epochs=3, verbose=0)
    # The weight is 0, 2, 3.
    assert history.history == {
        "loss": [8.0, 2.0, 0.5],
        "mae": [4.0, 2.0, 1.0],
        "val_loss": [0.5, 0.5, 0.5],
        "val_mae": [1.0, 1.0, 1.0],
    }
    assert history.epoch == [0, 1, 2]
    assert history.model is model
    assert history.params["epochs"] == 3


@pytest.mark.parametrize(
    ("use", "received", "remedy"),
    [
        (lambda h: h["mae"], "history['mae']", "history.history['mae']"),
        (lambda h: h[0], "history[0]", "history.history['loss']"),
        (lambda h: len(h), "len(history)", "len(history.epoch)"),
        (lambda h: list(h), "iter(history)", "for name, values in history.history.items():"),
        (lambda h: "loss" in h, "'loss' in history", "'loss' in history.history"),
    ],
)
def test_the_history_that_fit_returns_is_no_dictionary_and_says_where_it_is(
    use: Any, received: str, remedy: str, small_model: Any
) -> None:
    history = small_model(metrics=["mae"]).fit([1.0], [4.0], verbose=0)
    with pytest.raises(TypeError) as error:
        use(history)
    assert str(error.value).splitlines() == [
        "What fit returns keeps the figures in a dictionary: history.history.",
        f"Received: {received}",
        f"Remedy: {remedy}",
    ]


def test_a_history_is_true_as_every_object() -> None:
    assert bool(History())


def test_the_history_takes_epochs_without_figures() -> None:
    history = History()
    history.on_epoch_end(0)
    history.on_epoch_end(1, {"loss": 1.0})
    assert (history.epoch, history.history) == ([0, 1], {"loss": [1.0]})


def cells(page: str) -> list[list[str]]:
    """The texts of a table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_a_notebook_shows_the_history_as_a_table() -> None:
    history = History()
    history.on_epoch_end(0, {"loss": 0.5, "learning_rate": 1e-5})
    history.on_epoch_end(1, {"loss": 12.34567, "learning_rate": 1e-5, "val_<b>": 0.0})
    assert cells(history._repr_html_()) == [
        ["epoch", "loss", "learning_rate", "val_&lt;b&gt;"],
        ["1", "0.5000", "1.000e-05", ""],
        ["2", "12.3457", "1.000e-05", "0.0000"],
    ]
    assert History()._repr_html_() == "<p>No epoch has ended.</p>"


def test_of_a_long_training_the_table_shows_the_first_and_last_epochs() -> None:
    history = History()
    for epoch in range(1000):
        history.on_epoch_end(epoch, {"loss": 1.0})
    epochs = [row[0] for row in cells(history._repr_html_())]
    assert epochs[1:] == [*map(str, range(1, 9)), "…", *map(str, range(993, 1001))]


def test_figures_that_were_added_by_hand_stand_in_the_table_too() -> None:
    history = History()
    history.history["mine"] = [2.0, 3.0]
    assert cells(history._repr_html_())[1:] == [["1", "2.0000"], ["2", "3.0000"]]


def test_verbose_2_prints_a_line_per_epoch(
    capsys: pytest.CaptureFixture[str], small_model: Any
) -> None:
    model = small_model(metrics=["mae"])
    model.fit([1.0], [4.0], validation_data=([0.0], [1.0]), epochs=2, verbose=2)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1/2 - loss: 8.0000 - mae: 4.0000 - val_loss: 0.5000 - val_mae: 1.0000",
        "Epoch 2/2 - loss: 2.0000 - mae: 2.0000 - val_loss: 0.5000 - val_mae: 1.0000",
    ]


def test_the_scheduler_sets_the_rate_before_every_epoch(small_model: Any) -> None:
    seen = []

    def halve(epoch: int, rate: float) -> float:
        seen.append((epoch, rate))
        return rate / 2

    model = small_model()
    history = model.fit(
        [1.0], [4.0], epochs=3, callbacks=[LearningRateScheduler(halve)], verbose=0
    ).history
    assert seen == [(0, 0.5), (1, 0.25), (2, 0.125)]
    assert history["learning_rate"] == [0.25, 0.125, 0.0625]
    # 4 → 4·¾ → 3·⅞ away from 4.
    assert history["loss"] == [8.0, 4.5, 3.4453125]


def test_a_schedule_of_the_epoch_alone_will_do(
    capsys: pytest.CaptureFixture[str], small_model: Any
) -> None:
    model = small_model()
    callback = LearningRateScheduler(lambda epoch: 1.0 / (epoch + 1), verbose=1)
    history = model.fit([1.0], [4.0], epochs=2, callbacks=callback, verbose=0).history
    assert history["learning_rate"] == [1.0, 0.5]
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: learning rate 1",
        "Epoch 2: learning rate 0.5",
    ]
    callback = LearningRateScheduler(ExponentialDecay(1.0, 1, 0.25))
    history = model.fit([1.0], [4.0], epochs=2, callbacks=callback, verbose=0).history
    assert history["learning_rate"] == [1.0, 0.25]


def test_the_scheduler_takes_an_epoch_without_figures(small_model: Any) -> None:
    callback = LearningRateScheduler(lambda epoch: 0.25)
    callback.set_model(small_model())
    callback.on_epoch_begin(0)
    callback.on_epoch_end(0)
    assert callback.model.optimizer.learning_rate == 0.25


def test_an_error_in_a_schedule_is_the_users_to_see(small_model: Any) -> None:
    def broken(epoch: int, rate: float) -> float:
        raise TypeError("no such thing")

    with pytest.raises(TypeError, match="no such thing"):
        small_model().fit([1.0], [4.0], callbacks=[LearningRateScheduler(broken)], verbose=0)
    with pytest.raises(TypeError, match="learning_rate must be a number"):
        small_model().fit(
            [1.0], [4.0], callbacks=[LearningRateScheduler(lambda epoch, rate: "fast")], verbose=0
        )


def test_the_csv_file_has_a_row_per_epoch(tmp_path: Path, small_model: Any) -> None:
    path = tmp_path / "log.csv"
    callback = CSVLogger(path)
    small_model().fit([1.0], [4.0], epochs=2, callbacks=[callback], verbose=0)
    assert path.read_text() == "epoch,loss\n0,8.0\n1,2.0\n"
    # A second training begins the file anew.
    small_model().fit([1.0], [2.0], epochs=1, callbacks=[callback], verbose=0)
    assert path.read_text() == "epoch,loss\n0,2.0\n"


def test_the_csv_file_can_be_gone_on_with(tmp_path: Path, small_model: Any) -> None:
    path = tmp_path / "log.csv"
    for _ in range(2):
        callback = CSVLogger(str(path), separator=";", append=True)
        small_model(metrics=["mae"]).fit([1.0], [4.0], callbacks=[callback], verbose=0)
    assert path.read_text() == "epoch;loss;mae\n0;8.0;4.0\n0;8.0;4.0\n"
    # Other figures keep to the columns there are.
    callback = CSVLogger(path, separator=";", append=True)
    small_model(metrics=["mse"]).fit([1.0], [4.0], callbacks=[callback], verbose=0)
    assert path.read_text().splitlines()[-1] == "0;8.0;NA"


def test_an_empty_csv_file_gets_its_header(tmp_path: Path, small_model: Any) -> None:
    path = tmp_path / "log.csv"
    path.touch()
    small_model().fit([1.0], [4.0], callbacks=[CSVLogger(path, append=True)], verbose=0)
    assert path.read_text() == "epoch,loss\n0,8.0\n"


def test_the_columns_of_the_csv_file_hold_when_validation_skips_epochs(
    tmp_path: Path, small_model: Any
) -> None:
    path = tmp_path / "log.csv"
    small_model().fit(
        [1.0],
        [4.0],
        validation_data=([0.0], [1.0]),
        validation_freq=2,
        epochs=3,
        callbacks=[CSVLogger(path)],
        verbose=0,
    )
    assert path.read_text() == "epoch,loss,val_loss\n0,8.0,NA\n1,2.0,0.5\n2,0.5,NA\n"


def test_every_epoch_can_be_read_while_training_goes_on(tmp_path: Path, small_model: Any) -> None:
    path, seen = tmp_path / "log.csv", []

    class Reads(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append(path.read_text().splitlines()[-1])

    small_model().fit([1.0], [4.0], epochs=2, callbacks=[CSVLogger(path), Reads()], verbose=0)
    assert seen == ["0,8.0", "1,2.0"]


def test_the_csv_file_takes_an_epoch_without_figures(tmp_path: Path) -> None:
    callback = CSVLogger(tmp_path / "log.csv")
    callback.set_params({"validates": False})
    callback.on_epoch_end(0)
    callback.on_train_end()
    assert not callback.filename.exists()
    callback.on_train_begin()
    callback.on_epoch_end(0)
    callback.on_train_end()
    assert callback.filename.read_text() == "epoch\n0\n"


def test_terminate_on_nan_looks_at_every_batch() -> None:
    class Model:
        stop_training = False

    callback = TerminateOnNaN()
    callback.set_model(Model())
    callback.on_train_batch_end(0)
    callback.on_train_batch_end(1, {"loss": 1e300})
    assert not callback.model.stop_training
    callback.on_train_batch_end(2, {"loss": math.nan})
    assert callback.model.stop_training


@pytest.mark.parametrize("name", [0, None, ("loss", "mae")])
def test_a_figure_is_asked_for_by_its_name(small_model: Any, name: Any) -> None:
    history = small_model().fit([1.0], [4.0], verbose=0)
    with pytest.raises(KeyError, match=r"This history holds loss\.") as caught:
        history.history[name]
    assert f"Received: {name!r}\n" in str(caught.value)
