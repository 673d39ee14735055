"""NumPy and shapes: sums over an axis, and broadcasting."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "01.1",
        "How many numbers?",
        "a has the shape (5,), b has the shape (5, 1). How many numbers are in a − b?",
        "numbers = ...\n",
        Number(
            25,
            {
                5: "(5,) counts as (1, 5): it is copied downwards, and b to the right.",
                10: "Nothing is put side by side: missing axes are copied, and then subtracted.",
                1: "Nothing is added up here; a − b subtracts number by number.",
                0: "It is no error: (5,) counts as (1, 5), and both are copied until they fit.",
            },
        ),
    ),
    Exercise(
        "01.2",
        "In percent",
        "A is a table with a row for each nutrient and a column for each food. Return the share\n"
        "of each nutrient in the sum of its column, in percent. A keeps its shape.",
        "def in_percent(A):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1, 2, 5], [3, 6, 15]],),
                    [[25, 25, 25], [75, 75, 75]],
                    {
                        "These are shares of the rows. The axis that you name goes away: "
                        "a sum over the rows is axis=0.": [
                            [12.5, 25, 62.5],
                            [12.5, 25, 62.5],
                        ],
                        "These are shares of all numbers together: sum over one axis alone.": [
                            [3.125, 6.25, 15.625],
                            [9.375, 18.75, 46.875],
                        ],
                        "Divided by the mean of the column instead of its sum.": [
                            [50, 50, 50],
                            [150, 150, 150],
                        ],
                        "These are shares from 0 to 1. In percent they are 100 times as large.": [
                            [0.25, 0.25, 0.25],
                            [0.75, 0.75, 0.75],
                        ],
                    },
                ),
                Case(
                    ([[1, 4], [1, 6]],),
                    [[50, 40], [50, 60]],
                ),
            )
        ),
    ),
)
