"""ONNX files as bytes: read, and checked by the package onnx before anything is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnlite.foundation.errors import value_error

OLDEST = 13
"""The version of the operators since which the ones read here mean what they mean now."""


def read_proto(onnx: Any, path: Path) -> Any:
    """Return what is in an ONNX file, with the weights that lie in a file beside it."""
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(path.read_bytes())
        onnx.external_data_helper.load_external_data_for_model(proto, str(path.parent))
        onnx.checker.check_model(proto)
    except MemoryError:
        raise damaged(path, "sizes beyond this machine's memory") from None
    except Exception as error:
        # What a damaged file makes protobuf and onnx raise is theirs to choose.
        raise damaged(path, str(error).strip() or type(error).__name__) from None
    if not proto.graph.node:
        raise damaged(path, "a file without nodes")
    version = max((o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")), default=0)
    if version < OLDEST:
        rule = f"from_onnx reads files of operators from version {OLDEST} on."
        remedy = "onnx.save(onnx.version_converter.convert_version(onnx.load(path), 20), path)"
        raise value_error(rule, f"version {version}", f"{path}", remedy)
    return proto


def damaged(path: str | Path, received: str) -> ValueError:
    """Return the error of a file that is no ONNX file, or a damaged one."""
    rule = "from_onnx reads an ONNX file as to_onnx, PyTorch or skl2onnx write it."
    return value_error(rule, f"a file of another kind, or a damaged one: {received}", f"{path}")
