"""Models: `Sequential`, the chain that most networks are, and `Model`, a graph of layers."""

from nnlite.models.model import Model
from nnlite.models.sequential import Sequential, load_model

__all__ = ["Model", "Sequential", "load_model"]
