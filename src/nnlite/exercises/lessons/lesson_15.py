"""What the network looks at: a confusion matrix, and the gradient of the input."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "15.1",
        "Read a confusion matrix",
        "The rows are the true digits, 0 and 1, the columns what the network took them for:\n"
        "\n"
        "    8  2\n"
        "    1  9\n"
        "\n"
        "Which share of the true zeros does it recognize?",
        "share = ...\n",
        Number(
            0.8,
            {
                8 / 9: "This is the first column: which share of what it calls 0 is a 0.",
                0.85: "This is the accuracy: the share of all digits that are right.",
                0.9: "This is the share of the digit 1 that it recognizes: the second row.",
                0.2: "This is the share of the zeros that it does not recognize.",
                8: "This is how many zeros it recognizes: divide by how many there are.",
            },
            0.001,
        ),
    ),
    Exercise(
        "15.2",
        "Which pixels count?",
        "z1 = x·W1 + b1 goes through a ReLU, and the sum of a digit is relu(z1)·w + b. For one\n"
        "image z1 is known. Return the gradient of this sum for the pixels x. W1 has a row for\n"
        "each pixel and a column for each hidden neuron; z1 and w have a number for each of these.",
        "def saliency(W1, w, z1):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1, 2], [0, 3], [4, -1]], [-2, 1], [3, -5]),
                    [-2, 0, -8],
                    {
                        "The slope of ReLU is missing: nothing comes back where z1 is negative.": [
                            0,
                            3,
                            -9,
                        ],
                        "This multiplies by relu(z1). Its slope is 1 where z1 > 0.": [-6, 0, -24],
                        "This multiplies by z1. The slope of ReLU is 1 where z1 > 0, else 0.": [
                            -16,
                            -15,
                            -19,
                        ],
                        "w is missing on the way back.": [1, 0, 4],
                        "The mask is the wrong way round.": [2, 3, -1],
                        "This is the gradient at z1. One step farther, to x: W1 is missing.": [
                            -2,
                            0,
                        ],
                    },
                ),
                Case(([[1, 1, 1]], [1, 2, 4], [1, -1, 1]), [5]),
            )
        ),
    ),
)
