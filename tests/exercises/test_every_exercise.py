"""Every exercise: its solution is right, and each planted mistake gets its own hint."""

from __future__ import annotations

import numpy as np
import pytest

import solutions
from nnlite import exercises
from nnlite.layers import Layer

EVERY = exercises.every()
NUMBERS = [exercise.number for exercise in EVERY]
PLANTED = [
    (number, place, wrong, hint)
    for number, planted in solutions.WRONG.items()
    for place, (wrong, hint) in enumerate(planted)
]


def begun(exercise):
    """What the student's file holds before anything is done."""
    names = {"np": np, "Layer": Layer, "__name__": "begun"}
    exec(compile(exercise.code, "begun", "exec"), names)
    return names[exercise.name]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_right(number):
    assert str(exercises.grade(number, solutions.RIGHT[number])) == f"{number} right."


@pytest.mark.parametrize(
    ("number", "wrong", "hint"),
    [(number, wrong, hint) for number, _, wrong, hint in PLANTED],
    ids=[f"{number}-{place}" for number, place, _, _ in PLANTED],
)
def test_a_planted_mistake_gets_its_hint(number, wrong, hint):
    verdict = exercises.grade(number, wrong)
    assert verdict.state == "not right yet"
    assert hint in verdict.hint


@pytest.mark.parametrize("exercise", EVERY, ids=NUMBERS)
def test_what_the_file_begins_with_is_not_yet_solved(exercise):
    assert exercise.grade(begun(exercise)).state == "not yet"


@pytest.mark.parametrize("exercise", EVERY, ids=NUMBERS)
def test_an_exercise_has_as_many_planted_mistakes_as_its_kind_asks_for(exercise):
    least = {"code": 5, "number": 3, "mistake": 2}[exercise.check.kind]
    assert len(solutions.WRONG[exercise.number]) >= least
    assert len({hint for _, hint in solutions.WRONG[exercise.number]}) >= least - 1


def test_every_lesson_from_00_to_16_has_two_exercises_or_more():
    lessons = [number[:2] for number in NUMBERS]
    assert sorted(set(lessons)) == [f"{lesson:02}" for lesson in range(17)]
    assert all(lessons.count(lesson) >= 2 for lesson in lessons)


def test_numbers_and_names_of_exercises_are_theirs_alone():
    assert len(set(NUMBERS)) == len(NUMBERS)
    for lesson in {number[:2] for number in NUMBERS}:
        names = [exercise.name for exercise in exercises.of_lesson(lesson)]
        assert len(set(names)) == len(names)
