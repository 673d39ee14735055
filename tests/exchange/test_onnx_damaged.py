"""Damaged and hostile ONNX files: one error that names the file, at little cost."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model, Sequential, saving
from nnlite.layers import Conv2D, Dense, Flatten

DATA = Path(__file__).parents[1] / "data"
FILES = sorted(DATA.glob("*.onnx"))
LARGE = [0, -1, 1, 7, 10**9, -(10**12), 2**62]


@pytest.fixture(scope="module", autouse=True)
def onnx() -> Any:
    return pytest.importorskip("onnx", reason="ONNX files need onnx: pip install -e '.[onnx]'")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def reads_or_explains(path: Path) -> bool:
    """Read the file; an error must be the one that names it. Return whether it was read."""
    try:
        model = saving.from_onnx(path)
    except ValueError as error:
        text = str(error)
        assert f"\nWhere: {path}" in text, text
        assert "\nReceived: " in text, text
        assert text.count("Received: ") == 1, text
        return False
    assert isinstance(model, Model)
    return True


@pytest.mark.parametrize("part", range(20))
def test_a_file_with_bytes_changed_or_missing_is_explained(part: int, path: Path) -> None:
    for seed in range(part * 50, part * 50 + 50):
        rng = np.random.default_rng(seed)
        held = bytearray(FILES[seed % len(FILES)].read_bytes())
        begin = int(rng.integers(len(held)))
        if seed % 3 == 0:
            del held[begin:]
        elif seed % 3 == 1:
            del held[begin : begin + int(rng.integers(1, 40))]
        else:
            for place in rng.integers(0, len(held), rng.integers(1, 8)):
                held[place] = rng.integers(256)
        path.write_bytes(held)
        reads_or_explains(path)


@pytest.mark.parametrize("part", range(20))
def test_a_file_with_other_sizes_nodes_or_types_is_explained(
    onnx: Any, part: int, path: Path
) -> None:
    for seed in range(part * 50, part * 50 + 50):
        rng = np.random.default_rng(seed)
        proto = onnx.load(FILES[seed % len(FILES)])
        for _ in range(rng.integers(1, 4)):
            change(rng, proto.graph)
        path.write_bytes(proto.SerializeToString())
        reads_or_explains(path)


def change(rng: Any, graph: Any) -> None:
    """Change something in a graph, so that it is still a graph as bytes."""

    def one(of: Any) -> Any:
        return of[rng.integers(len(of))]

    node, large = one(graph.node), int(rng.choice(LARGE))
    match rng.integers(6):
        case 0 if node.attribute:
            attribute = one(node.attribute)
            if attribute.ints:
                attribute.ints[rng.integers(len(attribute.ints))] = large
            else:
                attribute.i = large
        case 1 if node.input:
            node.input[rng.integers(len(node.input))] = one(graph.node).output[0]
        case 2:
            node.op_type = one(graph.node).op_type
        case 3 if graph.initializer:
            tensor = one(graph.initializer)
            if tensor.dims:
                tensor.dims[rng.integers(len(tensor.dims))] = large
        case 4:
            one(graph.input[0].type.tensor_type.shape.dim).dim_value = large
        case _:
            if graph.initializer:
                one(graph.initializer).data_type = int(rng.integers(20))


def test_what_is_no_onnx_file_is_explained(path: Path) -> None:
    for held in (b"", b"PK\x03\x04 a model of numpy", b"\x00" * 1000, "Käse".encode() * 99):
        path.write_bytes(held)
        assert not reads_or_explains(path)


def test_a_file_that_is_missing_is_explained(path: Path) -> None:
    (path.parent / "models.onnx").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"Did you mean 'models\.onnx'\?"):
        saving.from_onnx(path)


HALF = 10**5
BOMBS: dict[str, tuple[list[tuple[Any, ...]], list[Any], dict[str, Any]]] = {
    "an input of many channels": (
        [("BatchNormalization", "xcccc", "y", {})],
        [None, 2**40, 3, 3],
        {"c": np.ones(1, np.float32)},
    ),
    "a flattened image of many pixels": (
        [
            ("MaxPool", "x", "m", {"kernel_shape": [1, 1]}),
            ("Flatten", "m", "f", {}),
            ("MatMul", "fW", "y", {}),
        ],
        [None, 2, 2**20, 2**20],
        {"W": np.ones((1, 1), np.float32)},
    ),
    "constants spread over each other": (
        [("Add", "ab", "c", {}), ("Add", "xc", "y", {})],
        [None, HALF, HALF],
        {"a": np.ones((HALF, 1), np.float32), "b": np.ones((1, HALF), np.float32)},
    ),
    "a mean and a deviation spread over each other": (
        [("Sub", "xa", "d", {}), ("Div", "db", "y", {})],
        [None, HALF, HALF],
        {"a": np.ones((HALF, 1), np.float32), "b": np.ones((1, HALF), np.float32)},
    ),
    "a constant filled while reading": (
        [("ConstantOfShape", "s", "c", {}), ("MatMul", "xc", "y", {})],
        [None, 10**6],
        {"s": np.array([10**6, 10**6])},
    ),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_file_that_promises_more_than_it_holds_costs_little(
    onnx: Any, bomb: Any, path: Path
) -> None:
    nodes, shape, constants = bomb
    make, describe = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    drawn = [make(operator, [*put], [out], **told) for operator, put, out, told in nodes]
    begins, ends = (
        [describe(name, onnx.TensorProto.FLOAT, sizes)]
        for name, sizes in (("x", shape), ("y", [None, None]))
    )
    held = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = onnx.helper.make_graph(drawn, "bomb", begins, ends, held)
    opsets = [onnx.helper.make_opsetid("", 20)]
    made = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9)
    path.write_bytes(made.SerializeToString())
    tracemalloc.start()
    try:
        assert not reads_or_explains(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_weights_outside_of_the_folder_are_refused(onnx: Any, tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    path = folder / "model.onnx"
    saving.to_onnx(Sequential([Input((3,)), Dense(2)], seed=0), path)
    proto = onnx.load(path)
    (tmp_path / "secret").write_bytes(bytes(1000))
    for location in ("../secret", str(tmp_path / "secret")):
        tensor = proto.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        del tensor.external_data[:]
        tensor.external_data.add(key="location", value=location)
        path.write_bytes(proto.SerializeToString())
        assert not reads_or_explains(path)


def test_a_thousand_layers_are_read(path: Path) -> None:
    layers = [Input((2,)), *(Dense(2, activation="tanh") for _ in range(1000))]
    model = Sequential(layers, seed=0)
    saving.to_onnx(model, path)
    back = saving.from_onnx(path)
    np.testing.assert_array_equal(back.predict(np.ones((1, 2))), model.predict(np.ones((1, 2))))


def test_a_failure_leaves_the_old_file(onnx: Any, path: Path) -> None:
    path.write_bytes(b"old")
    model = Sequential([Input((4, 4, 1)), Conv2D(1, 2), Flatten(), Dense(1)], dtype="float64")
    with pytest.raises(ValueError, match="float32"):
        saving.to_onnx(model, path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["model.onnx"]
