from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import nnlite
from nnlite import plot
from nnlite.layers import Conv2D, Dense, Flatten
from nnlite.plot.shapes import LOOKS

RNG = np.random.default_rng(0)


def network(**options):
    model = nnlite.Sequential([Dense(4, input_shape=(3,)), Dense(2, name="last", **options)])
    model.compile("sgd", "mse")
    return model


BATCH = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))


def sides(ax):
    """The height and the width of every rectangle, in units of the first one's rows."""
    return [(patch.get_height(), patch.get_width()) for patch in ax.patches]


def names(ax):
    known = {"X", "W", "b", "Z", "Xᵀ", "dZ", "dW", "Wᵀ", "dX"}
    return [text.get_text() for text in ax.texts if text.get_text() in known]


def sizes(ax):
    """Below each name: how long its sides are, with the axis that the colour tells."""
    colours = {colour: axis for axis, (colour, _) in LOOKS.items() if axis}
    found = [(t.get_position()[1], t.get_text(), t.get_color()) for t in ax.texts]
    return [(text, colours[colour]) for _, text, colour in found if text.isdigit()]


def test_the_sides_are_in_proportion_to_the_shapes(ax):
    plot.shapes(network(), *BATCH, layer="last", ax=ax)
    m, n, k = 6, 4, 2
    expected = [(m, n), (n, k), (1, k), (m, k), (n, m), (m, k), (n, k), (m, k), (k, n), (m, n)]
    assert names(ax) == ["X", "W", "b", "Z", "Xᵀ", "dZ", "dW", "dZ", "Wᵀ", "dX"]
    unit = sides(ax)[0][0] / m
    np.testing.assert_allclose(np.array(sides(ax)) / unit, expected)


def test_the_sides_have_the_colours_and_the_lines_of_their_axes(ax):
    plot.shapes(network(), *BATCH, layer="last", ax=ax)
    x_transposed = ax.patches[4]
    left, top = x_transposed.get_xy()
    right, bottom = left + x_transposed.get_width(), top + x_transposed.get_height()
    looks = {
        tuple(np.ravel(line.get_xydata())): (line.get_color(), line.is_dashed())
        for line in ax.lines
    }
    assert {looks[x, top, x, bottom] for x in (left, right)} == {(LOOKS["n"][0], True)}
    assert {looks[left, y, right, y] for y in (top, bottom)} == {(LOOKS["m"][0], False)}


def test_below_each_stand_its_sides_in_the_colours_of_their_axes(ax):
    plot.shapes(network(), *BATCH, layer="last", ax=ax)
    m, n, k = ("6", "m"), ("4", "n"), ("2", "k")
    expected = [m, n, n, k, k, m, k, n, m, m, k, n, k, m, k, k, n, m, n]
    assert sizes(ax) == expected


def test_the_legend_says_what_the_axes_are(ax):
    plot.shapes(network(), *BATCH, layer="last", ax=ax)
    words = [text.get_text() for text in ax.texts]
    assert words[:4] == ["last", "m = 6 samples", "n = 4 inputs", "k = 2 neurons"]


def test_without_truth_the_way_forward_is_drawn(ax):
    plot.shapes(network(), BATCH[0], layer="last", ax=ax)
    assert names(ax) == ["X", "W", "b", "Z"]
    assert "plot.shapes(model, x, y)" in ax.texts[-1].get_text()


def test_a_layer_without_bias_adds_none(ax):
    plot.shapes(network(use_bias=False), BATCH[0], layer="last", ax=ax)
    assert names(ax) == ["X", "W", "Z"]
    assert "+" not in [text.get_text() for text in ax.texts]


def test_the_first_layer_pales_what_it_does_not_compute(ax):
    plot.shapes(network(), *BATCH, ax=ax)
    assert [patch.get_alpha() for patch in ax.patches] == [1.0] * 7 + [0.35] * 3
    assert any("not computed here" in text.get_text() for text in ax.texts)


def test_a_later_layer_pales_nothing(ax):
    plot.shapes(network(), *BATCH, layer=1, ax=ax)
    assert {patch.get_alpha() for patch in ax.patches} == {1.0}


def test_what_is_too_thin_to_be_seen_is_drawn_thicker_and_told(ax):
    model = nnlite.Sequential([Flatten(input_shape=(28, 28)), Dense(10)])
    plot.shapes(model, np.zeros((32, 28, 28)), ax=ax)
    (x_high, x_wide), (w_high, w_wide), *_ = sides(ax)
    assert x_wide == w_high
    assert x_high == w_wide > x_wide * 32 / 784
    assert any("drawn longer than they are" in text.get_text() for text in ax.texts)


def test_with_more_axes_every_place_is_a_row(ax):
    model = nnlite.Sequential([Dense(4, input_shape=(5, 3))])
    plot.shapes(model, np.zeros((2, 5, 3)), ax=ax)
    (high, wide), *_ = sides(ax)
    assert high / wide == pytest.approx(10 / 3)
    assert "m = 2·5 = 10 rows" in [text.get_text() for text in ax.texts]


def test_the_first_dense_layer_is_drawn_by_default(ax):
    model = nnlite.Sequential([Conv2D(2, 3, input_shape=(4, 4, 1)), Flatten(), Dense(3)])
    plot.shapes(model, np.zeros((2, 4, 4, 1)), ax=ax)
    assert ax.texts[0].get_text() == "dense"
    assert [text for text, _ in sizes(ax)][:4] == ["2", "8", "8", "3"]


def test_the_model_stays_as_it_is(ax):
    model = network()
    before = model.weights_vector.copy()
    plot.shapes(model, *BATCH, ax=ax)
    np.testing.assert_array_equal(model.weights_vector, before)


@pytest.mark.parametrize("layer", [0, 1])
def test_all_words_can_be_read(layer, written_badly):
    assert written_badly(plot.shapes(network(), *BATCH, layer=layer)) == []
    digits = nnlite.Sequential([Flatten(input_shape=(28, 28)), Dense(128), Dense(10)])
    digits.compile("sgd", "mse")
    ax = plot.shapes(digits, np.zeros((32, 28, 28)), np.zeros((32, 10)), layer=layer + 1)
    assert written_badly(ax) == []


def test_what_does_not_fit_is_explained():
    model = nnlite.Sequential([Conv2D(2, 3, input_shape=(4, 4, 1), name="filters"), Flatten()])
    with pytest.raises(ValueError, match=r"(?s)Dense layer.*filters"):
        plot.shapes(model, np.zeros((2, 4, 4, 1)))
    with pytest.raises(ValueError, match=r"(?s)Dense layer.*filters.*layer='name'"):
        plot.shapes(model, np.zeros((2, 4, 4, 1)), layer="filters")
    with pytest.raises(ValueError, match="Unknown layer"):
        plot.shapes(model, np.zeros((2, 4, 4, 1)), layer="dense")
    with pytest.raises(TypeError, match=r"(?s)Dense layer of a model.*Dense.*plot.shapes\(model"):
        plot.shapes(Dense(3), np.zeros((2, 3)))
    assert plt.get_fignums() == []
