"""A weight of a layer: numbers that training changes, and beside them their gradient."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import Flag, Text, require
from nnlite.foundation.errors import attribute_error
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_array
from nnlite.regularizers import Regularizer

if TYPE_CHECKING:
    from nnlite.layers.weighted import Weighted


_layer = require(
    lambda layer: callable(layer.add_weight), "A weight belongs to a layer.", None, TypeError
)


class Weight:
    """One weight of a layer, as `layer.parameters["W"]` gives it.

    Its numbers may move: a model lays all that it trains into one vector. Who keeps the `Weight`
    finds them wherever they are, and so does the layer, under the name of the weight.

    Parameters
    ----------
    layer
        The layer that the weight belongs to.
    name
        The attribute of the layer that holds the numbers: "W"; the gradient is "dW".
    value
        The numbers to start from; the weight takes a copy.
    trainable
        Whether training may change the numbers. If not, as for running means, there is no gradient.
        A layer with `trainable=False` keeps all of its weights as they are.
    regularizer
        What the numbers cost, or None.

    Attributes
    ----------
    value, gradient
        The arrays as they lie now: write into them with `[...]`.

    Examples
    --------
    >>> from nnlite.layers import Dense
    >>> layer = Dense(1, kernel_initializer="ones")
    >>> layer.build((2,))
    >>> W = layer.parameters["W"]
    >>> W.trainable, W.value.shape, W.gradient.shape
    (True, (2, 1), (2, 1))
    >>> home = np.zeros((2, 1))
    >>> W.place(home, np.zeros((2, 1)))
    >>> layer.W is home, home.tolist()
    (True, [[1.0], [1.0]])
    """

    last_move: ClassVar[object] = object()
    """Another object after every move of any weight: who has seen this one need not look again."""

    @explains_its_arguments
    def __init__(
        self,
        layer: Annotated[Weighted, _layer],
        name: Text,
        value: Any,
        trainable: Flag = True,
        regularizer: Regularizer | None = None,
    ) -> None:
        self.layer, self.name = layer, name
        self.trainable, self.regularizer = trainable, regularizer
        self._value = vars(layer)[name] = np.array(as_array(value, name), order="C")
        self._gradient: Array | None = None
        if trainable:
            self._gradient = vars(layer)["d" + name] = np.zeros_like(self._value)

    @property
    def value(self) -> Array:
        """The numbers."""
        return self._value

    @property
    def gradient(self) -> Array:
        """The gradient of the loss, as the last `backprop` wrote it."""
        if self._gradient is None:
            raise attribute_error(f"The weight {self.name} is not trained: it has no gradient.")
        return self._gradient

    def place(
        self, value: Array, gradient: Array | None = None, others: Iterable[Weighted] = ()
    ) -> None:
        """Move the numbers into these arrays: from now on they are the weight and its gradient.

        Everything the layer keeps of the old arrays is exchanged, and what `others` keep that tie
        their weights to this one. Without `gradient`, that of a weight that is trained moves into
        an array of its own.
        """
        moved = [(self._value, value)]
        value[...] = self._value
        if self._gradient is not None:
            gradient = np.empty(value.shape, value.dtype) if gradient is None else gradient
            moved.append((self._gradient, gradient))
            gradient[...] = self._gradient
        for layer in (self.layer, *others):
            exchange(vars(layer), moved)
        self._value, self._gradient = value, gradient
        Weight.last_move = object()

    def __repr__(self) -> str:
        return f"<Weight {self.name} {self.value.shape} of '{self.layer.name}'>"


def exchange(kept: Any, moved: Sequence[tuple[Array, Array]], seen: set[int] | None = None) -> Any:
    """Return what is kept with new arrays in place of the old ones; `moved` has pairs of both.

    Lists and dictionaries stay the same objects; a tuple becomes another one.
    """
    seen = set() if seen is None else seen
    if isinstance(kept, np.ndarray):
        return followed(kept, moved)
    if not is_open(kept) or id(kept) in seen:
        return kept
    seen.add(id(kept))
    entries = kept.items() if isinstance(kept, dict) else enumerate(kept)
    changed = {k: new for k, old in entries if (new := exchange(old, moved, seen)) is not old}
    if changed and isinstance(kept, tuple):
        items = [changed.get(place, old) for place, old in enumerate(kept)]
        return type(kept)(*items) if hasattr(kept, "_fields") else tuple(items)
    for place, new in changed.items():
        kept[place] = new
    return kept


def followed(kept: Array, moved: Sequence[tuple[Array, Array]]) -> Array:
    """Return the new array for an old one, for a part of it the same part, else what is kept."""
    for old, new in moved:
        if kept is old:
            return new
        is_part = kept.nbytes <= old.nbytes and np.may_share_memory(kept, old)
        if is_part and kept.dtype == new.dtype:
            start = kept.ctypes.data - old.ctypes.data
            return np.ndarray(kept.shape, kept.dtype, new, start, kept.strides)
    return kept


def is_open(kept: Any) -> bool:
    """Return whether arrays in this container can be exchanged: a list, tuple or dictionary."""
    if isinstance(kept, tuple):
        return type(kept) is tuple or hasattr(kept, "_fields")
    return isinstance(kept, list | dict)


def copied(kept: Any, memo: dict[int, Any]) -> Any:
    """Return a deep copy; what cannot be copied is the same, but not the list that it is in."""
    try:
        return copy.deepcopy(kept, memo)
    except Exception:
        if not is_open(kept):
            memo[id(kept)] = kept
            return kept
    if isinstance(kept, tuple):
        items = [copied(item, memo) for item in kept]
        return type(kept)(*items) if hasattr(kept, "_fields") else tuple(items)
    # The same kind of list or dictionary, with entries of its own.
    twin = memo[id(kept)] = copy.copy(kept)
    for place, item in kept.items() if isinstance(kept, dict) else enumerate(kept):
        twin[place] = copied(item, memo)
    return twin
