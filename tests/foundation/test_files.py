"""Paths that no system takes, and the files that are written whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlite import Sequential, load_model
from nnlite.callbacks import CSVLogger, ModelCheckpoint
from nnlite.datasets import house_prices
from nnlite.foundation.files import as_path, written_whole
from nnlite.layers import Dense

MODEL = Sequential([Dense(1, input_shape=(2,))])
LONG = 10_000 * "a"


@pytest.mark.parametrize("path", [LONG, Path(LONG), "a\0b.npz"], ids=["long", "path", "zero"])
@pytest.mark.parametrize(
    "use",
    [load_model, MODEL.save, MODEL.save_weights, MODEL.load_weights, CSVLogger, ModelCheckpoint],
    ids=lambda use: use.__name__,
)
def test_a_path_that_no_system_takes_is_told_in_short(use: Any, path: Any) -> None:
    with pytest.raises(OSError, match="The path must name a file") as caught:
        use(path)
    assert len(str(caught.value)) < 400


def test_a_long_path_of_a_table_is_told_in_short() -> None:
    with pytest.raises(FileNotFoundError, match="an existing CSV file") as caught:
        house_prices.load_data(LONG)
    assert len(str(caught.value)) < 600


def test_a_file_may_have_the_longest_name_there_is(tmp_path: Path) -> None:
    path = as_path(tmp_path / (251 * "a" + ".npz"))
    with written_whole(path) as file:
        file.write(b"1")
    assert path.read_bytes() == b"1"
