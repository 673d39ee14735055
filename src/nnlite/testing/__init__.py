"""Gradients that prove themselves: backprop's are compared with differences of forpass.

`gradcheck` looks at a whole model and its loss, `check_layer` at one layer and all its duties.
`compare` tells the first layer where two models part.
"""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.testing.comparing import Meeting, compare
from nnlite.testing.layers import check_layer
from nnlite.testing.models import gradcheck
from nnlite.testing.report import GradientReport, GradientRow, LayerReport

__all__ = ["GradientReport", "GradientRow", "LayerReport", "Meeting"]
__all__ += ["check_layer", "compare", "gradcheck"]

explains_unknown_names(__name__)
