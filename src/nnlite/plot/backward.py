"""The way back through a computation graph, gate by gate: how every gradient comes about."""

from __future__ import annotations

from typing import Any, NamedTuple

from nnlite.graph import Value
from nnlite.plot import style
from nnlite.plot.animation import Animation
from nnlite.plot.graph import LETTERS, ROW, Drawing, draw, in_italics, values_to_draw

# How long one sum stays, to be read.
SECONDS = 2.0


class Step(NamedTuple):
    """What is known at one moment: the gradients so far, None of those that nothing has reached.

    At this moment the `gate` handed gradients back to some values, `reached`; `words` say how.
    """

    gradients: list[float | None]
    words: str = ""
    gate: int | None = None
    reached: tuple[int, ...] = ()


def backward(value: Value) -> Animation:
    """Draw how the gradients of a graph come about; `backprop` of the value is called."""
    values = values_to_draw(value)
    value.backprop()
    steps = steps_back(values)
    drawing = Drawing(values, [[g or 0.0 for g in step.gradients] for step in steps])
    width, bottom, top = drawing.size
    drawing.size = width, bottom - 0.6 * ROW, top
    ax = draw(drawing, style.sheet(*drawing.size, **LETTERS))
    font = drawing.numbers[len(values) - 1].get_fontsize()
    longest = max(len(step.words) for step in steps)
    font = min(font, font * width / (style.LETTER * longest))
    words = ax.text(width / 2, bottom - 0.3 * ROW, "", ha="center", va="center", size=font)

    def show(number: int) -> None:
        step = steps[number]
        words.set_text(step.words)
        for place, text in drawing.numbers.items():
            gradient = step.gradients[place]
            text.set_text("" if gradient is None else style.short_number(gradient))
            text.set_weight("bold" if place in step.reached else "normal")
        for place, gate in drawing.gates.items():
            here = place == step.gate
            look: dict[str, Any] = {"edgecolor": style.VERMILION if here else style.INK}
            gate.set(linewidth=3 if here else 1, **look)

    return Animation(ax.figure, show, len(steps), "backprop", SECONDS)


def steps_back(values: list[Value]) -> list[Step]:
    """Return the moments of a way back, operands standing before results in `values`.

    The first has no gradient yet, the second that of the result; with the last, all is done.
    """
    number = {id(value): place for place, value in enumerate(values)}
    gradients: list[float | None] = [None] * len(values)
    steps = [Step(gradients.copy(), "Forward: every gate has its value.")]
    last = len(values) - 1
    gradients[last] = 1.0
    steps.append(
        Step(gradients.copy(), "The gradient of the result by itself is 1.", None, (last,))
    )
    for place in reversed(range(len(values))):
        gate, arrived = values[place], gradients[place]
        pairs = zip(gate.operands, gate.derivatives, strict=True)
        parts, reached = [], []
        for operand, derivative in pairs:
            if operand.is_constant or arrived is None:
                continue
            target = number[id(operand)]
            before = gradients[target]
            gradients[target] = (before or 0.0) + derivative * arrived
            parts.append(_sum(operand, arrived, derivative, before, gradients[target]))
            reached.append(target)
        if parts:
            words = f"{_sign(gate)}  hands back  {'   and   '.join(parts)}"
            steps.append(Step(gradients.copy(), words, place, tuple(reached)))
    return [*steps, Step(gradients)]


def _sum(operand: Value, arrived: float, derivative: float, before: Any, after: Any) -> str:
    """Write what an operand gets: what arrived times the derivative, with what it has already."""
    numbers = [style.short_number(n) for n in (arrived, derivative, after)]
    factors = [f"({n})" if n.startswith(("−", "-")) and k else n for k, n in enumerate(numbers[:2])]
    more = "" if before is None else f"{style.short_number(before)} + "
    name = f"{in_italics(operand.name)}: " if operand.name else ""
    return f"{name}{more}{' · '.join(factors)} = {numbers[2]}"


def _sign(gate: Value) -> str:
    exponent = gate.operation.removeprefix("**")
    return gate.operation if exponent == gate.operation else f"$x^{{{exponent}}}$"
