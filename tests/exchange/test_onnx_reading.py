"""ONNX files as models: our own with the same bits, those of other libraries to 1e-5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from every_layer import every_layer
from nnlite import Input, Model, Sequential, saving
from nnlite.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Normalization,
    SeparableConv2D,
)
from nnlite.testing import compare, gradcheck
from random_networks import networks, random_problem

DATA = Path(__file__).parents[1] / "data"
FOREIGN = sorted(path.stem for path in DATA.glob("*.onnx"))


@pytest.fixture(scope="module", autouse=True)
def onnx() -> Any:
    return pytest.importorskip("onnx", reason="ONNX files need onnx: pip install -e '.[onnx]'")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def as_list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def assert_same_bits(model: Any, x: Any, path: Path) -> None:
    saving.to_onnx(model, path)
    back = saving.from_onnx(path)
    for found, wanted in zip(as_list(back.predict(x)), as_list(model.predict(x)), strict=True):
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == np.float32


@every_layer()
def test_every_layer_comes_back_with_the_same_bits(case: Any, path: Path) -> None:
    model, rng = case.model(), np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, Normalization) and not layer.is_given:
            layer.adapt(rng.standard_normal((9, *layer.input_shape)))
    assert_same_bits(model, case.samples(rng, 3), path)


@networks(300)
def test_a_random_network_comes_back_with_the_same_bits(
    seed: int, branches: bool, path: Path
) -> None:
    problem = random_problem(seed, branches, "float32")
    assert_same_bits(problem.model, problem.x, path)


def test_a_chain_comes_back_with_its_layers_and_their_names(path: Path) -> None:
    layers = [
        Input((6, 6, 2), name="pictures"),
        Conv2D(4, 3, padding="same", activation="relu", name="look"),
        BatchNormalization(name="norm"),
        SeparableConv2D(3, 2, activation="silu", name="look again"),
        DepthwiseConv2D(2, name="each"),
        Flatten(name="flat"),
        Dense(2, activation="softmax", name="say"),
    ]
    saving.to_onnx(Sequential(layers, name="eye"), path)
    back = saving.from_onnx(path)
    assert (type(back), back.name, back.input_names) == (Sequential, "eye", ["pictures"])
    for found, wanted in zip(back.layers, layers[1:], strict=True):
        assert (type(found), found.name) == (type(wanted), wanted.name)
    assert (back.layers[0].padding, back.layers[0].activation.name) == ("same", "relu")


def test_a_layer_that_is_called_twice_comes_back_as_one(path: Path) -> None:
    x = Input((3,))
    shared = Dense(3, activation="tanh", name="shared")
    model = Model(x, Add()([shared(x), shared(Dense(3)(x))]), seed=0)
    saving.to_onnx(model, path)
    back = saving.from_onnx(path)
    assert [layer.name for layer in back.layers if layer.weights] == ["dense", "shared"]
    assert back.count_params() == 24


def test_a_model_that_came_back_learns_as_the_one_before(path: Path) -> None:
    layers = [Input((4,)), Dense(5, activation="tanh"), Dense(1, activation="sigmoid")]
    model = Sequential(layers, seed=0)
    saving.to_onnx(model, path)
    back = saving.from_onnx(path)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((20, 4)), rng.integers(0, 2, 20)
    for one in (model, back):
        one.compile("sgd", "binary_crossentropy")
        one.fit(x, y, batch_size=20, epochs=3, verbose=0)
    np.testing.assert_array_equal(model.weights_vector, back.weights_vector)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_library_predicts_as_onnxruntime_did(name: str) -> None:
    model, figures = saving.from_onnx(DATA / f"{name}.onnx"), np.load(DATA / f"{name}.npz")
    first = name.startswith("torch")
    x = np.moveaxis(figures["x"], 1, -1) if first else figures["x"]
    outputs = as_list(model.predict(x))
    assert len(outputs) == len(figures) - 1
    for place, found in enumerate(outputs):
        wanted = figures[f"y{place}"]
        found = np.moveaxis(found, -1, 1) if first and found.ndim > 2 else found
        assert found.shape == wanted.shape
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def test_there_are_files_of_three_libraries() -> None:
    assert {name.partition("_")[0] for name in FOREIGN} == {"keras", "sklearn", "torch"}
    assert max(path.stat().st_size for path in DATA.iterdir()) < 100_000


def test_a_network_of_pytorch_can_be_explained_and_checked() -> None:
    model = saving.from_onnx(DATA / "torch_convolutions.onnx")
    x = np.moveaxis(np.load(DATA / "torch_convolutions.npz")["x"], 1, -1)
    model.compile(loss="mse")
    told = str(model.explain(x, np.ones((3, 2))))
    assert "(Conv2D)" in told
    assert "BACKWARD" in told
    assert gradcheck(model, x, np.ones((3, 2)), max_entries=20).passed


@pytest.mark.parametrize("name", ["torch_residual", "sklearn_classes"])
def test_a_network_of_another_library_can_be_drawn(name: str) -> None:
    from nnlite import plot

    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    model = saving.from_onnx(DATA / f"{name}.onnx")
    ax = plot.architecture(model)
    told = "\n".join(text.get_text() for text in ax.texts)
    plt.close("all")
    assert [layer.name for layer in model.layers if layer.name not in told] == []


def test_the_dense_behind_a_flatten_of_channels_first_has_its_rows_in_our_order(
    onnx: Any, path: Path
) -> None:
    # One picture of 1 × 2 pixels with channels a, b: the file flattens a1 a2 b1 b2, we a1 b1 a2 b2.
    nodes = [make(onnx, "MaxPool", ["x"], "p", kernel_shape=[1, 1]), make(onnx, "Flatten", ["p"])]
    nodes.append(make(onnx, "MatMul", ["Flatten", "W"], "y"))
    W = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
    write(onnx, path, nodes, {"x": [None, 2, 1, 2]}, {"W": W})
    model = saving.from_onnx(path)
    assert model.layers[-1].W.tolist() == [[1.0], [3.0], [2.0], [4.0]]
    assert model.predict([[[[1.0, 10.0], [100.0, 1000.0]]]]).tolist() == [[1 + 30 + 200 + 4000]]


def test_weights_beside_the_file_are_read(onnx: Any, path: Path) -> None:
    saving.to_onnx(Sequential([Input((3,)), Dense(2)], seed=0), path)
    proto, x = onnx.load(path), np.ones((1, 3))
    wanted = saving.from_onnx(path).predict(x)
    onnx.save(proto, path, save_as_external_data=True, location="weights.data", size_threshold=0)
    np.testing.assert_array_equal(saving.from_onnx(path).predict(x), wanted)
    (path.parent / "weights.data").unlink()
    with pytest.raises(ValueError, match=r"weights\.data"):
        saving.from_onnx(path)


def test_a_file_for_batches_of_one_size_takes_any(onnx: Any, path: Path) -> None:
    nodes = [make(onnx, "Relu", ["x"], "a"), make(onnx, "Reshape", ["a", "shape"], "y")]
    write(onnx, path, nodes, {"x": [1, 2, 3]}, {"shape": np.array([1, 6])})
    assert saving.from_onnx(path).predict(np.ones((4, 2, 3))).shape == (4, 6)


def make(onnx: Any, operator: str, inputs: list[str], output: str = "", **told: Any) -> Any:
    return onnx.helper.make_node(operator, inputs, [output or operator], operator.lower(), **told)


def write(onnx: Any, path: Path, nodes: Any, inputs: Any, constants: Any, opset: int = 20) -> None:
    describe, numbers = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    begins = [describe(name, numbers, shape) for name, shape in inputs.items()]
    ends = [describe(nodes[-1].output[0], numbers, [None, None])]
    held = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = onnx.helper.make_graph(nodes, "g", begins, ends, held)
    opsets = [onnx.helper.make_opsetid("", opset)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9), path)


ROW, IMAGE = {"x": [None, 3]}, {"x": [None, 2, 5, 5]}
KERNEL = np.ones((1, 2, 2, 2), np.float32)
REFUSED: dict[str, tuple[str, Any, dict[str, Any], dict[str, Any], str]] = {
    "an operator that is no layer": ("LpNormalization", ROW, {}, {}, "LpNormalization"),
    "an activation that is no layer": ("HardSigmoid", ROW, {}, {}, "HardSigmoid"),
    "a softmax over places": ("Softmax", {"x": [None, 3, 4]}, {"axis": 1}, {}, "axis=1"),
    "a product that adds a share": (
        "Gemm",
        ROW,
        {"alpha": 0.5},
        {"W": np.ones((3, 2), np.float32)},
        "alpha=0.5",
    ),
    "samples in another place": ("Transpose", ROW, {"perm": [1, 0]}, {}, "perm"),
    "a bias for each sample": (
        "Gemm",
        {"x": [2, 3]},
        {},
        {"W": np.ones((3, 2), np.float32), "b": np.ones((2, 1), np.float32)},
        r"b of shape \(2, 1\)",
    ),
    "an odd pixel in front": (
        "Conv",
        IMAGE,
        {"auto_pad": "SAME_LOWER"},
        {"W": KERNEL},
        "SAME_LOWER",
    ),
    "padding of a maximum that is no zero": (
        "MaxPool",
        IMAGE,
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 2, 2]},
        {},
        "pads=",
    ),
    "a kernel for other channels": (
        "Conv",
        IMAGE,
        {},
        {"W": np.ones((1, 3, 2, 2), np.float32)},
        "2 channels",
    ),
    "W for longer rows": ("MatMul", ROW, {}, {"W": np.ones((4, 2), np.float32)}, r"\(4, 2\)"),
    "a sum with negative scale": (
        "Mul",
        ROW,
        {},
        {"c": np.array([1.0, -1.0, 2.0], np.float32)},
        "positive",
    ),
    "images one above the other": (
        "Reshape",
        IMAGE,
        {},
        {"shape": np.array([-1, 25])},
        r"shape=\[-1, 25\]",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_no_layer_stands_for_is_refused_by_name(onnx: Any, case: Any, path: Path) -> None:
    operator, inputs, told, constants, word = case
    nodes = [make(onnx, operator, ["x", *constants], "y", **told)]
    write(onnx, path, nodes, inputs, constants)
    with pytest.raises(ValueError, match=word) as caught:
        saving.from_onnx(path)
    assert f"operator {operator}, node '{operator.lower()}'" in str(caught.value)
    assert f"Where: {path}" in str(caught.value)


def test_an_unknown_size_of_a_sample_is_refused(onnx: Any, path: Path) -> None:
    write(onnx, path, [make(onnx, "Relu", ["x"], "y")], {"x": [None, None]}, {})
    with pytest.raises(ValueError, match="must say the shape of a sample"):
        saving.from_onnx(path)


def test_operators_of_an_old_version_are_refused_with_a_remedy(onnx: Any, path: Path) -> None:
    write(onnx, path, [make(onnx, "Relu", ["x"], "y")], ROW, {}, opset=11)
    with pytest.raises(ValueError, match=r"from version 13 on(?s:.)*convert_version"):
        saving.from_onnx(path)


def test_a_shared_model_and_its_file_agree_layer_by_layer(path: Path) -> None:
    layers = [Input((4,)), Dense(3, activation="tanh"), Dense(2)]
    model = Sequential(layers, seed=0)
    saving.to_onnx(model, path)
    assert compare(model, saving.from_onnx(path), np.ones((2, 4))).passed
