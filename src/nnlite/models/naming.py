"""What the layers of a model are called: as the user said, else as the model chooses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from nnlite.foundation.configuration import snake_case
from nnlite.foundation.errors import value_error
from nnlite.layers.layer import Layer


def unique_names(layers: Sequence[Layer], model: str) -> dict[Layer, str]:
    """Return a name for every layer. Those that the user gave come first, and must differ.

    A layer keeps what another model has called it, unless that is taken here: the models that are
    joined to one may each have a layer 'dense'.
    """
    owners: dict[str, Layer] = {}
    for layer in layers:
        if layer.given_name and owners.setdefault(layer.given_name, layer) is not layer:
            rule, where = "Every layer of a model has a name of its own.", f"model '{model}'"
            remedy = "Make a new layer for each place, or give it another name=."
            raise value_error(rule, f"two layers named '{layer.given_name}'", where, remedy)
    for layer in layers:
        if layer.chosen_name and not layer.given_name:
            owners.setdefault(layer.chosen_name, layer)
    named = set(owners.values())
    for layer in layers:
        if layer not in named:
            base = snake_case(type(layer).__name__)
            numbered = (f"{base}_{number}" if number else base for number in count())
            owners[next(name for name in numbered if name not in owners)] = layer
    return {layer: name for name, layer in owners.items()}
