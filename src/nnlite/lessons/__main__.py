"""`python -m nnlite.lessons` lists the lessons; `… notebooks FOLDER` writes them as notebooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from nnlite.lessons.scripts import scripts, title_of, write_notebooks


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nnlite.lessons", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="list the lessons")
    notebooks = commands.add_parser("notebooks", help="write every lesson as a notebook")
    notebooks.add_argument("folder", metavar="FOLDER", help="where to; it is made if need be")
    options = parser.parse_args(arguments)
    if options.command != "notebooks":
        print("\n".join(f"{path.stem:23} {title_of(path)}" for path in scripts()))
        return 0
    try:
        written, kept = write_notebooks(options.folder)
    except (ImportError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    for path in kept:
        print(f"{path} is there already, and stays as it is.")
    print(f"{len(written)} notebooks in {options.folder}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
