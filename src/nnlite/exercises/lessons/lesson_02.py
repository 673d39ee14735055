"""Gradient descent: one step by hand, and the slope of J."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "02.1",
        "One step",
        "L = ½(w·x − y)² with x = 2 and y = 4, and w is 0. Where is w after one step of gradient\n"
        "descent with the learning rate 0.1?",
        "w = ...\n",
        Number(
            0.8,
            {
                -0.8: "That is uphill: the step goes against the slope, w − α·dL/dw.",
                0.4: "The inner derivative is missing: d(w·x)/dw = x.",
                8.0: "This is the step without the learning rate.",
                1.6: "Twice too far: the ½ in L and the 2 of the square cancel.",
                -8.0: "This is the slope dL/dw. The step is −α times as long.",
            },
            1e-9,
        ),
    ),
    Exercise(
        "02.2",
        "The slope of J",
        "J(w) = 1/m · Σ ½(w·x − y)², the mean over m samples. Return dJ/dw, one number.",
        "def slope(w, x, y):\n    return ...\n",
        Function(
            (
                Case(
                    (2, [1, 2, 4], [1, 1, 2]),
                    31 / 3,
                    {
                        "This is the sum over the samples: 1/m is missing.": 31,
                        "The sign is the wrong way round: it is w·x − y, not y − w·x.": -31 / 3,
                        "The factor x is missing: d(w·x)/dw = x.": 10 / 3,
                        "Twice as large: the ½ in J and the 2 of the square cancel.": 62 / 3,
                        "This is one slope for each sample. Take their mean.": [1, 6, 24],
                        "This is J itself. Asked for is its slope.": 23 / 3,
                    },
                ),
                Case((0, [1, 3], [2, 0]), -1),
            )
        ),
    ),
    Exercise(
        "02.3",
        "Find the mistake: a walk that never arrives",
        "Each step should bring w nearer to the lowest place of J = ½(w − 3)². This walk leaves\n"
        "it behind, however small the rate. Repair it.",
        "def descend(w, rate, steps):\n"
        "    for _ in range(steps):\n"
        "        w = w + rate * (w - 3)\n"
        "    return w\n",
        Function(
            (
                # The way to 3 is halved in every step: 1, 2, 2.5.
                Case(
                    (1, 0.5, 2),
                    2.5,
                    {
                        "Now the slope has no w in it: it is w − 3, and no longer 3.": -2,
                        "Now w becomes the step. A step is taken from where w is.": 1,
                        "Now there is one step, whatever `steps` says.": 2,
                    },
                    unrepaired=-1.5,
                ),
                Case((3, 0.1, 5), 3),
                Case((7, 0.25, 1), 6),
            ),
            "mistake",
        ),
    ),
)
