"""`python -m nnlite.exercises` lists the exercises; `… start 06`, `… check exercises_06.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from nnlite.exercises.files import check_file, run_file, start
from nnlite.exercises.known import every


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nnlite.exercises", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="{list,start,check}")
    commands.add_parser("list", help="list the exercises")
    starting = commands.add_parser("start", help="write a file with the holes of a lesson")
    starting.add_argument("lesson", metavar="LESSON", help="its number, such as 06")
    checking = commands.add_parser("check", help="check a file")
    checking.add_argument("file", metavar="FILE")
    # What `check` calls in the new process.
    commands.add_parser("run").add_argument("file")
    options = parser.parse_args(arguments)
    try:
        if options.command == "start":
            path = start(options.lesson)
            print(f"{path}: fill the holes, then  python -m nnlite.exercises check {path}")
        elif options.command == "check":
            return check_file(options.file)
        elif options.command == "run":
            return run_file(options.file)
        else:
            for exercise in every():
                print(f"{exercise.number}  {exercise.check.kind:8}  {exercise.title}")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
