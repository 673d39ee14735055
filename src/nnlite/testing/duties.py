"""The duties of a layer besides right gradients: each function tests one, and says what was kept.

What breaks a duty raises an AssertionError that names the layer and the place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from ..flat import FlatWeights
from ..layers.base import Layer
from ..types import Array
from .report import number, place_text
from .subject import SAMPLES, Subject, Trial, failure, input_names, spelt


def says_its_shape(trial: Trial) -> str:
    """For any number of samples, the output has the shape that compute_output_shape says."""
    subject = trial.subject()
    shapes = []
    for count in (2, SAMPLES, 5):
        subject.x = trial.samples(count)
        shapes += [(count, subject.forpass(training).shape) for training in (False, True)]
    promised = tuple(trial.blank().compute_output_shape(trial.input_shape))
    for count, shape in shapes:
        if shape != (count, *promised):
            raise failure(
                subject.layer,
                "forpass must return what compute_output_shape says.",
                f"an output of shape {shape} for {count} samples, where "
                f"compute_output_shape says {promised} for each",
            )
    return f"one output sample has the shape {promised}"


def gives_finite_numbers(trial: Trial) -> str:
    """The output is finite, so that it has slopes."""
    subject = trial.subject()
    for training in (False, True):
        output = subject.forpass(training)
        if not np.isfinite(output).all():
            raise failure(
                subject.layer,
                "The output must be finite for the samples of the check.",
                f"{output[~np.isfinite(output)][0]} from forpass(x, training={training})",
                "If x must be positive, say, give samples that suit: "
                "check_layer(layer, input_shape, x=…).",
            )
    return "the output is finite"


def repeats_itself(trial: Trial) -> str:
    """The same x, weights and random numbers give the same output."""
    subject = trial.subject()
    for training in (False, True):
        first = subject.forpass(training).copy()
        _expect_same(
            subject.layer,
            f"forpass(x, training={training}) must give the same for the same x.",
            "the output",
            subject.forpass(training),
            first,
            "Draw random numbers from self.rng, and keep nothing that the next forpass uses.",
        )
    return "the same x and random numbers give the same output"


def keeps_dtype(trial: Trial) -> str:
    """In float32 all is float32, in float64 all is float64, and both agree."""
    steps = []
    for dtype in ("float32", "float64"):
        subject = trial.subject(dtype)
        step = subject.step()
        found = [("forpass", subject.forpass(training=False)), ("forpass", step.output)]
        found += [(f"{name} of backprop", dx) for name, dx in input_names(step.inputs)]
        for where, array in found:
            if array.dtype != dtype:
                raise failure(
                    subject.layer,
                    f"What goes in as {dtype} comes out as {dtype}.",
                    f"{array.dtype} from {where}",
                    "np.float64 numbers and new arrays promote: use x.dtype, or plain floats.",
                )
        steps.append(step)
    single, double = steps
    pairs = [("the output", single.output, double.output)]
    wanted = double.gradients()
    pairs += [(name, gradient, wanted[name]) for name, gradient in single.gradients().items()]
    for name, small, large in pairs:
        _expect_same(
            trial.original, "float32 and float64 agree in three digits.", name, small, large,
            share=1e-3,
        )  # fmt: skip
    return "float32 stays float32, and float64 float64"


def leaves_arguments_alone(trial: Trial) -> str:
    """Neither forpass changes x, nor backprop x or grad."""
    subject = trial.subject()
    before = [x.copy() for x in subject.x]

    def look_at_x(method: str) -> None:
        for name, (x, old) in input_names(list(zip(subject.x, before, strict=True))):
            _expect_same(
                subject.layer,
                f"{method} must leave x as it is: it belongs to the caller.",
                name[1:],
                x,
                old,
                "Compute a new array, or work on x.copy().",
                share=0.0,
            )

    for training in (False, True):
        output = subject.forpass(training)
        look_at_x(f"forpass(x, training={training})")
    grad = subject.grad(output)
    subject.backprop(grad)
    look_at_x("backprop(grad)")
    _expect_same(
        subject.layer,
        "backprop(grad) must leave grad as it is: other branches need it, too.",
        "grad",
        grad,
        subject.grad(output),
        "Compute a new array: grad * slope, not grad *= slope.",
        share=0.0,
    )
    return "x and grad stay as they are"


def writes_gradients_anew(trial: Trial) -> str:
    """Backprop overwrites the gradients, and updates no weight."""
    subject = trial.subject()
    layer = subject.layer
    before = {name: weight.value.copy() for name, weight in layer.parameters.items()}

    def look_at_weights(method: str, names: Iterable[str]) -> None:
        for name in names:
            _expect_same(
                layer,
                f"{method} must not change a weight: that is the optimizer's part.",
                name,
                layer.parameters[name].value,
                before[name],
                share=0.0,
            )

    output = subject.forpass().copy()
    look_at_weights("forpass", layer.trainable_names())
    before = {name: weight.value.copy() for name, weight in layer.parameters.items()}
    grad = subject.grad(output)
    first = [np.array(dx) for dx in subject.backprop(grad)]
    gradients = subject.weight_gradients()
    second = [np.array(dx) for dx in subject.backprop(grad)]
    look_at_weights("backprop", before)
    rule = "backprop called twice must give the same: it writes gradients, it does not add to them."
    for name, gradient in subject.weight_gradients().items():
        _expect_same(
            layer, rule, name, gradient, gradients[name],
            f"self.{name} = …, not self.{name} += …, and leave alone what forpass stored.",
        )  # fmt: skip
    for name, (dx, old) in input_names(list(zip(second, first, strict=True))):
        _expect_same(layer, rule, name, dx, old, "Leave alone what forpass stored.")
    return "backprop writes the gradients anew, and changes no weight"


def makes_its_weights_known(trial: Trial) -> str:
    """What has a gradient beside it, and is no larger for more samples, is a weight."""
    subject = trial.subject()
    layer = subject.layer
    shapes = []
    for count in (SAMPLES, 5):
        subject.x = trial.samples(count)
        subject.step()
        numbers = (np.ndarray, np.generic, int, float)
        held = {name: value for name, value in vars(layer).items() if isinstance(value, numbers)}
        shapes.append({name: np.shape(value) for name, value in held.items()})
    few, many = shapes
    for name, shape in few.items():
        same = {few.get("d" + name), many.get(name), many.get("d" + name)} == {shape}
        if same and name not in layer.parameters:
            raise failure(
                layer,
                "A weight is made with add_weight: else no optimizer finds it.",
                f"self.{name} of shape {shape} with self.d{name} beside it, that no model knows",
                f'In build: self.add_weight("{name}", {shape}).',
            )
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
    for training in (False, True):
        _expect_same(
            layer,
            "A layer computes with its weights wherever they lie: training moves them into one "
            "vector, and changes them there.",
            "the output",
            moved.forpass(training),
            wanted.forpass(training),
            "Keep what add_weight returned on the layer, alone or in a list.",
        )
    expected = wanted.step().gradients()
    flat.gradients[...] = 0
    for name, gradient in moved.step().gradients().items():
        _expect_same(
            layer,
            "backprop writes the gradients wherever they lie: training moves them, too.",
            name,
            gradient,
            expected[name],
        )
    return "its weights may live in a vector"


def goes_back_linearly(trial: Trial) -> str:
    """A gradient 1000 times as large gives results 1000 times as large: nothing is cut off."""
    wanted = trial.subject().step().gradients()
    subject = trial.subject()
    inputs = subject.backprop(1000 * subject.grad(subject.forpass()))
    found = {**subject.weight_gradients(), **dict(input_names(inputs))}
    for name, gradient in found.items():
        _expect_same(
            subject.layer,
            "backprop must be linear: twice the grad, twice the gradients. Training relies on it.",
            f"for 1000·grad, {name}",
            gradient,
            1000 * wanted[name],
            "Cut gradients off in the optimizer, with clipnorm= or clipvalue=.",
        )
    return "backprop is linear: nothing is cut off"


def works_as_first_layer(trial: Trial) -> str:
    """Told to skip the input gradient, a layer gives the same gradients of its weights."""
    wanted = trial.subject().step()
    subject = trial.subject()
    subject.layer.skip_input_gradient = True
    for name, gradient in subject.step().gradients().items():
        _expect_same(
            subject.layer,
            "With skip_input_gradient, backprop may return None, but all else stays the same.",
            name,
            gradient,
            wanted.gradients()[name],
        )
    return "as the first layer it may leave out the gradient of x"


def works_in_any_memory(trial: Trial) -> str:
    """In the reused memory of the training loop, or on arrays with gaps, all is the same."""
    wanted = trial.subject().step()
    reusing, spread = trial.subject(), trial.subject()
    reusing.layer._workspace = {}
    samples = reusing.x
    for count in (5, 2):
        reusing.x = trial.samples(count)
        reusing.step()
    reusing.x = samples
    spread.x = [np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim > 1 else x for x in samples]
    for subject, rule in (
        (reusing, "Memory that self.buffer and self.out reuse must not change the results."),
        (spread, "Arrays whose numbers do not lie side by side must give the same results."),
    ):
        found = subject.step()
        _expect_same(subject.layer, rule, "the output", found.output, wanted.output)
        for name, gradient in found.gradients().items():
            _expect_same(subject.layer, rule, name, gradient, wanted.gradients()[name])
    return "reused memory and arrays with gaps change nothing"


def comes_back_from_its_config(trial: Trial) -> str:
    """What get_config gives makes, after a way through JSON, a layer that does the same."""
    subject = trial.subject()
    layer = subject.layer
    config = trial.original.get_config()
    try:
        config = json.loads(json.dumps(config))
    except TypeError as error:
        raise failure(
            layer,
            "get_config must hold plain values, so that the model can be saved.",
            f"{config!r}: {error}",
            "Give the constructor names and numbers, and look up inside what they stand for.",
        ) from error
    try:
        again = trial.subject(layer=type(layer).from_config(config))
    except Exception as error:
        raise failure(
            layer,
            f"{type(layer).__name__}.from_config(layer.get_config()) must make the layer again.",
            f"{spelt(error)}, for the config {config!r}",
        ) from error
    for name, value in vars(layer).items():
        if isinstance(value, np.random.Generator) and name in vars(again.layer):
            vars(again.layer)[name] = value
    again = Subject(trial, again.layer)
    for training in (False, True):
        _expect_same(
            layer,
            "A layer made from get_config, with the same weights, must give the same output.",
            "the output",
            again.forpass(training),
            subject.forpass(training),
            f"The config is {config!r}: is every argument of the constructor in it?",
        )
    return "it comes back from its config"


def _expect_same(
    layer: Layer,
    rule: str,
    name: str,
    found: Array,
    wanted: Array,
    remedy: str | None = None,
    share: float = 1e-9,
) -> None:
    """Raise unless two arrays agree, up to a share of the largest number for round-off."""
    if found.shape != wanted.shape:
        received = f"{name} of shape {found.shape}, not {wanted.shape}"
        raise failure(layer, rule, received, remedy)
    if np.array_equal(found, wanted, equal_nan=True):
        return
    difference = np.asarray(np.nan_to_num(np.abs(found - wanted), nan=np.inf))
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    if difference[place] > share * np.abs(wanted).max(initial=0.0, where=np.isfinite(wanted)):
        spelt = name + place_text([int(index) for index in place])
        received = f"{spelt} is {number(found[place])}, not {number(wanted[place])}"
        raise failure(layer, rule, received, remedy)
