"""Callbacks: what happens beside the training: it is shown, recorded, stopped, or changed."""

from .bar import ProgressBar
from .base import Callback
from .checkpoint import ModelCheckpoint
from .live import LivePlot
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
