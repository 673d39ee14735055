"""What a user gives as data: made into arrays, checked, and cut into batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .checks import checked_number
from .errors import explain_error, nearest, told
from .numeric import as_numbers, cast, check_kind
from .types import Array, Shape


class Data:
    """Samples: a list of inputs, a list of targets, and a weight for each sample or None."""

    def __init__(self, x: list[Array], y: list[Array], weights: Array | None = None) -> None:
        self.x, self.y, self.weights = x, y, weights
        self.size = len(x[0])

    def batches(
        self, batch_size: int, order: Array | None = None, reuse: bool = False
    ) -> Iterator[tuple[list[Array], list[Array], Array | None]]:
        """Yield batches in that order; the last may be smaller.

        Without an order a batch is a view of the data. With `reuse`, all batches are gathered into
        the same memory: each is valid until the next.
        """
        if order is None:
            for start in range(0, self.size, batch_size):
                part = slice(start, start + batch_size)
                weights = None if self.weights is None else self.weights[part]
                yield [x[part] for x in self.x], [y[part] for y in self.y], weights
            return
        arrays = [*self.x, *self.y, *([] if self.weights is None else [self.weights])]
        memory = [np.empty((batch_size, *a.shape[1:]), a.dtype) for a in arrays]
        inputs, targets = len(self.x), len(self.x) + len(self.y)
        for start in range(0, self.size, batch_size):
            rows = order[start : start + batch_size]
            if not reuse:
                memory = [np.empty((batch_size, *a.shape[1:]), a.dtype) for a in arrays]
            # mode="clip" lets take write straight into `out`; the rows are all in range.
            taken = [
                a.take(rows, 0, out if len(rows) == batch_size else out[: len(rows)], "clip")
                for a, out in zip(arrays, memory, strict=True)
            ]
            weights = taken[targets] if len(taken) > targets else None
            yield taken[:inputs], taken[inputs:targets], weights

    def split(self, share: float) -> tuple[Data, Data]:
        """Return the first samples and the last, `share` of them, as Keras does for validation."""
        checked_number("validation_split", share, least=0, below=1)
        at = int(self.size * (1 - share))
        if not 0 < at < self.size:
            raise ValueError(
                explain_error(
                    "validation_split must leave samples on both sides.",
                    f"validation_split={share!r} of {self.size} samples",
                    remedy="validation_split=0.2 watches the last fifth of the samples.",
                )
            )

        def cut(part: slice) -> Data:
            weights = None if self.weights is None else self.weights[part]
            return Data([x[part] for x in self.x], [y[part] for y in self.y], weights)

        return cut(slice(None, at)), cut(slice(at, None))


def as_list(data: Any, names: Sequence[str], what: str, size: int = 1) -> list[Any]:
    """Return one entry for each input or output, from an array, a list or a dictionary of them.

    For a single output, a list of one array of `size` numbers is that array.
    """
    if isinstance(data, Mapping):
        return [_entry(data, name, names, what) for name in names]
    if len(names) == 1:
        single = isinstance(data, list | tuple) and len(data) == 1 and np.ndim(data[0]) > 0
        whole = single and (np.ndim(data[0]) > 1 or len(data[0]) == size > 1)
        return [data[0] if whole and hasattr(data[0], "shape") else data]
    if not isinstance(data, list | tuple) or len(data) != len(names):
        count = f" of {len(data)}" if isinstance(data, list | tuple) else ""
        raise ValueError(
            explain_error(
                f"The model has {len(names)} {what}s: {', '.join(names)}. "
                "Give a list of as many arrays, or a dictionary.",
                f"a {type(data).__name__}{count}",
            )
        )
    return list(data)


def one_or_list(entries: list[Any]) -> Any:
    """Return what `as_list` took apart: a single entry as it is, several as a list.

    >>> one_or_list([3]), one_or_list([3, 4])
    (3, [3, 4])
    """
    return entries if len(entries) > 1 else entries[0]


def _entry(data: Mapping[str, Any], name: str, names: Sequence[str], what: str) -> Any:
    if name in data:
        return data[name]
    others = [str(key) for key in data if key not in names]
    guess = nearest(name, others)
    raise ValueError(
        explain_error(
            f"A dictionary of data has one entry for each {what} of the model: {', '.join(names)}.",
            f"the keys {', '.join(map(repr, data)) or 'none'}",
            remedy=f"Rename {guess!r} to {name!r}, or the layer with name={guess!r}."
            if guess or (others and (guess := others[0]))
            else f"Add {name!r}.",
        )
    )


def as_input(data: Any, shape: Shape, dtype: Any, name: str, where: str) -> Array:
    """Return the data of one input, checked against the shape that the model's layer takes.

    >>> as_input([[1, 2], [3, 4]], (2,), "float32", "x", "layer 'dense'").dtype
    dtype('float32')
    """
    array = as_numbers(data, name)
    if array.size == 0:
        raise ValueError(
            explain_error(f"{name} must not be empty.", f"{name} of shape {array.shape}", where)
        )
    wanted = ", ".join(["n", *map(str, shape)])
    if shape == (1,) and array.ndim == 1:
        array = array.reshape(-1, 1)
    if array.shape[1:] != shape:
        raise ValueError(
            explain_error(
                f"The model takes samples of shape {shape}: {name} must have shape ({wanted}).",
                f"{name} of shape {array.shape}",
                where,
                _remedy_for_input(array, shape, name),
            )
        )
    return cast(array, dtype, name, data)


def _remedy_for_input(array: Array, shape: Shape, name: str) -> str:
    sample = array.shape[1:]
    numbers = ", ".join(map(str, shape))
    if array.shape == shape:
        remedy = f"A single sample is a batch of one: np.reshape({name}, (1, {numbers}))."
        if len(shape) > 1:
            remedy += f" If these are {shape[0]} samples, write input_shape={shape[1:]}."
        return remedy
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
        return (
            f"{name} holds one number per sample: give it the other columns, "
            "or the first layer input_shape=(1,)."
        )
    if array.ndim == 0:
        return f"A table has a row for each sample: [[{', '.join(['0.0'] * min(shape[0], 3))}]]."
    return f"Reshape {name}, or make the model for samples of shape {sample}."


def check_lengths(x: Sequence[Array], y: Sequence[Array]) -> None:
    """Raise unless all inputs and targets have the same number of samples."""
    lengths = {len(array) for array in [*x, *y]}
    if len(lengths) > 1:
        raise ValueError(
            explain_error(
                "x and y must have the same number of samples.",
                "x of shape "
                + ", ".join(str(a.shape) for a in x)
                + "; y of shape "
                + ", ".join(str(a.shape) for a in y),
                remedy="The rows of x and y belong together one by one: check how they were cut.",
            )
        )


def as_sample_weights(
    sample_weight: Any, class_weight: Mapping[int, float] | None, y: Array, size: int, dtype: Any
) -> Array | None:
    """Return a weight for each sample, from its own and its class's."""
    if sample_weight is None and class_weight is None:
        return None
    weights = np.ones(size, dtype)
    if sample_weight is not None:
        weights *= weight_for_each(sample_weight, size, dtype)
    if class_weight is not None:
        if not isinstance(class_weight, Mapping):
            raise TypeError(
                explain_error(
                    "class_weight must be a dictionary from class numbers to weights.",
                    told(class_weight),
                    remedy="class_weight={0: 1.0, 1: 5.0} makes class 1 count five times.",
                )
            )
        labels = y.argmax(axis=-1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(size)
        known = np.zeros(size, bool)
        for label, factor in class_weight.items():
            checked_number(f"class_weight[{label!r}]", factor, least=0)
            weights[labels == label] *= factor
            known |= labels == label
        if not known.all():
            raise ValueError(
                explain_error(
                    "class_weight must have a weight for every class in y.",
                    f"class_weight={dict(class_weight)!r}, "
                    f"y has a sample of class {labels[int(np.argmin(known))]:g}",
                    remedy="The keys are class numbers, not text."
                    if any(isinstance(key, str) for key in class_weight)
                    else None,
                )
            )
    return weights


def weight_for_each(sample_weight: Any, size: int, dtype: Any) -> Array:
    """Return the weights of the samples as one number for each."""
    weights = cast(as_numbers(sample_weight, "sample_weight"), dtype, "sample_weight")
    if weights.shape not in ((size,), (size, 1)):
        raise ValueError(
            explain_error(
                "sample_weight must have one number for each sample.",
                f"sample_weight of shape {weights.shape} for {size} samples",
            )
        )
    return weights.reshape(size)


def peek(data: Any, name: str) -> Any:
    """Return the data as an array, only to look at its shape."""
    check_kind(data, name)
    if hasattr(data, "shape"):
        return data
    try:
        return np.asarray(data)
    except ValueError:
        return as_numbers(data, name)
