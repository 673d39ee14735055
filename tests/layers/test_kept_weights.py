"""What a layer of one's own may keep of its weights, and what is explained at compile."""

from __future__ import annotations

import functools
from collections import deque, namedtuple
from typing import ClassVar

import numpy as np
import pytest

import nnlite
from nnlite.layers import Dense, Input, Layer
from nnlite.optimizers import SGD
from nnlite.testing import check_layer

X = np.array([[1.0, 2.0], [3.0, 4.0]])
Pair = namedtuple("Pair", ["first", "second"])


class Sum(Layer):
    """a = x·(s + t), with both weights as `keep` keeps them and `pick` finds them."""

    def build(self, input_shape):
        self.kept = self.keep(
            self.add_weight("s", input_shape, "ones"), self.add_weight("t", input_shape, "ones")
        )

    def forpass(self, x, training=False):
        if training:
            self.x = x
        s, t = self.pick(self.kept)
        return x * (s + t)

    def backprop(self, grad):
        self.ds = self.dt = (grad * self.x).sum(axis=0)
        s, t = self.pick(self.kept)
        return grad * (s + t)


def layer_that(keep, pick=tuple):
    return type("Mine", (Sum,), {"keep": staticmethod(keep), "pick": staticmethod(pick)})()


CONTAINERS = {
    "list": (lambda s, t: [s, t], tuple),
    "tuple": (lambda s, t: (s, t), tuple),
    "dictionary": (lambda s, t: {"s": s, "t": t}, lambda kept: kept.values()),
    "named tuple": (Pair, tuple),
    "nested": (
        lambda s, t: {"all": [(s,), [[t], "x"]]},
        lambda k: (k["all"][0][0], k["all"][1][0][0]),
    ),
}


@pytest.mark.parametrize("case", CONTAINERS)
def test_a_layer_learns_from_weights_that_it_keeps_in_a(case, tmp_path):
    layer = layer_that(*CONTAINERS[case])
    model = nnlite.Sequential([Input((2,)), layer], dtype="float64")
    model.compile(SGD(0.1), "half_squared_error")
    model.fit(X, np.zeros((2, 2)), epochs=1, verbose=0)
    # a = 2·x, so ds = dt = the mean of x·2x, halved by the mean over both outputs.
    step = 0.1 * (2 * X**2).sum(axis=0) / 4
    np.testing.assert_allclose(layer.s, 1 - step, rtol=1e-12)
    np.testing.assert_allclose(model.predict(X), X * 2 * (1 - step), rtol=1e-12)
    model.weights_vector[...] = 3
    assert model.predict(X).tolist() == (6 * X).tolist()
    model.save(tmp_path / "model.npz")
    again = nnlite.load_model(tmp_path / "model.npz", {"Mine": type(layer)})
    assert again.predict(X).tolist() == (6 * X).tolist()


def test_a_layer_may_keep_its_gradients_in_a_list():
    class Listed(Sum):
        def keep(self, s, t):
            self.gradients = [self.ds, self.dt]
            return s, t

        pick = staticmethod(tuple)

        def backprop(self, grad):
            for gradient in self.gradients:
                gradient[...] = (grad * self.x).sum(axis=0)
            return grad

    model = nnlite.Sequential([Input((2,)), Listed()], dtype="float64")
    model.compile(SGD(0.1), "mse")
    model.fit(X, np.zeros((2, 2)), verbose=0)
    assert (model.gradient_vector != 0).all()


def test_a_list_that_holds_itself_is_no_trouble():
    def keep(s, t):
        kept = [s, t]
        kept.append(kept)
        return kept

    layer = layer_that(keep, lambda kept: kept[:2])
    model = nnlite.Sequential([Input((2,)), layer], dtype="float64")
    model.weights_vector[...] = 2
    assert model.predict(X).tolist() == (4 * X).tolist()


# What cannot follow


class Holder:
    def __init__(self, **kept):
        vars(self).update(kept)


class Slotted:
    __slots__ = ("array",)

    def __init__(self, array):
        self.array = array


VIEWS = {
    "slice": lambda s, t: [s[:1], t],
    "transpose": lambda s, t: (s.T, t),
    "reshape": lambda s, t: {"s": s.reshape(1, 2), "t": t},
    "view of a view": lambda s, t: [s[:][:1], t],
    "flat iterator": lambda s, t: [s.flat, t],
    "row of a list": lambda s, t: [list(s.reshape(1, 2)), t],
    "slice in an object": lambda s, t: Holder(part=s[1:]),
}

HIDDEN = {
    "object": lambda s, t: Holder(s=s),
    "object in an object in a list": lambda s, t: [Holder(inner=Holder(s=[s]))],
    "object with slots": lambda s, t: Slotted(s),
    "deque": lambda s, t: deque([s]),
    "closure": lambda s, t: lambda x: x * s,
    "default of a function": lambda s, t: lambda x, s=s: x * s,
    "partial": lambda s, t: functools.partial(np.multiply, s),
    "bound method": lambda s, t: s.sum,
    "array of objects": lambda s, t: np.array([s, None], dtype=object),
}


def compiled_with(keep):
    compile_of(layer_that(keep, lambda kept: (1.0, 1.0)))


def compile_of(layer):
    model = nnlite.Sequential([Input((2,)), layer], seed=0)
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("case", VIEWS)
def test_compile_explains_a_kept(case):
    with pytest.raises(ValueError, match="Training moves the weights of a layer") as caught:
        compiled_with(VIEWS[case])
    text = str(caught.value)
    assert "Received: self.kept, which holds a part or a view of s" in text
    assert "Where: layer 'mine' (Mine)" in text
    assert "Remedy: Keep s whole, and take the part in forpass: self.s[...]." in text


@pytest.mark.parametrize("case", HIDDEN)
def test_compile_explains_a_weight_hidden_in_a(case):
    with pytest.raises(ValueError, match="Training moves the weights of a layer") as caught:
        compiled_with(HIDDEN[case])
    text = str(caught.value)
    assert "Received: self.kept, which hides s in a" in text
    assert "Remedy: Keep s on the layer, alone or in a list, and hand it over in forpass." in text


def test_a_hidden_gradient_is_explained_too():
    class Graded(Sum):
        pick = staticmethod(lambda kept: (1.0, 1.0))

        def keep(self, s, t):
            return Holder(gradient=self.dt)

    with pytest.raises(ValueError, match="hides dt in an object of class Holder"):
        compile_of(Graded())


def test_a_list_of_the_class_is_explained_because_all_its_layers_share_it():
    class Shared(Layer):
        kernels: ClassVar = []

        def build(self, input_shape):
            self.kernels.append(self.add_weight("s", input_shape))

        def forpass(self, x, training=False):
            return x * self.kernels[0]

    layer = Shared()
    layer.build((2,))
    with pytest.raises(ValueError, match=r"self.kernels, which hides s in the class Shared"):
        compile_of(layer)


def test_a_model_that_is_compiled_before_its_input_is_known_explains_in_fit():
    model = nnlite.Sequential([layer_that(VIEWS["slice"], lambda kept: (1.0, 1.0))], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="holds a part or a view of s"):
        model.fit(X, X, verbose=0)


def test_the_weights_vector_explains_a_kept_view_without_compile():
    model = nnlite.Sequential(
        [Input((2,)), layer_that(VIEWS["slice"], lambda kept: (1.0, 1.0))], seed=0
    )
    with pytest.raises(ValueError, match="holds a part or a view of s"):
        _ = model.weights_vector


# No false alarm


def test_what_lives_outside_of_the_layer_is_its_owners_business():
    layer = Dense(1)
    model = nnlite.Sequential([Input((2,)), layer], seed=0)
    W, row, holder = layer.W, layer.W[:1], Holder(W=layer.W)
    model.compile("sgd", "mse")
    assert W.shape == (2, 1)
    assert row.base is not None
    assert holder.W is W


def test_a_layer_may_keep_views_of_what_is_no_weight_and_copies_of_what_is():
    def keep(s, t):
        table = np.arange(6.0).reshape(2, 3)
        return [s, t, table[:1], s.copy(), Holder(start=s.copy(), table=table.T)]

    model = compile_of(layer_that(keep, lambda kept: kept[:2]))
    model.fit(X, X, verbose=0)
    assert model.layers[0].kept[0] is model.layers[0].s


def test_a_view_that_forpass_takes_anew_each_time_is_no_trouble():
    class Fresh(Sum):
        keep = staticmethod(lambda s, t: [s, t])
        pick = staticmethod(tuple)

        def forpass(self, x, training=False):
            if training:
                self.first = self.s[:1]
            return super().forpass(x, training)

    model = nnlite.Sequential([Input((2,)), Fresh()], seed=0)
    model.forpass(X, training=True)
    model.compile("sgd", "mse")
    model.fit(X, X, verbose=0)
    assert np.shares_memory(model.layers[0].first, model.weights_vector)


def test_a_view_that_forpass_takes_once_follows_the_weight():
    class Once(Layer):
        def build(self, input_shape):
            self.add_weight("s", input_shape, "ones")

        def forpass(self, x, training=False):
            if "first" not in vars(self):
                self.first = self.s[:1]
            return x * self.first

        def backprop(self, grad):
            return grad * self.first

    model = nnlite.Sequential([Input((2,)), Once()], seed=0)
    model.predict(X)
    model.compile("sgd", "mse")
    model.weights_vector[...] = 3
    assert model.predict(X).tolist() == (3 * X).tolist()
    model.layers[0].trainable = False
    assert model.weights_vector.size == 0
    model.layers[0].trainable = True
    model.weights_vector[...] = 4
    assert model.predict(X).tolist() == (4 * X).tolist()


def test_what_a_layer_keeps_of_the_weights_of_another_follows_them():
    class Back(Layer):
        def __init__(self, other):
            super().__init__()
            self.kept = [other.W, other.W.T]

        def forpass(self, x, training=False):
            return x @ self.kept[1]

    dense = Dense(3, use_bias=False)
    dense.build((2,))
    model = nnlite.Sequential([Input((2,)), dense, Back(dense)], seed=0)
    model.compile("sgd", "mse")
    model.weights_vector[...] = 2
    # x·W·Wᵀ, all of W 2: 12 times the sum of the row.
    assert model.predict(X).tolist() == [[36.0, 36.0], [84.0, 84.0]]
    assert model.layers[1].kept[0] is dense.W


def test_a_layer_may_keep_the_weight_itself_or_another_layer():
    class Keeper(Sum):
        pick = staticmethod(lambda kept: (kept[0].value, kept[1].value))

        def keep(self, s, t):
            self.friend = Dense(2)
            self.friend.build((2,))
            self.part = self.friend.W[:1]
            return [self.parameters["s"], self.parameters["t"]]

    model = compile_of(Keeper())
    model.weights_vector[...] = 2
    assert model.predict(X).tolist() == (4 * X).tolist()


# check_layer


@pytest.mark.parametrize("case", CONTAINERS)
def test_check_layer_passes_weights_in_a(case):
    report = check_layer(layer_that(*CONTAINERS[case]), (2,))
    assert "its weights may live in a vector" in report.duties


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (lambda s, t: [s[:], t[:]], "self.kept, which holds a part or a view of s"),
        (lambda s, t: Holder(both=(s, t)), "self.kept, which hides s in an object of class Holder"),
    ],
)
def test_check_layer_finds_weights_that_cannot_follow(keep, words):
    def pick(kept):
        return kept.both if isinstance(kept, Holder) else kept

    with pytest.raises(AssertionError, match=words):
        check_layer(layer_that(keep, pick), (2,))


STORE = {}


def test_check_layer_finds_a_weight_that_is_kept_outside_of_the_layer():
    class Outside(Sum):
        def keep(self, s, t):
            STORE[id(self)] = s, t

        def pick(self, kept):
            return STORE[id(self)]

    with pytest.raises(
        AssertionError, match="computes with its weights wherever they lie"
    ) as caught:
        check_layer(Outside(), (2,))
    assert "Where: layer 'outside' (Outside)" in str(caught.value)


class Bag(Layer):
    """Keeps its weights beside something that cannot be copied."""

    def __init__(self, **options):
        super().__init__(**options)
        self.kept = [np]

    def build(self, input_shape):
        for k in range(2):
            self.kept.append(self.add_weight(f"W{k}", (input_shape[-1], 1), "ones"))

    def forpass(self, x, training=False):
        return sum(x @ W for W in self.kept[1:])


def test_a_list_with_something_that_cannot_be_copied_is_filled_once():
    model = nnlite.Sequential([nnlite.Input((3,)), Bag()], seed=0)
    assert model.predict([[1, 1, 1]]).tolist() == [[6]]
