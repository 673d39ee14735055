"""Model files: one .npz with the arrays and, as text, the layers. Reading runs no code of it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite import layers, losses, metrics, optimizers
from nnlite.foundation.checks import flag
from nnlite.foundation.errors import value_error
from nnlite.foundation.files import as_path, check_exists, check_folder, written_whole
from nnlite.foundation.types import Array
from nnlite.layers.input import Input
from nnlite.layers.joining import Node, Tensor, called
from nnlite.models.custom import as_description, give_meanings, plain
from nnlite.network.branches import Branches

if TYPE_CHECKING:
    from nnlite.models.model import Model

_CONFIG = "config"
_KINDS = {"optimizer": optimizers, "loss": losses, "metrics": metrics}
_KINDS |= {"weighted_metrics": metrics}


def save_model(model: Model, filepath: str | Path) -> None:
    """Write layers, weights and how it was compiled into a file that `load_model` reads."""
    model.check_built("save")
    config = plain({"model": _description(model), "compiled": model.compiled}, {})
    _write(filepath, {_CONFIG: np.array(json.dumps(config)), **_named_weights(model)})


def save_weights(model: Model, filepath: str | Path) -> None:
    """Write the weights alone into a file that `load_weights` reads."""
    model.check_built("save_weights")
    _write(filepath, _named_weights(model))


def load_weights(model: Model, filepath: str | Path) -> None:
    """Read weights that `save_weights` or `save` wrote for a model like this one."""
    model.check_built("load_weights")
    arrays, path = _read(filepath), f"{filepath}"
    arrays.pop(_CONFIG, None)
    saved = {name: array.shape for name, array in arrays.items()}
    wanted = {name: array.shape for name, array in _named_weights(model).items()}
    for name in sorted({*wanted, *saved}):
        if saved.get(name) != wanted.get(name):
            there, here = saved.get(name, "missing"), wanted.get(name, "missing")
            rule = "A file of weights fits a model with the same layers."
            raise value_error(rule, f"'{name}' is {there} in the file, {here} in the model", path)
    model.set_weights([arrays[name] for name in wanted])


def load_model(
    filepath: str | Path, custom_objects: dict[str, Any] | None = None, compile: bool = True
) -> Model:
    """Read a model that `save` wrote.

    Parameters
    ----------
    filepath
        The file.
    custom_objects
        Your own classes and functions by their names, where the model has some.
    compile
        False leaves the optimizer, the loss and the metrics in the file.

    Examples
    --------
    >>> import tempfile
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> class Wide(Dense):
    ...     "A layer of one's own."
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Sequential([Wide(3, input_shape=(2,))]).save(f"{folder}/model.npz")
    ...     model = load_model(f"{folder}/model.npz", custom_objects={"Wide": Wide})
    >>> model.layers
    [<Wide 'wide': (None, 2) → (None, 3); W (2, 3), b (3,): 9 parameters>]
    """
    flag("compile", compile, "load_model")
    arrays = _read(filepath)
    if _CONFIG not in arrays:
        rule = "A model file holds the layers, too."
        remedy = "Make the model, then model.load_weights(path)."
        raise value_error(rule, "a file of weights alone", f"{filepath}", remedy)
    config = _config_in(arrays, filepath)
    if not compile:
        config["compiled"] = None
    has_own = give_meanings(config, custom_objects, f"{filepath}")
    try:
        model = _model(config["model"])
        model.set_weights([arrays[name] for name in _named_weights(model)])
        if config["compiled"] is not None:
            # Files of earlier versions tell of no weighted metrics.
            told = {"weighted_metrics": None, **config["compiled"]}
            made = {name: kind.KNOWN.rebuild(told[name]) for name, kind in _KINDS.items()}
            model.compile(**told | made)
    except (KeyError, IndexError, AttributeError, TypeError) as error:
        if "Received: " in str(error) or has_own:
            raise
        received = f"a description without {error}" if isinstance(error, KeyError) else f"{error}"
        raise _not_a_model_file(filepath, received) from error
    return model


def _config_in(arrays: dict[str, Array], filepath: str | Path) -> dict[str, Any]:
    try:
        config = json.loads(str(arrays.pop(_CONFIG)), object_hook=as_description)
    except (ValueError, TypeError):
        config = None
    if not isinstance(config, dict) or not isinstance(config.get("model"), dict):
        raise _not_a_model_file(filepath, "a file without a description of layers")
    return {"compiled": None, **config}


def _description(model: Model) -> dict[str, Any]:
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


def _model(config: dict[str, Any]) -> Model:
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


def _named_weights(model: Model) -> dict[str, Array]:
    return {
        f"{model.name_of(layer)}/{name}": weight.value
        for layer in model.layers
        for name, weight in layer.parameters.items()
    }


def _write(filepath: str | Path, arrays: dict[str, Array]) -> None:
    path = as_path(filepath)
    check_folder(path)
    with written_whole(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _read(filepath: str | Path) -> dict[str, Array]:
    from zipfile import BadZipFile

    path = as_path(filepath)
    check_exists(path)
    damaged = ValueError, TypeError, AttributeError, EOFError, OSError, BadZipFile, zlib.error
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except damaged:
        raise _not_a_model_file(path, "a file of another kind, or a damaged one") from None


def _not_a_model_file(path: str | Path, received: str) -> ValueError:
    rule = "A model file is one that save or save_weights wrote."
    return value_error(rule, received, f"{path}", "Save the model again with model.save(path).")
