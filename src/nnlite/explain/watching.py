"""One training step, taken by a copy of the model while every layer is watched.

The copy has the same weights, random state and optimizer: it takes the step that `fit` would take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer
from nnlite.losses import Loss
from nnlite.regularizers import Regularizer
from nnlite.training.ending import Ending
from nnlite.training.faster import training_mode
from nnlite.training.step import Step

# On the layer: there a layer that is called twice keeps what each call needs.
_CALL = "_watched_call"


@dataclass(eq=False)
class Call:
    """What one call of a layer saw, in copies, and the symbols under which it is told.

    Small letters are arrays: x, z and a on the way forward, da, dz and dx on the way back, and the
    gradients of the weights; `pulled` holds the regularizers that added to these. Without an
    activation z is a, and dz is da. In the last layer the loss may go around the activation: then
    da is None, and dz came from the loss. Capital letters are their symbols: X, Z and A, and W by
    the names of the weights.
    """

    node: Node
    x: list[Array]
    z: Array = field(init=False)
    a: Array = field(init=False)
    da: Array | None = None
    dz: Array | None = None
    dx: list[Array | None] = field(default_factory=list)
    gradients: dict[str, Array] = field(default_factory=dict)
    pulled: dict[str, Regularizer] = field(default_factory=dict)
    X: list[str] = field(init=False)
    Z: str = field(init=False)
    A: str = field(init=False)
    W: dict[str, str] = field(init=False)

    @property
    def layer(self) -> Any:
        """The layer that was called."""
        return self.node.layer

    @property
    def weights(self) -> dict[str, Array]:
        """All weights of the layer."""
        return {name: weight.value for name, weight in self.layer.parameters.items()}

    @property
    def is_bent(self) -> bool:
        """Whether an activation other than the linear one came between z and a."""
        bends = isinstance(self.layer, ActivatedLayer) and self.layer.activation.name != "linear"
        return bends and self.a is not self.z

    @cached_property
    def length(self) -> float:
        """‖dz‖, where the weights learn from it; else 0."""
        if self.dz is None or not self.gradients:
            return 0.0
        return float(np.linalg.norm(self.dz.astype(np.float64)))


@dataclass
class Judgement:
    """What the loss said of one output: of its z, if `at_logits`, else of its a.

    `divided` tells whether it divided the rows of a by their sums. Y is the symbol of the truth y.
    """

    call: Call
    loss: Loss
    weight: float
    at_logits: bool
    y: Array
    value: float
    gradient: Array
    divided: bool
    Y: str = field(init=False)


@dataclass
class WatchedStep:
    """A whole step: the model that took it, the calls in their order, and the losses."""

    model: Any
    x: list[Array]
    calls: list[Call]
    judgements: list[Judgement] = field(default_factory=list)
    penalty: float = 0.0
    rate: float = 0.0
    change: Array = field(init=False)
    loss_after: float = field(init=False)
    symbols: dict[Tensor, str] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """The loss of the batch, penalties included."""
        return sum((judged.weight * judged.value for judged in self.judgements), self.penalty)

    @cached_property
    def call_of(self) -> dict[Tensor, Call]:
        """The call that each tensor came from."""
        return {call.node.output: call for call in self.calls}


class Watcher:
    """Stands between the layers of a model and their callers, and notes all that passes."""

    def __init__(self, model: Any) -> None:
        self.nodes: list[Node] = model.nodes
        self.calls: list[Call] = []
        for layer in model.layers:
            of_z = {"forpass_z": "z", "backprop_z": "dz"}
            of_z = of_z if isinstance(layer, ActivatedLayer) else {}
            for name, array in {"forpass": "a", "backprop": "da", **of_z}.items():
                hook: Callable[..., Any] = self.backward if array[0] == "d" else self.forward
                vars(layer)[name] = partial(hook, array, layer, getattr(layer, name))

    def forward(
        self, array: str, layer: Layer, method: Callable[..., Any], x: Any, training: bool = False
    ) -> Any:
        """Call forpass for a; within it, or for a loss that takes logits, forpass_z for z."""
        if not training:
            return method(x, training)
        call = vars(layer).get(_CALL)
        if array == "a" or call is None or "z" in vars(call):
            # The network runs its nodes in their order.
            call = vars(layer)[_CALL] = Call(self.nodes[len(self.calls)], _copies(x))
            self.calls.append(call)
        output = method(x, training)
        vars(call)[array] = np.array(output)
        vars(call).setdefault("z", vars(call)[array])
        return output

    def backward(self, array: str, layer: Layer, method: Callable[..., Any], grad: Any) -> Any:
        """Call backprop with da, or backprop_z with dz."""
        call: Call = vars(layer)[_CALL]
        vars(call)[array] = np.array(grad)
        dx = method(grad)
        call.dz = call.da if call.dz is None else call.dz
        call.dx = [] if dx is None else _copies(dx)
        call.gradients = {w.name: w.gradient.copy() for w in layer.trainable_parameters}
        return dx


def _copies(arrays: Any) -> list[Any]:
    several = arrays if isinstance(arrays, list | tuple) else [arrays]
    return [None if array is None else np.array(array) for array in several]


def watch_step(model: Any, x: Any, y: Any) -> WatchedStep:
    """Return the step on this batch; without `y` or before `compile`, its forward half."""
    watched = model.twin()
    watched.build_for(x)
    watched.check_built("explain")
    if watched.compiled is None or y is None:
        step = WatchedStep(watched, watched.checked_inputs(x), Watcher(watched).calls)
        watched.network.forpass(one_or_list(step.x), True)
        return step
    stepping = watched.twin()
    data = stepping.checked(x, y)
    inputs, truths, _ = data.all()
    taken = Step(watched, data)
    taken.descend = lambda weights, gradients: None
    with training_mode(watched):
        # Only now: what hangs on a layer is taken for a user's, and no shortcut goes around it.
        step = WatchedStep(watched, inputs, Watcher(watched).calls)
        taken.connect()
        taken.take(inputs, truths)
    step.penalty = taken.penalty()
    for ending, truth, tensor in zip(taken.endings, truths, watched.outputs, strict=True):
        step.judgements.append(_judge(ending, truth, step.call_of[tensor]))
    _add_penalties(step.calls)
    _update(stepping, data, step)
    return step


def _judge(ending: Ending, y: Array, call: Call) -> Judgement:
    """Ask the loss again, of copies."""
    at_logits, share = ending.at_logits, ending.weight
    values, prediction = ending.judge(y, (call.z if at_logits else call.a).copy(), None)
    gradient = np.array(ending.gradient(y, prediction, None))
    if at_logits:
        call.a = np.array(prediction)
    times = ending.descended(prediction) if ending.stays_apart else 1.0
    value, divided = float(values.mean()) * times if share else 0.0, ending.divides(prediction)
    return Judgement(call, ending.loss, share, at_logits, y, value, gradient, divided)


def _add_penalties(calls: list[Call]) -> None:
    """Add what regularizers pull: once, at the last call of a layer on the way back."""
    for call in {call.layer: call for call in reversed(calls)}.values():
        for name, gradient in sorted(call.gradients.items()):
            weight = call.layer.parameters[name]
            if weight.regularizer is not None:
                gradient += weight.regularizer.gradient(weight.value)
                call.pulled[name] = weight.regularizer


def _update(stepping: Any, data: Data, step: WatchedStep) -> None:
    """Let the second copy use the gradients, and ask for the loss on the same batch again."""
    x, y, _ = data.all()
    taken, weights, optimizer = Step(stepping, data), stepping.flat.weights, stepping.optimizer
    before, step.rate = weights.copy(), float(optimizer.learning_rate)
    optimizer.step(weights, step.model.flat.gradients)
    step.change = weights - before
    outputs = taken.network.forpass(one_or_list(x), True)
    step.loss_after, _ = taken.judge(y, outputs, None)
