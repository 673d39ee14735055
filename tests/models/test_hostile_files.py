"""Files that a stranger or a bad disk wrote: one ValueError that names the file, little memory.

They are read in a process of their own that may take little more memory than NumPy alone.
"""

from __future__ import annotations

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from every_layer import CASES
from nnlite import Sequential
from nnlite.layers import Dense, Dropout
from nnlite.optimizers import Adam
from nnlite.optimizers.schedules import ExponentialDecay

pytest.importorskip("resource")

MEGABYTE = 2**20
BOMB = 320 * MEGABYTE

READER = """
import json, resource, sys
import nnlite
from nnlite.layers import Dense
nnlite.Sequential([Dense(1, input_shape=(1,))]).compile(loss="mse", metrics=["auc"])
if sys.platform == "linux":
    mapped = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + 300 * 2**20,) * 2)
model = nnlite.Sequential([Dense(3, input_shape=(2,)), Dense(1)])
found = []
for path, way in json.load(sys.stdin):
    try:
        nnlite.load_model(path) if way == "load_model" else model.load_weights(path)
    except BaseException as error:
        found.append([type(error).__name__, str(error)])
    else:
        found.append(["", ""])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":
    # ru_maxrss begins with that of the process that started this one.
    lines = open("/proc/self/status").read().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
print(json.dumps([found, peak]))
"""


class Answer(NamedTuple):
    """How reading a file ended: the class and the text of the error, both empty without one."""

    kind: str
    text: str


def read(paths: Sequence[Path], *ways: str) -> list[Answer]:
    """Read files under a limit, in each of these ways, and look whether it was far away."""
    wanted = [[str(path), way] for way in ways or ["load_model"] for path in paths]
    told = subprocess.run(
        [sys.executable, "-c", READER],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert told.returncode == 0, told.stderr[-2000:]
    answers, peak = json.loads(told.stdout)
    assert peak < 400 * MEGABYTE
    return [Answer(*answer) for answer in answers]


def assert_refused(answer: Answer, path: Path) -> None:
    assert answer.kind == "ValueError", (path, answer)
    assert str(path) in answer.text
    assert "Received: " in answer.text
    for word in ("MemoryError", "allocate", "recursion", "Traceback"):
        assert word not in answer.text, answer.text


def small() -> Sequential:
    model = Sequential([Dense(3, input_shape=(2,)), Dropout(0.5, seed=1), Dense(1)], seed=0)
    model.compile(Adam(ExponentialDecay(0.1, 5, 0.5)), "mse", metrics=["mae"])
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, verbose=0)
    return model


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def config_of(members: dict[str, bytes]) -> Any:
    return json.loads(str(np.load(io.BytesIO(members["config.npy"]))))


def as_member(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def write(path: Path, members: dict[str, bytes], **options: Any) -> None:
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def squeezed(begin: bytes, size: int) -> tuple[bytes, int, int]:
    """Return what deflates to `begin` and zeros of `size` together, its length and checksum."""
    zeros, checksum = bytes(MEGABYTE), zlib.crc32(begin)
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
    parts = [squeeze.compress(begin)]
    for _ in range(size // MEGABYTE):
        parts.append(squeeze.compress(zeros))
        checksum = zlib.crc32(zeros, checksum)
    return b"".join([*parts, squeeze.flush()]), len(begin) + size, checksum


def with_raw(path: Path, name: str, bomb: tuple[bytes, int, int], told: int | None = None) -> None:
    """Put a member into a zip that is compressed already; `told` is how long it says to be."""
    data, size, checksum = bomb
    placeholder = b"\0" * len(data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, placeholder, zipfile.ZIP_STORED)
    content = path.read_bytes()
    at = content.rindex(placeholder)
    content = content[:at] + data + content[at + len(data) :]
    for signature, place in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        begin = _headers(content, signature, name)
        method = struct.pack("<H", zipfile.ZIP_DEFLATED)
        numbers = struct.pack("<L", checksum)
        whole = struct.pack("<L", size if told is None else told)
        content = _put(content, begin + place, method)
        content = _put(content, begin + place + 6, numbers)
        content = _put(content, begin + place + 14, whole)
    path.write_bytes(content)


def _headers(content: bytes, signature: bytes, name: str) -> int:
    length = 30 if signature == b"PK\3\4" else 46
    at = content.find(signature)
    while content[at + length : at + length + len(name)] != name.encode():
        at = content.index(signature, at + 1)
    return at


def _put(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A whole file, and its members."""
    path = tmp_path_factory.mktemp("whole") / "model.npz"
    small().save(path)
    return path, members_of(path)


def header_of(text: str) -> bytes:
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode()


def array_with(text: str) -> bytes:
    return header_of(text) + bytes(24)


LONG = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n"
HEADERS = {
    "a bracket that is never closed": "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3",
    "an indentation": "  {'descr': \n '<f4'\n   }\n",
    "brackets 4,000 deep": "(" * 4000 + ")" * 4000,
    "minus signs 9,000 deep": "-" * 9000 + "1",
    "a shape of 10¹² numbers": LONG % "1000000000000,",
    "a shape beyond all integers": LONG % ("9" * 18 + ", ") * 4,
    "a shape below 0": LONG % "-2, 3",
    "objects": (LONG % "2, 3").replace("<f4", "|O"),
    "no such type": (LONG % "2, 3").replace("<f4", "<f3"),
    "text without end": (LONG % "2, 3").replace("<f4", "<U999999999"),
    "zero bytes": "\0" * 100,
    "nothing": "",
    "a call": "__import__('os').abort()",
}


def test_a_damaged_header_of_an_array_is_refused(files: Any, tmp_path: Path) -> None:
    paths = []
    for number, text in enumerate(HEADERS.values()):
        paths.append(tmp_path / f"{number}.npz")
        write(paths[-1], files[1] | {"dense/W.npy": array_with(text)})
    long = b"\x93NUMPY\2\0" + struct.pack("<L", 2**32 - 1) + bytes(1000)
    paths.append(tmp_path / "header_of_4_gigabytes.npz")
    write(paths[-1], files[1] | {"dense/W.npy": long})
    for path, answer in zip(paths * 2, read(paths, "load_model", "load_weights"), strict=True):
        assert_refused(answer, path)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def changed(change: Callable[[Any], Any]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def make(members: dict[str, bytes]) -> dict[str, bytes]:
        config = config_of(members)
        change(config)
        return members | {"config.npy": as_member(json.dumps(config))}

    return make


def text_in(text: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: members | {"config.npy": as_member(text)}


def first(config: Any) -> Any:
    return config["model"]["layers"][0]["config"]


def nest_in_layer(config: Any) -> None:
    first(config)["kernel_initializer"] = json.loads(nested(600))


WRONG: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "units=50000000": changed(lambda c: first(c).update(units=50_000_000)),
    "units=10**30": changed(lambda c: first(c).update(units=10**30)),
    "a wide input": changed(lambda c: c["model"].update(input_shape=[50_000_000])),
    "JSON 100,000 deep": text_in(nested(100_000)),
    "JSON 900 deep": changed(nest_in_layer),
    "dictionaries 100,000 deep": text_in('{"a":' * 100_000 + "1" + "}" * 100_000),
    "JSON without end": text_in('{"model": {"layers": ['),
    "a number of 5,000 digits": text_in("9" * 5000),
    "a key that no dictionary takes": text_in('{"class_name": "dict", "config": [[{}, 1]]}'),
    "no text": lambda members: members | {"config.npy": as_member(np.arange(3))},
    "no such code points": lambda members: (
        members | {"config.npy": as_member("x" * 9)[:-36] + b"\xff" * 36}
    ),
    "a later format": changed(lambda c: c.update(format=99)),
    "a format that is none": changed(lambda c: c.update(format=[])),
    "a weight twice": changed(lambda c: c["model"]["layers"].append(c["model"]["layers"][0])),
    "AUC of 50,000,000 thresholds": changed(
        lambda c: c["compiled"].update(
            metrics=[{"class_name": "AUC", "config": {"num_thresholds": 50_000_000}}]
        )
    ),
    "steps below 0": changed(lambda c: c["optimizer_state"].update(iterations=-1)),
    "steps in words": changed(lambda c: c["optimizer_state"].update(iterations="many")),
    "a state that is missing": changed(
        lambda c: c["optimizer_state"].update(arrays=[["m", 0.0, "state9"]])
    ),
    "a state of another shape": lambda m: m | {"state0.npy": as_member(np.zeros(3, "f4"))},
    "weights as a state": changed(
        lambda c: c["optimizer_state"].update(arrays=[["m", 0.0, "dense/W"]])
    ),
    "no state": changed(lambda c: c.update(optimizer_state={})),
    "a state that is none": changed(lambda c: c.update(optimizer_state=5)),
    "a rate below 0": changed(lambda c: c["optimizer_state"].update(learning_rate=-1)),
    "a rate of infinity": changed(lambda c: c["optimizer_state"].update(learning_rate=1e999)),
    "a rest of no weight": changed(lambda c: c["optimizer_state"].update(resting=[[99, 1, []]])),
    "no random state": changed(lambda c: c["random"].update(states=[])),
    "another generator": changed(
        lambda c: c["random"]["states"][0].update(bit_generator="__init__")
    ),
    "a generator without numbers": changed(lambda c: c["random"]["states"][0].update(state={})),
    "a random state that is none": changed(lambda c: c.update(random=[1])),
}


def test_a_description_that_cannot_be_is_refused(files: Any, tmp_path: Path) -> None:
    paths = []
    for number, make in enumerate(WRONG.values()):
        paths.append(tmp_path / f"{number}.npz")
        write(paths[-1], make(files[1]))
    for path, answer in zip(paths, read(paths), strict=True):
        assert_refused(answer, path)


@pytest.fixture(scope="module")
def bomb() -> tuple[bytes, int, int]:
    """Zeros as a row of numbers, deflated: more than the reader may take, in a few megabytes."""
    text = LONG % f"1, {BOMB // 4}"
    return squeezed(header_of(text), BOMB)


def with_units(config: Any) -> None:
    first(config).update(units=BOMB // 4)
    config["model"]["input_shape"] = [1]
    config["compiled"] = config["optimizer_state"] = None
    del config["model"]["layers"][1:]
    del config["model"]["chosen_names"][1:]


def test_what_unpacks_to_much_more_than_it_is_is_not_unpacked(
    files: Any, bomb: Any, tmp_path: Path
) -> None:
    members = files[1]
    paths = {name: tmp_path / f"{name}.npz" for name in ("extra", "layer", "weight", "text", "lie")}
    write(paths["extra"], members)
    with_raw(paths["extra"], "extra.npy", bomb)
    write(paths["layer"], members)
    with_raw(paths["layer"], "dense_9/W.npy", bomb)
    alone = {"config.npy": changed(with_units)(members)["config.npy"]}
    write(paths["weight"], alone)
    with_raw(paths["weight"], "dense/W.npy", bomb)
    write(paths["text"], {name: members[name] for name in members if name != "config.npy"})
    with_raw(paths["text"], "config.npy", bomb)
    rest = {name: members[name] for name in members if name != "dense/W.npy"}
    write(paths["lie"], rest)
    with_raw(paths["lie"], "dense/W.npy", bomb, told=len(members["dense/W.npy"]))
    every = [*paths.values()]
    for path, answer in zip(every * 2, read(every, "load_model", "load_weights"), strict=True):
        assert_refused(answer, path)


def marked(content: bytes, place: int, mark: int) -> bytes:
    """Set bits in the flags, or in the method, of all headers of a zip."""
    for signature, shift in ((b"PK\3\4", 0), (b"PK\1\2", 2)):
        at = content.find(signature)
        while at >= 0:
            here = at + place + shift
            content = _put(content, here, struct.pack("<H", mark))
            at = content.find(signature, at + 4)
    return content


def test_encrypted_files_and_unknown_compressions_are_refused(files: Any, tmp_path: Path) -> None:
    content, paths = files[0].read_bytes(), []
    for place, mark in ((6, 1), (6, 0x40), (8, 99), (8, 9), (4, 99)):
        paths.append(tmp_path / f"{place}-{mark}.npz")
        paths[-1].write_bytes(marked(content, place, mark))
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        paths.append(tmp_path / f"method{method}.npz")
        write(paths[-1], files[1], compression=method)
    for path, answer in zip(paths * 2, read(paths, "load_model", "load_weights"), strict=True):
        if path.stem != "4-99":
            assert_refused(answer, path)
        assert answer.kind in ("", "ValueError")


def test_a_file_that_was_deflated_by_hand_opens(files: Any, tmp_path: Path) -> None:
    write(tmp_path / "model.npz", files[1], compression=zipfile.ZIP_DEFLATED)
    assert read([tmp_path / "model.npz"]) == [Answer("", "")]


def damaged(content: bytes, seed: int) -> bytes:
    """Return a file in which something is wrong: bytes, a piece, the end, two pieces exchanged."""
    rng, data = random.Random(seed), bytearray(content)
    kind, at = rng.randrange(6), rng.randrange(len(data))
    if kind == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        for _ in range(rng.randint(1, 50)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 2:
        del data[at:]
    elif kind == 3:
        del data[at : at + rng.randint(1, 500)]
    elif kind == 4:
        data[at:at] = rng.randbytes(rng.randint(1, 500))
    else:
        # In the directory at the end, where a few bytes mean much.
        for _ in range(rng.randint(1, 4)):
            data[-rng.randint(1, 600)] = rng.choice([0, 1, 255, rng.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize(
    "seeds",
    [range(200), pytest.param(range(200, 2000), marks=pytest.mark.slow)],
    ids=["few", "all"],
)
def test_a_damaged_file_opens_or_is_refused(files: Any, tmp_path: Path, seeds: range) -> None:
    content, paths = files[0].read_bytes(), []
    for seed in seeds:
        paths.append(tmp_path / f"{seed}.npz")
        paths[-1].write_bytes(damaged(content, seed))
    refused = 0
    answers = read(paths, "load_model", "load_weights")
    for path, answer in zip(paths * 2, answers, strict=True):
        if answer.kind:
            assert_refused(answer, path)
            refused += 1
    assert refused > len(paths)


ODD: list[Any] = [50_000_000, 10**30, -1, 0, 1e308, "x", [], None, [10**9] * 9, {"a": 1}, True]


def odd_descriptions(cases: list[str], folder: Path) -> list[tuple[dict[str, bytes], Any]]:
    """Return files of single layers with one of their arguments replaced by something odd."""
    found = []
    for case in map(CASES.get, cases):
        assert case
        case.model().save(folder / "layer.npz")
        members = members_of(folder / "layer.npz")
        config = config_of(members)
        for place, layer in enumerate(config["model"]["layers"]):
            for name in layer["config"]:
                for odd in ODD:
                    new = deepcopy(config)
                    new["model"]["layers"][place]["config"][name] = odd
                    found.append((members, new))
    return found


@pytest.mark.parametrize(
    "count", [2, pytest.param(len(CASES), marks=pytest.mark.slow)], ids=["few", "all"]
)
def test_an_odd_argument_of_a_layer_is_refused_or_harmless(count: int, tmp_path: Path) -> None:
    cases, paths = random.Random(1).sample(sorted(CASES), count), []
    for members, config in odd_descriptions(cases, tmp_path):
        paths.append(tmp_path / f"{len(paths)}.npz")
        write(paths[-1], members | {"config.npy": as_member(json.dumps(config))})
    answers = read(paths)
    for path, answer in zip(paths, answers, strict=True):
        if answer.kind:
            assert_refused(answer, path)
    assert sum(bool(answer.kind) for answer in answers) > len(answers) // 2
