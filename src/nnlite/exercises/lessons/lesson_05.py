"""Logistic regression: cross-entropy, and the slope of the sigmoid."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "05.1",
        "What does it cost?",
        "A logistic neuron says a = 0.8, and y is 0. How large is the loss\n"
        "L = −(y·ln a + (1 − y)·ln(1 − a))? Three digits behind the point will do.",
        "loss = ...\n",
        Number(
            1.6094379,
            {
                0.2231436: "This is −ln a, the loss for y = 1.",
                0.69897: "This is the logarithm to the base 10; ln is np.log.",
                -1.6094379: "The minus in front is missing: a loss is never negative.",
                0.64: "This is the squared error.",
                2.3219281: "This is the logarithm to the base 2; ln is np.log.",
            },
            0.001,
        ),
    ),
    Exercise(
        "05.2",
        "The slope of the sigmoid",
        "a = σ(z) is known already. Return the slope da/dz from a, without computing z again.",
        "def slope_from_output(a):\n    return ...\n",
        Function(
            (
                Case(
                    ([0.5, 0.2, 0.9],),
                    [0.25, 0.16, 0.09],
                    {
                        "a is σ(z) already: here σ was computed once more.": [
                            0.2350037122015945,
                            0.24751657271185995,
                            0.20550030734226355,
                        ],
                        "The factor a is missing.": [0.5, 0.8, 0.1],
                        "The factor 1 − a is missing.": [0.5, 0.2, 0.9],
                        "This is the slope of tanh.": [0.75, 0.96, 0.19],
                        "It is a·(1 − a), not a·(1 + a).": [0.75, 0.24, 1.71],
                    },
                ),
                Case(([[0.4], [0.6]],), [[0.24], [0.24]]),
            )
        ),
    ),
    Exercise(
        "05.3",
        "Find the mistake: a loss that praises",
        "J should be the mean of −(y·ln a + (1 − y)·ln(1 − a)). This one says 0 of a network that\n"
        "calls everybody ill. Repair it.",
        "def cross_entropy(a, y):\n    return -(y * np.log(a)).mean()\n",
        Function(
            (
                Case(
                    ([0.5, 0.8], [1, 0]),
                    1.151292546497023,
                    {
                        "Now both halves are there, but their sum is not averaged.": (
                            2.302585092994046
                        ),
                        "Now the second half has the wrong sign: the minus is in front of "
                        "both.": -0.458145365937078,
                        "Both halves have 1 − a or both have a: with y = 0 it is ln(1 − a).": (
                            0.458145365937078
                        ),
                        "The minus is gone: a loss is never negative.": -1.151292546497023,
                    },
                    unrepaired=0.34657359027997264,
                ),
                Case(([0.25, 0.25], [1, 1]), 1.3862943611198906),
            ),
            "mistake",
        ),
    ),
)
