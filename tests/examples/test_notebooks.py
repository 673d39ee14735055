"""The lessons as notebooks: written by one command, each of them whole without the repository."""

import json
import re

import pytest

from nnlite.lessons.__main__ import main
from nnlite.lessons.scripts import scripts, title_of, write_notebooks

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
    assert capsys.readouterr().err.startswith("Notebooks go into a folder.\nReceived: the file ")


def test_without_a_command_the_lessons_are_listed(capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines] == NUMBERS
    assert lines[NUMBERS.index("03")] == "03_diabetes             One neuron predicts diabetes"


# Lessons 00 to 05 so far.
@pytest.mark.parametrize("script", scripts()[:6], ids=lambda path: path.stem)
def test_a_lesson_imports_nothing_that_lies_beside_it(script):
    beside = {path.stem for path in script.parent.glob("*.py")}
    text = script.read_text(encoding="utf-8")
    assert not beside & set(re.findall(r"^(?:import|from) (\w+)", text, re.M))
