"""Gradients that prove themselves: backprop's are compared with differences of forpass.

`gradcheck` looks at a whole model and its loss, `check_layer` at one layer and all its duties.
"""

from .layers import check_layer
from .models import gradcheck
from .report import GradientReport, GradientRow, LayerReport

__all__ = ["GradientReport", "GradientRow", "LayerReport", "check_layer", "gradcheck"]
