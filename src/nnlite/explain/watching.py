"""One training step, taken by a copy of the model while every layer is watched.

The copy has the same weights, random state and optimizer: it takes the step that `fit` would take.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data import Data, one_or_list
from ..errors import explain_error
from ..layers.base import ActivatedLayer, Layer
from ..layers.symbolic import Node
from ..objectives import Objective
from ..training import training_mode
from ..types import Array

if TYPE_CHECKING:
    from ..functional import Model

_MEMORY = "_watched_call"


@dataclass(eq=False)
class Call:
    """What one call of a layer saw: x, z and a on the way forward, their gradients on the way back.

    `gradients` are those of the weights, `pulled` the names of those to which a regularizer added;
    `z` and `dz` are those of layers with an activation. In the last layer the loss may go around
    the activation: then `da` is None, and `dz` came from the loss.
    """

    layer: Layer
    x: list[Array]
    z: Array | None = None
    a: Array | None = None
    da: Array | None = None
    dz: Array | None = None
    dx: list[Array | None] = field(default_factory=list)
    gradients: dict[str, Array] = field(default_factory=dict)
    pulled: set[str] = field(default_factory=set)

    @property
    def output(self) -> Array:
        """What the layer gave."""
        found = self.z if self.a is None else self.a
        if found is None:
            raise RuntimeError("a call without an output")
        return found


@dataclass
class Judgement:
    """What the loss said of one output."""

    objective: Objective
    y: Array
    loss: float
    gradient: Array


@dataclass
class WatchedStep:
    """A whole step: the model that took it, the calls in their order, and the losses."""

    model: Model
    x: list[Array]
    calls: list[tuple[Node, Call]]
    judgements: list[Judgement] = field(default_factory=list)
    penalty: float = 0.0
    rate: float = 0.0
    change: Array | None = None
    loss_after: float | None = None

    @property
    def loss(self) -> float:
        """The loss of the batch, penalties included."""
        parts = (judged.objective.weight * judged.loss for judged in self.judgements)
        return sum(parts, self.penalty)


class Watcher:
    """Stands between a layer and its callers, and writes down copies of all that passes."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.calls: list[Call] = []
        self.inside = False
        names = ["forpass", "backprop"]
        if isinstance(layer, ActivatedLayer):
            names += ["forpass_z", "backprop_z"]
        self.methods = {name: getattr(layer, name) for name in names}
        vars(layer).update({name: getattr(self, name) for name in names})

    def forpass(self, x: Any, training: bool = False) -> Any:
        """Call the layer's forpass."""
        if not training:
            return self.methods["forpass"](x, training)
        call, self.inside = self._begin(x), True
        a = self.methods["forpass"](x, training)
        self.inside = False
        call.a = np.array(a)
        return a

    def forpass_z(self, x: Any, training: bool = False) -> Any:
        """Call the layer's forpass_z: from within its forpass, or from a loss that takes logits."""
        if not training:
            return self.methods["forpass_z"](x, training)
        call = self.calls[-1] if self.inside else self._begin(x)
        z = self.methods["forpass_z"](x, training)
        call.z = np.array(z)
        return z

    def _begin(self, x: Any) -> Call:
        call = Call(self.layer, _copies(x))
        self.calls.append(call)
        # On the layer: there a layer that is called twice keeps what each call needs.
        vars(self.layer)[_MEMORY] = call
        return call

    def backprop(self, grad: Any) -> Any:
        """Call the layer's backprop."""
        call: Call = vars(self.layer)[_MEMORY]
        call.da = np.array(grad)
        return self._finish(call, self.methods["backprop"](grad))

    def backprop_z(self, dz: Any) -> Any:
        """Call the layer's backprop_z."""
        call: Call = vars(self.layer)[_MEMORY]
        call.dz = np.array(dz)
        return self._finish(call, self.methods["backprop_z"](dz))

    def _finish(self, call: Call, dx: Any) -> Any:
        call.dx = _copies(dx)
        call.gradients = _gradients(self.layer)
        return dx


def watch_step(model: Model, x: Any, y: Any) -> WatchedStep:
    """Return the step on this batch; without `y` or before `compile`, its forward half."""
    watched = copy_of(model)
    watched.build_for(x)
    watched.check_built("explain")
    if watched._compiled is None or y is None:
        return _forward_half(watched, watched._inputs(x))
    stepping = copy_of(watched)
    data = stepping._data(x, y, None, None)
    watchers = _watch(watched)
    trainer = watched._make_trainer()
    trainer.start(data.y)
    with training_mode(watched), np.errstate(all="ignore"):
        trainer.compute_gradients(data.x, data.y, None)
    step = WatchedStep(watched, data.x, _in_order(watched, watchers), penalty=trainer.penalty())
    outputs = {node.output: call for node, call in step.calls}
    for objective, truth, tensor in zip(trainer.objectives, data.y, watched.outputs, strict=True):
        step.judgements.append(_judge(objective, truth, outputs[tensor]))
    _add_penalties(step)
    _update(stepping, data, step)
    return step


def _forward_half(watched: Model, x: list[Array]) -> WatchedStep:
    watchers = _watch(watched)
    with np.errstate(all="ignore"):
        watched.network.forpass(one_or_list(x), True)
    return WatchedStep(watched, x, _in_order(watched, watchers))


def _watch(model: Model) -> dict[Layer, Watcher]:
    return {layer: Watcher(layer) for layer in model.layers}


def _update(stepping: Model, data: Data, step: WatchedStep) -> None:
    """Let the second copy use the gradients, and ask for the loss on the same batch again."""
    trainer = stepping._make_trainer()
    before, step.rate = stepping.flat.weights.copy(), float(trainer.optimizer.learning_rate)
    with np.errstate(all="ignore"):
        trainer.optimizer.step(stepping.flat.weights, step.model.flat.gradients)
        step.change = stepping.flat.weights - before
        trainer.start(data.y)
        step.loss_after, _ = trainer.forward(data.x, data.y, None, training=True)


def copy_of(model: Model) -> Model:
    """Return a copy that shares nothing with the model, without its history."""
    memo: dict[int, Any] = {id(model.history): model.history}
    # Call by call, so that a thousand layers in a row do not nest a thousand copies.
    try:
        for node in [*(tensor.node for tensor in model.inputs), *model.nodes]:
            copy.deepcopy(node, memo)
        twin = copy.deepcopy(model, memo)
    except TypeError as error:
        raise TypeError(
            explain_error(
                "explain takes its step with a copy of the model, so all it holds must be "
                "something that copy.deepcopy can copy.",
                str(error),
                f"model '{model.name}'",
                "Keep open files and locks out of layers, losses and metrics, or give the layer "
                "a __deepcopy__.",
            )
        ) from error
    twin._trainer = None
    return twin


def _in_order(model: Model, watchers: dict[Layer, Watcher]) -> list[tuple[Node, Call]]:
    """Return the calls beside the nodes of the network, which runs them in the same order."""
    so_far: Counter[Layer] = Counter()
    calls = []
    for node in model.nodes:
        calls.append((node, watchers[node.layer].calls[so_far[node.layer]]))
        so_far[node.layer] += 1
    return calls


def _judge(objective: Objective, y: Array, call: Call) -> Judgement:
    """Ask the loss again, of copies."""
    output = call.output.copy()
    with np.errstate(all="ignore"):
        loss, prediction = objective.judge(y, output, None)
        gradient = objective.gradient(y, prediction, None)
    if objective.to_prediction is not None:
        call.a = np.array(prediction)
    share = objective.weight
    return Judgement(objective, y, loss / share if share else 0.0, np.array(gradient))


def _add_penalties(step: WatchedStep) -> None:
    """Add what regularizers pull: once, at the last call of a layer on the way back."""
    seen: set[Layer] = set()
    for _, call in step.calls:
        if call.layer in seen:
            continue
        seen.add(call.layer)
        for name, gradient in call.gradients.items():
            regularizer = call.layer._weights[name].regularizer
            if regularizer is not None:
                gradient += regularizer.gradient(call.layer._views[name])
                call.pulled.add(name)


def _gradients(layer: Layer) -> dict[str, Array]:
    return {name: layer._views["d" + name].copy() for name in layer.trainable_names()}


def _copies(arrays: Any) -> list[Any]:
    several = arrays if isinstance(arrays, list | tuple) else [arrays]
    return [None if array is None else np.array(array) for array in several]
