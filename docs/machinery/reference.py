"""The reference: a page for every public module, written from its public names."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

import nnlite
from machinery.lessons import write_if_new

# Not among the names of `nnlite`: what `model.explain` and `model.diagnose` return.
BESIDES = ("diagnosis", "explain")


def modules() -> list[ModuleType]:
    """Return the public modules, `nnlite` first, each before its own."""
    found = [nnlite]
    for name in BESIDES:
        importlib.import_module(f"nnlite.{name}")
    for module in found:
        names = [*public(module), *(BESIDES if module is nnlite else [])]
        inner = [getattr(module, name) for name in names]
        found += [one for one in inner if inspect.ismodule(one)]
    return sorted(found, key=lambda module: module.__name__)


def public(module: ModuleType) -> list[str]:
    """Return the public names of a module: those it lists, or those it defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed, key=str.lower)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def entry(module: ModuleType, name: str) -> str:
    """Return the directive that documents a name."""
    value = getattr(module, name)
    full = f"{module.__name__}.{name}"
    if inspect.isclass(value):
        return f".. autoclass:: {full}"
    if callable(value) and hasattr(value, "__name__"):
        return f".. autofunction:: {full}"
    kind = type(value)
    if kind.__module__.startswith("nnlite"):
        return f".. py:data:: {name}\n\n   An object of `{kind.__name__}`."
    return f".. autodata:: {full}\n   :no-value:"


def other_name(module: ModuleType, name: str) -> str | None:
    """Return the name of the module under which the same thing is documented, if there is one."""
    value = getattr(module, name)
    own = getattr(value, "__name__", name)
    return own if own != name and getattr(module, own, None) is value else None


def page(module: ModuleType) -> str:
    """Return the page of a module: what it is, a table of its names, and each of them."""
    names = public(module)
    inner = [name for name in names if inspect.ismodule(getattr(module, name))]
    homes = {
        name: home
        for name in names
        if name not in inner and (home := other_home(module, name)) is not None
    }
    others = {name: own for name in names if (own := other_name(module, name))}
    listed = [name for name in names if name not in (*inner, *homes, *others)]
    title = module.__name__
    parts = [f"{title}\n{'=' * len(title)}", f".. automodule:: {title}\n   :no-members:"]
    if homes:
        parts += [f"- `{name} <{home}>`" for name, home in homes.items()]
    if listed:
        lines = "\n".join(f"   {name}" for name in listed)
        parts.append(f".. autosummary::\n   :nosignatures:\n\n{lines}")
    if others:
        rows = [f"- ``{name}`` is `{own} <{title}.{own}>`" for name, own in others.items()]
        parts.append(".. rubric:: Other names")
        parts.append("\n".join(rows))
    parts.append(f".. py:currentmodule:: {title}")
    parts += [entry(module, name) for name in listed]
    return "\n\n".join(parts) + "\n"


def other_home(module: ModuleType, name: str) -> str | None:
    """Return the full name of what is at hand here, and documented in another public module."""
    value = getattr(module, name)
    written = str(getattr(value, "__module__", ""))
    if module is not nnlite and (not written or written.startswith(module.__name__)):
        return None
    for other in modules():
        documents = module is nnlite or written.startswith(other.__name__)
        if documents and other not in (module, nnlite) and vars(other).get(name) is value:
            return f"{other.__name__}.{name}"
    return None


def as_restructured_text(
    app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    r"""Write |x| and a * b as they are: a docstring is prose with formulas, not a program."""
    literal = False
    for place, line in enumerate(lines):
        begins = line.strip() and not line.startswith(" ")
        literal = (literal and not begins) or False
        if not literal and not line.lstrip().startswith((">>>", "...")):
            lines[place] = escaped(line)
        literal = literal or line.rstrip().endswith("::")


def escaped(line: str) -> str:
    r"""Return a line of prose with its signs protected, but for what stands between backticks.

    >>> print(escaped("the mean of |x| for every `|x|`"))
    the mean of \|x\| for every `|x|`
    """
    parts = re.split(r"(`+[^`]+`+)", line)
    parts[::2] = [re.sub(r"[|*]|_\b", r"\\\g<0>", part) for part in parts[::2]]
    # `.passed` is no name that could be looked up.
    parts[1::2] = [re.sub(r"^`(\..+)`$", r"``\1``", part) for part in parts[1::2]]
    return "".join(parts)


def with_picture(
    app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    """Put the picture of a function of `nnlite.plot` below its first sentence."""
    module, _, own = name.rpartition(".")
    pictures = Path(app.srcdir) / "made" / "shown" / "pictures"
    ending = "gif" if (pictures / f"{own}.gif").is_file() else "png"
    if module == "nnlite.plot" and (pictures / f"{own}.{ending}").is_file():
        place = lines.index("") if "" in lines else len(lines)
        alt = " ".join(lines[:place])
        picture = f".. image:: /made/shown/pictures/{own}.{ending}"
        lines[place:place] = ["", picture, f"   :alt: {alt}", ""]


def of_others(
    app: Sphinx, what: str, name: str, value: Any, skip: bool, options: Any
) -> bool | None:
    """Skip what scikit-learn adds to its estimators."""
    return True if str(getattr(value, "__module__", "")).startswith("sklearn") else None


def write_pages(app: Sphinx, config: Config) -> None:
    """Write a page for every public module into `api`, and a list of them."""
    folder = Path(app.srcdir) / "api"
    found = modules()
    names = [module.__name__ for module in found]
    for module in found:
        write_if_new(folder / f"{module.__name__}.rst", page(module))
    for path in folder.glob("*.rst"):
        if path.stem not in (*names, "index"):
            path.unlink()
    rows = "\n".join(f"   {name}" for name in names)
    title = "Reference"
    about = f"{title}\n{'=' * len(title)}\n\n.. autosummary::\n\n{rows}"
    write_if_new(folder / "index.rst", f"{about}\n\n.. toctree::\n   :hidden:\n\n{rows}\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before Sphinx reads, and read docstrings as they are meant."""
    app.connect("config-inited", write_pages)
    app.connect("autodoc-skip-member", of_others)
    app.connect("autodoc-process-docstring", as_restructured_text, priority=400)
    app.connect("autodoc-process-docstring", with_picture, priority=600)
    return {"parallel_read_safe": True}
