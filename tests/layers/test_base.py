from __future__ import annotations

import threading

import numpy as np
import pytest

import nnlite
from nnlite import initializers
from nnlite.kernels.memory import UsedAgain
from nnlite.layers import Add, BatchNormalization, Dense, Input, InputLayer, Layer
from nnlite.layers.activated import ActivatedLayer
from nnlite.testing import check_layer


class Scale(Layer):
    """a = x·s, written without a constructor."""

    def build(self, input_shape):
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        if training:
            self.x = x
        return x * self.s

    def backprop(self, grad):
        self.ds = (grad * self.x).sum(axis=0)
        return grad * self.s


class Forgetful(Scale):
    """A constructor that forgets super().__init__()."""

    def __init__(self, start=2.0):
        self.start = start

    def build(self, input_shape):
        self.add_weight("s", input_shape, initializers.Constant(self.start))


X = np.array([[1.0, 2.0], [3.0, 4.0]])


# A layer of one's own


def test_an_own_layer_names_itself_when_something_does_not_fit():
    error = Forgetful().misfit("x must be a row.", "x of shape (2, 2)", "Write x[0].")
    assert isinstance(error, ValueError)
    assert str(error).splitlines() == [
        "x must be a row.",
        "Received: x of shape (2, 2)",
        "Where: layer 'forgetful'",
        "Remedy: Write x[0].",
    ]


def test_a_layer_may_forget_super_init():
    layer = Forgetful(3.0)
    assert layer(X).tolist() == [[3.0, 6.0], [9.0, 12.0]]
    assert layer.name == "forgetful"
    assert layer.trainable
    assert layer.get_config() == {"start": 3.0}
    assert check_layer(layer, (2,)).passed


def test_a_layer_that_forgets_super_init_trains_in_a_model():
    model = nnlite.Sequential([Input((2,)), Forgetful(3.0), Dense(1)], seed=0)
    model.compile("sgd", loss="mse")
    history = model.fit(X, [1.0, 2.0], epochs=20, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert model.layers[0].s.tolist() != [3.0, 3.0]


def test_a_layer_needs_a_weight_in_the_model_once_built():
    model = nnlite.Sequential([Input((2,)), Scale(), Scale()], seed=0)
    assert [layer.name for layer in model.layers] == ["scale", "scale_1"]
    assert model.weights_vector.tolist() == [1.0, 1.0, 1.0, 1.0]


def test_what_a_gradient_is_assigned_lands_in_the_gradient_vector():
    model = nnlite.Sequential([Input((2,)), Scale()], seed=0, dtype="float64")
    layer = model.layers[0]
    vector, view = model.gradient_vector, layer.ds
    layer.ds = np.array([5.0, 7.0])
    assert vector.tolist() == [5.0, 7.0]
    assert layer.ds is view
    model.forpass(X, training=True)
    model.backprop(np.ones((2, 2)))
    assert vector.tolist() == [4.0, 6.0]


def test_what_a_weight_is_assigned_lands_in_the_weights_vector():
    model = nnlite.Sequential([Input((2,)), Scale()], seed=0, dtype="float64")
    vector = model.weights_vector
    model.layers[0].s = [8.0, 9.0]
    assert vector.tolist() == [8.0, 9.0]
    vector[0] = -1.0
    assert model.layers[0].s.tolist() == [-1.0, 9.0]


def test_an_augmented_assignment_changes_the_weight_in_place():
    model = nnlite.Sequential([Input((2,)), Scale()], seed=0, dtype="float64")
    model.layers[0].s -= 0.5
    assert model.weights_vector.tolist() == [0.5, 0.5]


def test_a_weight_keeps_its_shape():
    layer = Scale()
    layer.build((2,))
    with pytest.raises(ValueError, match=r"ds keeps its shape \(2,\)") as caught:
        layer.ds = np.ones(3)
    assert "Received: an array of shape (3,)" in str(caught.value)
    assert "Where: layer 'scale'" in str(caught.value)


def test_an_alias_of_a_weight_follows_it_into_the_model():
    class Aliased(Layer):
        def build(self, input_shape):
            self.slope = self.add_weight("s", input_shape, "ones")

        def forpass(self, x, training=False):
            return x * self.slope

        def backprop(self, grad):
            return grad * self.slope

    model = nnlite.Sequential([Input((2,)), Aliased()], seed=0, dtype="float64")
    model.weights_vector[:] = [2.0, 3.0]
    assert model.predict(X).tolist() == [[2.0, 6.0], [6.0, 12.0]]


def test_weights_that_are_not_trained_stay_out_of_the_vector():
    class Counter(Scale):
        def build(self, input_shape):
            super().build(input_shape)
            self.add_weight("seen", (1,), "zeros", trainable=False)

        def forpass(self, x, training=False):
            if training:
                self.seen += len(x)
            return super().forpass(x, training)

    model = nnlite.Sequential([Input((2,)), Counter()], seed=0)
    model.compile("sgd", loss="mse")
    model.fit(X, X, epochs=3, verbose=0)
    assert model.weights_vector.size == 2
    assert model.layers[0].seen.tolist() == [6.0]
    assert not hasattr(model.layers[0], "dseen")


def test_a_scalar_weight_has_no_axes():
    class Shift(Layer):
        def build(self, input_shape):
            self.add_weight("c", (), "zeros")

        def forpass(self, x, training=False):
            return x + self.c

        def backprop(self, grad):
            self.dc = grad.sum()
            return grad

    assert check_layer(Shift(), (3,)).rows[0].shape == ()


def test_a_number_means_a_shape_of_one_axis():
    layer = Layer()
    assert layer.add_weight("w", 3, "zeros").shape == (3,)


@pytest.mark.parametrize("name", ["s", "build", "weights", "name"])
def test_a_name_that_is_taken_is_refused(name):
    layer = Scale()
    layer.build((2,))
    with pytest.raises(ValueError, match="A weight needs a name that the layer does not use yet"):
        layer.add_weight(name, (2,))


def test_forpass_and_backprop_must_be_written():
    with pytest.raises(TypeError, match=r"Layer must define forpass\(x, training=False\)"):
        Layer().forpass(X)
    with pytest.raises(TypeError, match=r"Layer must define backprop\(grad\)"):
        Layer().backprop(X)


class KeepsX(Layer):
    def forpass(self, x, training=False):
        self.x = x
        return x

    def backprop(self, grad):
        return grad * self.x


class WithoutOptions(KeepsX):
    def __init__(self, power):
        super().__init__()
        self.power = power


def test_a_constructor_that_takes_no_options_is_told_to_hand_them_on():
    with pytest.raises(TypeError, match="WithoutOptions takes the arguments power") as caught:
        WithoutOptions(2, name="square")
    remedy = "Remedy: Let the constructor take **options, for super().__init__(**options)."
    assert remedy in str(caught.value)
    with pytest.raises(TypeError, match="Leave out nonsense="):
        WithoutOptions(2, nonsense=3)


class ForgotTraining(Layer):
    def forpass(self, x):
        return x


class ForgotToReturn(Layer):
    def forpass(self, x, training=False):
        self.x = x


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (ForgotTraining(), [r"forpass(x)", "def forpass(self, x, training=False):"]),
        (ForgotToReturn(), ["Received: None (NoneType)", "End forpass with return"]),
    ],
)
def test_a_forpass_that_no_model_can_use_is_explained_when_the_model_is_built(layer, words):
    with pytest.raises(TypeError, match="forpass") as error:
        nnlite.Sequential([Input((3,)), layer])
    assert f"layer '{layer.name}'" in str(error.value)
    assert all(word in str(error.value) for word in words)


def test_the_halves_of_an_activated_layer_must_be_written():
    layer = ActivatedLayer()
    with pytest.raises(TypeError, match=r"must define forpass_z\(x, training\)"):
        layer.forpass(X)
    with pytest.raises(TypeError, match=r"must define backprop_z\(dz\)"):
        layer.backprop_z(X)


# Life of a layer


def test_weights_before_build_are_asked_for_with_a_remedy():
    with pytest.raises(AttributeError, match="its weights are made when it is built") as caught:
        _ = Dense(3).W
    assert "Give the model its input shape, or call layer.build(input_shape)." in str(caught.value)


def test_backprop_before_forpass_is_told_what_to_call():
    layer = Scale()
    layer.build((2,))
    with pytest.raises(AttributeError, match="Layer 'scale' has no x") as caught:
        layer.backprop(X)
    assert "Call forpass(x, training=True) before backprop(grad)." in str(caught.value)


def test_backprop_before_forpass_says_nothing_of_weights_to_a_layer_that_makes_none():
    with pytest.raises(AttributeError, match="Layer 'keeps_x' has no x") as caught:
        KeepsX().backprop(X)
    assert "Remedy: Call forpass(x, training=True) before backprop(grad)." in str(caught.value)
    assert "built" not in str(caught.value)


def test_backprop_before_build_is_told_of_forpass_too():
    with pytest.raises(AttributeError, match="Layer 'scale' has no x") as caught:
        Scale().backprop(X)
    assert "call layer.build(input_shape)." in str(caught.value)
    assert "What forpass keeps is there after forpass(x, training=True)." in str(caught.value)


def test_a_call_on_data_builds_the_layer_and_takes_its_dtype():
    layer = Dense(3)
    assert layer([[1, 2]]).dtype == np.float32
    assert layer.W.shape == (2, 3)
    assert Dense(3, dtype="float64")([[1, 2]]).dtype == np.float64


def test_a_call_on_a_list_of_arrays_reaches_a_merge():
    assert Add()([np.ones((1, 2)), np.ones((1, 2))]).tolist() == [[2.0, 2.0]]


def test_a_single_number_is_no_batch():
    with pytest.raises(ValueError, match="A layer takes a batch of samples") as caught:
        Dense(1)(3.0)
    assert "Received: the number 3.0" in str(caught.value)


def test_the_output_shape_of_ones_own_layer_is_found_by_a_trial_that_leaves_no_trace():
    class Twice(Layer):
        def forpass(self, x, training=False):
            return np.concatenate([x, x], axis=-1)

    layer = Twice()
    before = dict(vars(layer))
    assert layer.compute_output_shape((2, 3)) == (2, 6)
    assert vars(layer) == before


class Stack(Layer):
    """A list that build fills."""

    def __init__(self, sizes):
        super().__init__()
        self.sizes, self.shapes = sizes, []

    def build(self, input_shape):
        self.shapes.append(input_shape)
        self.sizes.append(input_shape[-1])
        self.add_weight("s", input_shape, "ones")

    def forpass(self, x, training=False):
        return x * self.s


def test_build_runs_once_on_a_layer_and_not_on_what_its_copies_share():
    layer = Stack([])
    nnlite.Sequential([Input((2,)), layer])
    assert layer.shapes == [(2,)]
    assert layer.sizes == [2]


# Copies


def test_a_twin_has_the_same_numbers_and_shares_none_of_them():
    layer = Stack([])
    layer(X)
    twin = layer.twin()
    twin.s = [5.0, 7.0]
    twin.shapes.append("more")
    assert twin(X).tolist() == [[5.0, 14.0], [15.0, 28.0]]
    assert twin.parameters["s"].layer is twin
    assert layer.s.tolist() == [1.0, 1.0]
    assert layer.shapes == [(2,)]


def test_a_twin_that_is_not_built_is_as_the_layer_was_made():
    layer = Stack([])
    layer.trainable = False
    nnlite.Sequential([Input((2,)), layer], dtype="float64")
    twin = layer.twin(built=False)
    assert (twin.built, twin.parameters, twin.shapes) == (False, {}, [])
    assert (twin.name, twin.trainable, twin.dtype) == ("stack", False, np.float64)


def test_a_twin_shares_what_cannot_be_copied():
    layer = Forgetful()
    layer.lock = threading.Lock()
    assert layer.twin().lock is layer.lock


def test_a_twin_stands_in_no_model():
    layer = Scale()
    nnlite.Sequential([Input((2,)), layer])
    with pytest.raises(AttributeError, match="has no output"):
        _ = layer.twin().output


def test_get_weights_are_copies_and_set_weights_writes_in_place():
    layer = Dense(1, kernel_initializer="ones")
    layer.build((2,))
    home = layer.W
    layer.get_weights()[0][...] = 7.0
    assert layer.W.tolist() == [[1.0], [1.0]]
    layer.set_weights([[[2.0], [3.0]], [4.0]])
    assert layer.W is home
    assert layer.W.tolist() == [[2.0], [3.0]]
    assert layer.b.tolist() == [4.0]


@pytest.mark.parametrize("weights", [[], [np.ones((2, 1))], [np.ones((1, 2)), np.ones(1)]])
def test_set_weights_refuses_other_shapes(weights):
    layer = Dense(1)
    layer.build((2,))
    with pytest.raises(ValueError, match="set_weights takes arrays of the shapes"):
        layer.set_weights(weights)


def test_freezing_takes_the_weights_out_of_training():
    layer = Dense(2)
    layer.build((3,))
    assert layer.trainable_names() == ["W", "b"]
    layer.trainable = False
    assert layer.trainable_names() == []
    assert layer.trainable_weights == []
    assert layer.count_params() == 8


def test_a_frozen_layer_does_not_move_and_thaws_again():
    first = Dense(2, activation="tanh", trainable=False)
    model = nnlite.Sequential([Input((2,)), first, Dense(1)], seed=0)
    model.compile("sgd", loss="mse")
    before = first.get_weights()
    model.fit(X, [1.0, 2.0], epochs=3, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), before, strict=True))
    first.trainable = True
    model.compile("sgd", loss="mse")
    model.fit(X, [1.0, 2.0], epochs=3, verbose=0)
    assert not np.array_equal(first.W, before[0])


def test_names_come_from_the_class_and_count_up():
    layers = [Dense(2), Dense(2, name="mine"), Dense(2), BatchNormalization()]
    model = nnlite.Sequential([Input((2,)), *layers], seed=0)
    names = ["dense", "mine", "dense_1", "batch_normalization"]
    assert [layer.name for layer in model.layers] == names
    assert repr(Dense(2)) == "<Dense 'dense'>"


def test_a_layer_tells_its_shapes_and_parameters():
    layer = Dense(2, name="mine")
    assert repr(layer) == "<Dense 'mine'>"
    layer.build((3,))
    assert repr(layer) == "<Dense 'mine'; W (3, 2), b (2,): 8 parameters>"
    tensor = layer(Input((3,)))
    words = "<Dense 'mine': (None, 3) → (None, 2); W (3, 2), b (2,): 8 parameters>"
    assert repr(layer) == words
    both = Add(name="sum")
    both([tensor, tensor])
    assert repr(both) == "<Add 'sum': (None, 2), (None, 2) → (None, 2)>"


# What is set on a layer


def test_a_layer_is_renamed_by_its_name():
    layer = Dense(2)
    model = nnlite.Sequential([Input((3,)), layer], seed=0)
    layer.name = "hidden"
    assert layer.name == "hidden"
    assert model.get_layer("hidden") is layer
    assert layer.get_config()["name"] == "hidden"
    with pytest.raises(TypeError, match="name must be text"):
        layer.name = 3


def test_a_name_set_before_the_model_is_made_stays():
    layer = Dense(2)
    layer.name = "hidden"
    nnlite.Sequential([Input((3,)), Dense(3), layer], seed=0)
    assert layer.name == "hidden"


@pytest.mark.parametrize("method", ["save", "save_weights"])
def test_a_file_needs_names_that_differ(method, tmp_path):
    model = nnlite.Sequential([Input((3,)), Dense(2), Dense(2)], seed=0)
    model.layers[0].name = model.layers[1].name = "dense"
    with pytest.raises(ValueError, match="Every layer of a model has a name of its own"):
        getattr(model, method)(tmp_path / "model.npz")


def test_weights_that_are_set_are_told_of_set_weights():
    layer = Dense(1)
    layer.build((2,))
    with pytest.raises(AttributeError, match="weights is what a layer says of itself") as caught:
        layer.weights = [np.ones((2, 1)), np.ones(1)]
    text = str(caught.value)
    assert "Received: layer.weights = a list" in text
    assert "Where: layer 'dense'" in text
    assert (
        "Remedy: layer.set_weights([...]) sets numbers; what is yours needs another name." in text
    )


@pytest.mark.parametrize("name", ["parameters", "trainable_parameters"])
def test_other_things_that_a_layer_says_of_itself_cannot_be_set(name):
    with pytest.raises(AttributeError, match=f"{name} is what a layer says of itself"):
        setattr(Scale(), name, {})


def test_a_layer_of_ones_own_may_bring_its_own_generator():
    class Noise(Layer):
        def __init__(self, seed):
            super().__init__()
            self.rng = np.random.default_rng(seed)

        def forpass(self, x, training=False):
            return x + self.rng.standard_normal(x.shape) if training else x

    layer = Noise(7)
    nnlite.Sequential([Input((2,)), layer], seed=0)
    expected = np.random.default_rng(7).standard_normal((2, 2))
    np.testing.assert_array_equal(layer.forpass(X, training=True), X + expected)


def test_a_property_of_ones_own_layer_may_be_set():
    class Checked(Layer):
        @property
        def rate(self):
            return self._rate

        @rate.setter
        def rate(self, value):
            self._rate = min(value, 1.0)

    layer = Checked()
    layer.rate = 3.0
    assert layer.rate == 1.0


# Arguments and configuration


@pytest.mark.parametrize(
    ("given", "shape"), [(5, (5,)), ((5,), (5,)), ([28, 28, 1], (28, 28, 1)), (np.int64(3), (3,))]
)
def test_the_input_shape_may_be_written_in_many_ways(given, shape):
    assert Dense(1, input_shape=given).input_shape == shape


def test_input_dim_means_a_shape_of_one_axis():
    assert Dense(1, input_dim=30).input_shape == (30,)


@pytest.mark.parametrize("shape", [0, -3, (2, 0), (2.5,), (None, 4), (True,)])
def test_an_input_shape_of_anything_else_is_refused(shape):
    with pytest.raises(ValueError, match="positive whole numbers, without the axis of the samples"):
        Dense(1, input_shape=shape)


def test_a_mistyped_argument_is_answered_with_the_nearest():
    with pytest.raises(TypeError, match="Dense takes the arguments") as caught:
        Dense(3, activaton="relu")
    assert "Received: activaton='relu'" in str(caught.value)
    assert "Did you mean activation=?" in str(caught.value)


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match='dtype must be "float32" or "float64"'):
        Dense(3, dtype="int8")


def test_the_config_is_what_the_constructor_took():
    config = Dense(3, activation="relu", kernel_regularizer="l2").get_config()
    assert config["units"] == 3
    assert config["activation"] == "relu"
    assert config["kernel_regularizer"] == "l2"
    assert config["name"] == "dense"
    assert config["trainable"] is True
    again = Dense.from_config(config)
    assert again.units == 3
    assert again.activation.name == "relu"


def test_the_start_of_a_model_has_a_layer_of_its_own():
    x = Input((4,), name="data")
    assert isinstance(x.node.layer, InputLayer)
    assert x.node.layer.compute_output_shape(4) == (4,)


# Dtypes, memory and traces


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_stays_through_a_whole_step(dtype):
    layers = [Dense(4, activation="tanh"), BatchNormalization(), Scale(), Dense(2)]
    model = nnlite.Sequential([Input((3,)), *layers], seed=0, dtype=dtype)
    x = np.ones((5, 3), dtype)
    out = model.forpass(x, training=True)
    dx = model.backprop(np.ones_like(out))
    arrays = [out, dx, model.weights_vector, model.gradient_vector, *model.get_weights()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_in_training_memory_is_used_again():
    layer = Dense(3)
    layer.build((2,))
    layer.memory = UsedAgain()
    x = np.ones((4, 2), np.float32)
    first = layer.forpass(x, training=True)
    assert np.shares_memory(layer.forpass(x, training=True), first)
    assert np.shares_memory(layer.forpass(x[:2], training=True), first)
    assert not np.shares_memory(layer.forpass(x), first)


def test_outside_of_training_every_result_is_a_new_array():
    layer = Dense(3)
    layer.build((2,))
    x = np.ones((4, 2), np.float32)
    assert layer.forpass(x, training=True) is not layer.forpass(x, training=True)


def test_a_weight_without_a_name_is_explained() -> None:
    class Scale(Layer):
        def build(self, input_shape: tuple[int, ...]) -> None:
            self.s = self.add_weight(shape=input_shape, initializer="ones")

    with pytest.raises(TypeError, match="add_weight takes the arguments name, shape") as caught:
        Scale().build((3,))
    assert "missing a required argument: 'name'" in str(caught.value)


@pytest.mark.parametrize("name", [(3, 4), 3, None])
def test_the_name_of_a_weight_is_text_and_comes_before_the_shape(name: object) -> None:
    with pytest.raises(TypeError, match="A weight has a name, which is text") as caught:
        Layer().add_weight(name, "ones")
    assert f"Received: name={name!r} (" in str(caught.value)
    assert 'self.add_weight("W", (3, 4), "he_normal")' in str(caught.value)


def test_the_shape_of_a_weight_is_none_of_none() -> None:
    with pytest.raises(ValueError, match=r"Received: shape=\(None,\)"):
        Layer().add_weight("s", None)
