"""What a layer keeps of its weights that stays behind when they move: parts, and hidden ones."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.errors import explain_error
from nnlite.foundation.ours import written_here
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.weight import Weight, is_open

if TYPE_CHECKING:
    from nnlite.layers.weighted import Weighted


def find_stray(layer: Weighted) -> str:
    """Return an explanation of the first thing that cannot follow; "" if all can."""
    own = own_classes(layer)
    arrays = {id(weight.value): name for name, weight in layer.parameters.items()}
    arrays |= {id(w.gradient): "d" + n for n, w in layer.parameters.items() if w.trainable}
    places = [(layer, None), *((cls, cls) for cls in own)] if own else []
    # What is kept, the attribute it is kept under, and what it hides in: None if in nothing.
    queue: list[tuple[Any, str, Any]]
    queue = [(kept, name, holder) for place, holder in places for name, kept in vars(place).items()]
    seen: set[tuple[int, bool]] = set()
    for item, name, holder in queue:
        if (id(item), holder is None) in seen:
            continue
        seen.add((id(item), holder is None))
        base = item
        while isinstance(base, np.ndarray | np.flatiter) and base.base is not None:
            base = base.base
            if id(base) in arrays:
                return _explanation(layer, name, arrays[id(base)], None)
        if id(item) in arrays and holder is not None:
            return _explanation(layer, name, arrays[id(item)], holder)
        if holder is None and not is_open(item):
            holder = item
        queue += [(entry, name, holder) for entry in _held_by(item)]
    return ""


def own_classes(layer: Weighted) -> list[type]:
    """Return the classes of a layer that are not the library's."""
    return [cls for cls in type(layer).__mro__[:-1] if not written_here(cls)]


def _held_by(item: Any) -> Iterable[Any]:
    """Return what a thing holds; not its class, nor the module and the network around it."""
    if isinstance(item, type | ModuleType | Node | Tensor | Weight):
        return []
    if isinstance(item, np.ndarray):
        return item.ravel() if item.dtype == object else []
    if isinstance(item, FunctionType):
        return [item.__closure__, item.__defaults__, item.__kwdefaults__, vars(item)]
    if is_open(item):
        return item.values() if isinstance(item, dict) else item
    return gc.get_referents(item)


def _explanation(layer: Weighted, attribute: str, weight: str, holder: Any) -> str:
    rule = (
        "Training moves the weights of a layer into one vector, and the layer's attributes, lists, "
        "tuples and dictionaries follow; nothing else does."
    )
    what = f"holds a part or a view of {weight}"
    remedy = f"Keep {weight} whole, and take the part in forpass: self.{weight}[...]."
    if holder is not None:
        place = f"an object of class {type(holder).__name__}"
        if isinstance(holder, type):
            place = f"the class {holder.__name__}, which all its layers share"
        elif inspect.isroutine(holder):
            place = "a function"
        what = f"hides {weight} in {place}"
        remedy = f"Keep {weight} on the layer, alone or in a list, and hand it over in forpass."
    where = f"layer '{layer.name}' ({type(layer).__name__})"
    return explain_error(rule, f"self.{attribute}, which {what}", where, remedy)
