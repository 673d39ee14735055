from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet

import nnlite
from nnlite import plot

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
# Those of class 0, 1 and 2.
ZERO, ONE, TWO = "#c44e00", "#0072b2", "#009e73"
PALE_ZERO, PALE_ONE, PALE_TWO = "#edcab2", "#b2d5e8", "#b2e2d5"


def samples(ax):
    """The points of each class by its label, as drawn."""
    return {
        drawn.get_label(): drawn for drawn in ax.collections if isinstance(drawn, PathCollection)
    }


def places(drawn):
    return [tuple(place) for place in drawn.get_offsets().tolist()]


def regions(ax):
    """The filled regions by their colour."""
    found = [drawn for drawn in ax.collections if isinstance(drawn, QuadContourSet)]
    return {to_hex(drawn.get_facecolor()[0]): drawn for drawn in found if drawn.filled}


def lines(ax):
    """The points of each boundary."""
    found = [drawn for drawn in ax.collections if isinstance(drawn, QuadContourSet)]
    return [
        np.concatenate([path.vertices for path in drawn.get_paths()])
        for drawn in found
        if not drawn.filled
    ]


def holds(region, place):
    return any(path.contains_point(place) for path in region.get_paths())


def and_gate(x):
    return (x @ [2, 2] - 3 > 0).astype(int)


def test_every_sample_is_drawn_with_its_class(ax):
    plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1], ax=ax)
    drawn = samples(ax)
    assert places(drawn["class 0"]) == [(0, 0), (0, 1), (1, 0)]
    assert places(drawn["class 1"]) == [(1, 1)]


def test_classes_differ_in_colour_and_marker(ax):
    plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1], ax=ax)
    drawn = samples(ax)
    assert to_hex(drawn["class 0"].get_facecolor()[0]) == ZERO
    assert to_hex(drawn["class 1"].get_facecolor()[0]) == ONE
    circle, square = (drawn[name].get_paths()[0] for name in ("class 0", "class 1"))
    assert len(circle.vertices) != len(square.vertices)


def test_the_plane_has_the_colour_of_the_class_that_is_given(ax):
    plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1], ax=ax)
    zero, one = regions(ax)[PALE_ZERO], regions(ax)[PALE_ONE]
    for corner in ((0, 0), (0, 1), (1, 0)):
        assert holds(zero, corner)
        assert not holds(one, corner)
    assert holds(one, (1, 1))
    assert not holds(zero, (1, 1))


def test_the_first_feature_goes_to_the_right(ax):
    plot.decision_boundary(lambda x: x[:, 0] - 0.25, SQUARE, [-1, -1, 1, 1], ax=ax)
    (boundary,) = lines(ax)
    np.testing.assert_allclose(boundary[:, 0], 0.25, atol=1e-9)
    assert np.ptp(boundary[:, 1]) == pytest.approx(1.5)


def test_a_number_is_cut_halfway_between_the_labels(ax):
    plot.decision_boundary(lambda x: x[:, 1], SQUARE, [0, 1, 0, 1], ax=ax)
    np.testing.assert_allclose(lines(ax)[0][:, 1], 0.5, atol=1e-9)


def test_a_tanh_neuron_is_cut_at_0_for_labels_of_both_signs(ax):
    def neuron(x):
        return np.tanh(x @ [1.0, 0.0] - 0.75)

    plot.decision_boundary(neuron, SQUARE, [-1, -1, 1, 1], ax=ax)
    np.testing.assert_allclose(lines(ax)[0][:, 0], 0.75, atol=1e-4)
    assert holds(regions(ax)[PALE_ZERO], (0.6, 0.5))
    assert holds(regions(ax)[PALE_ONE], (0.9, 0.5))


def test_a_sigmoid_shades_the_plane_from_one_class_to_the_other(ax):
    def neuron(x):
        return 1 / (1 + np.exp(-20 * (x[:, :1] - 0.5)))

    plot.decision_boundary(neuron, SQUARE, [0, 0, 1, 1], ax=ax)
    (shades,) = [c for c in ax.collections if isinstance(c, QuadContourSet) and c.filled]
    np.testing.assert_allclose(shades.levels, np.linspace(0, 1, 11))
    colours = shades.get_facecolor()
    assert colours[0, 0] > colours[0, 2]
    assert colours[-1, 2] > colours[-1, 0]
    assert shades.get_paths()[0].contains_point((0, 0.5))
    assert shades.get_paths()[-1].contains_point((1, 0.5))


def corners(x):
    """Three classes: right, up, and the rest."""
    return np.stack([np.full(len(x), 0.5), x[:, 0], x[:, 1] - 0.125], axis=1)


def test_three_classes_have_three_regions(ax):
    x = np.array([[0, 0], [1, 0], [0, 1], [0.1, 0.9]])
    plot.decision_boundary(corners, x, [0, 1, 2, 2], ax=ax)
    zero, one, two = (regions(ax)[colour] for colour in (PALE_ZERO, PALE_ONE, PALE_TWO))
    for region, inside in ((zero, (0, 0)), (one, (1, 0)), (two, (0, 1))):
        assert [holds(other, inside) for other in (zero, one, two)].count(True) == 1
        assert holds(region, inside)
    assert places(samples(ax)["class 2"]) == [(0, 1), (0.1, 0.9)]


def test_a_class_without_samples_keeps_its_colour_for_the_others(ax):
    plot.decision_boundary(corners, [[0, 0], [0, 1]], [0, 2], ax=ax)
    assert list(samples(ax)) == ["class 0", "class 2"]
    assert to_hex(samples(ax)["class 2"].get_facecolor()[0]) == TWO
    assert holds(regions(ax)[PALE_TWO], (0, 1))


def test_one_hot_rows_are_labels_too(ax):
    plot.decision_boundary(corners, [[0, 0], [1, 0], [0, 1]], np.eye(3), ax=ax)
    assert places(samples(ax)["class 1"]) == [(1, 0)]


def test_labels_may_be_words(ax):
    def says(x):
        return np.where(x[:, 0] > 0.5, "yes", "no")

    plot.decision_boundary(says, SQUARE, ["no", "no", "yes", "yes"], ax=ax)
    assert places(samples(ax)["class yes"]) == [(1, 0), (1, 1)]
    assert holds(regions(ax)[PALE_ONE], (1, 0.5))


def test_a_model_of_nnlite_is_asked_for_predictions(ax):
    model = nnlite.Sequential([nnlite.layers.Dense(1, activation="sigmoid", input_shape=(2,))])
    model.set_weights([[[8.0], [0.0]], [-2.0]])
    plot.decision_boundary(model, SQUARE, [[0], [0], [1], [1]], ax=ax)
    np.testing.assert_allclose(lines(ax)[0][:, 0], 0.25, atol=1e-3)


def test_a_model_of_scikit_learn_is_asked_for_predictions(ax):
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1).fit(SQUARE, [0, 0, 1, 2])
    plot.decision_boundary(model, SQUARE, [0, 0, 1, 2], ax=ax)
    assert holds(regions(ax)[PALE_ONE], (0.9, 0.1))
    assert holds(regions(ax)[PALE_TWO], (0.9, 0.9))


def test_a_model_that_gives_one_class_everywhere_has_no_boundary(ax):
    plot.decision_boundary(lambda x: np.zeros(len(x), int), SQUARE, [0, 0, 0, 1], ax=ax)
    assert lines(ax) == []
    assert list(regions(ax)) == [PALE_ZERO]


def test_the_picture_reaches_a_quarter_beyond_the_samples(ax):
    x = [[0, 10], [4, 30]]
    plot.decision_boundary(lambda x: x[:, 0] > 2, x, [0, 1], names=("age", "weight"), ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 5), (5, 35))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("age", "weight")


def test_equal_values_of_a_feature_still_make_a_plane(ax):
    plot.decision_boundary(lambda x: x[:, 0] > 0, [[-1, 3], [1, 3]], [0, 1], ax=ax)
    assert ax.get_ylim() == (2.5, 3.5)


def test_no_sample_is_hidden_behind_the_legend():
    ax = plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1])
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert not any(legend.contains(*ax.transData.transform(corner)) for corner in SQUARE)


def test_all_words_can_be_read(written_badly):
    assert written_badly(plot.decision_boundary(corners, SQUARE, [0, 1, 2, 1])) == []


def test_without_axes_a_new_figure_is_made():
    ax = plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1])
    assert plt.get_fignums() == [ax.figure.number]


def test_thirty_features_are_two_many_and_the_error_says_what_to_do(ax):
    with pytest.raises(ValueError, match=r"(?s)two features.*30 features.*PCA"):
        plot.decision_boundary(and_gate, np.zeros((5, 30)), [0, 1, 0, 1, 0], ax=ax)


def test_a_model_of_thirty_features_is_named(ax):
    model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(30,))], name="cancer")
    with pytest.raises(ValueError, match=r"(?s)a model of 30 features.*'cancer'.*PCA|principal"):
        plot.decision_boundary(model, SQUARE, [0, 1, 1, 0], ax=ax)


def test_a_model_that_was_never_built_says_so(ax):
    model = nnlite.Sequential([nnlite.layers.Dense(1)])
    with pytest.raises(ValueError, match="shape of the model's input"):
        plot.decision_boundary(model, SQUARE, [0, 1, 1, 0], ax=ax)


@pytest.mark.parametrize(
    ("model", "x", "y", "words"),
    [
        (and_gate, SQUARE, [0, 1, 1], "4 samples"),
        (and_gate, SQUARE[0], [0], "two columns"),
        (and_gate, np.zeros((0, 2)), [], "two columns"),
        (and_gate, SQUARE, [0.5, 1.2, 3.3, 0.1], "plot.predictions"),
        (lambda x: x[:, 0] * 0.9, SQUARE, [0, 1, 2, 1], "two classes apart"),
        (lambda x: 1, SQUARE, [0, 1, 1, 0], "for point in x"),
        (lambda x: x[:5], SQUARE, [0, 1, 1, 0], "at once"),
        (corners, SQUARE, [0, 1, 3, 5], "a column for each class"),
    ],
)
def test_what_does_not_fit_is_explained(model, x, y, words, ax):
    with pytest.raises(ValueError, match=words):
        plot.decision_boundary(model, x, y, ax=ax)


def test_what_is_neither_model_nor_function_is_explained(ax):
    with pytest.raises(TypeError, match="a model, or a function"):
        plot.decision_boundary(3, SQUARE, [0, 1, 1, 0], ax=ax)


def test_on_narrow_axes_the_classes_are_named_one_below_the_other_or_not_at_all():
    figure = plt.figure(figsize=(8, 2))
    narrow, tiny = figure.add_axes((0, 0, 0.2, 1)), figure.add_axes((0.5, 0, 0.1, 1))
    plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1], ax=narrow)
    plot.decision_boundary(and_gate, SQUARE, [0, 0, 0, 1], ax=tiny)
    assert narrow.get_legend()._ncols == 1
    assert tiny.get_legend() is None


@pytest.mark.parametrize(
    "says",
    [
        lambda x: x[:, 0] > 0.5,
        lambda x: (x[:, 0] > 0.5).astype(int),
        lambda x: (x[:, :1] > 0.5).astype(float),
        lambda x: np.where(x[:, 0] > 0.5, "yes", "no").astype(object),
    ],
)
def test_words_as_labels_are_numbered_for_a_function_that_answers_with_numbers(says, ax):
    plot.decision_boundary(says, SQUARE, ["no", "no", "yes", "yes"], ax=ax)
    assert list(samples(ax)) == ["class no", "class yes"]
    (shades,) = [c for c in ax.collections if isinstance(c, QuadContourSet) and c.filled][:1]
    assert sum(path.contains_point((0, 0.5)) for path in shades.get_paths()) == 1
    assert len(lines(ax)) == 1
    np.testing.assert_allclose(lines(ax)[0][:, 0], 0.5, atol=0.01)


def test_numbers_written_as_words_are_the_classes_they_name(ax):
    plot.decision_boundary(lambda x: 1 + (x[:, 0] > 0.5), SQUARE, ["1", "1", "2", "2"], ax=ax)
    assert list(samples(ax)) == ["class 1", "class 2"]
    assert holds(regions(ax)[PALE_ONE], (1, 0.5))


@pytest.mark.parametrize(
    ("says", "y", "words"),
    [
        (
            lambda x: np.full(len(x), 3),
            ["no", "no", "yes", "yes"],
            "0 for 'no', 1 for 'yes'.\nReceived: 3",
        ),
        (
            lambda x: np.full(len(x), "no"),
            [0, 0, 1, 1],
            "one of the labels in y: 0, 1.\nReceived: 'no'",
        ),
    ],
)
def test_answers_of_another_kind_than_the_labels_are_explained(says, y, words, ax):
    with pytest.raises(ValueError, match=words):
        plot.decision_boundary(says, SQUARE, y, ax=ax)


def three_probabilities(x):
    """Three classes, each the surer the further its corner is from the others' borders."""
    scores = np.exp(8 * np.stack([np.full(len(x), 0.5), x[:, 0], x[:, 1]], axis=1))
    return scores / scores.sum(axis=1, keepdims=True)


def test_three_classes_are_shaded_by_how_far_the_first_leads(ax):
    plot.decision_boundary(three_probabilities, SQUARE, [0, 1, 2, 1], ax=ax)
    filled = [c for c in ax.collections if isinstance(c, QuadContourSet) and c.filled]
    assert len(filled) == 3
    for shades, (colour, places) in zip(
        filled,
        {
            ZERO: [(0.4, 0), (-0.2, 0)],
            ONE: [(0.6, 0), (1.2, 0)],
            TWO: [(0, 0.6), (0, 1.2)],
        }.items(),
        strict=True,
    ):
        np.testing.assert_allclose(shades.levels, np.linspace(0, 1, 11))
        bands = [
            next(k for k, path in enumerate(shades.get_paths()) if path.contains_point(place))
            for place in places
        ]
        p = np.sort(three_probabilities(np.array(places)), axis=1)
        assert bands == [int(10 * lead) for lead in p[:, -1] - p[:, -2]]
        palest, surest = (shades.get_facecolor()[band] for band in (0, -1))
        assert palest.min() > 0.9
        assert surest.min() < 0.6
        rgb = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        np.testing.assert_array_equal(np.argsort(rgb), np.argsort(surest[:3]))


def test_no_place_is_without_a_class_where_there_are_probabilities(ax):
    plot.decision_boundary(three_probabilities, SQUARE, [0, 1, 2, 1], ax=ax)
    filled = [c for c in ax.collections if isinstance(c, QuadContourSet) and c.filled]
    for place in np.random.default_rng(0).uniform(-0.2, 1.2, (200, 2)):
        owners = [any(p.contains_point(place) for p in shades.get_paths()) for shades in filled]
        margins = np.sort(three_probabilities(place[None])[0])
        if margins[-1] - margins[-2] > 0.02:
            assert sum(owners) == 1
            assert owners.index(True) == three_probabilities(place[None])[0].argmax()
