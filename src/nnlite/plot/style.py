"""How every picture looks: few colours that all eyes tell apart, and room for the words.

The colours are those of Okabe and Ito, chosen for colour-blind readers; a marker or the kind of
line always says the same a second time.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from ..errors import explain_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

BLUE, VERMILION = "#0072B2", "#C44E00"
INK, GREY, PALE = "0.1", "0.45", "0.95"

COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#B8A800")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*", "h")
LINES = ("-", "--", "-.", ":")

LETTER = 0.64
"""The width of a letter, as a share of its size; most are narrower."""

WIDTH = 8.0
"""The width of a new figure in inches: 800 pixels on a screen."""


def new_axes(height: float, width: float = WIDTH, **options: Any) -> Axes:
    """Return the axes of a new figure of this size, in inches."""
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(width, height), layout="constrained")
    ax: Axes = figure.add_subplot(**options)
    return ax


def check_axes(ax: Any) -> None:
    """Raise unless `ax` is one place to draw in."""
    from matplotlib.axes import Axes

    if isinstance(ax, Axes):
        return
    remedy = "Make one: figure, ax = plt.subplots()."
    if hasattr(ax, "shape"):
        remedy = "These are several: choose one, ax=axes[0], or axes[0, 0] of rows and columns."
    elif hasattr(ax, "add_subplot"):
        remedy = "A figure holds axes: ax=figure.add_subplot()."
    raise TypeError(
        explain_error("ax must be the axes to draw in.", f"ax: {type(ax).__name__}", None, remedy)
    )


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return the width and height of the axes, in the unit in which letters are measured."""
    box = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    return box.width * points, box.height * points


def font_size() -> float:
    """Return the size of ordinary letters, in points."""
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties

    return FontProperties(size=rcParams["font.size"]).get_size_in_points()


def open_frame(ax: Axes) -> None:
    """Leave out the lines above and to the right, that show nothing."""
    if ax.name == "rectilinear":
        ax.spines[["top", "right"]].set_visible(False)


def lighter(colour: str, share: float) -> tuple[float, float, float]:
    """Return a colour mixed with white: 0 is the colour, 1 is white."""
    from matplotlib.colors import to_rgb

    red, green, blue = (channel + (1 - channel) * share for channel in to_rgb(colour))
    return red, green, blue


def signed_colours() -> LinearSegmentedColormap:
    """Return the colours for numbers of both signs: vermilion below 0, white, blue above."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signed", [VERMILION, "white", BLUE])


def short_number(number: float) -> str:
    """Write a number in about six characters.

    >>> [short_number(number) for number in (33.0, 0.73106, -0.19661, 12345.6, 0.00012, -0.0)]
    ['33', '0.7311', '−0.197', '12346', '1.2e−4', '0']
    """
    size = abs(number)
    if size == 0 or not isfinite(size):
        return f"{number + 0.0:g}"
    if not 1e-3 <= size < 1e6:
        mantissa, exponent = f"{number:.1e}".split("e")
        text = f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    elif size >= 1000:
        text = f"{number:.0f}"
    else:
        candidates = [f"{number:.{digits}g}" for digits in (4, 3, 2)]
        text = next((text for text in candidates if len(text) <= 6), candidates[-1])
    return with_minus(text)


def with_minus(text: str) -> str:
    """Write the sign of the formulas for a hyphen, unless the user's letters have none.

    Fonts for Korean often lack it: then `matplotlib.rcParams["axes.unicode_minus"]` is False.
    """
    from matplotlib import rcParams

    return text.replace("-", "−") if rcParams["axes.unicode_minus"] else text
