"""The duties of a layer besides right gradients: each function tests one, and says what was kept.

What breaks a duty raises an AssertionError that names the layer and the place.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from nnlite import layers
from nnlite.foundation.errors import told
from nnlite.foundation.types import Shape
from nnlite.kernels.memory import UsedAgain
from nnlite.layers.layer import Layer
from nnlite.models.custom import as_description, give_meanings, plain
from nnlite.network.vector import FlatWeights
from nnlite.testing.subject import SAMPLES, Subject, Trial, blamed_on, failure, named


def says_its_shape(trial: Trial) -> str:
    """For any number of samples, the output has the shape that compute_output_shape says."""
    subject = trial.subject()
    shapes = []
    for count in (2, SAMPLES, 5):
        subject.x = trial.samples(count)
        shapes += [(count, subject.forpass(training).shape) for training in (False, True)]
    rule = "compute_output_shape must return the shape of one output sample, a tuple."
    with blamed_on(subject.layer, rule):
        promised = trial.original.twin(built=False).compute_output_shape(trial.input_shape)
    if not isinstance(promised, tuple | list):
        raise failure(subject.layer, rule, told(promised))
    for count, shape in shapes:
        if shape != (count, *promised):
            rule = "forpass must return what compute_output_shape says."
            found = f"an output of shape {shape} for {count} samples"
            promise = f"compute_output_shape says {promised} for each"
            raise failure(subject.layer, rule, f"{found}, where {promise}")
    return f"one output sample has the shape {promised}"


def gives_finite_numbers(trial: Trial) -> str:
    """The output is finite, so that it has slopes."""
    subject = trial.subject()
    for training in (False, True):
        output = subject.forpass(training)
        if not np.isfinite(output).all():
            rule = "The output must be finite for the samples of the check."
            found = f"{output[~np.isfinite(output)][0]} from forpass(x, training={training})"
            remedy = "If x must be positive, say, give samples that suit: "
            remedy += "check_layer(layer, input_shape, x=…)."
            raise failure(subject.layer, rule, found, remedy)
    return "the output is finite"


def repeats_itself(trial: Trial) -> str:
    """The same x, weights and random numbers give the same output."""
    subject = trial.subject()
    rule = "forpass(x, training={training}) must give the same for the same x."
    remedy = "Draw random numbers from self.rng, and keep nothing that the next forpass uses."
    subject.expect_output(rule, subject, remedy)
    return "the same x and random numbers give the same output"


def keeps_dtype(trial: Trial) -> str:
    """In float32 all is float32, in float64 all is float64, and both agree."""
    subject = trial.subject("float32")
    subject.forpass(training=False)
    subject.expect("float32 and float64 agree in three digits.", subject.step(), share=1e-3)
    return "float32 stays float32, and float64 float64"


def leaves_arguments_alone(trial: Trial) -> str:
    """Neither forpass changes x, nor backprop x or grad."""
    subject = trial.subject()
    before = named("x", [x.copy() for x in subject.x])

    def look_at_x(method: str) -> None:
        rule = f"{method} must leave x as it is: it belongs to the caller."
        remedy = "Compute a new array, or work on x.copy()."
        subject.expect(rule, named("x", subject.x), before, remedy, share=0.0)

    for training in (False, True):
        output = subject.forpass(training)
        look_at_x(f"forpass(x, training={training})")
    grad = subject.grad(output)
    subject.backprop(grad)
    look_at_x("backprop(grad)")
    rule = "backprop(grad) must leave grad as it is: other branches need it, too."
    remedy = "Compute a new array: grad * slope, not grad *= slope."
    subject.expect(rule, {"grad": grad}, {"grad": subject.grad(output)}, remedy, share=0.0)
    return "x and grad stay as they are"


def writes_gradients_anew(trial: Trial) -> str:
    """Backprop overwrites the gradients, and updates no weight."""
    subject = trial.subject()
    before, rule = subject.weights(), "{} must not change a weight: that is the optimizer's part."
    output = subject.forpass().copy()
    after = subject.weights()
    trained = {name: after[name] for name in subject.layer.trainable_names()}
    subject.expect(rule.format("forpass"), trained, before, share=0.0)
    grad = subject.grad(output)
    first, second = subject.backprop(grad), subject.backprop(grad)
    subject.expect(rule.format("backprop"), subject.weights(), after, share=0.0)
    rule = "backprop called twice must give the same: it writes gradients, it does not add to them."
    for name, gradient in second.items():
        remedy = "Leave alone what forpass stored."
        if name[1:] in before:
            remedy = f"self.{name} = …, not self.{name} += …, and leave alone what forpass stored."
        subject.expect(rule, {name: gradient}, first, remedy)
    return "backprop writes the gradients anew, and changes no weight"


def makes_its_weights_known(trial: Trial) -> str:
    """What has a gradient beside it, and is no larger for more samples, is a weight."""
    subject, numbers = trial.subject(), np.ndarray | np.generic | int | float
    layer = subject.layer

    def shapes(count: int) -> dict[str, Shape]:
        subject.x = trial.samples(count)
        subject.step()
        return {name: np.shape(v) for name, v in vars(layer).items() if isinstance(v, numbers)}

    few, many = shapes(SAMPLES), shapes(5)
    for name, shape in few.items():
        same = {few.get("d" + name), many.get(name), many.get("d" + name)} == {shape}
        if same and name not in layer.parameters:
            rule = "A weight is made with add_weight: else no optimizer finds it."
            found = f"self.{name} of shape {shape} with self.d{name} beside it, that no model knows"
            raise failure(layer, rule, found, f'In build: self.add_weight("{name}", {shape}).')
    return "the weights are made with add_weight"


def lives_in_a_vector(trial: Trial) -> str:
    """Moved into a vector and changed there, the weights are still those that the layer uses."""
    moved, wanted = trial.subject(), trial.subject()
    layer = moved.layer
    try:
        flat = FlatWeights([layer], layer.dtype)
    except ValueError as error:
        raise AssertionError(str(error)) from error
    flat.weights += np.random.default_rng(4).uniform(0.1, 0.3, flat.weights.shape)
    wanted.layer.set_weights(layer.get_weights())
    rule = "A layer computes with its weights wherever they lie: training moves them into one "
    rule += "vector, and changes them there."
    remedy = "Keep what add_weight returned on the layer, alone or in a list."
    moved.expect_output(rule, wanted, remedy)
    flat.gradients[...] = 0
    rule = "backprop writes the gradients wherever they lie: training moves them, too."
    moved.expect(rule, moved.step(), wanted.step())
    return "its weights may live in a vector"


def goes_back_linearly(trial: Trial) -> str:
    """A gradient 1000 times as large gives results 1000 times as large: nothing is cut off."""
    subject = trial.subject()
    usual = subject.step()
    large = subject.backprop(1000 * subject.grad(subject.forpass()))
    found = {f"for 1000·grad, {name}": gradient for name, gradient in large.items()}
    wanted = {f"for 1000·grad, {name}": 1000 * usual[name] for name in large}
    rule = "backprop must be linear: twice the grad, twice the gradients. Training relies on it."
    remedy = "Cut gradients off in the optimizer, with clipnorm= or clipvalue=."
    subject.expect(rule, found, wanted, remedy)
    return "backprop is linear: nothing is cut off"


def works_as_first_layer(trial: Trial) -> str:
    """Told to skip the input gradient, a layer gives the same gradients of its weights."""
    subject = trial.subject()
    subject.layer.skip_input_gradient = True
    rule = "With skip_input_gradient, backprop may return None, but all else stays the same."
    subject.expect(rule, subject.step())
    return "as the first layer it may leave out the gradient of x"


def works_in_any_memory(trial: Trial) -> str:
    """In the reused memory of the training loop, or on arrays with gaps, all is the same."""
    reusing, spread = trial.subject(), trial.subject()
    reusing.layer.memory = UsedAgain()
    samples = reusing.x
    for count in (5, 2):
        reusing.x = trial.samples(count)
        reusing.step()
    reusing.x = samples
    rule = "Memory that self.memory gives again must not change the results."
    reusing.expect(rule, reusing.step())
    spread.x = [np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim > 1 else x for x in samples]
    rule = "Arrays whose numbers do not lie side by side must give the same results."
    spread.expect(rule, spread.step())
    return "reused memory and arrays with gaps change nothing"


def comes_back_from_its_config(trial: Trial) -> str:
    """What get_config gives makes, after a way through JSON, a layer that does the same."""
    subject = trial.subject()
    layer = subject.layer
    rule = "get_config must return a dictionary of the constructor's arguments."
    with blamed_on(layer, rule):
        config = trial.original.get_config()
    if not isinstance(config, dict):
        raise failure(layer, rule, told(config))
    try:
        json.dumps(config)
    except TypeError as error:
        rule = "get_config must hold plain values, so that the model can be saved."
        remedy = "Give the constructor names and numbers, and look up inside what they stand for."
        raise failure(layer, rule, f"{config!r}: {error}", remedy) from error
    rule = f"{type(layer).__name__}.from_config(layer.get_config()) must make the layer again."
    with blamed_on(layer, rule, f", for the config {config!r}"):
        made = as_from_a_file(trial.original)
        if type(made) is type(layer):
            made = trial.subject(layer=made).layer
    if type(made) is not type(layer):
        raise failure(layer, rule, f"{told(made)} from the config {config!r}")
    generators = {k: v for k, v in vars(layer).items() if isinstance(v, np.random.Generator)}
    vars(made).update((k, v) for k, v in generators.items() if k in vars(made))
    rule = "A layer made from get_config, with the same weights, must give the same output."
    remedy = f"The config is {config!r}: is every argument of the constructor in it?"
    Subject(trial, made).expect_output(rule, subject, remedy)
    return "it comes back from its config"


def as_from_a_file(layer: Layer) -> Any:
    """Return the layer made again from its config, as `load_model` does; it knows what is yours."""
    own: dict[str, Any] = {}
    description = json.dumps(plain(layer, own))
    file = json.loads(description, object_hook=as_description)
    give_meanings({"model": file, "compiled": None}, own, "check_layer")
    return layers.KNOWN.rebuild(file)
