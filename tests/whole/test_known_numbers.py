"""Numbers that the course works out and that must come out of the public API, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite import optimizers
from nnlite.initializers import Constant
from nnlite.layers import Dense

pytestmark = pytest.mark.bits


def neuron(activation, w, b, inputs):
    layer = Dense(
        1,
        activation=activation,
        kernel_initializer=Constant(w),
        bias_initializer=Constant(b),
        input_shape=(inputs,),
    )
    return nnlite.Sequential([layer], dtype="float64")


@pytest.fixture(scope="module")
def diabetes():
    from sklearn.datasets import load_diabetes

    data = load_diabetes()
    return data.data[:, 2:3], data.target


@pytest.fixture(scope="module")
def breast_cancer():
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    data = load_breast_cancer()
    return train_test_split(
        data.data, data.target, stratify=data.target, test_size=0.2, random_state=42
    )


def fitted_line(diabetes, epochs):
    model = neuron("linear", 1.0, 1.0, inputs=1)
    model.compile(optimizer=optimizers.SGD(1.0), loss="half_squared_error")
    model.fit(*diabetes, batch_size=1, epochs=epochs, shuffle=False, verbose=0)
    W, b = model.get_weights()
    return W[0, 0], b[0]


def test_the_neuron_on_diabetes_after_one_epoch(diabetes):
    w, b = fitted_line(diabetes, epochs=1)
    # The course cuts the digits after these, it does not round: 587.86545…
    assert 587.86545 <= w < 587.86546
    assert 99.40935 <= b < 99.40936


def test_the_neuron_on_diabetes_after_99_epochs(diabetes):
    w, b = fitted_line(diabetes, epochs=99)
    assert 913.59733643 <= w < 913.59733644
    assert 123.394143831 <= b < 123.394143832


def test_the_neuron_on_diabetes_equals_the_loop_of_the_course(diabetes):
    w, b = 1.0, 1.0
    for x, y in zip(diabetes[0][:, 0], diabetes[1], strict=True):
        error = y - (x * w + b)
        w, b = w + x * error, b + error
    assert fitted_line(diabetes, epochs=1) == pytest.approx((w, b), rel=1e-13)


def test_the_logistic_neuron_on_raw_breast_cancer_data(breast_cancer):
    x_train, x_test, y_train, y_test = breast_cancer
    model = neuron("sigmoid", 1.0, 0.0, inputs=30)
    model.compile(optimizer=optimizers.SGD(1.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=1, epochs=100, shuffle=False, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0)[1] == 0.8245614035087719


XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


def xor_network(seed):
    model = nnlite.Sequential(
        [
            Dense(4, activation="sigmoid", input_shape=(2,)),
            Dense(5, activation="sigmoid"),
            Dense(1, activation="sigmoid"),
        ],
        seed=seed,
        dtype="float64",
    )
    model.compile(optimizer=optimizers.SGD(0.5), loss="binary_crossentropy")
    return model


def test_the_xor_network_has_43_weights():
    assert xor_network(0).count_params() == 12 + 25 + 6 == 43


def solves_xor(seed, epochs=5000, at_a_time=500):
    """Return whether the network answers all four right within so many epochs."""
    model = xor_network(seed)
    x, y = XOR
    for start in range(0, epochs, at_a_time):
        model.fit(x, y, batch_size=4, initial_epoch=start, epochs=start + at_a_time, verbose=0)
        if np.array_equal(model.predict(x)[:, 0] > 0.5, y == 1):
            return True
    return False


def test_nine_of_ten_seeds_solve_xor_within_5000_epochs():
    assert sum(solves_xor(seed) for seed in range(30)) >= 27
