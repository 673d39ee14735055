from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import nnlite
from nnlite.lessons.scripts import write_notebooks

SOURCE = Path(nnlite.__file__).parent.parent


def modules_after(statement: str) -> set[str]:
    """The names of all modules that a fresh interpreter holds after the statement."""
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r}); {statement}\n"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


HEAVY = {
    "matplotlib",
    "sklearn",
    "scipy",
    "pandas",
    "tqdm",
    "IPython",
    "PIL",
    "torch",
    "keras",
    "onnx",
}

A_WHOLE_LIFE = """
import nnlite
model = nnlite.Sequential([nnlite.layers.Dense(3, input_shape=(2,)), nnlite.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
model.fit([[0, 0], [1, 1]], [0, 1], epochs=2, verbose=0)
model.evaluate([[0, 0]], [0], verbose=0)
model.predict([[0, 0]])
model.summary(print_fn=str)
"""


def test_importing_nnlite_loads_numpy_and_the_standard_library_only() -> None:
    loaded = modules_after("import nnlite; nnlite.Sequential([nnlite.Input((2,))])")
    assert {"numpy", "nnlite.layers.dense"} <= loaded
    loaded = {name.partition(".")[0] for name in loaded}
    assert loaded & HEAVY == set()
    others = {
        name
        for name in loaded
        - set(sys.stdlib_module_names)
        - {"nnlite", "numpy", "cython_runtime", "__main__"}
        if not name.startswith("_") and name not in ("sitecustomize", "usercustomize")
    }
    # What site-packages starts by itself in every interpreter is not of our making.
    others -= {name.partition(".")[0] for name in modules_after("pass")}
    assert others == set()


def test_a_part_of_nnlite_is_loaded_when_it_is_first_used() -> None:
    assert not any(name.startswith("nnlite.") for name in modules_after("import nnlite"))


def test_training_and_prediction_load_nothing_heavy() -> None:
    loaded = {name.partition(".")[0] for name in modules_after(A_WHOLE_LIFE)}
    assert loaded & HEAVY == set()


def test_files_of_models_need_no_extra_until_one_is_written() -> None:
    modules = modules_after("import nnlite; nnlite.saving.to_onnx")
    assert "nnlite.exchange.onnx.writing" in modules
    loaded = {name.partition(".")[0] for name in modules}
    assert loaded & HEAVY == set()


def test_parts_that_few_need_are_loaded_when_first_used() -> None:
    later = {"nnlite.datasets", "nnlite.graph", "nnlite.plot", "nnlite.testing"}
    assert modules_after("import nnlite") & later == set()
    assert "nnlite.graph" in modules_after("import nnlite; nnlite.graph.Value")
    assert "nnlite.datasets" in modules_after("from nnlite import datasets")


def test_callbacks_load_no_pictures_until_the_one_that_draws_is_asked_for() -> None:
    assert "nnlite.plot" not in modules_after("import nnlite.callbacks")
    assert "nnlite.plot.live" in modules_after("from nnlite.callbacks import LivePlot")


def test_scikit_learn_is_loaded_with_the_first_estimator_and_not_before() -> None:
    before = modules_after("import nnlite, nnlite.estimators; dir(nnlite.estimators)")
    assert not any(name.startswith(("sklearn", "scipy", "nnlite.models")) for name in before)
    assert "sklearn" in modules_after("from nnlite.estimators import NNRegressor")


def test_all_public_names_are_there() -> None:
    assert [name for name in nnlite.__all__ if not hasattr(nnlite, name)] == []
    assert {"Sequential", "Model", "Input", "set_random_seed", "load_model"} <= set(dir(nnlite))
    assert {"graph", "plot", "datasets", "estimators", "testing"} <= set(dir(nnlite))


def test_the_version_is_told() -> None:
    assert nnlite.__version__.count(".") == 2


def test_every_import_is_required_or_of_an_extra_that_its_error_names() -> None:
    project = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    there = {"nnlite", "numpy", "tqdm", "matplotlib", "sklearn"}
    # What those need themselves; and IPython is where a notebook is.
    there |= {"PIL", "cycler", "threadpoolctl", "IPython"}
    for path in sorted(SOURCE.rglob("nnlite/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                assert module.partition(".")[0] in there | sys.stdlib_module_names, path
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_extra":
                package, extra = (ast.literal_eval(given) for given in node.args[:2])
                brought = [needed.split(">=")[0] for needed in extras[extra]]
                assert package.partition(".")[0] in brought, path


def test_notebooks_without_jupytext_name_the_extra_that_brings_it(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(ImportError, match=r"pip install 'nnlite\[notebook\]'"):
        write_notebooks("nowhere")
