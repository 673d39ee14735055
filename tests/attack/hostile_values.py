"""What nobody should give, kind by kind, and what may become of it."""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


class Mute:
    """An object that cannot write itself."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


class NoArray:
    """An object that says it is an array, and fails to become one."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("no numbers")


class Incomparable:
    """An object that refuses to be compared, hashed, counted or asked whether it is true."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __bool__(self) -> bool:
        raise RuntimeError("neither true nor false")

    def __len__(self) -> int:
        raise RuntimeError("no length")


class OwnError(Exception):
    """What a class of the user's raises when it is called as the function that it is not."""


class NoFunction:
    """A class that is no function of whatever it may be called with."""

    def __init__(self, *args: Any, **options: Any) -> None:
        raise OwnError


KINDS: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "array": lambda: np.array([[1.0, 2.0], [3.0, 4.0]]),
    "frame": lambda: pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}),
    "series": lambda: pd.Series([1.0, 2.0], name="a"),
    "module": lambda: math,
    "mute object": Mute,
    "failing array": NoArray,
    "incomparable object": Incomparable,
    "huge text": lambda: "x" * 100_000,
    "empty text": lambda: "",
    "text": lambda: "zzyzx",
    "bytes": lambda: b"zzyzx",
    "empty list": list,
    "empty dictionary": dict,
    "empty array": lambda: np.zeros((0, 2)),
    "array of text": lambda: np.array(["a", "b"]),
    "array of objects": lambda: np.array([None, "a", object()], dtype=object),
    "complex array": lambda: np.array([[1j, 2.0]]),
    "array of whole numbers": lambda: np.arange(4),
    "array of flags": lambda: np.array([True, False]),
    "array without axes": lambda: np.array(2.5),
    "not a number": lambda: math.nan,
    "infinity": lambda: math.inf,
    "negative": lambda: -1,
    "fraction": lambda: 0.5,
    "complex": lambda: 1j,
    "flag": lambda: True,
    "ragged list": lambda: [[1, 2], [3]],
    "list of None": lambda: [None, None],
    "tuple of tuples": lambda: ((1, 2), (3, 4)),
    "dictionary": lambda: {"a": 1},
    "dictionary with strange keys": lambda: {None: 1, 2: [3]},
    "set": lambda: {1, 2},
    "generator": lambda: (i for i in range(3)),
    "class": lambda: NoFunction,
    "function": lambda: lambda *args, **options: None,
    "slice": lambda: slice(1, 2),
    "dtype": lambda: np.dtype("int8"),
}


OURS, THEIRS = f"{os.sep}nnlite{os.sep}", f"{os.sep}sklearn{os.sep}"


def is_explained(error: BaseException) -> bool:
    """Return whether an error is ours, or somebody else's who is right to raise it.

    - The user's own function may raise what it likes; so may what is called in its place.
    - `lessons.refuse` ends the program: that is what it is for.
    - scikit-learn checks the data of estimators in its own words: its conventions ask for these.
    """
    if isinstance(error, OwnError | SystemExit):
        return True
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    theirs = [THEIRS in file for file in files if THEIRS in file or OURS in file]
    return (bool(theirs) and theirs[-1]) or "Received: " in str(error)
