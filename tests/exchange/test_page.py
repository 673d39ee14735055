"""A model as one page: what is written into it, and what is refused."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

import nnlite
from every_layer import CASES, every_layer
from nnlite import Input, Model, Sequential, activations, losses
from nnlite.exchange.page import HERE, description, document
from nnlite.layers import Add, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nnlite.optimizers import SGD, Adam, schedules

X = np.arange(6.0).reshape(3, 2)


def two_classes() -> Sequential:
    return Sequential([Dense(3, "relu", input_shape=(2,)), Dense(2, "softmax")], seed=0)


def numbers_of(told):
    return np.frombuffer(base64.b64decode(told["numbers"]), "<f4")


def test_the_file_is_one_page_that_asks_for_nothing(tmp_path: Path):
    two_classes().to_html(tmp_path / "me.html", samples=X, truth=[0, 1, 1], names=["a", "b"])
    text = (tmp_path / "me.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "default-src 'none'" in text
    assert re.findall(r"https?:|src=|@import|url\(|fetch\(|XMLHttp", text) == []
    assert [file.name for file in tmp_path.iterdir()] == ["me.html"]


def test_weights_and_samples_lie_in_the_page_as_float32():
    model = two_classes()
    told = description(model, X, [0, 1, 1])
    numbers = numbers_of(told)
    place = told["steps"][0]["arrays"]["W"]
    assert place["shape"] == (2, 3)
    np.testing.assert_array_equal(numbers[place["at"] : place["at"] + 6], model.layers[0].W.ravel())
    np.testing.assert_array_equal(numbers[:6], X.ravel())
    at = told["outputs"][0]["truth"]["at"]
    np.testing.assert_array_equal(numbers[at : at + 3], [0, 1, 1])


def test_a_shared_layer_has_its_weights_once():
    x, layer = Input((2,)), Dense(2)
    model = Model(x, Add()([layer(layer(x)), x]))
    told = description(model)
    assert [step["of"] for step in told["steps"]] == [[0], [1], [2, 0]]
    assert told["steps"][0]["arrays"] == told["steps"][1]["arrays"]
    assert len(numbers_of(told)) == 6


def test_225_000_weights_with_50_samples_stay_below_2_megabytes():
    layers = [Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)), MaxPooling2D()]
    layers += [Conv2D(64, 3, activation="relu"), MaxPooling2D(), Flatten()]
    model = Sequential([*layers, Dense(128, "relu"), Dense(10, "softmax")], seed=0)
    assert model.count_params() == 225_034
    text = document(model, np.zeros((50, 28, 28, 1)), np.zeros(50, int))
    assert len(text.encode()) < 2_000_000


def test_the_script_has_at_most_1500_lines_of_code():
    files = list(HERE.glob("*.js"))
    assert len(files) > 5
    lines = [line.strip() for file in files for line in file.read_text("utf-8").splitlines()]
    assert sum(bool(line) and not line.startswith("//") for line in lines) <= 1500


@every_layer()
def test_every_layer_of_the_list_has_a_step_on_the_page(case):
    told = description(case.model(seed=0))
    assert told["steps"][-1]["shape"] == case.model(seed=0).outputs[0].sample
    kinds = (HERE / "layers.js").read_text(encoding="utf-8")
    assert all(f"function {step['kind']}(" in kinds for step in told["steps"])
    assert len(CASES) > 80


def test_a_name_that_is_html_stays_a_name(tmp_path: Path):
    model = Sequential([Dense(1, input_shape=(2,), name="</script><b>")], name="<i>me</i>")
    text = document(model)
    assert text.count("</script>") == 2
    assert "<title>&lt;i&gt;me&lt;/i&gt;</title>" in text
    (told,) = re.findall(r'id="description">(.*?)</script>', text, re.S)
    assert json.loads(told)["steps"][0]["name"] == "</script><b>"


def test_columns_of_a_frame_name_the_features():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"size": [1.0, 2.0], "price": [3.0, 4.0]})
    assert description(two_classes(), frame)["inputs"][0]["features"] == ["size", "price"]


def test_a_notebook_shows_the_page_in_a_frame():
    shown = two_classes().page(X, height=600)._repr_html_()
    assert shown.startswith('<iframe style="width: 100%; height: 600px;')
    assert "&lt;!doctype html&gt;" in shown
    assert shown.count('"') == 4


def test_making_the_page_leaves_the_model_as_it_was():
    model = two_classes()
    model.compile("adam", "sparse_categorical_crossentropy")
    before, state = model.weights_vector.copy(), model.rng.bit_generator.state
    document(model, X, [0, 1, 1])
    np.testing.assert_array_equal(model.weights_vector, before)
    assert model.rng.bit_generator.state == state
    assert model.history is None


class Doubled(Dense):
    def forpass(self, x, training=False):
        return 2 * super().forpass(x, training)


class Wider(Dense):
    """Overrides nothing."""


class Cube(activations.ActivationFunction):
    name = "cube"

    def forpass(self, z, out=None):
        return np.power(z, 3, out)

    def backprop(self, grad, a, out=None):
        return grad


def test_a_layer_of_ones_own_is_refused_by_name():
    model = Sequential([Dense(2, input_shape=(2,)), Doubled(1, name="twice")], name="net")
    with pytest.raises(ValueError, match=r"(?s)in the browser.*Doubled.*layer 'twice'.*\"twice\""):
        document(model)


def test_the_remedy_for_a_layer_of_ones_own_works():
    model = Sequential([Dense(2, input_shape=(2,)), Doubled(1, name="twice")])
    part = Model(model.input, model.get_layer("twice").input)
    assert len(description(part)["steps"]) == 1


def test_an_activation_of_ones_own_is_refused_by_the_name_of_its_layer():
    model = Sequential([Dense(2, Cube(), input_shape=(2,), name="cubes")])
    with pytest.raises(ValueError, match=r"(?s)layers and activations of nnlite.*layer 'cubes'"):
        document(model)


def test_a_subclass_that_overrides_nothing_is_shown():
    told = description(Sequential([Wider(1, input_shape=(2,))]))
    assert (told["steps"][0]["kind"], told["steps"][0]["type"]) == ("dense", "Wider")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"samples": np.ones((2, 3))}, r"samples of shape|\(2, 3\)"),
        ({"samples": X, "truth": [1, 0]}, "same number of samples"),
        ({"truth": [1, 0]}, "(?s)truth is that of the samples.*without samples"),
        ({"samples": X, "truth": np.ones((3, 4))}, r"(?s)\(2,\).*truth of shape \(3, 4\)"),
        ({"names": ["a", "b", "c"]}, "names must be a list of 2 names"),
        ({"names": "ab"}, "names must be a list of 2 names"),
        ({"features": ["a"]}, "features must be a list of 2 names"),
    ],
)
def test_what_does_not_fit_the_model_is_explained(wrong, words):
    with pytest.raises(ValueError, match=words):
        two_classes().page(**wrong)


def test_a_model_that_does_not_know_its_input_is_explained():
    with pytest.raises(ValueError, match="to_html"):
        Sequential([Dense(1)]).page()


def test_a_single_output_has_two_names():
    model = Sequential([Dense(1, "sigmoid", input_shape=(2,))])
    assert description(model, names=["no", "yes"])["outputs"][0]["names"] == ["no", "yes"]


def test_nothing_is_written_where_there_is_no_folder(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="folder that exists"):
        two_classes().to_html(tmp_path / "nowhere" / "me.html")


def test_importing_nnlite_does_not_load_the_page():
    import subprocess
    import sys

    code = "import sys, nnlite; print([m for m in sys.modules if 'exchange' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert nnlite.Model.page.__doc__


def trainable(*layers, loss="mse", optimizer="sgd", y=(0, 1, 1)):
    model = Sequential([Dense(3, input_shape=(2,)), *layers], seed=0)
    model.compile(optimizer, loss)
    return description(model, X, np.asarray(y))["training"]


def test_the_page_knows_the_loss_and_the_optimizer_to_train_on_with():
    model = Sequential([Dense(1, "sigmoid", input_shape=(2,))])
    model.compile(Adam(0.02), "binary_crossentropy")
    told = description(model, X, [0, 1, 1])
    assert told["lesson"]["loss"]["name"] == "binary_crossentropy"
    assert (told["training"]["optimizer"]["kind"], told["training"]["rate"]) == ("Adam", 0.02)
    assert told["training"]["optimizer"]["beta_1"] == 0.9


class OwnLoss(losses.MeanSquaredError):
    def gradient(self, y, a):
        return a - y


class OwnRule(SGD):
    def update(self, weights, gradients, learning_rate):
        weights -= gradients


@pytest.mark.parametrize(
    "otherwise",
    [
        {"optimizer": "rmsprop"},
        {"optimizer": SGD(0.1, clipvalue=1.0)},
        {"optimizer": Adam(amsgrad=True)},
        {"optimizer": SGD(schedules.ExponentialDecay(0.1, 10, 0.9))},
        {"optimizer": OwnRule()},
        {"loss": OwnLoss()},
        {"loss": losses.MeanSquaredError(reduction="sum")},
        {"loss": losses.BinaryCrossentropy(label_smoothing=0.1)},
        {"loss": "hinge"},
    ],
)
def test_what_the_page_would_not_train_as_train_on_batch_does_it_does_not_train(otherwise):
    assert trainable(Dense(1, "sigmoid")) is not None
    assert trainable(Dense(1, "sigmoid"), **otherwise) is None


@pytest.mark.parametrize(
    "layer",
    [
        Dropout(0.5),
        BatchNormalization(),
        Dense(2, kernel_regularizer="l2"),
        Dense(2, trainable=False),
    ],
    ids=["dropout", "batch normalization", "penalty", "frozen"],
)
def test_layers_that_train_otherwise_are_not_trained_on_the_page(layer):
    assert trainable(layer, Dense(1)) is None


def test_a_truth_that_does_not_fit_the_loss_is_shown_but_not_trained_on():
    end = Dense(3, "softmax")
    assert trainable(end, loss="sparse_categorical_crossentropy") is not None
    assert trainable(end, loss="categorical_crossentropy") is None
    assert trainable(end, loss="categorical_crossentropy", y=np.eye(3)) is not None


def test_the_lesson_leaves_out_what_is_otherwise_in_training():
    model = Sequential([Dense(3, input_shape=(2,)), Dropout(0.5), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    lesson = description(model, X, [0.0, 1, 1])["lesson"]
    assert [section["title"] for section in lesson["sections"]] == [
        "dense (Dense)",
        "dense_1 (Dense)",
    ]
    assert lesson["loss"] is None


def test_the_lesson_has_a_way_back_through_convolutions_too():
    layers = [Conv2D(2, 3, activation="relu", input_shape=(5, 5, 1)), Flatten()]
    model = Sequential([*layers, Dense(2, "softmax")], seed=0)
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    told = description(model, np.ones((2, 5, 5, 1)), [0, 1])
    assert told["training"] is None
    assert [section["title"] for section in told["lesson"]["sections"]][-2:] == [
        "flatten (Flatten)",
        "conv2d (Conv2D)",
    ]
    assert told["lesson"]["slots"] == [1, 2, 3]


def test_without_samples_there_is_no_lesson():
    assert description(two_classes())["lesson"] is None
