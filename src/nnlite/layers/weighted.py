"""Whatever owns weights: each is an attribute under its name, and its gradient stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from nnlite import initializers, regularizers
from nnlite.foundation.checks import check_name, flag
from nnlite.foundation.configuration import Configurable, snake_case
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.seeding import new_generator
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers, check_weights
from nnlite.layers.stray import own_classes
from nnlite.layers.variables import Variables
from nnlite.layers.weight import Weight


class Weighted(Configurable, Variables):
    """The half of a layer that owns weights; `Layer` computes with them.

    Reading a weight is reading a plain attribute. Writing one writes into its array, which is a
    part of the model's one vector.
    """

    # Here and in __new__, not in __init__: a user's layer may do without super().__init__().
    dtype: np.dtype[Any] = np.dtype(np.float32)
    built: bool = False
    trainable: bool = True
    given_name: str | None = None
    chosen_name: str | None = None
    _rng: np.random.Generator | None = None
    _stray: str | None = None
    input_shape: Any
    _parameters: dict[str, Weight]
    _guarded: set[str]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Start without weights."""
        self = super().__new__(cls, *args, **kwargs)
        vars(self).update(_parameters={}, _guarded=set(), input_shape=None)
        return self

    @property
    def name(self) -> str:
        """The layer's name: as the user gave it, else as its first model chose it."""
        return self.given_name or self.chosen_name or snake_case(type(self).__name__)

    @name.setter
    def name(self, value: str | None) -> None:
        self.given_name = check_name(value)

    @property
    def rng(self) -> np.random.Generator:
        """The layer's source of random numbers: that of its model."""
        if self._rng is None:
            self._rng = new_generator()
        return self._rng

    @rng.setter
    def rng(self, value: np.random.Generator) -> None:
        self._rng = value

    def misfit(self, rule: str, received: str, remedy: str | None = None) -> ValueError:
        """Return the error of what does not fit this layer, which it names; `raise` it.

        >>> from nnlite.layers import Dense
        >>> print(Dense(1).misfit("x must be a row.", "x of shape (2, 2)"))
        x must be a row.
        Received: x of shape (2, 2)
        Where: layer 'dense'
        """
        return value_error(rule, received, f"layer '{self.name}'", remedy)

    def add_weight(
        self,
        name: str,
        shape: Any,
        initializer: Any = "glorot_uniform",
        *,
        trainable: bool = True,
        regularizer: Any = None,
    ) -> Array:
        """Make a weight: an attribute of that name, and its gradient beside it: `W` and `dW`."""
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if {name, "d" + name} & self._guarded or hasattr(type(self), name):
            rule = "A weight needs a name that the layer does not use yet."
            raise self.misfit(rule, f"add_weight({shown(name)}, ...)")
        flag("trainable", trainable, f"layer '{self.name}'")
        given = vars(self).pop(name, None)
        start = np.asarray(initializers.get(initializer)(shape, self.dtype, self.rng), self.dtype)
        weight = Weight(self, name, start, trainable, regularizers.get(regularizer))
        self._parameters[name] = weight
        self._guarded.update((name, "d" + name) if trainable else (name,))
        self.built = True
        # What was assigned before counts. A class of the user's own may well give a number the name
        # of the weight that it makes of it.
        if isinstance(given, np.ndarray | list | tuple) or not (given is None or own_classes(self)):
            setattr(self, name, given)
        return weight.value

    def __setattr__(self, name: str, value: Any) -> None:
        # A weight's array is part of the model's one vector: assigning writes into it.
        if name not in self._guarded:
            try:
                object.__setattr__(self, name, value)
            except AttributeError:
                found = getattr(type(self), name, None)
                if not isinstance(found, property) or found.fset is not None:
                    raise
                rule = f"{name} is what a layer says of itself: it cannot be set."
                received = f"layer.{name} = a {type(value).__name__}"
                remedy = "layer.set_weights([...]) sets numbers; what is yours needs another name."
                raise AttributeError(str(self.misfit(rule, received, remedy))) from None
        elif value is not (numbers := vars(self)[name]):
            array = as_numbers(value, name)
            if array.shape != numbers.shape:
                rule = f"{name} keeps its shape {numbers.shape}."
                raise self.misfit(rule, f"an array of shape {array.shape}")
            numbers[...] = array

    @property
    def parameters(self) -> dict[str, Weight]:
        """All weights by their names, in the order they were added."""
        return self._parameters

    @property
    def trainable_parameters(self) -> list[Weight]:
        """The weights that training changes."""
        return [w for w in self._parameters.values() if w.trainable and self.trainable]

    @property
    def weights(self) -> list[Array]:
        """The numbers of all weights, in the order they were added."""
        return [weight.value for weight in self._parameters.values()]

    @property
    def trainable_weights(self) -> list[Array]:
        """The numbers that training changes."""
        return [weight.value for weight in self.trainable_parameters]

    def trainable_names(self) -> list[str]:
        """Return the names of the weights that training changes."""
        return [weight.name for weight in self.trainable_parameters]

    def get_weights(self) -> list[Array]:
        """Return copies of all weights."""
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in the order of `get_weights`."""
        check_weights(weights, self.weights, f"layer '{self.name}'")
        for view, value in zip(self.weights, weights, strict=True):
            view[...] = value

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        return sum(weight.size for weight in self.weights)

    def kept_by_forpass(self) -> dict[str, Any]:
        """Return all attributes apart from weights and gradients: what forpass keeps is there."""
        apart = self._guarded | {"memory"}
        return {name: kept for name, kept in vars(self).items() if name not in apart}

    def check_can_move(self) -> None:
        """Raise if the layer keeps a weight so that it would stay behind when the weights move."""
        if self._stray:
            raise ValueError(self._stray)
