"""How every picture looks: few colours that all eyes tell apart, and room for the words.

The colours are those of Okabe and Ito, chosen for colour-blind readers; a marker or the kind of
line always says the same a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.errors import type_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.axis import Axis
    from matplotlib.colors import LinearSegmentedColormap
else:
    Axes = Any  # The true one is loaded when something is drawn.

BLUE, VERMILION = "#0072B2", "#C44E00"
INK, GREY, PALE = "0.1", "0.45", "0.95"

COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#5A00D6")
# Of two classes, 1 is what a neuron with a positive z says, and blue as all that is positive.
CLASSES = (VERMILION, BLUE, *COLOURS[2:])
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*", "h")
LINES = ("-", "--", "-.", ":")

# The width of a letter, as a share of its size; most are narrower.
LETTER = 0.64
# The width of a new figure in inches: 800 pixels on a screen; and what of it is left free around.
WIDTH, FREE = 8.0, 1 / 12
# Letters of fewer points cannot be read there: 9 of these pixels.
SMALLEST = 6.5
# As `ax`, a new figure that pyplot does not know: nothing shows it but what it was made for.
UNSHOWN: Any = object()


def axes_or_new(ax: Any, height: float, width: float = WIDTH, **options: Any) -> Axes:
    """Return the axes to draw in: those given, or those of a new figure of this size, in inches."""
    from matplotlib.axes import Axes

    from nnlite.plot import letters

    if ax is None or ax is UNSHOWN:
        page: dict[str, Any] = {"figsize": (width, height), "layout": letters.Constrained()}
        ax = (_unshown if ax is UNSHOWN else _shown)(page).add_subplot(**options)
    if isinstance(ax, Axes):
        letters.watch(ax)
        return ax
    remedy = "Make one: figure, ax = plt.subplots()."
    if hasattr(ax, "shape"):
        remedy = "These are several: choose one, ax=axes[0], or axes[0, 0] of rows and columns."
    elif hasattr(ax, "add_subplot"):
        remedy = "A figure holds axes: ax=figure.add_subplot()."
    raise type_error("ax must be the axes to draw in.", f"ax: {type(ax).__name__}", remedy=remedy)


def _shown(page: dict[str, Any]) -> Any:
    import matplotlib.pyplot as plt

    return plt.figure(**page)


def _unshown(page: dict[str, Any]) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(**page, dpi=100)
    FigureCanvasAgg(figure)
    return figure


def axes_in_em(
    ax: Any, width: float, bottom: float, top: float, smallest: float, largest: float
) -> tuple[Axes, float]:
    """Return axes on which lengths are in em, the size of the letters, and that size in points.

    A new figure is at most a page wide, unless the letters were to be too small.
    """
    wide, high = _page_size(width, bottom, top, smallest, largest)
    ax = axes_or_new(ax, high + FREE, wide + FREE)
    page_width, page_height = blank_page(ax)
    ax.set(xlim=(0, width), ylim=(bottom, top), aspect="equal")
    return ax, min(largest, page_width / width, page_height / abs(top - bottom))


def _page_size(
    width: float, bottom: float, top: float, smallest: float, largest: float
) -> tuple[float, float]:
    """Return the width and height of a page, in inches, for a picture of this size in em."""
    size = min(largest, max(smallest, 72 * (WIDTH - FREE) / width)) / 72
    return width * size, abs(top - bottom) * size


def sheet(width: float, bottom: float, top: float, smallest: float, largest: float) -> Axes:
    """Return axes that fill a figure of the size that `axes_in_em` makes, unknown to pyplot."""
    size = _page_size(width, bottom, top, smallest, largest)
    # Whatever layout the user's figures have by default, nothing moves these axes.
    ax: Axes = _unshown({"figsize": size, "layout": "none"}).add_axes((0, 0, 1, 1))
    return ax


def as_svg(ax: Axes) -> str:
    """Return the figure of these axes as a picture that a page can hold."""
    import io

    file = io.StringIO()
    figure: Any = ax.figure
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return the width and height of the axes, in the unit in which letters are measured."""
    box = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    return box.width * points, box.height * points


def blank_page(ax: Axes) -> tuple[float, float]:
    """Leave out the frame of the axes, and return their width and height, as of letters.

    On a figure of ours, they then fill all of it.
    """
    from nnlite.plot import letters

    ax.set_axis_off()
    figure: Any = ax.get_figure(root=True)
    if isinstance(engine := figure.get_layout_engine(), letters.Constrained):
        engine.execute(figure)
    return size_in_points(ax)


def font_size() -> float:
    """Return the size of ordinary letters, in points."""
    from matplotlib import rcParams

    return float(rcParams["font.size"])


def open_frame(ax: Axes) -> None:
    """Leave out the lines above and to the right, that show nothing."""
    if ax.name == "rectilinear":
        ax.spines[["top", "right"]].set_visible(False)


def round_numbers(*axes: Axis) -> None:
    """Let the numbers along these axes be round: steps of 1, 2 or 5, never of 2.5."""
    from matplotlib.ticker import MaxNLocator

    for axis in axes:
        locator = axis.get_major_locator()
        if isinstance(locator, MaxNLocator):
            locator.set_params(steps=[1, 2, 5, 10])


def look(number: int) -> dict[str, Any]:
    """Return the colour and the marker of the curve of that number."""
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)]}


def class_look(number: int) -> dict[str, Any]:
    """Return the colour and the marker of the class of that number."""
    return look(number) | {"color": CLASSES[number % len(CLASSES)]}


def lighter(colour: str, share: float) -> tuple[float, ...]:
    """Return a colour mixed with white: 0 is the colour, 1 is white."""
    from matplotlib.colors import to_rgb

    return tuple(channel + (1 - channel) * share for channel in to_rgb(colour))


def blend(*colours: Any) -> LinearSegmentedColormap:
    """Return the colours that lead from the first over the others to the last."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("blend", colours)


def signed_colours() -> LinearSegmentedColormap:
    """Return the colours for numbers of both signs: vermilion below 0, white, blue above."""
    return blend(VERMILION, "white", BLUE)


def padded(values: Any, share: float, alone: float = 0.5) -> tuple[float, float]:
    """Return limits that hold the values, with a share of their span to spare at both ends.

    Around a single value there is as much room as `alone` says.

    >>> padded([1, 3], 0.25), padded([2], 0.25)
    ((0.5, 3.5), (1.5, 2.5))
    """
    low, high = float(np.min(values)), float(np.max(values))
    margin = share * (high - low) or alone
    return low - margin, high + margin


def short_number(number: float) -> str:
    """Write a number in about six characters, and its sign.

    >>> [short_number(number) for number in (33.0, 0.73106, -0.19661, 12345.6, 0.00012, -0.0)]
    ['33', '0.7311', '−0.1966', '12346', '1.2e−4', '0']
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
        text = next((text for text in candidates if len(text.lstrip("-")) <= 6), candidates[-1])
    return with_minus(text)


def with_minus(text: str) -> str:
    """Write the sign of the formulas for a hyphen, unless the user's letters have none.

    Fonts for Korean often lack it: then `matplotlib.rcParams["axes.unicode_minus"]` is False.
    """
    from matplotlib import rcParams

    return text.replace("-", "−") if rcParams["axes.unicode_minus"] else text


def alike(numbers: Sequence[float]) -> list[str]:
    """Write numbers with as many decimals as the finest of them needs.

    >>> alike([0, 0.25, 2]), alike([-10, 0, 10]), alike([0, 2e-7])
    (['0.00', '0.25', '2.00'], ['−10', '0', '10'], ['0', '2e−7'])
    """
    size = max(map(abs, numbers), default=0.0)
    for decimals in range(6):
        if all(abs(round(n, decimals) - n) <= 1e-9 * size for n in numbers) and size < 1e7:
            return [with_minus(f"{number + 0.0:.{decimals}f}") for number in numbers]
    return [short_number(number) for number in numbers]


def round_ticks(low: float, high: float, count: int = 4) -> list[tuple[float, str]]:
    """Return round numbers between two, at most so many steps: where they lie, and as text.

    >>> round_ticks(-0.25, 1.25, 3)
    [(0.16666666666666666, '0.0'), (0.5, '0.5'), (0.8333333333333334, '1.0')]
    """
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(count, steps=[1, 2, 5, 10]).tick_values(low, high)
    inside = [float(tick) for tick in ticks if low <= tick <= high]
    shares = [(tick - low) / (high - low) for tick in inside]
    return list(zip(shares, alike(inside), strict=True))
