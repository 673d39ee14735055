"""Learning by heart and its remedies: dropout, and a penalty on weights."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "13.1",
        "Dropout",
        "In training, `mask` is 1 for numbers of x that stay and 0 for those that are dropped:\n"
        "a share `rate` of them on average. What stays is enlarged, so that the mean stays what\n"
        "it was. Return what comes out.",
        "def dropout(x, mask, rate):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1, 2], [3, 4]], [[1, 0], [1, 1]], 0.2),
                    [[1.25, 0], [3.75, 5]],
                    {
                        "What stays is not enlarged: the mean has become smaller.": [
                            [1, 0],
                            [3, 4],
                        ],
                        "Divided by the share that is dropped; the share that stays is 1 − rate.": [
                            [5, 0],
                            [15, 20],
                        ],
                        "Multiplied by 1 − rate: that makes smaller what has to be enlarged.": [
                            [0.8, 0],
                            [2.4, 3.2],
                        ],
                        "The mask is the wrong way round: 1 stays.": [[0, 2.5], [0, 0]],
                        "The mask is missing: nothing is dropped.": [[1.25, 2.5], [3.75, 5]],
                    },
                ),
                Case(([[6, 1]], [[0, 1]], 0.5), [[0, 2]]),
            )
        ),
    ),
    Exercise(
        "13.2",
        "Find the mistake: a penalty that pushes one way",
        "With an L2 penalty, λ·ΣW² is added to J. This step of gradient descent lets the weights\n"
        "that are below 0 run away. dW is the gradient of J without the penalty. Repair it.",
        "def step(W, dW, rate, penalty):\n    return W - rate * (dW + penalty * W**2)\n",
        Function(
            (
                Case(
                    ([[2, -1]], [[1, 1]], 0.5, 0.25),
                    [[1, -1.25]],
                    {
                        "A factor 2 is missing: the slope of W² is 2·W.": [[1.25, -1.375]],
                        "The penalty is subtracted from the gradient: it makes the weights grow.": [
                            [2, -1.75]
                        ],
                        "This is the slope of λ·Σ|W|, the L1 penalty.": [[1.375, -1.375]],
                        "The penalty is gone.": [[1.5, -1.5]],
                        "The penalty has lost its learning rate.": [[0.5, -1]],
                    },
                    unrepaired=[[1, -1.625]],
                ),
                Case(([[4]], [[0]], 0.1, 0.5), [[3.6]]),
            ),
            "mistake",
        ),
    ),
)
