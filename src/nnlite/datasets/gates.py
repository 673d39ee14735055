"""The logical gates: the truth tables that a single neuron can learn, and the two that it cannot.

A gate has two inputs and one output, each 0 or 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.errors import look_up, shown, type_error

INPUTS = ((0, 0), (0, 1), (1, 0), (1, 1))

OUTPUTS = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


@explains_its_arguments
def load_data(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the truth table of a gate.

    Parameters
    ----------
    name : str
        ``"and"``, ``"or"``, ``"nand"``, ``"nor"``, ``"xor"`` or ``"xnor"``, in any case.

    Returns
    -------
    x : array of shape (4, 2)
        The four pairs of inputs: 00, 01, 10, 11.
    y : array of shape (4, 1)
        The output for each pair.

    Examples
    --------
    >>> from nnlite.datasets import gates
    >>> x, y = gates.load_data("AND")
    >>> x
    array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    >>> y
    array([[0.], [0.], [0.], [1.]])
    """
    if not isinstance(name, str):
        rule, remedy = "The name of a gate must be a string.", 'Write gates.load_data("and").'
        raise type_error(rule, shown(name), "gates.load_data(name)", remedy)
    outputs = look_up("gate", name, OUTPUTS)
    return np.array(INPUTS, dtype=np.float64), np.array(outputs, dtype=np.float64).reshape(4, 1)
