"""The things that have names, kind by kind: activations, initializers, regularizers, losses,
metrics, optimizers, schedules and layers.

A name may mean a class or an object, a function may stand for a class, and a description, from
`get_config` or from a file, becomes the object that it describes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from nnlite.foundation.errors import listed, look_up, told, type_error

T = TypeVar("T")


def throughout(value: Any, function: Callable[[Any], Any]) -> Any:
    """Return a list, a tuple or a dictionary with what the function makes of its entries.

    >>> throughout([1, 2], str), throughout({"a": 1}, str), throughout(3, str)
    (['1', '2'], {'a': '1'}, 3)
    """
    if isinstance(value, dict):
        return {function(key): function(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = map(function, value)
        return list(items) if isinstance(value, list) else tuple(items)
    return value


class Description(dict[str, Any]):
    """An object in plain values: its `class_name`, and its `config`.

    With None for the config it is the class, or the function, itself. `of` is what the name
    means; None leaves it to the names that are known.
    """

    of: Any = None


class Registry(Generic[T]):
    """The things of one kind.

    Parameters
    ----------
    kind
        What they are, for errors: "loss".
    base
        The class that all of them share.
    named
        Names, and for each a class or an object.
    functions
        Functions, and for each the class that it stands for. The names of both mean the class.

    Examples
    --------
    >>> from nnlite.losses import Huber, MeanSquaredError, Loss, huber
    >>> losses = Registry("loss", Loss, {"mse": MeanSquaredError}, {huber: Huber})
    >>> losses.get("mse"), losses.get(huber), losses.get("Huber"), "mae" in losses
    (MeanSquaredError(), Huber(), Huber(), False)
    """

    def __init__(
        self,
        kind: str,
        base: type[T],
        named: Mapping[str, Any],
        functions: Mapping[Callable[..., Any], type[T]] | None = None,
    ) -> None:
        self.kind, self.base, self.functions = kind, base, dict(functions or {})
        self.named = dict(named)
        for function, meant in self.functions.items():
            self.named.update({function.__name__: meant, meant.__name__: meant})
        classes = [c if inspect.isclass(c) else type(c) for c in self.named.values()]
        self.things: dict[str, Any] = {t.__name__: t for t in [*classes, *self.functions]}
        KINDS.append(self)

    def __contains__(self, name: str) -> bool:
        return name in self.named

    def find(self, identifier: Any) -> Any:
        """Return the class or object that a name or a function means; other things as they are."""
        if isinstance(identifier, str):
            return look_up(self.kind, identifier, self.named)
        stands_for = (meant for known, meant in self.functions.items() if known is identifier)
        return next(stands_for, identifier)

    def get(self, identifier: Any) -> T:
        """Return the object that a name, a function, a class, or a description means."""
        found = self.find(identifier)
        if isinstance(found, Mapping) and "class_name" in found:
            known = isinstance(found, Description)
            found = self.rebuild(found if known else Description({"config": {}, **found}))
        if inspect.isclass(found) and issubclass(found, self.base):
            found = found()
        if isinstance(found, self.base):
            return found
        article = "An" if self.kind[0] in "aeiou" else "A"
        rule = f"{article} {self.kind} is given by its name or as an object of class "
        remedy = f"Known names: {listed(self.named)}."
        raise type_error(f"{rule}{self.base.__name__}.", told(identifier), None, remedy)

    def rebuild(self, value: Any) -> Any:
        """Return a value with objects in place of the descriptions in it.

        A name that several kinds know means this kind, and within an object the kind of it.
        """
        if not isinstance(value, Description):
            return throughout(value, self.rebuild)
        found = self._meant(str(value["class_name"])) if value.of is None else value.of
        if value["config"] is None:
            return found
        found = self.find(found)
        made: Any = found if inspect.isclass(found) else type(found)
        kind = next((kind for kind in KINDS if issubclass(made, kind.base)), self)
        config = kind.rebuild(value["config"])
        # What version 0.1 wrote for classes without a constructor of their own.
        if config.get("args") == [] and "args" not in inspect.signature(made.__init__).parameters:
            del config["args"]
        return made.from_config(config)

    def _meant(self, name: str) -> Any:
        for kind in (self, *KINDS):
            if name in kind.things:
                return kind.things[name]
        return look_up(self.kind, name, {**self.named, **self.things})


KINDS: list[Registry[Any]] = []
"""All kinds, in the order in which they are imported."""


def is_known(name: str) -> bool:
    """Return whether a registry knows the name.

    >>> import nnlite
    >>> is_known("Dense"), is_known("Dance")
    (True, False)
    """
    return any(name in kind.things or name in kind for kind in KINDS)


def is_ours(thing: Any) -> bool:
    """Return whether a registry knows this class, or function, by its own name.

    >>> from nnlite.layers import Dense
    >>> is_ours(Dense), is_ours(type("Dense", (Dense,), {}))
    (True, False)
    """
    name = getattr(thing, "__name__", "")
    return any(kind.things.get(name) is thing for kind in KINDS)
