"""Every link and every picture of the built site leads somewhere within it, or it is a warning.

So does every anchor. No page asks another host for anything: what another host has may only be
linked to.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)
# What is fetched when the page is opened, and not only when a link is followed.
FETCHED = {("link", "href"), *((tag, "src") for tag in ("img", "script", "iframe", "source"))}


class Page(HTMLParser):
    """The anchors of a page, and what it links to and fetches."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        said = dict(attributes)
        self.anchors |= {said[name] or "" for name in ("id", "name") if name in said}
        for name, value in attributes:
            if (tag, name) in FETCHED and value and said.get("rel") not in ("canonical",):
                self.fetched.add(value)
            if name == "href" and value:
                self.links.add(value)


def complaints(folder: Path) -> list[str]:
    """Return what is wrong with the links of the pages in a folder."""
    pages = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        name = path.relative_to(folder.resolve()).as_posix()
        for link in sorted(page.fetched | page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.fetched and parts.scheme != "data":
                    found.append(f"{name} fetches {link}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = target.is_relative_to(folder.resolve())
            if not inside and target.is_relative_to(folder.resolve().parent):
                continue  # The same page in another language.
            if not inside or not target.is_file():
                found.append(f"{name} leads to {link}, which is not there")
            elif parts.fragment and unquote(parts.fragment) not in pages[target].anchors:
                found.append(f"{name} leads to {link}, a page without this anchor")
    return found


def check(app: Sphinx, problem: Exception | None) -> None:
    """Warn of every link that leads nowhere, when the site is built."""
    if problem is None and app.builder.format == "html":
        for complaint in complaints(Path(app.outdir)):
            logger.warning(complaint)


def setup(app: Sphinx) -> dict[str, bool]:
    """Check at the end."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}
