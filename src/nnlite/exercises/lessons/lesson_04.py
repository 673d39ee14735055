"""The computation graph: gradients from gate to gate."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "04.1",
        "Back through two gates",
        "J = 3·(a + b·c) at a = 5, b = 3, c = 2. How large is dJ/dc?",
        "dJ_dc = ...\n",
        Number(
            9,
            {
                3: "This is what arrives at the gate b·c; it still has to be multiplied by b.",
                6: "This is dJ/db: at a product, each factor gets the other one.",
                33: "This is J itself.",
                18: "This multiplies by c as well: d(b·c)/dc is b.",
            },
        ),
    ),
    Exercise(
        "04.2",
        "Gradients of (x + y)·z",
        "f = (x + y)·z. Return the gradients of f for x, y and z, in this order.",
        "def gradients(x, y, z):\n    return ...\n",
        Function(
            (
                Case(
                    (-2, 5, -4),
                    [-4, -4, 3],
                    {
                        "A sum passes the gradient on, it does not multiply: "
                        "d(x + y)/dx is 1, not x or y.": [8, -20, 3],
                        "At the product each factor gets the other one: z gets x + y.": [3, 3, -4],
                        "The gradient of the sum is not split: x and y each get all of it.": [
                            -2,
                            -2,
                            3,
                        ],
                        "These are the gradients at the sum alone: what arrives there is z.": [
                            1,
                            1,
                            3,
                        ],
                        "The gradient of z is x + y, not z.": [-4, -4, -4],
                        "x and y are multiplied here; their gate is a sum.": [-20, 8, -10],
                    },
                ),
                Case((1, 1, 3), [3, 3, 2]),
            )
        ),
    ),
)
