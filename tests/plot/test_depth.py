from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import nnlite
from nnlite import plot
from nnlite.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D


def chain(*factors, **options):
    """Layers of one neuron, each multiplying by a factor."""
    model = nnlite.Sequential(
        [Dense(1, input_shape=(1,), **options), *(Dense(1, **options) for _ in factors[1:])],
        dtype="float64",
    )
    for layer, factor in zip(model.layers, factors, strict=True):
        layer.W = [[factor]]
    model.compile("sgd", "mse")
    return model


X, Y = np.array([[1.0], [3.0]]), np.zeros((2, 1))


def curves(ax):
    return {line.get_label(): line.get_ydata().tolist() for line in ax.lines}


def test_the_sizes_of_activations_and_gradients_are_drawn_over_depth(ax):
    plot.depth(chain(2.0, -0.5), X, Y, ax=ax)
    signals, gradients = ax.child_axes
    # a1 = 2x, a2 = −x; J = Σ a2²/2, so dz2 = a2: dW2 = Σ a1·a2 = −20, dW1 = Σ x·dz2·(−0.5) = 5.
    assert [line.get_ydata().tolist() for line in signals.lines] == [[4, 2]]
    assert [line.get_ydata().tolist() for line in gradients.lines] == [[5, 20]]
    assert [line.get_xdata().tolist() for line in gradients.lines] == [[1, 2]]
    assert [panel.get_ylabel() for panel in ax.child_axes] == ["mean |a|", "mean |dW|"]
    assert [panel.get_yscale() for panel in ax.child_axes] == ["log", "log"]


def test_within_one_power_of_ten_the_numbers_have_as_many_decimals(ax):
    plot.depth(chain(0.12, 1.4, 0.8), X, Y, ax=ax)
    ax.figure.canvas.draw()
    words = [label.get_text() for label in ax.child_axes[0].get_yticklabels()]
    assert len(words) > 2
    assert {len(word.partition(".")[2]) for word in words} == {2}


def test_several_models_have_a_curve_each(ax):
    plot.depth({"fades": chain(0.1, 0.1, 0.1), "grows": chain(10.0, 10.0)}, X, ax=ax)
    assert curves(ax)["fades"] == pytest.approx([0.2, 0.02, 0.002])
    assert curves(ax)["grows"] == pytest.approx([20, 200])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["fades", "grows"]


def test_without_truth_there_are_no_gradients(ax):
    plot.depth(chain(2.0), X, ax=ax)
    assert ax.child_axes == []
    assert ax.get_ylabel() == "mean |a|"


def test_an_activation_of_its_own_belongs_to_the_layer_before(ax):
    model = nnlite.Sequential([Dense(1, input_shape=(1,)), Activation("relu"), Dense(1)])
    model.layers[0].W, model.layers[2].W = [[-1.0]], [[1.0]]
    plot.depth(model, [[-2.0], [4.0]], ax=ax)
    assert ax.lines[0].get_ydata().tolist() == [1, 1]


def test_layers_without_weights_are_no_points(ax):
    model = nnlite.Sequential(
        [Conv2D(2, 3, input_shape=(6, 6, 1)), MaxPooling2D(2), Flatten(), Dense(3)]
    )
    plot.depth(model, np.ones((2, 6, 6, 1)), ax=ax)
    assert ax.lines[0].get_xdata().tolist() == [1, 2]


def test_what_is_0_lies_on_the_edge_and_says_so(ax):
    plot.depth(chain(0.0, 1.0), X, Y, ax=ax)
    signals, _ = ax.child_axes
    assert np.isnan(signals.lines[0].get_ydata()).tolist() == [True, True]
    assert [text.get_text() for text in signals.texts] == ["0", "0"]
    edge = signals.lines[1]
    assert edge.get_transform() == signals.get_xaxis_transform()
    assert (edge.get_xdata().tolist(), edge.get_ydata().tolist()) == ([1], [0])


def test_a_frozen_layer_has_no_gradient(ax):
    model = chain(2.0, -0.5)
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    plot.depth(model, X, Y, ax=ax)
    frozen, trained = ax.child_axes[1].lines[0].get_ydata()
    assert np.isnan(frozen)
    assert trained == 20


def test_the_model_stays_as_it_is(ax):
    model = chain(2.0, -0.5)
    plot.depth(model, X, Y, ax=ax)
    assert model.weights_vector.tolist() == [2, 0, -0.5, 0]


def test_all_words_can_be_read(written_badly):
    models = {"fades": chain(*[1e-2] * 9), "grows": chain(*[3.0] * 9)}
    assert written_badly(plot.depth(models, X, Y)) == []


def test_what_does_not_fit_is_explained():
    with pytest.raises(TypeError, match=r"(?s)a model, or a dictionary.*list.*plot.depth\(model"):
        plot.depth([chain(1.0)], X)
    with pytest.raises(ValueError, match="dictionary of several"):
        plot.depth({}, X)
    with pytest.raises(ValueError, match=r"(?s)layer with weights.*flatten"):
        plot.depth(nnlite.Sequential([Flatten(input_shape=(2, 2))]), np.ones((1, 2, 2)))
    assert plt.get_fignums() == []
