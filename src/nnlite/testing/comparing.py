"""Two models side by side, on the same samples: at which layer do their numbers part?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlite.foundation.checks import checked_number
from nnlite.foundation.errors import told, type_error
from nnlite.foundation.types import Array
from nnlite.models import Model
from nnlite.testing.report import number, place_text
from nnlite.testing.stages import Stage, stages, stages_of


@dataclass(frozen=True, repr=False)
class Meeting:
    """What `compare` found: the layers that agree, and the first two that do not.

    It prints as a table, and is true if the models agree to the end.
    """

    agree: Sequence[tuple[Stage, Stage]]
    part: tuple[Stage | None, Stage | None] | None
    tolerance: float
    reason: str = field(default="")

    @property
    def passed(self) -> bool:
        """Whether the models agree to the end."""
        return self.part is None

    @property
    def layer(self) -> str | None:
        """The name of the first layer of the model that differs; None if none does."""
        stages = [stage for stage in self.part or () if stage is not None]
        return stages[0].name if stages else None

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        pairs = [(str(a), str(b), f"{difference(a, b):.1e}  ok") for a, b in self.agree]
        if self.part is not None:
            a, b = self.part
            far = f"{difference(a, b):.1e}  HERE" if a and b else "HERE"
            pairs.append((str(a or "–"), str(b or "–"), far))
        widths = [max(len(row[column]) for row in pairs) for column in (0, 1)] if pairs else [0, 0]
        lines = [f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {far}" for a, b, far in pairs]
        verdict = "The models agree" if self.passed else f"The models part at {self.layer}"
        title = f"{verdict} (differences relative to the largest output, tolerance "
        title += f"{self.tolerance:.0e})"
        return "\n".join([title, "", *lines, *(["", self.reason] if self.reason else [])])

    __repr__ = __str__


def compare(model: Model, other: Any, x: Any, tolerance: float = 1e-5) -> Meeting:
    """Find the first layer where two models part, on the same samples.

    The layers of both are gone through in their order. Layers that one model alone has, such as a
    dropout, or an activation that is a part of a layer in the other, are passed over if a later
    one agrees.

    Parameters
    ----------
    model
        A model of ours.
    other
        Another one, or a model of Keras.
    x
        Samples, as for `predict`.
    tolerance
        How far the outputs of two layers may differ, relative to the largest.

    Returns
    -------
    Meeting
        With `.passed` and `.layer`; printed, it is a table that says what differs.

    Examples
    --------
    >>> from nnlite import Sequential
    >>> from nnlite.layers import Dense
    >>> def make(g):
    ...     layers = [Dense(2, input_shape=(3,), name="a"), Dense(2, activation=g, name="b")]
    ...     return Sequential(layers, seed=0)
    >>> compare(make("tanh"), make("sigmoid"), np.ones((2, 3)))
    The models part at b (differences relative to the largest output, tolerance 1e-05)
    <BLANKLINE>
      a (Dense)  a (Dense)  0.0e+00  ok
      b (Dense)  b (Dense)  ...  HERE
    <BLANKLINE>
    At [0, 1], one says -0.6..., the other 0.3... Weights are the same. activation: 'tanh' and ...
    """
    if not isinstance(model, Model):
        raise type_error("compare takes a model of nnlite first.", told(model))
    checked_number("tolerance", tolerance, above=0)
    inputs = model.checked_inputs(x)
    ours, theirs = list(stages_of(model, inputs)), list(stages(other, inputs))
    agree: list[tuple[Stage, Stage]] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        # Layers without a partner stand in one of the models.
        pairs = [(i, j + q) for q in range(len(theirs) - j)]
        pairs += [(i + p, j) for p in range(1, len(ours) - i)]
        near = [(p, q) for p, q in pairs if difference(ours[p], theirs[q]) <= tolerance]
        if not near:
            part = ours[i], theirs[j]
            return Meeting(agree, part, tolerance, what_differs(*part))
        i, j = min(near, key=sum)
        agree.append((ours[i], theirs[j]))
        i, j = i + 1, j + 1
    rest = [*with_effect(ours, i)], [*with_effect(theirs, j)]
    if not any(rest):
        return Meeting(agree, None, tolerance)
    longer = "the first model" if rest[0] else "the second model"
    goes_on = next(iter(rest[0]), None), next(iter(rest[1]), None)
    return Meeting(agree, goes_on, tolerance, f"Only {longer} goes on.")


def with_effect(stages: Sequence[Stage], place: int) -> Iterator[Stage]:
    """Yield the layers from this place on, up to the last that changes anything."""
    before = stages[place - 1].output if place else None
    changed = [n for n, s in enumerate(stages) if n >= place and not _same(s.output, before)]
    yield from stages[place : max(changed, default=-1) + 1]


def _same(a: Array, b: Array | None) -> bool:
    return b is not None and np.array_equal(a, b)


def difference(a: Stage, b: Stage) -> float:
    """Return the largest difference of two outputs, relative to the largest number in them."""
    if a.output.shape != b.output.shape:
        return float("inf")
    if a.output.size == 0 or np.array_equal(a.output, b.output, equal_nan=True):
        return 0.0
    with np.errstate(all="ignore"):
        far = np.abs(np.float64(a.output) - b.output).max()
        relative = float(far / max(np.abs(a.output).max(), np.abs(b.output).max()))
    return relative if np.isfinite(relative) else float("inf")


def what_differs(a: Stage, b: Stage) -> str:
    """Say where outputs differ most, and what about the layers may be the cause."""
    if a.output.shape != b.output.shape:
        found = [f"Their outputs have the shapes {a.output.shape} and {b.output.shape}."]
    else:
        with np.errstate(all="ignore"):
            far = np.nan_to_num(np.abs(np.float64(a.output) - b.output), nan=np.inf)
        place = np.unravel_index(far.argmax(), far.shape)
        said = number(float(a.output[place])), number(float(b.output[place]))
        found = [f"At {place_text(place)}, one says {said[0]}, the other {said[1]}."]
    shapes = [weight.shape for weight in a.weights], [weight.shape for weight in b.weights]
    if shapes[0] != shapes[1]:
        found.append(f"Weights have the shapes {shapes[0]} and {shapes[1]}.")
    elif shapes[0]:
        pairs = list(zip(a.weights, b.weights, strict=True))
        apart = [f"{n}" for n, (v, w) in enumerate(pairs) if not np.allclose(v, w, 1e-6, 1e-7)]
        same = "Weights are the same."
        found.append(f"get_weights() differs at {', '.join(apart)}." if apart else same)
    for name in a.config:
        mine, its = plain(a.config[name]), plain(b.config.get(name, a.config[name]))
        if mine != its and not name.endswith(("name", "initializer", "regularizer", "format")):
            found.append(f"{name}: {mine!r} and {its!r}.")
    return " ".join(found)


def plain(value: Any) -> Any:
    """Return a setting so that it can be compared: pairs as lists, activations by their names.

    >>> plain((2, 2)), plain(2), plain({"class_name": "Relu", "config": {}}), plain("Relu")
    (2, 2, 'relu', 'relu')
    """
    if isinstance(value, Mapping) and "class_name" in value:
        value = value["class_name"]
    if isinstance(value, list | tuple):
        return plain(value[0]) if len({*map(str, value)}) == 1 else [*map(plain, value)]
    return value.lower() if isinstance(value, str) else value
