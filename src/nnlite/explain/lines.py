"""One line of an explanation: a symbol, its formula, the shapes in it, how large it came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnlite.foundation.types import Array


@dataclass
class Line:
    """`symbol = formula   shapes   note`, with the numbers that the step gave.

    The shapes are that of the value, unless there is more to tell.
    """

    symbol: str
    formula: str
    shapes: str = ""
    value: Array | None = None
    note: str = ""
    adds: bool = False

    def __post_init__(self) -> None:
        if self.value is not None:
            self.shapes = self.shapes or shape_of(self.value)

    @property
    def equation(self) -> str:
        """The formula with its symbol; += where the symbol has a part already."""
        return f"{self.symbol} {'+=' if self.adds else '='} {self.formula}"

    @property
    def mean(self) -> float:
        """The mean of the absolute values."""
        with np.errstate(all="ignore"):
            return float("nan") if self.value is None else float(np.abs(self.value).mean())

    @property
    def largest(self) -> float:
        """The largest absolute value."""
        return float("nan") if self.value is None else float(np.abs(self.value).max(initial=0))

    @property
    def sizes(self) -> tuple[str, str]:
        """Mean and largest, as they are written; nothing where there is no value."""
        return ("", "") if self.value is None else (short(self.mean), short(self.largest))


@dataclass
class Section:
    """What one layer, or the loss, does in one direction.

    `place` says which call it is, counted from 0 in the order forward; the loss comes behind the
    last.
    """

    title: str
    remark: str
    lines: list[Line]
    place: int


def shape_of(array: Array) -> str:
    """Write a shape.

    >>> shape_of(np.zeros((2, 1))), shape_of(np.zeros(3))
    ('(2, 1)', '(3,)')
    """
    return spelled(array.shape)


def spelled(shape: tuple[int, ...]) -> str:
    """Write a shape in plain numbers, whatever kind of integers it holds."""
    return str(tuple(int(size) for size in shape))


def percent(share: float) -> str:
    """Write a share.

    >>> percent(0.0), percent(0.004), percent(0.333), percent(1.0), percent(0.999)
    ('0 %', '0.4 %', '33 %', '100 %', '99.9 %')
    """
    value = 100 * share
    if 0 < value < 1 or 99 < value < 100:
        return f"{min(max(value, 0.1), 99.9):.1f} %"
    return f"{value:.0f} %"


def short(number: float) -> str:
    """Write a number in at most seven characters.

    >>> [short(n) for n in (0.0, 1.0, 0.04567, 4254.0, 1.234e-5, 1.234e-15, 3e12, float("inf"))]
    ['0', '1', '0.0457', '4254', '1.23e−5', '1.2e−15', '3e12', 'inf']
    """
    size = abs(number)
    if size == 0 or not np.isfinite(number):
        return f"{number + 0.0:g}"
    if 1e-3 <= size < 1e5:
        return (f"{number:.0f}" if size >= 100 else f"{number:.3g}").replace("-", "−")
    digits = 1 if size < 1e-9 else 2
    mantissa, exponent = f"{number:.{digits}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")
