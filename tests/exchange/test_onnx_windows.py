"""Windows as other libraries write them: read as onnxruntime runs them, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import saving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def onnx() -> Any:
    return pytest.importorskip("onnx", reason="ONNX files need onnx: pip install -e '.[onnx]'")


@pytest.fixture(scope="module")
def runtime() -> Any:
    reason = "onnxruntime runs the files: pip install -e '.[slow]'"
    return pytest.importorskip("onnxruntime", reason=reason)


def pick(rng: Any, *choices: Any) -> Any:
    return choices[rng.integers(len(choices))]


def random_node(rng: Any) -> tuple[str, dict[str, Any], dict[str, Any], int]:
    """Return an operator, its attributes, its constants, and how many axes images have."""
    rank = int(pick(rng, 1, 2, 2))
    kernel = rng.integers(1, 4, rank).tolist()
    told: dict[str, Any] = {"strides": rng.integers(1, 4, rank).tolist()}
    if rng.random() < 0.8:
        told["pads"] = rng.integers(0, 3, 2 * rank).tolist()
        if rng.random() < 0.5:
            told["pads"] = told["pads"][:rank] * 2
    else:
        told["auto_pad"] = pick(rng, "SAME_UPPER", "SAME_LOWER", "VALID")
    operator = pick(rng, "Conv", "Conv", "ConvTranspose", "MaxPool", "AveragePool")
    if operator == "Conv":
        told["group"] = groups = int(pick(rng, 1, 2, 4))
        told["dilations"] = rng.integers(1, 3, rank).tolist()
        W = rng.standard_normal((4, 4 // groups, *kernel)).astype(np.float32)
    elif operator == "ConvTranspose":
        told["output_padding"] = rng.integers(0, 2, rank).tolist()
        W = rng.standard_normal((4, 3, *kernel)).astype(np.float32)
    else:
        told["kernel_shape"], told["ceil_mode"] = kernel, int(rng.integers(2))
        if operator == "AveragePool":
            told["count_include_pad"] = int(rng.integers(2))
        return operator, told, {}, rank
    bias = rng.standard_normal(3 if operator == "ConvTranspose" else 4).astype(np.float32)
    return operator, told, {"W": W, **({"b": bias} if rng.random() < 0.5 else {})}, rank


def read_or_refused(path: Path) -> Any:
    """Return the model; None if the file is refused, which must name it."""
    try:
        return saving.from_onnx(path)
    except ValueError as error:
        if f"Where: {path}" not in str(error):
            raise
        return None


@pytest.mark.parametrize("part", range(10))
def test_windows_are_read_as_onnxruntime_runs_them_or_refused(
    onnx: Any, runtime: Any, part: int, tmp_path: Path
) -> None:
    read = 0
    for seed in range(part * 60, part * 60 + 60):
        rng = np.random.default_rng(seed)
        operator, told, constants, rank = random_node(rng)
        sizes = [4, *rng.integers(3, 9, rank).tolist()]
        helper, make = onnx.helper, onnx.helper.make_node
        nodes = [make("Relu", ["x"], ["a"]), make(operator, ["a", *constants], ["y"], "n", **told)]
        ends = [
            helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, *shape])
            for name, shape in (("x", sizes), ("y", [None] * (rank + 1)))
        ]
        held = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
        graph = helper.make_graph(nodes, "windows", ends[:1], ends[1:], held)
        opsets = [helper.make_opsetid("", 20)]
        path = tmp_path / f"{seed}.onnx"
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
        x = rng.standard_normal((2, *sizes)).astype(np.float32)
        try:
            options = runtime.SessionOptions()
            options.log_severity_level = 4
            (wanted,) = runtime.InferenceSession(path, options).run(None, {"x": x})
        except Exception:
            continue  # What the runtime does not take need not be read.
        model = read_or_refused(path)
        if model is None:
            continue
        read += 1
        found = np.moveaxis(model.predict(np.moveaxis(x, 1, -1)), -1, 1)
        assert found.shape == wanted.shape, (seed, operator, told, sizes)
        near = 1e-5 * max(float(np.abs(wanted).max()), 1e-3)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=near, err_msg=f"{seed}, {told}")
    assert read > 15
