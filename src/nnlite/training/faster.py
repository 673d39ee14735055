"""The one door to every shortcut: what is computed in another way than the slow one, and when.

==================  =================================  ===========================================
shortcut            goes around                        taken where
==================  =================================  ===========================================
loss from logits    the last activation, and           the activation is the loss's own, and only
                    `values`, `gradient` of the loss   the loss sees the output: see `Ending`
no copies           nothing                            losses and metrics are the library's
plain descent       `Optimizer.step` and `update`:     w − α·g is all, no weight has a penalty, and
                    α goes in at the loss              no callback looks between two batches
one go              `forpass` and `backprop` of a      the convolution slides, and windows of the
                    Conv2D, of activations and batch   pooling lie side by side and fill the image:
                    normalization behind it, and of    see `standins`
                    the pooling behind these
parts               nothing: twins of the layers       a batch is work for more than one part,
                    take a part of each batch          most of it not in the weights: see `parts`;
                                                       to predict and to evaluate, too
memory              nothing: results are written       in every step
                    where the last ones were
input gradient      the gradient of x in `backprop`    no weight needs it
==================  =================================  ===========================================

One more, the opposite: where a callback is the user's, its layers are `watched`. A shortcut
replaces only methods that the library wrote, so whether it may be taken is asked of `ours`: when
training or evaluation begins, never in a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from nnlite.foundation.ours import CALLED, ours, written_here
from nnlite.kernels.memory import NEW, UsedAgain
from nnlite.layers.joining import Tensor
from nnlite.layers.layer import Layer
from nnlite.losses import Loss
from nnlite.losses.crossentropy import SmoothedCrossEntropy
from nnlite.network.chain import Network, check_gradient
from nnlite.training.parts import in_parts
from nnlite.training.running import surely
from nnlite.training.standins import computes_as_written

if TYPE_CHECKING:
    from nnlite.callbacks.calling import CallbackList
    from nnlite.training.protocol import LearningModel
    from nnlite.training.step import Step

_JUDGING = ("values", "gradient", "values_of", "gradient_of", "check_predictions")
_FROM_LOGITS = ("values_from_logits", "gradient_from_logits")
_COUNTING = ("reset_state", "update_state", "result", "hits", "add")
_DESCENDING = ("step", "update", "subtract", "is_plain", "learning_rate")
_HOOKS = [row.method for row in CALLED if row.base == "Callback"]


class Faster:
    """The shortcuts of one `fit`, chosen at its beginning."""

    def __init__(self, step: Step, callbacks: CallbackList) -> None:
        self.step = step
        self.watched = is_watched(callbacks.callbacks)
        self.may_be_plain = not (step.regularized or callbacks.watch_batches) and descends_plainly(
            step.optimizer, step.model.layers
        )

    @contextmanager
    def training(self, workers: int | None, batch_size: int) -> Iterator[None]:
        """Let the step use a faster network that computes the same."""
        step = self.step
        network = step.network.replaced(check_gradient)
        parts = in_parts(network, batch_size, workers, self.watched)
        with training_mode(step.model), parts as step.network:
            yield

    def begin_epoch(self) -> None:
        """Choose the way down: a callback may have changed the optimizer."""
        step, optimizer = self.step, self.step.optimizer
        plain = self.may_be_plain and optimizer.is_plain
        step.scale_gradients(optimizer.learning_rate if plain else 1.0)
        step.descend = optimizer.subtract if plain else optimizer.step

    def end_epoch(self) -> None:
        """Show true gradients, not α·g, to a callback that may look at them between epochs."""
        if self.watched:
            self.step.scale_gradients(1.0)


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


def changes_truth(loss: Any) -> bool:
    """Return whether a loss has another view of the truth than metrics have."""
    smooths = ours(loss, "truth") and isinstance(loss, SmoothedCrossEntropy)
    return bool(loss.label_smoothing) if smooths else not ours(loss, "truth", like=Loss)


def keeps_arrays(metric: Any) -> bool:
    """Return whether a metric, or the function in it, is a user's: it may keep what it is given."""
    function = getattr(metric, "function", None)
    if isinstance(function, Loss):
        return not (judges_as_written(function) and ours(function, "__call__", "prepare"))
    return not ((function is None or written_here(function)) and ours(metric, *_COUNTING))


def descends_plainly(optimizer: Any, layers: Iterable[Layer]) -> bool:
    """Return whether α may be multiplied in early: nobody but the library sees α·g then.

    Going backward is linear: what multiplies the small gradient of the loss multiplies them all.
    So one pass less through the long vectors is needed.
    """
    return ours(optimizer, *_DESCENDING) and all(computes_as_written(layer) for layer in layers)


def is_watched(callbacks: Iterable[Any]) -> bool:
    """Return whether a callback of the user's may look at the layers."""
    return not all(ours(callback, *_HOOKS) for callback in callbacks)


def predicting(network: Network, batch_size: int) -> AbstractContextManager[Network]:
    """Give a network that predicts the same, in parts where that is faster."""
    return in_parts(network, batch_size)


@contextmanager
def training_mode(model: LearningModel) -> Iterator[None]:
    """Let the layers reuse their memory from step to step, and leave out what nobody needs.

    Afterwards they are as before: at rest, or in the training of another model that shares them.
    """
    first = set(layers_without_trainable_ancestors(model))
    layers = dict.fromkeys(node.layer for node in model.nodes)
    before = [(layer, layer.memory, layer.is_first, layer.skip_input_gradient) for layer in layers]

    def leave() -> None:
        for layer, memory, is_first, skip in before:
            layer.memory, layer.is_first, layer.skip_input_gradient = memory, is_first, skip
            if memory is NEW:
                vars(layer).pop("shown", None)

    scratch = UsedAgain()
    with surely(leave):
        for layer in layers:
            layer.memory, layer.is_first = UsedAgain(scratch), layer in first
            layer.skip_input_gradient = layer.is_first and leaves_out_input_gradient(layer)
        yield


def layers_without_trainable_ancestors(model: LearningModel) -> list[Layer]:
    """Return the layers whose input gradient no weight needs."""
    trained: set[Tensor] = set()
    needed: set[Layer] = set()
    for node in model.nodes:
        if any(tensor in trained for tensor in node.inputs):
            needed.add(node.layer)
            trained.add(node.output)
        elif node.layer.trainable_names():
            trained.add(node.output)
    return [node.layer for node in model.nodes if node.layer not in needed]


def leaves_out_input_gradient(layer: Layer) -> bool:
    """Return whether a first layer may be told so: not if a user's backprop builds on a library's.

    It may use what the library's returns. One that is a user's throughout decides by itself.
    """
    if ours(layer, "backprop"):
        return True
    return next(kind for kind in type(layer).__mro__ if written_here(kind)) is Layer
