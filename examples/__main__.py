"""The runner of the lessons: `python examples` runs them all, each in a process of its own.

`python examples xor` runs those whose names contain "xor", `python examples --list` lists them.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NoReturn

FOLDER = Path(__file__).resolve().parent
SOURCE = str(FOLDER.parent / "src")

if find_spec("nnlite") is None:
    # A fresh checkout: the lessons, in processes of their own, find it there, too.
    sys.path.insert(0, SOURCE)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCE, os.getenv("PYTHONPATH")]))

# After the lines above, nnlite is there.
from nnlite.lessons import Row, figures_folder, table_lines
from nnlite.lessons.scripts import title_of

AGREES, DIFFERS, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class OneLineParser(argparse.ArgumentParser):
    """A parser that tells in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Print the line and exit with status 2."""
        self.exit(BAD_INPUT, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help\n")


@dataclass
class Outcome:
    """How a lesson ended."""

    path: Path
    status: int
    seconds: float
    title: str
    rows: list[Row]
    output: str

    @property
    def agrees(self) -> bool:
        """Whether the lesson ended with a table in which everything agrees."""
        return self.status == AGREES and bool(self.rows)

    def line(self) -> str:
        """Return name, time and verdict."""
        verdict = "ok" if self.agrees else f"FAILED: {self.reason()}"
        return f"{self.path.stem:23} {self.seconds:7.1f} s  {verdict}"

    def reason(self) -> str:
        """Return in a few words why the lesson failed."""
        differing = sum(not row.agrees for row in self.rows)
        if differing:
            return f"{differing} of {len(self.rows)} lines of its table differ"
        last_line = self.output.strip().rpartition("\n")[2]
        if self.status == AGREES:
            return "it ended without a table"
        return last_line or f"it ended with status {self.status}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the lessons that were asked for; return the exit status."""
    parser = OneLineParser(prog="python examples", description="Run the lessons.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="lessons by a part of their name")
    parser.add_argument("--list", action="store_true", help="list the lessons, and run none")
    parser.add_argument("--csv", metavar="FILE", help="the data for the lesson on house prices")
    options = parser.parse_args(arguments)
    paths = choose(options.names, parser)
    if options.list:
        print("\n".join(f"{path.stem:23} {title_of(path)}" for path in paths))
        return AGREES
    if options.csv is not None:
        check_csv(options.csv, paths, parser)
    try:
        outcomes = run_all(paths, options.csv)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    refusals = [outcome for outcome in outcomes if outcome.status == BAD_INPUT]
    if len(refusals) < len(outcomes):
        report(outcomes)
    if refusals:
        return BAD_INPUT
    return AGREES if all(outcome.agrees for outcome in outcomes) else DIFFERS


def choose(names: list[str], parser: OneLineParser) -> list[Path]:
    """Return the lessons whose names contain one of these; all, if there are none."""
    paths = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
    for name in names:
        if not any(name.lower() in path.stem for path in paths):
            stems = [path.stem for path in paths]
            words = stems + [word for stem in stems for word in stem.split("_")]
            near = difflib.get_close_matches(name, words, n=1)
            remedy = f"the nearest is {near[0]}" if near else f"there are {', '.join(stems)}"
            parser.error(f"no lesson has '{name}' in its name; {remedy}")
    wanted = [name.lower() for name in names] or [""]
    return [path for path in paths if any(name in path.stem for name in wanted)]


def check_csv(file: str, paths: list[Path], parser: OneLineParser) -> None:
    """End with an error unless the file is there and a lesson takes it."""
    if not any(takes_csv(path) for path in paths):
        parser.error(f"none of these lessons takes --csv: {', '.join(p.stem for p in paths)}")
    if not Path(file).is_file():
        parser.error(f"--csv needs a file; there is none at {file}")


def takes_csv(path: Path) -> bool:
    """Return whether a lesson knows the option --csv."""
    return "csv_option" in path.read_text(encoding="utf-8")


def run_all(paths: list[Path], csv: str | None) -> list[Outcome]:
    """Run one lesson after the other, so that they do not disturb each other's timings."""
    from tqdm import tqdm

    outcomes = []
    # A single lesson prints its page; of several, only the verdicts are shown.
    alone = len(paths) == 1
    form = "{desc:23} {elapsed} |{bar}| {n_fmt} of {total_fmt} done"
    hidden = True if alone else None  # None: only a terminal shows it.
    with tqdm(total=len(paths), bar_format=form, leave=False, disable=hidden) as bar:
        for path in paths:
            bar.set_description_str(path.stem)
            outcome = run(path, csv, bar, alone)
            outcomes.append(outcome)
            bar.update()
            if not alone:
                bar.write(outcome.line(), file=sys.stdout)
    return outcomes


def run(path: Path, csv: str | None, bar: Any, alone: bool) -> Outcome:
    """Run a lesson in its own process, and keep what it prints unless it is alone."""
    command = [sys.executable, str(path)]
    if csv is not None and takes_csv(path):
        command += ["--csv", csv]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        environment = {**os.environ, "NNLITE_LESSON_RESULTS": str(results), "PYTHONUTF8": "1"}
        start = time.perf_counter()
        with (Path(folder) / "output.txt").open("w+", encoding="utf-8", errors="replace") as file:
            status = _finish(command, environment, None if alone else file, bar)
            file.seek(0)
            output = file.read()
        seconds = time.perf_counter() - start
        table = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    rows = [Row(**row) for row in table.get("rows", [])]
    return Outcome(path, status, seconds, table.get("title", path.stem), rows, output)


def _finish(
    command: list[str], environment: dict[str, str], output: IO[str] | None, bar: Any
) -> int:
    """Run a command to its end, while the clock of the bar goes on, and return its status."""
    process = subprocess.Popen(
        command, env=environment, stdout=output, stderr=output and subprocess.STDOUT
    )
    try:
        while True:
            try:
                return process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                bar.refresh()
    finally:
        process.kill()
        process.wait()


def report(outcomes: list[Outcome]) -> None:
    """Print what failing lessons said, one table of all results, and the sum of it."""
    for outcome in outcomes:
        if outcome.status not in (AGREES, BAD_INPUT) and not outcome.rows and outcome.output:
            last_lines = outcome.output.strip().splitlines()[-20:]
            print("\n".join(["", f"{outcome.path.stem} ended with:", *last_lines]))
    tables = [(outcome.title, outcome.rows) for outcome in outcomes if outcome.rows]
    if tables:
        print("\n".join(table_lines(tables)))
    rows = [row for outcome in outcomes for row in outcome.rows]
    agreeing = sum(row.agrees for row in rows)
    good = sum(outcome.agrees for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    print(
        f"\n{good} of {len(outcomes)} lessons are right, {agreeing} of {len(rows)} figures agree; "
        f"{seconds:.0f} s. Pictures: {figures_folder()}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
