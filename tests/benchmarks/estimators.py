"""The estimators, untuned, against scikit-learn's: `tests/benchmarks/estimators.py [DATA …]`.

All stand behind a StandardScaler and have the same folds, five of them for each of five seeds. The
fits alternate. Printed are the mean accuracy or R² of ours and theirs, the standard error of
theirs, and the time of all their fits over that of ours: above 1, nnlite is faster.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nnlite.estimators import NNClassifier, NNRegressor

FOLDS = 5
SEEDS = range(5)
CLASSIFIERS = {"ours": NNClassifier, "theirs": MLPClassifier}
REGRESSORS = {"ours": NNRegressor, "theirs": MLPRegressor}
WORKS = {
    "breast cancer": (datasets.load_breast_cancer, CLASSIFIERS, StratifiedKFold),
    "digits": (datasets.load_digits, CLASSIFIERS, StratifiedKFold),
    "wine": (datasets.load_wine, CLASSIFIERS, StratifiedKFold),
    "diabetes": (datasets.load_diabetes, REGRESSORS, KFold),
}


def fits(name: str) -> Iterator[tuple[str, float, float]]:
    """Yield whose fit it was, its score on the fold left out, and its seconds."""
    load, kinds, folds = WORKS[name]
    X, y = load(return_X_y=True)
    for seed in SEEDS:
        for train, test in folds(FOLDS, shuffle=True, random_state=seed).split(X, y):
            for whose, kind in kinds.items():
                pipeline: Any = make_pipeline(StandardScaler(), kind(random_state=seed))
                start = time.perf_counter()
                pipeline.fit(X[train], y[train])
                seconds = time.perf_counter() - start
                yield whose, pipeline.score(X[test], y[test]), seconds


def main(names: list[str]) -> None:
    """Print a row for each set of data, as soon as it is known."""
    # theirs tell that they have gone through all of their 200 epochs
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"{'':15} {'ours':>7} {'theirs':>7} {'± error':>8}   {'time: theirs / ours'}")
    for name in names or WORKS:
        scores: dict[str, list[float]] = {"ours": [], "theirs": []}
        times = {"ours": 0.0, "theirs": 0.0}
        for whose, score, seconds in fits(name):
            scores[whose].append(score)
            times[whose] += seconds
        ours, theirs = map(statistics.mean, scores.values())
        error = statistics.stdev(scores["theirs"]) / len(scores["theirs"]) ** 0.5
        ratio = times["theirs"] / times["ours"]
        passed = "" if ours >= theirs - error and ratio > 1 else "   missed"
        seconds = f"{ratio:.2f}  ({times['theirs']:.1f} s / {times['ours']:.1f} s)"
        print(f"{name:15} {ours:7.4f} {theirs:7.4f} {error:8.4f}   {seconds}{passed}")


if __name__ == "__main__":
    main(sys.argv[1:])
