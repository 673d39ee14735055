"""A computation graph is a formula taken apart into gates: +, ×, exp and a few more.

Values flow through it forward, gradients flow backward: every gate multiplies the gradient that
arrives by its own derivatives and hands the products to its operands. That is the chain rule.
"""

from __future__ import annotations

import math
import operator
import reprlib
from typing import TYPE_CHECKING, Any

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.graph import refusals
from nnlite.graph.refusals import NotANumber, or_infinity, real_number, refuse, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIGNS = {"subtract": "sub", "multiply": "mul", "divide": "truediv", "power": "pow"}


class Value(NotANumber):
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

    @explains_its_arguments
    def __init__(self, data: float, name: str = "") -> None:
        self.data = real_number(data, "A Value holds one number.")
        self.name, self.grad, self.operation = name, 0.0, ""
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
            refusals.refuse_division(a, b)
        return _gate("÷", a.data / b.data, (a, 1 / b.data), (b, -a.data / b.data / b.data))

    def __neg__(self) -> Value:
        return _gate("−", -self.data, (self, -1.0))

    def __pow__(self, exponent: float) -> Value:
        a, n = self.data, refusals.checked_exponent(self, exponent)
        derivative = n * or_infinity(math.pow, a, n - 1) if n != 0 else 0.0
        return _gate(f"**{n:g}", or_infinity(math.pow, a, n), (self, derivative))

    def exp(self) -> Value:
        """Return e to the power of this value; the derivative is the result itself."""
        result = or_infinity(math.exp, self.data)
        return _gate("exp", result, (self, result))

    def log(self) -> Value:
        """Return the natural logarithm; the derivative is 1 / data."""
        if self.data <= 0:
            refusals.refuse_log(self)
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
            refuse(TypeError, rule, received, "Import the gate: from nnlite.graph import exp.")
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
        refusals.check_gradients(order)

    def draw(self, ax: Axes | None = None) -> Axes:
        """Draw the graph, values above the wires, gradients below; see `nnlite.plot.graph`."""
        from nnlite import plot

        return plot.graph(self, ax=ax)

    def animate(self) -> Any:
        """Call `backprop`, and draw it as a picture that moves: gradient by gradient.

        Returns
        -------
        nnlite.plot.Animation
            A notebook shows it, and `save` writes it as .gif or .html.

        >>> x, y = Value(3, "x"), Value(2, "y")
        >>> (x * y + x).animate()
        <Animation of 5 frames: show it in a notebook, or save("it.gif")>
        """
        from nnlite.plot.backward import backward

        return backward(self)

    def _repr_svg_(self) -> str | None:
        """Return the picture of the graph, for a notebook; None where it is too large for one."""
        from nnlite.plot.graph import MOST_VALUES, svg

        return svg(self) if len(self.nodes()) <= MOST_VALUES else None


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
        rule = "A gate needs a finite value and finite derivatives: a float ends at 1.8e308."
        place = ", ".join(shown(operand) for operand, _ in operands)
        remedy = "Scale the inputs to about −1 … 1."
        refuse(ValueError, rule, f"the gate {operation} at {place}", remedy)
    value = Value(result)
    value.operation, value.derivatives = operation, tuple(slopes)
    value.operands = tuple(operand for operand, _ in operands)
    return value


def _as_value(operand: Value | float) -> Value:
    """Return a Value as it is and a plain number as a constant, which takes no gradient."""
    if isinstance(operand, Value):
        return operand
    constant = Value(real_number(operand, "An operand must be a Value or a plain number."))
    constant.is_constant = True
    return constant
