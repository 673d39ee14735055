"""The table of a model's layers, as the course prints it; and their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import FunctionOrNone, PositiveInteger
from nnlite.layers.input import InputLayer
from nnlite.layers.layer import Layer

if TYPE_CHECKING:
    from nnlite.models import Model


@explains_its_arguments
def summary(
    model: Model, line_length: PositiveInteger = 65, print_fn: FunctionOrNone = None
) -> None:
    """Print the table of layers, output shapes, and numbers of parameters."""
    model.check_built("summary")
    (print_fn or print)(table(model, line_length))


def picture(model: Model) -> str | None:
    """Return the layers as a picture for a notebook; None where there is none to draw."""
    from nnlite.plot.architecture import svg
    from nnlite.plot.blocks import MOST_BLOCKS

    return svg(model) if model.built and len(model.nodes) <= MOST_BLOCKS else None


def table(model: Model, line_length: int = 65) -> str:
    """Return the table as text: layer, output shape, number of parameters, and their sums."""
    branches = any(isinstance(layer, InputLayer) for layer in model.layers)
    header = ["Layer (type)", "Output Shape", "Param #"] + ["Connected to"] * branches
    rows = [header, *(row(model, layer, branches) for layer in model.layers)]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    spare = max(0, line_length - 2 - sum(widths))
    widths = [width + spare // len(widths) for width in widths]
    total = sum(widths) + 1
    padded = [[c.ljust(w) for c, w in zip(cells, widths, strict=True)] for cells in rows]
    title, *body = [(" " + "".join(cells)).rstrip() for cells in padded]
    every, trainable = model.count_params(), sum(w.size for w in model.trainable_weights)
    counts = {"Total": every, "Trainable": trainable, "Non-trainable": every - trainable}
    sums = [f"{kind} params: {count:,}" for kind, count in counts.items()]
    thin, thick = "_" * total, "=" * total
    lines = [f'Model: "{model.name}"', thin, title, thick, "\n\n".join(body), thick, *sums, thin]
    return "\n".join(lines)


def row(model: Model, layer: Layer, branches: bool) -> list[str]:
    """Return the cells of one layer."""
    calls = [node for node in model.nodes if node.layer is layer]
    shape = calls[0].output.sample if calls else layer.input_shape
    name = f"{model.name_of(layer)} ({type(layer).__name__})"
    cells = [name, f"{(None, *(shape or ()))}", f"{layer.count_params():,}"]
    if branches:
        sources = [model.name_of(tensor.node.layer) for node in calls for tensor in node.inputs]
        cells.append(", ".join(sources))
    return cells
