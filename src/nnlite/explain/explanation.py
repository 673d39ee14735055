"""The explanation of a step: lines to read, arrays to compute with, and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnlite.explain.html import page
from nnlite.explain.lines import Line, Section
from nnlite.explain.text import table, terminal_width
from nnlite.foundation.errors import look_up
from nnlite.foundation.types import Array


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
    warnings: list[str] = field(default_factory=list)
    values: dict[str, Array] = field(default_factory=dict)

    def __getitem__(self, symbol: str) -> Array:
        """Return the array of a symbol: X, Z1, dW1."""
        return look_up("symbol", symbol, self.values)

    @property
    def title(self) -> str:
        """What is explained, in a line."""
        what = "one training step" if self.backward else "forward"
        return f"{self.model}: {what} on m = {self.samples} sample{'s' * (self.samples > 1)}"

    @property
    def halves(self) -> dict[str, list[Section]]:
        """The sections forward, backward and of the update, those of them that there are."""
        halves = {"forward": self.forward, "backward": self.backward, "update": self.update}
        return {name: sections for name, sections in halves.items() if sections}

    @property
    def lines(self) -> list[Line]:
        """All lines in their order."""
        return [line for half in self.halves.values() for section in half for line in section.lines]

    def text(self, width: int = 100) -> str:
        """Return the table for a terminal of that width."""
        return table(self, width)

    def __str__(self) -> str:
        return table(self, terminal_width())

    def _repr_html_(self) -> str:
        return page(self)

    def __repr__(self) -> str:
        return f"<Explanation of '{self.model}' on {self.samples} samples>"
