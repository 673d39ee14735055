"""How objects are named and rebuilt: from a string, an object, or what `get_config` gave.

Initializers, regularizers, activations, losses, metrics and optimizers all follow this page.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

import numpy as np

from .arguments import ExplainsItsArguments
from .errors import explain_error, listed, look_up, told, with_article

T = TypeVar("T")


class Configurable(metaclass=ExplainsItsArguments):
    """An object that remembers what its constructor took, so that it can be built again."""

    _arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember the arguments, for `get_config`."""
        self = super().__new__(cls)
        object.__setattr__(self, "_arguments", (args, kwargs))
        return self

    def __init__(self) -> None:
        """Take no arguments, unless a subclass does."""

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor took, in plain values that JSON can hold."""
        signature = inspect.signature(type(self).__init__)
        bound = signature.bind(self, *self._arguments[0], **self._arguments[1])
        bound.apply_defaults()
        config: dict[str, Any] = {}
        for name, value in list(bound.arguments.items())[1:]:
            if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                config.update({key: serialize(item) for key, item in value.items()})
            else:
                config[name] = serialize(value)
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Build an object from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        args, kwargs = self._arguments
        words = [repr(value) for value in args]
        words += [f"{name}={value!r}" for name, value in kwargs.items()]
        return f"{type(self).__name__}({', '.join(words)})"


def serialize(value: Any) -> Any:
    """Turn one argument of a constructor into plain values."""
    if isinstance(value, Configurable):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, list | tuple):
        return type(value)(serialize(item) for item in value)
    return value


def resolve(kind: str, identifier: Any, base: type[T], named: Mapping[str, Any]) -> T:
    """Return the object of class `base` that `identifier` means.

    Parameters
    ----------
    kind
        What it is, for the error: "initializer".
    identifier
        A name, an object, a class, or the dictionary that `serialize` makes.
    base
        The class all of its kind share.
    named
        Names, and for each an object or a class; a dictionary may say the name of the class.
    """
    if isinstance(identifier, str):
        found = look_up(kind, identifier, named)
    elif isinstance(identifier, Mapping) and "class_name" in identifier:
        kinds = [found if inspect.isclass(found) else type(found) for found in named.values()]
        classes = {found.__name__: found for found in kinds}
        found = look_up(kind, identifier["class_name"], {**named, **classes})
        made: Any = found if inspect.isclass(found) else type(found)
        return cast(T, made.from_config(identifier.get("config", {})))
    else:
        found = identifier
    if isinstance(found, base):
        return found
    if inspect.isclass(found) and issubclass(found, base):
        return found()
    raise TypeError(
        explain_error(
            f"{with_article(kind)} is given by its name or as an object of class {base.__name__}.",
            told(identifier),
            remedy=f"Known names: {listed(named)}.",
        )
    )


def snake_case(name: str) -> str:
    """Return the name in the way Keras names layers.

    >>> snake_case("MaxPooling2D"), snake_case("LeakyReLU")
    ('max_pooling2d', 'leaky_re_lu')
    """
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z]+)", r"\1_\2", name)
    return name.lower()
