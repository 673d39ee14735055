"""What a layer keeps of its weights that stays behind when they move: parts, and hidden ones."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.errors import explain_error
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.weight import Weight, is_open

if TYPE_CHECKING:
    from nnlite.layers.weighted import Weighted


def find_stray(layer: Weighted) -> str:
    """Return an explanation of the first thing that cannot follow; "" if all can."""
    own = own_classes(layer)
    if not own:
        return ""
    arrays = {id(weight.value): name for name, weight in layer.parameters.items()}
    arrays |= {id(w.gradient): "d" + n for n, w in layer.parameters.items() if w.trainable}
    for place in (layer, *own):
        for name, kept in vars(place).items():
            found = _search(kept, None if place is layer else place, arrays)
            if found:
                return _explanation(layer, name, *found)
    return ""


def own_classes(layer: Weighted) -> list[type]:
    """Return the classes of a layer that are not the library's."""
    library = __name__.partition(".")[0]
    classes = type(layer).__mro__[:-1]
    return [cls for cls in classes if cls.__module__.partition(".")[0] != library]


def _search(kept: Any, holder: Any, arrays: Mapping[int, str]) -> tuple[str, Any] | None:
    """Return a weight's name, and the object that hides it; None for one that is cut or turned."""
    seen: set[tuple[int, bool]] = set()
    queue = [(kept, holder)]
    for item, holder in queue:
        if (id(item), holder is None) in seen:
            continue
        seen.add((id(item), holder is None))
        inside = item if holder is None else holder
        if isinstance(item, np.ndarray | np.flatiter):
            if id(item.base) in arrays:
                return arrays[id(item.base)], None
            if id(item) in arrays and holder is not None:
                return arrays[id(item)], holder
            if isinstance(item, np.ndarray) and item.dtype == object:
                queue += [(entry, inside) for entry in item.ravel()]
        elif is_open(item):
            entries = item.values() if isinstance(item, dict) else item
            queue += [(entry, holder) for entry in entries]
        else:
            queue += [(entry, inside) for entry in _held_by(item)]
    return None


def _held_by(item: Any) -> Iterable[Any]:
    """Return what an object holds; not its class, nor the module and the network around it."""
    if isinstance(item, type | ModuleType | Node | Tensor | Weight):
        return []
    if isinstance(item, FunctionType):
        return [item.__closure__, item.__defaults__, item.__kwdefaults__, vars(item)]
    return gc.get_referents(item)


def _explanation(layer: Weighted, attribute: str, weight: str, holder: Any) -> str:
    received = f"self.{attribute}, which holds a part or a view of {weight}"
    remedy = f"Keep {weight} whole, and take the part in forpass: self.{weight}[...]."
    if holder is not None:
        place = f"an object of class {type(holder).__name__}"
        if isinstance(holder, type):
            place = f"the class {holder.__name__}, which all its layers share"
        elif inspect.isroutine(holder):
            place = "a function"
        received = f"self.{attribute}, which hides {weight} in {place}"
        remedy = f"Keep {weight} on the layer, alone or in a list, and hand it over in forpass."
    return explain_error(
        "Training moves the weights of a layer into one vector, and the layer's attributes, lists, "
        "tuples and dictionaries follow; nothing else does.",
        received,
        f"layer '{layer.name}' ({type(layer).__name__})",
        remedy,
    )
