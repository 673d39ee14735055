"""The checks: of a function by its results, of a layer by `check_layer`, and of a number."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlite.exercises.comparing import compare, same
from nnlite.exercises.exercise import Mistake, Open
from nnlite.exercises.lines import told_error
from nnlite.foundation.errors import told
from nnlite.layers.layer import Layer
from nnlite.testing.layers import check_layer


@dataclass(frozen=True)
class Case:
    """One call: arguments, the right result, and results that tell of a mistake.

    Parameters
    ----------
    arguments
        What the function is called with; lists become arrays.
    right
        The right result.
    wrong
        Known wrong results, by their hints.
    unrepaired
        The result while the mistake that is to be found is still there.
    """

    arguments: Sequence[Any]
    right: Any
    wrong: Mapping[str, Any] = field(default_factory=dict)
    unrepaired: Any = None

    def run(self, function: Callable[..., Any]) -> None:
        """Call the function, and compare."""
        given = [np.array(a, float) if isinstance(a, list) else a for a in self.arguments]
        kept = deepcopy(given)
        result = called(function, *given)
        if result is None:
            raise Mistake("It returns None: is a `return` missing?")
        if not all(np.array_equal(*pair) for pair in zip(given, kept, strict=True)):
            raise Mistake("It changes what it is given: compute a new array instead.")
        right = np.asarray(self.right, dtype=float)
        if self.unrepaired is not None and same(result, self.unrepaired):
            raise Open("the mistake is still in it.")
        if not same(result, right):
            for hint, wrong in self.wrong.items():
                if same(result, wrong):
                    raise Mistake(hint)
            samples = next((len(a) for a in given if np.ndim(a)), 1)
            raise Mistake(compare(result, right, samples))


@dataclass(frozen=True)
class Function:
    """A function, right if it is in all cases."""

    cases: Sequence[Case]
    kind: str = "code"

    def __call__(self, answer: Any) -> None:
        """Go through the cases until one fails."""
        if not callable(answer):
            raise Mistake(f"A function is asked for. Received: {told(answer)}")
        for case in self.cases:
            case.run(answer)


@dataclass(frozen=True)
class LayerOfYours:
    """A layer, or its class: right outputs, and all that `check_layer` asks for.

    Parameters
    ----------
    input_shape
        The shape of one sample.
    cases
        Outputs of a newly built layer.
    hints
        What is said, by a word that stands in the error of `check_layer`.
    make
        The arguments of the class.
    unrepaired
        A word in the error while the mistake that is to be found is still there.
    """

    input_shape: tuple[int, ...]
    cases: Sequence[Case] = ()
    make: tuple[Any, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    unrepaired: str = ""
    kind: str = "code"

    def __call__(self, answer: Any) -> None:
        """Look at the outputs, then at all that a layer must do."""
        layer = called(answer, *self.make) if inspect.isclass(answer) else answer
        if not isinstance(layer, Layer):
            raise Mistake(f"A layer is asked for. Received: {told(answer)}")
        for case in self.cases:
            case.run(deepcopy(layer))
        try:
            called(check_layer, layer, self.input_shape)
        except AssertionError as error:
            text = str(error)
            if "ellipsis" in text.lower():
                raise Open from None
            if self.unrepaired and self.unrepaired in text:
                raise Open("the mistake is still in it.") from None
            found = [hint for word, hint in self.hints.items() if word in text]
            if error.__context__:
                text += f"\n{told_error(error.__context__)}"
            raise Mistake(found[0] if found else text) from None


@dataclass(frozen=True)
class Number:
    """A number, with its usual wrong answers.

    Parameters
    ----------
    right
        The answer.
    wrong
        Usual wrong answers, and their hints.
    tolerance
        How far an answer may be off.
    """

    right: float
    wrong: Mapping[float, str]
    tolerance: float = 0.0
    kind: str = "number"

    def __call__(self, answer: Any) -> None:
        """Look the number up."""
        if not isinstance(answer, int | float | np.number) or isinstance(answer, bool):
            raise Mistake(f"A number is asked for. Received: {told(answer)}")
        for number, hint in {self.right: "", **self.wrong}.items():
            if abs(float(answer) - number) <= self.tolerance + 1e-9 * abs(number):
                if hint:
                    raise Mistake(hint)
                return
        raise Mistake(f"{answer:g} is neither right nor one of the usual slips: count again.")


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns; an error in it is a mistake, or an open hole."""
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments)
    except AssertionError:
        raise
    # A student's exit() must not end the check, or it would look like a success.
    except (Exception, SystemExit) as error:
        if "ellipsis" in str(error).lower():
            raise Open from None
        raise Mistake(f"It stops with an error. {told_error(error)}") from None
    if result is ...:
        raise Open
    return result
