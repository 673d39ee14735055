"""Every network against its peers, in alternation: `python tests/benchmarks [PART_OF_A_NAME]`.

First it is checked that all compute the same, then each round lets every peer do the same work.
Printed is the time of the peer over ours, the median of the rounds: above 1, nnlite is faster.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from networks import WORKS, Work
from peers import (
    bare_products,
    scikit_learn_epoch,
    torch_prediction,
    torch_training,
)

ROUNDS = 7
# Thread pools of BLAS and OpenMP go on spinning for a while after their work is done.
PAUSE = 0.2


def peers_of(name: str, work: Work) -> tuple[Callable[[], object], dict[str, Callable[[], object]]]:
    """Return our work, and that of each peer."""
    model, (x, y) = work.make(), work.data()
    if work.predicts:
        return lambda: model.predict(x, verbose=0), {"PyTorch": torch_prediction(model, x)}
    train = torch_training(model, x, y, work.batch)
    peers: dict[str, Callable[[], object]] = {"PyTorch": lambda: train(work.epochs)}
    if name in ("784-100-10, batch 32", "784-100-10, batch 128"):
        peers["scikit-learn"] = scikit_learn_epoch(x, y, work.batch, 0.05)
        peers["bare products"] = bare_products(x, work.batch)
    return lambda: work.run(model, x, y), peers


def check_same(name: str, work: Work) -> None:
    """Raise unless the first ten batches, in order, give the losses that PyTorch gives."""
    model, (x, y) = work.make(), work.data()
    if work.predicts:
        difference = np.abs(model.predict(x[:320]) - torch_prediction(model, x[:320])()).max()
    elif any(type(layer).__name__ == "Dropout" for layer in model.layers):
        return  # other random numbers
    else:
        count = 10 * work.batch
        epochs = 1 if work.epochs == 1 else 500
        theirs = torch_training(model, x[:count], y[:count], work.batch, shuffle=False)(epochs)
        ours = model.fit(
            x[:count], y[:count], work.batch, epochs, verbose=0, shuffle=False
        ).history["loss"][-1]
        difference = abs(ours - theirs) / theirs
    # PyTorch adds Adam's epsilon at another place, which counts during the first steps.
    if difference > (1e-3 if "Adam" in name else 1e-4):
        raise SystemExit(f"{name}: ours and PyTorch's differ by {difference:.2g}")


def ratios(
    ours: Callable[[], object], peers: dict[str, Callable[[], object]]
) -> tuple[float, dict[str, float]]:
    """Return our median time, and each peer's time over ours."""
    times: dict[str, list[float]] = {name: [] for name in ["ours", *peers]}
    for _ in range(ROUNDS + 1):
        for name, work in {"ours": ours, **peers}.items():
            time.sleep(PAUSE)
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    for measured in times.values():
        del measured[0]
    return statistics.median(times["ours"]), {
        name: statistics.median(p / o for p, o in zip(times[name], times["ours"], strict=True))
        for name in peers
    }


def main(part: str = "") -> None:
    """Print the table."""
    core = os.environ.get("OPENBLAS_CORETYPE", "OpenBLAS's own choice")
    print(f"NumPy {np.__version__}, {core}; PyTorch {torch.__version__}")
    for name, work in WORKS.items():
        if part in name:
            check_same(name, work)
            ours, found = ratios(*peers_of(name, work))
            cells = "  ".join(f"{peer} {ratio:.2f}" for peer, ratio in found.items())
            print(f"{name:40}{ours * 1000:6.0f} ms   {cells}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
