"""Pages of the source: every file of the package, and what else of the repository is linked to.

A page of the documentation links to a file as GitHub shows it, `../src/nnlite/layers/dense.py`.
Here such a link leads to the page of that file, one to a script of `examples` to the lesson, and
one to `../CONTRIBUTING.md` to the page of this name, which includes it.
"""

from __future__ import annotations

import importlib
import inspect
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
            uri = relative_uri(self.env.docname, page) + ".html"
            text = link.next_node(nodes.Element).children
            link.replace_self(nodes.reference("", "", *text, refuri=uri, internal=True))
        for link in self.document.findall(pending_xref):
            if link["reftarget"].startswith("../") and link.get("refdomain") == "doc":
                link["reftarget"] = Path(link["reftarget"]).name.lower()


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give Sphinx the pages of all files."""
    paths = set(PACKAGE.rglob("*.py"))
    for about in app.env.metadata.values():
        paths.update(about.get("sources", []))
    names = {path: source_page(path) for path in sorted(paths)}
    for path, name in names.items():
        title = name.removeprefix("source/")
        yield name, {"title": title, "body": body(app, path, name)}, "page.html"
    items = "".join(
        f'<li><a class="reference internal" href="{relative_uri("source/index", name)}.html">'
        f"<code>{name.removeprefix('source/')}</code></a></li>"
        for name in names.values()
    )
    listed = f"<h1>Source</h1><ul>{items}</ul>"
    yield "source/index", {"title": "Source", "body": listed}, "page.html"


def body(app: Sphinx, path: Path, name: str) -> str:
    """Return a file as HTML, an anchor at every line."""
    language = {".py": "python", ".js": "javascript", ".css": "css"}[path.suffix]
    lines = app.builder.highlighter.highlight_block(
        path.read_text(encoding="utf-8"),
        language,
        linenos="inline",
        lineanchors="L",
        anchorlinenos=True,
    )
    home = relative_uri(name, "source/index") + ".html"
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
