"""Every picture nnlite draws: each function takes `ax=` and returns the Axes it drew on.

Each stands in the file of its name, `weights`, `filters` and `feature_maps` in `features`; `live`
draws during training. Of the other files, `style` says how all pictures look, `grids` puts images
side by side, `cells` lays an array out, `graph_layout` the values of a graph and the `blocks` of an
architecture, and `of_model` finds weights and maps. `columns` are the layers of a network, drawn on
a `network_page` as `neurons`, `planes` or curves, with `wires` between them; `letters` finds those
that a font lacks.

What moves is an `Animation`, whose `film` becomes a GIF or the page of a `player`: `animate` has
the `motions` of a training, `backward` the gradients of a graph, `sliding` a window.
"""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.plot.animate import animate
from nnlite.plot.animation import Animation
from nnlite.plot.architecture import architecture
from nnlite.plot.array import array
from nnlite.plot.confusion import confusion
from nnlite.plot.convolution import convolution
from nnlite.plot.decision_boundary import decision_boundary
from nnlite.plot.depth import depth
from nnlite.plot.diagnosis import diagnosis
from nnlite.plot.explain import explain
from nnlite.plot.features import feature_maps, filters, weights
from nnlite.plot.gradient_path import gradient_path
from nnlite.plot.graph import graph
from nnlite.plot.history import history
from nnlite.plot.images import images
from nnlite.plot.loss_surface import loss_surface
from nnlite.plot.network import network
from nnlite.plot.predictions import predictions
from nnlite.plot.shapes import shapes

__all__ = [
    "Animation",
    "animate",
    "architecture",
    "array",
    "confusion",
    "convolution",
    "decision_boundary",
    "depth",
    "diagnosis",
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
    "shapes",
    "weights",
]

explains_unknown_names(__name__)
