"""How long until one can work: the import, and the import with a network's first step.

`python tests/benchmarks/start.py [ROUNDS] [PYTHON_WITH_KERAS]`. Every figure is that of fresh
processes, the libraries in turn; the first of each, which loads its files from the disk, is left
out. The start of Python itself, which all have, is not counted, but NumPy is.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial

from goals import Figure
from processes import output
from rounds import alternating

NETWORKS = {
    "nnlite": """
import nnlite
imported = perf_counter()
model = nnlite.Sequential([
    nnlite.Input((784,)),
    nnlite.layers.Dense(100, activation="sigmoid"),
    nnlite.layers.Dense(10, activation="softmax"),
])
model.compile(nnlite.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
model.fit(x, y, batch_size=32, verbose=0)
""",
    "PyTorch": """
import torch
imported = perf_counter()
model = torch.nn.Sequential(
    torch.nn.Linear(784, 100), torch.nn.Sigmoid(), torch.nn.Linear(100, 10)
)
optimizer = torch.optim.SGD(model.parameters(), 0.05)
torch.nn.functional.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(y)).backward()
optimizer.step()
""",
}
NETWORKS["Keras"] = NETWORKS["nnlite"].replace("nnlite", "keras")
PROGRAM = """
from time import perf_counter
start = perf_counter()
import numpy
x, y = numpy.ones((32, 784), "f4"), numpy.arange(32) % 10
{network}
print(imported - start, perf_counter() - start)
"""


def run(library: str, python: str) -> list[float]:
    """Return the seconds until a library is imported, and until its network has made a step."""
    program = PROGRAM.format(network=NETWORKS[library])
    return [float(word) for word in output("-c", program, python=python).split()]


def figures(rounds: int, keras_python: str = "") -> list[Figure]:
    """Return the smallest and the median time of each library."""
    pythons = {"nnlite": sys.executable, "PyTorch": sys.executable, "Keras": keras_python}
    runs = {name: partial(run, name, python) for name, python in pythons.items() if python}
    found = []
    for library, answers in alternating(runs, rounds, 0).items():
        for number, what in enumerate(("import", "import and first step")):
            times = [answer[number] for answer in answers]
            found.append(Figure(f"{library}: {what}, fastest process", min(times), "s"))
            middle = statistics.median(times)
            found.append(Figure(f"{library}: {what}, median process", middle, "s"))
    return found


def main(rounds: str = "7", keras_python: str = "") -> None:
    """Print the figures."""
    for figure in figures(int(rounds), keras_python):
        print(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
