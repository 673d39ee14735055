"""Exercises that grade themselves: code with a hole, a number, or a mistake to find.

`python -m nnlite.exercises` lists them, `… start 06` writes those of a lesson into a file with
holes, and `… check exercises_06.py` says of each hole: right, not yet, or what the mistake is.

>>> from nnlite import exercises
>>> verdict = exercises.check("07.2", 33)
07.2 not right yet: These are the weights alone. Each neuron has a bias, too.
>>> verdict.right
False
"""

from nnlite.exercises.checks import Case, Function, LayerOfYours, Number
from nnlite.exercises.exercise import Exercise, Verdict
from nnlite.exercises.files import check_file, start
from nnlite.exercises.known import check, every, grade, name_them, of_lesson, show
from nnlite.foundation.unknown import explains_unknown_names

__all__ = [
    "Case",
    "Exercise",
    "Function",
    "LayerOfYours",
    "Number",
    "Verdict",
    "check",
    "check_file",
    "every",
    "grade",
    "name_them",
    "of_lesson",
    "show",
    "start",
]

explains_unknown_names(__name__)
