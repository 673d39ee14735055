"""Neurons as pictures of what they see: planes, curves and images."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet

import nnlite
from every_layer import CASES
from nnlite import plot
from nnlite.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
)
from nnlite.plot.planes import truth_of

BLUE, VERMILION, GREY = "#0072b2", "#c44e00", "#737373"
# Padded by a quarter, these show x from −2 to 4 and y from −3 to 3.
CORNERS = np.array([[-1.0, -2.0], [3.0, 2.0]])
RESOLUTION = 120


def network(weights, *activations, inputs=2):
    layers = [
        Dense(np.shape(W)[1], activation=name)
        for W, name in zip(weights[::2], activations, strict=True)
    ]
    model = nnlite.Sequential([Input(shape=(inputs,)), *layers], seed=0, dtype="float64")
    model.set_weights(weights)
    return model


def one(W, b, activation):
    """A single neuron of two features."""
    return network([np.reshape(W, (2, 1)), [b]], activation)


def grid():
    """x and y in the middle of every pixel of the planes over the corners."""
    middles = (np.arange(RESOLUTION) + 0.5) / RESOLUTION
    return np.meshgrid(-2 + 6 * middles, -3 + 6 * middles)


def on_the_plane(places, image):
    """Places on the page as x and y of the plane that an image shows."""
    left, right, bottom, top = image.get_extent()
    u = (places[:, 0] - left) / (right - left), (places[:, 1] - bottom) / (top - bottom)
    return np.stack([-2 + 6 * u[0], -3 + 6 * u[1]], axis=1)


def borders(ax):
    """The points of every line z = 0."""
    found = [drawn for drawn in ax.collections if isinstance(drawn, QuadContourSet)]
    return [np.concatenate([path.vertices for path in drawn.get_paths()]) for drawn in found]


def samples(ax):
    return [drawn for drawn in ax.collections if isinstance(drawn, PathCollection)]


def wires(ax):
    """All connections: {(start, end): (colour, opacity, width)}."""
    found = {}
    for lines in ax.collections:
        if isinstance(lines, LineCollection):
            looks = zip(lines.get_colors(), lines.get_linewidths(), strict=True)
            for segment, (colour, width) in zip(lines.get_segments(), looks, strict=True):
                ends = tuple(map(tuple, np.round(segment, 6)))
                found[ends] = to_hex(colour), float(colour[3]), float(width)
    return found


def test_every_neuron_is_a_picture_of_the_plane(ax):
    model = network(
        [np.ones((2, 4)), np.zeros(4), np.ones((4, 3)), np.zeros(3), np.ones((3, 1)), [0]],
        "tanh",
        "tanh",
        "sigmoid",
    )
    plot.network(model, CORNERS, [0, 1], ax=ax)
    lefts = [image.get_extent()[0] for image in ax.images]
    assert [lefts.count(left) for left in sorted(set(lefts))] == [2, 4, 3, 1]
    sides = [image.get_extent()[1] - image.get_extent()[0] for image in ax.images]
    np.testing.assert_allclose(sides, [0.86] * 9 + [3.0])


def test_the_inputs_show_the_features_themselves(ax):
    plot.network(one([1, 1], 0, "tanh"), CORNERS, [0, 1], ax=ax)
    x, y = grid()
    np.testing.assert_allclose(ax.images[0].get_array(), x, atol=1e-12)
    np.testing.assert_allclose(ax.images[1].get_array(), y, atol=1e-12)


def test_a_plane_shows_what_the_neuron_gives(ax):
    plot.network(one([2, -1], 0.5, "tanh"), CORNERS, [0, 1], ax=ax)
    x, y = grid()
    np.testing.assert_allclose(ax.images[2].get_array(), np.tanh(2 * x - y + 0.5), atol=1e-12)
    assert ax.images[2].origin == "lower"


def test_white_is_what_a_sigmoid_gives_at_its_border(ax):
    plot.network(one([1, 0], 0, "sigmoid"), CORNERS, [0, 1], ax=ax)
    x, _ = grid()
    np.testing.assert_allclose(ax.images[2].get_array(), 1 / (1 + np.exp(-x)) - 0.5, atol=1e-12)
    low, high = ax.images[2].get_clim()
    assert -low == high == pytest.approx(1 / (1 + np.exp(-3.975)) - 0.5)


def test_a_relu_is_white_where_it_is_silent_and_blue_where_it_speaks(ax):
    plot.network(one([1, 0], 0, "relu"), CORNERS, [0, 1], ax=ax)
    picture = ax.images[2]
    colours = picture.to_rgba(picture.get_array())
    np.testing.assert_allclose(colours[60, 10], 1, atol=0.01)
    assert colours[60, 119, 2] > colours[60, 119, 0] + 0.2


def test_the_line_is_where_z_is_0(ax):
    plot.network(one([2, -1], 0.5, "sigmoid"), CORNERS, [0, 1], ax=ax)
    (border,) = borders(ax)
    x, y = on_the_plane(border, ax.images[2]).T
    np.testing.assert_allclose(2 * x - y + 0.5, 0, atol=1e-6)
    assert np.ptp(y) > 5


def test_a_neuron_that_never_changes_its_mind_has_no_line(ax):
    plot.network(one([0.1, 0.1], 5, "relu"), CORNERS, [0, 1], ax=ax)
    assert borders(ax) == []


def test_a_normalization_before_the_activation_moves_the_line(ax):
    model = nnlite.Sequential(
        [Input(shape=(2,)), Dense(1), BatchNormalization(epsilon=0.0), Activation("relu")]
    )
    # z = x₁, normalized by mean 1 and variance 4, then γ = 1 and β = 0: the border is x₁ = 1.
    model.set_weights([[[1.0], [0.0]], [0.0], [1.0], [0.0], [1.0], [4.0]])
    plot.network(model, CORNERS, [0, 1], ax=ax)
    (border,) = borders(ax)
    np.testing.assert_allclose(on_the_plane(border, ax.images[2])[:, 0], 1, atol=1e-5)
    assert [text.get_text() for text in ax.texts][1] == "dense\n1 relu"


def test_the_samples_stand_on_the_last_plane_in_the_colour_of_their_truth(ax):
    plot.network(one([1, 0], 0, "sigmoid"), CORNERS, [1, 0], ax=ax)
    above, below = samples(ax)
    np.testing.assert_allclose(on_the_plane(above.get_offsets(), ax.images[2]), [[-1, -2]])
    np.testing.assert_allclose(on_the_plane(below.get_offsets(), ax.images[2]), [[3, 2]])
    assert to_hex(above.get_facecolor()[0]) == BLUE
    assert to_hex(below.get_facecolor()[0]) == VERMILION
    assert len(above.get_paths()[0].vertices) != len(below.get_paths()[0].vertices)


def test_samples_of_numbers_have_the_colours_of_the_plane_and_dark_edges(ax):
    x = np.array([[-1, -2], [3, 2], [1, 0]])
    plot.network(one([1, 0], 0, "linear"), x, [3.975, 0, -3.975], ax=ax)
    above, below = samples(ax)
    assert to_hex(above.get_facecolor()[0]) == BLUE
    white, red = below.get_facecolor()
    np.testing.assert_allclose(white, 1, atol=0.01)
    assert to_hex(red) == VERMILION
    assert above.get_edgecolor()[0][:3].max() == pytest.approx(0.1)


def test_lines_keep_the_width_and_colour_of_their_weights(ax):
    model = network([[[4.0, -2.0], [1.0, -4.0]], [0, 0]], "tanh")
    plot.network(model, CORNERS, [[0, 1], [1, 0]], ax=ax)
    found = sorted(wires(ax).items(), key=lambda wire: (-wire[0][0][1], -wire[0][1][1]))
    assert [look[0] for _, look in found] == [BLUE, VERMILION, BLUE, VERMILION]
    assert [look[2] for _, look in found] == pytest.approx([3, 1.65, 0.975, 3])
    starts = {start[0] for (start, _), _ in found}
    ends = {end[0] for (_, end), _ in found}
    edges = ax.images[0].get_extent()[1], ax.images[2].get_extent()[0]
    assert (*starts, *ends) == pytest.approx(edges, abs=1e-6)


def test_classes_compete_and_their_line_is_where_two_of_them_tie(ax):
    W = [[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]
    plot.network(network([W, [0, 0, -10]], "softmax"), CORNERS, [0, 1], ax=ax)
    first, second = borders(ax)
    np.testing.assert_allclose(on_the_plane(first, ax.images[2])[:, 0], 0, atol=1e-6)
    np.testing.assert_allclose(on_the_plane(second, ax.images[3])[:, 0], 0, atol=1e-6)
    x, _ = grid()
    total = np.exp(x) + np.exp(-x) + np.exp(-10)
    np.testing.assert_allclose(ax.images[2].get_array(), np.exp(x) / total - 0.5, atol=1e-12)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[2:] == ["$z = 0$, or a tie", "$y = 0$", "$y = 1$"]


def test_samples_of_classes_have_their_colours_on_every_last_plane(ax):
    plot.network(network([np.eye(2), [0, 0]], "softmax"), CORNERS, ["no", "yes"], ax=ax)
    looks = [to_hex(drawn.get_facecolor()[0]) for drawn in samples(ax)]
    assert looks == [VERMILION, BLUE] * 2
    places = [drawn.get_offsets() for drawn in samples(ax)]
    for number, image in enumerate(ax.images[2:]):
        first, second = places[2 * number : 2 * number + 2]
        np.testing.assert_allclose(on_the_plane(first, image), CORNERS[:1])
        np.testing.assert_allclose(on_the_plane(second, image), CORNERS[1:])


def test_of_two_classes_a_plane_goes_from_the_colour_of_the_one_to_that_of_the_other(ax):
    plot.network(network([np.eye(2), [0, 0]], "softmax"), CORNERS, [0, 1], ax=ax)
    first, second = ([to_hex(image.cmap(end)) for end in (0.0, 1.0)] for image in ax.images[2:])
    assert first == second[::-1]
    low, high = ([int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in second)
    assert low[0] > low[2]
    assert high[2] > high[0]


def test_of_more_classes_a_plane_is_grey_where_others_win(ax):
    W = [[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]
    plot.network(network([W, [0, 0, -10]], "softmax"), CORNERS, [0, 1], ax=ax)
    for image in ax.images[2:]:
        red, green, blue, _ = image.cmap(0.0)
        assert red == green == blue < 0.8


def test_the_numbers_beside_the_last_plane_are_round_and_where_they_say(ax):
    plot.network(one([1, 0], 0, "tanh"), CORNERS, [-1, 1], ax=ax)
    left, right, bottom, _ = ax.images[2].get_extent()
    below = [t for t in ax.texts if t.get_position()[1] < bottom and t.get_text() != "$x_1$"]
    for text in below:
        number = float(text.get_text().replace("−", "-"))
        assert text.get_position()[0] == pytest.approx(left + (right - left) * (number + 2) / 6)
    assert [text.get_text() for text in below] == ["−2", "0", "2", "4"]


def test_one_feature_is_a_curve(ax):
    model = network([[[2.0]], [-1.0]], "relu", inputs=1)
    plot.network(model, [0.0, 2.0], [0.0, 3.0], ax=ax)
    curves = [line for line in ax.lines if len(line.get_xdata()) == 240]
    frame = ax.patches[-1]
    (left, bottom), side = frame.get_xy(), frame.get_width()
    # x goes from −0.5 to 2.5; relu(2x − 1) from 0 to 4, with 0.08 of that to spare.
    x = -0.5 + 3 * (np.arange(240) + 0.5) / 240
    a = np.maximum(2 * x - 1, 0)
    span = 1.16 * a.max()
    drawn = (curves[1].get_ydata() - bottom) / side * span - 0.08 * a.max()
    np.testing.assert_allclose(drawn, a, atol=1e-9)
    np.testing.assert_allclose((curves[1].get_xdata() - left) / side * 3 - 0.5, x, atol=1e-9)
    (dots,) = samples(ax)
    heights = (dots.get_offsets()[:, 1] - bottom) / side * span - 0.08 * a.max()
    np.testing.assert_allclose(heights, [0, 3], atol=1e-9)
    (crossing,) = [line for line in ax.lines if line.get_linestyle() == ":"]
    np.testing.assert_allclose((crossing.get_xdata() - left) / side * 3 - 0.5, 0.5, atol=1e-9)


def images_model():
    """Two filters on an image of 3 by 3 pixels, the larger of each, and two neurons."""
    model = nnlite.Sequential(
        [
            Input(shape=(3, 3, 1)),
            Conv2D(2, 2, activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(2, activation="softmax"),
        ],
        dtype="float64",
    )
    kernel = np.zeros((2, 2, 1, 2))
    kernel[0, 0, 0] = 1.0, -1.0
    model.set_weights([kernel, [0.0, 2.0], [[1.0, 0.0], [0.0, 3.0]], [0.0, 0.0]])
    return model


IMAGE = np.arange(9.0).reshape(1, 3, 3, 1)


def test_an_image_is_followed_through_its_maps(ax):
    plot.network(images_model(), IMAGE, ax=ax)
    drawn = [np.asarray(image.get_array()) for image in ax.images]
    np.testing.assert_array_equal(drawn[0], [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    np.testing.assert_array_equal(drawn[1], [[0, 1], [3, 4]])
    np.testing.assert_array_equal(drawn[2], [[2, 1], [0, 0]])
    assert [picture.item() for picture in drawn[3:5]] == [4, 2]
    # softmax of z = (4, 6)
    np.testing.assert_allclose(drawn[5].item(), 1 / (1 + np.exp(2)))
    texts = [text.get_text() for text in ax.texts]
    assert [t for t in texts if "." in t] == ["4.00", "2.00", "0.12", "0.88"]
    assert [t for t in texts if "\n" in t] == [
        "input\n3 × 3 × 1",
        "conv2d\n2 relu",
        "max_pooling2d\n2",
        "dense\n2 softmax",
    ]


def test_grey_lines_are_as_thick_as_what_goes_along_them(ax):
    plot.network(images_model(), IMAGE, ax=ax)
    found = [look for look in wires(ax).values() if look[0] == GREY]
    # Both filters add the numbers 0, 1, 3, 4 to z, with either sign; a map is pooled by itself.
    assert [look[2] for look in found[:2]] == pytest.approx([3, 3])
    assert sorted(look[2] for look in found[2:]) == pytest.approx([0.3 + 2.7 * 2 / 4, 3])


def test_neurons_of_the_image_itself_show_their_weights(ax):
    W = np.random.default_rng(0).normal(size=(25, 3))
    model = network([W, np.zeros(3)], "tanh", inputs=25)
    plot.network(model, np.ones((2, 25)), [2, 0], ax=ax)
    for picture, weights in zip(ax.images[1:], W.T, strict=True):
        np.testing.assert_array_equal(picture.get_array(), weights.reshape(5, 5))


def test_what_is_true_of_the_image_stands_beside_its_neuron(ax):
    plot.network(images_model(), IMAGE, [1], ax=ax)
    assert [t.get_text() for t in ax.texts if t.get_text()[:1] in ("0", "1")][-3:] == [
        "0",
        "0.88",
        "1 $= y$",
    ]


MAPS = {name: case for name, case in CASES.items() if isinstance(case.shape, tuple)}
MAPS = {name: case for name, case in MAPS.items() if len(case.shape) > 1}


@pytest.mark.parametrize("name", MAPS)
def test_an_image_is_followed_through_every_layer(name, ax):
    case = MAPS[name]
    model = case.model(Flatten(), Dense(3, activation="softmax"), dtype="float64")
    x = case.samples(np.random.default_rng(0), 2)
    plot.network(model, x, ax=ax, most=100)
    last = [np.asarray(image.get_array()) for image in ax.images[-3:]]
    if len([text for text in ax.texts if "\n" in text.get_text()]) == 2:
        # The layer changes every number by itself: then the last neurons weigh the image.
        W = model.layers[-1].W.T.reshape(3, *case.shape)
        np.testing.assert_array_equal(last, W if W.ndim == 3 else W.mean(axis=-1))
    else:
        np.testing.assert_allclose([a.item() for a in last], model.predict(x)[0])
    # Nothing flows that was not made: each of the last three sees something of the image.
    ends = {end for _, end in wires(ax)}
    assert len([end for end in ends if end[0] == max(e[0] for e in ends)]) == 3


def test_a_pooling_that_keeps_the_size_of_a_map_stands_between(ax):
    pooling = AveragePooling2D(3, strides=1, padding="same")
    model = nnlite.Sequential([Input(shape=(3, 3, 1)), pooling, Flatten(), Dense(1)])
    plot.network(model, IMAGE, ax=ax)
    assert len(ax.images) == 3
    assert ax.images[1].get_array()[1, 1] == 4
    with pytest.raises(ValueError, match="AveragePooling2D"):
        plot.network(model)


def test_long_names_are_broken_so_that_all_can_be_read(written_badly):
    layers = [Conv2D(2, 2), GlobalAveragePooling2D(), Dense(2, name="a_very_long_name_of_a_layer")]
    ax = plot.network(nnlite.Sequential([Input(shape=(3, 3, 1)), *layers], seed=0), IMAGE)
    captions = [text for text in ax.texts if "\n" in text.get_text()]
    assert [text.get_text() for text in captions[2:]] == [
        "global_average_\npooling2d\n2",
        "a_very_long_\nname_of_a_layer\n2",
    ]
    assert captions[0].get_size() >= 7
    assert written_badly(ax) == []


def test_of_many_lines_all_but_the_forty_strongest_are_faded(ax):
    W = np.arange(1.0, 101.0).reshape(10, 10)
    plot.network(network([W, np.zeros(10)], "linear", inputs=10), ax=ax)
    opacities = [look[1] for look in wires(ax).values()]
    assert len(opacities) == 100
    assert opacities.count(pytest.approx(0.06)) == 60
    # The strongest come last, on top of the others.
    assert opacities == sorted(opacities)
    assert opacities[60] == pytest.approx(0.12 + 0.88 * 61 / 100)


@pytest.mark.parametrize("size", [(8, 6), (5, 4), (13, 5)])
@pytest.mark.parametrize("y", [[0, 1, 0, 1], [0, 1, 2, 1]])
def test_all_words_can_be_read(written_badly, size, y):
    outputs = max(y) if max(y) == 1 else 3
    layers = [Dense(n, activation="tanh") for n in (4, 3, outputs)]
    model = nnlite.Sequential([Input(shape=(2,)), *layers], seed=0)
    ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert written_badly(plot.network(model, x, y, ax=ax)) == []
    assert written_badly(plot.network(model, x, y)) == []


def test_the_words_beside_images_can_be_read(written_badly):
    assert written_badly(plot.network(images_model(), IMAGE, [1])) == []


def three_features():
    return nnlite.Sequential([Dense(2, input_shape=(3,))], name="three")


@pytest.mark.parametrize(
    ("model", "x", "y", "words"),
    [
        (three_features(), np.ones((4, 3)), [0, 1, 0, 1], r"(?s)two features.*\(3,\).*'three'"),
        (one([1, 1], 0, "tanh"), CORNERS, None, "(?s)y is needed.*y=None"),
        (one([1, 1], 0, "tanh"), None, [0, 1], "(?s)x is needed.*x=None"),
        (one([1, 1], 0, "tanh"), np.ones((4, 3)), [0, 1, 0, 1], r"\(4, 3\)"),
        (one([1, 1], 0, "tanh"), CORNERS, [0, 1, 0], r"(?s)a number for each of the 2.*\(3,\)"),
        (one([1, 1], 0, "tanh"), CORNERS, np.eye(2), r"(?s)a number for each.*\(2, 2\)"),
        (
            network([np.eye(2), [0, 0]], "softmax"),
            CORNERS,
            [0, 2],
            "(?s)from 0 to 1.*classes from 0 to 2",
        ),
        (network([np.eye(2), [0, 0]], "softmax"), CORNERS, [0.5, 1], "classes from 0.5 to 1"),
        (one([1, 1], 0, "tanh"), CORNERS, [np.nan, 1], "y must be finite"),
        (
            one([1, 1], 0, "tanh"),
            CORNERS,
            1,
            r"a number for each of the 2.\nReceived: y of shape \(\)",
        ),
        (images_model(), IMAGE, [7], "classes from 7 to 7"),
        (nnlite.Sequential([Dense(1)]), CORNERS, [0, 1], "shape of the model's input"),
    ],
)
def test_what_does_not_fit_is_explained(model, x, y, words, ax):
    with pytest.raises((ValueError, TypeError), match=words):
        plot.network(model, x, y, ax=ax)


def test_the_truth_is_a_number_for_each_of_the_last_neurons():
    assert truth_of(["b", "a", "b"], 3, 1).tolist() == [[1], [0], [1]]
    assert truth_of([[1], [0]], 2, 2).tolist() == [[0, 1], [1, 0]]
    assert truth_of([[0.2, 0.8]], 1, 2).tolist() == [[0.2, 0.8]]


def test_an_activation_of_the_inputs_leaves_their_pictures_as_they_are(ax):
    model = nnlite.Sequential([Input(shape=(2,)), Activation("tanh"), Dense(1)], dtype="float64")
    model.set_weights([[[1.0], [0.0]], [0.0]])
    plot.network(model, CORNERS, [0, 1], ax=ax)
    x, _ = grid()
    np.testing.assert_allclose(ax.images[0].get_array(), x, atol=1e-12)
    np.testing.assert_allclose(ax.images[2].get_array(), np.tanh(x), atol=1e-12)
