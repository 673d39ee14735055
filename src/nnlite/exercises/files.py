"""Exercises in a file: written with holes, and checked in a process of its own."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import IO, Any

from nnlite.exercises.exercise import Exercise, Verdict
from nnlite.exercises.known import LessonName, every, of_lesson
from nnlite.exercises.lines import told_error
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Positive
from nnlite.foundation.errors import explain_error, value_error
from nnlite.foundation.files import FilePath, FolderPath

MOST_SECONDS = 60
MOST_SHOWN = 5_000  # bytes of the beginning, and as many of the end

HEAD = '''"""The exercises of lesson {lesson}. Fill the holes, then

python -m nnlite.exercises check {file}
"""

import numpy as np
'''


def cells_of(exercise: Exercise) -> str:
    """Return an exercise as two cells of a script: the text, and the code with its hole."""
    text = f"## {exercise.number} {exercise.title}\n\n{exercise.text}"
    prose = re.sub(r" +$", "", textwrap.indent(text, "# ", lambda _: True), flags=re.M)
    return f"\n# %% [markdown]\n{prose}\n\n\n# %%\n{exercise.code}"


def with_holes(script: str) -> str:
    r"""Return a lesson with its exercises as cells: behind the line that names them.

    >>> with_holes('exercises.name_them("07")\n').splitlines()[-4:]
    ['# %%', 'parameters = ...', '', 'exercises.check("07.2", parameters)']
    """
    before, line, after = re.split(r"^(exercises\.name_them\(.+\)\n)", script, flags=re.M)
    cells = [before, line]
    for exercise in of_lesson(line.split('"')[1]):
        needs = "from nnlite.layers import Layer\n\n\n" if "(Layer)" in exercise.code else ""
        text, begin, code = cells_of(exercise).rpartition("# %%\n")
        cells += [text, begin, needs, code, f"\n{exercise.call}\n"]
    return "".join([*cells, after])


@explains_its_arguments
def start(lesson: LessonName, folder: FolderPath = ".") -> Path:
    """Write the exercises of a lesson into a file with holes; a file that is there stays.

    Parameters
    ----------
    lesson
        The lesson, such as "06".
    folder
        Where to; it is made if need be.

    Returns
    -------
    pathlib.Path
        The new file, `exercises_06.py`.
    """
    exercises = of_lesson(lesson)
    path: Path = folder / f"exercises_{exercises[0].lesson}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [HEAD.format(lesson=exercises[0].lesson, file=path.name)]
    if any("(Layer)" in exercise.code for exercise in exercises):
        cells.append("\nfrom nnlite.layers import Layer\n")
    cells += map(cells_of, exercises)
    try:
        # Mode "x" refuses a file that came between the question and the writing, too.
        with path.open("x", encoding="utf-8") as file:
            file.write("".join(cells))
    except FileExistsError:
        rule = "A file of exercises is never overwritten."
        remedy = "Go on with it, or give the old one another name."
        raise FileExistsError(explain_error(rule, str(path), None, remedy)) from None
    return path


@explains_its_arguments
def check_file(path: FilePath, seconds: Positive = MOST_SECONDS) -> int:
    """Check a file in a process of its own, and print a verdict for each exercise in it.

    Parameters
    ----------
    path
        The file.
    seconds
        How long it may take.

    Returns
    -------
    int
        The exit status: 0, or 1 if something in it is wrong. An open hole is not wrong.
    """
    if not path.is_file():
        remedy = "python -m nnlite.exercises start 06 writes a file."
        raise value_error("A file with exercises is asked for.", str(path), None, remedy)
    command = [sys.executable, "-m", "nnlite.exercises", "run", str(path)]
    # Into a file and not a pipe: a process that the student's code started cannot hold us up.
    with tempfile.TemporaryFile() as told:
        try:
            status = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                env={**os.environ, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"},
            ).returncode
            ending = "" if status in (0, 1) else f"It ended early, with the status {status}."
        except subprocess.TimeoutExpired:
            status, ending = (
                1,
                f"Stopped after {seconds:g} seconds: is there a loop without an end?",
            )
        print("\n".join(filter(None, [_both_ends(told), ending])))
    return int(status != 0)


def _both_ends(told: IO[bytes]) -> str:
    """Return a file's text; of a long one, as an endless loop prints it, beginning and end."""
    size = told.seek(0, os.SEEK_END)
    told.seek(0)
    text = told.read(MOST_SHOWN)
    if size > MOST_SHOWN:
        told.seek(max(MOST_SHOWN, size - MOST_SHOWN))
        text += b"\n ...\n" * (size > 2 * MOST_SHOWN) + told.read()
    return "\n".join(text.decode("utf-8", errors="replace").splitlines()).rstrip()


def run_file(path: str | Path) -> int:
    """Run a file here, and print the verdicts; the exit status says whether one is a mistake."""
    text = Path(path).read_text(encoding="utf-8")
    headings = re.findall(r"^# ## (\d\d\.\d+)\b", text, re.M)
    exercises = [exercise for exercise in every() if exercise.number in headings]
    if not exercises:
        print(f"{path} has no heading of an exercise, such as `# ## 06.1`.")
        return 1
    try:
        names: dict[str, Any] = runpy.run_path(str(path))
    except (Exception, SystemExit) as error:
        print(f"The file stops with an error. {told_error(error)}")
        return 1
    mistaken = False
    for exercise in exercises:
        verdict = exercise.grade(names[exercise.name]) if exercise.name in names else None
        verdict = verdict or Verdict(exercise.number, "not yet", f"there is no {exercise.name}.")
        mistaken |= verdict.mistaken
        print(verdict, flush=True)
    return int(mistaken)
