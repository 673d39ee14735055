"""Gates and XOR: a network of gates, and how many numbers it holds."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "07.1",
        "XOR from three gates",
        "The perceptrons of the lesson, 1 where w₁·x₁ + w₂·x₂ + b > 0 and 0 elsewhere, have the\n"
        "weights AND (2, 2, −3), OR (2, 2, −1), NAND (−2, −2, 3). Return XOR of x1 and x2, which\n"
        "are 0 or 1, from these three.",
        "def gate(x1, x2, w1, w2, b):\n"
        "    return (w1 * x1 + w2 * x2 + b > 0) * 1\n"
        "\n"
        "\n"
        "def xor(x1, x2):\n"
        "    return ...\n",
        Function(
            (
                Case(
                    ([0, 0, 1, 1], [0, 1, 0, 1]),
                    [0, 1, 1, 0],
                    {
                        "This is OR: at (1, 1) it has to be 0.": [0, 1, 1, 1],
                        "This is NAND: at (0, 0) it has to be 0.": [1, 1, 1, 0],
                        "This is AND of AND and OR: one of the two has to be NAND.": [0, 0, 0, 1],
                        "NAND and OR are joined by OR, which is always 1: join them by AND.": [
                            1,
                            1,
                            1,
                            1,
                        ],
                        "This is XOR turned round: join by AND, not by NAND.": [1, 0, 0, 1],
                        "This is 0 everywhere: AND and NAND are never 1 together.": [0, 0, 0, 0],
                    },
                ),
            )
        ),
    ),
    Exercise(
        "07.2",
        "How many parameters?",
        "A network of dense layers, 2 inputs, hidden layers of 4 and 5 neurons, 1 output.\n"
        "How many numbers does it learn?",
        "parameters = ...\n",
        Number(
            43,
            {
                33: "These are the weights alone. Each neuron has a bias, too.",
                10: "These are the biases alone.",
                45: "An input is no neuron: it has no bias.",
                12: "These are the neurons. Count the numbers that each of them holds.",
                42: "The output neuron has a bias, too.",
                40: "Layers multiply with their neighbours only: 2·4 + 4·5 + 5·1, and the biases.",
            },
        ),
    ),
)
