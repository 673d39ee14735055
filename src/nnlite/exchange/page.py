"""Your network as one page: its layers, weights and samples, and the script that runs it there.

The page is a single file that asks for nothing from anywhere. What flows through the network is
computed in the browser, by one function for each kind of layer: `page/layers.js`. Weights and
samples are written as float32, whatever the model's dtype.
"""

from __future__ import annotations

import base64
import json
import math
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from nnlite.exchange.page_layers import Step, steps_of
from nnlite.exchange.page_training import lesson_of, training_of
from nnlite.foundation.checks import is_list
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.types import Array
from nnlite.given.data import check_lengths
from nnlite.given.numbers import as_numbers
from nnlite.training.standins import computes_as_written

HERE = Path(__file__).with_name("page")
COMPUTING = ("activations", "layers", "network", "training")
ALWAYS = ("words", "colours", "digits", "pad", "pictures", "inputs", "reasons", "outputs")
SHOWING = (*ALWAYS, "points", "planes", "trainer", "lesson", "page")


class Page:
    """A page that a notebook shows in a frame."""

    def __init__(self, document: str, height: int) -> None:
        self.document, self.height = document, height

    def _repr_html_(self) -> str:
        style = f"width: 100%; height: {self.height}px; border: 1px solid #8888"
        return f'<iframe style="{style}" srcdoc="{escape(self.document)}"></iframe>'


def document(
    model: Any, samples: Any = None, truth: Any = None, names: Any = None, features: Any = None
) -> str:
    """Return the page as text."""
    told = json.dumps(description(model, samples, truth, names, features))
    # Whatever a layer is called, it does not end the script.
    told = told.replace("<", "\\u003c")
    parts = {"title": escape(model.name), "description": told}
    parts |= {"style": _text("page.css"), "script": script(*COMPUTING, *SHOWING)}
    before, *holes = _text("page.html").split("{{")
    rest = (hole.split("}}") for hole in holes)
    return before + "".join(parts[name] + after for name, after in rest)


def script(*modules: str) -> str:
    """Return the modules of the page as one script."""
    code = "\n".join(_text(f"{name}.js") for name in modules)
    return f'"use strict";\nconst WORDS = {_text("words.json")};\n{code}'


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def description(
    model: Any, samples: Any = None, truth: Any = None, names: Any = None, features: Any = None
) -> dict[str, Any]:
    """Return all that the page has to know of a model, in plain values that JSON can hold."""
    model.check_built("to_html")
    numbers = Numbers()
    inputs = [{"name": model.name_of(t.node.layer), "shape": t.sample} for t in model.inputs]
    x = None if samples is None else model.checked_inputs(samples)
    for one, array in zip(inputs, x or (), strict=x is not None):
        one["samples"] = numbers.put(array)
    steps, slots = _steps(model, numbers)
    outputs: list[dict[str, Any]] = [{"slot": slots[tensor]} for tensor in model.outputs]
    training, width = None, 0
    if truth is not None:
        _add_truth(outputs, model, inputs, truth, numbers)
        width = outputs[0]["truth"]["shape"][1]
        training = training_of(model, width)
    y = truth[:1] if width else None
    lesson = None if x is None else lesson_of(model, [array[:1] for array in x], y, width)
    if features is None and hasattr(samples, "columns"):
        features = [str(name) for name in samples.columns]
    _add_names(inputs[0], "features", features, math.prod(model.inputs[0].sample))
    _add_names(outputs[0], "names", names, model.outputs[0].sample[-1])
    return {
        "name": model.name,
        "dtype": str(model.dtype),
        "parameters": model.count_params(),
        "inputs": inputs,
        "steps": steps,
        "outputs": outputs,
        "training": training,
        "lesson": lesson and {**lesson, "slots": [slots[node.output] for node in model.nodes]},
        "numbers": numbers.text(),
    }


class Numbers:
    """All arrays of a page, one behind the other in float32; what is put twice lies there once."""

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self.places: dict[Any, dict[str, Any]] = {}
        self.size = 0

    def put(self, array: Array, key: Any = None) -> dict[str, Any]:
        """Return where the array lies, and its shape."""
        if key is not None and key in self.places:
            return self.places[key]
        place = {"at": self.size, "shape": array.shape}
        self.places[key] = place
        self.arrays.append(np.asarray(array, "<f4").ravel())
        self.size += array.size
        return place

    def text(self) -> str:
        """Return all of them as base64."""
        return base64.b64encode(b"".join(array.tobytes() for array in self.arrays)).decode()


def _steps(model: Any, numbers: Numbers) -> tuple[list[dict[str, Any]], dict[Any, int]]:
    """Return the steps of the page, and in which slot each tensor of the model lies."""
    slots = {tensor: place for place, tensor in enumerate(model.inputs)}
    steps: list[dict[str, Any]] = []
    for node in model.nodes:
        of = [slots[tensor] for tensor in node.inputs]
        for place, step in enumerate(_of_layer(model, node)):
            arrays = {
                name: numbers.put(array, (node.layer, place, name))
                for name, array in step.arrays.items()
            }
            steps.append(
                {"name": model.name_of(node.layer), "type": type(node.layer).__name__, "of": of}
                | {"kind": step.kind, "shape": step.shape, "activation": step.activation}
                | {"arrays": arrays, **step.options}
            )
            of = [len(model.inputs) + len(steps) - 1]
        slots[node.output] = of[0]
    return steps, slots


def _of_layer(model: Any, node: Any) -> list[Step]:
    layer = node.layer
    where = f"model '{model.name}', layer '{model.name_of(layer)}'"
    if not computes_as_written(layer):
        rule = "The page computes in the browser, with the layers and activations of nnlite."
        received = f"{type(layer).__name__}, whose code is yours"
        remedy = "Show the part of the network before it: "
        remedy += f'Model(model.input, model.get_layer("{model.name_of(layer)}").input).'
        raise value_error(rule, received, where, remedy)
    found = steps_of(layer, [tensor.sample for tensor in node.inputs], node.output.sample)
    if found is None:
        rule = "The page has no function for this kind of layer."
        raise value_error(rule, type(layer).__name__, where)
    return found


def _add_truth(
    outputs: list[dict[str, Any]], model: Any, inputs: Any, truth: Any, numbers: Numbers
) -> None:
    """Lay the truth beside the outputs: a row for each sample, or the number of its class."""
    several = truth if len(outputs) > 1 and isinstance(truth, list | tuple) else [truth]
    arrays = [np.atleast_1d(as_numbers(one, "truth")) for one in several]
    if not all("samples" in one for one in inputs):
        rule = "The truth is that of the samples: both are given."
        raise value_error(rule, "truth without samples", f"model '{model.name}'")
    check_lengths([np.empty(inputs[0]["samples"]["shape"])], arrays)
    for output, tensor, array in zip(outputs, model.outputs, arrays, strict=True):
        rows = array.reshape(len(array), -1)
        if rows.shape[1] not in (1, math.prod(tensor.sample)):
            rule = f"The truth of a sample is {tensor.sample}, as the output, or a class number."
            raise value_error(rule, f"truth of shape {array.shape}", f"model '{model.name}'")
        output["truth"] = numbers.put(rows)


def _add_names(target: dict[str, Any], what: str, names: Any, wanted: int) -> None:
    """Write names into the description, if there are as many as are wanted."""
    if names is None:
        return
    wanted = 2 if what == "names" and wanted == 1 else wanted
    listed = None
    if is_list(names):
        with suppress(Exception):
            listed = [str(name) for name in names]
    if listed is None or len(listed) != wanted:
        rule = f"{what} must be a list of {wanted} names."
        raise value_error(rule, f"{what}={shown(names)}")
    target[what] = listed
