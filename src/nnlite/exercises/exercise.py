"""What an exercise is: a text, code with a hole, and a way to check what is put there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Verdict:
    """What a check says: right, not yet, or what kind of mistake it is.

    Parameters
    ----------
    number
        The exercise, such as "06.2".
    state
        "right"; "not yet", while the hole is open; "not right yet".
    hint
        What the mistake looks like.
    """

    number: str
    state: str
    hint: str = ""

    @property
    def right(self) -> bool:
        """Whether the exercise is solved."""
        return self.state == "right"

    @property
    def mistaken(self) -> bool:
        """Whether there is an answer, and it is wrong."""
        return self.state == "not right yet"

    def __str__(self) -> str:
        return f"{self.number} {self.state}{': ' if self.hint else '.'}{self.hint}"

    def _ipython_display_(self) -> None:
        """Show nothing: `check` has printed it."""


class Open(Exception):
    """The hole is still open."""


class Mistake(Exception):
    """The answer is wrong; the text is the hint."""


class Check(Protocol):
    """A way to check an answer: it raises `Open` or `Mistake`, or the answer is right."""

    @property
    def kind(self) -> str:
        """What the list says: "code", "number" or "mistake"."""

    def __call__(self, answer: Any) -> None:
        """Check an answer."""


@dataclass(frozen=True)
class Exercise:
    """An exercise, as data.

    Parameters
    ----------
    number
        Lesson and place, such as "06.2".
    title, text
        What is asked for.
    code
        What the student begins with: `...` stands for the hole, or there is a mistake in it.
    check
        How the answer is checked.
    """

    number: str
    title: str
    text: str
    code: str
    check: Check

    @property
    def lesson(self) -> str:
        """The number of the lesson, such as "06"."""
        return self.number.partition(".")[0]

    @property
    def name(self) -> str:
        """The name that the answer has in the student's file: the last that the code defines."""
        defined = r"^(?:def |class )?([A-Za-z_]\w*)(?: = |\()"
        return str(re.findall(defined, self.code, re.M)[-1])

    @property
    def call(self) -> str:
        """The line that checks the answer, in a notebook or a script."""
        return f'exercises.check("{self.number}", {self.name})'

    def grade(self, answer: Any) -> Verdict:
        """Return what is to be said of an answer."""
        try:
            if answer is ...:
                raise Open
            self.check(answer)
        except Open as hole:
            return Verdict(self.number, "not yet", str(hole))
        except Mistake as mistake:
            return Verdict(self.number, "not right yet", str(mistake))
        return Verdict(self.number, "right")
