"""The scripts in `examples` become MyST notebooks, which are run, and files to download."""

from __future__ import annotations

from pathlib import Path

import jupytext
from sphinx.application import Sphinx
from sphinx.config import Config

from nnlite import exercises
from nnlite.lessons import write_notebooks

LINKS = """{{download}}`This lesson as a notebook <{name}.ipynb>` ·
[as a script](../../examples/{name}.py)"""

EXERCISES = """## Exercises

`python -m nnlite.exercises start {number}` writes them into a file, and
`python -m nnlite.exercises check exercises_{number}.py` says what is right:
[Exercises](../exercises.md)."""


def write_if_new(path: Path, text: str) -> bool:
    """Write a text, unless the file holds it: what is not newer is not read again."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def page(script: Path) -> str:
    """Return a lesson as a page: links below its title, its exercises at its end."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = {
        "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
    }
    title, _, rest = notebook.cells[0].source.partition("\n")
    links = LINKS.format(name=script.stem)
    notebook.cells[0].source = f"{title}\n\n{links}\n{rest}"
    text = jupytext.writes(notebook, fmt="md:myst")
    number = script.stem[:2]
    parts = [EXERCISES.format(number=number)]
    for exercise in exercises.of_lesson(number):
        parts.append(f"### {exercise.number} {exercise.title}\n\n{exercise.text}")
        if exercise.code:
            parts.append(f"```python\n{exercise.code.rstrip()}\n```")
    return "\n\n".join([text.rstrip(), "+++", *parts]) + "\n"


def write_pages(app: Sphinx, config: Config) -> None:
    """Write pages and notebooks into `lessons`, and remove those of lessons that are gone."""
    folder = Path(app.srcdir) / "lessons"
    scripts = sorted((folder.parents[1] / "examples").glob("[0-9][0-9]_*.py"))
    for path in folder.glob("[0-9][0-9]_*"):
        if path.stem not in {script.stem for script in scripts}:
            path.unlink()
    for script in scripts:
        if write_if_new(folder / f"{script.stem}.md", page(script)):
            (folder / f"{script.stem}.ipynb").unlink(missing_ok=True)
    write_notebooks(folder)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before Sphinx reads."""
    app.connect("config-inited", write_pages)
    return {"parallel_read_safe": True}
