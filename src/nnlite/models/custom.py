"""What is the user's own in a model file goes by its name: `custom_objects` say what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import isclass
from typing import Any

from nnlite.foundation.configuration import serialize
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.registry import Description, is_known, is_ours


def plain(value: Any, named: dict[str, Any]) -> Any:
    """Return a value as JSON holds it; what is the user's own is `named`, and marked so.

    >>> plain({"size": (2, 3), "function": len}, {})
    {'size': [2, 3], 'function': {'class_name': 'len', 'config': None, 'own': 'function'}}
    """
    if not isinstance(value, dict | list | tuple):
        value = serialize(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item, named) for item in value]
    if isinstance(value, Description):
        return _by_name(value.of, plain(value["config"], named), named)
    if not isinstance(value, dict):
        return _by_name(value, None, named)
    if all(isinstance(key, str) for key in value) and "class_name" not in value:
        return {key: plain(item, named) for key, item in value.items()}
    return {"class_name": "dict", "config": plain(list(value.items()), named)}


def _by_name(thing: Any, config: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Describe a thing by its name; a second one called f is "f_2"."""
    base = name = getattr(thing, "__name__", type(thing).__name__)
    if is_ours(thing):
        return {"class_name": name, "config": config}
    number = 1
    while named.setdefault(name, thing) is not thing:
        number += 1
        name = f"{base}_{number}"
    own = "function" if hasattr(thing, "__name__") else "object"
    return {"class_name": name, "config": config, "own": "class" if isclass(thing) else own}


def as_description(value: dict[str, Any]) -> dict[Any, Any]:
    """Return what a dictionary that `plain` made stands for: a `Description`, or a dictionary."""
    if not isinstance(value.get("class_name"), str) or "config" not in value:
        return value
    if value["class_name"] == "dict":
        return {tuple(k) if isinstance(k, list) else k: item for k, item in value["config"]}
    return Description(**value)


def give_meanings(file: Mapping[str, Any], custom_objects: Any, where: str) -> bool:
    """Tell the descriptions in a file what the user's names mean; return whether there are any."""
    given = custom_objects if isinstance(custom_objects, Mapping) else {}
    in_layers = list(_descriptions(file["model"]))
    described = [*in_layers, *_descriptions([file["compiled"], file.get("optimizer_state")])]
    marked = {each["class_name"] for each in described if "own" in each}
    for each in described:
        if "own" in each or each["class_name"] not in marked:
            each.of = given.get(each["class_name"])
    missing = [each for each in described if not _fits(each)]
    rule = "custom_objects is a dictionary that gives what your own names mean."
    if not missing:
        if not isinstance(custom_objects, Mapping | None):
            remedy = "Leave it out: the file has nothing of your own."
            raise value_error(rule, f"custom_objects={shown(custom_objects)}", where, remedy)
        return any(each.of is not None for each in described)
    own = {each["class_name"]: each.get("own", "class") for each in missing}
    called = {n: n if n.isidentifier() and o != "object" else f"your_{o}" for n, o in own.items()}
    wanted = ", ".join(f'"{name}": {thing}' for name, thing in called.items())
    remedy = f"load_model(path, custom_objects={{{wanted}}})"
    if not any(each in in_layers for each in missing):
        remedy += "; without its optimizer, loss and metrics: load_model(path, compile=False)"
    has = ", ".join(f"your own {kind} {name!r}" for name, kind in own.items())
    received = f"custom_objects={shown(custom_objects)}"
    raise value_error(f"The file has {has}: {rule}", received, where, remedy)


def _descriptions(value: Any) -> Iterator[Description]:
    if isinstance(value, Description):
        yield value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _descriptions(item)


def _fits(described: Description) -> bool:
    """Return whether what a description means can be what was saved."""
    of = described.of
    if of is None:
        return "own" not in described and is_known(described["class_name"])
    if described["config"] is not None:
        return isclass(of) and hasattr(of, "from_config")
    return callable(of) or described.get("own") == "object"
