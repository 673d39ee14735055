"""From a step to its lines: the layers forward in their order, then backward in the reverse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnlite.explain import losses
from nnlite.explain.explanation import Explanation
from nnlite.explain.formulas import ACTIVATION, activation_gradient, activation_line, formulas_of
from nnlite.explain.lines import Line, Section
from nnlite.explain.symbols import give_symbols
from nnlite.explain.trouble import find_trouble
from nnlite.explain.watching import Call, WatchedStep
from nnlite.foundation.types import Array
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer

# With one of these, SGD does more than subtract α·dW.
_MORE_THAN_PLAIN = ("momentum", "clipnorm", "clipvalue", "global_clipnorm", "weight_decay")


def write(step: WatchedStep) -> Explanation:
    """Return the explanation of a step."""
    give_symbols(step)
    calls = list(enumerate(step.calls))
    forward = [_forward_section(place, call, step.calls[:place]) for place, call in calls]
    explanation = Explanation(step.model.name, len(step.x[0]), forward, [], [])
    if step.judgements:
        forward.append(_loss_section(step))
        unwanted = _gradients_nobody_needs(step)
        every = [_backward_section(place, call, unwanted) for place, call in reversed(calls)]
        explanation.backward = [_loss_gradients(step), *(s for s in every if s.lines)]
        _mark_additions(explanation.backward)
        explanation.update = _update_sections(step)
    explanation.warnings = find_trouble(step, explanation.lines)
    explanation.values = _values(step, explanation.lines)
    return explanation


def _forward_section(place: int, call: Call, before: Sequence[Call]) -> Section:
    formulas = formulas_of(call.layer)
    lines = formulas.forward(call)
    if call.Z != call.A and formulas is not ACTIVATION:
        lines.append(activation_line(call))
    again = any(earlier.layer is call.layer for earlier in before)
    remark = "the same weights again" if again else _parameters(call.layer)
    return Section(_title(call.layer), remark, lines, place)


def _backward_section(place: int, call: Call, unwanted: set[str]) -> Section:
    lines: list[Line | None] = []
    if call.dz is not None:
        lines = [activation_gradient(call) if call.Z != call.A else None]
        lines += formulas_of(call.layer).backward(call)
    wanted = [line for line in lines if line and line.symbol not in unwanted]
    return Section(_title(call.layer), "", wanted, place)


def _title(layer: Layer) -> str:
    return f"{layer.name} ({type(layer).__name__})"


def _parameters(layer: Layer) -> str:
    """Count the parameters as they are counted on the board: 30·2 + 2 = 62."""
    total = layer.count_params()
    if not layer.weights:
        return ""
    parts = ["·".join(str(size) for size in weight.shape) or "1" for weight in layer.weights]
    count = f"{' + '.join(parts)} = {total:,}" if " + ".join(parts) != str(total) else str(total)
    trained = sum(weight.size for weight in layer.trainable_weights)
    rest = "" if trained == total else f", {trained or 'none'} of them trained"
    return f"{count} parameter{'s' if total > 1 else ''}{rest}"


def _loss_section(step: WatchedStep) -> Section:
    pulled = [(call.W[name], r) for call in step.calls for name, r in call.pulled.items()]
    penalty = " + ".join(losses.penalty(regularizer, W)[0] for W, regularizer in pulled)
    lines, terms = [], []
    for place, judged in enumerate(step.judgements, 1):
        symbol = f"L{place}" if len(step.judgements) > 1 else "L" if penalty else "J"
        formula, _ = losses.formulas(judged)
        lines.append(Line(symbol, f"{formula} = {judged.value:.4g}"))
        terms.append(symbol if judged.weight == 1 else f"{judged.weight:g}·{symbol}")
    if penalty:
        lines.append(Line("R", f"{penalty} = {step.penalty:.4g}"))
        terms.append("R")
    if terms != ["J"]:
        lines.append(Line("J", f"{' + '.join(terms)} = {step.loss:.4g}"))
    names = dict.fromkeys(type(judged.loss).__name__ for judged in step.judgements)
    return Section(f"loss ({', '.join(names)})", "", lines, len(step.calls))


def _loss_gradients(step: WatchedStep) -> Section:
    lines = [
        Line(f"d{j.call.Z if j.at_logits else j.call.A}", losses.formulas(j)[1], value=j.gradient)
        for j in step.judgements
    ]
    return Section("loss", "", lines, len(step.calls))


def _gradients_nobody_needs(step: WatchedStep) -> set[str]:
    """Return the gradients of the data, and of all that was made of it without a trained weight."""
    trained: set[Tensor] = set()
    for call in step.calls:
        if call.layer.trainable_names() or not trained.isdisjoint(call.node.inputs):
            trained.add(call.node.output)
    return {f"d{symbol}" for tensor, symbol in step.symbols.items() if tensor not in trained}


def _mark_additions(sections: list[Section]) -> None:
    """Mark the later parts of a gradient that comes from several sides: they add up."""
    seen = set()
    for line in (line for section in sections for line in section.lines):
        line.adds = line.symbol in seen
        seen.add(line.symbol)


def _update_sections(step: WatchedStep) -> list[Section]:
    change = step.change
    if not change.size:
        return []
    rule, config = type(step.model.optimizer).__name__, step.model.optimizer.get_config()
    plain = rule == "SGD" and not any(config.get(name) for name in _MORE_THAN_PLAIN)
    formula = f"−{step.rate:g}·dW" if plain else f"{rule}(dW, {step.rate:g})"
    changed = f"all {change.size:,} parameters" if change.size > 1 else "the one parameter"
    lines = [
        Line("ΔW", formula, changed, change),
        Line("J", f"{step.loss:.4g} → {step.loss_after:.4g} on this batch"),
    ]
    return [Section(f"optimizer ({rule})", "", lines, len(step.calls) + 1)]


def _values(step: WatchedStep, lines: list[Line]) -> dict[str, Array]:
    """Return every array that has a symbol."""
    values = {step.symbols[tensor]: x for tensor, x in zip(step.model.inputs, step.x, strict=True)}
    values |= {judged.Y: judged.y for judged in step.judgements}
    for call in step.calls:
        values |= {call.W[name]: weight for name, weight in call.weights.items()}
    for line in lines:
        if line.value is not None:
            value = np.asarray(line.value)
            values[line.symbol] = values[line.symbol] + value if line.adds else value
    if step.judgements:
        values["J"] = np.asarray(step.loss)
    return values
