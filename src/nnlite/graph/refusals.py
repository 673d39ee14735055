"""What a graph refuses: operations that would end it, and numbers that are none.

A Value stands for a number, but some of what numbers can do would lose its gradient in silence.
"""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from nnlite.foundation.errors import explain_error

PLAIN_EXPONENT = "The exponent of ** must be a plain number."


class NotANumber:
    """The operations of numbers that a Value has not, each of which says what to write instead."""

    __slots__ = ()

    def __rpow__(self, base: float) -> NoReturn:
        remedy = "Write exp(x * math.log(2)) for 2 ** x."
        refuse(TypeError, PLAIN_EXPONENT, f"{reprlib.repr(base)} ** {self!r}", remedy)

    def _refuse_order(self, other: object) -> NoReturn:
        rule = "Values have no order: a graph is made of gates, not of branches."
        remedy = "Compare the numbers, a.data < b.data; for the larger of two write maximum(a, b)."
        refuse(TypeError, rule, f"a comparison of {self!r} with {reprlib.repr(other)}", remedy)

    __lt__ = __le__ = __gt__ = __ge__ = _refuse_order

    def __eq__(self, other: object) -> bool:
        if isinstance(other, numbers.Number):
            rule = "A Value equals only itself: it is a node of a graph, not a number."
            remedy = "Compare the numbers: value.data == number."
            refuse(TypeError, rule, f"{self!r} == {other!r}", remedy)
        return self is other

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        remedy = "Ask for its number, as in: if value.data > 0."
        refuse(TypeError, "A Value is neither true nor false.", repr(self), remedy)

    def __float__(self) -> NoReturn:
        rule = "A Value does not turn into a float: the graph would end there."
        remedy = "Write value.exp() instead of math.exp(value), "
        remedy += "and value.data for the number alone."
        refuse(TypeError, rule, repr(self), remedy)


def real_number(data: object, rule: str) -> float:
    """Return `data` as a float, or explain why it is not one number."""
    if not isinstance(data, numbers.Real):
        if isinstance(data, NotANumber):
            remedy = "It is a Value already: use it as it is."
        elif isinstance(data, str):
            remedy = "Turn the text into a number first: float(text)."
        elif hasattr(data, "__len__") or hasattr(data, "__array__"):
            remedy = "Make one Value per element; whole arrays are the work of nnlite.layers."
        else:
            remedy = "Give a number such as 3 or 0.5."
        refuse(TypeError, rule, f"{type(data).__name__} {reprlib.repr(data)}", remedy)
    number = or_infinity(float, data)
    if not math.isfinite(number):
        refuse(ValueError, f"{rule} It must be finite.", reprlib.repr(data), "Look for its source.")
    return number


def or_infinity(function: Callable[..., float], *arguments: Any) -> float:
    """Return what the function gives, infinity where it raises OverflowError."""
    try:
        return function(*arguments)
    except OverflowError:
        return math.inf


def checked_exponent(base: Any, exponent: object) -> float:
    """Return the exponent as a float, if this base has the power and its derivative."""
    if isinstance(exponent, NotANumber):
        refuse(TypeError, PLAIN_EXPONENT, repr(exponent), "Write exp(b * log(a)) for a ** b.")
    n, rule = real_number(exponent, PLAIN_EXPONENT), ""
    if base.data < 0 and not n.is_integer():
        rule = "A negative number has no real power with a fractional exponent."
    elif base.data == 0 and n < 1 and n != 0:
        rule = "x ** n with n below 1 has no derivative at 0: n · x ** (n − 1) divides by zero."
    if rule:
        refuse(ValueError, rule, f"({shown(base)}) ** {n!r}", "Keep the base above 0.")
    return n


def refuse_division(a: Any, b: Any) -> NoReturn:
    """Raise the error of a division by zero."""
    rule, received = "A number cannot be divided by zero.", f"({shown(a)}) / ({shown(b)})"
    remedy = "Keep the divisor away from 0, for example by adding a small constant."
    refuse(ValueError, rule, received, remedy)


def refuse_log(value: Any) -> NoReturn:
    """Raise the error of a logarithm that there is not."""
    remedy = "Take the logarithm of a probability: send the value through sigmoid() first."
    refuse(ValueError, "The logarithm needs a number above 0.", f"log of {shown(value)}", remedy)


def check_gradients(values: Sequence[Any]) -> None:
    """Raise if the gradient of one of these, operands before results, has become infinite."""
    for value in reversed(values):
        if not math.isfinite(value.grad):
            rule = "The gradients explode: their product along the graph is too large for a float."
            remedy = "Make the factors in the graph smaller, or their chain shorter."
            refuse(ValueError, rule, f"gradient {value.grad} at {shown(value)}", remedy)


def shown(value: Any) -> str:
    """Return the number of a Value, with its name if it has one."""
    return f"{value.name} = {value.data!r}" if value.name else repr(value.data)


def refuse(error: type[Exception], rule: str, received: str, remedy: str) -> NoReturn:
    """Raise an error of that kind."""
    raise error(explain_error(rule, received, remedy=remedy))
