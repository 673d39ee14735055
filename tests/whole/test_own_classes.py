"""What a user writes is called: the table of `foundation.ours`, walked row by row, and its page."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite import activations, initializers, losses, metrics, optimizers, regularizers
from nnlite.callbacks import Callback
from nnlite.foundation.ours import CALLED, Call
from nnlite.layers import Activation, Dense, Input, Layer
from nnlite.optimizers import schedules

X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
COLUMNS = ("making", "fit", "train_on_batch", "evaluate", "predict")
PARTS: dict[str, tuple[type, tuple[Any, ...]]] = {
    "Layer": (Dense, (1, "sigmoid")),
    "ActivationFunction": (activations.Sigmoid, ()),
    "Initializer": (initializers.GlorotUniform, ()),
    "Regularizer": (regularizers.L2, (0.1,)),
    "Loss": (losses.BinaryCrossentropy, ()),
    "CrossEntropy": (losses.BinaryCrossentropy, ()),
    "Metric": (metrics.BinaryAccuracy, ()),
    "Optimizer": (optimizers.SGD, (0.1,)),
    "LearningRateSchedule": (schedules.ExponentialDecay, (0.1, 10, 0.9)),
    "Callback": (Callback, ()),
}
"""For each public base class a class of the library's that takes shortcuts where there are any."""

REACHED = {"Loss": "values", "Metric": "update_state"}
"""A method that is called, to be overridden beside those that are not."""


def counted(kind: type, method: str, calls: list[str]) -> Any:
    """Return what a user writes in place of a method: it counts, and does the same."""
    original = getattr(kind, method)

    @functools.wraps(original)
    def count(self: Any, *args: Any, **options: Any) -> Any:
        calls.append(method)
        return original(self, *args, **options)

    return count


def model_with(base: str, part: Any) -> tuple[nnlite.Sequential, list[Callback]]:
    """Return a compiled model that holds the part, and callbacks."""
    chosen = {name: part if name == base else kind(*given) for name, (kind, given) in PARTS.items()}
    last = chosen["Layer"]
    last.activation = chosen["ActivationFunction"]
    last.kernel_initializer = chosen["Initializer"]
    last.kernel_regularizer = chosen["Regularizer"]
    if base == "LearningRateSchedule":
        chosen["Optimizer"].learning_rate = part
    model = nnlite.Sequential([Input((2,)), Activation("tanh"), last], seed=0)
    loss = part if base == "CrossEntropy" else chosen["Loss"]
    model.compile(chosen["Optimizer"], loss, metrics=[chosen["Metric"]])
    return model, [chosen["Callback"]]


def run(entry: str, model: nnlite.Sequential, callbacks: list[Callback]) -> None:
    if entry == "fit":
        model.fit(X, Y, batch_size=2, verbose=0, callbacks=callbacks, validation_data=(X, Y))
    elif entry == "evaluate":
        model.evaluate(X, Y, verbose=0)
    elif entry == "predict":
        model.predict(X)
    elif entry == "train_on_batch":
        model.train_on_batch(X, Y)


def subclassed(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    methods = {row.method: counted(kind, row.method, calls)}
    if not row.by and row.base in REACHED:
        methods[REACHED[row.base]] = counted(kind, REACHED[row.base], [])
    return type("Own", (kind,), methods)(*given)


def hung(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    part = kind(*given)
    setattr(part, row.method, functools.partial(counted(kind, row.method, calls), part))
    return part


def patched(row: Call, calls: list[str], patch: Any) -> Any:
    kind, given = PARTS[row.base]
    patch.setattr(kind, row.method, counted(kind, row.method, calls))
    return kind(*given)


def cases() -> list[Any]:
    ways = [subclassed, hung, patched]
    return [
        pytest.param(row, way, entry, id=f"{row.base}.{row.method} {way.__name__}, {entry}")
        for row in CALLED
        for way in ways
        for entry in COLUMNS
        # Python looks for __call__ on the class alone.
        if way is not hung or not row.method.startswith("__")
        # The library itself may call what it leaves to users: only what these write is told here.
        if way is subclassed or row.by
    ]


@pytest.mark.parametrize(("row", "way", "entry"), cases())
def test_what_the_table_says_is_called(
    row: Call, way: Any, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    part = way(row, calls, monkeypatch)
    calls.clear()
    model, callbacks = model_with(row.base, part)
    if entry != "making":
        calls.clear()
        run(entry, model, callbacks)
    assert bool(calls) == (entry in row.by)


def own_loss(**methods: Any) -> losses.Loss:
    made: losses.Loss = type("Own", (losses.MeanSquaredError,), methods)()
    return made


@pytest.mark.parametrize("name", ["__call__", "backprop"])
def test_a_loss_of_which_nothing_would_be_called_is_refused_at_compile(name: str) -> None:
    model = nnlite.Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match=r"call values\(y, a\) and gradient\(y, a\)") as error:
        model.compile("sgd", own_loss(**{name: lambda self, y, a: 1.0}))
    assert f"Received: Own, which overrides {name} alone" in str(error.value)


def test_a_loss_with_values_may_have_a_call_as_well() -> None:
    model = nnlite.Sequential([Dense(1, input_shape=(2,))])
    both = own_loss(__call__=lambda self, y, a: 1.0, values=lambda self, y, a: 3 * (a - y)[:, 0])
    model.compile("sgd", both)
    model.set_weights([[[1.0], [0.0]], [0.0]])
    assert model.evaluate([[2.0, 0.0]], [[1.0]], verbose=0) == 3.0


def test_a_metric_of_which_nothing_would_be_called_is_refused_at_compile() -> None:
    class Own(metrics.MeanAbsoluteError):
        def __call__(self, y_true: Any, y_pred: Any) -> float:
            return 1.0

    with pytest.raises(TypeError, match=r"call update_state.* __call__ is for you to call"):
        nnlite.Sequential([Dense(1, input_shape=(2,))]).compile("sgd", "mse", metrics=[Own()])


# What the faults looked like, in numbers


def neuron(*layers: Any, loss: Any = "half_squared_error", optimizer: Any = None) -> Any:
    """Return a model that multiplies by 1, unless other layers are given."""
    end = layers or [Dense(1, use_bias=False, kernel_initializer="ones")]
    model = nnlite.Sequential([Input((1,)), *end], dtype="float64")
    model.compile(optimizer or optimizers.SGD(0.125), loss)
    return model


@pytest.mark.parametrize("method", ["update", "step"])
def test_an_sgd_with_its_own_rule_goes_by_that_rule(method: str) -> None:
    def half_way(self: Any, weights: Any, *others: Any) -> None:
        weights *= 0.5

    own = type("Own", (optimizers.SGD,), {method: half_way})(0.125)
    model = neuron(optimizer=own)
    model.fit([2.0], [7.0], verbose=0)
    assert model.get_weights()[0].tolist() == [[0.5]]


def test_a_cross_entropy_with_its_own_values_is_judged_by_them() -> None:
    class Quarter(losses.BinaryCrossentropy):
        def values(self, y: Any, a: Any) -> Any:
            return super().values(y, a) / 4

    model = neuron(Dense(1, "sigmoid", kernel_initializer="zeros"), loss=Quarter())
    assert model.evaluate([1.0], [1.0], verbose=0) == pytest.approx(np.log(2) / 4)


def test_the_last_layers_own_forpass_is_what_training_sees() -> None:
    class Halving(Dense):
        def forpass(self, x: Any, training: bool = False) -> Any:
            return super().forpass(x, training) / 2

    # σ(0) = ½, so the prediction is ¼.
    model = neuron(Halving(1, "sigmoid", kernel_initializer="zeros"), loss="binary_crossentropy")
    history = model.fit([1.0], [1.0], verbose=0).history
    assert history["loss"] == [pytest.approx(np.log(4), rel=1e-15)]


def test_a_part_of_an_activated_layer_may_be_ones_own() -> None:
    class Shifted(Dense):
        def forpass_z(self, x: Any, training: bool = False) -> Any:
            return super().forpass_z(x, training) + 20.0

    model = neuron(Shifted(1, "sigmoid", kernel_initializer="zeros"), loss="binary_crossentropy")
    # The loss still comes from the logits: −ln(1 − σ(20)) with all its digits.
    assert model.evaluate([1.0], [0.0], verbose=0) == pytest.approx(20.000000002061153, rel=1e-15)


class Noted(Layer):
    """The identity, that writes down the gradients it sees."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen: list[Any] = []

    def forpass(self, x: Any, training: bool = False) -> Any:
        return x

    def backprop(self, grad: Any) -> Any:
        self.seen.append(grad.tolist())
        return grad


def test_a_layer_of_your_own_sees_true_gradients_under_plain_descent() -> None:
    noted = Noted()
    neuron(Dense(1, use_bias=False, kernel_initializer="ones"), noted).fit([2.0], [7.0], verbose=0)
    assert noted.seen == [[[-5.0]]]


def test_an_activation_of_your_own_sees_true_gradients_under_plain_descent() -> None:
    seen = []

    class Own(activations.Linear):
        def backprop(self, grad: Any, a: Any, out: Any = None) -> Any:
            seen.append(grad.tolist())
            return grad

    neuron(Dense(1, Own(), use_bias=False, kernel_initializer="ones")).fit([2.0], [7.0], verbose=0)
    assert seen == [[[-5.0]]]


class Fails(metrics.MeanAbsoluteError):
    """A metric with a mistake that shows in the third batch."""

    batches = 0

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        self.batches += 1
        if self.batches == 3:
            raise RuntimeError("in the metric")


@pytest.mark.parametrize("samples", [2, 3], ids=["at the beginning of an epoch", "in an epoch"])
def test_an_error_leaves_the_true_gradients_of_the_last_step(samples: int) -> None:
    model = neuron()
    model.compile(optimizers.SGD(0.125), "half_squared_error", metrics=[Fails()])
    with pytest.raises(RuntimeError, match="in the metric"):
        model.fit([2.0] * samples, [7.0] * samples, batch_size=1, epochs=3, verbose=0)
    # The error of the first step is 2 − 7 = −5 and its dW −10; each step halves both.
    w = model.get_weights()[0].item()
    assert model.gradient_vector.tolist() == [-5.0]
    assert w == 1 + 0.125 * (10 + 5)


@pytest.mark.parametrize("way", ["subclass", "hung"])
def test_a_first_layers_own_backprop_gets_a_gradient_to_work_with(way: str) -> None:
    returned = []

    def doubled(self: Any, grad: Any) -> Any:
        returned.append((2 * Dense.backprop(self, grad)).tolist())

    options = {"use_bias": False, "kernel_initializer": "ones"}
    if way == "subclass":
        first = type("Own", (Dense,), {"backprop": doubled})(1, **options)
    else:
        first = Dense(1, **options)
        first.backprop = functools.partial(doubled, first)
    model = neuron(first, Dense(1, **options))
    model.fit([2.0], [7.0], verbose=0)
    assert returned == [[[-10.0]]]


def test_a_first_layer_that_is_your_own_is_told_that_nobody_needs_its_gradient() -> None:
    class Told(Noted):
        def build(self, input_shape: Any) -> None:
            self.add_weight("s", (1,), "ones")

        def backprop(self, grad: Any) -> Any:
            self.seen.append(self.skip_input_gradient)

    told = Told()
    neuron(told, Dense(1)).fit([2.0], [7.0], verbose=0)
    assert told.seen == [True]


# The page


def test_the_page_tells_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "own_classes.md"
    told = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    marks = [["✓" if entry in row.by else "–" for entry in COLUMNS] for row in CALLED]
    assert told == [
        f"| `{row.base}` | `{row.method}` | {' | '.join(marked)} | {row.when} |"
        for row, marked in zip(CALLED, marks, strict=True)
    ]


def test_the_table_has_every_public_base_class_and_every_hook() -> None:
    hooks = {name for name in vars(Callback) if name.startswith(("on_", "set_"))}
    assert {row.method for row in CALLED if row.base == "Callback"} == hooks
    modules = [nnlite.layers, nnlite.losses, nnlite.metrics, nnlite.optimizers, schedules]
    modules += [activations, initializers, regularizers, nnlite.callbacks]
    public = {name for module in modules for name in vars(module)}
    assert {row.base for row in CALLED} == set(PARTS) <= public
