"""The switch between the languages: every page leads to the same page of the other."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template the other languages: those that have a catalogue, and English."""
    there = {
        code: name
        for code, name in app.config.languages.items()
        if code == "en" or any((app.srcdir / f / code).is_dir() for f in app.config.locale_dirs)
    }
    target = f"{page}.html"
    up = relative_uri(page, "") or ""
    context["other_languages"] = [
        (code, name, f"{up}../{code}/{target}", code == app.config.language)
        for code, name in there.items()
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the switch to every page."""
    app.add_config_value("languages", {"en": "English"}, "html")
    app.connect("html-page-context", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
