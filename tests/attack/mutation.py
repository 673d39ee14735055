"""Small mistakes, planted one by one: does a test notice?

    python tests/attack/mutation.py --from 0 --to 20

draws 600 mutants of `src/nnlite` by a seed: operators, constants, conditions, axes and signs, not
texts. For each it runs the tests of this folder, then the first tier, on a copy of the project, and
writes down what became of it. A run that was interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = "tests/attack"

OPPOSITE: dict[type, type] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
}
OTHER_AXIS = {-1: 1, 0: 1, 1: 0}
AXES = ("axis", "axis1", "axis2")


@dataclass(frozen=True)
class Mutant:
    """A mistake: where it is, what stands there, and what would stand there."""

    path: str
    line: int
    start: int
    end: int
    kind: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What it is, in a line."""
        return f"{self.path}:{self.line} {self.kind}: {self.before} → {self.after}"


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Return every mutant of a file."""
    source = path.read_bytes()
    begins = [0]
    for line in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    found: dict[tuple[int, int, str], Mutant] = {}
    for node, kind, changed in changes(ast.parse(source)):
        start = begins[node.lineno - 1] + node.col_offset
        end = begins[node.end_lineno - 1] + node.end_col_offset
        before, after = " ".join(source[start:end].decode().split()), ast.unparse(changed)
        mutant = Mutant(
            path.relative_to(root).as_posix(), node.lineno, start, end, kind, before, after
        )
        found.setdefault((start, end, after), mutant)
    return [found[place] for place in sorted(found)]


def changes(tree: ast.AST) -> Iterator[tuple[Any, str, ast.AST]]:
    """Return each place with a mistake that can be made there: the node, its kind, the wrong one.

    What is only there for types or for texts is left out.
    """
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if is_about_types(node):
            continue
        yield from changes_at(node)
        for name, inner in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                entries = inner if isinstance(inner, list) else [inner]
                todo += [entry for entry in entries if isinstance(entry, ast.AST)]


def is_about_types(node: ast.AST) -> bool:
    """Return whether this is not run, or says only what something is called."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
        return node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id in ("Annotated", "Callable", "Literal", "TypeVar")
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def changes_at(node: ast.AST) -> Iterator[tuple[Any, str, ast.AST]]:
    """Return the mistakes that can be made at one node."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPPOSITE and not is_text(node):
        yield node, "operator", ast.BinOp(node.left, OPPOSITE[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield node, "operator", ast.BoolOp(OPPOSITE[type(node.op)](), node.values)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        ops = [OPPOSITE[type(node.ops[0])](), *node.ops[1:]]
        yield node, "operator", ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node, "sign" if isinstance(node.op, ast.USub) else "condition", node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        if isinstance(node.value, bool):
            yield node, "constant", ast.Constant(not node.value)
        else:
            yield node, "constant", ast.Constant(node.value + 1)
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        negated = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
        wrong = node.test.operand if negated else ast.UnaryOp(ast.Not(), node.test)
        yield node.test, "condition", wrong
    if isinstance(node, ast.keyword) and node.arg in AXES:
        axis = number_of(node.value)
        if axis in OTHER_AXIS:
            yield node.value, "axis", ast.Constant(OTHER_AXIS[axis])


def number_of(node: ast.AST) -> Any:
    """Return the number that is written here, if one is."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def is_text(node: ast.BinOp) -> bool:
    """Return whether texts are put together here."""
    sides = (node.left, node.right)
    constants = [side.value for side in sides if isinstance(side, ast.Constant)]
    texts = any(isinstance(side, ast.JoinedStr) for side in sides)
    return texts or any(isinstance(value, str | bytes) for value in constants)


def draw(count: int, seed: int, root: Path = ROOT, under: str = "src/nnlite") -> list[Mutant]:
    """Return so many mutants of the files under a folder: for a seed, always the same."""
    files = sorted((root / under).rglob("*.py"))
    every = [mutant for file in files for mutant in mutants_of(file, root)]
    return random.Random(seed).sample(every, min(count, len(every)))


@contextmanager
def planted(mutant: Mutant, root: Path) -> Iterator[None]:
    """Let the mutant stand in its file; afterwards the file is as it was."""
    path = root / mutant.path
    source = path.read_bytes()
    wrong = source[: mutant.start] + f"({mutant.after})".encode() + source[mutant.end :]
    ast.parse(wrong)
    try:
        path.write_bytes(wrong)
        yield
    finally:
        path.write_bytes(source)


def run_tests(root: Path, limit: float | None, *options: str) -> str:
    """Run tests of the copy; return "passed", "failed" or "endless"."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(root / "src"),
        # A file that is written twice in a second must not be taken for the first.
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *options]
    with tempfile.TemporaryFile() as told:
        try:
            done = subprocess.run(
                command, cwd=root, env=environment, stdout=told, stderr=told, timeout=limit
            )
        except subprocess.TimeoutExpired:
            return "endless"
    return "failed" if done.returncode else "passed"


def fate(mutant: Mutant, root: Path, limit: float, folder_only: bool) -> str:
    """Return what becomes of a mutant: who kills it, or that nobody does."""
    with planted(mutant, root):
        for tests, options in (("folder", (FOLDER, "-n", "0")), ("first tier", ())):
            result = run_tests(root, limit, *options)
            if result != "passed":
                return f"killed by the {tests}" + " (endless)" * (result == "endless")
            if folder_only:
                break
    return "survived"


def copy_of_the_project(folder: Path) -> Path:
    """Return a copy in which mutants may stand."""
    left_out = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis")
    return Path(shutil.copytree(ROOT, folder / "project", ignore=left_out))


def known_fates(results: Path) -> dict[str, str]:
    """Return what became of the mutants that were tried before."""
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return {entry["name"]: entry["fate"] for entry in map(json.loads, lines)}


def main() -> int:
    """Try the mutants of a slice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--to", type=int, default=None)
    parser.add_argument("--folder-only", action="store_true", help="leave out the first tier")
    parser.add_argument("--results", type=Path, default=Path("mutants.jsonl"))
    parser.add_argument("--list", action="store_true", help="show the mutants, and try none")
    given = parser.parse_args()
    chosen = draw(given.count, given.seed)[given.first : given.to]
    if given.list:
        print("\n".join(mutant.name for mutant in chosen))
        return 0
    fates = known_fates(given.results)
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_the_project(Path(folder))
        limit = None
        for number, mutant in enumerate(chosen, given.first):
            if mutant.name not in fates:
                if limit is None:
                    limit = usual_time(root, given.folder_only)
                fates[mutant.name] = fate(mutant, root, limit, given.folder_only)
                entry = {"name": mutant.name, "fate": fates[mutant.name], **asdict(mutant)}
                with given.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            print(f"{number} {fates[mutant.name]}: {mutant.name}", flush=True)
    for what, count in Counter(fates[mutant.name] for mutant in chosen).most_common():
        print(f"{count} {what}")
    return 0


def usual_time(root: Path, folder_only: bool) -> float:
    """Return ten times what the tests take without a mistake; they must pass then."""
    start = time.monotonic()
    options = (FOLDER, "-n", "0") if folder_only else ()
    if run_tests(root, None, *options) != "passed":
        raise SystemExit("The tests must pass before mistakes are planted.")
    return 60 + 10 * (time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main())
