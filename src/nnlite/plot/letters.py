"""Letters that a picture's font lacks, Korean ones for instance: a font that has them is found.

A figure looks through its own words before it is drawn, those too that the user wrote. Nothing but
these words changes. Where no installed font has the letters, one hint names a font to install.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.layout_engine import ConstrainedLayoutEngine, PlaceHolderLayoutEngine
from matplotlib.text import Text

from nnlite.foundation.errors import explain_error

# Whoever has several reads these most easily.
PREFERRED = (
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "NanumGothic",
    "Noto Sans CJK KR",
)
HANGUL = range(0xAC00, 0xD7A4)
# Every font has the letters before.
FIRST_RARE = 0x250


class Constrained(ConstrainedLayoutEngine):
    """Room for all words, whose letters are found first."""

    hinted = False

    def execute(self, fig: Any) -> Any:
        """Find the letters, then place the axes."""
        self.hinted = find_letters(fig, self.hinted)
        return super().execute(fig)


class Placed(PlaceHolderLayoutEngine):
    """Axes that stay where they are placed, with words whose letters are found."""

    hinted = False

    def __init__(self, adjust_compatible: bool = True, colorbar_gridspec: bool = True) -> None:
        super().__init__(adjust_compatible, colorbar_gridspec)

    def execute(self, fig: Any) -> None:
        """Find the letters."""
        self.hinted = find_letters(fig, self.hinted)


def watch(ax: Axes) -> None:
    """Let the figure of these axes find its letters, unless it has a layout of the user's."""
    figure = ax.get_figure(root=True)
    if figure is not None and figure.get_layout_engine() is None:
        figure.set_layout_engine(Placed())


def hold_still(figure: Any) -> None:
    """Let the axes of a figure stay where they are now, whatever will be written on them."""
    figure.draw_without_rendering()
    if (engine := figure.get_layout_engine()) is not None:
        still = Placed(engine.adjust_compatible, engine.colorbar_gridspec)
        figure.set_layout_engine(still)


def find_letters(figure: Any, hinted: bool) -> bool:
    """Give every word of the figure a font that has its letters; return whether there was a hint.

    After a hint, matplotlib's own warnings of these letters would only repeat it.
    """
    nowhere: set[str] = set()
    for text in figure.findobj(Text):
        missing = _missing(text)
        names, left = ([], missing) if hinted else fonts_with(missing)
        if names:
            text.set_fontfamily([*text.get_fontfamily(), *names])
        nowhere |= left
    if nowhere:
        codes = "|".join(str(ord(letter)) for letter in sorted(nowhere))
        warnings.filterwarnings("ignore", rf"Glyph ({codes}) ", UserWarning)
        if not hinted:
            _hint(nowhere)
    return hinted or bool(nowhere)


def _hint(letters: Iterable[str]) -> None:
    few = "".join(sorted(letters)[:10])
    font, package = "Noto Sans", "fonts-noto"
    if any(ord(letter) in HANGUL for letter in letters):
        font, package = "NanumGothic", "fonts-nanum"
    remedy = f"Install {font} and draw again; on Linux and Colab: apt install {package}."
    text = explain_error(
        "No installed font has these letters.", few, "the words of a picture", remedy
    )
    warnings.warn(text, UserWarning, stacklevel=2)


def _missing(text: Text) -> frozenset[str]:
    """Return the letters of a text that none of its fonts has; formulas have fonts of their own."""
    rare = {c for c in text.get_text() if ord(c) >= FIRST_RARE and c.isprintable()}
    if not rare or not text.get_visible() or text.get_text().count("$") > 1:
        return frozenset()
    fonts = [FontProperties(family=[family]) for family in text.get_fontfamily()]
    return without(frozenset(rare), tuple(path for font in fonts for path in _path(font)))


def _path(font: FontProperties) -> list[str]:
    """Return where a font lies, if it is installed."""
    try:
        return [str(findfont(font, fallback_to_default=False))]
    except ValueError:
        return []


@lru_cache(4000)
def without(letters: frozenset[str], paths: tuple[str, ...]) -> frozenset[str]:
    """Return the letters that no font at these places has."""
    for path in paths:
        try:
            font = FT2Font(path)
        except (OSError, RuntimeError):
            continue
        # Letters that are pictures, of one size, cannot be drawn.
        if font.scalable:
            letters = frozenset(c for c in letters if not font.get_char_index(ord(c)))
    return letters


def fonts_with(letters: frozenset[str]) -> tuple[list[str], frozenset[str]]:
    """Return the names of the fewest fonts that have these letters, and the letters none has."""
    names: list[str] = []
    for fonts in (_known, _unknown):
        paths = fonts() if letters else []
        while paths and letters:
            best = min(paths, key=lambda path: len(without(letters, (path,))))
            left = without(letters, (best,))
            if left == letters:
                break
            if fonts is _unknown:
                fontManager.addfont(best)
            names.append(FontProperties(fname=best).get_name())
            letters = left
    return names, letters


def _known() -> list[str]:
    """Return where fonts lie: first those that are read most easily."""
    ranks = {name: rank for rank, name in enumerate(PREFERRED)}
    # The last resort has an empty box for every letter.
    fonts = [f for f in fontManager.ttflist if "lastresort" not in f.name.replace(" ", "").lower()]
    return [str(f.fname) for f in sorted(fonts, key=lambda f: (ranks.get(f.name, 99), f.name))]


def _unknown() -> list[str]:
    """Return where fonts lie that were installed after matplotlib was first used."""
    return sorted({*findSystemFonts()} - {str(font.fname) for font in fontManager.ttflist})
