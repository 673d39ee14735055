from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import nnlite
from nnlite import plot
from nnlite.layers import Dense, Flatten, Layer


class Correlation(Layer):
    """A convolution without padding, the slow way."""

    def __init__(self, kernels, **options):
        super().__init__(**options)
        self.kernels = np.asarray(kernels, dtype=float)

    def build(self, input_shape):
        self.add_weight("W", self.kernels.shape)
        self.W = self.kernels

    def forpass(self, x, training=False):
        high, wide, _, filters = self.W.shape
        rows, columns = x.shape[1] - high + 1, x.shape[2] - wide + 1
        z = np.empty((len(x), rows, columns, filters), x.dtype)
        for i in range(rows):
            for j in range(columns):
                window = x[:, i : i + high, j : j + wide]
                z[:, i, j] = np.tensordot(window, self.W, 3)
        return z

    def backprop(self, grad):
        raise NotImplementedError


ONES = np.ones((2, 2, 1, 1))
KERNELS = np.concatenate([ONES, 10 * ONES, -ONES], axis=-1)
SQUARE = np.arange(1.0, 10).reshape(3, 3)


def convolutional():
    return nnlite.Sequential(
        [Correlation(KERNELS, input_shape=(3, 3, 1), name="filters"), Flatten(), Dense(2)],
        dtype="float64",
    )


def drawn(ax):
    return [np.asarray(image.get_array()).tolist() for image in ax.images]


def bar(ax):
    (found,) = ax.child_axes
    return found


def test_the_weights_of_a_neuron_are_an_image_of_its_inputs(ax):
    W = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])
    plot.weights(W, ax=ax)
    assert drawn(ax) == [[[1, 2], [3, 4]], [[10, 20], [30, 40]]]


def test_weights_that_are_no_square_take_a_shape(ax):
    plot.weights(np.arange(6.0).reshape(6, 1), shape=(2, 3), ax=ax)
    assert drawn(ax) == [[[0, 1, 2], [3, 4, 5]]]


def test_weights_of_0_are_white_and_signs_are_colours(ax):
    plot.weights(np.array([[-4.0], [0], [2], [1]]), ax=ax)
    (image,) = ax.images
    assert image.get_clim() == (-4, 4)
    negative, zero, positive = (image.cmap(image.norm(value)) for value in (-4, 0, 4))
    assert negative[0] > negative[2]
    assert positive[2] > positive[0]
    np.testing.assert_allclose(zero[:3], 1, atol=0.01)
    assert bar(ax).get_ylabel() == "weight"


def test_all_neurons_have_one_scale(ax):
    plot.weights(np.array([[1.0, -8.0]] * 4), ax=ax)
    assert {image.get_clim() for image in ax.images} == {(-8, 8)}


def test_weights_that_are_all_0_are_drawn(ax):
    plot.weights(np.zeros((4, 1)), ax=ax)
    assert ax.images[0].get_clim() == (-1, 1)


def test_the_first_layer_of_a_model_is_drawn(ax):
    model = nnlite.Sequential([Flatten(input_shape=(2, 2)), Dense(3), Dense(1)], dtype="float64")
    plot.weights(model, ax=ax)
    assert drawn(ax) == [model.layers[1].W[:, k].reshape(2, 2).tolist() for k in range(3)]


def test_another_layer_is_chosen_by_name_or_number(ax):
    model = nnlite.Sequential([Dense(4, input_shape=(9,)), Dense(2, name="second")])
    for choice in ("second", 1, -1, model.layers[1]):
        axes = plot.weights(model, layer=choice)
        assert drawn(axes) == [model.layers[1].W.tolist()]


def behind(*layers):
    """A model of images 4 by 4, in which these layers come before a Dense one."""
    image = nnlite.layers.Input(shape=(4, 4, 1))
    return nnlite.Sequential([image, *layers, Dense(3, name="last")], seed=0)


@pytest.mark.parametrize(
    "before",
    [
        lambda: [nnlite.layers.MaxPooling2D(2), Flatten()],
        lambda: [nnlite.layers.Conv2D(1, 3, padding="same"), Flatten()],
        lambda: [Flatten(), Dense(16)],
    ],
)
def test_what_does_not_weigh_the_image_is_drawn_as_a_table(before, ax):
    model = behind(*before())
    plot.weights(model, layer="last", ax=ax)
    W = model.layers[-1].W
    assert drawn(ax) == [W.tolist()]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("neurons", "inputs")
    assert ax.get_title() == f"last: W {W.shape}"
    assert ax.images[0].get_clim() == pytest.approx((-np.abs(W).max(), np.abs(W).max()))


@pytest.mark.parametrize(
    "before",
    [
        lambda: [Flatten()],
        lambda: [nnlite.layers.Dropout(0.5), Flatten(), nnlite.layers.BatchNormalization()],
        lambda: [nnlite.layers.Reshape((16,)), nnlite.layers.Activation("tanh")],
    ],
)
def test_what_weighs_the_image_itself_is_drawn_as_images(before, ax):
    model = behind(*before())
    plot.weights(model, ax=ax)
    assert drawn(ax) == [model.layers[-1].W[:, k].reshape(4, 4).tolist() for k in range(3)]


def test_the_model_tells_the_shape_of_an_image_that_is_no_square(ax):
    model = nnlite.Sequential([Flatten(input_shape=(2, 3)), Dense(2)])
    plot.weights(model, ax=ax)
    assert [np.shape(image) for image in drawn(ax)] == [(2, 3), (2, 3)]


def test_who_says_how_the_inputs_lie_gets_images_of_any_layer(ax):
    plot.weights(behind(nnlite.layers.MaxPooling2D(2), Flatten()), shape=(2, 2), ax=ax)
    assert [np.shape(image) for image in drawn(ax)] == [(2, 2)] * 3


def test_numbers_are_written_into_a_small_table(ax):
    model = nnlite.Sequential([Dense(2, input_shape=(1,)), Dense(1, name="last")])
    model.layers[1].W = [[0.5], [-1.0]]
    plot.weights(model, layer="last", numbers=True, ax=ax)
    written = [(*text.get_position(), text.get_text()) for text in ax.texts]
    assert written == [(0, 0, "0.5"), (0, 1, "−1.0")]


def test_a_layer_alone_is_drawn(ax):
    layer = Dense(1)
    layer.build((4,))
    plot.weights(layer, ax=ax)
    assert np.shape(drawn(ax)[0]) == (2, 2)


def test_of_many_neurons_the_first_are_drawn_and_the_title_says_so(ax):
    plot.weights(np.zeros((4, 512)), ax=ax)
    assert len(ax.images) == 100
    assert ax.get_title() == "the first 100 of 512 neurons"


def test_filters_are_drawn_one_by_one(ax):
    kernels = np.zeros((2, 3, 1, 2))
    kernels[..., 0, 0] = [[1, 2, 3], [4, 5, 6]]
    kernels[..., 0, 1] = [[-1, 0, 0], [0, 0, 7]]
    plot.filters(kernels, ax=ax)
    assert drawn(ax) == [[[1, 2, 3], [4, 5, 6]], [[-1, 0, 0], [0, 0, 7]]]
    assert ax.images[0].get_clim() == (-7, 7)
    assert ax.get_title() == ""


def test_one_of_several_input_channels_is_drawn(ax):
    kernels = np.arange(16.0).reshape(2, 2, 4, 1)
    plot.filters(kernels, channel=2, ax=ax)
    assert drawn(ax) == [[[2, 6], [10, 14]]]
    assert ax.get_title() == "input channel 2 of 4"


def test_the_filters_of_a_model_are_those_of_its_first_convolution(ax):
    plot.filters(convolutional(), ax=ax)
    assert drawn(ax) == [[[1, 1]] * 2, [[10, 10]] * 2, [[-1, -1]] * 2]


def test_feature_maps_are_what_the_convolution_makes_of_the_image(ax):
    plot.feature_maps(convolutional(), SQUARE, ax=ax)
    assert drawn(ax) == [
        [[12, 16], [24, 28]],
        [[120, 160], [240, 280]],
        [[-12, -16], [-24, -28]],
    ]
    assert {image.get_clim() for image in ax.images} == {(-280, 280)}
    assert bar(ax).get_ylabel() == "activation"


def test_maps_with_numbers_below_0_are_white_at_0(ax):
    plot.feature_maps(np.array([[[-1.0], [0.0], [4.0]]]), ax=ax)
    (image,) = ax.images
    assert image.get_clim() == (-4, 4)
    negative, zero, positive = (image.cmap(image.norm(value)) for value in (-4, 0, 4))
    np.testing.assert_allclose(zero[:3], 1, atol=0.01)
    assert negative[0] > negative[2]
    assert positive[2] > positive[0]


def test_maps_without_any_go_from_the_smallest_to_the_largest(ax):
    plot.feature_maps(np.array([[[0.0], [4.0]]]), ax=ax)
    assert (ax.images[0].get_clim(), ax.images[0].cmap.name) == ((0, 4), "viridis")


def test_colours_that_are_asked_for_are_taken(ax):
    plot.feature_maps(np.array([[[-1.0], [4.0]]]), cmap="gray", ax=ax)
    assert (ax.images[0].get_clim(), ax.images[0].cmap.name) == ((-1, 4), "gray")


@pytest.mark.parametrize("shape", [(3, 3), (3, 3, 1), (1, 3, 3, 1), (9,)])
def test_the_image_may_come_in_any_shape(shape, ax):
    plot.feature_maps(convolutional(), SQUARE.reshape(shape), ax=ax)
    assert drawn(ax)[0] == [[12, 16], [24, 28]]


def test_maps_of_ones_own_are_drawn_without_a_model(ax):
    maps = np.stack([SQUARE, -SQUARE], axis=-1)
    plot.feature_maps(maps, ax=ax)
    assert drawn(ax) == [SQUARE.tolist(), (-SQUARE).tolist()]
    axes = plot.feature_maps(maps[None])
    assert drawn(axes) == [SQUARE.tolist(), (-SQUARE).tolist()]


def test_the_maps_of_a_later_layer_are_chosen(ax):
    second = np.full((1, 1, 3, 1), 2.0)
    model = nnlite.Sequential(
        [Correlation(KERNELS, input_shape=(3, 3, 1)), Correlation(second, name="second")],
        dtype="float64",
    )
    plot.feature_maps(model, SQUARE, layer="second", ax=ax)
    assert drawn(ax) == [[[240, 320], [480, 560]]]


def test_numbers_are_written_into_the_pixels_of_small_maps(ax):
    plot.feature_maps(np.stack([SQUARE, -10 * SQUARE], axis=-1), numbers=True, ax=ax)
    words = [text.get_text() for text in ax.texts]
    assert words == [*"123456789", *(f"−{n}0" for n in range(1, 10))]
    second = ax.images[1]
    left, right, bottom, top = second.get_extent()
    x, y = ax.texts[9 + 2].get_position()
    assert (x, y) == pytest.approx((left + 5 / 6 * (right - left), top + (bottom - top) / 6))


def test_numbers_are_black_on_light_and_white_on_dark(ax):
    plot.filters(np.array([[[[-1.0]], [[0.0]], [[0.123456]], [[1.0]]]]), numbers=True, ax=ax)
    written = {text.get_text(): text.get_color() for text in ax.texts}
    assert written == {"−1.00": "white", "0.00": "black", "0.12": "black", "1.00": "white"}


def test_numbers_in_pixels_can_be_read(written_badly):
    kernels = np.random.default_rng(0).normal(size=(3, 3, 1, 10))
    assert written_badly(plot.filters(kernels, numbers=True)) == []


def test_numbers_are_not_written_into_large_images(ax):
    with pytest.raises(ValueError, match=r"(?s)12 by 12.*\(28, 28\).*numbers=True"):
        plot.weights(np.zeros((784, 2)), numbers=True, ax=ax)


def test_the_filters_of_a_transposed_convolution_lie_before_its_channels(ax):
    layer = nnlite.layers.Conv2DTranspose(2, 3)
    layer.build((4, 4, 5))
    plot.filters(layer, channel=4, ax=ax)
    assert drawn(ax) == [layer.W[:, :, 0, 4].tolist(), layer.W[:, :, 1, 4].tolist()]


def test_the_maps_of_a_real_convolution_are_drawn(ax):
    model = nnlite.Sequential(
        [nnlite.layers.Conv2D(3, 2, padding="same", input_shape=(3, 3, 1))], dtype="float64"
    )
    model.set_weights([KERNELS, [0, 0, 0]])
    plot.feature_maps(model, SQUARE, ax=ax)
    assert drawn(ax)[0] == [[12, 16, 9], [24, 28, 15], [15, 17, 9]]


def test_the_model_remembers_nothing_of_it(ax):
    model = convolutional()
    before = [set(vars(layer)) for layer in model.layers]
    plot.feature_maps(model, SQUARE, ax=ax)
    assert [set(vars(layer)) for layer in model.layers] == before


@pytest.mark.parametrize("draw", [plot.weights, plot.filters, plot.feature_maps])
def test_with_axes_no_figure_is_made(draw, ax):
    arrays = {
        plot.weights: np.eye(4),
        plot.filters: KERNELS,
        plot.feature_maps: np.ones((3, 3, 2)),
    }
    assert draw(arrays[draw], ax=ax) is ax
    assert plt.get_fignums() == []


def test_all_words_can_be_read(written_badly):
    assert written_badly(plot.weights(np.eye(784))) == []
    pooled = behind(nnlite.layers.MaxPooling2D(2), Flatten())
    assert written_badly(plot.weights(pooled, numbers=True)) == []
    assert written_badly(plot.filters(np.ones((3, 3, 8, 200)), channel=1)) == []
    assert written_badly(plot.feature_maps(np.arange(26 * 26 * 10.0).reshape(26, 26, 10))) == []


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda ax: plot.weights(np.zeros((30, 2)), ax=ax), "(?s)30 values.*shape=.rows, columns"),
        (lambda ax: plot.weights(np.zeros((30, 2)), shape=(5, 5), ax=ax), "30 values"),
        (lambda ax: plot.weights(np.zeros(30), ax=ax), r"\(inputs, neurons\)"),
        (lambda ax: plot.weights("model", ax=ax), r"(?s)\(inputs, neurons\).*str"),
        (lambda ax: plot.filters(np.zeros((3, 3)), ax=ax), r"\(height, width, channels, filters\)"),
        (lambda ax: plot.filters(KERNELS, channel=1, ax=ax), "1 input channel, counted from 0"),
        (lambda ax: plot.filters(KERNELS, channel=-1, ax=ax), "counted from 0"),
        (lambda ax: plot.feature_maps(np.zeros((3, 3)), ax=ax), r"\(3, 3\)"),
        (lambda ax: plot.feature_maps(convolutional(), ax=ax), "one image"),
        (lambda ax: plot.feature_maps(convolutional(), np.zeros((5, 3, 3, 1)), ax=ax), r"x\[0\]"),
        (lambda ax: plot.feature_maps(convolutional(), SQUARE, layer=7, ax=ax), "3 layers"),
        (lambda ax: plot.feature_maps(convolutional(), SQUARE, layer="dense", ax=ax), "dense"),
        (lambda ax: plot.weights(convolutional(), layer="filter", ax=ax), '"filters"'),
    ],
)
def test_what_does_not_fit_is_explained(draw, words, ax):
    with pytest.raises(ValueError, match=words):
        draw(ax)


def test_a_network_without_convolution_has_no_filters(ax):
    model = nnlite.Sequential([Dense(2, input_shape=(4,))])
    with pytest.raises(ValueError, match=r"(?s)convolution layer.*dense with W \(4, 2\)"):
        plot.filters(model, ax=ax)
    with pytest.raises(ValueError, match=r"\(height, width, filters\)"):
        plot.feature_maps(model, np.zeros(4), ax=ax)


def test_what_was_never_built_says_so(ax):
    with pytest.raises(ValueError, match="shape of the model's input"):
        plot.weights(nnlite.Sequential([Dense(2)]), ax=ax)
    with pytest.raises(ValueError, match="'dense' without weights"):
        plot.weights(Dense(2), ax=ax)
    with pytest.raises(TypeError, match="needs a model"):
        plot.feature_maps(Dense(2), SQUARE, ax=ax)
