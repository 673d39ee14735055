"""From a step to its lines: the layers forward in their order, then backward in the reverse."""

from __future__ import annotations

import numpy as np

from ..layers.base import Layer
from ..types import Array
from . import losses
from .explanation import Explanation
from .formulas import (
    ActivationFormulas,
    activation_gradient,
    activation_line,
    ends_bent,
    formulas_of,
)
from .lines import Line, Section, spelled
from .penalties import price
from .symbols import Symbols
from .told import Told
from .trouble import find_trouble
from .watching import WatchedStep


def write(step: WatchedStep) -> Explanation:
    """Return the explanation of a step."""
    symbols = Symbols(step.model)
    told = _all_told(step, symbols)
    forward = [_forward_section(place, one, told) for place, one in enumerate(told)]
    backward: list[Section] = []
    update: list[Section] = []
    if step.judgements:
        of_tensor = dict(zip((node.output for node, _ in step.calls), told, strict=True))
        outputs = [of_tensor[tensor] for tensor in step.model.outputs]
        forward.append(_loss_section(step, told, outputs, symbols))
        backward.append(_loss_gradients(step, outputs, symbols))
        unwanted = _gradients_nobody_needs(step, symbols)
        backward += [_backward_section(p, told[p], unwanted) for p in reversed(range(len(told)))]
        backward = [section for section in backward if section.lines]
        _mark_additions(backward)
        update = _update_section(step)
    sections = [*forward, *backward, *update]
    lines = [line for section in sections for line in section.lines]
    return Explanation(
        model=step.model.name,
        samples=len(step.x[0]),
        forward=forward,
        backward=backward,
        update=update,
        warnings=find_trouble(step, told, lines),
        values=_values(step, symbols, told, lines),
    )


def _all_told(step: WatchedStep, symbols: Symbols) -> list[Told]:
    """Give all calls their symbols, and then, from what is left, all weights."""
    named = []
    for node, call in step.calls:
        formulas = formulas_of(node.layer)
        x = [symbols.of[tensor] for tensor in node.inputs]
        letters = [*formulas.letters]
        if ends_bent(node.layer) and call.z is not None and "A" not in letters:
            letters.append("A")
        chosen = symbols.name(node, letters, formulas.starts_a_layer)
        z = x[0] if isinstance(formulas, ActivationFormulas) else chosen[len(formulas.letters) - 1]
        named.append((call, x, z, chosen[-1]))
    told = []
    for call, x, z, a in named:
        weights = {name: symbols.weight(call.layer, name) for name in call.layer._weights}
        told.append(Told(call, x, z, a, weights))
    return told


def _forward_section(place: int, told: Told, every: list[Told]) -> Section:
    lines = formulas_of(told.layer).forward(told)
    if _has_activation_of_its_own(told):
        lines.append(activation_line(told))
    again = any(one.layer is told.layer for one in every[:place])
    remark = "the same weights again" if again else _parameters(told)
    return Section(_title(told.layer), remark, lines, place)


def _has_activation_of_its_own(told: Told) -> bool:
    return told.z != told.a and not isinstance(formulas_of(told.layer), ActivationFormulas)


def _backward_section(place: int, told: Told, unwanted: set[str]) -> Section:
    lines: list[Line] = []
    if told.call.da is not None or told.call.dz is not None:
        gradient = activation_gradient(told) if told.z != told.a else None
        lines = [gradient] if gradient else []
        lines += formulas_of(told.layer).backward(told)
    wanted = [line for line in lines if line.symbol not in unwanted]
    return Section(_title(told.layer), "", wanted, place)


def _title(layer: Layer) -> str:
    return f"{layer.name} ({type(layer).__name__})"


def _parameters(told: Told) -> str:
    """Count the parameters as they are counted on the board: 30·2 + 2 = 62."""
    weights = told.layer.weights
    total = sum(weight.size for weight in weights)
    if not weights:
        return ""
    parts = ["·".join(str(size) for size in weight.shape) or "1" for weight in weights]
    count = f"{' + '.join(parts)} = {total:,}" if " + ".join(parts) != str(total) else str(total)
    trained = sum(weight.size for weight in told.layer.trainable_weights)
    rest = "" if trained == total else f", {trained or 'none'} of them trained"
    return f"{count} parameter{'s' if total > 1 else ''}{rest}"


def _loss_section(
    step: WatchedStep, told: list[Told], outputs: list[Told], symbols: Symbols
) -> Section:
    several, penalised = len(outputs) > 1, _penalty(told)
    lines, terms = [], []
    for place, (judged, output) in enumerate(zip(step.judgements, outputs, strict=True)):
        symbol = f"L{place + 1}" if several else "L" if penalised else "J"
        formula = losses.value(judged, symbols.truths[place], output.z, output.a)
        lines.append(Line(symbol, f"{formula} = {judged.loss:.4g}", ""))
        share = judged.objective.weight
        terms.append(symbol if share == 1 else f"{share:g}·{symbol}")
    if penalised:
        lines.append(Line("R", f"{penalised} = {step.penalty:.4g}", ""))
        terms.append("R")
    if terms != ["J"]:
        lines.append(Line("J", f"{' + '.join(terms)} = {step.loss:.4g}", ""))
    names = dict.fromkeys(type(judged.objective.loss).__name__ for judged in step.judgements)
    return Section(f"loss ({', '.join(names)})", "", lines, len(told))


def _penalty(told: list[Told]) -> str:
    """Write the prices of all weights that have a regularizer."""
    prices = [
        price(one.layer._weights[name].regularizer, one.weights[name])
        for one in told
        for name in sorted(one.call.pulled)
    ]
    return " + ".join(prices)


def _loss_gradients(step: WatchedStep, outputs: list[Told], symbols: Symbols) -> Section:
    lines = []
    for judged, told, y in zip(step.judgements, outputs, symbols.truths, strict=True):
        symbol = told.a if judged.objective.to_prediction is None else told.z
        formula = losses.gradient(judged, y, told.z, told.a)
        lines.append(Line("d" + symbol, formula, spelled(judged.gradient.shape), judged.gradient))
    return Section("loss", "", lines, len(step.calls))


def _gradients_nobody_needs(step: WatchedStep, symbols: Symbols) -> set[str]:
    """Return the gradients of the data, and of all that was made of it without a trained weight."""
    trained = set()
    for node, _ in step.calls:
        if node.layer.trainable_names() or any(tensor in trained for tensor in node.inputs):
            trained.add(node.output)
    every = {*step.model.inputs, *(node.output for node, _ in step.calls)}
    return {"d" + symbols.of[tensor] for tensor in every - trained}


def _mark_additions(sections: list[Section]) -> None:
    """Mark the later parts of a gradient that comes from several sides: they add up."""
    seen = set()
    for line in (line for section in sections for line in section.lines):
        line.adds = line.symbol in seen
        seen.add(line.symbol)


def _update_section(step: WatchedStep) -> list[Section]:
    optimizer, change = step.model.optimizer, step.change
    if change is None or not change.size:
        return []
    plain = optimizer.get_config()
    unusual = any(
        plain.get(name)
        for name in ("momentum", "clipnorm", "clipvalue", "global_clipnorm", "weight_decay")
    )
    rate = f"{float(step.rate):g}"
    rule = type(optimizer).__name__
    formula = f"−{rate}·dW" if rule == "SGD" and not unusual else f"{rule}(dW, {rate})"
    changed = f"all {change.size:,} parameters" if change.size > 1 else "the one parameter"
    lines = [
        Line("ΔW", formula, changed, change),
        Line("J", f"{step.loss:.4g} → {step.loss_after:.4g} on this batch", ""),
    ]
    return [Section(f"optimizer ({rule})", "", lines, len(step.calls) + 1)]


def _values(
    step: WatchedStep, symbols: Symbols, told: list[Told], lines: list[Line]
) -> dict[str, Array]:
    """Return every array that has a symbol."""
    values = {symbols.of[tensor]: x for tensor, x in zip(step.model.inputs, step.x, strict=True)}
    for y, judged in zip(symbols.truths, step.judgements, strict=False):
        values[y] = judged.y
    for one in told:
        values.update({one.weights[name]: one.layer._views[name] for name in one.weights})
    for line in lines:
        if line.value is not None:
            value = np.asarray(line.value)
            values[line.symbol] = values[line.symbol] + value if line.adds else value
    if step.judgements:
        values["J"] = np.asarray(step.loss)
    return values
