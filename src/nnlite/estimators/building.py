"""The network of an estimator, compiled: a chain of its own, or what the user's function makes."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from nnlite import optimizers
from nnlite.estimators.settings import Settings
from nnlite.foundation.arguments import reason_against
from nnlite.foundation.errors import shown, told, type_error, value_error
from nnlite.foundation.seeding import seeds_from
from nnlite.initializers import RandomUniform
from nnlite.layers import Dense, Dropout, Input
from nnlite.models import Model, Sequential
from nnlite.regularizers import L2


def network(
    settings: Settings, inputs: int, outputs: int, activation: str, loss: str, seed: int
) -> Model:
    """Return a network that is ready to learn; `activation` and `loss` are those of its end."""
    with seeds_from(seed):
        if settings.model is None:
            model: Model = chain(settings, inputs, outputs, activation)
        else:
            model = made_by_the_user(settings, inputs, outputs, activation)
    if model.compiled is None:
        optimizer = copy.deepcopy(optimizers.get(settings.optimizer))
        if settings.learning_rate is not None:
            optimizer.learning_rate = settings.learning_rate
        model.compile(optimizer, loss, own_copy("metrics", settings))
    return model


def own_copy(name: str, settings: Settings) -> Any:
    """Return a copy of what the estimator was told, which stays as it is."""
    try:
        return copy.deepcopy(getattr(settings, name))
    except Exception as error:
        rule = f"An estimator copies its {name}, so they must be something that can be copied."
        received = f"{name}={told(getattr(settings, name))}"
        raise type_error(rule, received, f"estimator '{settings.name}'") from error


def chain(settings: Settings, inputs: int, outputs: int, activation: str) -> Sequential:
    """Return the hidden layers that the parameters name, and the output."""
    layers: list[Any] = [Input((inputs,))]
    for units in settings.hidden_layer_sizes:
        layers.append(dense(inputs, units, settings.activation, settings.l2))
        if settings.dropout:
            layers.append(Dropout(settings.dropout))
        inputs = units
    layers.append(dense(inputs, outputs, activation, settings.l2))
    return Sequential(layers, dtype=settings.dtype)


def dense(inputs: int, units: int, activation: Any, l2: float) -> Dense:
    """Return a layer whose biases are drawn within the same limits as its weights.

    Of data with a mean of 0, neurons without a bias would all bend at the mean of the data.
    """
    limit = math.sqrt(6 / (inputs + units))
    drawn = RandomUniform(-limit, limit)
    penalty = L2(l2) if l2 else None
    return Dense(units, activation, kernel_regularizer=penalty, bias_initializer=drawn)


def made_by_the_user(settings: Settings, inputs: int, outputs: int, activation: str) -> Model:
    """Return what `model=` makes, if it takes and gives the right numbers."""
    where = f"estimator '{settings.name}'"
    last = f"Dense(n_outputs, activation={activation!r})"
    remedy = f"def model(n_inputs, n_outputs): return Sequential([…, {last}])"
    rule = "model must be a function of the numbers of inputs and outputs that returns a new model."
    if isinstance(settings.model, Model) or not callable(settings.model):
        raise type_error(rule, f"model={told(settings.model)}", where, remedy)
    reason = reason_against(settings.model, 2)
    if reason:
        raise type_error(rule, f"model={shown(settings.model)}: {reason}", where, remedy)
    model = settings.model(inputs, outputs)
    if not isinstance(model, Model):
        raise type_error(rule, f"a function that returned {told(model)}", where, remedy)
    model.build_for(np.empty((1, inputs)))
    given = model.input_shape, model.output_shape
    if given != ((None, inputs), (None, outputs)):
        rule = f"The data has {inputs} columns, and {outputs} outputs are needed."
        received = f"a model from {shown(given[0])} to {shown(given[1])}"
        remedy = f"Begin with Input((n_inputs,)), then Reshape for images; end with {last}."
        raise value_error(rule, received, where, remedy)
    return model
