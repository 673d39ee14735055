"""Why deep networks failed: gradients that vanish, and weights that begin right."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "12.1",
        "What is left of a gradient?",
        "A gradient goes back through 5 sigmoids, each where its slope is steepest; the weights\n"
        "between them are 1. Which share of it arrives?",
        "share = ...\n",
        Number(
            0.0009765625,
            {
                1.25: "The slopes of a chain are multiplied, not added.",
                0.03125: "The sigmoid is ½ at its steepest place; its slope there is a·(1 − a).",
                0.05: "The slopes are multiplied, five times; not divided by 5.",
                0.00390625: "That is through 4 sigmoids.",
                0.25: "That is through one sigmoid.",
                1.0: "At its steepest place the slope of a sigmoid is not 1: that is tanh's.",
            },
            1e-6,
        ),
    ),
    Exercise(
        "12.2",
        "He's beginning",
        "`random` holds normal random numbers with the deviation 1, in a weight's shape, (inputs,\n"
        "neurons). Return them with the deviation that He proposed for ReLU: the root of\n"
        "2 / inputs.",
        "def he_normal(random):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1], [-2], [3], [0], [1], [2], [-1], [4]],),
                    [[0.5], [-1], [1.5], [0], [0.5], [1], [-0.5], [2]],
                    {
                        "The root is missing: this is 2 / inputs.": [
                            [0.25],
                            [-0.5],
                            [0.75],
                            [0],
                            [0.25],
                            [0.5],
                            [-0.25],
                            [1],
                        ],
                        "This counts the neurons. It is the inputs whose products are added up: "
                        "shape[0].": [
                            [2**0.5],
                            [-2 * 2**0.5],
                            [3 * 2**0.5],
                            [0],
                            [2**0.5],
                            [2 * 2**0.5],
                            [-(2**0.5)],
                            [4 * 2**0.5],
                        ],
                        "The 2 is missing: ReLU stops half of the numbers, and it makes up "
                        "for that.": [[k * 8**-0.5] for k in (1, -2, 3, 0, 1, 2, -1, 4)],
                        "This counts inputs and neurons, as Glorot does for sigmoids; He counts "
                        "the inputs alone.": [
                            [k * 2 / 3 / 2**0.5] for k in (1, -2, 3, 0, 1, 2, -1, 4)
                        ],
                        "Divided instead of multiplied: with more inputs the weights get "
                        "smaller.": [[2], [-4], [6], [0], [2], [4], [-2], [8]],
                    },
                ),
                Case(([[3, 0, 1], [1, 2, 0]],), [[3, 0, 1], [1, 2, 0]]),
            )
        ),
    ),
    Exercise(
        "12.3",
        "Back through a ReLU",
        "a = x where x > 0, and 0 elsewhere. `grad` is the gradient of a. Return that of x.",
        "def relu_backward(x, grad):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1, -2], [-3, 4], [2, -1]], [[5, 6], [-7, -8], [-2, 3]]),
                    [[5, 0], [0, -8], [-2, 0]],
                    {
                        "The slope is missing: where x was negative, nothing comes back.": [
                            [5, 6],
                            [-7, -8],
                            [-2, 3],
                        ],
                        "The mask looks at grad. Look at x: a gradient may be negative.": [
                            [5, 6],
                            [0, 0],
                            [0, 3],
                        ],
                        "This multiplies by a. The slope of ReLU is 1 where x > 0.": [
                            [5, 0],
                            [0, -32],
                            [-4, 0],
                        ],
                        "The slope alone came out, and grad is missing.": [[1, 0], [0, 1], [1, 0]],
                        "The mask is the wrong way round.": [[0, 6], [-7, 0], [0, 3]],
                        "This is ReLU's way forward.": [[1, 0], [0, 4], [2, 0]],
                        "Where x was negative the gradient is 0, not −grad.": [
                            [5, -6],
                            [7, -8],
                            [-2, -3],
                        ],
                    },
                ),
                Case(([0.5, -0.5], [-1, -1]), [-1, 0]),
            )
        ),
    ),
)
