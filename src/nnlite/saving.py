"""Files of models under the name that users know.

The code stands in `models/saving.py`, that for ONNX files in `exchange/onnx`.
"""

from nnlite.exchange.onnx.reading import from_onnx
from nnlite.exchange.onnx.writing import to_onnx
from nnlite.foundation.unknown import explains_unknown_names
from nnlite.models.saving import load_model, load_weights, save_model, save_weights

__all__ = ["from_onnx", "load_model", "load_weights", "save_model", "save_weights", "to_onnx"]

explains_unknown_names(__name__)
