"""What a user gives as data: made into arrays, checked, and cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import nearest, shown, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.numbers import as_numbers, cast
from nnlite.given.rows import Rows, made_ready
from nnlite.kernels.memory import aligned


class Data:
    """Samples: a list of inputs, a list of targets, and a weight for each sample or None.

    With `kept`, nobody may write into these arrays by way of a batch: batches are copies.
    """

    def __init__(
        self,
        x: Sequence[Array | Rows],
        y: Sequence[Array | Rows],
        weights: Array | None = None,
        kept: bool = False,
    ) -> None:
        self.x, self.y, self.weights, self.kept = x, y, weights, kept
        self.size = len(x[0])

    def batches(
        self, batch_size: int, order: Array | None = None, reuse: bool = False
    ) -> Iterator[tuple[list[Array], list[Array], Array | None]]:
        """Yield batches in that order; the last may be smaller.

        Without an order a batch is a view of the data, or a copy where they are `kept`. With
        `reuse`, all batches are gathered into the same memory: each is valid until the next.
        """
        arrays = [*self.x, *self.y, *([] if self.weights is None else [self.weights])]
        inputs, targets = len(self.x), len(self.x) + len(self.y)
        takers = [_taker(a, order is not None, batch_size if reuse else 0) for a in arrays]
        for start in range(0, self.size, batch_size):
            part = slice(start, start + batch_size)
            rows = part if order is None else order[part]
            taken = [take(rows) for take in takers]
            if self.kept and order is None:
                taken[:inputs] = map(np.array, taken[:inputs])
            weights = taken[targets] if len(taken) > targets else None
            yield taken[:inputs], taken[inputs:targets], weights

    def batch_size(self, wanted: int) -> int:
        """Return how many samples are in a batch."""
        return wanted

    def shuffled(self, rng: np.random.Generator) -> Array | None:
        """Return a new order of the samples; None takes them as they come."""
        # The numbers that `rng.permutation` gives, but small ones for what fills the memory.
        in_file = any(isinstance(array, Rows) for array in (*self.x, *self.y))
        order = np.arange(self.size, dtype=np.int32 if in_file and self.size < 2**31 else np.int64)
        rng.shuffle(order)
        return order

    def steps(self, batch_size: int) -> int | None:
        """Return how many batches make an epoch; None if nobody knows."""
        return -(-self.size // batch_size)

    def whole(self, batch_size: int) -> Any:
        """Return all batches, where they need to be cut only once: for a single one."""
        return [self.all()] if self.size <= batch_size and not self.kept else None

    def known(self, batch_size: int) -> Iterator[tuple[list[Array], list[Array], Array | None]]:
        """Yield batches of what is here already: of data that come in batches, of the first."""
        return Data.batches(self, batch_size)

    def all(self) -> tuple[list[Array], list[Array], Array | None]:
        """Return all samples as one batch."""
        return next(self.known(self.size))

    def split(self, share: float) -> tuple[Data, Data]:
        """Return the first samples and the last, `share` of them, as Keras does for validation."""
        checked_number("validation_split", share, least=0, below=1)
        at = int(self.size * (1 - share))
        if not 0 < at < self.size:
            rule = "validation_split must leave samples on both sides."
            received = f"validation_split={shown(share)} of {self.size} samples"
            remedy = "validation_split=0.2 watches the last fifth of the samples."
            raise value_error(rule, received, None, remedy)

        def cut(part: slice) -> Data:
            weights = None if self.weights is None else self.weights[part]
            return Data([x[part] for x in self.x], [y[part] for y in self.y], weights, self.kept)

        return cut(slice(None, at)), cut(slice(at, None))


def _taker(array: Array | Rows, gathers: bool, reused: int) -> Callable[[Any], Array]:
    """Return what takes a batch: a slice, or rows gathered in memory for `reused` of them."""
    if isinstance(array, Rows):
        return lambda rows: array[rows].ready()
    if not gathers:
        return array.__getitem__
    if not reused:
        return lambda rows: array.take(rows, 0)
    memory = aligned((reused, *array.shape[1:]), array.dtype)
    # mode="clip" lets take write straight into the memory; the rows are all in range.
    return lambda rows: array.take(rows, 0, memory[: len(rows)], "clip")


def as_list(data: Any, names: Sequence[str], what: str, size: int = 1) -> list[Any]:
    """Return one entry for each input or output, from an array, a list or a dictionary of them.

    For a single output, a list of one array of `size` numbers is that array.
    """
    if isinstance(data, Mapping):
        for name in names:
            if name not in data:
                raise _without(name, data, names, what)
        return [data[name] for name in names]
    if len(names) == 1:
        single = isinstance(data, list | tuple) and len(data) == 1 and np.ndim(data[0]) > 0
        whole = single and (np.ndim(data[0]) > 1 or len(data[0]) == size > 1)
        return [data[0] if whole and hasattr(data[0], "shape") else data]
    if not isinstance(data, list | tuple) or len(data) != len(names):
        count = f" of {len(data)}" if isinstance(data, list | tuple) else ""
        rule = f"The model has {len(names)} {what}s: {', '.join(names)}. "
        rule += "Give a list of as many arrays, or a dictionary."
        raise value_error(rule, f"a {type(data).__name__}{count}")
    return list(data)


def one_or_list(entries: list[Any]) -> Any:
    """Return what `as_list` took apart: a single entry as it is, several as a list.

    >>> one_or_list([3]), one_or_list([3, 4])
    (3, [3, 4])
    """
    return entries if len(entries) > 1 else entries[0]


def as_validation(given: Any) -> tuple[Any, Any, Any]:
    """Return x, y and the weights of samples that are only watched, or explain."""
    several = isinstance(given, list | tuple)
    if not several or len(given) not in (2, 3):
        received = type(given).__name__ + (f" of {len(given)}" if several else "")
        rule = "validation_data must be (x, y) or (x, y, sample_weight)."
        raise value_error(rule, received, remedy="validation_data=(x_test, y_test)")
    x, y, *weight = given
    return x, y, weight[0] if weight else None


def _without(name: str, data: Mapping[str, Any], names: Sequence[str], what: str) -> ValueError:
    """Return the error of a dictionary without an entry of that name."""
    words = [key if isinstance(key, str) else shown(key) for key in data]
    others = [word for word in words if word not in names]
    guess = nearest(name, others) or next(iter(others), None)
    remedy = f"Rename {guess!r} to {name!r}, or the layer with name={guess!r}."
    rule = f"A dictionary of data has one entry for each {what} of the model: {', '.join(names)}."
    received = f"the keys {', '.join(map(shown, data)) or 'none'}"
    return value_error(rule, received, None, remedy if guess else f"Add {name!r}.")


def as_input(data: Any, shape: Shape, dtype: Any, name: str, where: str) -> Array | Rows:
    """Return the data of one input, checked against the shape that the model's layer takes.

    >>> as_input([[1, 2], [3, 4]], (2,), "float32", "x", "layer 'dense'").dtype
    dtype('float32')
    """
    array = as_numbers(data, name)
    if array.size == 0:
        remedy = f"Look at what chose the rows: print({name}.shape) after each step."
        received = f"{name} of shape {array.shape}"
        raise value_error(f"{name} must not be empty.", received, where, remedy)
    wanted = ", ".join(["n", *map(str, shape)])
    if shape == (1,) and array.ndim == 1:
        array = array.reshape(-1, 1)
    if array.shape[1:] != shape:
        rule = f"The model takes samples of shape {shape}: {name} must have shape ({wanted})."
        remedy = _remedy_for_input(array, shape, name)
        raise value_error(rule, f"{name} of shape {array.shape}", where, remedy)
    return made_ready(array, data, lambda rows, given: cast(rows, dtype, name, given))


def _remedy_for_input(array: Array, shape: Shape, name: str) -> str:
    sample, numbers = array.shape[1:], ", ".join(map(str, shape))
    if array.shape == shape:
        remedy = f"A single sample is a batch of one: np.reshape({name}, (1, {numbers}))."
        several = f" If these are {shape[0]} samples, write input_shape={shape[1:]}."
        return remedy + several * (len(shape) > 1)
    if sample == shape[:-1] and shape[-1] == 1:
        return f"For grey images write {name}[..., None]: one channel."
    if array.shape[2:] == shape:
        return "The model has one input: give one array, not a list of them."
    if array.ndim > 1 and int(np.prod(sample)) == int(np.prod(shape)):
        return f"{name}.reshape(-1, {numbers}) holds the same numbers."
    if array.ndim == 2 and array.shape[:1] == shape:
        return f"Samples are rows: {name}.T turns columns into rows."
    if len(shape) == 1 and array.ndim == 2:
        return f"Give {name} {shape[0]} columns, or the first layer input_shape=({sample[0]},)."
    if array.ndim == 1:
        remedy = f"{name} holds one number per sample: give it the other columns, "
        return remedy + "or the first layer input_shape=(1,)."
    if array.ndim == 0:
        return f"A table has a row for each sample: [[{', '.join(['0.0'] * min(shape[0], 3))}]]."
    return f"Reshape {name}, or make the model for samples of shape {sample}."


def check_lengths(x: Sequence[Array | Rows], y: Sequence[Array] = ()) -> None:
    """Raise unless all inputs and targets have the same number of samples."""
    if len({array.shape[:1] for array in [*x, *y]}) > 1:
        rule = f"{'x and y' if y else 'All inputs'} must have the same number of samples."
        shapes = {"x": [str(a.shape) for a in x], "y": [str(a.shape) for a in y]}
        parts = [f"{name} of shape {', '.join(each)}" for name, each in shapes.items() if each]
        rows = f"The rows of {'x and y' if y else 'the inputs'} belong together one by one"
        raise value_error(rule, "; ".join(parts), None, f"{rows}: check how they were cut.")


def unpaired(y_true: Any, y_pred: Array, where: str | None = None) -> ValueError:
    """Return the error for truth and predictions of different lengths, or of none."""
    rule = "y_true and y_pred must have the same number of samples, one sample at least."
    shape = np.shape(peek(y_true, "y_true"))
    return value_error(rule, f"y_true of shape {shape}, y_pred of shape {y_pred.shape}", where)


def peek(data: Any, name: str) -> Any:
    """Return the data as an array, only to look at its shape."""
    return data if hasattr(data, "shape") else as_numbers(data, name)
