from __future__ import annotations

from typing import Any

import pytest

from nnlite import Sequential
from nnlite.layers import Dense
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
