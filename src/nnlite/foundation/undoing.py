"""What fails leaves no trace: after an error, all is as it was before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


@contextmanager
def all_or_nothing(*things: Any) -> Iterator[None]:
    """Give these objects their attributes back if an error comes: lists, random generators, too.

    >>> from types import SimpleNamespace
    >>> model = SimpleNamespace(layers=["dense"])
    >>> with all_or_nothing(model):
    ...     model.layers.append("conv2d")
    ...     model.built = 1 / 0
    Traceback (most recent call last):
        ...
    ZeroDivisionError: division by zero
    >>> model
    namespace(layers=['dense'])
    """
    before = [(thing, dict(vars(thing))) for thing in things]
    held = [value for _, attributes in before for value in attributes.values()]
    boxes = [(box, box.copy()) for box in held if isinstance(box, list | dict | set)]
    generators = [(g, g.bit_generator.state) for g in held if isinstance(g, np.random.Generator)]
    try:
        yield
    except BaseException:
        for thing, attributes in before:
            for name in vars(thing).keys() - attributes.keys():
                del vars(thing)[name]
            vars(thing).update(attributes)
        for box, content in boxes:
            box.clear()
            (box.extend if isinstance(box, list) else box.update)(content)
        for generator, state in generators:
            generator.bit_generator.state = state
        raise
