"""Convolution: how large the result is, and the sums under the filter."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "10.1",
        "How large is the result?",
        "An image of 28 by 28 pixels, a filter of 5 by 5, stride 2, no padding. How many rows\n"
        "does the feature map have?",
        "rows = ...\n",
        Number(
            12,
            {
                24: "This is with stride 1. The filter jumps by 2.",
                14: "This is with padding: without it, the filter stays inside of the image.",
                11.5: "Begin with the first place, then count the jumps: (28 − 5)/2, cut, and 1.",
                12.5: "Half a place is none: where the filter does not fit any more, it ends.",
                11: "The first place counts, too: jumps and 1.",
                13: "The last one would hang over the edge: cut, do not round up.",
                144: "This is the number of all places. Asked for are the rows.",
            },
        ),
    ),
    Exercise(
        "10.2",
        "Under the filter",
        "Lay the filter on every place where it fits into the image, multiply number by number,\n"
        "and add up. Return the table of the sums (stride 1, no padding).",
        "def feature_map(image, kernel):\n    return ...\n",
        Function(
            (
                # At the first place 1·1 + 3·2 + 0·4 − 1·5 = 2.
                Case(
                    ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 3], [0, -1]]),
                    [[2, 5], [11, 14]],
                    {
                        "The filter is turned by 180°. That is the convolution of mathematics; "
                        "networks lay the filter on as it is.": [[16, 19], [25, 28]],
                        "The filter is transposed.": [[8, 11], [17, 20]],
                        "This is the mean under the filter: add up.": [[0.5, 1.25], [2.75, 3.5]],
                        "The filter is missing: these are the sums of the image alone.": [
                            [12, 16],
                            [24, 28],
                        ],
                        "This is the largest of the products: add up.": [[6, 9], [15, 18]],
                        "The last place of each row and column is left out: there are "
                        "h − kh + 1 rows.": [[2]],
                    },
                ),
                Case(([[1, 0, 2, 5]], [[2, 1]]), [[2, 2, 9]]),
                Case(([[1], [0], [2], [5]], [[2], [1]]), [[2], [2], [9]]),
            )
        ),
    ),
    Exercise(
        "10.3",
        "Find the mistake: pooling that mixes the image up",
        "Of each window of 2 by 2, side by side, the largest number is kept. This function gives\n"
        "the right shape and the wrong numbers. Repair it.",
        "def max_pooling(image):\n"
        "    rows, columns = image.shape\n"
        "    windows = image.reshape(rows // 2, columns // 2, 2, 2)\n"
        "    return windows.max(axis=(2, 3))\n",
        Function(
            (
                Case(
                    ([[9, 1, 8, 2], [3, 4, 5, 6], [0, 1, 7, 2], [3, 4, 5, 0]],),
                    [[9, 8], [4, 7]],
                    {
                        "Now it is the mean of each window. Asked for is the largest.": [
                            [4.25, 5.25],
                            [2, 3.5],
                        ],
                        "The windows are right, but the smallest is kept.": [[1, 2], [0, 0]],
                        "Now one number of each window is taken, whatever stands beside it.": [
                            [9, 8],
                            [0, 7],
                        ],
                        "Even and odd columns are apart: a window has two that stand side by "
                        "side.": [[9, 6], [7, 4]],
                        "The windows are right, but what should stay went away: of (rows // 2, 2, "
                        "columns // 2, 2), the axes 1 and 3 lie inside of a window.": [
                            [9, 2],
                            [5, 6],
                        ],
                    },
                    unrepaired=[[9, 6], [7, 5]],
                ),
                Case(([[1, 2, 3, 4], [0, 9, 8, 0]],), [[9, 8]]),
            ),
            "mistake",
        ),
    ),
)
