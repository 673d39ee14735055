"""One voice for every error: the rule, what was received, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def explain_error(
    rule: str, received: str | None = None, where: str | None = None, remedy: str | None = None
) -> str:
    """Compose an error text.

    >>> print(explain_error("units must be a positive integer.", "units=-1", "layer 'dense'",
    ...                     "Write Dense(10)."))
    units must be a positive integer.
    Received: units=-1
    Where: layer 'dense'
    Remedy: Write Dense(10).
    """
    parts = {"": rule, "Received: ": received, "Where: ": where, "Remedy: ": remedy}
    return "\n".join(name + shortened(text, 1000) for name, text in parts.items() if text)


def shortened(text: str, most: int = 200) -> str:
    """Return a text; of one that is longer than `most`, its beginning and end.

    >>> shortened("from the beginning to the end", 20)
    'from the  …  the end'
    """
    return text if len(text) <= most else f"{text[: most - 11]} … {text[-8:]}"


def value_error(
    rule: str, received: str | None = None, where: str | None = None, remedy: str | None = None
) -> ValueError:
    """Return the error of a value that cannot be right."""
    return ValueError(explain_error(rule, received, where, remedy))


def type_error(
    rule: str, received: str | None = None, where: str | None = None, remedy: str | None = None
) -> TypeError:
    """Return the error of a thing of the wrong kind."""
    return TypeError(explain_error(rule, received, where, remedy))


def attribute_error(
    rule: str, received: str | None = None, where: str | None = None, remedy: str | None = None
) -> AttributeError:
    """Return the error of a name that is not there."""
    # With an obj, even this one, Python does not append a guess of its own to the remedy.
    return AttributeError(explain_error(rule, received, where, remedy), obj=None)


def shown(value: Any) -> str:
    """Return a value as it is written in code, shortened; of what cannot be, its type.

    >>> shown([1, "x"]), len(shown("x" * 1000))
    ("[1, 'x']", 200)
    """
    try:
        return shortened(repr(value))
    except Exception:
        return f"<{type(value).__name__} object>"


def must_define(of: object, method: str) -> TypeError:
    """Return the error of a base class that leaves a method to its subclasses.

    >>> print(must_define(3, "forpass(x)"))
    int must define forpass(x).
    Received: an object of class int, without it
    """
    foreign = next((name for name in ("call", "forward") if hasattr(type(of), name)), None)
    remedy = f"Rename {foreign} to forpass, and write backprop(grad) beside it: see Layer."
    rule = f"{type(of).__name__} must define {method}."
    received = f"an object of class {type(of).__name__}, without it"
    return type_error(
        rule, received, remedy=remedy if foreign and method.startswith("forpass") else None
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, if one does.

    >>> nearest("rleu", ["relu", "sigmoid"]), nearest("Mean Squared Error", ["mean_squared_error"])
    ('relu', 'mean_squared_error')
    """
    # Of names that differ in case and underscores only, the lower-case one is proposed.
    by_letters = {_letters(k): k for k in sorted(known, key=str.swapcase, reverse=True)}
    found = difflib.get_close_matches(_letters(name), by_letters, n=1, cutoff=0.6)
    return by_letters[found[0]] if found else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return `known[name]`, or raise a ValueError that lists the known names and the nearest."""
    if name in known:
        return known[name]
    if name.lower() in known:
        return known[name.lower()]
    guess = nearest(name, known)
    remedy = f'Did you mean "{guess}"?' if guess else "Choose one of the known names."
    raise value_error(f"Unknown {kind}. Known: {listed(known)}.", shown(name), None, remedy)


def listed(names: Iterable[str]) -> str:
    """Return the names in alphabetic order; of `Adam` and `adam`, only the second.

    >>> listed(["sgd", "Adam", "adam"])
    'adam, sgd'
    """
    by_letters = {_letters(name): name for name in sorted(names)}
    return ", ".join(sorted(by_letters.values()))


def told(value: Any) -> str:
    """Return a value with its type, as an error tells it.

    >>> told("3"), told(int)
    ("'3' (str)", "<class 'int'> (a class)")
    """
    if isinstance(value, type):
        return f"{shown(value)} (a class)"
    if getattr(value, "ndim", 0):
        return f"an array of shape {tuple(value.shape)} ({type(value).__name__})"
    return f"{shown(value)} ({type(value).__name__})"
