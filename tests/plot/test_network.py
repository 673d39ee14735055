from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.patches import Circle

import nnlite
from nnlite import plot
from nnlite.layers import Activation, Add, Dense, Dropout, Flatten, Input

BLUE, VERMILION = "#0072B2", "#C44E00"


def chain(*sizes, **options):
    layers = [Dense(n, **options) for n in sizes[1:]]
    return nnlite.Sequential([Input(shape=(sizes[0],)), *layers], seed=0, dtype="float64")


def neurons(ax):
    """The neurons of each layer from top to bottom: {x: [y, …]}."""
    found = {}
    for circle in circles(ax):
        found.setdefault(circle.center[0], []).append(circle.center[1])
    return [sorted(ys, reverse=True) for _, ys in sorted(found.items())]


def circles(ax):
    largest = max(patch.radius for patch in ax.patches if isinstance(patch, Circle))
    return [patch for patch in ax.patches if isinstance(patch, Circle) and patch.radius == largest]


def dots(ax):
    large = circles(ax)
    return [patch for patch in ax.patches if isinstance(patch, Circle) and patch not in large]


def connections(ax, layer):
    """The connections into a layer, from 1 on: {(from, to): (colour, opacity, width, dashed)}."""
    levels = neurons(ax)
    xs = sorted({circle.center[0] for circle in circles(ax)})
    found = {}
    for lines in ax.collections:
        if not isinstance(lines, LineCollection):
            continue
        for segment, colour, width in zip(
            lines.get_segments(), lines.get_colors(), lines.get_linewidths(), strict=True
        ):
            (x0, y0), (x1, y1) = segment
            if x1 == xs[layer]:
                assert x0 == xs[layer - 1]
                ends = levels[layer - 1].index(y0), levels[layer].index(y1)
                dashed = lines.get_linestyles()[0][1] is not None
                found[ends] = to_hex(colour).upper(), colour[3], width, dashed
    return found


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_every_layer_has_its_neurons(ax):
    plot.network(chain(2, 4, 5, 1), ax=ax)
    assert [len(layer) for layer in neurons(ax)] == [2, 4, 5, 1]
    assert dots(ax) == []


def test_every_neuron_feeds_every_neuron_of_the_next_layer(ax):
    plot.network(chain(2, 4, 5, 1), ax=ax)
    assert len(connections(ax, 1)) == 8
    assert len(connections(ax, 2)) == 20
    assert len(connections(ax, 3)) == 5


def test_a_line_shows_sign_and_size_of_its_weight(ax):
    model = chain(2, 2)
    model.set_weights([[[4.0, -4.0], [1.0, -2.0]], [0.0, 0.0]])
    plot.network(model, ax=ax)
    lines = connections(ax, 1)
    assert {ends: line[0] for ends, line in lines.items()} == {
        (0, 0): BLUE,
        (0, 1): VERMILION,
        (1, 0): BLUE,
        (1, 1): VERMILION,
    }
    assert {ends: line[3] for ends, line in lines.items()} == {
        (0, 0): False,
        (0, 1): True,
        (1, 0): False,
        (1, 1): True,
    }
    widths = {ends: line[2] for ends, line in lines.items()}
    assert widths == pytest.approx({(0, 0): 3, (0, 1): 3, (1, 0): 0.975, (1, 1): 1.65})
    assert lines[0, 0][1] > lines[1, 1][1] > lines[1, 0][1]


def test_a_weight_of_0_has_no_line(ax):
    model = chain(2, 1)
    model.set_weights([[[1.0], [0.0]], [0.0]])
    plot.network(model, ax=ax)
    assert list(connections(ax, 1)) == [(0, 0)]


def test_the_filling_shows_the_bias(ax):
    model = chain(1, 3)
    model.set_weights([[[1.0, 1.0, 1.0]], [2.0, 0.0, -1.0]])
    plot.network(model, ax=ax)
    entrance, *layer = sorted(circles(ax), key=lambda c: (c.center[0], -c.center[1]))
    red, _, blue, _ = zip(*(circle.get_facecolor() for circle in layer), strict=True)
    assert blue[0] > red[0] + 0.3
    assert red[2] > blue[2] + 0.1
    np.testing.assert_allclose(layer[1].get_facecolor(), to_rgba("white"), atol=0.01)
    np.testing.assert_allclose(entrance.get_facecolor(), to_rgba("white"), atol=0.01)


def test_the_legend_explains_lines_and_fillings(ax):
    model = chain(1, 1)
    model.set_weights([[[1.0]], [2.0]])
    plot.network(model, ax=ax)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["$w > 0$", "$w < 0$", "$b > 0$", "$b < 0$"]


def test_without_biases_the_legend_does_not_speak_of_them(ax):
    plot.network(chain(3, 2, use_bias=False), ax=ax)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["$w > 0$", "$w < 0$"]


def test_captions_name_layer_number_and_activation(ax):
    model = nnlite.Sequential(
        [
            Dense(4, activation="relu", input_shape=(2,), name="hidden"),
            Dense(1, activation="sigmoid", name="output"),
        ]
    )
    plot.network(model, ax=ax)
    assert words(ax) == ["input\n2", "hidden\n4 relu", "output\n1 sigmoid"]


def test_twelve_neurons_are_all_drawn(ax):
    plot.network(chain(12, 1), ax=ax)
    assert [len(layer) for layer in neurons(ax)] == [12, 1]


def test_of_more_than_a_dozen_the_first_and_last_are_drawn_with_dots_between(ax):
    plot.network(chain(784, 100, 10), ax=ax)
    assert [len(layer) for layer in neurons(ax)] == [10, 10, 10]
    assert words(ax) == ["input\n784", "dense\n100", "dense_1\n10"]
    assert len(dots(ax)) == 6
    first = neurons(ax)[0]
    assert first[4] > max(dot.center[1] for dot in dots(ax))
    assert first[5] < min(dot.center[1] for dot in dots(ax))


def test_the_neurons_after_the_dots_are_the_last_ones(ax):
    model = chain(20, 1)
    W = np.zeros((20, 1))
    W[4], W[19] = 1.0, -1.0
    model.set_weights([W, [0.0]])
    plot.network(model, ax=ax)
    lines = connections(ax, 1)
    assert {ends: line[0] for ends, line in lines.items()} == {(4, 0): BLUE, (9, 0): VERMILION}


def test_the_number_of_neurons_drawn_may_be_chosen(ax):
    plot.network(chain(8, 1), most=4, ax=ax)
    assert [len(layer) for layer in neurons(ax)] == [4, 1]


def test_activations_of_their_own_belong_to_the_layer_before(ax):
    model = nnlite.Sequential([Dense(2, input_shape=(3,)), Activation("tanh"), Dropout(0.5)])
    plot.network(model, ax=ax)
    assert words(ax) == ["input\n3", "dense\n2 tanh"]


def test_flattened_images_are_an_input_of_their_pixels(ax):
    model = nnlite.Sequential([Flatten(input_shape=(28, 28)), Dense(2)])
    plot.network(model, ax=ax)
    assert words(ax) == ["input\n784", "dense\n2"]


def test_a_functional_chain_is_drawn_too(ax):
    x = Input(shape=(3,))
    plot.network(nnlite.Model(x, Dense(1)(Dense(2)(x))), ax=ax)
    assert [len(layer) for layer in neurons(ax)] == [3, 2, 1]


def test_circles_are_round_and_inside_the_axes(ax):
    plot.network(chain(30, 2, 1), ax=ax)
    ax.figure.canvas.draw()
    assert ax.get_aspect() == 1
    frame = ax.get_window_extent()
    for circle in circles(ax):
        box = circle.get_window_extent()
        assert box.width == pytest.approx(box.height)
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1


@pytest.mark.parametrize("sizes", [(2, 4, 5, 1), (30, 2, 1), (784, 100, 10), (5, 100, 150, 100, 1)])
def test_all_words_can_be_read(written_badly, sizes):
    assert written_badly(plot.network(chain(*sizes, activation="sigmoid"))) == []


def test_all_words_of_a_deep_network_can_be_read_on_small_axes(written_badly):
    ax = plt.figure(figsize=(8, 6)).add_axes((0, 0.5, 0.5, 0.5))
    assert written_badly(plot.network(chain(*[3] * 9, activation="sigmoid"), ax=ax)) == []


def test_without_axes_a_new_figure_is_made():
    ax = plot.network(chain(2, 1))
    assert plt.get_fignums() == [ax.figure.number]


def test_branches_are_not_drawn(ax):
    x = Input(shape=(3,))
    model = nnlite.Model(x, Add()([Dense(2, name="left")(x), Dense(2, name="right")(x)]))
    with pytest.raises(ValueError, match=r"(?s)chain of Dense layers.*branches"):
        plot.network(model, ax=ax)


def test_layers_that_are_no_neurons_are_named(ax):
    class Pairs(nnlite.layers.Layer):
        def forpass(self, x, training=False):
            return x.reshape(len(x), -1, 2)[:, :, 0]

        def backprop(self, grad):
            return grad

    model = nnlite.Sequential([Pairs(input_shape=(4,), name="pairs"), Dense(1)])
    with pytest.raises(ValueError, match=r"(?s)Pairs 'pairs' that makes \(2,\).*summary"):
        plot.network(model, ax=ax)


def test_a_model_that_was_never_built_says_so(ax):
    with pytest.raises(ValueError, match="shape of the model's input"):
        plot.network(nnlite.Sequential([Dense(1)]), ax=ax)


def test_what_is_no_model_is_explained(ax):
    with pytest.raises(TypeError, match="draws a model"):
        plot.network(np.zeros((2, 2)), ax=ax)


@pytest.mark.parametrize("most", [0, 1, -3, 2.5])
def test_at_least_two_neurons_are_drawn(most, ax):
    with pytest.raises(ValueError, match="most"):
        plot.network(chain(3, 1), most=most, ax=ax)
