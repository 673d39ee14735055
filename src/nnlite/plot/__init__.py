"""Every picture nnlite draws: each function takes `ax=` and returns the Axes it drew on.

Each stands in the file of its name, `weights`, `filters` and `feature_maps` in `features`; `live`
draws during training. Of the other files, `style` says how all pictures look, `grids` puts images
side by side, `inside` looks into a model, `decisions` asks a classifier, `landscape` measures a
loss, and `graph_layout` places the values of a computation graph.
"""

from .decision_boundary import decision_boundary
from .explain import explain
from .features import feature_maps, filters, weights
from .gradient_path import gradient_path
from .graph import graph
from .history import history
from .images import images
from .loss_surface import loss_surface
from .network import network
from .predictions import predictions

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
