"""Keras' backend is no part of nnlite, which computes with NumPy: each name says what to write."""

from typing import Any

import numpy as np

from nnlite.foundation.unknown import unknown_name

_CHANNELS = "Channels come last, always: leave out the line."
_INSTEAD = {
    "clear_session": "Leave out the line: there is no session, memory goes with its model.",
    "image_data_format": _CHANNELS,
    "set_image_data_format": _CHANNELS,
    "floatx": 'float32; a model may be made with dtype="float64".',
    "set_floatx": 'Make the models with dtype="float64".',
    "epsilon": "Write the number: 1e-7.",
}


def __getattr__(name: str) -> Any:
    remedy = f"nnlite computes with NumPy: np.{name}." if hasattr(np, name) else None
    others = "nnlite computes with NumPy, and has no backend: write it with arrays."
    raise unknown_name(__name__, name, _INSTEAD.get(name) or remedy or others)
