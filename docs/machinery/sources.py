"""Pages of the source: every file of the package, and what else of the repository is linked to.

A page of the documentation links to a file as GitHub shows it, `../src/nnlite/layers/dense.py`.
Here such a link leads to the page of that file, one to a script of `examples` to the lesson, and
one to `../CONTRIBUTING.md` to the page of this name, which includes it.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.osutil import relative_uri

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "nnlite"


def page_of(path: Path) -> str | None:
    """Return the name of the page that shows a file of the repository, if one does."""
    if path.suffix not in {".py", ".js", ".css"} or not path.is_file():
        return None
    if not path.is_relative_to(REPOSITORY):
        return None
    if path.parent == REPOSITORY / "examples" and path.stem[:2].isdigit():
        return f"lessons/{path.stem}"
    return source_page(path)


def source_page(path: Path) -> str:
    """Return the name of the page that shows a file as it is written."""
    return f"source/{path.relative_to(REPOSITORY).as_posix().removeprefix('src/')}"


def uri_of(page: str, seen_from: str) -> str:
    """Return where a page is, as seen from another, or from itself."""
    return (relative_uri(seen_from, page) or page.rpartition("/")[2]) + ".html"


class LinksToSources(SphinxTransform):
    """Turn links to files of the repository into links to their pages."""

    default_priority = 5

    def apply(self, **options: Any) -> None:
        """Look at every link to a file; a download that was asked for stays one."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for link in list(self.document.findall(download_reference)):
            path = (folder / link["reftarget"]).resolve()
            page = page_of(path)
            if page is None or link["reftype"] != "myst":  # "download" was asked for.
                continue
            if page == self.env.docname:  # A lesson that links to its own script.
                page = source_page(path)
            if page.startswith("source/"):
                self.env.metadata[self.env.docname].setdefault("sources", []).append(path)
            uri = uri_of(page, self.env.docname)
            text = link.next_node(nodes.Element).children
            link.replace_self(nodes.reference("", "", *text, refuri=uri, internal=True))
        for link in self.document.findall(pending_xref):
            outside = Path(folder, link["reftarget"]).resolve()
            if link.get("refdomain") == "doc" and outside.parent == REPOSITORY:
                link["reftarget"] = outside.name.lower()


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give Sphinx the pages of all files, and one that lists them by their folders."""
    paths = set(PACKAGE.rglob("*.py"))
    for about in app.env.metadata.values():
        paths.update(about.get("sources", []))
    context: dict[str, Any]
    folders: dict[str, list[str]] = {}
    for path in sorted(paths):
        name = source_page(path)
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    for path in sorted(paths):
        name = source_page(path)
        # Beside a file, the theme lists those of its folder: the whole tree is not worth a second.
        beside = listed(name, folders[name.rpartition("/")[0]])
        title = name.removeprefix("source/")
        context = {"title": title, "body": body(app, path, name)}
        context["toctree"] = lambda *_, beside=beside, **__: beside
        yield name, context, "page.html"
    parts = (
        f"<h2>{folder.removeprefix('source/')}</h2>{listed('source/index', names)}"
        for folder, names in sorted(folders.items())
    )
    context = {"title": "Source", "body": f"<h1>Source</h1>{''.join(parts)}"}
    yield "source/index", context, "page.html"


def listed(page: str, names: list[str]) -> str:
    """Return links to pages of the source, as seen from one of them."""
    items = (
        f'<li class="toctree-l1{" current current-page" if name == page else ""}">'
        f'<a class="reference internal" href="{uri_of(name, page)}">'
        f"{name.rpartition('/')[2]}</a></li>"
        for name in names
    )
    return f"<ul>{''.join(items)}</ul>"


def body(app: Sphinx, path: Path, name: str) -> str:
    """Return a file as HTML: an anchor at every line, and what it imports of ours linked."""
    language = {".py": "python", ".js": "javascript", ".css": "css"}[path.suffix]
    lines = app.builder.highlighter.highlight_block(
        path.read_text(encoding="utf-8"),
        language,
        linenos="inline",
        lineanchors="L",
        anchorlinenos=True,
    )

    def linked(found: re.Match[str]) -> str:
        place = PACKAGE.parent.joinpath(*found[1].split("."))
        for target in (place / "__init__.py", place.with_suffix(".py")):
            if target.is_file():
                uri = uri_of(source_page(target), name)
                return f'<a class="nn" href="{uri}">{found[1]}</a>'
        return found[0]

    lines = re.sub(r'<span class="nn">(nnlite[\w.]*)</span>', linked, lines)
    home = uri_of("source/index", name)
    title = name.removeprefix("source/")
    return f'<h1 class="file"><a href="{home}">Source</a>: {title}</h1>{lines}'


def linkcode_resolve(domain: str, info: dict[str, str]) -> str | None:
    """Return where the source of a name of the reference stands, as seen from `api/`."""
    if domain != "py" or not info["module"]:
        return None
    found: Any = importlib.import_module(info["module"])
    for part in info["fullname"].split("."):
        found = getattr(found, part, None)
    found = inspect.unwrap(getattr(found, "fget", None) or found)
    try:
        path, line = inspect.getsourcefile(found), inspect.getsourcelines(found)[1]
    except (OSError, TypeError):
        return None
    page = page_of(Path(str(path)).resolve())
    return page and f"../{page}.html#L-{line}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages beside those of the documentation."""
    app.config.linkcode_resolve = linkcode_resolve
    app.add_transform(LinksToSources)
    app.connect("html-collect-pages", source_pages)
    return {"parallel_read_safe": True}
