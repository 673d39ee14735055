from __future__ import annotations

import io
import json
import os
import pickle
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import losses, metrics
from nnlite.initializers import Constant
from nnlite.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    LeakyReLU,
    Reshape,
)
from nnlite.losses import Huber
from nnlite.models import Model, Sequential, load_model
from nnlite.optimizers import SGD, Adam
from nnlite.optimizers.schedules import ExponentialDecay
from nnlite.regularizers import L1L2

X = np.random.default_rng(0).normal(size=(6, 4))
Y = np.array([0, 1, 1, 0, 1, 0])


def trained() -> Sequential:
    """A model with most kinds of layers, not as it was made."""
    model = Sequential(
        [
            Dense(6, activation="relu", kernel_regularizer=L1L2(0.01, 0.02), input_shape=(4,)),
            BatchNormalization(momentum=0.8),
            LeakyReLU(0.1),
            Dropout(0.25),
            Reshape((3, 2)),
            Flatten(name="row"),
            Dense(1, activation="sigmoid", use_bias=False, trainable=False),
        ],
        name="network",
        seed=0,
        dtype="float64",
    )
    model.compile(Adam(0.01, beta_1=0.8), "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=3, verbose=0)
    return model


@pytest.mark.bits
def test_a_sequential_comes_back_as_it_was(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert type(again) is Sequential
    assert (again.name, again.dtype) == ("network", np.float64)
    configs = [[str(layer.get_config()) for layer in each.layers] for each in (model, again)]
    assert configs[1] == [
        text.replace("(4,)", "[4]").replace("(3, 2)", "[3, 2]") for text in configs[0]
    ]
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert [layer.trainable for layer in again.layers] == [True] * 6 + [False]
    for saved, read in zip(model.get_weights(), again.get_weights(), strict=True):
        assert read.tobytes() == saved.tobytes()
    assert again.predict(X).tobytes() == model.predict(X).tobytes()


def test_a_model_comes_back_compiled(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    assert type(again.optimizer) is Adam
    assert (again.optimizer.learning_rate, again.optimizer.beta_1) == (0.01, 0.8)
    assert list(again.fit(X, Y, verbose=0).history) == ["loss", "accuracy"]


def test_losses_schedules_and_metrics_come_back_as_objects(tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_shape=(4,))], seed=0)
    model.compile(SGD(ExponentialDecay(0.5, 10, 0.1), momentum=0.9), Huber(2.0), metrics=["mae"])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.optimizer.learning_rate == 0.5
    assert again.optimizer.momentum == 0.9
    again.fit(X, Y, epochs=10, verbose=0)
    assert again.optimizer.learning_rate == pytest.approx(0.05)
    model.set_weights(again.get_weights())
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


@pytest.mark.parametrize(
    ("loss", "metric"),
    [
        (losses.mean_squared_error, metrics.mean_absolute_error),
        (losses.MeanSquaredError, metrics.MeanAbsoluteError),
        (losses.MeanSquaredError(), metrics.MeanAbsoluteError()),
        (losses.mse, "mae"),
    ],
)
def test_losses_and_metrics_come_back_however_they_were_given(
    loss: Any, metric: Any, tmp_path: Path
) -> None:
    model = Sequential([Dense(1, input_shape=(4,))], seed=0)
    model.compile("sgd", loss, metrics=[metric])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.evaluate(X, Y, verbose=0, return_dict=True) == model.evaluate(
        X, Y, verbose=0, return_dict=True
    )


def test_the_name_of_a_metric_comes_back(tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_shape=(4,))], seed=0)
    model.compile("sgd", "mse", metrics=[metrics.MeanAbsoluteError(name="euros")])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert list(again.evaluate(X, Y, verbose=0, return_dict=True)) == ["loss", "euros"]


def test_a_model_that_was_not_compiled_comes_back_so(tmp_path: Path) -> None:
    Sequential([Dense(1, input_shape=(4,))]).save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").optimizer is None


def branches() -> Model:
    """Two inputs, two outputs, a shared layer, a merge."""
    left, right = Input((4,), name="left"), Input((4,), name="right")
    shared = Dense(3, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    joined = Concatenate(name="joined")([a, b])
    outputs = [Dense(1, name="first")(joined), Add(name="second")([b, a])]
    return Model([left, right], outputs, name="branches", seed=0)


@pytest.mark.bits
def test_a_graph_comes_back_with_its_branches_and_shared_layers(tmp_path: Path) -> None:
    model = branches()
    model.compile("sgd", {"first": "mse", "second": "mae"}, loss_weights=[1.0, 2.0])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert again.count_params() == model.count_params() == 15 + 7
    data = {"left": X, "right": -X}
    for saved, read in zip(model.predict(data), again.predict(data), strict=True):
        assert read.tobytes() == saved.tobytes()
    truth = [X[:, :1], X[:, :3]]
    assert again.evaluate(data, truth, verbose=0) == model.evaluate(data, truth, verbose=0)


class Scale(Layer):
    """A layer of one's own."""

    def __init__(self, start: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.start = start

    def build(self, input_shape: Any) -> None:
        self.add_weight("s", input_shape, Constant(self.start))

    def forpass(self, x: Any, training: bool = False) -> Any:
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad: Any) -> Any:
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


@pytest.mark.bits
def test_layers_of_ones_own_come_back_through_custom_objects(tmp_path: Path) -> None:
    model = Sequential([Scale(3.0, input_shape=(4,)), Dense(1)], seed=0)
    model.layers[0].s[1] = 5.0
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", custom_objects={"Scale": Scale})
    assert again.layers[0].start == 3.0
    assert again.layers[0].s.tolist() == [3.0, 5.0, 3.0, 3.0]
    assert again.predict(X).tobytes() == model.predict(X).tobytes()


def test_a_layer_of_ones_own_without_its_class_is_explained(tmp_path: Path) -> None:
    Sequential([Scale(input_shape=(4,))]).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="your own class 'Scale'") as caught:
        load_model(tmp_path / "model.npz")
    assert 'load_model(path, custom_objects={"Scale": Scale})' in str(caught.value)


@pytest.mark.bits
def test_weights_alone_go_into_a_model_with_the_same_layers(tmp_path: Path) -> None:
    model, other = branches(), branches()
    model.save_weights(tmp_path / "weights.npz")
    other.set_weights([weight * 0 for weight in other.get_weights()])
    other.load_weights(tmp_path / "weights.npz")
    for saved, read in zip(model.get_weights(), other.get_weights(), strict=True):
        assert read.tobytes() == saved.tobytes()


def test_weights_are_read_from_a_whole_model_too(tmp_path: Path) -> None:
    model = branches()
    model.save(tmp_path / "model.npz")
    other = branches()
    other.set_weights([weight * 0 for weight in other.get_weights()])
    other.load_weights(tmp_path / "model.npz")
    assert other.get_weights()[0].tolist() == model.get_weights()[0].tolist()


def test_loaded_weights_stay_views_of_the_vector(tmp_path: Path) -> None:
    model = trained()
    model.save_weights(tmp_path / "weights.npz")
    model.load_weights(tmp_path / "weights.npz")
    model.weights_vector[...] = 7
    assert model.layers[0].W.tolist() == np.full((4, 6), 7.0).tolist()


def test_weights_of_other_layers_are_explained(tmp_path: Path) -> None:
    trained().save_weights(tmp_path / "weights.npz")
    with pytest.raises(ValueError, match="a model with the same layers") as caught:
        branches().load_weights(tmp_path / "weights.npz")
    assert "missing in the model" in str(caught.value)


def test_weights_of_another_shape_change_nothing(tmp_path: Path) -> None:
    Sequential([Dense(3, input_shape=(4,))]).save_weights(tmp_path / "weights.npz")
    model = Sequential([Dense(2, input_shape=(4,))], seed=0)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"'dense/W' is \(4, 3\) in the file, \(4, 2\) in the mod"):
        model.load_weights(tmp_path / "weights.npz")
    assert [w.tolist() for w in model.get_weights()] == [w.tolist() for w in before]


def test_a_file_of_weights_is_no_model(tmp_path: Path) -> None:
    trained().save_weights(tmp_path / "weights.npz")
    with pytest.raises(ValueError, match="Received: a file of weights alone"):
        load_model(tmp_path / "weights.npz")


def test_the_file_has_the_name_that_was_asked_for(tmp_path: Path) -> None:
    for name in ("model.keras", "model.h5", "model"):
        trained().save(str(tmp_path / name))
        assert load_model(str(tmp_path / name)).count_params() == 24 + 6 + 24 + 6
    assert sorted(os.listdir(tmp_path)) == ["model", "model.h5", "model.keras"]


def test_a_saved_file_can_be_read_by_whom_new_files_can(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    trained().save(tmp_path / "model.npz")
    plain, saved = ((tmp_path / name).stat().st_mode for name in ("plain", "model.npz"))
    assert stat.S_IMODE(saved) == stat.S_IMODE(plain)


def test_a_failure_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.npz"
    trained().save(path)
    before = path.read_bytes()

    def full_disk(file: Any, **arrays: Any) -> None:
        file.write(b"half of")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space left"):
        branches().save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.npz"]


def test_an_interruption_while_writing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: Any, **arrays: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        branches().save(tmp_path / "model.npz")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kept", [0, 1, 30, 300, 0.5, 0.9, -1])
def test_a_truncated_file_is_explained(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "model.npz"
    trained().save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(ValueError, match="A model file is one that save or save_weights wrote"):
        load_model(path)
    with pytest.raises(ValueError, match="of another kind, or a damaged one"):
        trained().load_weights(path)


def test_a_damaged_number_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    trained().save(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="A model file is one that save"):
        load_model(path)


class Bomb:
    """What a hostile file would like to be unpickled."""

    exploded = False

    def __reduce__(self) -> Any:
        return setattr, (Bomb, "exploded", True)


@pytest.mark.parametrize("content", [b"text", b"PK\x03\x04 no zip", b"\x93NUMPY", b"\x00" * 500])
def test_a_file_of_another_kind_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="A model file is one that save") as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert "pickle" not in str(caught.value)


def test_an_array_file_is_explained(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", X)
    with pytest.raises(ValueError, match="A model file is one that save"):
        load_model(tmp_path / "array.npy")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="A model file is one that save"):
        load_model(path)
    objects = np.empty(1, dtype=object)
    objects[0] = Bomb()
    np.savez(path, config=objects)
    with pytest.raises(ValueError, match="A model file is one that save"):
        load_model(path)
    np.savez(path, **{"config": np.array("{}"), "dense/W": objects})
    with pytest.raises(ValueError, match="A model file is one that save"):
        load_model(path)
    assert not Bomb.exploded


def with_description(path: Path, change: Any) -> None:
    """Write a model file whose description of the layers was changed by hand."""
    model = Sequential([Dense(1, input_shape=(2,), name="only")], seed=0)
    model.compile("sgd", "mse")
    model.save(path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    description = json.loads(str(arrays["config"]))
    changed = change(description)
    arrays["config"] = np.array(json.dumps(description if changed is None else changed))
    np.savez(path, **arrays)


HOSTILE: list[Any] = [
    lambda d: [],
    lambda d: "text",
    lambda d: {},
    lambda d: {"model": 5},
    lambda d: {"model": {}},
    lambda d: d["model"].pop("layers") and None,
    lambda d: d["model"].pop("name") and None,
    lambda d: d["model"].update(layers=5),
    lambda d: d["model"].update(layers=[5]),
    lambda d: d["model"].update(layers=[{"class_name": "Dense"}]),
    lambda d: d["model"]["layers"][0].update(class_name="os.system"),
    lambda d: d["model"]["layers"][0].update(class_name="__import__"),
    lambda d: d["model"]["layers"][0].update(config=[1, 2]),
    lambda d: d["model"]["layers"][0]["config"].update(units=-5),
    lambda d: d["model"]["layers"][0]["config"].update(units="2"),
    lambda d: d["model"]["layers"][0]["config"].update(units=3),
    lambda d: d["model"]["layers"][0]["config"].update(activation="eval"),
    lambda d: d["model"]["layers"][0]["config"].update(system="rm"),
    lambda d: d["model"]["layers"][0]["config"].update(name="other"),
    lambda d: d["model"].update(input_shape=[-1]),
    lambda d: d["model"].update(dtype="object"),
    lambda d: d["model"].update(calls=[[9, False, [0]]], inputs=[0], outputs=[1]),
    lambda d: d["compiled"].update(loss="os.system"),
    lambda d: d.update(compiled=5),
    lambda d: d["compiled"].update(loss={"class_name": "dict", "config": 5}),
    lambda d: d["compiled"].update(loss={"class_name": "len", "config": None}),
    lambda d: d["compiled"].update(loss={"class_name": "Dense", "config": {"units": 1}}),
    lambda d: d["model"].update(layers=[{"class_name": "Dense", "config": None}]),
    lambda d: d["model"].update(layers=[{"class_name": "SGD", "config": {}}]),
    lambda d: d["model"]["layers"][0].update(own="class"),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_a_description_that_was_tampered_with_is_refused(tmp_path: Path, change: Any) -> None:
    with_description(tmp_path / "model.npz", change)
    with pytest.raises((ValueError, TypeError)) as caught:
        load_model(tmp_path / "model.npz")
    assert "Received: " in str(caught.value)


def test_a_description_that_was_not_tampered_with_is_taken(tmp_path: Path) -> None:
    with_description(tmp_path / "model.npz", lambda description: None)
    assert load_model(tmp_path / "model.npz").count_params() == 3


def test_a_file_holds_plain_arrays_and_text_only(tmp_path: Path) -> None:
    trained().save(tmp_path / "model.npz")
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        for name in archive.namelist():
            array = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            assert array.dtype.kind in "fU"


@pytest.mark.bits
def test_a_model_with_a_metric_of_ones_own_predicts_without_being_compiled(tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_shape=(4,))], seed=0)
    model.compile("sgd", "mse", metrics=[lambda y, a: abs(y - a)])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz", compile=False)
    assert again.optimizer is None
    assert again.predict(X).tobytes() == model.predict(X).tobytes()
