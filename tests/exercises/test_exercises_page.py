"""The scripts of the page on exercises print what the page says."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "exercises.md").read_text(encoding="utf-8")


def test_the_scripts_of_the_page_print_what_it_says(capsys):
    scripts = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    printed = re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S)
    assert len(scripts) == len(printed) == 2
    for script, expected in zip(scripts, printed, strict=True):
        exec(compile(script, "page", "exec"), {})
        assert capsys.readouterr().out == expected
