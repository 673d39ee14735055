"""One neuron: an epoch by hand, and a neuron that learns wrongly."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "03.1",
        "An epoch",
        "One neuron, ŷ = w·x + b, learns from one sample after the other: for each, both weights\n"
        "take a step against their gradients, (ŷ − y)·x and ŷ − y. Return w and b after one epoch.",
        "def one_epoch(x, y, w, b, rate):\n"
        "    for x_i, y_i in zip(x, y):\n"
        "        ...\n"
        "    return ...\n",
        Function(
            (
                # Sample 1: ŷ = 3, 2 too much: w = 1 − .5·4 = −1, b = 1 − .5·2 = 0.
                # Sample 2: ŷ = −1, 4 too little: w = −1 + .5·4 = 1, b = 0 + .5·4 = 2.
                Case(
                    ([2, 1], [1, 3], 1, 1, 0.5),
                    [1, 2],
                    {
                        "The gradients of all samples were taken at the old weights: let each "
                        "sample take its step before the next one.": [-0.5, 0.5],
                        "b has stayed as it was: it learns, too.": [0.5, 1],
                        "The step goes uphill: subtract the gradient.": [4, 3],
                        "The gradient of w lacks its factor x.": [1.5, 1.5],
                        "ŷ of b was computed with the new w: compute the error once for a sample, "
                        "then change both.": [0, 2.5],
                        "The learning rate is missing.": [4, 6],
                        "Only the first sample was used: is the return inside of the loop?": [
                            -1,
                            0,
                        ],
                    },
                ),
                Case(([1], [0], 0, 2, 0.1), [-0.2, 1.8]),
            )
        ),
    ),
    Exercise(
        "03.2",
        "Find the mistake: the error of a line",
        "J of a line is the mean of ½(ŷ − y)². This function gives too large a J as soon as there\n"
        "is more than one sample. Repair it.",
        "def cost(x, y, w, b):\n"
        "    error = (w * x + b).reshape(-1, 1) - y\n"
        "    return (error**2).sum() / (2 * len(x))\n",
        Function(
            (
                Case(
                    ([1, 2, 3], [2, 4, 3], 1, 0),
                    5 / 6,
                    {
                        "Now it is the sum of the errors that is squared: they cancel.": 3 / 2,
                        "Now the ½ is gone: J is the mean of ½(ŷ − y)².": 5 / 3,
                        "Divided by m once more: the table of all pairs was averaged, and no pair "
                        "of different samples belongs into J.": 7 / 6,
                        "That is the sum: 1/m is missing.": 5 / 2,
                    },
                    unrepaired=7 / 2,
                ),
                Case(([1, 2], [0, 0], 1, 1), 13 / 4),
            ),
            "mistake",
        ),
    ),
)
