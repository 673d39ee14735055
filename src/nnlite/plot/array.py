"""Arrays as cells, before and after what is done to them: slices, sums, broadcasting, products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlite.foundation.errors import shown, type_error, value_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.plot.cells import ARROW, EMPTY, HIGH, MOST_NUMBERS, TEXT, Cells, writing
from nnlite.plot.style import INK, LETTER, Axes, axes_in_em

MARGIN, BETWEEN = 0.6, 1.6
# The longest axis that is drawn whole, if there is one array, or several.
MOST = (14, 8)


def array(
    A: Any,
    chosen: Any = None,
    *,
    then: Any = None,
    by: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw an array as cells with its axes, and what becomes of it.

    Up to 60 cells hold their numbers. Of long axes, the places at both ends are drawn, and those
    where what is chosen begins and ends.

    Parameters
    ----------
    A
        An array of at most four axes: rows of cells, and sheets of them. For what needs several,
        broadcasting or a product, a dictionary of them by name.
    chosen
        Which cells are dark: an index, `np.s_[:, 1:3]`, or a mask, `A > 0`. With several arrays, a
        dictionary of these by name, in which the result is called as in `by`.
    then
        The array that comes of it.
    by
        What was done, to stand above the arrow: "A.T".
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose patches are the cells.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> A = np.arange(6).reshape(2, 3)
    >>> axes = array(A, np.s_[:, 1:], then=A[:, 1:], by="A[:, 1:]", ax=Figure().add_subplot())
    >>> len(axes.patches), axes.texts[0].get_text()
    (10, '0')
    """
    named = {str(name): _as_array(str(name), value) for name, value in _by_name(A).items()}
    given = _chosen_of(chosen, named, by)
    operands = [(name, value, _mask(name, value, given.get(name))) for name, value in named.items()]
    most = MOST[then is not None or len(named) > 1]
    if then is None:
        if by:
            rule, remedy = (
                "by says what was done; then is what came of it.",
                f"then={by}, by={by!r}",
            )
            raise value_error(rule, f"by={by!r} without then", None, remedy)
        return _draw(ax, [_before(*operand, (), most) for operand in operands])
    after = _as_array(by or "then", then)
    dark = _mask(by, after, given.get(by) if by else None) | _is_taken(operands, after)
    shape = _stretched(operands, after)
    cells = [_before(*operand, shape, most) for operand in operands]
    result = Cells(after, dark, np.ones(after.shape, bool), most, _titled("", after.shape))
    return _draw(ax, cells, result, by)


def _by_name(A: Any) -> Mapping[Any, Any]:
    if not isinstance(A, Mapping):
        return {"": A}
    if not A:
        raise value_error("plot.array draws an array, or a dictionary of some by name.", "{}")
    return A


def _chosen_of(chosen: Any, named: Mapping[str, Array], by: str) -> dict[str, Any]:
    """Return what is chosen of each array, by its name."""
    if not isinstance(chosen, Mapping):
        return {next(iter(named)): chosen}
    known = [*filter(None, [*named, by])]
    for name in chosen:
        if name not in known:
            rule = f"What is chosen is told by the arrays' names: {', '.join(known) or 'none'}."
            remedy = "plot.array({'A': A}, {'A': np.s_[0]})"
            raise value_error(rule, f"chosen for {name!r}", None, remedy)
    return dict(chosen)


def _as_array(name: str, value: Any) -> Array:
    try:
        found = as_array(value, name or "A")
    except ValueError:
        rule = "The rows of an array are equally long."
        raise value_error(rule, f"{name or 'A'} with rows of several lengths") from None
    if found.dtype.kind not in "biufcSU":
        rule = "plot.array draws arrays of numbers or words."
        received = f"{name or 'A'}: {type(value).__name__}"
        raise type_error(rule, received, remedy="A = np.array([[1, 2], [3, 4]])")
    if found.ndim > 4:
        rule, remedy = "plot.array draws at most four axes.", "Draw a part: A[0]."
        raise value_error(rule, f"{name or 'A'} of shape {found.shape}", remedy=remedy)
    return found


def _mask(name: str, value: Array, chosen: Any) -> Array:
    """Return of every cell whether it is chosen."""
    mask = np.zeros(value.shape, bool)
    if chosen is not None:
        try:
            mask[chosen] = True
        except (IndexError, ValueError) as error:
            rule = f"chosen is an index or a mask that fits {name or 'A'} of shape {value.shape}."
            received = f"{shown(chosen)}: {error}"
            raise value_error(
                rule, received, None, "chosen=np.s_[0], or a mask: chosen=A > 0."
            ) from None
    return mask


def _is_taken(operands: list[tuple[str, Array, Array]], after: Array) -> bool:
    """Return whether the result is what was chosen: then it is as dark."""
    _, value, mask = operands[0]
    alone = len(operands) == 1 and mask.any() and mask.sum() == after.size
    return bool(alone and np.array_equal(np.sort(value[mask]), np.sort(after, axis=None)))


def _stretched(operands: list[tuple[str, Array, Array]], after: Array) -> tuple[int, ...]:
    """Return the shape to which the operands are stretched, if they are; else ()."""
    try:
        shape = np.broadcast_shapes(*(value.shape for _, value, _ in operands))
    except ValueError:
        return ()
    return shape if shape == after.shape else ()


def _before(name: str, value: Array, dark: Array, shape: tuple[int, ...], most: int) -> Cells:
    """Return the cells of an array; with a shape, also the copies that broadcasting makes."""
    words = _titled(name, value.shape)
    if shape in ((), value.shape):
        return Cells(value, dark, np.ones(value.shape, bool), most, words)
    own = (1,) * (len(shape) - value.ndim) + value.shape
    numbers = np.indices(shape)
    real = np.ones(shape, bool)
    for number, length, held in zip(numbers, shape, own, strict=True):
        real &= (number == 0) | (length == held)
    value, dark = np.broadcast_to(value, shape), np.broadcast_to(dark, shape) & real
    return Cells(value, dark, real, most, f"{words} → {shape}")


def _titled(name: str, shape: tuple[int, ...]) -> str:
    return f"{name} {shape}".strip()


def _draw(ax: Axes | None, before: list[Cells], after: Cells | None = None, by: str = "") -> Axes:
    """Draw the arrays side by side, the middles of their cells on one line."""
    parts = before if after is None else [*before, after]
    numbers = all(part.visible.size <= MOST_NUMBERS for part in parts)
    write = writing([part.visible for part in parts]) if numbers else None
    longest = (
        max((len(write(v)) for part in parts for v in part.visible.flat), default=1) if write else 0
    )
    for part in parts:
        part.measure(write, max(EMPTY, HIGH, LETTER * longest + 0.6) if write else EMPTY)
    arrow = max(3.0, LETTER * len(by) + 1) if after else 0.0
    gaps = BETWEEN * len(parts) + arrow
    width = sum(part.width for part in parts) + gaps + 2 * MARGIN
    above = max(part.middle for part in parts)
    below = max(part.height - part.middle for part in parts)
    height = above + below + 2 * MARGIN
    ax, font = axes_in_em(ax, width, height, 0, smallest=7.4, largest=13.0)
    x = MARGIN
    for part in parts:
        if part is after:
            y = MARGIN + above
            ax.annotate("", (x + arrow, y), (x, y), arrowprops=ARROW | {"color": INK})
            ax.text(x + arrow / 2, y - 0.9, by, size=font, color=INK, **TEXT)
            x += arrow + BETWEEN
        part.draw(ax, x, MARGIN + above - part.middle, font)
        x += part.width + BETWEEN
    return ax
