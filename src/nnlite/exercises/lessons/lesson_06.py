"""From one neuron to layers: the gradient of W, and a whole layer."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, LayerOfYours
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "06.1",
        "The gradient of W",
        "x has the shape (m, n), z = x·W has the shape (m, 1), and dz, of the same shape, is the\n"
        "gradient of each sample's own loss. J is the mean of the losses. Return dJ/dW, which has\n"
        "the shape of W, (n, 1).",
        "def gradient_of_W(x, dz):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1, 2, 0], [3, 4, 2]], [[2], [4]]),
                    [[7], [10], [4]],
                    {
                        "2 times as large, and there are 2 samples: 1/m is missing.": [
                            [14],
                            [20],
                            [8],
                        ],
                        "Its sign is the wrong way round.": [[-7], [-10], [-4]],
                        "The factor dz is missing: this is the mean of x.": [[2], [3], [1]],
                        "It is divided by n. The mean is over the samples: m is len(x).": [
                            [14 / 3],
                            [20 / 3],
                            [8 / 3],
                        ],
                        "The sum went over the features; the samples should go away.": [2, 12],
                        "This is dz·x for every sample: add the samples up.": [
                            [2, 4, 0],
                            [12, 16, 8],
                        ],
                    },
                ),
                Case(([[1, 0], [0, 1], [1, 1]], [[3], [0], [-3]]), [[0], [-1]]),
            )
        ),
    ),
    Exercise(
        "06.2",
        "A layer",
        "Write a layer that computes x·W + b. `grad` is the gradient of what came out: write the\n"
        "gradients of the weights to self.dW and self.db, summed over the samples (1/m is in grad\n"
        "already), and return the gradient of x.",
        "class MyLayer(Layer):\n"
        "    def build(self, input_shape):\n"
        '        self.add_weight("W", (input_shape[-1], 2), "ones")\n'
        '        self.add_weight("b", (2,), "ones")\n'
        "\n"
        "    def forpass(self, x, training=False):\n"
        "        if training:\n"
        "            self.x = x\n"
        "        return ...\n"
        "\n"
        "    def backprop(self, grad):\n"
        "        self.dW = ...\n"
        "        self.db = ...\n"
        "        return ...\n",
        LayerOfYours(
            (4,),
            (
                Case(
                    ([[1, 2, 3, 0], [0, 1, 0, 0]],),
                    [[7, 7], [2, 2]],
                    {
                        "The bias is missing.": [[6, 6], [1, 1]],
                        "The bias is subtracted.": [[5, 5], [0, 0]],
                    },
                ),
            ),
        ),
    ),
    Exercise(
        "06.3",
        "Back through two layers",
        "z1 goes through a sigmoid to a1, a1 through the weights W2 to z2 = a1·W2. dz2 is the\n"
        "gradient at z2, with a row for each sample. Return dz1, the gradient at z1.",
        "def back_to_z1(dz2, W2, a1):\n    return ...\n",
        Function(
            (
                Case(
                    ([[1], [2]], [[4], [8]], [[0.5, 0.75], [0.25, 0.5]]),
                    [[1, 1.5], [1.5, 4]],
                    {
                        "The slope of the sigmoid is missing: a1·(1 − a1). This is the gradient "
                        "at a1.": [[4, 8], [8, 16]],
                        "W2 is missing on the way back.": [[0.25, 0.1875], [0.375, 0.5]],
                        "Half of the slope is missing: it is a1·(1 − a1).": [[2, 6], [2, 8]],
                        "Half of the slope is there: 1 − a1 goes with a1.": [[2, 2], [6, 8]],
                        "a1 is σ(z1) already: here σ was computed once more.": [
                            [0.9400148488063780, 1.7431599500945123],
                            [1.9690726619007868, 3.760059395225512],
                        ],
                        "Its sign is the wrong way round.": [[-1, -1.5], [-1.5, -4]],
                        "The samples are added up: each has its own row.": [2.5, 5.5],
                    },
                ),
                Case(([[1, 2]], [[3, 1], [0, 2], [4, 4]], [[0.5, 0.5, 0.5]]), [[1.25, 1, 3]]),
            )
        ),
    ),
)
