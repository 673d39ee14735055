"""When `fit` calls which callback, with what, and what happens if one of them fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlite.callbacks import Callback, CSVLogger, EarlyStopping
from nnlite.kernels.memory import NEW


class Everything(Callback):
    """Notes every call, and the figures it comes with."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.calls.append(("train begin", logs))

    def on_train_end(self, logs: Any = None) -> None:
        self.calls.append(("train end", logs))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(("epoch begin", epoch, logs))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(("epoch end", epoch, dict(logs)))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.calls.append(("batch begin", batch, logs))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.calls.append(("batch end", batch, dict(logs)))

    def on_test_begin(self, logs: Any = None) -> None:
        self.calls.append(("test begin", logs))

    def on_test_end(self, logs: Any = None) -> None:
        self.calls.append(("test end", dict(logs)))


def test_every_hook_is_called_in_its_place(small_model: Any) -> None:
    model, callback = small_model(), Everything()
    model.fit(
        [1.0, 1.0],
        [4.0, 4.0],
        batch_size=1,
        epochs=1,
        shuffle=False,
        validation_data=([0.0], [1.0]),
        callbacks=[callback],
        verbose=0,
    )
    # The weight is 0, then 2: ½·16 and the mean with ½·4.
    assert callback.calls == [
        ("train begin", {}),
        ("epoch begin", 0, {}),
        ("batch begin", 0, {}),
        ("batch end", 0, {"loss": 8.0}),
        ("batch begin", 1, {}),
        ("batch end", 1, {"loss": 5.0}),
        ("test begin", {}),
        ("test end", {"loss": 0.5}),
        ("epoch end", 0, {"loss": 5.0, "val_loss": 0.5}),
        ("train end", {}),
    ]
    assert callback.model is model
    assert callback.params["steps"] == 2
    assert callback.params["epochs"] == 1


def test_callbacks_are_called_in_the_order_they_were_given(small_model: Any) -> None:
    calls = []

    class Named(Callback):
        def __init__(self, name: str) -> None:
            self.name = name

        def on_train_begin(self, logs: Any = None) -> None:
            calls.append(f"{self.name} begins")

        def on_train_end(self, logs: Any = None) -> None:
            calls.append(f"{self.name} ends")

    small_model().fit([1.0], [4.0], callbacks=[Named("a"), Named("b")], verbose=0)
    assert calls == ["a begins", "b begins", "a ends", "b ends"]


def test_the_short_names_of_the_batch_hooks_are_called_too(small_model: Any) -> None:
    calls = []

    class Short(Callback):
        def on_batch_begin(self, batch: int, logs: Any = None) -> None:
            calls.append(("begin", batch))

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            calls.append((batch, logs["loss"]))

    small_model().fit([1.0, 1.0], [4.0, 4.0], batch_size=1, callbacks=Short(), verbose=0)
    assert calls == [("begin", 0), (0, 8.0), ("begin", 1), (1, 5.0)]


def test_hooks_may_name_their_arguments_as_they_like_without_defaults(small_model: Any) -> None:
    seen = []

    class Own(Callback):
        def on_train_begin(self, figures: Any) -> None:
            seen.append(figures)

        def on_epoch_end(self, number: int, figures: Any) -> None:
            seen.append((number, dict(figures)))

    small_model().fit([1.0], [4.0], callbacks=[Own()], verbose=0)
    assert seen == [{}, (0, {"loss": 8.0})]


def test_stopping_in_a_batch_ends_the_epoch_there(small_model: Any) -> None:
    class Stop(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == 1

    model = small_model()
    history = model.fit([1.0] * 5, [4.0] * 5, batch_size=1, epochs=3, callbacks=[Stop()], verbose=0)
    assert history.history == {"loss": [5.0]}
    assert model.optimizer.iterations == 2


def test_what_a_callback_adds_to_the_figures_goes_into_the_history(small_model: Any) -> None:
    class Weight(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["weight"] = float(self.model.get_weights()[0].item())

    history = small_model().fit([1.0], [4.0], epochs=2, callbacks=[Weight()], verbose=0)
    assert history.history == {"loss": [8.0, 2.0], "weight": [2.0, 3.0]}


def test_a_callback_may_evaluate_and_predict(small_model: Any) -> None:
    seen = []

    class Looks(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append(self.model.evaluate([1.0, 1.0, 1.0], [4.0, 4.0, 4.0], verbose=0))
            seen.append(self.model.predict([2.0]).item())

    history = small_model().fit([1.0], [4.0], epochs=2, callbacks=[Looks()], verbose=0)
    assert seen == [2.0, 4.0, 0.5, 6.0]
    assert history.history == {"loss": [8.0, 2.0]}


@pytest.mark.parametrize(
    "hook",
    ["on_train_begin", "on_epoch_begin", "on_train_batch_end", "on_epoch_end", "on_train_end"],
)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_callback_that_fails_does_not_keep_files_open(
    tmp_path: Path, hook: str, error: type[BaseException], small_model: Any
) -> None:
    def fail(self: Any, *args: Any) -> None:
        raise error("broken")

    broken = type("Broken", (Callback,), {hook: fail})()
    first, last = CSVLogger(tmp_path / "first.csv"), CSVLogger(tmp_path / "last.csv")
    model = small_model()
    callbacks = [first, broken, last]
    if error is KeyboardInterrupt:
        model.fit([1.0], [4.0], callbacks=callbacks, verbose=0)
        assert model.stop_training
    else:
        with pytest.raises(error, match="broken"):
            model.fit([1.0], [4.0], callbacks=callbacks, verbose=0)
    assert first._file is None
    assert last._file is None
    assert model.layers[0].memory is NEW


def test_after_an_error_the_history_so_far_stays_on_the_model(small_model: Any) -> None:
    class Broken(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise RuntimeError("broken")

    model = small_model()
    with pytest.raises(RuntimeError, match="broken"):
        model.fit([1.0], [4.0], epochs=5, callbacks=[Broken()], verbose=0)
    assert model.history is not None
    assert model.history.history == {"loss": [8.0, 2.0]}


def test_a_class_in_place_of_an_object_is_explained(small_model: Any) -> None:
    with pytest.raises(TypeError, match=r"Remedy: Make one: EarlyStopping\(\)"):
        small_model().fit([1.0], [4.0], callbacks=[EarlyStopping], verbose=0)
    with pytest.raises(TypeError, match=r"objects of classes that extend Callback.\nReceived: 3\n"):
        small_model().fit([1.0], [4.0], callbacks=[3], verbose=0)


def test_a_hook_that_nobody_would_call_is_explained(small_model: Any) -> None:
    class Typo(Callback):
        def on_epoch_ends(self, epoch: int, logs: Any = None) -> None:
            """Never called."""

    with pytest.raises(
        TypeError, match=r"Received: Typo.on_epoch_ends\nRemedy: Did you mean on_ep"
    ):
        small_model().fit([1.0], [4.0], callbacks=[Typo()], verbose=0)
    other = type("Other", (Callback,), {"on_x": None})()
    with pytest.raises(TypeError, match="Remedy: Give it a name without on_"):
        small_model().fit([1.0], [4.0], callbacks=[other], verbose=0)


def test_hooks_of_keras_for_predictions_are_let_be(small_model: Any) -> None:
    class Predicts(Callback):
        def on_predict_begin(self, logs: Any = None) -> None:
            raise RuntimeError("fit does not predict")

    history = small_model().fit([1.0], [4.0], callbacks=[Predicts()], verbose=0)
    assert history.history == {"loss": [8.0]}


def test_a_hook_may_be_hung_on_an_object(small_model: Any) -> None:
    callback, seen = Callback(), []
    for hook in ("on_epoch_begin", "on_train_batch_begin", "on_batch_end", "on_epoch_end"):
        setattr(callback, hook, lambda number, logs, hook=hook: seen.append((hook, number)))
    small_model().fit([1.0], [4.0], callbacks=[callback], verbose=0)
    assert seen == [
        ("on_epoch_begin", 0),
        ("on_train_batch_begin", 0),
        ("on_batch_end", 0),
        ("on_epoch_end", 0),
    ]


def test_the_plan_of_the_training_is_known_before_it_begins(small_model: Any) -> None:
    class Adds(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            """May add to logs."""

    plans = []
    for callback in (Callback(), Adds()):
        small_model(metrics=["mae"]).fit(
            [1.0] * 5,
            [4.0] * 5,
            batch_size=2,
            initial_epoch=1,
            epochs=3,
            validation_data=([1.0], [4.0]),
            callbacks=[callback],
            verbose=0,
        )
        plans.append(callback.params)
    figures = ["loss", "mae", "val_loss", "val_mae"]
    plan = {"epochs": 3, "steps": 3, "initial_epoch": 1, "validates": True, "validation_freq": 1}
    assert plans == [{**plan, "figures": figures}, {**plan, "figures": None}]


def test_a_callback_reads_the_whole_batch_and_true_gradients(small_model: Any) -> None:
    seen = []

    class Reads(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            layer = self.model.layers[0]
            seen.append([array.ravel().tolist() for array in (layer.x, layer.a, layer.dW, layer.W)])

    x, y = [1.0, 2.0, 3.0], [1.0, 1.0, 2.0]
    model = small_model(rate=0.5)
    model.fit(x, y, batch_size=2, shuffle=False, callbacks=[Reads()], verbose=0)
    # dW = (1·(0 − 1) + 2·(0 − 1))/2, then 3·(2.25 − 2)
    assert seen == [[[1.0, 2.0], [0.0, 0.0], [-1.5], [0.75]], [[3.0], [2.25], [0.75], [0.375]]]
