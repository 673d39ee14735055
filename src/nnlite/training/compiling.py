"""What `compile` was told, looked up and checked, and fitted to the outputs of a network."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from nnlite import losses, metrics, optimizers
from nnlite.foundation.checks import checked_number
from nnlite.foundation.configuration import serialize
from nnlite.foundation.errors import must_define, nearest, shown, type_error, value_error
from nnlite.foundation.ours import never_called
from nnlite.layers.joining import Tensor
from nnlite.network.branches import Branches
from nnlite.network.chain import Network
from nnlite.training.ending import Ending


def checked(
    optimizer: Any, loss: Any, metric_list: Any, loss_weights: Any, weighted_metrics: Any = None
) -> dict[str, Any]:
    """Return the settings with the optimizer made, after looking up every name."""
    if loss is None:
        rule = "A model learns by making its loss small: compile needs one."
        remedy = 'loss="mse" for numbers, "binary_crossentropy" for yes or no, '
        remedy += '"sparse_categorical_crossentropy" for classes.'
        raise value_error(rule, "loss=None", None, remedy)
    metric_list, weighted_metrics = map(_as_list, (metric_list, weighted_metrics))
    for one in _leaves(loss):
        judge = losses.get(one)
        _check_is_called(judge, "values(y, a) and gradient(y, a)")
        for name in ("values", "gradient"):
            if getattr(getattr(judge, name), "__func__", None) is getattr(losses.Loss, name):
                raise must_define(judge, f"{name}(y, a)")
    for one in (*_leaves(metric_list), *_leaves(weighted_metrics)):
        _check_is_called(metrics.get(one), "update_state(y_true, y_pred) and result()")
        _check_compares(metrics.get(one))
    for one in _leaves(weighted_metrics):
        _check_takes_weights(metrics.get(one))
    made, shares = optimizers.get(optimizer), serialize(loss_weights)
    told = {"optimizer": made, "loss": loss, "metrics": metric_list, "loss_weights": shares}
    return {**told, "weighted_metrics": weighted_metrics}


def _as_list(given: Any) -> Any:
    alone = isinstance(given, str) or (given is not None and callable(given))
    return [given] if alone else given


def _check_compares(metric: Any) -> None:
    """Raise if a metric knows nothing of truth and prediction."""
    if isinstance(metric, metrics.Mean):
        rule = "The metrics of a model compare truth and prediction; Mean averages numbers."
        remedy = 'Call it yourself: mean.update_state(values); or use metrics=["mae"].'
        raise type_error(rule, repr(metric), remedy=remedy)


def _check_takes_weights(metric: Any) -> None:
    """Raise if a metric cannot count samples by their weights."""
    taken = inspect.signature(metric.update_state).parameters
    if len(taken) < 3 and not any(p.kind is p.VAR_POSITIONAL for p in taken.values()):
        rule = "A weighted metric counts every sample by its weight."
        received = f"{type(metric).__name__}, whose update_state takes {', '.join(taken)}"
        remedy = "def update_state(self, y_true, y_pred, sample_weight=None):"
        raise type_error(rule, received, remedy=remedy)


def _check_is_called(judge: Any, called: str) -> None:
    """Raise if a loss or a metric has of its own only what no model calls."""
    if methods := never_called(judge):
        names = " and ".join(methods)
        are = "is" if len(methods) == 1 else "are"
        rule = f"Training and evaluation call {called}; {names} {are} for you to call."
        received = f"{type(judge).__name__}, which overrides {names} alone"
        remedy = f"Write what it computes as {called}: the rest follows."
        raise type_error(rule, received, remedy=remedy)


def _leaves(given: Any) -> list[Any]:
    """Return all entries of nested lists and dictionaries."""
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, list | tuple):
        return [leaf for entry in given for leaf in _leaves(entry)]
    return [] if given is None else [given]


def endings(
    settings: dict[str, Any], network: Network, outputs: Sequence[Tensor], names: Sequence[str]
) -> list[Ending]:
    """Return the ending of each output; the names are those of the outputs."""
    loss_of = per_output(settings["loss"], names, "loss")
    metrics_of = per_output(settings["metrics"], names, "metrics", each=True)
    weighted_of = per_output(settings["weighted_metrics"], names, "weighted_metrics", each=True)
    weight_of = per_output(settings["loss_weights"], names, "loss_weights")
    found = []
    for place, tensor in enumerate(outputs):
        share = 1.0 if weight_of[place] is None else weight_of[place]
        weight = float(checked_number("loss_weights", share, least=0))
        private = not isinstance(network, Branches) or network.is_private(place)
        judged_by = loss_of[place], _leaves(metrics_of[place])
        weighted = _leaves(weighted_of[place])
        layer, shape = tensor.node.layer, tensor.sample
        found.append(Ending(*judged_by, layer, shape, weight, private, weighted))
    return found


def per_output(given: Any, names: Sequence[str], what: str, each: bool = False) -> list[Any]:
    """Return one entry for each output, from one for all, a list, or a dictionary by name.

    With `each`, an entry is itself a list (of metrics).
    """
    if isinstance(given, dict):
        for name in given:
            if name not in names:
                guess = nearest(str(name), names)
                remedy = f"Give the output layer name={shown(name)}."
                remedy = f"Did you mean {guess!r}?" if guess else remedy
                rule = f"The {what} are given by the names of the outputs: {', '.join(names)}."
                raise value_error(rule, shown(name), None, remedy)
        return [given.get(name) for name in names]
    several = isinstance(given, list | tuple)
    if several and each:
        several = len(names) > 1 and any(isinstance(entry, list | tuple) for entry in given)
    if not several:
        return [given] * len(names)
    if len(given) != len(names):
        wanted = f"each of the {len(names)} outputs" if len(names) > 1 else "the only output,"
        rule = f"{what}: one for {wanted} {', '.join(names)}."
        raise value_error(rule, f"{len(given)}: {shown(given)}")
    return list(given)
