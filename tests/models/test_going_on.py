"""`fit(k)`, save, load, `fit(n)` is `fit(k)`, `fit(n)`: to the last bit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite import Input, Model, Sequential, load_model, optimizers
from nnlite.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    RandomFlip,
    Rescaling,
)
from nnlite.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Nadam, Optimizer, RMSprop
from nnlite.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)

pytestmark = pytest.mark.bits

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 4))
Y = X[:, :1] - X[:, 1:2] ** 2


def network(*extra: Layer, seed: int = 1) -> Sequential:
    layers = [Dense(5, activation="tanh", input_shape=(4,)), *extra, Dense(1)]
    return Sequential(layers, seed=seed)


def assert_goes_on(
    model: Model,
    path: Path,
    own: dict[str, Any] | None = None,
    x: Any = X,
    y: Any = Y,
    between: Callable[[Any], None] = lambda model: None,
) -> Any:
    """Train three epochs; then two more with the model, and with what comes out of a file."""
    model.fit(x, y, batch_size=7, epochs=3, verbose=0)
    between(model)
    model.save(path)
    again: Any = load_model(path, own)
    for each in (model, again):
        each.fit(x, y, batch_size=7, epochs=2, verbose=0)
    assert again.history.history == model.history.history
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        assert other.tobytes() == one.tobytes()
    return again


OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "SGD": lambda: SGD(0.05),
    "momentum": lambda: SGD(0.05, momentum=0.9),
    "Nesterov": lambda: SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "RMSprop": lambda: RMSprop(0.01),
    "centered RMSprop": lambda: RMSprop(0.01, momentum=0.5, centered=True),
    "Adagrad": lambda: Adagrad(0.1),
    "Adadelta": lambda: Adadelta(1.0),
    "Adam": lambda: Adam(0.01, clipnorm=1.0),
    "AMSGrad": lambda: Adam(0.01, amsgrad=True, global_clipnorm=1.0),
    "AdamW": lambda: AdamW(0.01, clipvalue=0.5),
    "Nadam": lambda: Nadam(0.01),
}


def test_every_optimizer_of_the_library_is_tried() -> None:
    tried = {type(make()) for make in OPTIMIZERS.values()}
    assert tried == {*optimizers.KNOWN.things.values()} - {Optimizer}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_training_goes_on_from_a_file_with_every_optimizer(kind: str, tmp_path: Path) -> None:
    model = network()
    model.compile(OPTIMIZERS[kind](), "mse", metrics=["mae"])
    again = assert_goes_on(model, tmp_path / "model.npz")
    assert again.optimizer.iterations == model.optimizer.iterations == 15


@pytest.mark.parametrize(
    "schedule",
    [
        ExponentialDecay(0.1, 4, 0.5),
        InverseTimeDecay(0.1, 3, 1.0, staircase=True),
        PiecewiseConstantDecay([4, 11], [0.1, 0.05, 0.01]),
        CosineDecay(0.01, 12, warmup_target=0.1, warmup_steps=5),
    ],
    ids=lambda schedule: type(schedule).__name__,
)
@pytest.mark.parametrize("rule", [SGD, Adam])
def test_a_schedule_goes_on_where_it_was(rule: Any, schedule: Any, tmp_path: Path) -> None:
    model = network()
    model.compile(rule(schedule), "mse")
    again = assert_goes_on(model, tmp_path / "model.npz")
    assert again.optimizer.learning_rate == schedule(15)


@pytest.mark.parametrize("rate", [0.0625, ExponentialDecay(0.1, 4, 0.5)], ids=["number", "rule"])
@pytest.mark.parametrize("first", [0.5, CosineDecay(0.5, 100)], ids=["number", "rule"])
def test_a_learning_rate_that_was_changed_stays_changed(
    first: Any, rate: Any, tmp_path: Path
) -> None:
    def change(model: Any) -> None:
        model.optimizer.learning_rate = rate

    model = network()
    model.compile(Adam(first), "mse")
    again = assert_goes_on(model, tmp_path / "model.npz", between=change)
    assert again.optimizer.learning_rate == model.optimizer.learning_rate
    assert type(again.optimizer.schedule) is type(model.optimizer.schedule)


class Halving(LearningRateSchedule):
    def __call__(self, step: int) -> float:
        return 0.1 / 2**step


def test_a_schedule_of_ones_own_that_was_set_later_is_asked_for(tmp_path: Path) -> None:
    model = network()
    model.compile(SGD(0.1), "mse")
    model.optimizer.learning_rate = Halving()
    model.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="your own class 'Halving'"):
        load_model(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", {"Halving": Halving})
    assert type(again.optimizer.schedule) is Halving
    assert load_model(tmp_path / "model.npz", compile=False).optimizer is None


class Noise(Layer):
    """A layer of one's own that draws."""

    def forpass(self, x: Any, training: bool = False) -> Any:
        return x + self.rng.standard_normal(x.shape).astype(x.dtype) if training else x

    def backprop(self, grad: Any) -> Any:
        return grad


class Jitter(Noise):
    """One with a generator of another kind, and under another name."""

    def __init__(self, seed: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.source = np.random.Generator(np.random.MT19937(seed))

    def forpass(self, x: Any, training: bool = False) -> Any:
        return x * self.source.uniform(0.5, 1.5, x.shape).astype(x.dtype) if training else x


@pytest.mark.parametrize(
    "extra",
    [
        [Dropout(0.5)],
        [Dropout(0.5, seed=3), Dropout(0.25)],
        [Noise(), BatchNormalization()],
        [Jitter(5), Noise(), Jitter(5)],
    ],
    ids=["dropout", "own seed", "noise", "own generator"],
)
def test_what_is_drawn_goes_on(extra: list[Layer], tmp_path: Path) -> None:
    own = {"Noise": Noise, "Jitter": Jitter}
    model = network(*extra)
    model.compile("adam", "mse")
    assert_goes_on(model, tmp_path / "model.npz", own)


def test_images_are_flipped_as_they_would_have_been(tmp_path: Path) -> None:
    x = RNG.normal(size=(20, 4, 3, 1))
    layers = [RandomFlip(input_shape=(4, 3, 1)), RandomFlip("vertical", seed=2), Flatten()]
    model = Sequential([*layers, Dense(1)], seed=3)
    model.compile("sgd", "mse")
    assert_goes_on(model, tmp_path / "model.npz", x=x)


def test_layers_that_share_a_generator_share_it_after_loading(tmp_path: Path) -> None:
    inner = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5)], seed=0)
    again = Sequential([inner, Dropout(0.5), Dense(1)], seed=1)
    again.compile("sgd", "mse")
    loaded = assert_goes_on(again, tmp_path / "model.npz")
    assert loaded.layers[1].rng is not loaded.rng
    assert loaded.layers[2].rng is loaded.rng


def test_branches_with_a_shared_layer_go_on(tmp_path: Path) -> None:
    left, right = Input((4,), name="left"), Input((4,), name="right")
    shared, drop = Dense(3, activation="relu"), Dropout(0.3)
    out = Dense(1)(drop(shared(left)) + drop(shared(right)))
    model = Model([left, right], out, seed=0)
    model.compile(Adam(0.01), "mse")
    assert_goes_on(model, tmp_path / "model.npz", x={"left": X, "right": X[::-1]})


class Steady(Optimizer):
    """Keeps an array as long as the weights, and one that is not."""

    def update(self, weights: Any, gradients: Any, learning_rate: float) -> None:
        mean = self.memory("mean/of all", weights, 0.5)
        seen = self.memory("seen", np.zeros((2, 3), int))
        seen[0] += 1
        mean += (gradients - mean) / (1 + seen[0, 0])
        weights -= learning_rate * mean / (1 + self.iterations)


def test_what_an_optimizer_of_ones_own_keeps_in_memory_goes_on(tmp_path: Path) -> None:
    model = network()
    model.compile(Steady(0.5), "mse")
    again = assert_goes_on(model, tmp_path / "model.npz", {"Steady": Steady})
    state = again.optimizer.bound_state
    assert state.arrays["seen"].tolist() == [[15, 15, 15], [0, 0, 0]]
    assert state.arrays["seen"].dtype == int
    assert state.starts == {"mean/of all": 0.5, "seen": 0.0}


def freeze(model: Any) -> None:
    model.layers[0].trainable = False


@pytest.mark.parametrize("rule", [Adam, SGD, Nadam, Steady])
def test_a_layer_that_is_thawed_after_loading_goes_on_too(rule: Any, tmp_path: Path) -> None:
    model = network()
    model.compile(rule(0.01, name="rule"), "mse")
    model.fit(X, Y, batch_size=7, epochs=2, verbose=0)
    again: Any = assert_goes_on(model, tmp_path / "model.npz", {"Steady": Steady}, between=freeze)
    for each in (model, again):
        each.layers[0].trainable = True
        each.fit(X, Y, batch_size=7, epochs=2, verbose=0)
    assert_same_weights(model, again)
    model.save(tmp_path / "model.npz")
    third = load_model(tmp_path / "model.npz", {"Steady": Steady})
    for each in (model, third):
        each.fit(X, Y, batch_size=7, epochs=2, verbose=0)
    assert_same_weights(model, third)


def assert_same_weights(model: Any, other: Any) -> None:
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        assert two.tobytes() == one.tobytes()


def test_the_optimizer_of_two_models_remembers_in_the_file_the_one_that_is_saved(
    tmp_path: Path,
) -> None:
    rule = Adam(0.01)
    model, other = network(), network(seed=2)
    for each in (model, other):
        each.compile(rule, "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    other.fit(X, Y, epochs=4, verbose=0)
    model.save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").optimizer.iterations == 2
    assert rule.iterations == 4


def test_a_model_in_float64_keeps_what_its_optimizer_remembers_in_float64(tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_shape=(4,))], seed=0, dtype="float64")
    model.compile(Adam(0.01), "mse")
    again = assert_goes_on(model, tmp_path / "model.npz")
    assert again.optimizer.bound_state.arrays["m"].dtype == np.float64


def test_loading_without_compiling_keeps_the_random_state(tmp_path: Path) -> None:
    model = network(Dropout(0.5))
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", compile=False)
    for each in (model, again):
        each.compile("sgd", "mse")
        each.fit(X, Y, verbose=0)
    assert_same_weights(model, again)


def test_saving_and_loading_change_nothing_in_the_model_and_nothing_of_numpys(
    tmp_path: Path,
) -> None:
    models = [network(Dropout(0.5)), network(Dropout(0.5))]
    for model in models:
        model.compile("adam", "mse")
        model.fit(X, Y, verbose=0)
    before = repr(np.random.get_state())  # noqa: NPY002
    models[0].save(tmp_path / "model.npz")
    load_model(tmp_path / "model.npz")
    assert repr(np.random.get_state()) == before  # noqa: NPY002
    for model in models:
        model.fit(X, Y, verbose=0)
    assert_same_weights(*models)


def test_weights_are_read_from_a_file_with_the_state_of_an_optimizer(tmp_path: Path) -> None:
    model, other = network(), network(seed=5)
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.npz")
    other.load_weights(tmp_path / "model.npz")
    assert_same_weights(model, other)


def test_the_state_of_callbacks_is_not_in_the_file(tmp_path: Path) -> None:
    class Counting(nnlite.callbacks.Callback):
        epochs = 0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.epochs += 1

    model = network()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0, callbacks=[Counting()])
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as archive:
        assert "Counting" not in str(archive["config"])
    assert load_model(tmp_path / "model.npz").history is None


def test_what_was_adjusted_on_layers_stays_adjusted(tmp_path: Path) -> None:
    def adjust(model: Any) -> None:
        first, normal, drop, scale, _ = model.layers
        first.activation, normal.momentum, drop.rate = nnlite.activations.LeakyRelu(0.1), 0.5, 0.25
        scale.scale, scale.offset = 2.0, np.float32(0.5)

    model = network(BatchNormalization(), Dropout(0.5), Rescaling(1.0))
    model.compile("adam", "mse")
    again = assert_goes_on(model, tmp_path / "model.npz", between=adjust)
    assert again.layers[0].activation.negative_slope == 0.1
    assert (again.layers[2].rate, again.layers[3].offset) == (0.25, 0.5)
    assert again.predict(X).tobytes() == model.predict(X).tobytes()


def test_an_activation_that_was_not_adjusted_is_described_as_it_was_given() -> None:
    model = network(Dense(2, activation=None), Dense(2, activation="swish"))
    given = [layer.get_config()["activation"] for layer in model.layers]
    assert given == ["tanh", None, "swish", None]


def test_the_script_in_the_docs_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "model_files.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    monkeypatch.chdir(tmp_path)
    exec(script, {})
    assert capsys.readouterr().out == "True\n"
    assert "What callbacks remember is not in the file" in page


def test_a_training_goes_on_from_what_a_checkpoint_saved_in_its_middle(tmp_path: Path) -> None:
    model = network(Dropout(0.5), BatchNormalization())
    model.compile(Adam(ExponentialDecay(0.1, 3, 0.9)), "mse", metrics=["mae"])
    kept = nnlite.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.npz"))
    options: dict[str, Any] = {"batch_size": 7, "verbose": 0, "validation_data": (X, Y)}
    whole = model.fit(X, Y, epochs=5, callbacks=[kept], **options).history
    for epoch in (1, 3, 4):
        again = load_model(tmp_path / f"{epoch}.npz")
        rest = again.fit(X, Y, initial_epoch=epoch, epochs=5, **options).history
        assert rest == {name: values[epoch:] for name, values in whole.items()}
        assert_same_weights(model, again)


@pytest.mark.parametrize("workers", [1, 2])
def test_convolutions_go_on_however_many_threads_there_are(workers: int, tmp_path: Path) -> None:
    x = RNG.normal(size=(20, 6, 6, 2))
    first = Conv2D(4, 3, activation="relu", input_shape=(6, 6, 2))
    layers = [first, MaxPooling2D(), Dropout(0.5), Flatten(), Dense(1)]
    model = Sequential(layers, seed=4)
    model.compile("rmsprop", "mse")
    model.fit(x, Y, epochs=2, workers=workers, verbose=0)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    for each in (model, again):
        each.fit(x, Y, epochs=2, workers=workers, verbose=0)
    assert_same_weights(model, again)


def test_an_error_in_a_class_of_ones_own_notes_the_file(tmp_path: Path) -> None:
    class Picky(Noise):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            raise RuntimeError("not today")

    network(Noise()).save(tmp_path / "model.npz")
    with pytest.raises(RuntimeError, match="not today") as caught:
        load_model(tmp_path / "model.npz", {"Noise": Picky})
    assert caught.value.__notes__ == [f"While the file {tmp_path / 'model.npz'} was read."]
