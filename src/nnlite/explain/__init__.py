"""One training step as a lecturer writes it: every formula, its shapes, and how large it came out.

`model.explain(x, y)` watches a copy of the model take the step that `fit` would take. `step` does
the watching, `symbols` gives the letters, `formulas` knows what each layer says of itself,
`writing` joins them to lines, `trouble` looks for what is wrong, `text` and `html` lay them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .explanation import Explanation

if TYPE_CHECKING:
    from ..functional import Model

__all__ = ["Explanation", "explain"]


def explain(model: Model, x: Any, y: Any = None) -> Explanation:
    """Return the explanation of one step on this batch: see `Model.explain`."""
    from .step import take_step
    from .writing import write

    return write(take_step(model, x, y))
