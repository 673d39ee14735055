"""Callbacks: what happens beside the training: it is shown, recorded, stopped, or changed."""

from __future__ import annotations

from typing import Any

from nnlite.callbacks.bar import ProgressBar
from nnlite.callbacks.base import Callback
from nnlite.callbacks.checkpoint import ModelCheckpoint
from nnlite.callbacks.functions import LambdaCallback
from nnlite.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from nnlite.callbacks.recording import CSVLogger, History
from nnlite.callbacks.stopping import EarlyStopping, TerminateOnNaN
from nnlite.callbacks.weight_recorder import WeightRecorder
from nnlite.foundation.unknown import unknown_name

__all__ = ["CSVLogger", "Callback", "History", "LambdaCallback", "LivePlot"]
__all__ += ["ModelCheckpoint", "ProgressBar", "WeightRecorder"]
__all__ += ["EarlyStopping", "LearningRateScheduler", "ReduceLROnPlateau", "TerminateOnNaN"]


def __getattr__(name: str) -> Any:
    """Load LivePlot when it is first used: it stands among the pictures."""
    if name == "LivePlot":
        from nnlite.plot.live import LivePlot

        return LivePlot
    raise unknown_name(__name__, name)
