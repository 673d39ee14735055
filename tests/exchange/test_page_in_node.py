"""The page's functions against `predict`: every layer, and random networks of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import node
from every_layer import CASES
from nnlite import Input, Model, Sequential, losses
from nnlite.exchange.page import description
from nnlite.layers import Dense, Multiply
from nnlite.optimizers import SGD, Adam
from random_networks import networks, random_problem

pytestmark = [pytest.mark.slow, node.needs_node]

READ = """
  const numbers = decoded(given.numbers);
  const network = networkOf(given, numbers);
  const inputsOf = (m) => given.inputs.map(({ shape, samples }) => {
    const size = count(shape);
    return numbers.subarray(samples.at + m * size, samples.at + (m + 1) * size);
  });
"""
FORWARD = (
    READ
    + """
  return Array.from({ length: given.inputs[0].samples.shape[0] }, (_, m) => {
    const flow = forward(network, inputsOf(m));
    return given.outputs.map(({ slot }) => Array.from(flow.a[slot]));
  });
"""
)


def close(page: Any, predicted: Any) -> None:
    expected = np.asarray(predicted, float)
    scale = max(1, abs(expected).max())
    given = np.reshape(page, expected.shape)
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-5 * scale)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_layer_computes_what_predict_does(case):
    rng = np.random.default_rng(3)
    model, x = case.model(seed=0), case.samples(rng, 3)
    for weight in model.weights:
        weight += 0.2 * rng.random(weight.shape)
    outputs = node.run(FORWARD, description(model, x))
    close([sample[0] for sample in outputs], model.predict(x))


@networks(120)
def test_random_networks_compute_what_predict_does(seed, branches):
    model, _, x, _ = random_problem(seed, branches, "float32")
    outputs = node.run(FORWARD, description(model, x))
    close([sample[0] for sample in outputs], model.predict(x))


def test_several_inputs_and_outputs_keep_their_places():
    a, b = Input((2,)), Input((3,))
    one, two = Dense(3, "tanh")(a), Dense(2)(b)
    model = Model([a, b], [two, Multiply()([one, b])], seed=0)
    x = [np.ones((2, 2)), np.arange(6.0).reshape(2, 3)]
    outputs = node.run(FORWARD, description(model, x))
    for place, predicted in enumerate(model.predict(x)):
        close([sample[place] for sample in outputs], predicted)


@networks(60)
def test_gradients_of_random_networks_are_those_of_differences(seed, branches):
    """The way back, for gradient × input: against a step of each input to both sides."""
    model, _, x, _ = random_problem(seed, branches, "float32")
    code = (
        READ
        + """
  const x = inputsOf(0).map((one) => Float64Array.from(one));
  const { slot } = given.outputs[0];
  const value = () => forward(network, x).a[slot][0];
  const flow = forward(network, x);
  const da = new Float64Array(flow.a[slot].length);
  da[0] = 1;
  const [gradient] = backward(network, flow, { slot, da }).da;
  return Array.from(x[0], (_, i) => {
    const before = x[0][i];
    const [low, high] = [before - 1e-5, before + 1e-5].map((moved) => {
      x[0][i] = moved;
      return value();
    });
    x[0][i] = before;
    return [gradient[i], (high - low) / 2e-5];
  });
"""
    )
    pairs = np.array(node.run(code, description(model, x[:1])))
    # At a kink, a step to both sides sees both slopes: few places may lie at one.
    wrong = abs(pairs[:, 0] - pairs[:, 1]) > 1e-5 * max(1, abs(pairs).max())
    assert wrong.mean() < 0.05


def test_reasons_name_every_term_of_a_sum_the_largest_first():
    layer = Dense(1, "relu", input_shape=(3,))
    model = Sequential([layer])
    layer.W, layer.b = np.array([[1.0], [-4.0], [0.5]]), np.array([10.0])
    code = READ + "return reasons(network, forward(network, inputsOf(0)), 1, 0);"
    why = node.run(code, description(model, [[1.0, 2.0, 6.0]]))
    told = [(term["i"], term["x"], term["w"], term["part"]) for term in why["terms"]]
    assert told == [(1, 2, -4, -8), (2, 6, 0.5, 3), (0, 1, 1, 1)]
    assert (why["bias"], why["z"], why["a"]) == (10, 6, 6)


def test_a_neuron_that_is_switched_off_gives_nothing_on():
    model = Sequential([Dense(2, "linear", input_shape=(1,)), Dense(1)])
    model.set_weights([[[1.0, 2.0]], [0.0, 0.0], [[3.0], [5.0]], [0.0]])
    code = READ + "network.off[1].add(1); return Array.from(forward(network, inputsOf(0)).a[2]);"
    assert node.run(code, description(model, [[1.0]])) == [3.0]


def ink(rows: list[str]) -> list[float]:
    return [float(letter == "#") for row in rows for letter in row]


def test_a_drawing_is_scaled_to_20_of_28_pixels_and_centred_by_weight():
    side = 56
    drawn = np.zeros((side, side))
    drawn[3:13, 40:45] = 1  # ten high and five wide, in a corner
    code = "return Array.from(centred(Float32Array.from(given), 56, 28, 28));"
    image = np.reshape(node.run(code, drawn.ravel().tolist(), ("digits",)), (28, 28))
    rows, columns = np.nonzero(image > 0.5)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 23, 9, 18)
    assert image.max() == 1


def test_a_drawing_that_is_not_centred_stays_where_it_is():
    code = "return Array.from(asDrawn(Float32Array.from(given), 4, 2, 2));"
    drawn = ink(["##..", "##..", "..#.", "...."])
    assert node.run(code, drawn, ("digits",)) == [1, 0, 0, 0.25]


def test_nothing_drawn_is_an_empty_image():
    code = "return Array.from(centred(new Float32Array(16), 4, 2, 2));"
    assert node.run(code, None, ("digits",)) == [0, 0, 0, 0]


def test_every_word_is_there_in_both_languages():
    words = node.run("return WORDS;", None, ("words",))
    assert len(words) > 30
    for key, (english, korean) in words.items():
        assert english.strip(), key
        assert korean.strip(), key
        assert sorted(set(english) & {"{"}) == sorted(set(korean) & {"{"}), key


TRAIN = (
    READ
    + """
  const training = { ...given.training, loss: given.lesson.loss };
  const { truth } = given.outputs[0];
  const width = truth.shape[1];
  const batch = Array.from({ length: truth.shape[0] }, (_, m) => ({
    x: inputsOf(m)[0].slice(), y: numbers.slice(truth.at + m * width, truth.at + (m + 1) * width),
  }));
  const told = Array.from({ length: 20 }, () =>
    trainOnBatch(network, training, batch, training.rate));
  return [told, network.steps.filter((step) => step.W).map((step) => [...step.W, ...step.b])];
"""
)
CLASSES, ROWS = np.arange(12) % 3, np.eye(3)[np.arange(12) % 3]
NUMBERS = np.sin(np.arange(36.0)).reshape(12, 3)


@pytest.mark.parametrize(
    "optimizer", [SGD(0.3), SGD(0.1, momentum=0.9), SGD(0.1, 0.8, nesterov=True), Adam(0.02)]
)
@pytest.mark.parametrize(
    ("end", "loss", "y"),
    [
        ("linear", "mse", NUMBERS),
        ("tanh", "half_squared_error", NUMBERS),
        ("linear", "mae", NUMBERS),
        ("softplus", losses.Huber(0.4), NUMBERS),
        ("sigmoid", "binary_crossentropy", ROWS),
        ("softmax", "categorical_crossentropy", ROWS),
        ("softmax", "sparse_categorical_crossentropy", CLASSES),
        ("linear", losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES),
        ("linear", losses.BinaryCrossentropy(from_logits=True), ROWS),
        ("sigmoid", "mse", ROWS),
    ],
)
def test_20_steps_on_the_page_are_those_of_train_on_batch(optimizer, end, loss, y):
    x = np.random.default_rng(0).standard_normal((12, 2))
    hidden = [Dense(5, "tanh", input_shape=(2,)), Dense(4, "leaky_relu")]
    model = Sequential([*hidden, Dense(3, end)], seed=0)
    model.compile(type(optimizer).from_config(optimizer.get_config()), loss)
    told, weights = node.run(TRAIN, description(model, x, y))
    expected = [model.train_on_batch(x, y) for _ in range(20)]
    np.testing.assert_allclose(told, expected, rtol=1e-5, atol=1e-5)
    for layer, numbers in zip(model.layers, weights, strict=True):
        np.testing.assert_allclose(numbers, [*layer.W.ravel(), *layer.b], atol=1e-5)


def test_a_layer_that_is_called_twice_is_trained_once():
    layer = Dense(2, "tanh")
    x = Input((2,))
    model = Model(x, Dense(1)(layer(layer(x))), seed=0)
    model.compile(Adam(0.05), "mse")
    data, y = np.arange(6.0).reshape(3, 2) / 5, [[1.0], [0.0], [1.0]]
    _, weights = node.run(TRAIN, description(model, data, y))
    for _ in range(20):
        model.train_on_batch(data, y)
    np.testing.assert_allclose(weights[0], [*layer.W.ravel(), *layer.b], atol=1e-5)
