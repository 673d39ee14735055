from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import load_model
from nnlite.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau


def stopped(play: Any, figures: list[float], **options: Any) -> int:
    """Return after how many epochs the training ends."""
    name = options.get("monitor", "val_loss")
    return int(play(EarlyStopping(**options), figures, name).weight) + 1


def test_it_stops_at_the_first_epoch_that_is_no_better(play: Any) -> None:
    assert stopped(play, [3.0, 2.0, 1.0, 1.0, 0.5]) == 4
    assert stopped(play, [3.0, 2.0, 1.0]) == 3


def test_patience_is_the_number_of_epochs_without_progress(play: Any) -> None:
    figures = [3.0, 4.0, 2.0, 4.0, 4.0, 1.0, 4.0, 4.0, 4.0, 0.5]
    assert stopped(play, figures, patience=1) == 2
    assert stopped(play, figures, patience=2) == 5
    assert stopped(play, figures, patience=3) == 9


def test_less_than_min_delta_is_no_progress(play: Any) -> None:
    figures = [1.0, 0.95, 0.9, 0.85, 0.8]
    assert stopped(play, figures, min_delta=0.1, patience=3) == 5
    assert stopped(play, figures, min_delta=0.2, patience=3) == 4
    assert stopped(play, figures, min_delta=-0.2, patience=3) == 4
    growing = [0.5, 0.55, 0.59, 0.55]
    assert stopped(play, growing, monitor="accuracy", min_delta=0.1, patience=2) == 3
    assert stopped(play, growing, monitor="accuracy", min_delta=0.01, patience=2) == 4


@pytest.mark.parametrize("monitor", ["val_accuracy", "acc", "val_r2", "r2_score"])
def test_auto_knows_what_should_grow(play: Any, monitor: str) -> None:
    assert stopped(play, [0.1, 0.2, 0.3, 0.2], monitor=monitor) == 4
    assert stopped(play, [0.3, 0.2, 0.1], monitor=monitor) == 2


def test_the_mode_can_be_said(play: Any) -> None:
    assert stopped(play, [1.0, 2.0, 3.0], monitor="score", mode="max") == 3
    assert stopped(play, [1.0, 2.0, 3.0], monitor="score", mode="min") == 2
    assert stopped(play, [1.0, 2.0, 3.0], monitor="val_accuracy", mode="min") == 2
    with pytest.raises(ValueError, match='mode must be "auto", "min" or "max"'):
        EarlyStopping(mode="maximum")


def test_a_figure_that_is_not_a_number_is_no_progress(play: Any) -> None:
    assert stopped(play, [math.nan, math.nan, 1.0], patience=2) == 2
    assert stopped(play, [1.0, math.nan, 0.5, math.inf], patience=2) == 4


def test_the_best_weights_come_back(play: Any) -> None:
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    model = play(callback, [3.0, 1.0, 2.0, 2.0, 0.0])
    assert callback.stopped_epoch == 3
    assert callback.best_epoch == model.weight == 1


def test_the_best_weights_come_back_when_nothing_stopped_it_too(play: Any) -> None:
    callback = EarlyStopping(patience=5, restore_best_weights=True)
    assert play(callback, [3.0, 1.0, 2.0]).weight == 1
    assert callback.stopped_epoch == 0


def test_without_restoring_the_last_weights_stay(play: Any) -> None:
    assert play(EarlyStopping(), [1.0, 2.0, 3.0]).weight == 1


def test_below_the_baseline_getting_better_is_no_progress_but_never_the_end(play: Any) -> None:
    # As in Keras: an epoch that is better goes on; the next that is not may end it.
    assert stopped(play, [5.0, 4.0, 4.5, 3.0], baseline=1.0, patience=2) == 3
    assert stopped(play, [5.0, 4.0, 3.0, 2.0, 1.5], baseline=1.0, patience=2) == 5
    assert stopped(play, [5.0, 0.5, 0.6, 0.7], baseline=1.0, patience=2) == 4


def test_the_best_weights_are_kept_below_the_baseline_too(play: Any) -> None:
    callback = EarlyStopping(baseline=0.0, patience=3, restore_best_weights=True)
    assert play(callback, [5.0, 3.0, 4.0, 4.0]).weight == 1
    assert callback.best == 3.0


def test_start_from_epoch_does_not_look_before(play: Any) -> None:
    figures = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert stopped(play, figures, start_from_epoch=3) == 5
    callback = EarlyStopping(start_from_epoch=2, restore_best_weights=True)
    assert play(callback, [0.0, 1.0, 3.0, 4.0]).weight == 2


def test_a_second_training_starts_anew(play: Any) -> None:
    callback = EarlyStopping(patience=2)
    assert play(callback, [1.0, 2.0, 2.0]).stop_training
    assert not play(callback, [9.0, 8.0, 8.0]).stop_training
    assert callback.best == 8.0


def test_it_says_when_it_stops(play: Any, capsys: pytest.CaptureFixture[str]) -> None:
    play(EarlyStopping(verbose=1), [1.0, 0.5, 2.0])
    assert capsys.readouterr().out == "Epoch 3: early stopping\n"
    play(EarlyStopping(), [1.0, 2.0])
    play(EarlyStopping(verbose=1), [1.0, 0.5])
    assert capsys.readouterr().out == ""


def test_a_figure_that_is_not_there_is_explained(play: Any) -> None:
    with pytest.raises(ValueError, match="monitor='val_loss'; there are loss, accuracy\nRemedy: G"):
        play(EarlyStopping(), [1.0], "accuracy")
    with pytest.raises(ValueError, match=r'compile\(metrics=\["accuracy"\]\)'):
        play(ReduceLROnPlateau("accuracy"), [1.0])
    with pytest.raises(ValueError, match="ModelCheckpoint watches a figure of the history"):
        play(ModelCheckpoint("x", save_best_only=True), [1.0], "accuracy")


def rates(play: Any, figures: list[float], **options: Any) -> list[float]:
    """Return the learning rate in each epoch."""
    found = []

    class Noting(ReduceLROnPlateau):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            found.append(self.model.optimizer.learning_rate)

    model = play(Noting(**options), figures)
    return [*found, model.optimizer.learning_rate]


def test_the_rate_falls_after_patience_epochs_without_progress(play: Any) -> None:
    found = rates(play, [3.0, 2.0, 2.0, 2.0, 2.0, 2.0], factor=0.5, patience=2)
    assert found == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25]


def test_less_than_min_delta_does_not_keep_the_rate(play: Any) -> None:
    figures = [1.0, 0.99998, 0.99996, 0.99994]
    assert rates(play, figures, factor=0.5, patience=3)[-1] == 0.5
    assert rates(play, figures, factor=0.5, patience=3, min_delta=0)[-1] == 1.0


def test_after_a_fall_it_rests(play: Any) -> None:
    found = rates(play, [1.0] * 8, factor=0.5, patience=1, cooldown=2)
    # Falls at the 2nd epoch; the 3rd and the start of the 4th rest.
    assert found == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625]


def test_the_rate_never_falls_below_min_lr(play: Any) -> None:
    found = rates(play, [1.0] * 5, factor=0.5, patience=1, min_lr=0.4)
    assert found == [1.0, 1.0, 0.5, 0.4, 0.4, 0.4]


def test_the_rate_can_follow_what_grows(play: Any) -> None:
    callback = ReduceLROnPlateau("val_accuracy", factor=0.5, patience=2)
    assert play(callback, [0.1, 0.2, 0.3, 0.4], "val_accuracy").optimizer.learning_rate == 1.0
    assert play(callback, [0.4, 0.3, 0.3], "val_accuracy").optimizer.learning_rate == 0.5


def test_a_lower_rate_is_said(play: Any, capsys: pytest.CaptureFixture[str]) -> None:
    play(ReduceLROnPlateau(factor=0.5, patience=1, verbose=1), [1.0, 1.0])
    assert capsys.readouterr().out == "Epoch 2: learning rate 0.5\n"


@pytest.mark.parametrize("factor", [0.0, 1.0, 2.0])
def test_a_factor_that_does_not_reduce_is_explained(factor: float) -> None:
    with pytest.raises(ValueError, match="factor must be above 0 and below 1"):
        ReduceLROnPlateau(factor=factor)


def test_checkpoints_are_saved_after_every_epoch(play: Any) -> None:
    model = play(ModelCheckpoint("at-{epoch:02d}-{val_loss:.1f}.npz"), [3.0, 4.0])
    assert model.saved == ["at-01-3.0.npz", "at-02-4.0.npz"]


def test_only_better_checkpoints_are_saved(play: Any) -> None:
    callback = ModelCheckpoint("{epoch}", save_best_only=True, save_weights_only=True)
    assert play(callback, [3.0, 4.0, 3.0, 2.0]).saved == ["weights 1", "weights 4"]
    # As in Keras, a second training has the best of the first to beat.
    assert play(callback, [2.5, 1.0]).saved == ["weights 2"]


def test_a_checkpoint_says_what_it_saved(play: Any, capsys: pytest.CaptureFixture[str]) -> None:
    play(ModelCheckpoint("best.npz", verbose=1), [1.0])
    assert capsys.readouterr().out == "Epoch 1: saved best.npz\n"


def test_an_unknown_figure_in_the_file_name_is_explained(play: Any) -> None:
    with pytest.raises(ValueError, match="Leave out 'val_acc', or make fit compute it") as error:
        play(ModelCheckpoint("{val_acc}.npz"), [1.0])
    assert "there are epoch, loss, val_loss" in str(error.value)


def test_the_best_model_can_be_loaded(tmp_path: Path, small_model: Any) -> None:
    model, path = small_model(rate=1.0), tmp_path / "best.npz"
    # With rate 1 the first step is right for x = 1; the validation wants another weight.
    model.fit(
        [1.0],
        [2.0],
        validation_data=([1.0], [0.5]),
        epochs=3,
        callbacks=[ModelCheckpoint(path, save_best_only=True)],
        verbose=0,
    )
    again = load_model(path)
    np.testing.assert_array_equal(again.predict([1.0]), [[2.0]])
    weights = tmp_path / "weights.npz"
    model.fit([1.0], [3.0], callbacks=ModelCheckpoint(weights, save_weights_only=True), verbose=0)
    again.load_weights(weights)
    np.testing.assert_array_equal(again.predict([1.0]), [[3.0]])


def test_fit_stops_and_goes_back_to_the_best_weights(small_model: Any) -> None:
    model = small_model(rate=1.0)
    # The weight goes 0 → 2 → 2 …, while the validation likes 0.5 best.
    callback = EarlyStopping(patience=2, restore_best_weights=True)
    history = model.fit(
        [1.0], [2.0], validation_data=([1.0], [0.5]), epochs=9, callbacks=callback, verbose=0
    )
    assert history.epoch == [0, 1, 2]
    assert model.get_weights()[0] == 2.0
    assert model.stop_training
    model.optimizer.learning_rate = 0.25
    model.set_weights([[[0.0]]])
    model.fit([1.0], [2.0], validation_data=([1.0], [0.5]), epochs=9, callbacks=callback, verbose=0)
    # 0 → 0.5 → 0.875 …: the first is the best.
    assert model.get_weights()[0] == 0.5


def test_fit_lowers_the_rate_and_notes_it_in_the_history(small_model: Any) -> None:
    model = small_model(rate=1.0)
    callback = ReduceLROnPlateau("loss", factor=0.5, patience=1)
    history = model.fit([1.0], [1.0], epochs=5, callbacks=callback, verbose=0).history
    assert history["loss"] == [0.5, 0.0, 0.0, 0.0, 0.0]
    assert history["learning_rate"] == [1.0, 1.0, 1.0, 0.5, 0.25]
    assert model.optimizer.learning_rate == 0.125
