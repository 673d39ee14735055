"""`compare` tells the first layer where two models part."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model, Sequential
from nnlite.layers import Activation, Add, BatchNormalization, Dense, Dropout, Softmax
from nnlite.testing import compare

X = np.random.default_rng(0).standard_normal((4, 3))


def chain(*ends: Any, epsilon: float = 0.001) -> Sequential:
    start = [Input((3,)), Dense(4, activation="tanh", name="hidden")]
    norm = BatchNormalization(epsilon=epsilon, name="norm")
    return Sequential([*start, norm, *(ends or [Dense(2, name="end")])], seed=0)


def test_models_with_the_same_weights_and_settings_agree() -> None:
    found = compare(chain(), chain(), X)
    assert found.passed
    assert found.layer is None
    assert [a.name for a, _ in found.agree] == ["hidden", "norm", "end"]


def test_the_first_layer_with_another_weight_is_named_and_the_weight_counted() -> None:
    other = chain()
    other.layers[0].b[1] += 0.5
    found = compare(chain(), other, X)
    assert not found
    assert found.layer == "hidden"
    assert "get_weights() differs at 1." in str(found)


def test_the_first_layer_with_another_setting_is_named_with_the_setting() -> None:
    found = compare(chain(), chain(epsilon=0.1), X)
    assert found.layer == "norm"
    assert "Weights are the same. epsilon: 0.001 and 0.1." in str(found)


def test_layers_with_outputs_of_other_shapes_part() -> None:
    found = compare(chain(), chain(Dense(5, name="wide")), X)
    assert found.layer == "end"
    assert "Their outputs have the shapes (4, 2) and (4, 5)." in str(found)


def test_a_dropout_that_only_one_model_has_is_passed_over() -> None:
    without = chain()
    with_dropout = chain(Dropout(0.5), Dense(2, name="end"))
    with_dropout.set_weights(without.get_weights())
    assert compare(without, with_dropout, X).passed
    assert compare(with_dropout, without, X).passed


def test_an_activation_that_stands_alone_is_passed_over() -> None:
    alone = chain(Dense(2, name="end"), Softmax())
    within = chain(Dense(2, activation="softmax", name="end"))
    within.set_weights(alone.get_weights())
    assert compare(alone, within, X).passed
    assert compare(within, alone, X).passed


def test_several_layers_that_do_the_work_of_one_are_passed_over() -> None:
    one = Sequential([Input((3,)), Dense(2, name="all"), Dense(2, name="end")], seed=0)
    parts = [Dense(4, name="first"), Dense(4, name="second"), Dense(2, name="third")]
    several = Sequential([Input((3,)), *parts, Dense(2, name="end")], seed=1)
    W = np.linalg.multi_dot([layer.W for layer in several.layers[:3]])
    one.set_weights([W, np.zeros(2), *several.get_weights()[-2:]])
    found = compare(one, several, X)
    assert found.passed
    assert [(a.name, b.name) for a, b in found.agree] == [("all", "third"), ("end", "end")]


def test_a_model_that_goes_on_parts_where_the_other_ends() -> None:
    other = chain(Dense(2, name="end"), Activation("tanh", name="more"))
    other.set_weights(chain().get_weights())
    found = compare(chain(), other, X)
    assert found.layer == "more"
    assert "Only the second model goes on." in str(found)


def test_branches_are_compared_layer_by_layer() -> None:
    def make() -> Model:
        x = Input((3,))
        long = Dense(2, name="second")(Dense(2, name="first")(x))
        return Model(x, Add(name="sum")([Dense(2, name="short")(x), long]), seed=1)

    other = make()
    other.get_layer("short").W += 1
    assert compare(make(), other, X).layer == "short"


def test_something_that_is_no_model_is_explained() -> None:
    with pytest.raises(TypeError, match=r"another model of nnlite(?s:.)*from_onnx"):
        compare(chain(), "model.keras", X)


@pytest.fixture
def model_of_keras(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stand-in with what compare asks of a model of Keras, computed by one of ours."""
    module: Any = ModuleType("keras")
    module.ops = SimpleNamespace(convert_to_numpy=np.asarray)

    class Layer:
        def __init__(self, layer: Any) -> None:
            self.name, self.output = f"their_{layer.name}", layer.output
            self.get_weights, self.get_config = layer.get_weights, layer.get_config

    def part(inputs: Any, outputs: Any) -> Any:
        return lambda x, training: Model(inputs, outputs).predict(x)

    def make(ours: Any) -> Any:
        kind = type("Sequential", (), {"__module__": "keras.src.models"})
        model: Any = kind()
        model.inputs, model.layers = ours.inputs, [Layer(layer) for layer in ours.layers]
        return model

    module.Model = part
    monkeypatch.setitem(sys.modules, "keras", module)
    return make


def test_a_model_of_keras_is_compared_layer_by_layer(model_of_keras: Any) -> None:
    assert compare(chain(), model_of_keras(chain()), X).passed
    found = compare(chain(), model_of_keras(chain(epsilon=0.1)), X)
    assert found.layer == "norm"
    assert "their_norm (Layer)" in str(found)


def test_a_model_of_keras_without_inputs_is_explained(model_of_keras: Any) -> None:
    model = model_of_keras(chain())
    model.inputs = None
    with pytest.raises(ValueError, match=r"once it knows its input"):
        compare(chain(), model, X)


@pytest.mark.slow
def test_a_model_of_keras_itself_is_compared() -> None:
    keras = pytest.importorskip("keras", reason="compares with Keras where it is installed")
    dense, norm = keras.layers.Dense, keras.layers.BatchNormalization
    theirs = keras.Sequential([keras.Input((3,)), dense(4, "tanh"), norm(epsilon=0.1), dense(2)])
    ours = chain()
    ours.set_weights(theirs.get_weights())
    assert compare(ours, theirs, X).layer == "norm"
