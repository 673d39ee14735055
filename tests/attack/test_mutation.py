"""The script that plants mistakes: it draws the same for a seed, and puts every file back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from attack.mutation import Mutant, draw, mutants_of, planted

SOURCE = '''"""Text 1 + 1."""

def mean(x: "1 + 1", axis=-1):
    if not x.size:
        raise ValueError(f"{1 + 1} is told")
    return x.sum(axis=-1) / x.size - 0
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "src" / "nnlite" / "mean.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_operators_constants_conditions_axes_and_signs_change_but_no_text(
    file: Path, tmp_path: Path
) -> None:
    found = [(m.kind, m.before, m.after) for m in mutants_of(file, tmp_path)]
    assert sorted(found) == [
        ("axis", "-1", "1"),
        ("condition", "not x.size", "x.size"),
        ("constant", "0", "1"),
        ("constant", "1", "2"),
        ("constant", "1", "2"),
        ("operator", "x.sum(axis=-1) / x.size", "x.sum(axis=-1) * x.size"),
        ("operator", "x.sum(axis=-1) / x.size - 0", "x.sum(axis=-1) / x.size + 0"),
        ("sign", "-1", "1"),
    ]


def test_a_seed_always_draws_the_same_mutants() -> None:
    first, again, other = (draw(40, seed, under="src/nnlite/losses") for seed in (0, 0, 1))
    assert len(set(first)) == 40
    assert first == again
    assert first != other


def test_a_mutant_stands_in_its_file_and_is_put_back_even_after_an_error(
    file: Path, tmp_path: Path
) -> None:
    def interrupted(mutant: Mutant) -> None:
        with planted(mutant, tmp_path):
            seen.append(file.read_text(encoding="utf-8"))
            raise KeyboardInterrupt

    seen: list[str] = []
    for mutant in mutants_of(file, tmp_path):
        with pytest.raises(KeyboardInterrupt):
            interrupted(mutant)
        assert ast.dump(ast.parse(seen[-1])) != ast.dump(ast.parse(SOURCE))
        assert file.read_text(encoding="utf-8") == SOURCE


def test_what_can_not_be_read_is_not_planted(file: Path, tmp_path: Path) -> None:
    broken = Mutant("src/nnlite/mean.py", 1, 0, 3, "constant", "1", ")")
    with pytest.raises(SyntaxError), planted(broken, tmp_path):
        pass
    assert file.read_text(encoding="utf-8") == SOURCE
