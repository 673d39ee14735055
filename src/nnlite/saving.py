"""Model files under the name that users know: the code stands in `models/saving.py`."""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.models.saving import load_model, load_weights, save_model, save_weights

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

explains_unknown_names(__name__)
