"""Exercises in a file: written once, with holes, and checked in a process of its own."""

from __future__ import annotations

import os
import re
import time

import pytest

from nnlite import exercises
from nnlite.exercises.__main__ import main
from nnlite.exercises.files import check_file, run_file


@pytest.fixture
def file(tmp_path):
    return exercises.start("02", tmp_path)


def fill(file, hole, solution):
    text = file.read_text(encoding="utf-8")
    assert hole in text
    file.write_text(text.replace(hole, solution), encoding="utf-8")


def test_the_list_names_every_exercise_its_kind_and_its_title(capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(exercises.every())
    assert lines[4] == "02.1  number    One step"


def test_start_writes_the_holes_of_a_lesson_and_says_where(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["start", "02"]) == 0
    text = (tmp_path / "exercises_02.py").read_text(encoding="utf-8")
    assert re.findall(r"^# ## (\d\d\.\d)", text, re.M) == ["02.1", "02.2", "02.3"]
    assert "\nw = ...\n" in text
    assert "def slope(w, x, y):\n    return ...\n" in text
    assert "check exercises_02.py" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["6", 6, "06"])
def test_a_lesson_is_found_with_and_without_its_zero(given, tmp_path):
    assert exercises.start(given, tmp_path).name == "exercises_06.py"


def test_start_never_overwrites_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "exercises_02.py"
    mine.write_text("mine", encoding="utf-8")
    assert main(["start", "02"]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"


def test_start_of_an_unknown_lesson_lists_those_that_there_are(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["start", "99"]) == 2
    assert "Lessons with exercises: 00, 01, 02" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_open_holes_says_not_yet_and_is_no_failure(file, capsys):
    assert main(["check", str(file)]) == 0
    assert (
        capsys.readouterr().out
        == "02.1 not yet.\n02.2 not yet.\n02.3 not yet: the mistake is still in it.\n"
    )


def test_a_file_is_told_hole_by_hole(file, capsys):
    fill(file, "w = ...", "w = 2 * 4 * 0.1")
    fill(file, "return ...", "return ((w * x - y) * x).sum()")
    assert check_file(file) == 1
    right, wrong, _ = capsys.readouterr().out.splitlines()
    assert right == "02.1 right."
    assert wrong == "02.2 not right yet: This is the sum over the samples: 1/m is missing."


def test_an_error_in_a_function_is_shown_with_its_line(file, capsys):
    fill(file, "return ...", "return w * z")
    line = file.read_text(encoding="utf-8").splitlines().index("    return w * z") + 1
    assert check_file(file) == 1
    out = capsys.readouterr().out
    assert f"It stops with an error. Line {line}: return w * z\nNameError: name 'z'" in out


def test_an_error_in_the_file_is_shown_with_its_line(file, capsys):
    fill(file, "w = ...", "w = 1 / 0")
    assert check_file(file) == 1
    line = file.read_text(encoding="utf-8").splitlines().index("w = 1 / 0") + 1
    told = f"Line {line}: w = 1 / 0\nZeroDivisionError: division by zero"
    assert told in capsys.readouterr().out


def test_a_slip_of_grammar_is_shown_with_its_line(file, capsys):
    fill(file, "return ...", "return (w")
    assert check_file(file) == 1
    out = capsys.readouterr().out
    assert "return (w" in out
    assert "SyntaxError: '(' was never closed" in out


def test_a_loop_without_an_end_is_stopped_and_what_was_said_before_is_shown(file, capsys):
    fill(file, "w = ...", "w = 0.8")
    fill(file, "return ...", "while True:\n        pass")
    # A busy machine may need more than a second to begin.
    for seconds in (1, 5):
        begin = time.monotonic()
        assert check_file(file, seconds) == 1
        assert time.monotonic() - begin < 30
        *said, stopped = capsys.readouterr().out.splitlines()
        assert stopped == f"Stopped after {seconds} seconds: is there a loop without an end?"
        if said:
            break
    assert said == ["02.1 right."]


def test_a_file_runs_in_a_process_of_its_own(file, capsys):
    fill(file, "w = ...", "import os; print(os.getpid()); w = 0.8")
    assert check_file(file) == 0
    assert capsys.readouterr().out.splitlines()[0] != str(os.getpid())


def test_a_process_that_ends_early_is_no_success(file, capsys):
    fill(file, "w = ...", "import os; os._exit(7)")
    assert check_file(file) == 1
    assert "It ended early, with the status 7." in capsys.readouterr().out


def test_a_hole_whose_name_is_gone_is_not_yet_solved(file, capsys):
    fill(file, "def slope(", "def my_slope(")
    assert check_file(file) == 0
    assert "02.2 not yet: there is no slope." in capsys.readouterr().out


def test_a_file_without_exercises_says_what_a_heading_looks_like(tmp_path, capsys):
    path = tmp_path / "other.py"
    path.write_text("x = 1\n", encoding="utf-8")
    assert check_file(path) == 1
    assert "no heading of an exercise, such as `# ## 06.1`" in capsys.readouterr().out


def test_check_of_a_file_that_is_not_there_is_explained(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none.py")]) == 2
    assert "start 06 writes a file" in capsys.readouterr().err


def test_an_exit_inside_of_a_function_is_a_mistake_and_no_success(file, capsys):
    fill(file, "return ...", "raise SystemExit")
    assert check_file(file) == 1
    assert "It stops with an error. Line" in capsys.readouterr().out


def test_of_a_loop_that_prints_without_an_end_both_ends_are_shown(file, capsys):
    fill(file, "w = ...", "print('first' + 'é' * 30_000 + 'last'); w = 0.8")
    assert check_file(file) == 0
    out = capsys.readouterr().out
    assert len(out) < 8_000
    assert out.startswith("first")
    assert "last\n02.1 right." in out


@pytest.mark.parametrize("lesson", range(17))
def test_the_file_of_every_lesson_runs_and_has_its_holes_open(lesson, tmp_path, capsys):
    assert run_file(exercises.start(lesson, tmp_path)) == 0
    lines = capsys.readouterr().out.splitlines()
    numbers = [exercise.number for exercise in exercises.of_lesson(lesson)]
    assert [line[:12] for line in lines] == [f"{number} not yet" for number in numbers]
