"""Every picture nnlite draws: each function takes `ax=` and returns the Axes it drew on."""

from nnlite.plot.graph import graph

__all__ = ["graph"]
