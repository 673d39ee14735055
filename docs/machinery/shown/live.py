"""Three live pages, each one file that `model.to_html` writes."""

from __future__ import annotations

from pathlib import Path

from machinery.shown import networks


def write_all(folder: Path) -> None:
    """Write the pages: a digit network, a ring, house prices."""
    folder.mkdir(parents=True)
    model, x, y, names, _ = networks.digits()
    model.to_html(folder / "digits.html", samples=x[:50], truth=y[:50], names=names)
    model, x, y, names, _ = networks.ring()
    model.to_html(folder / "ring.html", samples=x, truth=y)
    model, x, y, names, _ = networks.houses()
    model.to_html(folder / "houses.html", samples=x[:100], truth=y[:100], features=names)
