"""Every picture nnlite draws: each function takes `ax=` and returns the Axes it drew on."""

from nnlite.plot.boundary import decision_boundary
from nnlite.plot.curves import history
from nnlite.plot.explain import explain
from nnlite.plot.features import feature_maps, filters, weights
from nnlite.plot.graph import graph
from nnlite.plot.neurons import network
from nnlite.plot.paths import gradient_path
from nnlite.plot.pictures import images
from nnlite.plot.regression import predictions
from nnlite.plot.surface import loss_surface

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
