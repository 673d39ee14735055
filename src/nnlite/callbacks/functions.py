"""A callback made of functions, for what is not worth a class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from nnlite.callbacks.base import Callback
from nnlite.foundation.arguments import reason_against
from nnlite.foundation.errors import shown, told, type_error


def as_hook(name: str, function: Any, where: str | None) -> Any:
    """Return the function, or None, if it takes what `fit` hands to this hook."""
    taken = list(inspect.signature(getattr(Callback, name)).parameters)[1:]
    words = ", ".join(taken)
    remedy = f"{name}=lambda {words}: print(logs)"
    if function is None:
        return None
    if not callable(function):
        rule = f"{name} must be a function that takes ({words})."
        raise type_error(rule, told(function), None, remedy)
    reason = reason_against(function, len(taken))
    if reason:
        rule = f"{name} calls its function with ({words})."
        raise type_error(rule, f"{shown(function)}: {reason}", None, remedy)
    return function


Hook = Annotated[Callable[..., Any] | None, as_hook]


class LambdaCallback(Callback):
    """A callback made of functions, one for each of the moments that a `Callback` has.

    Functions for an epoch or a batch take its number and `logs`, the others `logs` alone.

    >>> import nnlite
    >>> model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> told = LambdaCallback(on_epoch_end=lambda epoch, logs: print("epoch", epoch, [*logs]))
    >>> history = model.fit([[1], [2]], [1, 2], epochs=2, verbose=0, callbacks=[told])
    epoch 0 ['loss']
    epoch 1 ['loss']
    """

    def __init__(
        self,
        on_epoch_begin: Hook = None,
        on_epoch_end: Hook = None,
        on_train_begin: Hook = None,
        on_train_end: Hook = None,
        on_train_batch_begin: Hook = None,
        on_train_batch_end: Hook = None,
        *,
        on_batch_begin: Hook = None,
        on_batch_end: Hook = None,
        on_test_begin: Hook = None,
        on_test_end: Hook = None,
    ) -> None:
        super().__init__()
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_test_begin": on_test_begin,
            "on_test_end": on_test_end,
        }
        # Only what is there hangs on the callback: who has no hook of a kind is not asked.
        vars(self).update((name, hook) for name, hook in hooks.items() if hook is not None)
