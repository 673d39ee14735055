import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LESSONS = {
    "01_good.py": """
# %% [markdown]
# # 01 A good lesson
# %%
from nnlite import lessons
print("the page of the good lesson")
table = lessons.Table("01 A good lesson")
table.equal("two and two", 2 + 2, 4)
table.close()
""",
    "02_differs.py": """
from nnlite import lessons
table = lessons.Table("02 A lesson that differs")
table.equal("two and two", 2 + 2, 5)
table.equal("three and three", 3 + 3, 6)
table.close()
""",
    "03_breaks.py": """
print("before")
raise ValueError("the layer is missing")
""",
    "04_silent.py": """
print("no table")
""",
    "05_reads_a_file.py": """
from nnlite import lessons
from pathlib import Path
file = lessons.csv_option()
if file is not None and Path(file).read_text() != "1, 2":
    lessons.refuse(f"{file} needs two columns")
table = lessons.Table("05 A lesson that reads a file")
table.equal("file", str(file), "good.csv" if file else "None")
table.close()
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    (folder / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "__main__.py", folder / "examples" / "__main__.py")
    for name, text in LESSONS.items():
        (folder / "examples" / name).write_text(text, encoding="utf-8")
    (folder / "good.csv").write_text("1, 2")
    (folder / "bad.csv").write_text("1")
    return folder


@pytest.fixture(scope="module")
def run(folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("NNLITE_FIGURES", None)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "examples", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def all_lessons(run):
    return run()


def verdicts(done):
    """Return the line of each lesson, without its seconds."""
    lines = [line.split(maxsplit=3) for line in done.stdout.splitlines() if line[:2].isdigit()]
    return {line[0]: line[3] for line in lines if line[2:3] == ["s"]}


def test_one_failing_lesson_does_not_stop_the_others(all_lessons):
    assert verdicts(all_lessons) == {
        "01_good": "ok",
        "02_differs": "FAILED: 1 of 2 lines of its table differ",
        "03_breaks": "FAILED: ValueError: the layer is missing",
        "04_silent": "FAILED: it ended without a table",
        "05_reads_a_file": "ok",
    }


def test_the_exit_status_says_that_a_lesson_failed(all_lessons):
    assert all_lessons.returncode == 1


def test_one_closing_table_holds_the_figures_of_all_lessons(all_lessons):
    rows = [" ".join(line.split()) for line in all_lessons.stdout.splitlines()]
    assert "two and two 4 4 ok" in rows
    assert "two and two 4 5 DIFFERS" in rows
    assert "three and three 6 6 ok" in rows
    assert rows[-1].startswith("2 of 5 lessons are right, 3 of 4 figures agree")


def test_what_a_broken_lesson_said_is_shown_and_the_pages_of_the_others_are_not(all_lessons):
    assert "03_breaks ended with:\nbefore\nTraceback" in all_lessons.stdout
    assert "the page of the good lesson" not in all_lessons.stdout


def test_a_lesson_run_alone_shows_its_page_and_ends_with_status_0(run):
    done = run("good")
    assert done.returncode == 0
    assert "the page of the good lesson" in done.stdout
    assert "1 of 1 lessons are right, 1 of 1 figures agree" in done.stdout
    assert done.stderr == ""


def test_names_choose_lessons_in_the_order_of_the_course(run):
    done = run("READS", "01")
    assert done.returncode == 0
    assert list(verdicts(done)) == ["01_good", "05_reads_a_file"]


def test_list_names_the_lessons_with_their_titles_and_runs_none(run):
    done = run("--list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [name.removesuffix(".py") for name in LESSONS]
    assert lines[0].split(maxsplit=1)[1] == "A good lesson"


def test_a_file_reaches_the_lesson_that_takes_one(run):
    done = run("--csv", "good.csv", "good", "reads")
    assert verdicts(done) == {"01_good": "ok", "05_reads_a_file": "ok"}
    assert done.returncode == 0


def test_a_lesson_that_refuses_its_file_ends_the_runner_with_its_line_and_status_2(run):
    done = run("reads", "--csv", "bad.csv")
    assert done.returncode == 2
    assert done.stderr == "bad.csv needs two columns\n"
    assert done.stdout == ""


def test_a_lesson_that_refuses_its_file_does_not_stop_the_others(run):
    done = run("--csv", "bad.csv", "reads", "good")
    assert done.returncode == 2
    assert verdicts(done) == {
        "01_good": "ok",
        "05_reads_a_file": "FAILED: bad.csv needs two columns",
    }


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["goood"], "No lesson has 'goood' in its name; the nearest is good."),
        (["dropout"], "No lesson has 'dropout' in its name; there are 01_good, 02_differs,"),
        (["--lits"], "Unrecognized arguments: --lits."),
        (["--csv"], "Argument --csv: expected one argument."),
        (["good", "--csv", "good.csv"], "None of these lessons takes --csv: 01_good."),
        (["--csv", "a.csv"], "--csv needs a file; there is none at a.csv."),
    ],
)
def test_bad_input_gets_one_clear_line_and_status_2(run, arguments, line):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(line)
    assert done.stdout == ""
