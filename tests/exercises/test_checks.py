"""The checks themselves: what they say of answers that no table foresaw."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import exercises
from nnlite.exercises import Case, Exercise, Function, Number


def of(check, code="def f(x):\n    return ...\n"):
    return Exercise("99.1", "Title", "Text", code, check)


DOUBLE = of(Function((Case(([1, 2, 3],), [2, 4, 6]), Case(([5],), [10]))))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: None, "99.1 not right yet: It returns None: is a `return` missing?"),
        (lambda x: ..., "99.1 not yet."),
        (lambda x: 2 * ..., "99.1 not yet."),
        (lambda x: "six", "99.1 not right yet: Numbers are asked for. Received: 'six' (str)"),
        (lambda x: -2 * x, "99.1 not right yet: Its sign is the wrong way round."),
        (lambda x: 2 * x / 3, "is it a mean instead of a sum?"),
        (lambda x: 2 * x[:, None], "numbers are right, but the shape is (3, 1)"),
        (lambda x: x[:, None] + x, "with (n,) and (n, 1): the shape is (3, 3)"),
        (lambda x: 2 * x.sum(), "added up to one number"),
        (lambda x: x + x[::-1], "should be [2. 4. 6.]"),
        (lambda x: np.array([2, 4, 6]), "The shape is (3,), and should be (1,)."),
        (lambda x: x.__imul__(2), "It changes what it is given"),
        (3, "A function is asked for. Received: 3 (int)"),
    ],
)
def test_a_function_is_told_what_is_wrong_with_it(answer, said):
    assert said in str(DOUBLE.grade(answer))


def test_a_function_is_right_when_it_is_in_all_cases():
    assert DOUBLE.grade(lambda x: 2 * x).right


def test_zeros_that_should_come_out_are_shown_and_not_guessed_at():
    exercise = of(Function((Case((3,), 0),)))
    assert exercise.grade(lambda x: x).hint == "Received: 3, and it should be 0."


def test_one_number_is_not_told_that_it_is_a_multiple():
    exercise = of(Function((Case((3,), 7),)))
    assert exercise.grade(lambda x: x).hint == "Received: 3, and it should be 7."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.501, "99.1 right."),
        (np.float32(0.5), "99.1 right."),
        (-0.5, "99.1 not right yet: The sign."),
        (0.7, "99.1 not right yet: 0.7 is neither right nor one of the usual slips: count again."),
        (float("nan"), "nan is neither right"),
        ("a half", "A number is asked for. Received: 'a half' (str)"),
        (True, "A number is asked for. Received: True (bool)"),
        (..., "99.1 not yet."),
    ],
)
def test_a_number_is_told_what_is_wrong_with_it(answer, said):
    assert said in str(of(Number(0.5, {-0.5: "The sign."}, 0.01), "a = ...\n").grade(answer))


@pytest.mark.parametrize("answer", [3, exercises.check, int])
def test_what_is_no_layer_is_told_so(answer):
    assert exercises.grade("06.2", answer).mistaken


def test_a_layer_may_be_given_instead_of_its_class():
    from nnlite.layers import Dense

    layer = Dense(2, kernel_initializer="ones", bias_initializer="ones")
    assert exercises.grade("06.2", layer).right
    assert not layer.built


def test_check_prints_the_verdict_and_returns_it(capsys):
    verdict = exercises.check("07.2", 33)
    assert capsys.readouterr().out == f"{verdict}\n"
    assert verdict.hint.startswith("These are the weights alone.")


def test_an_unknown_number_is_explained():
    with pytest.raises(ValueError, match=r"no exercise of this number.\nReceived: '06.9'"):
        exercises.check("06.9", 1)


def test_show_prints_texts_holes_and_how_to_check(capsys):
    exercises.show("02")
    out = capsys.readouterr().out
    assert "02.1 One step (number): not yet." in out
    assert "    def slope(w, x, y):\n        return ...\n" in out
    assert '    exercises.check("02.2", slope)' in out
    assert out.endswith("As a file: python -m nnlite.exercises start 02\n")


def test_a_lesson_names_its_exercises_and_says_how_to_begin(capsys):
    exercises.name_them(2)
    assert capsys.readouterr().out == (
        "02.1 One step (number): not yet.\n"
        "02.2 The slope of J (code): not yet.\n"
        "02.3 Find the mistake: a walk that never arrives (mistake): not yet.\n"
        "Begin with  python -m nnlite.exercises start 02\n"
        'or, in a notebook, with  exercises.show("02")\n'
    )
