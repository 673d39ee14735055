"""What the library makes for the pages: pictures, texts and live pages, in `made/`.

They are made anew when the library, the folder `shown` or the data have changed, and so are the
runs of the lessons when the library or the data have.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

import nnlite
from machinery.shown import drawings, live, texts
from nnlite.datasets import mnist

logger = logging.getLogger(__name__)


def state(*folders: Path) -> str:
    """Return letters that change when code in these folders does, or when MNIST is found."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            found.update(path.read_bytes())
    try:
        mnist.load_data()
    except OSError:
        found.update(b"the small digits")
    return found.hexdigest()[:12]


def renewed(folder: Path, now: str) -> Iterator[Path]:
    """Give a folder empty if it was not made in this state, and then note that it was."""
    stamp = folder / "state.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != now:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
        stamp.write_text(now, encoding="utf-8")


def make(app: Sphinx, config: Config) -> None:
    """Make all of it, unless it is there."""
    package, machinery = Path(str(nnlite.__file__)).parent, Path(__file__).parent
    made = Path(app.srcdir) / "made"
    config.state_of_what_writes = state(package, machinery)
    for _ in renewed(made / "runs", state(package)):
        logger.info("the lessons will be run ...")
    for folder in renewed(made / "shown", state(package, machinery / "shown")):
        logger.info("making pictures, texts and live pages ...")
        drawings.draw_all(folder / "pictures")
        texts.write_all(folder / "texts")
        live.write_all(folder / "site" / "live")


class LinksToLivePages(SphinxTransform):
    """Lead a link to `live/ring.html` to that page, which is none of Sphinx's."""

    default_priority = 5

    def apply(self, **options: Any) -> None:
        """Look at every link."""
        folder = Path(self.env.srcdir) / "made" / "shown" / "site"
        for link in list(self.document.findall(pending_xref)):
            target = link["reftarget"]
            if target.endswith(".html") and (folder / target).is_file():
                uri = "../" * self.env.docname.count("/") + target
                link.replace_self(
                    nodes.reference("", "", *link.children, refuri=uri, internal=True)
                )


def setup(app: Sphinx) -> dict[str, bool]:
    """Make before Sphinx reads; read all again when what writes pages has changed."""
    app.add_config_value("state_of_what_writes", "", "env")
    app.connect("config-inited", make)
    app.add_transform(LinksToLivePages)
    return {"parallel_read_safe": True}
