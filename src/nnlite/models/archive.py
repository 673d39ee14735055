"""The file itself: a zip of arrays as `np.savez` writes it, read as one that a stranger wrote.

Nothing is unpickled, nothing evaluated. A member is read when it is asked for, and only if its
header is of the one form that NumPy writes and says exactly as much as there is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.files import as_path, check_exists, check_folder, written_whole
from nnlite.foundation.types import Array, Shape

_HEADER = re.compile(
    rb"\{'descr': '([<>|=][fiubU]\d{1,12})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,18}(?:, \d{1,18})*,?)?)\), \} *\n"
)
_HDF5 = b"\x89HDF\r\n\x1a\n"
ROOM = 16 * 2**20
"""What a file may unpack to beyond ten times its own size: `save` does not compress."""


class Member(NamedTuple):
    """What the header of an array says."""

    dtype: np.dtype[Any]
    order: Any
    shape: Shape
    begin: int


def write(filepath: str | Path, arrays: dict[str, Array]) -> None:
    """Write arrays by their names: a failure in the middle leaves what was there before."""
    path = as_path(filepath)
    check_folder(path)
    with written_whole(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


class Archive:
    """The arrays of a file by their names, while it is open."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self.path, self.archive = path, archive
        self.names = [name.removesuffix(".npy") for name in archive.namelist()]

    def member(self, name: str) -> Member:
        """Return what the header of an array says, or raise if that cannot be true."""
        with self.damaged():
            info = self.archive.getinfo(f"{name}.npy")
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise ValueError(f"'{name}' is compressed in another way than zip files mostly are")
            with self.archive.open(info) as file:
                magic = file.read(8)
                length = 2 if magic[6:7] == b"\x01" else 4
                text = file.read(min(int.from_bytes(file.read(length), "little"), 10_000))
            found = _HEADER.fullmatch(text)
            if magic[:6] != b"\x93NUMPY" or not found:
                raise ValueError(f"no array of numbers in '{name}'")
            dtype = np.dtype(found[1].decode())
            shape = tuple(int(size) for size in found[3].split(b",") if size.strip())
            begin = 8 + length + len(text)
            if begin + math.prod(shape) * dtype.itemsize != info.file_size:
                raise ValueError(f"'{name}' is longer or shorter than its header says")
            return Member(dtype, "F" if found[2] == b"True" else "C", shape, begin)

    def read(self, name: str) -> Array:
        """Return an array; nobody may write into it."""
        dtype, order, shape, begin = self.member(name)
        with self.damaged():
            info = self.archive.getinfo(f"{name}.npy")
            with self.archive.open(info) as file:
                # Of so many bytes and no more: the size that a zip states may be wrong, too.
                content = file.read(info.file_size)
            return np.frombuffer(content, dtype, offset=begin).reshape(shape, order=order)

    def text(self, name: str) -> str:
        """Return the text in an array of a single string."""
        array = self.read(name)
        with self.damaged():
            if array.shape or array.dtype.kind != "U":
                raise ValueError(f"no text in '{name}'")
            return str(array[()])

    def damaged(self) -> Any:
        """Explain whatever goes wrong as a matter of the file."""
        return explained(self.path, "a file of another kind, or a damaged one")


@contextmanager
def opened(filepath: str | Path) -> Iterator[Archive]:
    """Open a file that `write` wrote."""
    path = as_path(filepath)
    check_exists(path)
    with path.open("rb") as file:
        if file.read(len(_HDF5)) == _HDF5:
            raise of_keras(path)
        size = file.seek(0, 2)
        with explained(path, "a file of another kind, or a damaged one"):
            archive = ZipFile(file)
            whole = sum(info.file_size for info in archive.infolist())
            if whole > ROOM + 10 * size:
                raise ValueError(f"{size:,} bytes unpack to {whole:,}")
        if {"metadata.json", "config.json"} <= {*archive.namelist()}:
            raise of_keras(path)
        if any(name.endswith("/data.pkl") for name in archive.namelist()):
            raise of_pytorch(path)
        with archive:
            yield Archive(path, archive)


@contextmanager
def explained(path: str | Path, received: str) -> Iterator[None]:
    """Let whatever goes wrong in reading what a stranger wrote be one error: it names the file."""
    try:
        yield
    except Exception as error:
        # Not only the errors of zip files: what a stranger wrote may fail everywhere.
        reason = "; ".join(str(error).splitlines()) or type(error).__name__
        if isinstance(error, KeyError):
            reason = f"without {reason}"
        elif isinstance(error, RecursionError | MemoryError):
            reason = f"too {'deep' if isinstance(error, RecursionError) else 'large'} to be read"
        raise not_a_model_file(path, f"{received}: {reason}") from None


def not_a_model_file(path: str | Path, received: str) -> ValueError:
    """Return the error of a file that is no model, or none any more."""
    rule = "A model file is one that save or save_weights wrote."
    remedy = "Save the model again with model.save(path)."
    if Path(path).suffix == ".onnx":
        remedy = "nnlite.saving.from_onnx(path) reads ONNX files."
    return value_error(rule, received, f"{path}", remedy)


def of_keras(path: Path) -> ValueError:
    """Return the error of a file that Keras wrote."""
    remedy = "Make a model with the same layers, and give it what Keras reads: "
    remedy += f"model.set_weights(keras.models.load_model({path.name!r}).get_weights())."
    rule = "A model file is one that nnlite wrote."
    return value_error(rule, "a file of Keras", f"{path}", remedy)


def of_pytorch(path: Path) -> ValueError:
    """Return the error of a file that PyTorch wrote."""
    remedy = "Let torch.onnx.export write the network: nnlite.saving.from_onnx(path) reads that."
    rule = "A model file is one that nnlite wrote."
    return value_error(rule, "a file of PyTorch", f"{path}", remedy)
