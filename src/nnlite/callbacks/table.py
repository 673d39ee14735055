"""The figures of a training as a table for a notebook: a row for every epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

# Of more epochs than this, the first and last are shown.
MOST, ENDS = 20, 8
_CELL = 'style="text-align: right; font-variant-numeric: tabular-nums"'


def table(history: Mapping[str, Sequence[float]], epochs: Mapping[str, Sequence[int]]) -> str:
    """Return losses and metrics as HTML, by name and epoch; epochs are counted from 1.

    >>> table({"loss": [0.5, 0.25]}, {"loss": [0, 1]}).count("<tr>")
    3
    """
    columns = {
        name: dict(zip(epochs.get(name, range(len(values))), values, strict=False))
        for name, values in history.items()
    }
    rows = sorted({epoch for values in columns.values() for epoch in values})
    if not rows:
        return "<p>No epoch has ended.</p>"
    heads = "".join(f"<th {_CELL}>{escape(name)}</th>" for name in ("epoch", *columns))
    body = [_row(epoch, columns) for epoch in rows]
    if len(body) > MOST:
        gap = f"<td {_CELL}>…</td>" * (len(columns) + 1)
        body = [*body[:ENDS], f"<tr>{gap}</tr>", *body[-ENDS:]]
    return f"<table><tr>{heads}</tr>{''.join(body)}</table>"


def _row(epoch: int, columns: Mapping[str, Mapping[int, float]]) -> str:
    """Return the figures of one epoch; what was not measured then stays empty."""
    figures = [_number(values[epoch]) if epoch in values else "" for values in columns.values()]
    return (
        "<tr>"
        + "".join(f"<td {_CELL}>{cell}</td>" for cell in (f"{epoch + 1}", *figures))
        + "</tr>"
    )


def _number(value: Any) -> str:
    """Write a figure with four decimals, a very small or large one with its power of ten."""
    if not isinstance(value, int | float | np.number):
        return escape(str(value))
    figure = float(value)
    return f"{figure:.4f}" if figure == 0 or 1e-3 <= abs(figure) < 1e6 else f"{figure:.3e}"
