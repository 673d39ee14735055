"""Models as ONNX files: onnx accepts them, and onnxruntime computes what the model predicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from every_layer import every_layer
from nnlite import Input, Model, Sequential, activations, saving
from nnlite.layers import (
    Activation,
    Add,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Normalization,
    RandomFlip,
    ReLU,
)
from random_networks import networks, random_problem

NEAR = 1e-5


@pytest.fixture(scope="module")
def onnx() -> Any:
    return pytest.importorskip("onnx", reason="ONNX files need onnx: pip install -e '.[onnx]'")


@pytest.fixture(scope="module")
def runtime() -> Any:
    reason = "onnxruntime runs the files: pip install -e '.[slow]'"
    return pytest.importorskip("onnxruntime", reason=reason)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def as_list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def adapted(model: Any) -> Any:
    rng = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, Normalization) and not layer.is_given:
            layer.adapt(rng.standard_normal((9, *layer.input_shape)))
    return model


def run(runtime: Any, path: Path, x: Any) -> list[Any]:
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [put.name for put in session.get_inputs()]
    given = dict(zip(names, (np.float32(one) for one in as_list(x)), strict=True))
    return session.run(None, given)


def assert_runs_alike(onnx: Any, runtime: Any, model: Any, x: Any, path: Path) -> None:
    saving.to_onnx(model, path)
    onnx.checker.check_model(path, full_check=True)
    for found, wanted in zip(run(runtime, path, x), as_list(model.predict(x)), strict=True):
        assert found.shape == wanted.shape
        np.testing.assert_allclose(found, wanted, rtol=0, atol=NEAR * np.abs(wanted).max())


def operators(onnx: Any, model: Any, path: Path) -> list[str]:
    saving.to_onnx(model, path)
    return [node.op_type for node in onnx.load(path).graph.node]


@pytest.mark.slow
@every_layer()
def test_every_layer_runs_alike_in_onnxruntime(
    onnx: Any, runtime: Any, case: Any, path: Path
) -> None:
    x = case.samples(np.random.default_rng(1), 3)
    assert_runs_alike(onnx, runtime, adapted(case.model()), x, path)


@pytest.mark.slow
@networks(300)
def test_a_random_network_runs_alike_in_onnxruntime(
    onnx: Any, runtime: Any, seed: int, branches: bool, path: Path
) -> None:
    problem = random_problem(seed, branches, "float32")
    assert_runs_alike(onnx, runtime, problem.model, problem.x, path)


@pytest.mark.slow
@pytest.mark.parametrize("g", [*activations.KNOWN.named, activations.Gelu(True)], ids=str)
def test_every_activation_runs_alike_on_rows_and_on_images(
    onnx: Any, runtime: Any, g: Any, path: Path
) -> None:
    x = np.random.default_rng(2).standard_normal((3, 5, 4, 2)) * 3
    layers = [Input((5, 4, 2)), Conv2D(3, 2, activation=g), Flatten(), Dense(4, activation=g)]
    assert_runs_alike(onnx, runtime, Sequential(layers, seed=3), x, path)


@pytest.mark.slow
def test_a_file_takes_batches_of_any_size(onnx: Any, runtime: Any, path: Path) -> None:
    model = Sequential([Input((4, 4, 1)), Conv2D(2, 3), Flatten(), Dense(3)], seed=0)
    saving.to_onnx(model, path)
    for samples in (1, 7):
        x = np.ones((samples, 4, 4, 1))
        assert run(runtime, path, x)[0].shape == (samples, 3)


def test_inputs_and_outputs_have_the_names_and_shapes_of_the_model(onnx: Any, path: Path) -> None:
    left, right = Input((3,), name="left"), Input((4, 2), name="right")
    a = Dense(2, name="a")(left)
    b = Dense(1, name="b")(Flatten()(right))
    saving.to_onnx(Model([left, right], [a, b]), path)
    graph = onnx.load(path).graph
    shapes = {
        put.name: [d.dim_param or d.dim_value for d in put.type.tensor_type.shape.dim]
        for put in [*graph.input, *graph.output]
    }
    assert shapes == {
        "left": ["batch", 3],
        "right": ["batch", 4, 2],
        "a": ["batch", 2],
        "b": ["batch", 1],
    }


@pytest.mark.slow
def test_nested_models_and_shared_layers_run_alike(onnx: Any, runtime: Any, path: Path) -> None:
    x = Input((6,))
    shared = Dense(3, activation="tanh")
    part = Sequential([Input((3,)), Dense(3, activation="relu"), Dense(3)])
    first = shared(x)
    both = Add()([part(first), shared(Dense(6)(first))])
    model = Model(x, [both, Dense(2)(both), both], seed=0)
    samples = np.random.default_rng(0).standard_normal((4, 6))
    assert_runs_alike(onnx, runtime, model, samples, path)
    weights = {constant.name for constant in onnx.load(path).graph.initializer}
    assert len(weights) == 10


@pytest.mark.slow
def test_an_input_that_is_an_output_runs_alike(onnx: Any, runtime: Any, path: Path) -> None:
    x = Input((2,))
    model = Model(x, [x, Dense(1)(x)], seed=0)
    assert_runs_alike(onnx, runtime, model, np.ones((3, 2)), path)


def test_a_transpose_stands_only_where_the_order_of_axes_changes(onnx: Any, path: Path) -> None:
    layers = [Input((8, 8, 2)), Conv2D(3, 3), ReLU(), MaxPooling2D(), Conv2D(4, 2), Flatten()]
    found = operators(onnx, Sequential([*layers, Dense(2)]), path)
    assert found == ["Transpose", "Conv", "Relu", "MaxPool", "Conv", "Transpose", "Flatten", "Gemm"]


def test_what_only_training_has_is_left_out(onnx: Any, path: Path) -> None:
    layers = [Input((4, 4, 1)), RandomFlip(), Dropout(0.5), Flatten(), Dropout(0.2), Dense(1)]
    assert operators(onnx, Sequential(layers), path) == ["Flatten", "Gemm"]


@pytest.mark.slow
def test_a_model_in_float64_is_refused_with_a_remedy_that_helps(
    onnx: Any, runtime: Any, path: Path
) -> None:
    layers = [Input((4, 4, 1)), Conv2D(2, 3), Normalization(), Flatten(), Dense(3)]
    model = adapted(Sequential(layers, dtype="float64", seed=0))
    with pytest.raises(ValueError, match="float32") as caught:
        saving.to_onnx(model, path)
    assert 'Remedy: to_onnx(model.twin(dtype="float32"), path)' in str(caught.value)
    assert not path.exists()
    assert_runs_alike(onnx, runtime, model.twin(dtype="float32"), np.ones((2, 4, 4, 1)), path)


class Half(Layer):
    def forpass(self, x: Any, training: bool = False) -> Any:
        return x / 2

    def backprop(self, grad: Any) -> Any:
        return grad / 2


class Wide(Dense):
    """A Dense that overrides nothing."""


class Bent(Dense):
    def forpass_z(self, x: Any, training: bool = False) -> Any:
        return super().forpass_z(x, training) + 1


class Halved(Dense):
    def activate(self, z: Any, room: Any, training: bool) -> Any:
        return super().activate(z, room, training) / 2


class Square(activations.ActivationFunction):
    name = "square"

    def forpass(self, z: Any, out: Any = None) -> Any:
        return z * z

    def backprop(self, grad: Any, a: Any, out: Any = None) -> Any:
        return 2 * grad * np.sqrt(a)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Half(name="mine"), ["layer of class Half", "layer 'mine'", "get_layer('mine')"]),
        (Bent(3, name="mine"), ["layer of class Bent", "layer 'mine'"]),
        (Halved(3, name="mine"), ["layer of class Halved", "layer 'mine'"]),
        (Dense(3, activation=Square(), name="mine"), ["Square", "layer 'mine'", "relu"]),
        (Activation(Square(), name="mine"), ["Square", "layer 'mine'"]),
    ],
    ids=["layer", "subclass", "helping method", "activation", "activation layer"],
)
def test_a_layer_of_ones_own_is_refused_by_name(
    onnx: Any, layer: Any, words: list[str], path: Path
) -> None:
    with pytest.raises(ValueError, match=r"one of your own has no operator there\.") as caught:
        saving.to_onnx(Sequential([Input((2,)), layer, Dense(1)]), path)
    assert [word for word in words if word not in str(caught.value)] == []
    assert not path.exists()


@pytest.mark.slow
def test_a_subclass_that_overrides_nothing_is_written(onnx: Any, runtime: Any, path: Path) -> None:
    model = Sequential([Input((2,)), Wide(3)], seed=0)
    assert_runs_alike(onnx, runtime, model, np.ones((2, 2)), path)


def test_a_layer_whose_method_was_exchanged_is_refused(onnx: Any, path: Path) -> None:
    model: Any = Sequential([Input((2,)), Dense(3, name="mine")])
    model.layers[0].forpass = lambda x, training=False: x
    with pytest.raises(ValueError, match="layer 'mine'"):
        saving.to_onnx(model, path)


def test_what_is_no_model_is_explained(path: Path) -> None:
    with pytest.raises(TypeError, match=r"to_onnx takes a model\."):
        saving.to_onnx([Dense(1)], path)  # type: ignore[arg-type]


def test_a_model_without_input_is_explained(path: Path) -> None:
    with pytest.raises(ValueError, match="needs to know the shape of the model's input"):
        saving.to_onnx(Sequential([Dense(1)]), path)


def test_a_folder_that_is_missing_is_explained(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="written into a folder that exists"):
        saving.to_onnx(Sequential([Input((1,)), Dense(1)]), tmp_path / "no" / "model.onnx")


def test_the_extra_is_named_where_onnx_is_missing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "onnx", None)
    path.write_bytes(b"a file")
    for act in (
        lambda: saving.to_onnx(Sequential([Input((1,)), Dense(1)]), path),
        lambda: saving.from_onnx(path),
    ):
        with pytest.raises(ImportError, match=r"pip install 'nnlite\[onnx\]'"):
            act()
