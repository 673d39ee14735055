"""The explanation of a step: lines to read, arrays to compute with, and warnings."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import look_up
from ..types import Array
from .lines import Section


@dataclass
class Explanation:
    """One training step of a network on a batch, as a lecturer writes it on the board.

    `print(explanation)` is a table for the terminal, a notebook shows it as HTML, and
    `nnlite.plot.explain(explanation)` draws it. `explanation["dW1"]` is the array of that name.

    Parameters
    ----------
    model
        The model's name.
    samples
        How many samples the batch has, m.
    forward, backward, update
        What each layer does on the way to the loss, and back, and what the optimizer makes of it.
    warnings
        What does not look well, and what to do about it.
    values
        Every array that has a symbol.
    """

    model: str
    samples: int
    forward: list[Section]
    backward: list[Section]
    update: list[Section]
    warnings: list[str]
    values: dict[str, Array]

    def __getitem__(self, symbol: str) -> Array:
        """Return the array of a symbol: X, Z1, dW1."""
        return look_up("symbol", symbol, self.values)

    @property
    def title(self) -> str:
        """What is explained, in a line."""
        what = "one training step" if self.backward else "forward"
        return f"{self.model}: {what} on m = {self.samples} sample{'s' * (self.samples > 1)}"

    def text(self, width: int = 100) -> str:
        """Return the table for a terminal of that width."""
        from .text import table

        return table(self, width)

    def __str__(self) -> str:
        from .text import table, terminal_width

        return table(self, terminal_width())

    def _repr_html_(self) -> str:
        from .html import page

        return page(self)

    def __repr__(self) -> str:
        return f"<Explanation of '{self.model}' on {self.samples} samples>"
