"""Gradients that prove themselves: backprop's are compared with differences of forpass.

`gradcheck` looks at a whole model and its loss, `check_layer` at one layer and all its duties.
"""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.testing.layers import check_layer
from nnlite.testing.models import gradcheck
from nnlite.testing.report import GradientReport, GradientRow, LayerReport

__all__ = ["GradientReport", "GradientRow", "LayerReport", "check_layer", "gradcheck"]

explains_unknown_names(__name__)
