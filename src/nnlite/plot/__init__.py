"""Every picture nnlite draws: each function takes `ax=` and returns the Axes it drew on."""

from .boundary import decision_boundary
from .curves import history
from .explain import explain
from .features import feature_maps, filters, weights
from .graph import graph
from .neurons import network
from .paths import gradient_path
from .pictures import images
from .regression import predictions
from .surface import loss_surface

__all__ = [
    "decision_boundary",
    "explain",
    "feature_maps",
    "filters",
    "gradient_path",
    "graph",
    "history",
    "images",
    "loss_surface",
    "network",
    "predictions",
    "weights",
]
