"""The scripts of the lessons: where they lie, and how they become notebooks."""

from __future__ import annotations

from pathlib import Path

from nnlite.exercises.files import with_holes
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.extras import load_extra
from nnlite.foundation.files import FolderPath

HERE = Path(__file__).resolve().parent


def scripts() -> list[Path]:
    """Return the lessons in their order: those of the repository, or those in the wheel."""
    repository = HERE.parents[2] / "examples"
    folder = repository if (repository / "__main__.py").is_file() else HERE / "examples"
    return sorted(folder.glob("[0-9][0-9]_*.py"))


def title_of(script: Path) -> str:
    """Return the title in the first cell of a lesson, without its number."""
    lines = script.read_text(encoding="utf-8").splitlines()
    title = next((line for line in lines if line.startswith("# # ")), "")
    return title.removeprefix("# # ").removeprefix(script.stem[:2]).strip()


@explains_its_arguments
def write_notebooks(folder: FolderPath) -> tuple[list[Path], list[Path]]:
    """Write every lesson and its exercises as a notebook; one that is there stays as it is.

    Parameters
    ----------
    folder
        Where to; it is made if it is not there.

    Returns
    -------
    tuple
        The notebooks that were written, and those that were there.
    """
    jupytext = load_extra("jupytext", "notebook", "A notebook")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    kept: list[Path] = []
    for script in scripts():
        path = folder / f"{script.stem}.ipynb"
        if path.exists():
            kept.append(path)
            continue
        text = with_holes(script.read_text(encoding="utf-8"))
        notebook = jupytext.reads(text, fmt="py:percent")
        # Which tool made it is of no use to a reader, and the kernel is the one that is there.
        notebook.metadata = {
            "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
        }
        jupytext.write(notebook, path, fmt="ipynb")
        written.append(path)
    return written, kept
