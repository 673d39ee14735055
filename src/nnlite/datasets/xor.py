"""The exclusive or: 1 where exactly one of two inputs is 1.

No single line separates its ones from its zeros, so it needs a hidden layer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlite.datasets import gates
from nnlite.foundation.arguments import explains_its_arguments


@explains_its_arguments
def load_data() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the truth table of XOR: the inputs (4, 2) and the outputs (4, 1).

    Examples
    --------
    >>> from nnlite.datasets import xor
    >>> x, y = xor.load_data()
    >>> x
    array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    >>> y
    array([[0.], [1.], [1.], [0.]])
    """
    return gates.load_data("xor")
