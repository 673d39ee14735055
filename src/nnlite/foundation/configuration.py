"""Objects that remember what their constructors took, and so can be described and made again.

Initializers, regularizers, activations, losses, metrics, optimizers and layers are such objects.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, Self

import numpy as np

from nnlite.foundation.arguments import ExplainsItsArguments, explains_its_arguments
from nnlite.foundation.checks import Config
from nnlite.foundation.registry import Description, throughout


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
            kind = signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                config.update({key: serialize(item) for key, item in value.items()})
            elif kind is not inspect.Parameter.VAR_POSITIONAL or value:
                config[name] = serialize(value)
        return config

    @classmethod
    @explains_its_arguments
    def from_config(cls, config: Config) -> Self:
        """Build an object from what `get_config` returned."""
        names = inspect.signature(cls.__init__).parameters
        stars = [n for n, p in names.items() if p.kind is p.VAR_POSITIONAL and n in config]
        if not stars:
            return cls(**config)
        options, before = dict(config), list(names)[1 : list(names).index(stars[0])]
        return cls(*map(options.pop, before), *options.pop(stars[0]), **options)

    def __repr__(self) -> str:
        args, kwargs = self._arguments
        words = [repr(value) for value in args]
        words += [f"{name}={value!r}" for name, value in kwargs.items()]
        return f"{type(self).__name__}({', '.join(words)})"


def serialize(value: Any) -> Any:
    """Turn one argument of a constructor into plain values; functions and classes stay."""
    if isinstance(value, Configurable):
        described = Description(class_name=type(value).__name__, config=value.get_config())
        described.of = type(value)
        return described
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, type) and issubclass(value, np.generic | float):
        value = np.dtype(value)
    if isinstance(value, np.dtype):
        return value.name
    return value if isinstance(value, Description) else throughout(value, serialize)


def snake_case(name: str) -> str:
    """Return the name in the way Keras names layers.

    >>> snake_case("MaxPooling2D"), snake_case("LeakyReLU")
    ('max_pooling2d', 'leaky_re_lu')
    """
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z]+)", r"\1_\2", name)
    return name.lower()
