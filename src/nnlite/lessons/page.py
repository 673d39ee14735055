"""How a lesson begins, looks, waits and takes its options; its pictures, as files or shown."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

from nnlite.callbacks.display import make_display
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Text, require
from nnlite.foundation.files import as_path
from nnlite.lessons.table import Table, in_notebook
from nnlite.plot.style import COLOURS as COLOURS

T = TypeVar("T")

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK = COLOURS[:7]
GREY = "#7F7F7F"


def begin(title: str) -> Table:
    """Set how the pictures look, and return the table with which the lesson ends."""
    set_look()
    return Table(title)


def set_look() -> None:
    """Set how the pictures of all lessons look: 800 pixels wide, and no letter below 9."""
    import matplotlib
    from cycler import cycler

    if not in_notebook():
        # From the command line pictures are files: no window opens, and no screen is needed.
        matplotlib.use("Agg")
    matplotlib.rcParams.update(
        {
            "figure.figsize": (8, 4.5),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )


_has_canvas = require(
    lambda figure: callable(figure.savefig),
    "figure must be a figure of matplotlib.",
    None,
    TypeError,
)


@explains_its_arguments
def save(figure: Annotated[Any, _has_canvas], name: Text) -> None:
    """Save a picture as NAME.png among the figures; a notebook shows it instead."""
    if in_notebook():
        return
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    path = as_path(figures_folder() / f"{name}.png")
    path.parent.mkdir(parents=True, exist_ok=True)
    # `savefig` would draw twice: once to set the layout, once more for the file.
    write_png: Any = FigureCanvasAgg(figure).print_png
    write_png(path)
    plt.close(figure)
    print(f"picture: {path}")


def figures_folder() -> Path:
    """Return the folder that NNLITE_FIGURES names, or `figures/` beside `examples/`, or here."""
    named = os.environ.get("NNLITE_FIGURES")
    if named:
        return Path(named)
    script = getattr(sys.modules["__main__"], "__file__", None)
    folder = Path(script).resolve().parent if script else Path.cwd()
    return (folder.parent if folder.name == "examples" else Path.cwd()) / "figures"


def progress(steps: Collection[T], name: str) -> Iterator[T]:
    """Go through the steps of a loop that takes seconds, and show how far it is, as `fit` does."""
    display, next_look = make_display(len(steps)), 0.0
    done = 0
    try:
        for done, step in enumerate(steps, 1):
            yield step
            if time.perf_counter() >= next_look:
                display.show(done, name, {})
                next_look = time.perf_counter() + 0.1
    finally:
        display.close(done, name, {})


def csv_option() -> str | None:
    """Return FILE if the lesson was started with `--csv FILE`."""
    arguments = [] if in_notebook() else sys.argv[1:]
    if not arguments:
        return None
    if len(arguments) != 2 or arguments[0] != "--csv":
        refuse(f"The only option is --csv FILE. Received: {' '.join(arguments)}")
    return arguments[1]


@explains_its_arguments
def refuse(message: Text) -> NoReturn:
    """End the lesson because it was started with bad input: one line, and exit status 2."""
    print(message, file=sys.stderr)
    raise SystemExit(2)
