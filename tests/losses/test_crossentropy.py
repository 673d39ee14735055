from __future__ import annotations

import math

import numpy as np
import pytest

import nnlite
from nnlite import losses
from nnlite.layers import Activation, Dense, Input
from nnlite.losses import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy

LN2, LN3, LN4 = math.log(2), math.log(3), math.log(4)
ROWS = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
A3 = np.array([[0.25, 0.5, 0.25], [0.25, 0.25, 0.5]])


# By hand


def test_binary_crossentropy_by_hand():
    y, a = [[1.0], [0.0]], np.array([[0.25], [0.75]])
    loss = BinaryCrossentropy()
    assert loss(y, a) == pytest.approx(LN4)
    # (a − y)/(a(1 − a))/2
    assert loss.backprop(y, a) == pytest.approx(np.array([[-2.0], [2.0]]))


def test_binary_crossentropy_is_the_mean_over_the_outputs():
    y, a = [[1.0, 0.0], [1.0, 1.0]], np.array([[0.5, 0.5], [0.25, 0.5]])
    assert losses.binary_crossentropy(y, a) == pytest.approx([LN2, (LN4 + LN2) / 2])


def test_binary_crossentropy_from_logits_by_hand():
    loss = BinaryCrossentropy(from_logits=True)
    y, z = [[1.0], [0.0]], np.array([[LN3], [LN3]])
    # a = ¾: −ln ¾ and −ln ¼
    assert loss(y, z) == pytest.approx((LN4 - LN3 + LN4) / 2)
    assert loss.backprop(y, z) == pytest.approx(np.array([[-0.125], [0.375]]))


def test_categorical_crossentropy_by_hand():
    loss = CategoricalCrossentropy()
    assert loss(ROWS, A3) == pytest.approx((LN2 + LN4) / 2)
    assert loss.backprop(ROWS, A3).tolist() == [[0.0, -1.0, 0.0], [-2.0, 0.0, 0.0]]


def test_categorical_crossentropy_from_logits_by_hand():
    loss = CategoricalCrossentropy(from_logits=True)
    z = np.log(A3) + 5.0
    assert loss(ROWS, z) == pytest.approx((LN2 + LN4) / 2)
    assert loss.backprop(ROWS, z) == pytest.approx((A3 - ROWS) / 2)


@pytest.mark.parametrize("from_logits", [False, True])
def test_class_numbers_mean_the_same_as_their_rows(from_logits):
    p = np.log(A3) if from_logits else A3
    sparse = SparseCategoricalCrossentropy(from_logits)
    rows = CategoricalCrossentropy(from_logits)
    assert sparse([1, 0], p) == pytest.approx(rows(ROWS, p))
    assert sparse.backprop([1, 0], p) == pytest.approx(rows.backprop(ROWS, p))


@pytest.mark.parametrize(
    ("function", "y", "a", "values"),
    [
        (losses.binary_crossentropy, [[1], [0]], [[0.5], [0.75]], [LN2, LN4]),
        (losses.categorical_crossentropy, ROWS, A3, [LN2, LN4]),
        (losses.sparse_categorical_crossentropy, [1, 0], A3, [LN2, LN4]),
    ],
)
def test_the_functions_give_one_value_per_sample(function, y, a, values):
    assert function(y, np.array(a)) == pytest.approx(values)


def test_soft_labels_weigh_the_logarithms():
    y, a = [[0.5, 0.5]], np.array([[0.25, 0.75]])
    assert CategoricalCrossentropy()(y, a) == pytest.approx((LN4 + LN4 - LN3) / 2)


# Rows that do not sum to 1


@pytest.mark.parametrize(
    ("loss", "y"),
    [(CategoricalCrossentropy(), [[0.0, 1.0]]), (SparseCategoricalCrossentropy(), [1])],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_are_divided_by_their_sum(loss, y, dtype):
    a = np.array([[0.25, 0.5]], dtype)
    # Shares of ⅓ and ⅔; the gradient is −y/a + Σy/Σa.
    assert loss(y, a) == pytest.approx(LN3 - LN2)
    gradient = loss.backprop(y, a)
    assert gradient == pytest.approx(np.array([[4 / 3, 4 / 3 - 2]]))
    assert gradient.dtype == dtype


def test_soft_labels_and_several_places_are_divided_alike():
    y, a = np.array([[[0.75, 0.25], [1.0, 0.0]]]), np.array([[[0.25, 0.25], [0.5, 0.5]]])
    loss = CategoricalCrossentropy()
    assert loss(y, a) == pytest.approx(LN2)
    # The second place sums to 1, so there it is −y/a alone; half of it all, for two places.
    wanted = np.array([[[-3.0 + 2.0, -1.0 + 2.0], [-2.0, 0.0]]]) / 2
    assert loss.backprop(y, a) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (CategoricalCrossentropy(), [[0, 1, 0], [1, 0, 0]]),
        (SparseCategoricalCrossentropy(), [1, 0]),
    ],
)
def test_rows_of_any_numbers_are_divided_by_their_sum(loss, y):
    # Shares of ½, and of ¾: −1 is 3/4 of −4/3 of a row whose sum is below 0.
    a = np.array([[2.0, 4.0, 2.0], [-3.0, -2.0, 1.0]])
    assert loss(y, a) == pytest.approx((LN2 + LN4 - LN3) / 2)
    # −y/a + Σy/Σa, each half.
    wanted = np.array([[1 / 8, 1 / 8 - 1 / 4, 1 / 8], [1 / 3 - 1 / 4, -1 / 4, -1 / 4]]) / 2
    assert loss.backprop(y, a) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("loss", "y"),
    [(CategoricalCrossentropy(), [[0, 1], [1, 0]]), (SparseCategoricalCrossentropy(), [1, 0])],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_share_outside_0_to_1_is_cut_off_and_has_no_gradient(loss, y, dtype):
    # Shares of −½ and 1½, then of ¾ and ¼.
    a = np.array([[3.0, -1.0], [3.0, 1.0]], dtype)
    tiny = float(np.finfo(dtype).tiny)
    with np.errstate(all="raise"):
        assert loss(y, a) == pytest.approx((-math.log(tiny) + LN4 - LN3) / 2, rel=1e-6)
        wanted = np.array([[0, 0], [1 / 4 - 1 / 3, 1 / 4]]) / 2
        assert loss.backprop(y, a) == pytest.approx(wanted, rel=1e-6)
        assert loss([y[1]], a[:1]) == 0.0
        assert loss.backprop([y[1]], a[:1]).tolist() == [[0.0, 0.0]]


def test_the_gradient_of_any_rows_is_that_of_differences():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(40, 4))
    a = a[np.abs(a.sum(axis=1)) > 0.1]
    y = rng.dirichlet(np.ones(4), len(a))
    loss, h = CategoricalCrossentropy(), 1e-6
    numeric = np.zeros_like(a)
    for place in np.ndindex(a.shape):
        step = np.zeros_like(a)
        step[place] = h
        numeric[place] = (loss(y, a + step) - loss(y, a - step)) / (2 * h)
    assert loss.backprop(y, a) == pytest.approx(numeric, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("activation", ["relu", "linear"])
@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_a_training_goes_on_with_outputs_above_1_and_below_0(activation, loss):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    numbers = x[:, :3].argmax(axis=1)
    y = numbers if loss.startswith("sparse") else np.eye(3)[numbers]
    half = nnlite.initializers.Constant(0.5)
    end = Dense(3, activation, bias_initializer=half)
    model = nnlite.Sequential([Input((4,)), Dense(16, "tanh"), end], seed=0)
    model.compile("adam", loss)
    assert model.predict(x, verbose=0).max() > 1
    figures = model.fit(x, y, epochs=40, verbose=0).history
    assert figures["loss"][-1] < figures["loss"][0] / 5


def test_outputs_of_which_one_has_it_all_are_refused_in_training_alone():
    loss, y, a = SparseCategoricalCrossentropy(), [0, 1], np.array([[0.0, 7.0], [0.0, 9.0]])
    assert np.isfinite(loss(y, a))
    with pytest.raises(ValueError, match=r"must be probabilities.*\nReceived: y_pred from 0 to 9"):
        loss.backprop(y, a)
    # They may be right, or of one sample alone.
    assert loss.backprop([1, 1], a).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert loss.backprop([0], a[:1]).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [0.0, 1e-45, 1e-30])
def test_rows_of_almost_nothing_stay_finite(size, dtype):
    a = np.full((1, 3), size, dtype)
    with np.errstate(all="raise", under="ignore"):
        for loss, y in (
            (CategoricalCrossentropy(), [[1, 0, 0]]),
            (SparseCategoricalCrossentropy(), [0]),
        ):
            assert np.isfinite(loss(y, a))
            assert np.isfinite(loss.backprop(y, a)).all()


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "linear"])
@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_other_activations_than_softmax_have_right_gradients(activation, loss):
    # Of σ(0) two classes sum to 1, but only by chance: the check moves them away from it.
    bias = nnlite.initializers.Constant(0.0 if activation == "sigmoid" else 0.5)
    model = nnlite.Sequential(
        [Input((2,)), Dense(2, activation, kernel_initializer="zeros", bias_initializer=bias)]
    )
    model.compile("sgd", loss)
    y = [1, 0, 1] if loss.startswith("sparse") else [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]
    report = nnlite.testing.gradcheck(model, [[0.1, 0.2], [0.3, -0.4], [0.5, 0.1]], y)
    assert report.passed, report


def test_sigmoids_learn_classes():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    y = x[:, :3].argmax(axis=1)
    model = nnlite.Sequential([Input((4,)), Dense(16, "tanh"), Dense(3, "sigmoid")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=60, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    a = model.predict(x)
    shares = a / a.sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-np.log(shares[np.arange(300), y]).mean(), rel=1e-5)
    assert accuracy > 0.9
    # Without the division every output would be driven to 1.
    assert np.median(a) < 0.5


# In loops


def binary_in_loops(y, z):
    total = 0.0
    for place in np.ndindex(z.shape):
        a = 1 / (1 + math.exp(-z[place]))
        total -= y[place] * math.log(a) + (1 - y[place]) * math.log(1 - a)
    return total / z.size


def categorical_in_loops(y, z):
    total, places = 0.0, list(np.ndindex(z.shape[:-1]))
    for place in places:
        powers = [math.exp(number) for number in z[place]]
        for k, power in enumerate(powers):
            total -= y[(*place, k)] * math.log(power / sum(powers))
    return total / len(places)


@pytest.mark.parametrize("shape", [(1, 2), (5, 3), (4, 2, 3), (3, 2, 2, 5)])
def test_cross_entropies_equal_their_loops(shape):
    rng = np.random.default_rng(0)
    z = 2 * rng.standard_normal(shape)
    chances = rng.uniform(0, 1, shape)
    rows = chances / chances.sum(axis=-1, keepdims=True)
    classes = rng.integers(0, shape[-1], shape[:-1])
    one_hot = np.eye(shape[-1])[classes]
    sigmoid, softmax = nnlite.activations.sigmoid(z), nnlite.activations.softmax(z)
    pairs = [
        (BinaryCrossentropy, chances, sigmoid, binary_in_loops(chances, z)),
        (CategoricalCrossentropy, rows, softmax, categorical_in_loops(rows, z)),
        (SparseCategoricalCrossentropy, classes, softmax, categorical_in_loops(one_hot, z)),
    ]
    for loss_class, y, a, wanted in pairs:
        assert loss_class()(y, a) == pytest.approx(wanted, rel=1e-12)
        assert loss_class(from_logits=True)(y, z) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("shape", [(5, 3), (4, 2, 3)])
def test_the_gradient_from_logits_is_that_from_probabilities_through_the_activation(shape):
    rng = np.random.default_rng(1)
    z = rng.standard_normal(shape)
    classes = rng.integers(0, shape[-1], shape[:-1])
    one_hot = np.eye(shape[-1])[classes]
    for loss_class, y in (
        (BinaryCrossentropy, one_hot),
        (CategoricalCrossentropy, one_hot),
        (SparseCategoricalCrossentropy, classes),
    ):
        g = loss_class.activation
        a = g.forpass(z)
        through = g.backprop(loss_class().backprop(y, a), a)
        assert loss_class(from_logits=True).backprop(y, z) == pytest.approx(through, abs=1e-14)


# Numerics: right and finite at logits of ±10,000


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [100.0, 1000.0, 10000.0])
def test_a_confidently_wrong_answer_costs_its_logit(size, dtype):
    z = np.array([[size], [-size]], dtype)
    loss = BinaryCrossentropy(from_logits=True)
    with np.errstate(all="raise"):
        assert loss([[0.0], [1.0]], z) == size
        assert loss.backprop([[0.0], [1.0]], z).tolist() == [[0.5], [-0.5]]
        assert loss([[1.0], [0.0]], z) == pytest.approx(0.0, abs=1e-40)
        assert np.abs(loss.backprop([[1.0], [0.0]], z)).max() < 1e-40


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [100.0, 1000.0, 10000.0])
@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (CategoricalCrossentropy(from_logits=True), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        (SparseCategoricalCrossentropy(from_logits=True), [0, 1]),
    ],
)
def test_a_confidently_wrong_class_costs_its_distance(loss, y, size, dtype):
    z = np.array([[0.0, size, 0.0], [0.0, -size, -size]], dtype)
    with np.errstate(all="raise"):
        assert loss(y, z) == size
        gradient = loss.backprop(y, z)
    wanted = np.array([[-0.5, 0.5, 0.0], [0.5, -0.5, 0.0]])
    assert gradient == pytest.approx(wanted, rel=1e-15, abs=1e-40)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_probabilities_of_exactly_0_and_1_stay_finite(dtype):
    a, y = np.array([[0.0], [1.0]], dtype), [[1.0], [0.0]]
    tiny = float(np.finfo(dtype).tiny)
    with np.errstate(all="raise"):
        assert BinaryCrossentropy()(y, a) == pytest.approx(-math.log(tiny), rel=1e-6)
        assert np.isfinite(BinaryCrossentropy().backprop(y, a)).all()
        rows = np.array([[0.0, 1.0], [1.0, 0.0]], dtype)
        assert CategoricalCrossentropy()([[1, 0], [1, 0]], rows) == pytest.approx(
            -math.log(tiny) / 2, rel=1e-6
        )
        assert np.isfinite(SparseCategoricalCrossentropy().backprop([0, 0], rows)).all()


def huge(loss, activation, units, dtype, apart=False):
    """Return a model whose logits are x itself."""
    end = [Dense(units, kernel_initializer="zeros", activation=None if apart else activation)]
    model = nnlite.Sequential(
        [Input((units,)), *end, *([Activation(activation)] if apart else [])], dtype=dtype
    )
    model.layers[0].W = np.eye(units)
    model.compile("sgd", loss=loss, metrics=["accuracy"])
    return model


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_that_is_confidently_wrong_has_its_true_loss(dtype, apart):
    x = np.array([[1e4], [-1e4]])
    model = huge("binary_crossentropy", "sigmoid", 1, dtype, apart)
    with np.errstate(all="raise"):
        assert model.evaluate(x, [0, 1], verbose=0) == [1e4, 0.0]
        assert model.evaluate(x, [1, 0], verbose=0) == [0.0, 1.0]
        history = model.fit(x, [0, 1], epochs=1, verbose=0)
    assert history.history["loss"] == [1e4]
    assert np.isfinite(model.weights_vector).all()
    # dW = Σ x(a − y)/2 = 1e4, rate 0.01
    assert model.layers[0].W.tolist() == [[-99.0]]


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("loss", "y"),
    [("categorical_crossentropy", np.eye(3)[[0, 0]]), ("sparse_categorical_crossentropy", [0, 0])],
)
def test_a_model_confident_in_the_wrong_class_has_its_true_loss(loss, y, dtype, apart):
    x = np.array([[0.0, 1e4, 0.0], [-1e4, 0.0, -1e4]])
    model = huge(loss, "softmax", 3, dtype, apart)
    with np.errstate(all="raise"):
        assert model.evaluate(x, y, verbose=0) == [1e4, 0.0]
        assert model.fit(x, y, epochs=1, verbose=0).history["loss"] == [1e4]
    assert np.isfinite(model.weights_vector).all()


# What does not fit


def test_probabilities_outside_0_to_1_are_told_of_from_logits():
    with pytest.raises(
        ValueError, match="Predictions must be probabilities, from 0 to 1"
    ) as caught:
        BinaryCrossentropy()([[1.0]], [[1.5]])
    assert "End the model with a sigmoid activation, or use from_logits=True." in str(caught.value)


def test_from_logits_on_an_activated_output_is_refused():
    model = nnlite.Sequential([Dense(3, activation="softmax", input_shape=(2,))])
    loss = CategoricalCrossentropy(from_logits=True)
    with pytest.raises(ValueError, match="from_logits=True takes the numbers before") as caught:
        model.compile("sgd", loss=loss)
    assert "Leave out from_logits=True, or the activation of 'dense'." in str(caught.value)


def test_logits_far_apart_at_several_places_overflow_in_no_loss_of_classes() -> None:
    # The largest of each row is taken off, not that of each column: 1000 and 0 at the two places of
    # the first sample, ln 3 and 2000 at those of the second.
    z = np.array([[[0.0, 1000, 0], [0, 0, 1000]], [[0, 0, 0], [2000, 0, 0]]])
    labels = np.array([[0, 2], [1, 1]])
    expected = [500.0, (2000 + np.log(3)) / 2]
    kinds = SparseCategoricalCrossentropy, CategoricalCrossentropy
    for kind, y in zip(kinds, (labels, np.eye(3)[labels]), strict=True):
        values = kind(from_logits=True, reduction="none")(y, z)
        np.testing.assert_allclose(values, expected, rtol=1e-15)
