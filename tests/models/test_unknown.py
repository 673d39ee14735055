"""What Keras and PyTorch have of models and nnlite has not: each tells what to write."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from nnlite import Model, Sequential, layers
from nnlite.layers import Dense


def chain():
    return Sequential([Dense(1, input_shape=(2,), activation="sigmoid")], seed=0, name="net")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("to_json", 'model.save("model.npz")'),
        ("to_yaml", 'load_model("model.npz")'),
        ("to_onnx", "nnlite.saving.to_onnx(model"),
        ("predict_classes", "model.predict(x).argmax(axis=1), or of one output"),
        ("predict_proba", "what softmax and sigmoid give are probabilities"),
        ("fit_generator", "model.train_on_batch(x, y)"),
        ("parameters", "model.weights are all"),
        ("state_dict", "model.get_weights()"),
        ("forward", "model.forpass(x)"),
        ("sumary", "Did you mean model.summary?"),
        ("trainable_weight", "Did you mean model.trainable_weights?"),
    ],
)
def test_a_name_of_elsewhere_leads_to_ours(name, remedy):
    with pytest.raises(AttributeError) as caught:
        getattr(chain(), name)
    assert str(caught.value).startswith(f"Model 'net' has no {name}.\nReceived: model.{name}\n")
    assert remedy in str(caught.value)


def test_a_model_is_copied_as_before():
    model = chain()
    assert copy.deepcopy(model).get_weights()[0].tolist() == model.get_weights()[0].tolist()


@pytest.mark.parametrize("method", ["call", "forward"])
def test_a_model_with_a_call_of_its_own_is_explained_where_it_is_written(method):
    with pytest.raises(TypeError) as caught:
        type(Model)("Net", (Model,), {method: lambda self, x: x})
    assert f"class Net with a method {method}" in str(caught.value)
    assert "Model(x, Dense(1)(x))" in str(caught.value)


@pytest.mark.parametrize("method", ["call", "forward"])
def test_a_layer_with_a_call_is_told_to_rename_it(method):
    made = type(layers.Layer)("Mine", (layers.Layer,), {method: lambda self, x: x})
    with pytest.raises(TypeError) as caught:
        Sequential([made(input_shape=(2,))])
    assert "Mine must define forpass(x, training=False)." in str(caught.value)
    assert f"Rename {method} to forpass, and write backprop(grad)" in str(caught.value)


@pytest.mark.parametrize(("asked", "there"), [("acc", "accuracy"), ("accuracy", "acc")])
def test_the_history_knows_the_names_of_both_versions_of_keras(asked, there):
    model = chain()
    model.compile("sgd", "mse", metrics=[there])
    history = model.fit(np.ones((2, 2)), [0, 1], verbose=0, validation_data=([[1, 1]], [1])).history
    assert [*history] == ["loss", there, "val_loss", f"val_{there}"]
    for before in ("", "val_"):
        with pytest.raises(KeyError) as caught:
            history[before + asked]
        assert f'Did you mean "{before}{there}"?' in str(caught.value)
