"""The one door to every shortcut: what each may replace, and the two that stand for layers.

A shortcut replaces only methods that the library wrote, so whether it may be taken is asked of
`ours`: when training or evaluation begins, never in a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from nnlite.foundation.ours import CALLED, ours, written_here
from nnlite.layers.layer import Layer
from nnlite.losses import Loss
from nnlite.network.chain import LinearPart, Runner, layer_of

_COMPUTING = ("forpass", "backprop", "forpass_z", "backprop_z", "pool", "spread")
_PLACING = ("windows", "as_images", "as_samples", "as_kernel")
_JUDGING = ("values", "gradient", "values_of", "gradient_of", "check_predictions")
_FROM_LOGITS = ("values_from_logits", "gradient_from_logits")
_COUNTING = ("reset_state", "update_state", "result", "hits")
_HOOKS = [row.method for row in CALLED if row.base == "Callback"]


def goes_around_the_activation(loss: Any, layer: Any) -> bool:
    """Return whether a loss may be computed from the logits, without its layer's activation."""
    return (
        ours(loss, *_JUDGING)
        and ours(layer, "forpass", "backprop")
        and all(ours(g, "forpass", "backprop") for g in (layer.activation, loss.activation))
    )


def judges_as_written(loss: Any) -> bool:
    """Return whether a loss keeps no array that it is given, and holds none that it returns."""
    return ours(loss, *_JUDGING, *_FROM_LOGITS)


def keeps_arrays(metric: Any) -> bool:
    """Return whether a metric, or the function in it, is a user's: it may keep what it is given."""
    function = getattr(metric, "function", None)
    if isinstance(function, Loss):
        return not (judges_as_written(function) and ours(function, "__call__", "prepare"))
    return not ((function is None or written_here(function)) and ours(metric, *_COUNTING))


def descends_plainly(optimizer: Any, layers: Iterable[Layer]) -> bool:
    """Return whether α may be multiplied in early: nobody but the library sees α·g then."""
    steps = ("step", "update", "subtract", "is_plain", "learning_rate")
    return ours(optimizer, *steps) and all(computes_as_written(layer) for layer in layers)


def computes_as_written(layer: Any, like: type | None = None) -> bool:
    """Return whether a layer computes as the library wrote it, its activation included."""
    activation = getattr(layer, "activation", None)
    as_written = ours(layer, *_COMPUTING, *_PLACING, like=like)
    return as_written and ours(activation, "forpass", "backprop")


def leaves_out_input_gradient(layer: Layer) -> bool:
    """Return whether a first layer may be told so: not if a user's backprop builds on a library's.

    It may use what the library's returns. One that is a user's throughout decides by itself.
    """
    if ours(layer, "backprop"):
        return True
    return next(kind for kind in type(layer).__mro__ if written_here(kind)) is Layer


def is_watched(callbacks: Iterable[Any]) -> bool:
    """Return whether a callback of the user's may look at the layers."""
    return not all(ours(callback, *_HOOKS) for callback in callbacks)


class Watched:
    """A runner that leaves x and a on its layers, for callbacks of the user's.

    What the layers stored themselves stays. The rest, which a shortcut left out or backprop does
    not need, is computed when it is first read.
    """

    def __init__(self, runner: Runner) -> None:
        self.runner, self.backprop, self.layer = runner, runner.backprop, layer_of(runner)
        # An earlier training may have left it there, and now nobody writes it.
        vars(self.layer).pop("a", None)

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Return the runner's output."""
        if not training:
            return self.runner.forpass(x)
        output = self.runner.forpass(x, training)
        a: Callable[[], Any] = lambda: output  # noqa: E731
        if isinstance(self.runner, LinearPart):
            a = cache(lambda: self.layer.activation.forpass(output))
        self.layer.shown = {"x": lambda: x, "a": a}
        return output


def watch(runner: Runner) -> Runner:
    """Return the runner, so that its layers can be looked at, unless a user wrote its forpass."""
    library = isinstance(runner, Layer) and ours(runner, "forpass")
    return Watched(runner) if library or isinstance(runner, LinearPart) else runner
