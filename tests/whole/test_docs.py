"""The scripts in the documentation run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages import filled, misquoted, printed_by

DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.parent / "README.md"
PAGES = sorted(DOCS.glob("*.md"))
# These run from top to bottom; other pages are run by the tests of what they tell about.
GUIDES = ["how_it_works", "write_your_own_layer", "errors", "last_digits"]
PAGE = (DOCS / "coming_from_keras.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
SCRIPTS = {
    title: text
    for title, text in SECTIONS.items()
    if "```python" in text and "| with Keras |" in text
}
EXPECTED = {
    "Linear regression": r"\[\[1[23]\.\d*\s*\]\]\n",
    "Logistic regression with RMSprop": r"1\.0\n",
    "Hours studied": r"\[\[0\.[0-4]\d*\s*\]\n \[0\.99\d*\s*\]\]\n",
    "XOR, in a chain and in functional form": r'Model: "sequential"\n.*Total params: 43\n.*',
    "Images that are prepared in the network": r"\(None, 1\)\ntrained\n",
    "House prices": r"dict_keys\(\['loss', 'mae', 'val_loss', 'val_mae'\]\).*",
}


@pytest.mark.bits
@pytest.mark.parametrize("title", SCRIPTS)
def test_the_script_runs_with_the_imports_of_nnlite(title):
    imports = re.findall(r"^\| `.*?` \| `(.*?)` \|$", SCRIPTS[title], re.M)
    (body,) = re.findall(r"^```python\n(.*?)^```$", SCRIPTS[title], re.M | re.S)
    script = "\n".join([*imports, body])
    printed = printed_by(script, {"__name__": "page"})
    assert re.fullmatch(EXPECTED[title], printed, re.S), printed


@pytest.mark.slow
def test_weights_of_pytorch_come_over_in_two_lines():
    pytest.importorskip("torch")
    section = SECTIONS["Weights of Keras and PyTorch"]
    assert filled(section) == section


def test_every_script_is_imported_alike_from_keras():
    for text in SCRIPTS.values():
        for keras, ours in re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", text, re.M):
            assert keras.replace("keras", "nnlite") == ours


@pytest.mark.bits
@pytest.mark.parametrize("name", GUIDES)
def test_the_blocks_of_a_guide_print_what_the_page_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert filled(page) == page


def anchors(page):
    """Return what links into a page may end in: its headings, as GitHub and MyST write them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


MADE = re.compile("api/|live/|made/")
"""Folders that the build of the documentation makes: it checks what leads there."""


@pytest.mark.parametrize("page", [*PAGES, README], ids=lambda page: page.stem)
def test_what_a_page_quotes_and_links_is_there(page):
    assert misquoted(page) == []
    link = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
    for file, anchor in link.findall(page.read_text(encoding="utf-8")):
        if MADE.match(file):
            continue
        other = page.parent / file if file else page
        assert other.exists(), file
        assert not anchor or anchor in anchors(other), anchor


def test_a_block_that_prints_something_else_is_noticed():
    page = "```python\nprint('loss', 0.25)\n```\n\n```text\nloss 0.5\n```\n"
    assert filled(page) == page.replace("0.5", "0.25")
    silent = "```python\nprint(1)\n```\n\nWords.\n"
    assert filled(silent) == silent.replace("\n\nWords", "\n\n```text\n1\n```\n\nWords")


def test_only_digits_may_differ_where_the_page_says_so():
    page = (
        "```python\nprint('loss', 0.25)\n```\n\n<!-- other digits elsewhere -->\n```text\n{}\n```\n"
    )
    assert filled(page.format("loss 1.5e-07")) == page.format("loss 1.5e-07")
    assert filled(page.format("mae 0.25")) == page.format("loss 0.25")


def test_a_quote_that_the_source_does_not_hold_is_noticed(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "src" / "one.py").write_text("def f(x):\n    y = 2 * x\n    return y\n")
    page = tmp_path / "docs" / "page.md"
    page.write_text("In [one](../src/one.py):\n\n```py\ny = 2 * x\nreturn y\n```\n")
    assert misquoted(page) == []
    page.write_text("In [one](../src/one.py):\n\n```py\ny = 3 * x\n```\n")
    assert misquoted(page) == ["y = 3 * x\n"]
