"""Two gigabytes in a file are trained on with little memory: second tier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

MEGABYTE = 2**20

# Of the memory of a process, what lies in files can be given back at any time: RssAnon is the rest.
TRAINING = """
import json, sys, threading, time
import numpy as np
from nnlite import Sequential
from nnlite.layers import Dense

path, dtype, order, rows, width, options = json.loads(sys.argv[1])
x = np.memmap(path, dtype, "r", shape=(rows, width), order=order)
y = np.memmap(path, dtype, "r", shape=(rows, 1)) if options.pop("y") else np.zeros(rows, "f4")

def anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024

def watch():
    global peak
    while True:
        peak = max(peak, anonymous())
        time.sleep(0.002)

model = Sequential([Dense(1, input_shape=(width,))], seed=0)
model.compile("sgd", "mse", metrics=["mae"])
model.fit(np.zeros((64, width)), np.zeros(64), verbose=0)
peak = before = anonymous()
threading.Thread(target=watch, daemon=True).start()
if options.pop("watched"):
    options["validation_data"] = x[: rows // 20], y[: rows // 20]
model.fit(x, y, verbose=0, **options)
print(json.dumps([peak - before, model.optimizer.iterations]))
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two gigabytes of zeros, that take no room on the disk."""
    path = tmp_path_factory.mktemp("large") / "numbers"
    with path.open("wb") as numbers:
        numbers.truncate(2048 * MEGABYTE)
    return path


def peak_of(file: Path, dtype: str, order: str, width: int, **options: Any) -> tuple[int, int, int]:
    """Return the memory that `fit` takes above what was there, its steps, and a batch's bytes."""
    item = {"uint8": 1, "float32": 4, "float64": 8}[dtype]
    rows = 2048 * MEGABYTE // (item * width)
    chosen = {"batch_size": rows // 256, "y": False, "watched": False, **options}
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            TRAINING,
            json.dumps([str(file), dtype, order, rows, width, chosen]),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert told.returncode == 0, told.stderr[-3000:]
    peak, steps = json.loads(told.stdout)
    return peak, steps, chosen["batch_size"] * width * max(item, 4)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the figures of Linux")
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_a_file_of_two_gigabytes_is_trained_on_with_little_memory(
    dtype: str, order: str, file: Path
) -> None:
    # Single numbers out of columns, in any order, are slow to read, not large.
    peak, steps, batch = peak_of(file, dtype, order, 1024, shuffle=order == "C")
    assert peak < batch + 200 * MEGABYTE
    assert steps >= 256


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the figures of Linux")
def test_truths_in_a_file_and_a_part_to_watch_take_little_memory_too(file: Path) -> None:
    peak, _, batch = peak_of(file, "float32", "C", 1024, y=True, watched=True, shuffle=False)
    assert peak < batch + 200 * MEGABYTE
    peak, _, batch = peak_of(file, "uint8", "C", 100, validation_split=0.1)
    assert peak < batch + 200 * MEGABYTE
