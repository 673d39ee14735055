from __future__ import annotations

import numpy as np
import pytest

from nnlite.layers import Dense

X = np.array([[1.0, 2.0], [3.0, 4.0]])
W = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]])
B = np.array([0.5, -1.0, 0.0])
GRAD = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]])


def dense(activation=None, **options):
    layer = Dense(3, activation=activation, dtype="float64", **options)
    layer.build((2,))
    layer.W = W
    if layer.use_bias:
        layer.b = B
    return layer


def test_z_is_x_times_W_plus_b():
    assert dense()(X).tolist() == [[5.5, 1.0, -1.0], [11.5, 3.0, -3.0]]


def test_without_bias_z_is_x_times_W():
    assert dense(use_bias=False)(X).tolist() == [[5.0, 2.0, -1.0], [11.0, 4.0, -3.0]]


def test_the_gradients_are_those_of_the_slide():
    layer = dense()
    layer.forpass(X, training=True)
    dx = layer.backprop(GRAD)
    assert layer.dW.tolist() == [[1.0, -3.0, 5.0], [2.0, -4.0, 8.0]]
    assert layer.db.tolist() == [1.0, -1.0, 3.0]
    assert dx.tolist() == [[-1.0, 2.0], [-1.0, -1.0]]


def test_relu_lets_the_gradient_through_where_a_is_positive():
    layer = dense("relu")
    assert layer.forpass(X, training=True).tolist() == [[5.5, 1.0, 0.0], [11.5, 3.0, 0.0]]
    dx = layer.backprop(GRAD)
    assert layer.dW.tolist() == [[1.0, -3.0, 0.0], [2.0, -4.0, 0.0]]
    assert layer.db.tolist() == [1.0, -1.0, 0.0]
    assert dx.tolist() == [[1.0, 2.0], [0.0, -1.0]]


def test_the_bias_gradient_of_an_output_layer_sums_over_the_samples():
    layer = dense()
    layer.forpass(X, training=True)
    layer.backprop(np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]))
    assert layer.db.tolist() == [3.0, 30.0, 300.0]


def dense_in_loops(x, W, b):
    z = np.zeros((*x.shape[:-1], W.shape[1]))
    for row in np.ndindex(x.shape[:-1]):
        for unit in range(W.shape[1]):
            z[(*row, unit)] = b[unit]
            for column in range(W.shape[0]):
                z[(*row, unit)] += x[(*row, column)] * W[column, unit]
    return z


def dense_gradients_in_loops(x, W, dz):
    dW, db, dx = np.zeros_like(W), np.zeros(W.shape[1]), np.zeros_like(x)
    for row in np.ndindex(x.shape[:-1]):
        for unit in range(W.shape[1]):
            db[unit] += dz[(*row, unit)]
            for column in range(W.shape[0]):
                dW[column, unit] += x[(*row, column)] * dz[(*row, unit)]
                dx[(*row, column)] += dz[(*row, unit)] * W[column, unit]
    return dW, db, dx


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (4, 2, 3), (2, 3, 2, 4)])
@pytest.mark.parametrize("units", [1, 4])
def test_dense_equals_its_loops(shape, units):
    rng = np.random.default_rng(0)
    layer = Dense(units, bias_initializer="random_normal", dtype="float64")
    x = rng.standard_normal(shape)
    layer.build(shape[1:])
    dz = rng.standard_normal((*shape[:-1], units))
    assert layer.forpass(x, training=True) == pytest.approx(dense_in_loops(x, layer.W, layer.b))
    dx = layer.backprop(dz)
    wanted = dense_gradients_in_loops(x, layer.W, dz)
    assert layer.dW == pytest.approx(wanted[0], abs=1e-12)
    assert layer.db == pytest.approx(wanted[1], abs=1e-12)
    assert dx == pytest.approx(wanted[2], abs=1e-12)


def test_a_first_layer_computes_no_input_gradient():
    layer = dense()
    layer.forpass(X, training=True)
    layer.skip_input_gradient = True
    assert layer.backprop(GRAD) is None
    assert layer.dW.tolist() == [[1.0, -3.0, 5.0], [2.0, -4.0, 8.0]]


def test_the_shapes_are_those_of_keras():
    layer = Dense(10)
    layer.build((784,))
    assert [w.shape for w in layer.get_weights()] == [(784, 10), (10,)]
    assert layer.count_params() == 7850
    assert layer.compute_output_shape((784,)) == (10,)
    assert Dense(4).compute_output_shape((2, 3)) == (2, 4)


def test_the_initializers_fill_the_weights():
    layer = Dense(2, kernel_initializer="ones", bias_initializer="ones")
    layer.build((3,))
    assert layer.W.tolist() == [[1.0, 1.0]] * 3
    assert layer.b.tolist() == [1.0, 1.0]


def test_a_regularizer_of_the_bias_is_that_of_b():
    layer = Dense(2, kernel_regularizer="l1", bias_regularizer="l2")
    layer.build((3,))
    kinds = {name: type(w.regularizer).__name__ for name, w in layer.parameters.items()}
    assert kinds == {"W": "L1", "b": "L2"}


def test_dense_names_itself_when_the_input_is_too_wide():
    layer = Dense(3, name="hidden")
    layer.build((2,))
    with pytest.raises(ValueError, match="The layer takes samples of 2 values") as caught:
        layer(np.ones((4, 5)))
    assert "Received: x of shape (4, 5)" in str(caught.value)
    assert "Where: layer 'hidden', W of shape (2, 3)" in str(caught.value)


def test_a_built_layer_refuses_samples_of_another_width_before_any_data():
    layer = Dense(3)
    layer.build((2,))
    assert layer.compute_output_shape((7, 2)) == (7, 3)
    with pytest.raises(ValueError, match="The layer takes samples of 2 values") as caught:
        layer.compute_output_shape((7, 5))
    assert "Received: samples of shape (7, 5)" in str(caught.value)


def test_a_single_sample_must_be_a_row():
    layer = Dense(3)
    layer.build((2,))
    with pytest.raises(ValueError, match="The layer takes samples of 2 values") as caught:
        layer.forpass(np.ones(2))
    assert "x.reshape(1, -1)" in str(caught.value)


def test_samples_that_are_single_numbers_are_refused():
    with pytest.raises(ValueError, match="Dense needs samples with at least one axis"):
        Dense(3).build(())


@pytest.mark.parametrize("units", [0, -1, 2.5, "ten", None, True])
def test_units_must_be_a_positive_integer(units):
    with pytest.raises(ValueError, match="units must be a positive integer") as caught:
        Dense(units)
    assert f"Received: units={units!r}" in str(caught.value)
