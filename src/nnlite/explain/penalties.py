"""What regularizers add: to the loss a price of the weights, to a gradient a pull towards 0."""

from __future__ import annotations

from ..regularizers import L1L2, Regularizer


def price(regularizer: Regularizer, W: str) -> str:
    """Write the penalty of one weight.

    >>> price(L1L2(l1=0.1, l2=0.01), "W1")
    '0.1·Σ |W1| + 0.01·Σ W1²'
    """
    if not isinstance(regularizer, L1L2):
        return f"{type(regularizer).__name__}({W})"
    parts = []
    if regularizer.l1:
        parts.append(f"{regularizer.l1:g}·Σ |{W}|")
    if regularizer.l2:
        parts.append(f"{regularizer.l2:g}·Σ {W}²")
    return " + ".join(parts)


def pull(regularizer: Regularizer, W: str) -> str:
    """Write what the penalty adds to the gradient of the weight.

    >>> pull(L1L2(l1=0.1, l2=0.01), "W1")
    ' + 0.1·sign(W1) + 0.02·W1'
    """
    if not isinstance(regularizer, L1L2):
        return f" + ∂{type(regularizer).__name__}/∂{W}"
    text = f" + {regularizer.l1:g}·sign({W})" if regularizer.l1 else ""
    return text + (f" + {2 * regularizer.l2:g}·{W}" if regularizer.l2 else "")
