"""Model files: one .npz with the arrays and, as text, the layers. Reading runs no code of it.

============  ======================================================================================
format        what it holds
============  ======================================================================================
1             `config`, with the layers and what `compile` was told, and every weight
2             besides, what the optimizer remembers and the random state: a training goes on
============  ======================================================================================

A file of every format opens for ever. The state of callbacks is in none of them.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from nnlite import losses, metrics, optimizers
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Flag, an, flag
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers import expected
from nnlite.models.archive import Archive, explained, opened, write
from nnlite.models.custom import as_description, give_meanings, plain
from nnlite.models.describing import description, model_of, named_weights
from nnlite.models.going_on import (
    optimizer_state,
    random_state,
    restore_optimizer,
    restore_random_state,
)
from nnlite.models.weights import WeightsOfLayers

if TYPE_CHECKING:
    from nnlite.models.model import Model

AModel = Annotated[Any, an("a model", WeightsOfLayers)]
FORMAT = 2
_CONFIG, _STATE = "config", re.compile(r"state\d+")
_KINDS = {"optimizer": optimizers, "loss": losses, "metrics": metrics}
_KINDS |= {"weighted_metrics": metrics}


@explains_its_arguments
def save_model(model: AModel, filepath: str | Path) -> None:
    """Write all that `load_model` needs for the training to go on: layers, weights, how it was
    compiled, what the optimizer remembers, its learning rate, and the random state.

    What callbacks remember is not in the file.
    """
    model.check_built("save")
    arrays: dict[str, Array] = {}

    def keep(array: Array) -> str:
        # The name of a weight has a slash in it.
        arrays[name := f"state{len(arrays)}"] = array
        return name

    told = {"format": FORMAT, "model": description(model), "compiled": model.compiled}
    told |= {"optimizer_state": optimizer_state(model, keep), "random": random_state(model)}
    config = {_CONFIG: np.array(json.dumps(plain(told, {})))}
    _write(filepath, model, config, arrays)


@explains_its_arguments
def save_weights(model: AModel, filepath: str | Path) -> None:
    """Write the weights alone into a file that `load_weights` reads."""
    model.check_built("save_weights")
    _write(filepath, model, {}, {})


def _write(filepath: Any, model: Model, before: dict[str, Array], after: dict[str, Array]) -> None:
    """Write the weights, with a warning if some are not finite."""
    weights = named_weights(model)
    write(filepath, before | weights | after)
    if spoilt := _not_finite(weights):
        text = f"Model '{model.name}' is saved with weights that are not finite, '{spoilt}' first: "
        warnings.warn(f"{text}check_finite=False alone lets them be loaded.", stacklevel=4)


def _not_finite(arrays: dict[str, Array]) -> str | None:
    return next((name for name, array in arrays.items() if not np.isfinite(array).all()), None)


@explains_its_arguments
def load_weights(model: AModel, filepath: str | Path, *, check_finite: Flag = True) -> None:
    """Read weights that `save_weights` or `save` wrote for a model like this one.

    Weights that are not finite are refused, unless `check_finite` is False.
    """
    model.check_built("load_weights")
    with opened(filepath) as archive:
        saved: dict[str, Any] = _shapes(archive)
        wanted = {name: array.shape for name, array in named_weights(model).items()}
        for name in sorted({*wanted, *saved}):
            if saved.get(name) != wanted.get(name):
                there, here = saved.get(name, "missing"), wanted.get(name, "missing")
                rule = "A file of weights fits a model with the same layers."
                received = f"'{name}' is {there} in the file, {here} in the model"
                raise value_error(rule, received, f"{filepath}")
        model.set_weights(_finite_weights(archive, [*wanted], check_finite))


def _finite_weights(archive: Archive, names: list[str], check_finite: bool) -> list[Array]:
    arrays = {name: archive.read(name) for name in names}
    if check_finite and (spoilt := _not_finite(arrays)):
        rule = "Weights must be finite: one NaN or infinity spoils every prediction."
        remedy = "Train again with a smaller learning rate; to look at these weights all the same, "
        remedy += "add check_finite=False."
        raise value_error(rule, f"'{spoilt}', which is not", f"{archive.path}", remedy)
    return [*arrays.values()]


def load_model(
    filepath: str | Path,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    *,
    check_finite: bool = True,
) -> Model:
    """Read a model that `save` wrote: `fit` goes on as if there had been no file.

    Parameters
    ----------
    filepath
        The file.
    custom_objects
        Your own classes and functions by their names, where the model has some.
    compile
        False leaves the optimizer, the loss and the metrics in the file.
    check_finite
        False takes weights that are not finite.

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
    flag("check_finite", check_finite, "load_model")
    with opened(filepath) as archive:
        if _CONFIG not in archive.names:
            rule = "A model file holds the layers, too."
            remedy = "Make the model, then model.load_weights(path)."
            raise value_error(rule, "a file of weights alone", f"{filepath}", remedy)
        config = _config_in(archive)
        if not compile:
            config["compiled"] = config["optimizer_state"] = None
        has_own = False
        try:
            has_own = give_meanings(config, custom_objects, f"{archive.path}")
            model = _built(config, archive)
            weights = _finite_weights(archive, [*named_weights(model)], check_finite)
            model.set_weights(weights)
            _compile(model, config, archive)
        except Exception as error:
            if str(archive.path) in str(error):
                raise
            if has_own and "Received: " not in str(error):
                # Nobody knows whether the file is wrong, or the user's class.
                error.add_note(f"While the file {archive.path} was read.")
                raise
            with explained(archive.path, "a description that cannot be followed"):
                raise
    return model


def _config_in(archive: Archive) -> dict[str, Any]:
    text = archive.text(_CONFIG)
    with explained(archive.path, "a file without a description of layers"):
        config = json.loads(text, object_hook=as_description)
        if not isinstance(config, dict) or not isinstance(config.get("model"), dict):
            raise ValueError("no layers in it")
    if (written := config.get("format", 1)) not in range(1, FORMAT + 1):
        rule = f"This version of nnlite reads files up to format {FORMAT}."
        remedy = "Install a later version of nnlite."
        raise value_error(rule, f"a file of format {written}", f"{archive.path}", remedy)
    return {"compiled": None, "optimizer_state": None, "random": None, **config}


def _built(config: dict[str, Any], archive: Archive) -> Model:
    """Return the model, with weights of the shapes that are in the file, and no others."""
    shapes = _shapes(archive)
    with expected.only(shapes.values()):
        model = model_of(config["model"])
    weights = {name: weight.shape for name, weight in named_weights(model).items()}
    for name in sorted({*weights, *shapes}):
        if shapes.get(name) != weights.get(name):
            there, here = shapes.get(name, "missing"), weights.get(name, "missing")
            raise ValueError(f"'{name}' is {there} in the file, {here} by its layers")
    return model


def _shapes(archive: Archive) -> dict[str, Shape]:
    """Return the shapes of all members but the text and the state: those of weights, they say."""
    names = [n for n in archive.names if n != _CONFIG and not _STATE.fullmatch(n)]
    return {name: archive.member(name).shape for name in names}


def _compile(model: Model, config: dict[str, Any], archive: Archive) -> None:
    """Compile the model as it was, and let its training go on where it was."""
    if config["compiled"] is not None:
        # Files of format 1 may tell of no weighted metrics.
        told = {"weighted_metrics": None, **config["compiled"]}
        made = {name: kind.KNOWN.rebuild(told[name]) for name, kind in _KINDS.items()}
        model.compile(**told | made)
        if config["optimizer_state"] is not None:
            restore_optimizer(model, config["optimizer_state"], archive.read)
    if config["random"] is not None:
        restore_random_state(model, config["random"])
