"""Models: `Sequential`, the chain that most networks are, and `Model`, a graph of layers."""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.models.model import Model
from nnlite.models.saving import load_model
from nnlite.models.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model"]

explains_unknown_names(__name__)
