"""A process that measures the networks of one file, ours and each peer's: a line of JSON for each.

`python tests/benchmarks/compare.py FILE ROUNDS SHARE PART_OF_A_NAME PYTHON_WITH_KERAS`; the
command for users is `python tests/benchmarks`.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import with_torch
from peers import bare_products, scikit_learn_epoch
from processes import Worker
from rounds import alternating, median_ratio, seconds
from threadpoolctl import threadpool_info
from work import Work, first_results, first_results_of, named

MORE_PEERS = ("784-100-10, batch 32", "784-100-10, batch 128")
# Keras' own cost of a step times 2,000 would be most of the time of all measurements.
NOT_IN_KERAS = ("XOR", "784-100-10, batch 1")


def machine() -> dict[str, str]:
    """Return what the figures depend on."""
    cores = sorted({found.get("architecture", "?") for found in threadpool_info()} - {"?"})
    found = {"cores": str(torch.get_num_threads()), "Python": platform.python_version()}
    found |= {"NumPy": np.__version__, "routines": ", ".join(cores)}
    return found | {"PyTorch": torch.__version__}


def torch_results(work: Work) -> list[list[float]]:
    """Return what PyTorch's network gives where ours gives its first results."""
    model, (x, y) = work.checked(), work.first()
    network = with_torch.torch_network(model)
    optimizer = with_torch.torch_optimizer(model, network)
    train = with_torch.training(network, optimizer, x, y, work.batch, shuffle=False)
    predict = with_torch.prediction(network, x)
    return first_results(work, predict, partial(train, work.checked_epochs))


def differing(ours: list[list[float]], theirs: list[list[float]]) -> float:
    """Return by how much results differ, or 0 where that is rounding.

    How predictions change is compared less closely: one unit that is at 0 up to rounding, and so
    passes its gradient on in one library alone, counts there.
    """
    differences = [
        float(np.abs(np.subtract(our, their)).max() / np.abs(their).max())
        for our, their in zip(ours, theirs, strict=True)
    ]
    pairs = zip(differences, (1e-4, 3e-2), strict=False)
    far = [found for found, limit in pairs if not found <= limit]
    return max(far, default=0.0)


def works_of(
    name: str, work: Work, keras: Callable[[str], float] | None
) -> dict[str, Callable[[], float]]:
    """Return our work, and that of each peer: all say how many seconds they took."""
    model, (x, y) = work.make(), work.data()
    found = {"ours": partial(seconds, work.run, model, x, y)}
    network = with_torch.torch_network(model)
    if work.predicts:
        found["PyTorch"] = partial(seconds, with_torch.prediction(network, x))
    else:
        optimizer = with_torch.torch_optimizer(model, network)
        train = with_torch.training(network, optimizer, x, y, work.batch)
        found["PyTorch"] = partial(seconds, train, work.epochs)
    if name in MORE_PEERS:
        found["scikit-learn"] = partial(seconds, scikit_learn_epoch(x, y, work.batch, 0.05))
        found["bare products"] = partial(seconds, bare_products(x, work.batch))
    if keras is not None:
        found["Keras"] = partial(keras, "time")
    return found


def measured(
    name: str, work: Work, rounds: int, keras: Callable[[str], float] | None
) -> dict[str, Any]:
    """Return our milliseconds and the peers' times over ours; a peer that differs is not timed."""
    ours = first_results_of(work, work.checked())
    differ = {"PyTorch": differing(ours, torch_results(work))}
    if keras is not None:
        differ["Keras"] = differing(ours, keras("check"))
    differ = {peer: difference for peer, difference in differ.items() if difference}
    works = works_of(name, work, keras)
    times = alternating({who: do for who, do in works.items() if who not in differ}, rounds)
    ratios = {who: median_ratio(theirs, times["ours"]) for who, theirs in times.items()}
    return {
        "name": name,
        "ms": 1000 * statistics.median(times["ours"]),
        "samples": work.samples * work.epochs,
        "ratios": {who: ratio for who, ratio in ratios.items() if who != "ours"},
        "differ": differ,
    }


def answer(worker: Worker, which: str, task: str) -> Any:
    """Return what the process of Keras answers."""
    return json.loads(worker.ask(f"{task} {which}"))


def main(file: str, rounds: str, share: str, part: str = "", keras_python: str = "") -> None:
    """Print what the figures depend on, then a line for each network."""
    worker = Worker("with_keras.py", python=keras_python) if keras_python else None
    version = {"Keras (TensorFlow)": json.loads(worker.said())} if worker else {}
    print(json.dumps(machine() | version), flush=True)
    for name, work in named(file, float(share)).items():
        if part not in name:
            continue
        keras = partial(answer, worker, f"{file} {share} {name}") if worker else None
        if name in NOT_IN_KERAS:
            keras = None
        print(json.dumps(measured(name, work, int(rounds), keras)), flush=True)
    if worker:
        worker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
