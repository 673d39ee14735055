"""What a class or a method says to arguments that it does not take, or that are of another kind."""

from __future__ import annotations

import inspect
import traceback
import types
from typing import get_type_hints

import numpy as np
import pytest

import nnlite
from nnlite import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    plot,
    regularizers,
)
from nnlite.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    History,
    LivePlot,
    ModelCheckpoint,
    TerminateOnNaN,
)
from nnlite.datasets import boston_housing, gates, house_prices, mnist, xor
from nnlite.foundation.arguments import ExplainsItsArguments, explains_its_arguments
from nnlite.foundation.checks import Flag, PositiveInteger, Share
from nnlite.graph import Value
from nnlite.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    GlobalMaxPooling2D,
    Input,
)
from nnlite.models import Model, Sequential
from nnlite.optimizers import SGD, Adam, AdamW, RMSprop
from nnlite.optimizers.schedules import ExponentialDecay

# Names


def test_a_required_argument_that_is_not_the_first_is_proposed_too():
    with pytest.raises(TypeError, match="Conv2D takes the arguments") as caught:
        Conv2D(8, kernal_size=3)
    assert "Received: kernal_size=3" in str(caught.value)
    assert "Remedy: Did you mean kernel_size=?" in str(caught.value)


def test_the_argument_that_is_too_much_is_named_and_not_a_required_one():
    with pytest.raises(TypeError, match="ExponentialDecay takes the arguments") as caught:
        ExponentialDecay(0.05, decay_steps=10, decay_rate=0.96, name="x")
    assert "decay_rate, decay_steps, initial_learning_rate, staircase." in str(caught.value)
    assert "Received: name='x'\nRemedy: Leave out name=." in str(caught.value)


def test_two_required_arguments_of_a_model_are_both_known():
    with pytest.raises(TypeError, match="takes the arguments dtype, inputs, name, outputs, seed"):
        Model(input=None, output=None)


@pytest.mark.parametrize("cls", [DepthwiseConv2D, Conv2DTranspose])
def test_what_a_layer_does_not_hand_on_is_not_among_its_arguments(cls):
    with pytest.raises(TypeError, match=f"{cls.__name__} takes the arguments") as caught:
        cls(2, 2, grups=2)
    assert "groups" not in str(caught.value).partition("Received")[0]


@pytest.mark.parametrize(
    "mistake",
    [lambda: Dense(3, actvation="relu"), lambda: Dense(), lambda: yes_or_no().fit(X, epoch=3)],
)
def test_an_explained_mistake_is_shown_without_the_errors_behind_it(mistake):
    with pytest.raises(TypeError, match="takes the arguments") as caught:
        mistake()
    shown = "".join(traceback.format_exception(caught.value))
    assert shown.count("TypeError") == 1


class Narrow(Dense):
    def __init__(self, **options):
        super().__init__(2, **options)


class HandsOnAll(Dense):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)


def test_what_the_base_demands_is_an_argument_of_a_class_that_hands_on_everything():
    with pytest.raises(TypeError, match="HandsOnAll takes the arguments activation") as caught:
        HandsOnAll(unit=3)
    assert "Did you mean units=?" in str(caught.value)


class Misspelt(Dense):
    def __init__(self, units):
        super().__init__(units, actvation="relu")


def test_options_that_a_layer_of_ones_own_hands_on_are_explained_with_its_name():
    with pytest.raises(TypeError, match="Narrow takes the arguments activation, bias") as caught:
        Narrow(actvation="relu")
    assert "units" not in str(caught.value)
    assert "Did you mean activation=?" in str(caught.value)


def test_a_misspelt_argument_in_the_call_of_super_is_explained_with_the_name_of_the_base():
    with pytest.raises(TypeError, match="Dense takes the arguments activation, bias") as caught:
        Misspelt(3)
    assert "Received: actvation='relu'" in str(caught.value)
    assert "Did you mean activation=?" in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        activations.Sigmoid,
        initializers.Zeros,
        History,
        TerminateOnNaN,
        Callback,
    ],
)
def test_a_class_without_arguments_takes_none(make):
    with pytest.raises(TypeError, match=f"{make.__name__} takes no arguments") as caught:
        make(reduction="sum")
    assert "Received: reduction='sum'\nRemedy: Leave out reduction=." in str(caught.value)
    with pytest.raises(TypeError, match=f"{make.__name__} takes no arguments") as caught:
        make(5, 6)
    assert "Received: a call with too many positional arguments" in str(caught.value)


def test_a_loss_that_takes_something_refuses_the_rest():
    with pytest.raises(TypeError, match=r"Huber takes the arguments delta, name, reduc") as caught:
        losses.Huber(foo=3)
    assert "Received: foo=3\nRemedy: Leave out foo=." in str(caught.value)
    with pytest.raises(TypeError, match=r"MeanSquaredError takes the arguments dtype, name\."):
        metrics.MeanSquaredError(foo=3)


# Flags

X = np.arange(8.0).reshape(4, 2)


def yes_or_no():
    model = Sequential([Dense(1, "sigmoid", input_shape=(2,))], seed=0)
    model.compile("sgd", "binary_crossentropy")
    return model


FLAGS = [
    ("use_bias", lambda v: Dense(1, use_bias=v)),
    ("use_bias", lambda v: Conv2D(1, 2, use_bias=v)),
    ("use_bias", lambda v: DepthwiseConv2D(2, use_bias=v)),
    ("use_bias", lambda v: Conv2DTranspose(1, 2, use_bias=v)),
    ("trainable", lambda v: Dense(1, trainable=v)),
    ("trainable", lambda v: Dense(1).add_weight("c", 1, trainable=v)),
    ("trainable", lambda v: setattr(yes_or_no(), "trainable", v)),
    ("center", lambda v: BatchNormalization(center=v)),
    ("scale", lambda v: BatchNormalization(scale=v)),
    ("keepdims", lambda v: GlobalMaxPooling2D(keepdims=v)),
    ("nesterov", lambda v: SGD(nesterov=v)),
    ("centered", lambda v: RMSprop(centered=v)),
    ("amsgrad", lambda v: Adam(amsgrad=v)),
    ("amsgrad", lambda v: AdamW(amsgrad=v)),
    ("staircase", lambda v: ExponentialDecay(0.1, 10, 0.5, staircase=v)),
    ("from_logits", lambda v: losses.BinaryCrossentropy(v)),
    ("from_logits", lambda v: losses.CategoricalCrossentropy(from_logits=v)),
    ("from_logits", lambda v: losses.binary_crossentropy([[1]], [[0.5]], from_logits=v)),
    ("restore_best_weights", lambda v: EarlyStopping(restore_best_weights=v)),
    ("save_best_only", lambda v: ModelCheckpoint("a.npz", save_best_only=v)),
    ("save_weights_only", lambda v: ModelCheckpoint("a.npz", save_weights_only=v)),
    ("append", lambda v: CSVLogger("a.csv", append=v)),
    ("log", lambda v: LivePlot(log=v)),
    ("log", lambda v: plot.history({"loss": [1.0, 0.5]}, log=v)),
    ("log", lambda v: plot.loss_surface(lambda w, b: w + b, log=v)),
    ("numbers", lambda v: plot.images(np.ones((1, 2, 2)), numbers=v)),
    ("shuffle", lambda v: yes_or_no().fit(X, [0, 1, 0, 1], verbose=0, shuffle=v)),
    ("check_finite", lambda v: yes_or_no().fit(X, [0, 1, 0, 1], verbose=0, check_finite=v)),
    ("return_dict", lambda v: yes_or_no().evaluate(X, [0, 1, 0, 1], 2, 0, None, v)),
    ("return_dict", lambda v: yes_or_no().test_on_batch(X, [0, 1, 0, 1], return_dict=v)),
    ("return_dict", lambda v: yes_or_no().train_on_batch(X, [0, 1, 0, 1], return_dict=v)),
]


@pytest.mark.parametrize(("name", "use"), FLAGS)
def test_a_flag_is_true_or_false(name, use):
    for value, remedy in [("False", f"Write {name}=False."), (1, f"Write {name}=True.")]:
        with pytest.raises(TypeError, match=f"{name} must be True or False") as caught:
            use(value)
        assert f"Received: {name}={value!r} ({type(value).__name__})" in str(caught.value)
        assert f"Remedy: {remedy}" in str(caught.value)


@pytest.mark.parametrize("value", [None, "yes", 2, [], np.ones(2)])
def test_what_a_flag_cannot_mean_has_no_remedy(value):
    with pytest.raises(TypeError, match="use_bias must be True or False") as caught:
        Dense(1, use_bias=value)
    assert "Remedy" not in str(caught.value)


def test_a_flag_of_numpy_becomes_one_of_python():
    assert Dense(1, use_bias=np.False_).use_bias is False


def test_a_flag_of_a_layer_names_the_layer():
    with pytest.raises(TypeError, match=r"Where: layer 'mine'"):
        Dense(1, use_bias="False", name="mine")
    with pytest.raises(TypeError, match=r"Where: fit"):
        yes_or_no().fit(X, [0, 1, 0, 1], shuffle="False")


# The default dtype


def test_no_dtype_means_float32():
    assert Sequential([Dense(1)], dtype=None).dtype == np.float32
    x = Input((2,))
    assert Model(x, Dense(1)(x), dtype=None).predict(X).dtype == np.float32
    assert Dense(1, dtype=None)(X).dtype == np.float32
    assert initializers.Ones()((2,), None).dtype == np.float32


# What a constructor keeps


def test_a_number_of_numpy_does_not_turn_float32_into_float64():
    x = np.array([[-1.0, 2.0]], np.float32)
    assert activations.Elu(np.float64(1.0)).forpass(x).dtype == np.float32


def test_a_constructor_of_ones_own_may_have_checks_too():
    class Scaled(Dense):
        def __init__(self, units, share: Share = 0.5, **options):
            super().__init__(units, **options)
            self.share = share

    assert Scaled(3, np.float32(0.25)).share == 0.25
    with pytest.raises(ValueError, match="share must be between 0 and 1") as caught:
        Scaled(3, 2, name="mine")
    assert "Received: share=2\nWhere: layer 'mine'" in str(caught.value)


def test_the_types_of_ones_own_arguments_may_be_any_words():
    class Worded(Dense):
        def __init__(self, units: how_many, **options: what_else):  # noqa: F821
            super().__init__(units, **options)

    assert Worded(3).units == 3


def test_the_configuration_is_what_was_given_and_not_what_is_kept():
    assert Dense(3, "relu", kernel_initializer="ones").get_config()["activation"] == "relu"
    assert inspect.signature(Dense).parameters["units"].default is inspect.Parameter.empty


# All classes


def public_classes():
    homes = [activations, callbacks, initializers, layers, losses, metrics, models, optimizers]
    found = {
        cls: None
        for home in [*homes, optimizers.schedules, regularizers]
        for name, cls in vars(home).items()
        if isinstance(cls, ExplainsItsArguments) and name[0] != "_"
    }
    return list(found)


@pytest.mark.parametrize("cls", public_classes())
def test_every_class_refuses_what_it_does_not_know(cls):
    with pytest.raises(TypeError, match=f"{cls.__name__} takes (the|no) arguments") as caught:
        cls(foo=3)
    assert "Received: foo=3" in str(caught.value)


@pytest.mark.parametrize("cls", public_classes())
def test_every_flag_of_a_constructor_is_true_or_false(cls):
    types = get_type_hints(cls.__init__, include_extras=True)
    arguments = inspect.signature(cls).parameters.values()
    flags = [p.name for p in arguments if isinstance(p.default, bool)]
    assert [types[name] for name in flags] == [Flag] * len(flags)


def test_there_are_many_classes():
    assert len(public_classes()) > 70


@pytest.mark.parametrize(
    ("call", "rule", "received"),
    [
        (lambda: mnist.load_data(pat="x"), "load_data takes no arguments.", "pat='x'"),
        (lambda: xor.load_data(3), "load_data takes no arguments.", "too many positional"),
        (lambda: gates.load_data(), "load_data takes the arguments name.", "missing a required"),
        (lambda: house_prices.load_data(pth=3), "load_data takes the arguments path.", "pth=3"),
        (lambda: boston_housing.load_data(sed=3), "path, seed, test_split.", "sed=3"),
        (lambda: Value(), "Value takes the arguments data, name.", "missing a required"),
        (lambda: Value(3, nam="x"), "Value takes the arguments data, name.", "nam='x'"),
    ],
)
def test_data_and_values_say_what_they_take(call, rule, received):
    with pytest.raises(TypeError) as caught:
        call()
    first, second = str(caught.value).splitlines()[:2]
    assert first.endswith(rule)
    assert received in second


class Mute:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: gates.load_data(Mute()), "The name of a gate must be a string."),
        (lambda: house_prices.load_data(Mute()), "path must be a string or a path."),
        (lambda: boston_housing.load_data(test_split=Mute()), "test_split must be a share"),
        (lambda: boston_housing.load_data(seed=Mute()), "seed must be an integer"),
    ],
)
def test_data_tell_of_what_cannot_be_written(call, rule):
    with pytest.raises((TypeError, ValueError), match=rule) as caught:
        call()
    assert "<Mute object>" in str(caught.value)


@pytest.mark.parametrize("value", [np.ones(3), np.array(["a", "b"])])
@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda value: layers.Dense(3, name=value), "name must be text."),
        (lambda value: layers.Dense(3, dtype=value), 'dtype must be "float32" or "float64".'),
        (lambda value: nnlite.Sequential(dtype=value), 'dtype must be "float32" or "float64".'),
        (
            lambda value: compiled().fit([[1.0]], [[1.0]], verbose=value),
            'verbose must be 0, 1, 2 or "auto".',
        ),
    ],
)
def test_an_array_in_the_place_of_a_word_is_explained(call, rule, value):
    with pytest.raises((TypeError, ValueError), match=rule):
        call(value)


def compiled():
    model = nnlite.Sequential([layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("thing", [lambda: layers.Dense(3), lambda: layers.Dense, compiled])
@pytest.mark.parametrize("use", ["predict", "__call__", "fit"])
def test_a_layer_or_a_model_is_no_data(thing, use):
    with pytest.raises(TypeError, match=r"array of numbers(?s:.)*A layer or a model is no data"):
        getattr(compiled(), use)(thing())


def test_a_mistyped_argument_is_meant_for_the_class_rather_than_for_its_base():
    with pytest.raises(TypeError, match=r"Did you mean target_shape=\?"):
        nnlite.layers.Reshape(shape=(2, 2))


class Base(metaclass=ExplainsItsArguments):
    @explains_its_arguments
    def add(self, count: PositiveInteger, name: NobodyKnowsThis = None) -> int:  # noqa: F821
        return count


class Override(Base):
    def add(self, count, name=None):
        return count + 1


def test_a_type_that_nobody_knows_hides_no_check_of_the_other_arguments():
    with pytest.raises(ValueError, match="count must be a positive integer"):
        Base().add(-1)


def test_what_the_library_puts_in_the_place_of_a_method_checks_what_that_one_does():
    # Whose a function is its globals say.
    scope = {"__name__": "nnlite.somewhere"}
    written = types.FunctionType(Override.add.__code__, scope, "add", (None,))
    ours = ExplainsItsArguments("Ours", (Base,), {"add": written})
    assert ours().add(1) == 2
    with pytest.raises(ValueError, match="count must be a positive integer"):
        ours().add(count=0)
    # A user's own method takes what it likes.
    assert Override().add(-1) == 0


@pytest.mark.parametrize("shape", ["text", np.zeros((2, 2)), None, 0.5, [1, -1]])
@pytest.mark.parametrize("method", ["build", "compute_output_shape"])
@pytest.mark.parametrize("layer", [Conv2D(1, 1), BatchNormalization(), layers.Flatten()])
def test_layers_are_built_for_shapes_alone(layer, method, shape):
    with pytest.raises((TypeError, ValueError), match="Received: "):
        getattr(layer, method)(shape)


def test_a_page_of_no_height_is_refused():
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="height must be a positive integer"):
        model.page(height=0)


def test_what_cannot_become_an_array_is_named():
    class Broken:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("no numbers")

    with pytest.raises(TypeError, match="y_pred must be an array of numbers, or what can become"):
        losses.mse([1.0], Broken())


def test_a_metric_function_that_returns_nothing_is_told_so():
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse", metrics=[lambda y, a: None])
    with pytest.raises(TypeError, match="What <lambda> returns must be an array of numbers"):
        model.evaluate([[1.0, 2.0]], [1.0], verbose=0)
