"""What scikit-learn checks of every estimator, and how its tools work with ours."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nnlite
from nnlite.callbacks import EarlyStopping
from nnlite.estimators import NNClassifier, NNRegressor
from nnlite.optimizers import Adam

SOURCE = Path(nnlite.__file__).parent.parent
FLOWERS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)
BOTH = pytest.mark.parametrize(
    ("kind", "data"), [(NNClassifier, FLOWERS), (NNRegressor, DIABETES)], ids=["classes", "numbers"]
)

ALL_CHECKS = """
import warnings
warnings.simplefilter("error")
from sklearn.utils.estimator_checks import check_estimator
from nnlite.estimators import NNClassifier, NNRegressor
for estimator in (NNClassifier(), NNRegressor()):
    results = check_estimator(estimator)
    print(len(results) > 50, {result["status"] for result in results})
"""

SEARCH = """
from joblib import Parallel, delayed, parallel_config
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_validate
from threadpoolctl import threadpool_info
from nnlite.callbacks import Callback
from nnlite.estimators import NNClassifier

def threads():
    return max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

class Count(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["threads"] = threads()

X, y = load_iris(return_X_y=True)
network = NNClassifier(epochs=2, callbacks=[Count()], random_state=0)
with parallel_config("loky", inner_max_num_threads=2):
    print(Parallel(n_jobs=2)(delayed(threads)() for _ in range(2)))
    fits = cross_validate(network, X, y, cv=2, n_jobs=2, return_estimator=True)
print([fit.history_["threads"] for fit in fits["estimator"]])
"""


def run(script: str, **environment: str) -> str:
    """Run a script in a fresh interpreter, and return what it prints."""
    paths = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, **environment}
    command = [sys.executable, "-c", script]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


@parametrize_with_checks([NNClassifier(), NNRegressor()])
def test_it_keeps_the_convention(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
def test_scikit_learn_skips_none_of_its_checks() -> None:
    # One of them runs only where SciPy was imported with this variable.
    assert run(ALL_CHECKS, SCIPY_ARRAY_API="1") == "True {'passed'}\n" * 2


@pytest.mark.slow
def test_the_fits_of_a_worker_process_multiply_in_one_thread() -> None:
    assert run(SEARCH) == "[2, 2]\n[[1, 1], [1, 1]]\n"


@BOTH
def test_before_fit_there_are_the_parameters_alone(kind: Any, data: Any) -> None:
    given = {"callbacks": [EarlyStopping(monitor="loss")], "optimizer": Adam(0.01)}
    estimator = kind(**given)
    assert vars(estimator) == estimator.get_params(deep=False)
    assert estimator.callbacks is given["callbacks"]
    assert estimator.optimizer is given["optimizer"]


@BOTH
def test_a_clone_of_a_fitted_one_has_its_parameters_and_has_learned_nothing(
    kind: Any, data: Any
) -> None:
    fitted = kind(epochs=2, optimizer=Adam(0.01), random_state=0).fit(*data)
    copied = clone(fitted)
    assert vars(copied).keys() == copied.get_params().keys()
    assert copied.epochs == 2
    assert copied.optimizer is not fitted.optimizer
    assert np.array_equal(copied.fit(*data).predict(data[0]), fitted.predict(data[0]))


@pytest.mark.bits
@BOTH
def test_a_pickled_one_predicts_and_goes_on_as_the_original(kind: Any, data: Any) -> None:
    original = kind(epochs=2, dropout=0.2, warm_start=True, random_state=0)
    copied = pickle.loads(pickle.dumps(original.fit(*data)))
    assert np.array_equal(copied.predict(data[0]), original.predict(data[0]))
    for estimator in (original, copied):
        estimator.fit(*data)
    assert copied.loss_curve_ == original.loss_curve_
    assert np.array_equal(copied.predict(data[0]), original.predict(data[0]))


@pytest.mark.slow
@BOTH
def test_a_grid_search_in_two_processes_finds_what_one_process_finds(kind: Any, data: Any) -> None:
    pipeline = make_pipeline(StandardScaler(), kind(epochs=5, random_state=0))
    grid = {f"{kind.__name__.lower()}__hidden_layer_sizes": [(3,), (20, 10)]}
    searches = [GridSearchCV(pipeline, grid, cv=3, n_jobs=jobs).fit(*data) for jobs in (1, 2)]
    scores = [search.cv_results_["mean_test_score"] for search in searches]
    np.testing.assert_allclose(*scores, atol=1e-9)
    assert searches[0].best_params_ == searches[1].best_params_


def test_cross_validation_scores_a_pipeline() -> None:
    pipeline = make_pipeline(StandardScaler(), NNClassifier(random_state=0))
    assert cross_val_score(pipeline, *FLOWERS, cv=3).mean() > 0.93


@BOTH
def test_a_frame_gives_the_names_of_its_columns(kind: Any, data: Any) -> None:
    frame = pd.DataFrame(data[0]).rename(columns="column {}".format)
    fitted = kind(epochs=1).fit(frame, pd.Series(data[1]))
    assert fitted.feature_names_in_.tolist() == list(frame.columns)
    assert fitted.n_features_in_ == frame.shape[1]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame[frame.columns[::-1]])


def test_a_pipeline_may_hand_on_frames() -> None:
    frame = pd.DataFrame(FLOWERS[0], columns=["a", "b", "c", "d"])
    pipeline = make_pipeline(StandardScaler(), NNClassifier(epochs=1))
    pipeline.set_output(transform="pandas").fit(frame, FLOWERS[1])
    assert pipeline[-1].feature_names_in_.tolist() == ["a", "b", "c", "d"]


@pytest.mark.bits
@BOTH
def test_the_same_random_state_gives_the_same_bits(kind: Any, data: Any) -> None:
    def curve(random_state: Any) -> list[float]:
        settings = {"epochs": 3, "dropout": 0.5, "early_stopping": True}
        fitted = kind(**settings, random_state=random_state).fit(*data)
        return [*fitted.loss_curve_, *fitted.validation_loss_curve_]

    assert curve(1) == curve(1)
    assert curve(1) != curve(2)
    assert curve(np.random.RandomState(3)) == curve(np.random.RandomState(3))


@BOTH
def test_without_a_random_state_the_seed_of_nnlite_counts_and_not_that_of_numpy(
    kind: Any, data: Any
) -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    curves = []
    for _ in range(2):
        nnlite.set_random_seed(5)
        curves.append(kind(epochs=2, early_stopping=True).fit(*data).loss_curve_)
    assert curves[0] == curves[1]
    assert curves[0] != kind(epochs=2, early_stopping=True).fit(*data).loss_curve_
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
