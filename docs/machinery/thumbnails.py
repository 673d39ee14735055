"""A page of thumbnails: the directive `thumbnails` shows the pictures of all lessons.

Each leads to the section of its lesson that draws it. `thumbnails:: functions` shows those of
`nnlite.plot`, which `drawings` made, and each leads to its function.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

WIDTH = 360


class Thumbnails(nodes.General, nodes.Element):
    """The place of the pictures."""


class ThumbnailsDirective(SphinxDirective):
    """`thumbnails`, with "lessons" or "functions"."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place, which is filled when all pages are read."""
        self.env.note_reread()
        return [Thumbnails(which=self.arguments[0])]


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the pictures where they belong."""
    for place in list(doctree.findall(Thumbnails)):
        found = lessons(app, page) if place["which"] == "lessons" else functions(app, page)
        place.replace_self(found)


def lessons(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return, lesson by lesson, a heading and its pictures."""
    found: list[nodes.Node] = []
    for name in sorted(app.env.found_docs):
        if not name.startswith("lessons/"):
            continue
        tree = app.env.get_and_resolve_doctree(name, app.builder)
        uri = relative_uri(page, name) + ".html"
        title = tree.next_node(nodes.title).astext()
        heading = nodes.paragraph(classes=["thumbnails-title"])
        heading += nodes.reference("", title, refuri=uri, internal=True)
        tiles = []
        for number, image in enumerate(tree.findall(nodes.image)):
            section = image
            while not isinstance(section, nodes.section):
                section = section.parent
            source = Path(app.srcdir) / image["uri"]
            about = section.next_node(nodes.title).astext()
            small = thumbnail(app, source, f"{name.partition('/')[2]}_{number}")
            tiles.append((small, f"{uri}#{section['ids'][0]}", about))
        if tiles:
            found += [heading, grid(page, tiles)]
    return found


def functions(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return the pictures of the functions of `nnlite.plot`."""
    uri = relative_uri(page, "api/nnlite.plot") + ".html"
    paths = sorted((Path(app.srcdir) / "made" / "shown" / "pictures").glob("*.png"))
    tiles = [
        (thumbnail(app, path, path.stem), f"{uri}#nnlite.plot.{path.stem}", f"plot.{path.stem}")
        for path in paths
    ]
    return [grid(page, tiles)]


def thumbnail(app: Sphinx, source: Path, name: str) -> tuple[str, int, int]:
    """Write a small copy of a picture into the site; return its place and size."""
    place = Path("_images") / "small" / f"{name}.webp"
    target = Path(app.outdir) / place
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((WIDTH, WIDTH))
    picture.save(target, quality=80)
    return place.as_posix(), *picture.size


def grid(page: str, tiles: list[Any]) -> nodes.raw:
    """Return the tiles as HTML."""
    up = "../" * page.count("/")
    items = "".join(
        f'<a class="thumbnail" href="{uri}"><img loading="lazy" src="{up}{place}" width="{width}" '
        f'height="{height}" alt=""><span>{escape(about)}</span></a>'
        for (place, width, height), uri, about in tiles
    )
    return nodes.raw("", f'<div class="thumbnails">{items}</div>', format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the directive."""
    app.add_node(Thumbnails)
    app.add_directive("thumbnails", ThumbnailsDirective)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True}
