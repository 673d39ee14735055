"""One training step as a lecturer writes it: every formula, its shapes, and how large it came out.

`model.explain(x, y)` watches a copy of the model take the step that `fit` would take. `watching`
does the watching, `symbols` gives the letters, `formulas` knows what each layer says of itself,
`writing` joins them to lines, `trouble` looks for what is wrong, `explanation` lays them out.

>>> from nnlite import Sequential
>>> from nnlite.layers import Dense
>>> model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,))], name="line")
>>> model.compile(optimizer="sgd", loss="mse")
>>> print(model.explain([[1, 2], [3, 4]], [1, 3]).text(80))
line: one training step on m = 2 samples
<BLANKLINE>
FORWARD                                             mean|·|   max|·|
dense (Dense)  2·1 + 1 = 3 parameters
  Z1 = X·W1 + b1     (2, 2)·(2, 1) + (1,) = (2, 1)        5        7
loss (MeanSquaredError)
  J = Σ (Z1 − Y)²/m = 10
<BLANKLINE>
BACKWARD                                            mean|·|   max|·|
loss
  dZ1 = 2(Z1 − Y)/m  (2, 1)                               3        4
dense (Dense)
  dW1 = Xᵀ·dZ1       (2, 2)·(2, 1) = (2, 1)              17       20
  db1 = Σ dZ1        (1,)                                 6        6
<BLANKLINE>
UPDATE                                              mean|·|   max|·|
optimizer (SGD)
  ΔW = −0.01·dW      all 3 parameters                 0.133      0.2
  J = 10 → 4.679 on this batch
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.explain.explanation import Explanation
from nnlite.explain.watching import watch_step
from nnlite.explain.writing import write

__all__ = ["Explanation", "explain"]


def explain(model: Any, x: Any, y: Any = None) -> Explanation:
    """Return the explanation of one step of a model on this batch: see `Model.explain`."""
    with np.errstate(all="ignore"):
        return write(watch_step(model, x, y))
