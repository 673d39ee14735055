import copy
import threading

import numpy as np
import pytest

import nnlite
from nnlite import Input, Model, Sequential, optimizers
from nnlite.callbacks import Callback
from nnlite.layers import Activation, BatchNormalization, Dense, Dropout, Layer

RNG = np.random.default_rng(3)
X = RNG.normal(size=(12, 4))
Y = RNG.integers(0, 2, 12)


def network(**options):
    """A network in which a step moves everything: weights, running means, masks, memory."""
    model = Sequential(
        [
            Dense(5, activation="relu", kernel_regularizer="l2", input_shape=(4,)),
            BatchNormalization(),
            Dropout(0.5),
            Dropout(0.5, seed=4),
            Dense(1, activation="sigmoid"),
        ],
        seed=1,
        **options,
    )
    model.compile(optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def state(model):
    """Everything a model is, as bytes and plain values."""
    optimizer = model.optimizer
    return {
        "weights": [weight.tobytes() for weight in model.weights],
        "homes": [id(weight) for weight in model.weights],
        "vector": (id(model.weights_vector), model.weights_vector.tobytes()),
        "gradients": (id(model.gradient_vector), model.gradient_vector.tobytes()),
        "rng": model.rng.bit_generator.state,
        "layer rngs": [layer.rng.bit_generator.state for layer in model.layers],
        "memory": {name: array.tobytes() for name, array in optimizer.bound_state.arrays.items()},
        "iterations": optimizer.iterations,
        "attributes": [
            {name: id(value) for name, value in vars(layer).items()} for layer in model.layers
        ],
        "model": {name: id(value) for name, value in vars(model).items()},
        "history": copy.deepcopy(model.history.history) if model.history else None,
        "metrics": [
            {name: repr(value) for name, value in vars(metric).items()}
            for each in model.figures.metrics
            for metric in each
        ],
    }


def test_explain_changes_nothing():
    model = network()
    model.fit(X, Y, epochs=3, batch_size=5, verbose=0)
    before = state(model)
    model.explain(X, Y)
    model.explain(X)
    assert state(model) == before


def test_explain_does_not_change_the_arrays_it_is_given():
    x, y = X.astype(np.float32), Y.astype(np.float32).reshape(-1, 1)
    bytes_before = x.tobytes(), y.tobytes()
    network().explain(x, y)
    assert (x.tobytes(), y.tobytes()) == bytes_before


@pytest.mark.bits
def test_training_goes_on_as_if_nobody_had_asked():
    asked, silent = network(), network()
    for model in (asked, silent):
        model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
        if model is asked:
            model.explain(X, Y)
        model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    assert asked.weights_vector.tobytes() == silent.weights_vector.tobytes()


def test_the_step_is_the_one_that_fit_takes():
    model = network()
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    before = model.weights_vector.copy()
    explanation = model.explain(X, Y)
    loss = model.train_on_batch(X, Y)[0]
    assert explanation["J"] == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(
        explanation["ΔW"], model.weights_vector - before, rtol=1e-5, atol=1e-8
    )
    gradients = [explanation[s].ravel() for s in ("dW1", "db1", "dγ1", "dβ1", "dW2", "db2")]
    np.testing.assert_allclose(
        np.concatenate(gradients), model.gradient_vector, rtol=1e-5, atol=1e-8
    )


def test_the_loss_after_the_step_is_that_of_the_same_masks():
    model = network()
    explanation = model.explain(X, Y)
    told = explanation.update[0].lines[1].formula
    twin = network()
    twin.weights_vector[...] += explanation["ΔW"]
    again = twin.explain(X, Y)
    assert told == f"{explanation['J']:.4g} → {again['J']:.4g} on this batch"


def test_the_values_are_those_of_the_layers():
    model = Sequential([Dense(2, activation="tanh", input_shape=(4,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    found = model.explain(X, Y)
    W1, b1, W2, b2 = model.get_weights()
    x = X.astype(np.float32)
    np.testing.assert_allclose(found["Z1"], x @ W1 + b1, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["A1"], np.tanh(x @ W1 + b1), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["Z2"], found["A1"] @ W2 + b2, rtol=1e-5, atol=1e-6)
    dZ2 = 2 * (found["Z2"] - Y.reshape(-1, 1)) / 12
    np.testing.assert_allclose(found["dZ2"], dZ2, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["dW2"], found["A1"].T @ dZ2, rtol=1e-5, atol=1e-6)


def test_an_unknown_symbol_names_the_nearest():
    with pytest.raises(ValueError, match=r'Did you mean "dW1"\?'):
        network().explain(X, Y)["DW1 "]


@pytest.mark.bits
def test_a_model_that_waits_for_its_data_goes_on_waiting():
    model = Sequential([Dense(2), Dense(1)], seed=5)
    model.compile("sgd", "mse")
    rng_before = copy.deepcopy(model.rng.bit_generator.state)
    explanation = model.explain(X, Y)
    assert not model.built
    assert model.rng.bit_generator.state == rng_before
    model.fit(X, Y, epochs=0, verbose=0)
    np.testing.assert_array_equal(explanation["W1"], model.layers[0].W)


def test_the_seeds_of_later_models_stay_the_same():
    def first_weight(between):
        nnlite.set_random_seed(11)
        model = Sequential([Dense(2), Dense(1)])
        model.compile("sgd", "mse")
        between(model)
        return Sequential([Dense(1, input_shape=(1,))]).get_weights()[0].item()

    assert first_weight(lambda model: model.explain(X, Y)) == first_weight(lambda model: None)


@pytest.mark.bits
def test_explain_works_in_the_middle_of_training():
    tables = []

    class Ask(Callback):
        def on_epoch_end(self, epoch, logs=None):
            tables.append(self.model.explain(X, Y).text(80))

    asked, silent = network(), network()
    asked.fit(X, Y, epochs=2, batch_size=5, verbose=0, callbacks=[Ask()])
    silent.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    assert asked.weights_vector.tobytes() == silent.weights_vector.tobytes()
    assert tables[-1] == silent.explain(X, Y).text(80)


def test_a_thousand_layers_in_a_row_are_no_trouble():
    x = Input((2,))
    tensor = x
    for _ in range(1000):
        tensor = Activation("linear")(tensor)
    model = Model(x, Dense(1)(tensor))
    model.compile("sgd", "mse")
    assert model.explain([[1, 2], [3, 4]], [1, 2])["dW1"].shape == (2, 1)


def test_without_truth_or_before_compile_only_the_way_forward_is_told():
    compiled, raw = network(), Sequential([Dense(1, input_shape=(4,))], seed=0)
    for explanation in (compiled.explain(X), raw.explain(X, Y), raw.explain(X)):
        assert explanation.backward == explanation.update == []
        assert "Z1" in explanation.values
        assert "dW1" not in explanation.values
        assert explanation.text(80).endswith(
            "The way back needs a loss and the truth: model.compile(...), then\n"
            "model.explain(x, y)."
        )


def test_the_way_forward_alone_leaves_running_means_as_they_are():
    model = network()
    before = model.layers[1].moving_mean.tobytes()
    explanation = model.explain(X)
    assert model.layers[1].moving_mean.tobytes() == before
    np.testing.assert_allclose(explanation["U1"].mean(axis=0), 0, atol=1e-5)


def test_a_model_in_float64_is_told_in_float64():
    found = network(dtype="float64").explain(X, Y)
    kinds = {array.dtype for symbol, array in found.values.items() if symbol not in ("J", "Y")}
    assert kinds == {np.dtype("float64")}


def test_a_layer_that_cannot_be_copied_is_named_with_a_remedy():
    class Locked(Layer):
        def __init__(self):
            super().__init__()
            self.lock = threading.Lock()

        def forpass(self, x, training=False):
            return x

        def backprop(self, grad):
            return grad

    model = Sequential([Locked(), Dense(1)], seed=0)
    model.build((None, 4))
    with pytest.raises(TypeError, match="Remedy: Keep open files and locks out"):
        model.explain(X)


def test_wrong_data_is_refused_as_in_fit():
    with pytest.raises(ValueError, match="The model takes samples of shape"):
        network().explain(X[:, :3], Y)
    with pytest.raises(ValueError, match="same number of samples"):
        network().explain(X, Y[:5])


def test_importing_nnlite_loads_neither_explain_nor_a_drawing():
    import subprocess
    import sys

    code = (
        "import sys, nnlite; model = nnlite.Sequential([nnlite.layers.Dense(1)]);"
        "assert 'nnlite.explain' not in sys.modules;"
        "print(model.explain([[1.0, 2.0]]));"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_merge_that_leaves_out_the_gradients_of_the_data_is_told_without_them():
    class Total(Layer):
        merges = True

        def build(self, input_shape):
            self.add_weight("s", (), "ones")

        def forpass(self, x, training=False):
            if training:
                self.total = sum(x)
            return self.s * sum(x)

        def backprop(self, grad):
            self.ds = (grad * self.total).sum()
            return None if self.skip_input_gradient else [self.s * grad] * 2

    left, right = Input((4,)), Input((4,))
    model = Model([left, right], Dense(1)(Total()([left, right])), seed=0)
    model.compile("sgd", "mse")
    found = model.explain([X, X], Y)
    assert found["ds1"].shape == ()
    assert "dX1" not in found.values
