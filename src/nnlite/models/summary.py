"""The table of a model's layers, as the course prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlite.layers.input import InputLayer
from nnlite.layers.layer import Layer

if TYPE_CHECKING:
    from nnlite.models import Model


def table(model: Model, line_length: int = 65) -> str:
    """Return the table as text: layer, output shape, number of parameters, and their sums."""
    branches = any(isinstance(layer, InputLayer) for layer in model.layers)
    rows = [row(model, layer, branches) for layer in model.layers]
    header = ["Layer (type)", "Output Shape", "Param #"] + ["Connected to"] * branches
    widths = [max(len(r[column]) for r in [header, *rows]) + 2 for column in range(len(header))]
    spare = max(0, line_length - 2 - sum(widths))
    widths = [width + spare // len(widths) for width in widths]
    total = sum(widths) + 1
    body = []
    for cells in rows:
        body += [_line(cells, widths), ""]
    trainable = sum(w.size for w in model.trainable_weights)
    every = model.count_params()
    return "\n".join(
        [
            f'Model: "{model.name}"',
            "_" * total,
            _line(header, widths),
            "=" * total,
            *body[:-1],
            "=" * total,
            f"Total params: {every:,}",
            f"Trainable params: {trainable:,}",
            f"Non-trainable params: {every - trainable:,}",
            "_" * total,
        ]
    )


def row(model: Model, layer: Layer, branches: bool) -> list[str]:
    """Return the cells of one layer."""
    calls = [node for node in model.nodes if node.layer is layer]
    shape = calls[0].output.shape if calls else layer.input_shape
    cells = [
        f"{model.name_of(layer)} ({type(layer).__name__})",
        f"{(None, *(shape or ()))}",
        f"{layer.count_params():,}",
    ]
    if branches:
        sources = [model.name_of(tensor.node.layer) for node in calls for tensor in node.inputs]
        cells.append(", ".join(sources))
    return cells


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return (" " + "".join(padded)).rstrip()
