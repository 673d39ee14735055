"""A page that plays pictures: it holds them all, and asks nobody for anything."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from importlib.resources import files


def page(
    pictures: Sequence[bytes], seconds: Sequence[float], size: Sequence[int], name: str
) -> str:
    """Return a page that plays PNG files, each of which is drawn onto the last."""
    coded = [base64.b64encode(picture).decode() for picture in pictures]
    film = {"pictures": coded, "seconds": list(seconds), "size": list(size)}
    parts = {part: (files("nnlite.plot") / f"player.{part}").read_text("utf-8") for part in PARTS}
    parts |= {"title": html.escape(name), "film": json.dumps(film)}
    text = parts.pop("html")
    for part, content in parts.items():
        text = text.replace(f"<!-- {part} -->", content)
    return text


PARTS = ("html", "css", "js")
