"""Optimizers race: momentum, and Adam's first step."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "14.1",
        "Adam's first step",
        "Adam has the learning rate 0.001, and the first gradient of a weight is −50. What is\n"
        "added to the weight?",
        "change = ...\n",
        Number(
            0.001,
            {
                -0.001: "That is uphill: the gradient is negative, so the weight grows.",
                0.05: "This is a step of plain descent. Adam divides by the size of the gradient.",
                0.0031622776601683794: "m and v begin at 0 and are too small at first: divide "
                "each by 1 − β to the power of t.",
                0.005: "This is a step with m alone. Adam divides by the root of v, too.",
            },
            1e-7,
        ),
    ),
    Exercise(
        "14.2",
        "Momentum",
        "v ← μ·v − α·g, then w ← w + v; w, v and g are arrays of one shape, `rate` is α and `mu`\n"
        "is μ. Return the new w and the new v.",
        "def momentum_step(w, v, g, rate, mu):\n    ...\n    return ...\n",
        Function(
            (
                Case(
                    ([1, 2], [2, -4], [4, 8], 0.5, 0.25),
                    [[-0.5, -3], [-1.5, -5]],
                    {
                        "w has moved with the old v: change v first.": [[3, -2], [-1.5, -5]],
                        "w has taken a step of plain descent: its step is v.": [
                            [-1, -2],
                            [-1.5, -5],
                        ],
                        "All of the speed is kept: μ is missing.": [[1, -6], [0, -8]],
                        "The gradient pushes uphill: it is − α·g.": [[3.5, 5], [2.5, 3]],
                        "v is subtracted from w. It is added: the minus is in − α·g already.": [
                            [2.5, 7],
                            [-1.5, -5],
                        ],
                        "The gradient is multiplied by 1 − μ, as for a mean. A speed gets all "
                        "of it.": [[0, -2], [-1, -4]],
                        "First the new w, then the new v.": [[-1.5, -5], [-0.5, -3]],
                    },
                ),
                Case(([1], [0], [1], 0.1, 0.9), [[0.9], [-0.1]]),
            )
        ),
    ),
)
