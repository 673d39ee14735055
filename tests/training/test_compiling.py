from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, metrics
from nnlite.layers import Dense
from nnlite.losses import Loss, MeanAbsoluteError
from nnlite.optimizers import SGD, Adam


def model() -> Sequential:
    return Sequential([Dense(1, input_shape=(1,))], seed=0)


def test_a_model_without_a_loss_is_explained() -> None:
    with pytest.raises(ValueError, match="A model learns by making its loss small") as error:
        model().compile("sgd")
    assert '"sparse_categorical_crossentropy" for classes' in str(error.value)


def test_the_optimizer_is_given_by_name_class_or_object() -> None:
    for given, kind in [("adam", Adam), (Adam, Adam), (SGD(0.5), SGD)]:
        made = model()
        made.compile(given, "mse")
        assert type(made.optimizer) is kind
    with pytest.raises(ValueError, match='Did you mean "rmsprop"'):
        model().compile("rmsprob", "mse")


def test_what_keras_asks_for_speed_is_taken_and_typing_mistakes_are_not() -> None:
    made = model()
    made.compile("sgd", "mse", run_eagerly=True, jit_compile=False, steps_per_execution=8)
    assert made.evaluate([0.0], [2.0], verbose=0) == 4.0
    with pytest.raises(TypeError, match="Did you mean metrics="):
        model().compile("sgd", "mse", metric=["mae"])


@pytest.mark.parametrize("call", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_compile_comes_first(call: str) -> None:
    with pytest.raises(ValueError, match="compile comes first"):
        getattr(model(), call)([1.0], [1.0])


@pytest.mark.parametrize("call", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_without_the_truth_there_is_nothing_to_compare_with(call: str) -> None:
    made = model()
    made.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"y is needed.\nReceived: y=None"):
        getattr(made, call)([1.0])


def test_a_model_that_does_not_know_its_input_yet_has_no_optimizer_before_compile() -> None:
    unbuilt = Sequential([Dense(1)], seed=0)
    assert unbuilt.optimizer is None
    unbuilt.compile("sgd", "mse")
    history = unbuilt.fit([[1.0, 2.0]], [1.0], verbose=0)
    assert len(history.history["loss"]) == 1
    assert unbuilt.input_shape == (None, 2)


def test_compiling_again_keeps_the_weights_and_changes_the_rest() -> None:
    made = model()
    before = made.get_weights()
    made.compile(SGD(1.0), "mse")
    made.compile(SGD(0.0), "mae", metrics=["mse"])
    results: Any = made.evaluate([0.0], [2.0], verbose=0, return_dict=True)
    assert results == {"loss": 2.0, "mse": 4.0}
    made.fit([1.0], [1.0], verbose=0)
    for old, new in zip(before, made.get_weights(), strict=True):
        assert old.tolist() == new.tolist()


# Losses of one's own


class Absolute(Loss):
    """A loss without a name."""

    def values(self, y: Any, a: Any) -> Any:
        return np.abs(a - y)[:, 0]

    def gradient(self, y: Any, a: Any) -> Any:
        return np.sign(a - y)


class Returning(MeanAbsoluteError):
    """A loss whose methods return what it was given."""

    def __init__(self, values: Any = None, gradient: Any = None) -> None:
        self.returned = values, gradient

    def values(self, y: Any, a: Any) -> Any:
        return self.returned[0]

    def gradient(self, y: Any, a: Any) -> Any:
        return self.returned[1]


class Squared(Absolute):
    pass


def test_a_loss_without_a_gradient_is_found_by_compile() -> None:
    class Half(Loss):
        def values(self, y: Any, a: Any) -> Any:
            return a

    with pytest.raises(TypeError, match=r"Half must define gradient\(y, a\)."):
        model().compile("sgd", Half())


def test_a_gradient_that_hangs_on_the_object_is_one() -> None:
    class Half(Loss):
        def values(self, y: Any, a: Any) -> Any:
            return np.abs(a - y)[:, 0]

    loss: Any = Half()
    loss.gradient = lambda y, a: np.sign(a - y)
    made = model()
    made.compile("sgd", loss)
    assert made.evaluate([0.0], [2.0], verbose=0) == 2.0


def test_several_methods_are_for_the_user_to_call() -> None:
    class Own(MeanAbsoluteError):
        def __call__(self, *args: Any) -> Any:
            return 0.0

        def backprop(self, *args: Any) -> Any:
            return 0.0

    with pytest.raises(TypeError, match="__call__ and backprop are for you to call"):
        model().compile("sgd", Own())


@pytest.mark.parametrize(
    ("loss", "received"),
    [
        (Returning(None), "None (NoneType)"),
        (Returning([1.0, 2.0]), "[1.0, 2.0] (list)"),
        (Returning(np.ones(2), None), "None (NoneType) for a of shape (2, 1)"),
        (Returning(np.ones(2), np.ones(2)), "an array of shape (2,) (ndarray) for a of shape (2,"),
    ],
)
def test_a_loss_that_returns_no_array_is_explained(loss: Any, received: str) -> None:
    made = model()
    made.compile("sgd", loss)
    calls = [lambda: made.fit([1.0, 2.0], [1.0, 2.0], verbose=0)]
    calls.append(lambda: loss.backprop([[1.0], [2.0]], [[1.0], [2.0]]))
    has_values = isinstance(loss.returned[0], np.ndarray)
    for call in calls if has_values else calls[:1]:
        with pytest.raises(
            ValueError if has_values else TypeError, match=r"\(y, a\) must return "
        ) as error:
            call()
        assert f"Received: {received}" in str(error.value)
        assert "Where: loss 'mean_absolute_error'" in str(error.value)


@pytest.mark.parametrize("kind", [Absolute, Squared])
def test_a_loss_without_a_name_has_that_of_its_class(kind: Any) -> None:
    with pytest.raises(ValueError, match=f"Where: loss '{kind.__name__}'"):
        kind()([], [])
    assert (kind.name, MeanAbsoluteError.name) == (kind.__name__, "mean_absolute_error")


# Metrics of one name


def test_metrics_of_one_name_are_numbered_as_in_keras() -> None:
    made = model()
    both = metrics.MeanAbsoluteError(name="mae"), metrics.MeanSquaredError(name="mae")
    made.compile("sgd", "mse", metrics=["mae", *both, metrics.MeanSquaredError(name="loss")])
    results: Any = made.evaluate([0.0], [3.0], verbose=0, return_dict=True)
    assert results == {"loss": 9.0, "mae": 3.0, "mae_1": 3.0, "mae_2": 9.0, "loss_1": 9.0}
    assert made.metrics_names == list(results)
