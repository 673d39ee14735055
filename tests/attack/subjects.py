"""What is attacked: every public class and function, every method of an object of each, and with
what it would be called rightly. Made from the signatures; a new class or argument is in it.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import nnlite
from every_layer import CASES, Case
from nnlite import (
    Input,
    Model,
    Sequential,
    activations,
    callbacks,
    initializers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from nnlite.callbacks import History
from nnlite.explain import Explanation
from nnlite.foundation.arguments import argument_names
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.ours import CALLED
from nnlite.foundation.unknown import public_names
from nnlite.graph import Value
from nnlite.layers import Dense, Layer
from nnlite.optimizers import SGD

MODULES = [name for name in nnlite.__all__ if inspect.ismodule(getattr(nnlite, name))]
MODULES += ["optimizers.schedules"]
MODULES += [f"datasets.{name}" for name in public_names("nnlite.datasets")]

X = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


class Subject(NamedTuple):
    """Something to be called: a class, a function, or a method of an object made anew."""

    name: str
    made: Callable[[], Callable[..., Any]]
    arguments: list[str]
    needed: dict[str, Callable[[], Any]]

    def call(self, **given: Any) -> Any:
        """Call it with what it needs, and with this."""
        needed = {name: make() for name, make in self.needed.items() if name not in given}
        return self.made()(**needed, **given)


def model() -> Sequential:
    """Return a small model that can be trained."""
    made = Sequential([Dense(2, "tanh", input_shape=(2,)), Dense(1, "sigmoid")], seed=0)
    made.compile(SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return made


def graph() -> Model:
    """Return the same as a `Model`."""
    x = Input((2,))
    made = Model(x, Dense(1, "sigmoid")(Dense(2, "tanh")(x)), seed=0)
    made.compile(SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return made


def value() -> Value:
    """Return the result of a small graph."""
    return Value(2.0, "a") * Value(3.0, "b")


def history() -> History:
    """Return the history of a training."""
    return model().fit(X, Y, epochs=2, verbose=0)


NEEDED: dict[str, Callable[[], Any]] = {
    **{"units": lambda: 3, "filters": lambda: 2, "kernel_size": lambda: 2, "rate": lambda: 0.5},
    **{"activation": lambda: "relu", "target_shape": lambda: (2,), "shape": lambda: (2,)},
    **{"initial_learning_rate": lambda: 0.1, "decay_steps": lambda: 10, "decay_rate": lambda: 0.9},
    **{"boundaries": lambda: [1], "values": lambda: [1.0, 0.5], "schedule": lambda: float},
    **{"filename": lambda: "log.csv", "filepath": lambda: "model.npz", "identifier": lambda: None},
    **{"input_shape": lambda: (2,), "inputs": lambda: Input((2,)), "z": lambda: X, "x": lambda: X},
    **{"y": lambda: Y, "y_true": lambda: Y, "y_pred": lambda: Y, "data": lambda: 2.0},
    **{"seed": lambda: 1, "path": lambda: "file.csv", "model": model, "number": lambda: "07.2"},
    **{"answer": lambda: 3, "lesson": lambda: 7, "title": lambda: "title", "text": lambda: "text"},
    **{"code": lambda: "code", "check": lambda: print, "layer": lambda: Dense(1), "name": str},
    **{"arguments": list, "right": lambda: 3.0, "wrong": dict, "cases": list, "rows": list},
    **{"state": lambda: "right", "a": lambda: 1.0, "b": lambda: 2.0, "other": model},
    **{"tolerance": lambda: 0.1, "agree": list, "part": lambda: None, "value": lambda: 1.0},
    **{
        "steps": lambda: [1],
        "message": lambda: "message",
        "tables": lambda: [("title", [])],
        "folder": lambda: ".",
    },
    **{"x_train": lambda: X, "y_train": lambda: Y, "x_test": lambda: X, "y_test": lambda: Y},
    **{"came_out": str, "expected": str, "agrees": lambda: True, "weights": lambda: None},
    **{"config": dict, "epoch": lambda: 0, "batch": lambda: 0, "stddev": lambda: 1.0},
    **{"rng": lambda: np.random.default_rng(0), "where": lambda: "somewhere"},
    **{"max_error": lambda: 0.0, "place": tuple, "analytic": lambda: 0.0, "numeric": lambda: 0.0},
    **{"checked": lambda: 1, "passed": lambda: True, "trainable": lambda: True},
    **{"exponent": lambda: 2, "X": lambda: X, "params": dict, "step": lambda: 1},
    **{"recorder": lambda: None, "A": lambda: X, "image": lambda: X, "kernel": lambda: X[:2]},
    **{"paths": lambda: X, "explanation": lambda: model().explain(X, Y), "history": history},
    **{"scale": lambda: 2.0, "digits": lambda: 3, "outputs": lambda: None, "figure": Figure},
}


def arguments_of(function: Any) -> tuple[list[str], list[str]]:
    """Return the names of the arguments that can be given by name, and which must be given."""
    if isinstance(function, type) and issubclass(function, Configurable):
        signature = inspect.signature(function.__init__)
        every = argument_names(function)
    else:
        signature = inspect.signature(function)
        every = [p.name for p in signature.parameters.values() if not p.kind.name.startswith("VAR")]
    named = [p for p in signature.parameters.values() if not p.kind.name.startswith("VAR")]
    demanded = [p.name for p in named if p.default is p.empty and p.name != "self"]
    return [name for name in every if name != "self"], demanded


def subject(
    name: str,
    function: Any,
    made: Callable[[], Any] | None = None,
    special: dict[str, Callable[[], Any]] | None = None,
) -> Subject:
    """Return the subject that a function is: `made` returns a new one for each call."""
    every, demanded = arguments_of(function)
    needed = {**NEEDED, **(special or {}), **SPECIAL.get(name, {})}
    demands = {argument: needed[argument] for argument in demanded}
    return Subject(name, made or (lambda: function), every, demands)


SPECIAL: dict[str, dict[str, Callable[[], Any]]] = {
    "plot.Animation": {"show": lambda: lambda number: None, "count": lambda: 3},
}


def functions() -> Iterator[Subject]:
    """Every public class and function."""
    for home in MODULES:
        module = importlib.import_module(f"nnlite.{home}")
        for name in public_names(f"nnlite.{home}"):
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isroutine(thing):
                made = subject(f"{home}.{name}", thing)
                # A picture checks what it draws, and leaves the rest to matplotlib.
                first = made.arguments[: 1 if home == "plot" else None]
                yield made._replace(arguments=first)


def objects() -> Iterator[tuple[str, Callable[[], Any], type, dict[str, Callable[[], Any]]]]:
    """Objects of all public classes that have methods.

    For each its name, how to make one, the base class that says which methods are for users, and
    what these need that is not what it is elsewhere.
    """
    yield "Sequential", model, Sequential, OF_A_MODEL
    yield "Model", graph, Model, OF_A_MODEL
    yield "History", history, History, {}
    yield "Value", value, Value, {}
    yield "Explanation", lambda: model().explain(X, Y), Explanation, {}
    for case in {case.layer_class: case for case in CASES.values()}.values():
        yield case.layer_class.__name__, case.make, Layer, of_a_layer(case)
    for home, base in FAMILIES.items():
        module = importlib.import_module(f"nnlite.{home}")
        for name in public_names(f"nnlite.{home}"):
            kind = getattr(module, name)
            if inspect.isclass(kind) and kind.__name__ == name and name not in NOT_ALONE:
                _, demanded = arguments_of(kind)
                given = [(argument, NEEDED[argument]) for argument in demanded]
                make = partial(made_with, kind, given)
                if home == "estimators":
                    make = partial(fitted, kind)
                yield f"{home}.{name}", make, base or kind, OF_AN_ESTIMATOR if base is None else {}


FAMILIES: dict[str, Any] = {
    "activations": activations.ActivationFunction,
    "initializers": initializers.Initializer,
    "regularizers": regularizers.Regularizer,
    "losses": losses.Loss,
    "metrics": metrics.Metric,
    "optimizers": optimizers.Optimizer,
    "callbacks": callbacks.Callback,
    "optimizers.schedules": optimizers.schedules.LearningRateSchedule,
    "estimators": None,
}
NOT_ALONE = {"History", "CrossEntropy"}
OF_AN_ESTIMATOR = {"y": lambda: Y.ravel()}
OF_A_MODEL = {
    "weights": lambda: model().get_weights(),
    "name": lambda: "dense",
    "filepath": lambda: "model.npz",
    "layer": lambda: Dense(1),
}


def of_a_layer(case: Case) -> dict[str, Callable[[], Any]]:
    """What the methods of this layer need."""
    rng = np.random.default_rng(0)
    return {
        "inputs": lambda: case.samples(rng, 3),
        "x": lambda: case.samples(rng, 3),
        "data": lambda: case.samples(rng, 3),
        "input_shape": lambda: case.shape,
        "weights": list,
        "config": lambda: case.make().get_config(),
        "name": lambda: "V",
        "shape": lambda: (2,),
    }


def fitted(kind: Any) -> Any:
    """Return an estimator that has learned."""
    return kind(epochs=1).fit(X, Y.ravel())


def made_with(kind: type, given: list[tuple[str, Callable[[], Any]]]) -> Any:
    """Return an object of the class."""
    return kind(**{name: make() for name, make in given})


def method_of(make: Callable[[], Any], name: str) -> Any:
    """Return the method of a new object."""
    return getattr(make(), name)


def uses() -> Iterator[Subject]:
    """Objects made with an argument, and then used: what a constructor takes must work later."""
    rng = np.random.default_rng(0)
    for case in {case.layer_class: case for case in CASES.values()}.values():
        names = argument_names(case.layer_class)
        made = partial(used_layer, case, case.samples(rng, 3))
        yield Subject(
            f"use of layers.{case.layer_class.__name__}", lambda made=made: made, names, {}
        )
    for home, use in USES.items():
        module = importlib.import_module(f"nnlite.{home}")
        for name in public_names(f"nnlite.{home}"):
            kind = getattr(module, name)
            if inspect.isclass(kind) and kind.__name__ == name and name not in ABSTRACT:
                one = subject(f"use of {home}.{name}", kind)
                yield one._replace(made=partial(partial, used, use, kind))


def as_it_is(made: Any) -> Any:
    """Return it."""
    return made


def used_layer(case: Case, x: Any, **given: Any) -> Any:
    """Train a model of the layer, and describe the layer."""
    layer = case.layer_class(**{**case.arguments, **given})
    inputs = [Input(shape) for shape in case.shapes]
    made = Model(inputs, layer(inputs if isinstance(case.shape, list) else inputs[0]), seed=0)
    made.compile("sgd", "mse")
    made.fit(x, made.predict(x), verbose=0)
    return layer.get_config()


def used(use: Callable[[Any], Any], kind: type, **given: Any) -> Any:
    """Make the object, and use it."""
    return use(kind(**given))


def trained_with(**options: Any) -> Any:
    """Train with an optimizer, a loss or a metric."""
    made = Sequential([Dense(2, "softmax", input_shape=(2,))], seed=0)
    made.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    y: Any = np.eye(2)[[0, 1, 1, 0]]
    if type(options.get("loss")).__name__.startswith("Sparse"):
        y = np.array([0, 1, 1, 0])
    return made.fit(X, y, verbose=0)


def fit_with(callback: Any) -> Any:
    """Train with a callback."""
    return model().fit(X, Y, epochs=2, validation_data=(X, Y), callbacks=[callback], verbose=0)


def dense_with(**options: Any) -> Any:
    """Train a layer that is told this."""
    made = Sequential([Dense(2, input_shape=(2,), **options)], seed=0)
    made.compile("sgd", "mse")
    return made.fit(X, X, verbose=0)


USES: dict[str, Callable[[Any], Any]] = {
    "optimizers": lambda made: trained_with(optimizer=made),
    "optimizers.schedules": lambda made: trained_with(optimizer=SGD(made)),
    "losses": lambda made: trained_with(loss=made),
    "metrics": lambda made: made(*OF_METRIC.get(type(made).__name__, (X > 0.5, X))),
    "callbacks": fit_with,
    "activations": lambda made: dense_with(activation=made),
    "initializers": lambda made: dense_with(kernel_initializer=made),
    "regularizers": lambda made: dense_with(kernel_regularizer=made),
    "estimators": lambda made: made.fit(X, Y.ravel()).predict(X),
}
OF_METRIC: dict[str, Any] = {
    "SparseCategoricalAccuracy": (Y, X),
    "SparseTopKCategoricalAccuracy": (Y, X),
    "Mean": (X,),
    "Accuracy": (Y, Y),
}
ABSTRACT = {
    *("ActivationFunction", "Initializer", "Regularizer", "Loss", "CrossEntropy", "Metric"),
    *("Optimizer", "LearningRateSchedule", "Step"),
}


def methods() -> Iterator[Subject]:
    """Every method for users of an object of each class."""
    for owner, make, base, needed in objects():
        one = make()
        for name in dir(base):
            if not name.startswith("_") or name == "__call__":
                method = getattr(one, name, None)
                if inspect.isroutine(method) and not is_no_call_of_a_user(one, name):
                    yield subject(
                        f"{owner}().{name}", method, partial(method_of, make, name), needed
                    )


def is_no_call_of_a_user(owner: object, method: str) -> bool:
    """Return whether only the library, or a class that builds on it, calls this method.

    - What a model calls in every step gets arrays in its dtype that have been checked, so it
      checks nothing: `layer(x)`, `loss(y, a)` and `model.predict(x)` are the ways that do.
    - What is written to be called by another method of the same object gets what that one got.
    - Some methods have a public name because no room uses private names of another one.
    """
    bases = [kind.__name__ for kind in type(owner).__mro__]
    rows = [row for row in CALLED if row.base in bases and row.method == method]
    in_a_step = any("fit" in row.by or row.when.startswith("by ") for row in rows)
    return in_a_step or method in BETWEEN_ROOMS


BETWEEN_ROOMS = {
    *("forpass", "backprop"),  # of a model: what it is as a layer of another one
    *("memory_in", "ensure_built", "join_model", "misfit"),  # of a layer
    *("prepare", "truth", "check_targets", "check_predictions"),  # of a loss
    *("add", "hits", "is_several"),  # of a metric
    *("memory", "scratch", "subtract"),  # of an optimizer
    *("checked", "checked_inputs", "build_for", "forget_endings", "check_built"),  # of a model
}
