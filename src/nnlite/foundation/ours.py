"""Whose method is it: the library's, or a user's?

A shortcut computes what some methods would compute, without calling them. So it may replace only
methods that the library wrote: every shortcut asks `ours`, when training or evaluation begins.
`CALLED` tells which methods of the public base classes a model calls, and when.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PACKAGE = __name__.partition(".")[0]
WITHIN = PACKAGE + "."


def ours(owner: object, *methods: str, like: type | None = None) -> bool:
    """Return whether the library wrote all these methods of an object, those it has.

    A method is a user's if it hangs on the object itself, if a class of the user's overrides it,
    be it by another one of the library's, or if somebody put another function in its place on the
    library's class. So all must be the very ones of `like`, which is the first class of the
    library's that the object descends from, unless another is given.

    >>> ours([1, 2], "append")
    False
    """
    kind, hung = type(owner), getattr(owner, "__dict__", ())
    if like is None:
        like = next((base for base in kind.__mro__ if written_here(base)), None)
    for name in methods:
        found = getattr(kind, name, None)
        if name in hung or (found is not None and not written_here(found)):
            return False
        if like is not None and found is not getattr(like, name, None):
            return False
    return True


def written_here(function: Any) -> bool:
    """Return whether the code of a function, a property or a class stands in the package."""
    if isinstance(function, property):
        function = function.fget
    # `functools.wraps` copies the module's name, but code knows where it was written.
    scope = getattr(function, "__globals__", None)
    module = getattr(function, "__module__", None) if scope is None else scope.get("__name__")
    return module == PACKAGE or str(module).startswith(WITHIN)


class Call(NamedTuple):
    """When a model calls a method of a public base class: in which of its own methods, and why."""

    base: str
    method: str
    by: tuple[str, ...]
    when: str


STEPS = ("fit", "train_on_batch")
JUDGED = ("fit", "train_on_batch", "evaluate")
EVERYWHERE = ("fit", "train_on_batch", "evaluate", "predict")
MAKING = ("making",)
NEVER: tuple[str, ...] = ()

CALLED = (
    Call("Layer", "build", MAKING, "once, when the shape of a sample is known"),
    Call("Layer", "compute_output_shape", MAKING, "for every place of the layer in a model"),
    Call("Layer", "forpass", EVERYWHERE, "for every batch; in a step with training=True"),
    Call("Layer", "backprop", STEPS, "for every batch, with the gradient of the output"),
    Call("ActivationFunction", "forpass", EVERYWHERE, "by its layer's forpass"),
    Call(
        "ActivationFunction",
        "backprop",
        STEPS,
        "by its layer's backprop; with z=z if it says needs_z = True",
    ),
    Call("ActivationFunction", "__call__", NEVER, "is for you to call"),
    Call("Initializer", "__call__", MAKING, "once for each weight"),
    Call("Initializer", "fill", MAKING, "by __call__"),
    Call("Regularizer", "__call__", JUDGED, "for every batch and weight that has it"),
    Call("Regularizer", "gradient", STEPS, "after all backprop, and added to the gradient"),
    Call("Loss", "check_targets", JUDGED, "once, with the whole truth"),
    Call("Loss", "check_predictions", JUDGED, "for every batch, before values"),
    Call("Loss", "values", JUDGED, "for every batch: one number per sample"),
    Call("Loss", "gradient", STEPS, "for every batch: that of the sum of the values"),
    Call("Loss", "__call__", NEVER, "is for you to call"),
    Call("Loss", "backprop", NEVER, "is for you to call"),
    Call("CrossEntropy", "values_of", JUDGED, "by values, with probabilities"),
    Call("CrossEntropy", "gradient_of", STEPS, "by gradient, with probabilities"),
    Call("CrossEntropy", "values_from_logits", JUDGED, "instead, where the logits are known"),
    Call("CrossEntropy", "gradient_from_logits", STEPS, "instead, where the logits are known"),
    Call("Metric", "reset_state", JUDGED, "before the batches of every epoch"),
    Call("Metric", "update_state", JUDGED, "for every batch"),
    Call("Metric", "result", JUDGED, "after the batches, and for callbacks between them"),
    Call("Metric", "__call__", NEVER, "is for you to call"),
    Call("Optimizer", "step", STEPS, "after every batch, with the two flat vectors"),
    Call("Optimizer", "update", STEPS, "by step, unless you write your own step"),
    Call("LearningRateSchedule", "__call__", STEPS, "for every step, with its number from 0"),
    Call("Callback", "set_model", ("fit",), "first of all"),
    Call("Callback", "set_params", ("fit",), "after set_model"),
    Call("Callback", "on_train_begin", ("fit",), "once"),
    Call("Callback", "on_epoch_begin", ("fit",), "for every epoch"),
    Call("Callback", "on_train_batch_begin", ("fit",), "for every batch"),
    Call("Callback", "on_batch_begin", ("fit",), "by on_train_batch_begin"),
    Call("Callback", "on_train_batch_end", ("fit",), "for every batch, after its step"),
    Call("Callback", "on_batch_end", ("fit",), "by on_train_batch_end"),
    Call("Callback", "on_test_begin", ("fit",), "for every validation"),
    Call("Callback", "on_test_end", ("fit",), "for every validation, with its results"),
    Call("Callback", "on_epoch_end", ("fit",), "for every epoch, with losses and metrics"),
    Call("Callback", "on_train_end", ("fit",), "once, also after an error"),
)


def never_called(owner: object) -> list[str]:
    """Return what a user overrode, if that is only what no model ever calls."""
    bases = [kind.__name__ for kind in type(owner).__mro__]
    own = [row for row in CALLED if row.base in bases and not ours(owner, row.method)]
    return [] if any(row.by for row in own) else [row.method for row in own]
