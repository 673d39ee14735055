"""The layers of a model, and how they are joined, in plain values; and a model made of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlite import layers
from nnlite.foundation.types import Array
from nnlite.layers.input import Input
from nnlite.layers.joining import Node, Tensor, called
from nnlite.network.branches import Branches

if TYPE_CHECKING:
    from nnlite.models.model import Model


def description(model: Model) -> dict[str, Any]:
    """Return the layers of a model, and how they are joined."""
    from nnlite.models import Sequential

    place = {layer: index for index, layer in enumerate(model.layers)}
    chosen = [not layer.given_name and model.name_of(layer) for layer in model.layers]
    base = {"name": model.name, "dtype": model.dtype.name, "layers": model.layers}
    base["chosen_names"] = chosen
    if isinstance(model, Sequential):
        order = [place[node.layer] for node in model.nodes]
        again = {"order": order} if len(order) > len(model.layers) else {}
        return {**base, "input_shape": model.inputs[0].sample, **again}
    slots = Branches(model.inputs, model.outputs).slots
    calls = [[place[n.layer], n.several, [slots[t] for t in n.inputs]] for n in model.nodes]
    begins = [place[tensor.node.layer] for tensor in model.inputs]
    return {**base, "inputs": begins, "calls": calls, "outputs": [slots[t] for t in model.outputs]}


def model_of(config: dict[str, Any]) -> Model:
    """Return a new model with such layers, joined like that."""
    from nnlite.models import Model, Sequential

    made = [layers.KNOWN.get(layer) for layer in config["layers"]]
    for layer, chosen in zip(made, config.get("chosen_names", ()), strict=False):
        # A name that nnlite chose gives way where the model becomes a part of another.
        if chosen:
            layer.given_name, layer.chosen_name = None, chosen
    options = {"name": config["name"], "dtype": config["dtype"]}
    if "order" in config:
        begin = end = Input(config["input_shape"])
        for place in config["order"]:
            end = made[place](end)
        return Sequential([Model(begin, end, dtype=config["dtype"])], **options)
    if "calls" not in config:
        return Sequential([Input(config["input_shape"]), *made], **options)
    starts = [made[place] for place in config["inputs"]]
    tensors: list[Tensor] = [called(Node(layer, []), layer.input_shape) for layer in starts]
    for place, several, sources in config["calls"]:
        given = [tensors[source] for source in sources]
        tensors.append(made[place](given if several else given[0]))
    outputs = [tensors[number] for number in config["outputs"]]
    return Model(tensors[: len(starts)], outputs, **options)


def named_weights(model: Model) -> dict[str, Array]:
    """Return the numbers of all weights, by the names they have in files."""
    return {
        f"{model.name_of(layer)}/{name}": weight.value
        for layer in model.layers
        for name, weight in layer.parameters.items()
    }
