from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnlite.initializers import Constant
from nnlite.layers import Add, Average, Concatenate, Dense, Input, Multiply, Subtract
from nnlite.models import Model, Sequential
from nnlite.optimizers import SGD

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]])


def affine(weights: Any, bias: Any, **options: Any) -> Dense:
    """A layer that starts at these weights."""
    weights, bias = np.asarray(weights), np.asarray(bias)
    return Dense(
        weights.shape[1],
        kernel_initializer=Constant(weights),
        bias_initializer=Constant(bias),
        **options,
    )


def gradients_of(model: Model, x: Any, grad: Any) -> Any:
    """The gradients after one way forward and back."""
    model.forpass(x, training=True)
    dx = model.backprop(grad)
    return dx, model.gradient_vector.copy()


def test_branches_meet_in_a_merge() -> None:
    x = Input((2,))
    a = affine([[1], [0]], [1])(x)
    b = affine([[0], [1]], [0])(x)
    model = Model(x, [Add()([a, b]), Subtract()([a, b]), Multiply()([a, b]), Average()([a, b])])
    total, difference, product, mean = model.predict([[3.0, 5.0]])
    assert (total.item(), difference.item(), product.item(), mean.item()) == (9, -1, 20, 4.5)


def test_gradients_of_branches_add_up() -> None:
    x = Input((1,))
    # y = (2x)·(3x) + 5x, so dy/dx = 12x + 5.
    double, triple, five = (affine([[k]], [0])(x) for k in (2, 3, 5))
    model = Model(x, Add()([Multiply()([double, triple]), five]), dtype="float64")
    dx, gradient = gradients_of(model, np.array([[1.0], [2.0]]), np.array([[1.0], [10.0]]))
    assert dx.tolist() == [[17.0], [290.0]]
    # Of the weights: d/dk (k x · 3x) = 3x², summed with grad: 3·1 + 10·3·4 = 123; bias: 3x.
    assert gradient.tolist() == [123.0, 63.0, 82.0, 42.0, 21.0, 11.0]


def test_an_output_that_is_used_twice_gets_both_gradients() -> None:
    x = Input((1,))
    middle = affine([[2]], [0])(x)
    model = Model(x, Multiply()([middle, middle]), dtype="float64")
    dx, _ = gradients_of(model, np.array([[1.0], [3.0]]), np.ones((2, 1)))
    # y = 4x², dy/dx = 8x.
    assert dx.tolist() == [[8.0], [24.0]]


def siamese() -> tuple[Model, Dense]:
    """One layer called on two inputs, and the difference of what it says."""
    left, right = Input((2,), name="left"), Input((2,), name="right")
    shared = affine([[0.5, -1.0], [2.0, 0.25]], [0.1, -0.2], activation="tanh", name="shared")
    difference = Subtract()([shared(left), shared(right)])
    return Model([left, right], difference, dtype="float64"), shared


def test_a_shared_layer_sums_the_gradients_of_its_calls() -> None:
    model, shared = siamese()
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(2, 5, 2))
    grad = rng.normal(size=(5, 2))
    model.forpass([left, right], training=True)
    dleft, dright = model.backprop(grad)
    dW, db = np.zeros((2, 2)), np.zeros(2)
    for i in range(5):
        for x, sign in ((left[i], 1.0), (right[i], -1.0)):
            a = np.tanh(x @ shared.W + shared.b)
            dz = sign * grad[i] * (1 - a**2)
            dW += np.outer(x, dz)
            db += dz
            dx = dleft[i] if sign > 0 else dright[i]
            assert dx == pytest.approx(shared.W @ dz, rel=1e-12)
    assert shared.dW == pytest.approx(dW, rel=1e-12)
    assert shared.db == pytest.approx(db, rel=1e-12)


def test_a_shared_layer_counts_its_weights_once() -> None:
    model, shared = siamese()
    assert model.count_params() == 6
    assert model.layers.count(shared) == 1
    model.compile(SGD(0.1), "mse")
    history = model.fit([X, X[::-1]], X, epochs=30, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_layer_called_on_its_own_output_is_unrolled() -> None:
    x = Input((1,))
    step = affine([[2]], [1])
    model = Model(x, step(step(step(x))), dtype="float64")
    # 2(2(2x + 1) + 1) + 1 = 8x + 7
    assert model.predict([[1.0], [2.0]]).tolist() == [[15.0], [23.0]]
    dx, gradient = gradients_of(model, np.array([[1.0]]), np.array([[1.0]]))
    assert dx.tolist() == [[8.0]]
    # With k = 2, b = 1, x = 1: d/dk (k³x + k²b + kb + b) = 12 + 4 + 1; d/db = 4 + 2 + 1.
    assert gradient.tolist() == [17.0, 7.0]


def test_data_goes_to_inputs_by_place_or_by_name() -> None:
    left, right = Input((2,), name="left"), Input((1,), name="right")
    model = Model([left, right], Concatenate()([right, left]))
    by_place = model.predict([X, X[:, :1]])
    assert by_place.tolist() == np.hstack([X[:, :1], X]).astype(np.float32).tolist()
    by_name = model.predict({"right": X[:, :1], "left": X})
    assert by_name.tolist() == by_place.tolist()
    assert model.predict((X, X[:, 0])).tolist() == by_place.tolist()
    frame = pd.DataFrame(X, columns=["a", "b"])
    assert model.predict([frame, frame["a"]]).tolist() == by_place.tolist()


def two_by_two() -> Model:
    """Two inputs and two outputs that are linear in both."""
    left, right = Input((2,), name="left"), Input((1,), name="right")
    joined = Concatenate()([left, right])
    first = affine(np.ones((3, 1)), [0], name="first")(joined)
    second = affine(np.ones((3, 1)), [0], name="second")(joined)
    return Model([left, right], [first, second])


def test_several_outputs_come_as_a_list_in_their_order() -> None:
    predictions = two_by_two().predict([X, X[:, 0]])
    assert isinstance(predictions, list)
    assert [p.shape for p in predictions] == [(4, 1), (4, 1)]
    assert predictions[0].ravel() == pytest.approx(X.sum(axis=1) + X[:, 0], rel=1e-6)


@pytest.mark.bits
@pytest.mark.parametrize("kind", ["lists", "dictionaries", "tuples"])
def test_several_outputs_are_trained_from_lists_or_dictionaries(kind: str) -> None:
    x, y = [X, X[:, 0]], [np.zeros(4), np.ones(4)]
    given_x: Any = {"lists": x, "tuples": tuple(x)}.get(kind, {"right": x[1], "left": x[0]})
    given_y: Any = {"lists": y, "tuples": tuple(y)}.get(kind, {"second": y[1], "first": y[0]})
    model, reference = two_by_two(), two_by_two()
    for each in (model, reference):
        each.compile(SGD(0.01), "mse", loss_weights=[1.0, 2.0], metrics=["mae"])
    history = model.fit(given_x, given_y, epochs=2, batch_size=4, verbose=0)
    expected = reference.fit(x, y, epochs=2, batch_size=4, verbose=0)
    assert history.history == expected.history
    names = ["loss", "first_loss", "second_loss", "first_mae", "second_mae"]
    assert list(history.history) == names
    assert list(model.evaluate(given_x, given_y, verbose=0, return_dict=True)) == names


def test_the_whole_loss_is_the_weighted_sum() -> None:
    model = two_by_two()
    model.compile(SGD(0.01), "mse", loss_weights={"first": 3.0, "second": 0.5})
    results = model.evaluate([X, X[:, 0]], [np.zeros(4), np.ones(4)], verbose=0, return_dict=True)
    sums = X.sum(axis=1) + X[:, 0]
    first, second = (sums**2).mean(), ((sums - 1) ** 2).mean()
    assert results["first_loss"] == pytest.approx(first, rel=1e-6)
    assert results["second_loss"] == pytest.approx(second, rel=1e-6)
    assert results["loss"] == pytest.approx(3 * first + 0.5 * second, rel=1e-6)


def test_loss_weights_scale_the_gradients() -> None:
    model = two_by_two()
    model.compile(SGD(0.5), "mse", loss_weights=[0.0, 0.25])
    before = model.get_weights()
    model.fit([[[1.0, 0.0]], [0.0]], [[9.0], [2.0]], verbose=0)
    after = model.get_weights()
    # The second output is 1, its truth 2: dz = 2(1 − 2)·0.25 = −0.5, so W₁ and b grow by 0.25.
    assert [w.tolist() for w in after[:2]] == [w.tolist() for w in before[:2]]
    assert after[2].tolist() == [[1.25], [1.0], [1.0]]
    assert after[3].tolist() == [0.25]


def test_validation_of_several_outputs_is_named_by_output() -> None:
    model = two_by_two()
    model.compile("sgd", "mse")
    data = ([X, X[:, 0]], [np.zeros(4), np.ones(4)])
    history = model.fit(*data, validation_data=data, verbose=0)
    names = ["loss", "first_loss", "second_loss"]
    assert list(history.history) == [*names, *(f"val_{name}" for name in names)]


@pytest.mark.bits
def test_two_models_share_a_layer_and_what_it_learns() -> None:
    x = Input((2,))
    hidden = Dense(3, activation="tanh", name="hidden")
    first = Model(x, Dense(1)(hidden(x)), seed=0)
    second = Model(x, Dense(2)(hidden(x)), seed=1)
    first.compile(SGD(0.1), "mse")
    second.compile(SGD(0.1), "mse")
    for _ in range(3):
        before = hidden.W.copy()
        first.fit(X, X[:, :1], verbose=0)
        assert (before != hidden.W).all()
        assert np.shares_memory(hidden.W, first.weights_vector)
        between = hidden.W.copy()
        second.fit(X, X, verbose=0)
        assert (between != hidden.W).all()
        assert np.shares_memory(hidden.W, second.weights_vector)
    assert first.get_weights()[0].tolist() == second.get_weights()[0].tolist()


def test_the_middle_of_a_trained_model_can_be_looked_at() -> None:
    base = Sequential(
        [Dense(3, activation="tanh", input_shape=(2,)), Dense(4, activation="relu"), Dense(1)],
        seed=0,
    )
    base.compile(SGD(0.1), "mse")
    base.fit(X, X[:, 0], epochs=2, verbose=0)
    middle = Model(base.input, base.layers[1].output)
    hidden = np.tanh(X @ base.layers[0].W + base.layers[0].b)
    expected = np.maximum(hidden @ base.layers[1].W + base.layers[1].b, 0)
    assert middle.predict(X) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    # Looking moved nothing away: the base goes on learning, and the view follows.
    base.fit(X, X[:, 0], epochs=2, verbose=0)
    after = np.tanh(X @ base.layers[0].W + base.layers[0].b)
    assert (after != hidden).any()
    assert middle.predict(X) == pytest.approx(
        np.maximum(after @ base.layers[1].W + base.layers[1].b, 0), rel=1e-5, abs=1e-6
    )


def test_a_model_is_called_like_a_layer() -> None:
    inner_x = Input((2,))
    inner = Model(inner_x, affine(np.ones((2, 1)), [1])(inner_x), name="inner", dtype="float64")
    x = Input((2,))
    outer = Model(x, affine([[10]], [0])(inner(x)), dtype="float64")
    assert outer.predict([[1.0, 2.0]]).tolist() == [[40.0]]
    assert outer.count_params() == 5
    dx, _ = gradients_of(outer, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    assert dx.tolist() == [[10.0, 10.0]]


def test_a_model_called_twice_shares_its_weights() -> None:
    inner_x = Input((1,))
    inner = Model(inner_x, affine([[3]], [0])(inner_x), dtype="float64")
    left, right = Input((1,)), Input((1,))
    model = Model([left, right], Add()([inner(left), inner(right)]), dtype="float64")
    assert model.count_params() == 2
    model.forpass([np.array([[1.0]]), np.array([[2.0]])], training=True)
    model.backprop(np.array([[1.0]]))
    assert model.gradient_vector.tolist() == [3.0, 2.0]


def test_a_model_with_two_outputs_gives_two_tensors_inside_another() -> None:
    inner_x = Input((1,))
    inner = Model(inner_x, [affine([[2]], [0])(inner_x), affine([[5]], [0])(inner_x)])
    x = Input((1,))
    double, five = inner(x)
    assert Model(x, Subtract()([five, double])).predict([[1.0], [4.0]]).tolist() == [[3.0], [12.0]]


def test_an_output_may_be_the_input_itself() -> None:
    x = Input((2,))
    same, doubled = Model(x, [x, affine(2 * np.eye(2), [0, 0])(x)]).predict(X)
    assert same.tolist() == X.astype(np.float32).tolist()
    assert doubled.tolist() == (2 * X).astype(np.float32).tolist()


def test_a_hidden_output_is_judged_and_read_at_once() -> None:
    x = Input((2,))
    gate = Dense(1, activation="sigmoid", name="gate", kernel_initializer="ones")(x)
    model = Model(x, [gate, affine([[4]], [0], name="scaled")(gate)], dtype="float64")
    model.compile(SGD(0.0), {"gate": "binary_crossentropy", "scaled": "mse"})
    results = model.evaluate([[0.0, 0.0]], [[1.0], [0.0]], verbose=0)
    # The gate is 0.5: −ln 0.5 and (4 · 0.5)².
    assert results == pytest.approx([np.log(2) + 4, np.log(2), 4])


def test_a_graph_of_two_thousand_layers_needs_no_recursion() -> None:
    start = Input((1,))
    x: Any = start
    for _ in range(1000):
        x = Add()([affine([[0]], [1])(x), x])
    model = Model(start, x, dtype="float64")
    assert len(model.layers) == 2001
    assert model.predict([[5.0]]).tolist() == [[1005.0]]
    dx, gradient = gradients_of(model, np.array([[5.0]]), np.array([[1.0]]))
    assert dx.tolist() == [[1.0]]
    # The k-th layer saw 5 + k; its bias gets 1.
    assert gradient.reshape(1000, 2).tolist() == [[5.0 + k, 1.0] for k in range(1000)]


def test_layers_of_a_graph_are_listed_inputs_first() -> None:
    model = two_by_two()
    names = [layer.name for layer in model.layers]
    assert names == ["left", "right", "concatenate", "first", "second"]
    assert model.input_shape == [(None, 2), (None, 1)]
    assert model.output_shape == [(None, 1), (None, 1)]
    assert (model.input_names, model.output_names) == (["left", "right"], ["first", "second"])


def test_a_merge_called_on_arrays_merges_them() -> None:
    assert Add()([X, X]).tolist() == (2 * X).astype(np.float32).tolist()


@pytest.mark.parametrize("rows", [(1024, 2000), (1, 4)])
def test_inputs_of_different_lengths_are_explained_wherever_they_come_in(rows: Any) -> None:
    first, second = Input((2,)), Input((2,))
    model = Model([first, second], Add()([first, second]))
    model.compile("sgd", "mse")
    x = [np.zeros((count, 2)) for count in rows]
    message = rf"All inputs .* same number of samples.*\n.*\({rows[0]}, 2\), \({rows[1]}, 2\)"
    for use in (model, model.predict, model.predict_on_batch, model.explain):
        with pytest.raises(ValueError, match=message):
            use(x)
    for use in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match="same number of samples"):
            use(x, x[0])


def test_class_weights_of_several_outputs_are_explained() -> None:
    x = Input((2,))
    model = Model(x, [Dense(1, name="one")(x), Dense(1, name="two")(x)])
    model.compile("sgd", "mse")
    y = np.array([0, 1])
    with pytest.raises(ValueError, match=r"needs one output.*\nReceived: a model of 2 outputs"):
        model.fit(np.zeros((2, 2)), [y, y], class_weight={0: 1.0, 1: 5.0}, verbose=0)
