"""Which digit is it? Softmax, and the size of the network."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "09.1",
        "How many parameters?",
        "Images of 28 by 28 pixels, a hidden layer of 100 neurons, 10 classes, dense layers with\n"
        "biases. How many numbers does the network learn?",
        "parameters = ...\n",
        Number(
            79510,
            {
                79400: "These are the weights alone. Each neuron has a bias, too.",
                78500: "This is the hidden layer. The output layer learns, too.",
                80294: "A pixel is no neuron: it has no bias.",
                3910: "An image has 28·28 pixels: each of them is an input.",
                79500: "The ten neurons of the output layer have biases, too.",
            },
        ),
    ),
    Exercise(
        "09.2",
        "Softmax",
        "z has a row for each sample. Return softmax of each row: e to the power of each number,\n"
        "divided by the sum over its row. It has to hold for z = 1000, too.",
        "def softmax(z):\n    return ...\n",
        Function(
            (
                # The logarithms of 1, 3 and of 5, 5: the rows are 1/4, 3/4 and 1/2, 1/2.
                Case(
                    (
                        [
                            [0, 1.0986122886681098],
                            [1.6094379124341003, 1.6094379124341003],
                        ],
                    ),
                    [[0.25, 0.75], [0.5, 0.5]],
                    {
                        "The columns sum to 1: sum over the row, axis=1, and keep the axis.": [
                            [1 / 6, 3 / 8],
                            [5 / 6, 5 / 8],
                        ],
                        "All numbers together sum to 1: sum over the row, axis=1.": [
                            [1 / 14, 3 / 14],
                            [5 / 14, 5 / 14],
                        ],
                        "These are the powers alone: divide by their sum.": [[1, 3], [5, 5]],
                        "The sign of z is the wrong way round.": [[0.75, 0.25], [0.5, 0.5]],
                        "The power is missing: these are shares of z itself.": [[0, 1], [0.5, 0.5]],
                        "The row sums lost their axis and met the columns: keepdims=True.": [
                            [0.25, 0.3],
                            [1.25, 0.5],
                        ],
                        "This is a sigmoid: each number for itself; no row sums to 1.": [
                            [0.5, 0.75],
                            [5 / 6, 5 / 6],
                        ],
                    },
                ),
                Case(([[0, 0, 0]],), [[1 / 3, 1 / 3, 1 / 3]]),
                Case(
                    ([[1000, 1000], [0, 1.0986122886681098]],),
                    [[0.5, 0.5], [0.25, 0.75]],
                    {
                        "e¹⁰⁰⁰ is too large for a number: subtract the largest of the row from z "
                        "first, which changes nothing else.": [
                            [float("nan"), float("nan")],
                            [0.25, 0.75],
                        ],
                        "The largest of the whole table was subtracted, and a row vanished: take "
                        "the largest of each row.": [[0.5, 0.5], [float("nan"), float("nan")]],
                    },
                ),
            )
        ),
    ),
    Exercise(
        "09.3",
        "The gradient of softmax with cross-entropy",
        "a holds softmax's answers, a row for each sample, and `label` the true class of each\n"
        "sample, as numbers 0.0, 1.0, … J is the mean of the cross-entropies. Return dJ/dz.",
        "def gradient_of_z(a, label):\n"
        "    y = np.eye(a.shape[1])[label.astype(int)]\n"
        "    return ...\n",
        Function(
            (
                Case(
                    ([[0.5, 0.25, 0.25], [0.25, 0.125, 0.625]], [0, 2]),
                    [[-0.25, 0.125, 0.125], [0.125, 0.0625, -0.1875]],
                    {
                        "2 times as large, and there are 2 samples: 1/m is missing.": [
                            [-0.5, 0.25, 0.25],
                            [0.25, 0.125, -0.375],
                        ],
                        "Its sign is the wrong way round: it is a − y.": [
                            [0.25, -0.125, -0.125],
                            [-0.125, -0.0625, 0.1875],
                        ],
                        "The truth is missing: it is a − y.": [
                            [0.25, 0.125, 0.125],
                            [0.125, 0.0625, 0.3125],
                        ],
                        "It is divided by the number of classes; the mean is over the samples.": [
                            [-1 / 6, 1 / 12, 1 / 12],
                            [1 / 12, 1 / 24, -1 / 8],
                        ],
                        "This is −y/a, the gradient of a. The slope of softmax turns it into "
                        "a − y.": [[-1, 0, 0], [0, 0, -0.8]],
                        "A slope a·(1 − a) too many: softmax's slope is in a − y already.": [
                            [-0.0625, 0.0234375, 0.0234375],
                            [0.0234375, 0.0068359375, -0.0439453125],
                        ],
                    },
                ),
                Case(([[0.25, 0.75]], [1]), [[0.25, -0.25]]),
            )
        ),
    ),
)
