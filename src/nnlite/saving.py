"""Model files: one .npz with the arrays and, as text, the layers. Reading runs no code of it."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from . import layers as known_layers
from . import losses, metrics
from .configuration import serialize
from .errors import explain_error
from .files import as_path, check_exists, check_folder, written_whole
from .layers.base import Layer
from .layers.input import Input, InputLayer
from .layers.symbolic import Node, Tensor, called
from .models import Model, Sequential
from .types import Array

_CONFIG = "config"


def save_model(model: Model, filepath: str | Path) -> None:
    """Write the layers, the weights, and how the model was compiled."""
    config = {"model": model_config(model), "compiled": _compiled_config(model)}
    _write(filepath, {_CONFIG: np.array(json.dumps(config)), **_named_weights(model)})


def save_weights(model: Model, filepath: str | Path) -> None:
    """Write the weights alone."""
    _write(filepath, _named_weights(model))


def load_weights(model: Model, filepath: str | Path) -> None:
    """Read the weights of a model like this one."""
    arrays = _read(filepath)
    arrays.pop(_CONFIG, None)
    wanted = _named_weights(model)
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes != {name: array.shape for name, array in wanted.items()}:
        differing = sorted(
            name
            for name in {*wanted, *arrays}
            if shapes.get(name) != (wanted[name].shape if name in wanted else None)
        )
        name = differing[0]
        raise ValueError(
            explain_error(
                "A file of weights fits a model with the same layers.",
                f"'{name}' is {shapes.get(name, 'missing')} in the file, "
                f"{wanted[name].shape if name in wanted else 'missing'} in the model",
                f"{filepath}",
            )
        )
    model.set_weights([arrays[name] for name in wanted])


def load_model(filepath: str | Path, custom_objects: dict[str, type] | None = None) -> Model:
    """Return the model in a file that `Model.save` wrote."""
    arrays = _read(filepath)
    if _CONFIG not in arrays:
        raise ValueError(
            explain_error(
                "A model file holds the layers, too.",
                "a file of weights alone",
                f"{filepath}",
                "Make the model, then model.load_weights(path).",
            )
        )
    config = _config_in(arrays, filepath)
    try:
        model = model_from_config(config["model"], custom_objects or {})
        model.set_weights([arrays[name] for name in _named_weights(model)])
        if config["compiled"] is not None:
            settings = dict(config["compiled"])
            settings["loss"] = _objects(losses, settings["loss"])
            settings["metrics"] = _objects(metrics, settings["metrics"])
            model.compile(**settings)
    except (KeyError, IndexError, AttributeError, TypeError) as error:
        if "Received: " in str(error):
            raise
        received = f"a description without {error}" if isinstance(error, KeyError) else f"{error}"
        raise _not_a_model_file(filepath, received) from error
    return model


def _config_in(arrays: dict[str, Array], filepath: str | Path) -> dict[str, Any]:
    try:
        config = json.loads(str(arrays.pop(_CONFIG)))
    except ValueError:
        config = None
    if not isinstance(config, dict) or not isinstance(config.get("model"), dict):
        raise _not_a_model_file(filepath, "a file without a description of layers")
    return {"compiled": None, **config}


def model_config(model: Model) -> dict[str, Any]:
    """Return the layers of a model, and how they are joined, in plain values."""
    base = {
        "name": model.name,
        "dtype": model.dtype.name,
        "layers": [_layer_config(layer, model.name_of(layer)) for layer in model.layers],
        "chosen_names": [not n.given_name and model.name_of(n) for n in model.layers],
    }
    if isinstance(model, Sequential):
        return {**base, "input_shape": model.inputs[0].shape}
    numbers = {tensor: place for place, tensor in enumerate(model.inputs)}
    for node in model.nodes:
        numbers.setdefault(node.output, len(numbers))
    place = {id(layer): index for index, layer in enumerate(model.layers)}
    return {
        **base,
        "inputs": [place[id(tensor.node.layer)] for tensor in model.inputs],
        "calls": [
            [place[id(node.layer)], node.several, [numbers[t] for t in node.inputs]]
            for node in model.nodes
        ],
        "outputs": [numbers[tensor] for tensor in model.outputs],
    }


def model_from_config(config: dict[str, Any], custom_objects: dict[str, type]) -> Model:
    """Return a new model with such layers, joined like that."""
    layers = [_make_layer(layer, custom_objects) for layer in config["layers"]]
    for layer, name in zip(layers, config.get("chosen_names", ()), strict=False):
        # A name that nnlite chose gives way where the model becomes a part of another.
        if name:
            layer.given_name, layer.chosen_name = None, name
    options = {"name": config["name"], "dtype": config["dtype"]}
    if "calls" not in config:
        return Sequential([Input(config["input_shape"]), *layers], **options)
    tensors: list[Tensor] = []
    for place in config["inputs"]:
        tensors.append(called(Node(layers[place], []), layers[place].input_shape))
    inputs = list(tensors)
    for place, several, sources in config["calls"]:
        given = [tensors[source] for source in sources]
        tensors.append(layers[place](given if several else given[0]))
    return Model(inputs, [tensors[number] for number in config["outputs"]], **options)


def _layer_config(layer: Layer, name: str) -> dict[str, Any]:
    config = serialize(layer.get_config())
    return {
        "class_name": type(layer).__name__,
        "config": {**config, "name": name} if "name" in config else config,
    }


def _make_layer(entry: dict[str, Any], custom_objects: dict[str, type]) -> Layer:
    classes = {
        name: found
        for name, found in vars(known_layers).items()
        if isinstance(found, type) and issubclass(found, Layer)
    }
    name = entry["class_name"]
    if name not in classes and name not in custom_objects:
        raise ValueError(
            explain_error(
                f"The file has a layer of your own class {name!r}.",
                f"custom_objects with {', '.join(custom_objects) or 'nothing'}",
                remedy=f'load_model(path, custom_objects={{"{name}": {name}}})',
            )
        )
    found = {**classes, **custom_objects}[name]
    config = dict(entry["config"])
    if found is InputLayer:
        return InputLayer(tuple(config["input_shape"]), name=config["name"])
    return found.from_config(config)  # type: ignore[attr-defined, no-any-return]


def _compiled_config(model: Model) -> dict[str, Any] | None:
    """Return what `compile` was told, where plain values can say it."""
    settings = model._compiled
    if settings is None:
        return None
    plain = {
        "optimizer": serialize(settings["optimizer"]),
        "loss": _plain(losses, settings["loss"]),
        "metrics": _plain(metrics, settings["metrics"]),
        "loss_weights": serialize(settings["loss_weights"]),
    }
    try:
        json.dumps(plain)
    except TypeError:
        return None
    return plain


def _plain(module: ModuleType, value: Any) -> Any:
    """Return losses or metrics as plain values; a function or a class of the module by its name."""
    if isinstance(value, list | tuple):
        return [_plain(module, item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(module, item) for name, item in value.items()}
    name = getattr(value, "__name__", "")
    return name if name and getattr(module, name, None) is value else serialize(value)


def _objects(module: ModuleType, value: Any) -> Any:
    """Return what `_plain` made plain: objects, where it was more than a name."""
    if isinstance(value, list):
        return [_objects(module, item) for item in value]
    if isinstance(value, dict) and "class_name" in value:
        return module.get(value)
    if isinstance(value, dict):
        return {name: _objects(module, item) for name, item in value.items()}
    return value


def _named_weights(model: Model) -> dict[str, Array]:
    return {
        f"{model.name_of(layer)}/{name}": layer._views[name]
        for layer in model.layers
        for name in layer._weights
    }


def _write(filepath: str | Path, arrays: dict[str, Array]) -> None:
    path = as_path(filepath)
    check_folder(path)
    with written_whole(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _read(filepath: str | Path) -> dict[str, Array]:
    path = as_path(filepath)
    check_exists(path)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (
        ValueError,
        TypeError,
        AttributeError,
        EOFError,
        OSError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        raise _not_a_model_file(path, "a file of another kind, or a damaged one") from None


def _not_a_model_file(path: str | Path, received: str) -> ValueError:
    return ValueError(
        explain_error(
            "A model file is one that save or save_weights wrote.",
            received,
            f"{path}",
            "Save the model again with model.save(path).",
        )
    )
