"""An autoencoder: its size, and a walk in the plane of its codes."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "16.1",
        "How many parameters?",
        "An autoencoder of dense layers: 784 pixels, 128 neurons, a code of 2 numbers, 128\n"
        "neurons, 784 pixels. How many numbers does it learn?",
        "parameters = ...\n",
        Number(
            202258,
            {
                201216: "These are the weights alone. Each neuron has a bias, too.",
                100738: "This is the encoder. The decoder learns, too.",
                101520: "This is the decoder. The encoder learns, too.",
                201476: "The decoder is no mirror image: it has 128 + 784 biases, the encoder "
                "128 + 2.",
                203042: "A pixel that comes in is no neuron: it has no bias.",
            },
        ),
    ),
    Exercise(
        "16.2",
        "Find the mistake: a walk that stops too soon",
        "A walk in the plane of the codes, from `start` to `end`: as many points as `steps`\n"
        "says, in equal distances, the first at the start and the last at the end. Repair it.",
        "def walk(start, end, steps):\n"
        "    k = np.arange(steps).reshape(-1, 1)\n"
        "    return start + (end - start) * k / steps\n",
        Function(
            (
                Case(
                    ([0, 12], [6, 0], 3),
                    [[0, 12], [3, 6], [6, 0]],
                    {
                        "Now it reaches the end, and no longer begins at the start.": [
                            [2, 8],
                            [4, 4],
                            [6, 0],
                        ],
                        "Now there is one point more than `steps` says.": [
                            [0, 12],
                            [2, 8],
                            [4, 4],
                            [6, 0],
                        ],
                        "Now it goes beyond the end: between three points there are two "
                        "distances.": [[0, 12], [6, 0], [12, -12]],
                        "Now it goes from the end to the start.": [[6, 0], [3, 6], [0, 12]],
                    },
                    unrepaired=[[0, 12], [2, 8], [4, 4]],
                ),
                Case(([1, 1], [5, 9], 5), [[1, 1], [2, 3], [3, 5], [4, 7], [5, 9]]),
            ),
            "mistake",
        ),
    ),
)
