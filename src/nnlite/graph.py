"""A computation graph is a formula taken apart into gates: +, ×, exp and a few more.

Values flow through it forward, gradients flow backward: every gate multiplies the gradient that
arrives by its own derivatives and hands the products to its operands. That is the chain rule.
"""

from __future__ import annotations

import math
import numbers
import operator
import reprlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from .errors import explain_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIGNS = {"subtract": "sub", "multiply": "mul", "divide": "truediv", "power": "pow"}


class Value:
    """One number in a computation graph: an input, a constant or the result of a gate.

    Calculating with Values builds the graph; `backprop` on the result then writes into the
    `grad` of every Value how fast the result grows with it. A graph keeps the numbers it was
    built with: after a change of `data`, write the formula again.

    Parameters
    ----------
    data
        The number.
    name
        What `draw` and the error messages call it.

    Attributes
    ----------
    data, grad
        The number, and the gradient that the last `backprop` through it wrote.
    operation, operands, derivatives
        The gate that made the value: its sign, what went in, and the derivative by each of these.
        All are empty for an input.
    is_constant
        Whether it was a plain number in the formula; its gradient stays 0.

    Examples
    --------
    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> J = 3 * (a + b * c)
    >>> J.data
    33.0
    >>> J.backprop()
    >>> a.grad, b.grad, c.grad
    (3.0, 6.0, 9.0)
    """

    __slots__ = ("data", "derivatives", "grad", "is_constant", "name", "operands", "operation")

    def __init__(self, data: float, name: str = "") -> None:
        self.data = _real_number(data, "A Value holds one number.")
        self.name = name
        self.grad = 0.0
        self.operation = ""
        self.operands: tuple[Value, ...] = ()
        self.derivatives: tuple[float, ...] = ()
        self.is_constant = False

    def __repr__(self) -> str:
        return f"Value({self.data!r}, name={self.name!r})" if self.name else f"Value({self.data!r})"

    # Every gate: its sign, its value, then each operand with the derivative by that operand.

    def __add__(self, other: Value | float) -> Value:
        a, b = self, _as_value(other)
        return _gate("+", a.data + b.data, (a, 1.0), (b, 1.0))

    def __sub__(self, other: Value | float) -> Value:
        a, b = self, _as_value(other)
        return _gate("−", a.data - b.data, (a, 1.0), (b, -1.0))

    def __mul__(self, other: Value | float) -> Value:
        a, b = self, _as_value(other)
        return _gate("×", a.data * b.data, (a, b.data), (b, a.data))

    def __truediv__(self, other: Value | float) -> Value:
        a, b = self, _as_value(other)
        if b.data == 0:
            _refuse_division(a, b)
        return _gate("÷", a.data / b.data, (a, 1 / b.data), (b, -a.data / b.data / b.data))

    def __neg__(self) -> Value:
        return _gate("−", -self.data, (self, -1.0))

    def __pow__(self, exponent: float) -> Value:
        a, n = self.data, _exponent(exponent)
        _check_power(self, n)
        derivative = n * _or_infinity(math.pow, a, n - 1) if n != 0 else 0.0
        return _gate(f"**{n:g}", _or_infinity(math.pow, a, n), (self, derivative))

    def exp(self) -> Value:
        """Return e to the power of this value; the derivative is the result itself."""
        result = _or_infinity(math.exp, self.data)
        return _gate("exp", result, (self, result))

    def log(self) -> Value:
        """Return the natural logarithm; the derivative is 1 / data."""
        if self.data <= 0:
            _refuse_log(self)
        return _gate("log", math.log(self.data), (self, 1 / self.data))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent a; the derivative is 1 − a²."""
        a = math.tanh(self.data)
        return _gate("tanh", a, (self, 1 - a * a))

    def sigmoid(self) -> Value:
        """Return a = 1 / (1 + exp(−data)), for data of any size; the derivative is a · (1 − a).

        >>> Value(0).sigmoid().data, Value(-1000).sigmoid().data
        (0.5, 0.0)
        """
        # exp(−|z|) never overflows, and 1 − a taken from it has all its digits where a is near 1.
        shrunk = math.exp(-abs(self.data))
        large, small = 1 / (1 + shrunk), shrunk / (1 + shrunk)
        return _gate("σ", large if self.data >= 0 else small, (self, large * small))

    def relu(self) -> Value:
        """Return the value where it is positive, else 0; the derivative is 1 or 0, at 0 it is 0."""
        return _gate("ReLU", max(self.data, 0.0), (self, 1.0 if self.data > 0 else 0.0))

    def maximum(self, other: Value | float) -> Value:
        """Return the larger of two; it takes the whole gradient, in a tie the first does."""
        a, b = self, _as_value(other)
        first = a.data >= b.data
        return _gate("max", max(a.data, b.data), (a, float(first)), (b, float(not first)))

    def __radd__(self, other: float) -> Value:
        return _as_value(other) + self

    def __rsub__(self, other: float) -> Value:
        return _as_value(other) - self

    def __rmul__(self, other: float) -> Value:
        return _as_value(other) * self

    def __rtruediv__(self, other: float) -> Value:
        return _as_value(other) / self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Calculate `np.float64(3) * value`; refuse `np.exp(value)`, where the graph would end."""
        sign = getattr(operator, _SIGNS.get(ufunc.__name__, ufunc.__name__), None)
        if sign is None:
            rule = "A function of NumPy takes numbers, not Values: the graph would end there."
            received = f"np.{ufunc.__name__} of {', '.join(map(reprlib.repr, inputs))}"
            _refuse(TypeError, rule, received, "Import the gate: from nnlite.graph import exp.")
        return sign(*map(_as_value, inputs))

    def nodes(self) -> list[Value]:
        """Return all Values this one was computed from, and itself: operands before results.

        >>> x = Value(3)
        >>> (x * x + 1).nodes()
        [Value(3.0), Value(9.0), Value(1.0), Value(10.0)]
        """
        order: list[Value] = []
        seen: set[int] = set()
        stack = [(self, False)]
        while stack:
            value, operands_are_listed = stack.pop()
            if operands_are_listed:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                stack.append((value, True))
                stack.extend((operand, False) for operand in reversed(value.operands))
        return order

    def backprop(self) -> None:
        """Write d self / d value into the `grad` of every value in the graph.

        Each call starts afresh: gradients add up over the uses of a value, never over calls.

        >>> x = Value(3)
        >>> y = x * x + x
        >>> y.backprop()
        >>> x.grad
        7.0
        """
        order = self.nodes()
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for operand, derivative in zip(value.operands, value.derivatives, strict=True):
                operand.grad += derivative * value.grad
        for value in reversed(order):
            if not math.isfinite(value.grad):
                _refuse_exploded_gradient(value)

    def draw(self, ax: Axes | None = None) -> Axes:
        """Draw the graph, values above the wires, gradients below; see `nnlite.plot.graph`."""
        from . import plot

        return plot.graph(self, ax=ax)

    def __rpow__(self, base: float) -> NoReturn:
        _refuse(
            TypeError,
            "The exponent of ** must be a plain number.",
            f"{reprlib.repr(base)} ** {self!r}",
            "Write exp(x * math.log(2)) for 2 ** x.",
        )

    def _refuse_order(self, other: object) -> NoReturn:
        _refuse(
            TypeError,
            "Values have no order: a graph is made of gates, not of branches.",
            f"a comparison of {self!r} with {reprlib.repr(other)}",
            "Compare the numbers, a.data < b.data; for the larger of two write maximum(a, b).",
        )

    __lt__ = __le__ = __gt__ = __ge__ = _refuse_order

    def __eq__(self, other: object) -> bool:
        if isinstance(other, numbers.Number):
            _refuse(
                TypeError,
                "A Value equals only itself: it is a node of a graph, not a number.",
                f"{self!r} == {other!r}",
                "Compare the numbers: value.data == number.",
            )
        return self is other

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        remedy = "Ask for its number, as in: if value.data > 0."
        _refuse(TypeError, "A Value is neither true nor false.", repr(self), remedy)

    def __float__(self) -> NoReturn:
        _refuse(
            TypeError,
            "A Value does not turn into a float: the graph would end there.",
            repr(self),
            "Write value.exp() instead of math.exp(value), and value.data for the number alone.",
        )


def exp(x: Value | float) -> Value:
    """Return e to the power x."""
    return _as_value(x).exp()


def log(x: Value | float) -> Value:
    """Return the natural logarithm of x."""
    return _as_value(x).log()


def tanh(x: Value | float) -> Value:
    """Return the hyperbolic tangent of x."""
    return _as_value(x).tanh()


def sigmoid(x: Value | float) -> Value:
    """Return 1 / (1 + exp(−x)), for x of any size."""
    return _as_value(x).sigmoid()


def relu(x: Value | float) -> Value:
    """Return x where it is positive, else 0; at 0 its derivative is 0."""
    return _as_value(x).relu()


def maximum(a: Value | float, b: Value | float) -> Value:
    """Return the larger of a and b; it takes the whole gradient, in a tie a does."""
    return _as_value(a).maximum(b)


def _gate(operation: str, result: float, *operands: tuple[Value, float]) -> Value:
    """Return the Value of a gate, from its operands and the derivatives by them."""
    slopes = [0.0 if operand.is_constant else derivative for operand, derivative in operands]
    if not all(math.isfinite(number) for number in (result, *slopes)):
        _refuse(
            ValueError,
            "A gate needs a finite value and finite derivatives: a float ends at 1.8e308.",
            f"the gate {operation} at {', '.join(_shown(operand) for operand, _ in operands)}",
            "Scale the inputs to about −1 … 1.",
        )
    value = Value(result)
    value.operation = operation
    value.operands = tuple(operand for operand, _ in operands)
    value.derivatives = tuple(slopes)
    return value


def _as_value(operand: Value | float) -> Value:
    """Return a Value as it is and a plain number as a constant, which takes no gradient."""
    if isinstance(operand, Value):
        return operand
    constant = Value(_real_number(operand, "An operand must be a Value or a plain number."))
    constant.is_constant = True
    return constant


def _real_number(data: object, rule: str) -> float:
    """Return `data` as a float, or explain why it is not one number."""
    if not isinstance(data, numbers.Real):
        received = f"{type(data).__name__} {reprlib.repr(data)}"
        _refuse(TypeError, rule, received, _remedy_for(data))
    number = _or_infinity(float, data)
    if not math.isfinite(number):
        _refuse(
            ValueError, f"{rule} It must be finite.", reprlib.repr(data), "Look for its source."
        )
    return number


def _remedy_for(data: object) -> str:
    if isinstance(data, Value):
        return "It is a Value already: use it as it is."
    if isinstance(data, str):
        return "Turn the text into a number first: float(text)."
    if hasattr(data, "__len__") or hasattr(data, "__array__"):
        return "Make one Value per element; whole arrays are the work of nnlite.layers."
    return "Give a number such as 3 or 0.5."


def _or_infinity(function: Callable[..., float], *arguments: Any) -> float:
    """Return what the function gives, infinity where it raises OverflowError."""
    try:
        return function(*arguments)
    except OverflowError:
        return math.inf


def _exponent(exponent: object) -> float:
    rule = "The exponent of ** must be a plain number."
    if isinstance(exponent, Value):
        _refuse(TypeError, rule, repr(exponent), "Write exp(b * log(a)) for a ** b.")
    return _real_number(exponent, rule)


def _shown(value: Value) -> str:
    return f"{value.name} = {value.data!r}" if value.name else repr(value.data)


def _check_power(base: Value, exponent: float) -> None:
    if base.data < 0 and not exponent.is_integer():
        rule = "A negative number has no real power with a fractional exponent."
    elif base.data == 0 and exponent < 1 and exponent != 0:
        rule = "x ** n with n below 1 has no derivative at 0: n · x ** (n − 1) divides by zero."
    else:
        return
    _refuse(ValueError, rule, f"({_shown(base)}) ** {exponent!r}", "Keep the base above 0.")


def _refuse_division(a: Value, b: Value) -> NoReturn:
    _refuse(
        ValueError,
        "A number cannot be divided by zero.",
        f"({_shown(a)}) / ({_shown(b)})",
        "Keep the divisor away from 0, for example by adding a small constant.",
    )


def _refuse_log(value: Value) -> NoReturn:
    _refuse(
        ValueError,
        "The logarithm needs a number above 0.",
        f"log of {_shown(value)}",
        "Take the logarithm of a probability: send the value through sigmoid() first.",
    )


def _refuse_exploded_gradient(value: Value) -> NoReturn:
    _refuse(
        ValueError,
        "The gradients explode: their product along the graph is too large for a float.",
        f"gradient {value.grad} at {_shown(value)}",
        "Make the factors in the graph smaller, or their chain shorter.",
    )


def _refuse(error: type[Exception], rule: str, received: str, remedy: str) -> NoReturn:
    raise error(explain_error(rule, received, remedy=remedy))
