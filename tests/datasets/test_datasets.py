from __future__ import annotations

import subprocess
import sys


def test_importing_the_data_sets_loads_numpy_and_the_standard_library_only():
    program = (
        "import sys, numpy.random\n"
        "before = set(sys.modules)\n"
        "import nnlite.datasets\n"
        "nnlite.datasets.mnist, nnlite.datasets.house_prices, nnlite.datasets.boston_housing\n"
        "packages = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(packages - set(sys.stdlib_module_names) - {'numpy'}))\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr == ""
    assert result.stdout == "['nnlite']\n"
