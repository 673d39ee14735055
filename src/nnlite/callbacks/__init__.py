"""Callbacks: what happens beside the training: it is shown, recorded, stopped, or changed."""

from __future__ import annotations

from typing import Any

from .bar import ProgressBar
from .base import Callback
from .checkpoint import ModelCheckpoint
from .rates import LearningRateScheduler, ReduceLROnPlateau
from .recording import CSVLogger, History
from .stopping import EarlyStopping, TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LearningRateScheduler",
    "LivePlot",
    "ModelCheckpoint",
    "ProgressBar",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]


def __getattr__(name: str) -> Any:
    """Load LivePlot when it is first used: it stands among the pictures."""
    if name == "LivePlot":
        from ..plot.live import LivePlot

        return LivePlot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
