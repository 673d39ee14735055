"""All exercises: look one up, check an answer, show those of a lesson."""

from __future__ import annotations

import textwrap
from typing import Annotated, Any

from nnlite.exercises.exercise import Exercise, Verdict
from nnlite.exercises.lessons import LESSONS
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import an, is_one_of
from nnlite.foundation.errors import shown, value_error


def every() -> list[Exercise]:
    """Return all exercises, in the order of the lessons."""
    return [exercise for lesson in LESSONS for exercise in lesson]


LessonName = Annotated[Any, an('the number of a lesson, such as 6 or "06"', str, int)]


@explains_its_arguments
def of_lesson(lesson: LessonName) -> list[Exercise]:
    """Return the exercises of a lesson.

    >>> [exercise.number for exercise in of_lesson("06")]
    ['06.1', '06.2', '06.3']
    """
    number = str(lesson).zfill(2)
    found = [exercise for exercise in every() if exercise.lesson == number]
    if not found:
        known = ", ".join(sorted({exercise.lesson for exercise in every()}))
        raise value_error(f"Lessons with exercises: {known}.", shown(lesson))
    return found


def grade(number: str, answer: Any) -> Verdict:
    """Return the verdict on an answer, without printing it.

    >>> grade("07.2", 43).right
    True
    """
    for exercise in every():
        if is_one_of(number, [exercise.number]):
            return exercise.grade(answer)
    remedy = "python -m nnlite.exercises lists them."
    raise value_error("There is no exercise of this number.", shown(number), None, remedy)


def check(number: str, answer: Any) -> Verdict:
    """Print the verdict on an answer, and return it.

    Parameters
    ----------
    number
        The exercise, such as "06.2".
    answer
        The function, the layer or its class, or the number; `...` while the hole is open.

    Returns
    -------
    Verdict
        With `right`, and with the `hint` that was printed.

    Examples
    --------
    >>> verdict = check("07.2", ...)
    07.2 not yet.
    """
    verdict = grade(number, answer)
    print(verdict)
    return verdict


def name_them(lesson: str | int) -> None:
    """Print which exercises a lesson has, and how to begin: so each lesson ends.

    In a notebook that `python -m nnlite.lessons notebooks` wrote, they follow as cells with holes.

    >>> name_them("07")
    07.1 XOR from three gates (code): not yet.
    07.2 How many parameters? (number): not yet.
    Begin with  python -m nnlite.exercises start 07
    or, in a notebook, with  exercises.show("07")
    """
    for exercise in of_lesson(lesson):
        print(f"{exercise.number} {exercise.title} ({exercise.check.kind}): not yet.")
    print(f"Begin with  python -m nnlite.exercises start {exercise.lesson}")
    print(f'or, in a notebook, with  exercises.show("{exercise.lesson}")')


def show(lesson: str | int) -> None:
    """Print the exercises of a lesson, with their holes, and how to check them.

    >>> show("07")  # doctest: +ELLIPSIS
    07.1 ...
    """
    for exercise in of_lesson(lesson):
        print(f"{exercise.number} {exercise.title} ({exercise.check.kind}): not yet.\n")
        print(f"{exercise.text}\n\n{textwrap.indent(exercise.code, '    ')}")
        print(f"    {exercise.call}\n")
    print(f"As a file: python -m nnlite.exercises start {exercise.lesson}")
