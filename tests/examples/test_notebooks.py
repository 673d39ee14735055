"""The lessons as notebooks: written by one command, each of them whole without the repository."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from nnlite import exercises
from nnlite.exercises.files import with_holes
from nnlite.lessons.__main__ import main
from nnlite.lessons.scripts import scripts, title_of, write_notebooks

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = [path.stem[:2] for path in scripts()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("jupytext")
    folder = tmp_path_factory.mktemp("course") / "lessons"
    write_notebooks(folder)
    return folder


def cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def test_every_lesson_becomes_a_notebook_that_opens_with_its_title(folder):
    written = sorted(folder.iterdir())
    assert [path.name for path in written] == [f"{path.stem}.ipynb" for path in scripts()]
    for path, script in zip(written, scripts(), strict=True):
        kind, text = cells(path)[0]
        assert (kind, text.splitlines()[0]) == (
            "markdown",
            f"# {script.stem[:2]} {title_of(script)}",
        )


def test_a_notebook_has_the_kernel_of_python_and_no_outputs(folder):
    notebook = json.loads(next(folder.glob("03_*")).read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert all(not cell.get("outputs") for cell in notebook["cells"])


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_lesson_names_its_exercises_and_then_only_checks_its_table(script):
    text = script.read_text(encoding="utf-8")
    call = f'exercises.name_them("{script.stem[:2]}")\n'
    assert text.count("exercises.") == text.count(call) == 1
    end = text.partition(call)[2]
    assert re.findall(r"^# ## (.+)$", end, re.M) in ([], ["The table"])
    assert "lessons.save" not in end
    assert end.endswith("table.close()\n")


def test_a_notebook_has_a_hole_with_its_check_for_each_exercise_before_the_table(folder):
    for path in folder.glob("[0-9]*.ipynb"):
        code = [text for kind, text in cells(path) if kind == "code"]
        place = code.index(f'exercises.name_them("{path.stem[:2]}")')
        numbers = [re.findall(r"^exercises\.check\(\"(.+?)\"", text, re.M) for text in code]
        expected = [[exercise.number] for exercise in exercises.of_lesson(path.stem[:2])]
        assert numbers == [[]] * (place + 1) + expected + [[]]


def code_of_holes(lesson):
    text = with_holes(f'exercises.name_them("{lesson}")\n')
    return re.sub(r"^# %% \[markdown\]\n(?:#.*\n)+", "", text, flags=re.M)


@pytest.mark.parametrize("lesson", NUMBERS)
def test_the_holes_of_a_notebook_run_as_they_are_and_say_not_yet(lesson, capsys):
    exec(code_of_holes(lesson), {"exercises": exercises, "np": np, "__name__": "notebook"})
    said = re.findall(r"^(\d\d\.\d) not yet", capsys.readouterr().out, re.M)
    assert said == [exercise.number for exercise in exercises.of_lesson(lesson)]


def test_a_hole_that_is_filled_in_the_notebook_is_right(capsys):
    code = code_of_holes("07").replace("parameters = ...", "parameters = 43")
    exec(code, {"exercises": exercises, "np": np})
    assert capsys.readouterr().out.endswith("07.1 not yet.\n07.2 right.\n")


def test_a_notebook_that_is_there_stays_as_it_is(folder, tmp_path, capsys):
    mine = tmp_path / f"{scripts()[0].stem}.ipynb"
    mine.write_text("my notes")
    assert main(["notebooks", str(tmp_path)]) == 0
    assert mine.read_text() == "my notes"
    out = capsys.readouterr().out
    assert out == (
        f"{mine} is there already, and stays as it is.\n"
        f"{len(scripts()) - 1} notebooks in {tmp_path}.\n"
    )


def test_a_file_in_the_place_of_the_folder_is_refused_with_status_2(folder, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("")
    assert main(["notebooks", str(tmp_path / "notes.txt")]) == 2
    assert capsys.readouterr().err.startswith("The path must name a folder.\nReceived: the file ")


def test_without_a_command_the_lessons_are_listed(capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines] == NUMBERS
    assert lines[NUMBERS.index("03")] == "03_diabetes             One neuron predicts diabetes"


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_lesson_imports_nothing_that_lies_beside_it(script):
    beside = {path.stem for path in script.parent.glob("*.py")}
    text = script.read_text(encoding="utf-8")
    assert not beside & set(re.findall(r"^(?:import|from) (\w+)", text, re.M))


@pytest.fixture(scope="module")
def executed(folder, tmp_path_factory):
    """Return a function that runs a notebook in an empty folder: its cells of code."""
    nbclient = pytest.importorskip("nbclient")
    if find_spec("ipykernel") is None:
        pytest.skip("no ipykernel")
    nbformat = pytest.importorskip("nbformat")

    def run(name):
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        empty = tmp_path_factory.mktemp("empty")
        resources = {"metadata": {"path": str(empty)}}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(ROOT / "src"))
            patch.setenv("OMP_NUM_THREADS", "1")
            patch.delenv("MPLBACKEND", raising=False)
            nbclient.NotebookClient(notebook, timeout=280, resources=resources).execute()
        assert list(empty.iterdir()) == []
        return [cell for cell in notebook.cells if cell.cell_type == "code"]

    return run


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_lesson_runs_as_a_notebook_in_an_empty_folder(executed, script):
    code = executed(script.stem)
    printed = [stream for cell in code for stream in outputs(cell, "stream")]
    assert [stream.text for stream in printed if stream.name == "stderr"] == []
    text = "".join(stream.text for stream in printed)
    assert "Warning" not in text
    rows = len(re.findall(r"^ok: ", text, re.M))
    assert text.endswith(f": {rows} of {rows} figures agree.\n")
    for cell in code:
        draws = re.search(r"^(lessons\.save|pictures)\(", cell.source, re.M)
        pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
        assert bool(pictures) == bool(draws), cell.source


def test_the_lesson_on_the_page_of_the_lessons_prints_its_table(tmp_path):
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    (table,) = re.findall(r"^```text\n(.*?)^```$", page, re.M | re.S)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "NNLITE_FIGURES": str(tmp_path),
        "PYTHONUTF8": "1",
    }
    environment.pop("NNLITE_LESSON_RESULTS", None)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == f"picture: {tmp_path / '20_my_picture.png'}\n\n{table}", done.stderr
