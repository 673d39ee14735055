"""A grid search on a cluster: two processes of Dask on this machine. Second tier."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SEARCH = """
import json, os
from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_info
from nnlite import Sequential
from nnlite.callbacks import LambdaCallback
from nnlite.estimators import NNClassifier
from nnlite.layers import Dense, Input

def threads():
    return max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

def narrow(n_inputs, n_outputs):
    return Sequential([Input((n_inputs,)), Dense(n_outputs, "softmax")])

def wide(n_inputs, n_outputs):
    return Sequential([Input((n_inputs,)), Dense(9, "tanh"), Dense(n_outputs, "softmax")])

def scores(network, X, y):
    counted = max(network.history_["threads"])
    return {"accuracy": network.score(X, y), "process": os.getpid(), "threads": counted}

if __name__ == "__main__":
    X, y = load_iris(return_X_y=True)
    count = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(threads=threads()))
    network = NNClassifier(epochs=20, random_state=0, callbacks=[count])
    grid = {"model": [narrow, wide], "learning_rate": [0.01, 0.1]}
    search = GridSearchCV(network, grid, cv=3, scoring=scores, refit="accuracy")
    found = [search.fit(X, y).cv_results_]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster), parallel_config(backend="dask"):
            found.append(search.fit(X, y).cv_results_)
    names = ["process", "threads", "accuracy"]
    columns = [
        [[r[f"split{k}_test_{name}"].tolist() for k in range(3)] for name in names]
        for r in found
    ]
    print(json.dumps([os.getpid(), columns]))
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: Any) -> Any:
    pytest.importorskip("distributed", reason="a cluster needs pip install -e '.[dask]'")
    script: Path = tmp_path_factory.mktemp("cluster") / "search.py"
    script.write_text(SEARCH, encoding="utf-8")
    # A slow machine is warned of by Dask; those of NumPy are RuntimeWarnings.
    command = [sys.executable, "-W", "error::RuntimeWarning", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def flat(rows: list[list[float]]) -> set[float]:
    return {value for row in rows for value in row}


def test_both_processes_of_a_cluster_take_their_part_of_a_grid_search(results: Any) -> None:
    here, (alone, cluster) = results
    assert flat(alone[0]) == {here}
    assert len(flat(cluster[0]) - {here}) == 2
    assert here not in flat(cluster[0])


def test_a_process_of_a_cluster_multiplies_in_one_thread(results: Any) -> None:
    _, (_, cluster) = results
    assert flat(cluster[1]) == {1}


def test_a_cluster_finds_what_one_process_finds(results: Any) -> None:
    _, (alone, cluster) = results
    assert cluster[2] == alone[2]
    assert max(flat(alone[2])) > 0.9
