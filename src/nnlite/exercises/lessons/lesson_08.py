"""What is a house worth? Scaling by the training part, and how well the rest is told."""

from __future__ import annotations

from nnlite.exercises.checks import Case, Function
from nnlite.exercises.exercise import Exercise

EXERCISES = (
    Exercise(
        "08.1",
        "Standard scores",
        "Bring x to standard scores: each column minus its mean, divided by its deviation\n"
        "(np.std, with n in the denominator), both taken from the training part alone.",
        "def standardize(train, x):\n    return ...\n",
        Function(
            (
                # The columns of the training part: means 2 and 40, deviations 1 and 20.
                Case(
                    ([[1, 20], [3, 60]], [[4, 40], [2, 90]]),
                    [[2, 0], [0, 2.5]],
                    {
                        "These are the mean and the deviation of x itself: what is learned from "
                        "data is learned from the training part.": [[1, -1], [-1, 1]],
                        "The mean is not subtracted.": [[4, 2], [2, 4.5]],
                        "It is not divided by the deviation.": [[2, 0], [0, 50]],
                        "Divided by the variance instead of its root.": [[2, 0], [0, 0.125]],
                        "One mean and one deviation for the whole table: each column has its own, "
                        "axis=0.": [
                            [-0.717420927473686, 0.8018233895294138],
                            [-0.8018233895294138, 2.911884940922608],
                        ],
                        "The standard deviation has n − 1 in the denominator here; np.std has n.": [
                            [1.414213562373095, 0],
                            [0, 1.7677669529663687],
                        ],
                    },
                ),
                Case(([[0], [4]], [[4]]), [[1]]),
            )
        ),
    ),
    Exercise(
        "08.2",
        "Find the mistake: better than the mean?",
        "R² = 1 − Σ(y − a)² / Σ(y − mean of y)² compares a network's answers a with the best\n"
        "constant. This one finds nearly every network nearly perfect. Repair it.",
        "def r_squared(y, a):\n    return 1 - ((y - a) ** 2).sum() / (y**2).sum()\n",
        Function(
            (
                # Σ(y − a)² = 1 + 1 + 1 = 3, Σ(y − 8)² = 4 + 0 + 4 = 8.
                Case(
                    ([6, 8, 10], [7, 9, 11]),
                    0.625,
                    {
                        "Now the mean of a is subtracted: the constant is the mean of the truth.": 8
                        / 11,
                        "The 1 − is gone: this is the share that is left unexplained.": 0.375,
                        "This divides by the mean of the squares: compare sum with sum.": -0.125,
                        "The error is not squared any more.": 1.375,
                    },
                    unrepaired=0.985,
                ),
                Case(([1, 3, 5], [1, 3, 4]), 0.875),
            ),
            "mistake",
        ),
    ),
)
