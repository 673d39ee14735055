"""What a call may be given: the types of the arguments say it, and who calls it wrong is told.

The type of an argument may hold a check, `Annotated[bool, flag]`: it is applied before the body
runs, which then only has to keep what it was given. The checks stand in `checks`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar, get_type_hints

from nnlite.foundation.errors import nearest, shown, type_error
from nnlite.foundation.ours import written_here

T = TypeVar("T")
P = ParamSpec("P")

Check = Callable[[str, Any, str | None], Any]
"""Takes an argument's name, what was given for it, and where; returns what is kept, or raises."""


ELSEWHERE_CALLED = {
    "alpha": "l2",
    "init": "kernel_initializer",
    "learning_rate_init": "learning_rate",
    "max_iter": "epochs",
    "out_channels": "filters",
    "out_features": "units",
    "output_dim": "units",
    "p": "rate",
    "solver": "optimizer",
}
"""What scikit-learn's networks, PyTorch and older Keras call an argument, and ours."""


class ExplainsItsArguments(type):
    """The type of classes whose constructors check what they take, and explain what they do not.

    If a method of a base class does so, what the library puts in its place does, too. If a class
    has a `noun`, as "layer", errors name the object: layer 'dense'.
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> ExplainsItsArguments:
        """Make a class."""
        for method, written in namespace.items():
            told = [getattr(getattr(base, method, None), "declared_by", None) for base in bases]
            declared_by = next(filter(None, told), None)
            if method == "__init__":
                namespace[method] = explains_its_arguments(written)
            elif declared_by and inspect.isfunction(written) and written_here(written):
                namespace[method] = explains_its_arguments(written, declared_by)
        return super().__new__(cls, name, bases, namespace, **options)


def explains_its_arguments(
    method: Callable[P, T], declared_by: Callable[..., Any] | None = None
) -> Callable[P, T]:
    """Make a method check its arguments by their types, and say what it takes.

    The types may be those of another one, `declared_by`, in whose place it stands.
    """
    checks: list[tuple[str, int, Any, Check]] | None = None

    @wraps(method)
    def explaining(*args: Any, **kwargs: Any) -> T:
        nonlocal checks
        if checks is None:
            checks = checks_of(method, declared_by)
        given, where = list(args), place(method.__name__, args, kwargs) if checks else None
        try:
            for name, position, default, check in checks:
                if position < len(given):
                    given[position] = check(name, given[position], where)
                elif name in kwargs or default is not inspect.Parameter.empty:
                    kwargs[name] = check(name, kwargs.get(name, default), where)
            return method(*given, **kwargs)
        except TypeError:
            explained = explain_call(explaining, args, kwargs)
            if explained is None:
                raise
        raise explained

    vars(explaining)["declared_by"] = declared_by or method
    return explaining


def checks_of(
    method: Callable[..., Any], declared_by: Callable[..., Any] | None = None
) -> list[tuple[str, int, Any, Check]]:
    """Return the checks in the types of the arguments: name, place, default, and the check."""
    found = []
    inherited = inspect.signature(declared_by).parameters if declared_by else {}
    for position, argument in enumerate(inspect.signature(method).parameters.values()):
        held = getattr(type_of(argument, method), "__metadata__", ())
        if not held and declared_by and argument.name in inherited:
            declared = type_of(inherited[argument.name], declared_by)
            held = getattr(declared, "__metadata__", ())
        if held and callable(held[0]):
            position = sys.maxsize if argument.kind is argument.KEYWORD_ONLY else position
            found.append((argument.name, position, argument.default, held[0]))
    return found


def type_of(argument: inspect.Parameter, method: Callable[..., Any]) -> Any:
    """Return the type that the argument of a method is said to have; None if it says nothing.

    Words that users write as types of their own arguments may mean nothing, and others mean
    something to programs alone that look for mistakes in types.
    """
    alone = SimpleNamespace(__annotations__={argument.name: argument.annotation})
    names = inspect.unwrap(method).__globals__
    with suppress(Exception):
        return get_type_hints(alone, names, include_extras=True)[argument.name]
    return None


def place(method: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> str | None:
    """Return how an error names the place: layer 'dense', else the method that was called."""
    owner: Any = args[0] if args else None
    noun = getattr(type(owner), "noun", None)
    if method != "__init__":
        return f"{noun} '{owner.name}'" if noun else method
    name = options.get("name")
    return noun and f"{noun} '{name if isinstance(name, str) and name else owner.name}'"


def constructors(of: type) -> list[Callable[..., Any]]:
    """Return the constructors that see the options of a call: the class's own, its base's, …"""
    found: list[Callable[..., Any]] = []
    for base in of.__mro__:
        if "__init__" in vars(base):
            found.append(vars(base)["__init__"])
            if inspect.Parameter.VAR_KEYWORD not in {p.kind for p in parameters(found[-1])}:
                break
    return found


def parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a method, without self."""
    return list(inspect.signature(method).parameters.values())[1:]


def argument_names(of: type) -> list[str]:
    """Return every argument that a class takes, also those its constructor hands on to its base."""
    names: set[str] = set()
    demanded = True
    for constructor in constructors(of):
        given = {p.kind for p in parameters(constructor)}
        own = [p for p in parameters(constructor) if not p.kind.name.startswith("VAR_")]
        names.update(p.name for p in own if demanded or p.default is not p.empty)
        # What a base demands, the class itself has given, unless it has `*args`.
        demanded = demanded and inspect.Parameter.VAR_POSITIONAL in given
    return sorted(names)


def explain_call(
    method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> TypeError | None:
    """Return a TypeError that lists the arguments, if the method cannot take these."""
    signature = inspect.signature(method)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        problem = str(error)
    else:
        return None
    owner, called = method.__name__, True
    names = [name for name in signature.parameters if name not in ("self", "cls", "model")]
    if owner == "__init__":
        classes = type(args[0]).__mro__
        asked = next((c for c in classes if method in constructors(c)), classes[0])
        owner, names = asked.__name__, argument_names(asked)
        called = constructors(asked)[0] is method
        lost = {n for n in kwargs if n not in names and n in argument_names(asked.__mro__[1])}
        if lost and not written_here(asked):
            first = min(lost)
            remedy = "Let the constructor take **options, for super().__init__(**options)."
            return type_error(takes(owner, names), f"{first}={shown(kwargs[first])}", None, remedy)
    # A name like several is most likely meant for the class, not for its base.
    own = [name for name in signature.parameters if name in names]
    refused = unknown_argument(owner, kwargs, names, own)
    if refused or not called:
        return refused
    received = "with" if "too many" in problem or "multiple" in problem else "that is"
    return type_error(takes(owner, names), f"a call {received} {problem}")


def unknown_argument(
    owner: str, given: Mapping[str, Any], known: Sequence[str], own: Sequence[str] = ()
) -> TypeError | None:
    """Return a TypeError that names the first argument that is not known, and the nearest known."""
    name = next((name for name in given if name not in known), None)
    if name is None:
        return None
    meant = ELSEWHERE_CALLED.get(name)
    guess = meant if meant in known else nearest(name, own) or nearest(name, known)
    remedy = f"Did you mean {guess}=?" if guess else f"Leave out {name}=."
    return type_error(takes(owner, sorted(known)), f"{name}={shown(given[name])}", None, remedy)


def reason_against(function: Callable[..., Any], count: int) -> str | None:
    """Return why a function cannot be called with so many arguments; None if it can.

    >>> reason_against(lambda epoch: None, 2), reason_against(max, 2)
    ('too many positional arguments', None)
    """
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError as error:
        return str(error)
    except ValueError:
        pass  # Some functions written in C do not say what they take.
    return None


def takes(owner: str, names: Sequence[str]) -> str:
    """Return the rule that says what a class or a method takes."""
    return f"{owner} takes {'the arguments ' + ', '.join(names) if names else 'no arguments'}."
