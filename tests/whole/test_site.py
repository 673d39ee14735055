"""The documentation is built without a warning, and every page of it stands in a browser.

That no link and no anchor leads nowhere, and no page asks another host for anything, the build
itself finds out: `docs/machinery/links.py`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from browser import Browser, browser, needs_browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site" / "en"
PHONE = 390
BROKEN = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
# The theme lets the column of the text scroll, where the page would.
COLUMNS = "[document.documentElement, ...document.querySelectorAll('.content')]"
TOO_WIDE = f"Math.max(...{COLUMNS}.map(e => e.scrollWidth - e.clientWidth))"


def complaints(tab: Browser, page: Path) -> list[str]:
    """What is wrong with a page on a phone."""
    tab.errors.clear()
    tab.requests.clear()
    tab.look_at(page, width=PHONE, height=800)
    found = [f"its picture {source} is broken" for source in tab.ask(BROKEN)]
    if (more := tab.ask(TOO_WIDE)) > 0:
        found.append(f"it is {more} pixels wider than the window")
    found += [f"it says: {error}" for error in tab.errors]
    local = ("file:", "data:", "blob:")
    found += [f"it asks for {uri}" for uri in tab.requests if not uri.startswith(local)]
    return [f"{page.relative_to(SITE)}: {one}" for one in found]


@pytest.mark.slow
@needs_browser
def test_every_page_of_the_site_stands_on_a_phone_without_a_network(tmp_path):
    for package in ("sphinx", "furo", "myst_nb", "latex2mathml", "sphinx_copybutton"):
        pytest.importorskip(package, reason="the site is built with: pip install -e '.[docs]'")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "docs", str(SITE)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = sorted(SITE.rglob("*.html"))
    assert len(pages) > 200
    with browser(tmp_path) as tab:
        assert [one for page in pages for one in complaints(tab, page)] == []
