"""Whatever owns weights: each is an attribute under its name, and its gradient stands beside it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Annotated, Any, Self

import numpy as np

from nnlite import initializers, regularizers
from nnlite.foundation.arguments import argument_names, explains_its_arguments
from nnlite.foundation.checks import check_name, flag
from nnlite.foundation.configuration import Configurable, snake_case
from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.ours import written_here
from nnlite.foundation.seeding import new_generator
from nnlite.foundation.shapes import ArrayShape
from nnlite.foundation.types import Array
from nnlite.given.numbers import as_numbers, check_weights
from nnlite.layers.expected import shapes_expected
from nnlite.layers.stray import own_classes
from nnlite.layers.variables import Variables
from nnlite.layers.weight import Weight


def as_name(name: str, value: Any, where: str | None) -> str:
    """Return the name of a weight, which becomes an attribute."""
    if isinstance(value, str):
        return value
    remedy = 'The name comes before the shape: self.add_weight("W", (3, 4), "he_normal").'
    raise type_error("A weight has a name, which is text.", f"{name}={told(value)}", where, remedy)


class Weighted(Configurable, Variables):
    """The half of a layer that owns weights; `Layer` computes with them.

    Reading a weight is reading a plain attribute. Writing one writes into its array, which is a
    part of the model's one vector.
    """

    # Here and in __new__, not in __init__: a user's layer may do without super().__init__().
    dtype: np.dtype[Any] = np.dtype(np.float32)
    given_dtype: np.dtype[Any] | None = None
    built: bool = False
    trainable: bool = True
    given_name: str | None = None
    chosen_name: str | None = None
    stray: str | None = None
    """Once built: what it keeps of its weights that would stay behind when they move, explained."""
    input_shape: Any
    _parameters: dict[str, Weight]
    _arrays: set[str]
    _guarded: set[str]
    keras_names: Mapping[str, str] = {}
    """What Keras calls the weights whose names are those of the lecture."""
    adjustable: tuple[str, ...] = ()
    """Of what the constructor takes, what may still be changed once the layer is built."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Start without weights."""
        self = super().__new__(cls, *args, **kwargs)
        # A class of the user's may well keep something of its own as self.kernel.
        guarded = {"trainable", *(cls.keras_names if written_here(cls) else ())}
        vars(self).update(_parameters={}, _arrays=set(), _guarded=guarded, input_shape=None)
        return self

    @property
    def name(self) -> str:
        """The layer's name: as the user gave it, else as its first model chose it."""
        return self.given_name or self.chosen_name or snake_case(type(self).__name__)

    @name.setter
    def name(self, value: str | None) -> None:
        self.given_name = check_name(value)

    @cached_property
    def rng(self) -> np.random.Generator:
        """The layer's source of random numbers: that of its model."""
        return new_generator()

    def misfit(self, rule: str, received: str, remedy: str | None = None) -> ValueError:
        """Return the error of what does not fit this layer, which it names; `raise` it.

        >>> from nnlite.layers import Dense
        >>> print(Dense(1).misfit("x must be a row.", "x of shape (2, 2)"))
        x must be a row.
        Received: x of shape (2, 2)
        Where: layer 'dense'
        """
        return value_error(rule, received, f"layer '{self.name}'", remedy)

    @explains_its_arguments
    def add_weight(
        self,
        name: Annotated[str, as_name],
        shape: ArrayShape,
        initializer: Any = "glorot_uniform",
        *,
        trainable: bool = True,
        regularizer: Any = None,
    ) -> Array:
        """Make a weight: an attribute of that name, and its gradient beside it: `W` and `dW`."""
        if {name, "d" + name} & self._arrays or hasattr(type(self), name):
            rule = "A weight needs a name that the layer does not use yet."
            raise self.misfit(rule, f"add_weight({shown(name)}, ...)")
        flag("trainable", trainable, f"layer '{self.name}'")
        expected = shapes_expected()
        if expected and not expected.holds(type(self), shape):
            rule = "A model file holds every weight, in the shape that its layer gives it."
            raise self.misfit(rule, f"no {name} of shape {shape} in the file")
        given = vars(self).pop(name, None)
        # What stands in a file need not be drawn before.
        fill = initializers.get("zeros" if expected else initializer)
        start = np.asarray(fill(shape, self.dtype, self.rng), self.dtype)
        weight = Weight(self, name, start, trainable, regularizers.get(regularizer))
        self._parameters[name] = weight
        self._arrays.update((name, "d" + name) if trainable else (name,))
        self._settle()
        # What was assigned before counts. A class of the user's own may well give a number the name
        # of the weight that it makes of it.
        if isinstance(given, np.ndarray | list | tuple) or not (given is None or own_classes(self)):
            setattr(self, name, given)
        return weight.value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._guarded:
            try:
                object.__setattr__(self, name, value)
            except AttributeError:
                found = getattr(type(self), name, None)
                if not isinstance(found, property) or found.fset is not None:
                    raise
                rule = f"{name} is what a layer says of itself: it cannot be set."
                remedy = "layer.set_weights([...]) sets numbers; what is yours needs another name."
                raise self._fixed(name, f"a {type(value).__name__}", rule, remedy) from None
        elif name == "trainable":
            object.__setattr__(self, name, flag(name, value, f"layer '{self.name}'"))
        elif name not in self._arrays:
            kind, called = type(self).__name__, self.keras_names.get(name)
            rule = f"{name} is settled once a layer is built."
            remedy = f"Make a new layer: {kind}(..., {name}=...)."
            if called:
                rule, remedy = f"The {name} of a layer is {called}.", f"layer.{called} = ..."
            elif name not in argument_names(type(self)):
                rule, remedy = f"The layer was made without {name}.", f"Make a new {kind} with it."
            raise self._fixed(name, shown(value), rule, remedy)
        # A weight's array is part of the model's one vector: assigning writes into it.
        elif value is not (numbers := vars(self)[name]):
            array = as_numbers(value, name)
            if array.shape != numbers.shape:
                rule = f"{name} keeps its shape {numbers.shape}."
                raise self.misfit(rule, f"an array of shape {array.shape}")
            numbers[...] = array

    def _settle(self) -> None:
        self.built = True
        library = next(kind for kind in type(self).__mro__ if written_here(kind))
        self._guarded |= self._arrays | settled(library)

    def _fixed(self, name: str, value: str, rule: str, remedy: str) -> AttributeError:
        return AttributeError(str(self.misfit(rule, f"layer.{name} = {value}", remedy)))

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
        apart = self._arrays | {"memory"}
        return {name: kept for name, kept in vars(self).items() if name not in apart}


@cache
def settled(kind: type[Weighted]) -> frozenset[str]:
    """Return the names that mean something to a layer of the library's only until it is built.

    What its constructor took, unless every layer takes it or it is adjustable, and its weights.
    """
    general = next(base for base in kind.__mro__ if Weighted in base.__bases__)
    told = {*argument_names(kind)} - {*argument_names(general)} - {*kind.adjustable}
    noted = [inspect.get_annotations(base).items() for base in kind.__mro__]
    return frozenset(told | {name for notes in noted for name, of in notes if of == "Array"})
