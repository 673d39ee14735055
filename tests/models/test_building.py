"""A model is built whole or not at all: what fails leaves the model and its layers as they were."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    Layer,
)
from nnlite.models import Model, Sequential, load_model
from nnlite.testing import gradcheck

IMAGES = np.random.default_rng(0).random((8, 6, 6))
CLASSES = np.arange(8) % 3
X = np.arange(8.0).reshape(4, 2) / 8
Y = np.array([0.0, 1.0, 0.0, 1.0])


def network(**options):
    """For grey images, built when it sees some."""
    layers = [Conv2D(4, 3, activation="relu"), Dropout(0.5), Flatten(), Dense(3, "softmax")]
    model = Sequential(layers, seed=0, **options)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


# After an error


def test_who_forgot_the_axis_of_the_channels_repairs_the_data_and_fits_again():
    model = network()
    with pytest.raises(ValueError, match=r"x\[\.\.\., None\]"):
        model.fit(IMAGES, CLASSES, verbose=0)
    assert not model.built
    assert [layer.built for layer in model.layers] == [False] * 4
    history = model.fit(IMAGES[..., None], CLASSES, verbose=0)
    assert model.input_shape == (None, 6, 6, 1)
    assert model.layers[0].W.shape == (3, 3, 1, 4)
    assert len(history.history["loss"]) == 1


def test_a_failed_attempt_draws_no_random_numbers():
    failed, fresh = network(), network()
    with pytest.raises(ValueError, match=r"x\[\.\.\., None\]"):
        failed.fit(IMAGES, CLASSES, verbose=0)
    losses = [
        model.fit(IMAGES[..., None], CLASSES, epochs=2, verbose=0).history["loss"]
        for model in (failed, fresh)
    ]
    assert losses[0] == losses[1]


def test_a_layer_that_does_not_fit_is_refused_every_time_and_nothing_is_trained():
    model = Sequential([Dense(4), Conv2D(2, 3), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    for _ in range(2):
        with pytest.raises(ValueError, match="takes samples of shape"):
            model.fit(X, Y, verbose=0)
        assert not model.built
        assert [layer.built for layer in model.layers] == [False, False, False]
        assert vars(model.layers[0])["input_shape"] is None


def test_a_layer_that_add_refused_is_not_in_the_model():
    model = Sequential([Dense(4, input_shape=(2,))])
    with pytest.raises(ValueError, match="takes samples of shape"):
        model.add(Conv2D(2, 3))
    assert [layer.name for layer in model.layers] == ["dense"]
    model.add(Dense(1))
    assert [layer.name for layer in model.layers] == ["dense", "dense_1"]
    assert model.predict(X).shape == (4, 1)


def test_of_a_model_that_add_refused_no_layer_is_in_the_model():
    model = Sequential([Dense(4, name="a", input_shape=(2,)), Dense(3)])
    other = Sequential([Dense(5), Dense(1, name="a")])
    with pytest.raises(ValueError, match="two layers named 'a'"):
        model.add(other)
    assert [layer.name for layer in model.layers] == ["a", "dense"]
    assert not other.layers[0].built
    assert model.output_shape == (None, 3)


def test_layers_of_a_model_that_could_not_be_made_may_be_used_for_another_shape():
    first, second = Dense(4), BatchNormalization()
    with pytest.raises(ValueError, match="takes samples of shape"):
        Sequential([Input((2,)), first, second, Conv2D(2, 3)])
    assert not first.built
    model = Sequential([Input((5,)), first, second])
    assert first.W.shape == (5, 4)
    assert model.output_shape == (None, 4)


def test_a_graph_that_could_not_be_made_leaves_its_layers_as_they_were():
    hidden, x = Dense(4), Input((2,))
    with pytest.raises(ValueError, match="two layers named 'a'"):
        Model(x, Dense(1, name="a")(Dense(1, name="a")(hidden(x))))
    assert not hidden.built
    assert hidden(np.ones((1, 3))).shape == (1, 4)


class Fussy(Layer):
    """A layer of one's own that refuses odd shapes, when its first weight is made already."""

    def __init__(self):
        super().__init__()
        self.made = []

    def build(self, input_shape):
        self.made.append(self.add_weight("s", input_shape, "ones"))
        if input_shape[-1] % 2:
            raise ValueError("an odd number of columns")

    def compute_output_shape(self, input_shape):
        return input_shape

    def forpass(self, x, training=False):
        return x * self.s


def test_a_layer_whose_build_failed_is_built_for_another_shape():
    layer = Fussy()
    with pytest.raises(ValueError, match="odd"):
        layer(np.ones((1, 3)))
    assert layer.made == []
    assert layer(np.ones((1, 2))).tolist() == [[1.0, 1.0]]
    assert len(layer.made) == 1


def test_the_lists_of_a_layer_are_as_before():
    model = Sequential([Dense(3), Fussy()])
    first, second = model.layers
    made = second.made
    with pytest.raises(ValueError, match="odd"):
        model.build((2,))
    assert (first.built, second.built) == (False, False)
    assert second.made is made
    assert made == []


@pytest.mark.parametrize(
    "mistake",
    [
        {"y": np.array([0.0, 1.0])},
        {"y": None},
        {"validation_data": (X, Y[:2])},
        {"callbacks": ["early"]},
        {"verbose": 3},
        {"validation_split": 2},
        {"sample_weight": [1, 2]},
    ],
)
def test_a_fit_that_never_began_tells_the_model_nothing(mistake):
    model = Sequential([Dense(3), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises((ValueError, TypeError)):
        model.fit(X, **{"y": Y, "verbose": 0, **mistake})
    assert not model.built
    assert model.history is None
    model.fit(np.ones((4, 5)), Y, verbose=0)
    assert model.layers[0].W.shape == (5, 3)


def test_a_fit_that_never_began_leaves_the_last_history():
    model = Sequential([Dense(1, input_shape=(2,))], seed=0)
    model.compile("sgd", "mse")
    history = model.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match="same number of samples"):
        model.fit(X, Y[:2], verbose=0)
    assert model.history is history


def test_a_step_on_a_batch_that_is_refused_tells_the_model_nothing():
    model = Sequential([Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="same number of samples"):
        model.train_on_batch(X, Y[:2])
    assert not model.built


def test_a_compilation_that_is_refused_leaves_the_last_one():
    model = Sequential([Dense(1, "sigmoid", input_shape=(2,))], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="before the activation"):
        model.compile("adam", nnlite.losses.BinaryCrossentropy(from_logits=True))
    assert type(model.optimizer).__name__ == "SGD"
    assert len(model.fit(X, Y, verbose=0).history["loss"]) == 1


# Inputs and outputs


def test_an_output_that_is_another_input_is_explained():
    x, other = Input((2,)), Input((2,), name="other")
    for outputs in (other, [Dense(1)(x), other]):
        with pytest.raises(
            ValueError, match="An output is what layers make of the inputs"
        ) as caught:
            Model(x, outputs)
        assert "Received: outputs=<Tensor (None, 2) of 'other'>, an Input" in str(caught.value)
        assert "Remedy: Call a layer on it: Model(x, Dense(1)(x))." in str(caught.value)


def test_a_model_without_layers_is_explained():
    x = Input((2,))
    with pytest.raises(ValueError, match="An output is what layers make of the inputs"):
        Model(x, x)


def test_an_input_may_be_one_output_of_several():
    x = Input((2,))
    same, ones = Model(x, [x, Dense(1, kernel_initializer="ones")(x)]).predict([[1.0, 2.0]])
    assert same.tolist() == [[1.0, 2.0]]
    assert ones.tolist() == [[3.0]]


# Models inside models


def test_a_model_with_branches_is_no_part_of_a_chain():
    x = Input((2,))
    branches = Model(x, Add()([Dense(2)(x), x]), name="branches")
    with pytest.raises(ValueError, match="one after the other") as caught:
        Sequential([branches, Dense(1)])
    assert "Received: model 'branches'" in str(caught.value)
    assert "x = Input(shape=(2,)); Model(x, branches(x))" in str(caught.value)


def halves():
    """An encoder and a decoder, whose layers were named by nnlite."""
    encoder = Sequential([Dense(3, activation="tanh", input_shape=(4,)), Dense(2)], seed=1)
    decoder = Sequential([Dense(3, activation="tanh", input_shape=(2,)), Dense(4)], seed=2)
    return encoder, decoder


def joined_in_a_graph(encoder, decoder):
    z = Input((4,))
    return Model(z, decoder(encoder(z)))


def joined_in_a_chain(encoder, decoder):
    return Sequential([encoder, decoder])


@pytest.fixture(params=[joined_in_a_graph, joined_in_a_chain])
def join(request):
    return request.param


NAMES = ["dense", "dense_1", "dense_2", "dense_3"]


def test_models_whose_layers_nnlite_named_alike_can_be_joined(join):
    encoder, decoder = halves()
    model = join(encoder, decoder)
    layers = [layer for layer in model.layers if not isinstance(layer, InputLayer)]
    assert [model.name_of(layer) for layer in layers] == NAMES
    assert [layer.name for layer in decoder.layers] == ["dense", "dense_1"]
    assert [layer.name for layer in encoder.layers] == ["dense", "dense_1"]
    assert [decoder.name_of(layer) for layer in decoder.layers] == ["dense", "dense_1"]
    x = np.random.default_rng(0).random((5, 4)).astype(np.float32)
    assert model.predict(x).tolist() == decoder.predict(encoder.predict(x)).tolist()


def test_a_layer_is_found_by_its_name_in_the_joined_model(join):
    encoder, decoder = halves()
    model = join(encoder, decoder)
    assert model.get_layer("dense_2") is decoder.layers[0]
    assert decoder.get_layer("dense") is decoder.layers[0]
    assert model.output_names == ["dense_3"]


def test_the_summary_tells_the_names_of_the_joined_model(join):
    lines = []
    join(*halves()).summary(print_fn=lines.append)
    assert [name for name in NAMES if f" {name} (Dense)" in lines[0]] == NAMES


def test_the_explanation_tells_the_names_of_the_joined_model(join):
    model = join(*halves())
    model.compile("sgd", "mse")
    text = str(model.explain(np.ones((2, 4)), np.ones((2, 4))))
    assert [name for name in NAMES if f"{name} (Dense)" in text] == NAMES


def test_the_gradient_check_tells_the_names_of_the_joined_model(join):
    report = gradcheck(join(*halves()), np.eye(4), np.eye(4), loss="mse")
    names = [row.layer for row in report.rows if row.name == "dW"]
    assert (report.passed, names) == (True, NAMES)


def test_the_errors_tell_the_names_of_the_joined_model(join):
    model = join(*halves())
    with pytest.raises(ValueError, match="names of the outputs: dense_3"):
        model.compile("sgd", {"dense_1": "mse"})


def test_files_of_the_parts_and_of_the_whole_open(join, tmp_path):
    encoder, decoder = halves()
    model = join(encoder, decoder)
    x = np.random.default_rng(0).random((5, 4)).astype(np.float32)
    for name, saved in {"encoder": encoder, "decoder": decoder, "model": model}.items():
        saved.save(tmp_path / f"{name}.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.predict(x).tolist() == model.predict(x).tolist()
    layers = [layer for layer in again.layers if not isinstance(layer, InputLayer)]
    assert [layer.name for layer in layers] == NAMES
    parts = [load_model(tmp_path / f"{name}.npz") for name in ("encoder", "decoder")]
    assert [[layer.name for layer in part.layers] for part in parts] == [["dense", "dense_1"]] * 2
    assert join(*parts).predict(x).tolist() == model.predict(x).tolist()


def test_names_that_the_user_gave_must_differ_in_the_joined_model(join):
    encoder = Sequential([Dense(3, name="code", input_shape=(4,))])
    decoder = Sequential([Dense(4, name="code", input_shape=(3,))])
    with pytest.raises(ValueError, match="Every layer of a model has a name of its own") as caught:
        join(encoder, decoder)
    assert "Received: two layers named 'code'" in str(caught.value)


def test_a_name_that_the_user_gave_stays_and_that_of_nnlite_gives_way(join):
    encoder = Sequential([Dense(2, input_shape=(4,))])
    decoder = Sequential([Dense(4, name="dense", input_shape=(2,))])
    model = join(encoder, decoder)
    assert model.name_of(decoder.layers[0]) == "dense"
    assert model.name_of(encoder.layers[0]) == "dense_1"


def test_a_name_that_the_user_gave_stays_the_users_in_a_file(join, tmp_path):
    paths = []
    for shape in ((4,), (3,)):
        model = Sequential([Dense(3, name="code", input_shape=shape)])
        paths.append(tmp_path / f"{shape[0]}.npz")
        model.save(paths[-1])
    with pytest.raises(ValueError, match="two layers named 'code'"):
        join(*map(load_model, paths))


def test_branches_of_one_encoder_twice_have_names_of_their_own():
    first, second = halves()[0], halves()[0]
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], Concatenate()([first(a), second(b)]))
    assert model.input_names == ["input_layer", "input_layer_1"]
    assert sorted(map(model.name_of, model.layers))[1:5] == NAMES


def test_the_output_of_a_layer_is_no_layer_of_a_sequential():
    with pytest.raises(TypeError, match="A Sequential is made of layers") as caught:
        Sequential([Dense(3)(Input((2,))), Dense(1)])
    assert "Remedy: Give the layer itself, without calling it" in str(caught.value)


def test_a_model_without_layers_is_told_to_begin():
    with pytest.raises(TypeError, match="Layers are joined") as caught:
        Dense(1)(Sequential())
    assert "Remedy: Begin the model with Input(shape=(2,))" in str(caught.value)


def test_a_layer_is_not_found_by_what_cannot_be_written():
    class Bad:
        def __repr__(self):
            raise RuntimeError

    with pytest.raises(ValueError, match="Unknown layer") as caught:
        Sequential([Dense(1, input_shape=(2,))]).get_layer(Bad())
    assert "<Bad object>" in str(caught.value)
