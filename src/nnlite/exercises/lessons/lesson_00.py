"""What is a network? Counting steps, and measuring how wrong a network is."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function, Number
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "00.1",
        "How many steps?",
        "fit(x, y, epochs=5, batch_size=32) learns from 100 samples.\n"
        "How many times are the weights changed?",
        "steps = ...\n",
        Number(
            20,
            {
                15: "The last batch of an epoch is smaller, and counts, too.",
                4: "These are the steps of one epoch.",
                500: "A step is taken for a batch of samples, not for each sample.",
                15.625: "There are whole batches only: how many, the last and smaller one counted?",
                160: "32 is the size of a batch. How many batches make up 100 samples?",
            },
        ),
    ),
    Exercise(
        "00.2",
        "How wrong is it?",
        "The mean squared error: the mean over the samples of (a − y)², where a is what the\n"
        "network says and y what is true; both have one number for each sample.",
        "def mean_squared_error(a, y):\n    return ...\n",
        Function(
            (
                Case(
                    ([1, 2, 6, 3], [1, 4, 3, 0]),
                    5.5,
                    {
                        "This is the sum. For the mean, divide by the number of samples.": 22,
                        "The differences are not squared: too little and too much cancel.": 1,
                        "This is the mean of the distances: square them.": 2,
                        "This is half of it. The ½ belongs to J, not to the mean.": 2.75,
                        "The root makes the root mean squared error of it.": 2.3452078799117149,
                        "This is one number for each sample. Take their mean.": [0, 4, 9, 9],
                    },
                ),
                Case(([0, 0], [3, 1]), 5),
            )
        ),
    ),
)
