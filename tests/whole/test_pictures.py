"""The pictures of the README show what the library draws."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECIFICATION = importlib.util.spec_from_file_location("make", ROOT / "docs" / "pictures/make.py")
make = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(make)


@pytest.mark.bits
@pytest.mark.parametrize("name", make.PICTURES)
def test_a_picture_is_current_and_small(name):
    assert make.is_current(name), "python docs/pictures/make.py"
    assert make.file_of(name).stat().st_size < 100_000


def test_a_picture_with_another_number_or_word_is_not_current(tmp_path, monkeypatch):
    picture = make.neuron()
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setattr(make, "PICTURES", {"neuron": lambda: picture})
    assert make.main("check") == 1
    assert make.main() == 0
    assert make.main("check") == 0
    words = next(text for text in picture.texts if text.get_text() == "0.5344")
    words.set_text("0.5355")
    assert make.main("check") == 0
    words.set_text("0.6344")
    assert make.main("check") == 1
    words.set_text("J")
    assert make.main("check") == 1


def test_every_picture_is_shown_with_words_for_those_who_do_not_see_it():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[(.+?)\]\(docs/pictures/(\w+)\.png\)", page)
    assert sorted(name for _, name in shown) == sorted(make.PICTURES)
    assert all(len(words) > 20 for words, _ in shown)
