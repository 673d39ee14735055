from __future__ import annotations

import numpy as np
import pytest

import nnlite
from nnlite.layers import Conv1D, Conv2D, Conv2DTranspose, Dense, DepthwiseConv2D, Flatten
from nnlite.testing import check_layer, gradcheck

IMAGE = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)


def ones(layer_class, *args, **options):
    name = "depthwise_initializer" if layer_class is DepthwiseConv2D else "kernel_initializer"
    return layer_class(*args, **{name: "ones"}, dtype="float64", **options)


def picture(images):
    return images[0, :, :, 0].tolist()


def test_same_puts_the_odd_pixel_below_and_right():
    layer = ones(Conv2D, 1, 2, padding="same")
    assert picture(layer(IMAGE)) == [[12, 16, 9], [24, 28, 15], [15, 17, 9]]


def test_valid_stays_inside():
    assert picture(ones(Conv2D, 1, 2)(IMAGE)) == [[12, 16], [24, 28]]


def test_the_kernel_is_not_turned_around():
    layer = ones(Conv2D, 1, 2)
    layer(IMAGE)
    layer.W = np.array([[1.0, 10.0], [100.0, 1000.0]]).reshape(2, 2, 1, 1)
    assert picture(layer(IMAGE)) == [[5421, 6532], [8754, 9865]]


def test_strides_skip_places():
    layer = ones(Conv2D, 1, 1, strides=2)
    assert picture(layer(IMAGE)) == [[1, 3], [7, 9]]


def test_same_with_strides_has_size_over_stride_rounded_up():
    layer = ones(Conv2D, 1, 2, strides=2, padding="same")
    assert picture(layer(IMAGE)) == [[12, 9], [15, 9]]


def test_dilation_looks_at_pixels_further_apart():
    assert picture(ones(Conv2D, 1, 2, dilation_rate=2)(IMAGE)) == [[1 + 3 + 7 + 9]]


def test_a_pair_is_height_and_width():
    assert picture(ones(Conv2D, 1, (1, 3))(IMAGE)) == [[6], [15], [24]]
    assert picture(ones(Conv2D, 1, (3, 1))(IMAGE)) == [[12, 15, 18]]


def test_channels_are_summed_and_every_filter_has_its_bias():
    layer = ones(Conv2D, 2, 1)
    x = np.array([[[[1.0, 10.0]]], [[[2.0, 20.0]]]])
    layer(x)
    layer.W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
    layer.b = [0.5, -0.5]
    assert layer(x).tolist() == [[[[31.5, 41.5]]], [[[62.5, 83.5]]]]


def test_each_group_sees_its_own_channels():
    layer = ones(Conv2D, 4, 1, groups=2)
    assert layer(np.array([[[[1.0, 2.0, 10.0, 20.0]]]])).tolist() == [[[[3, 3, 30, 30]]]]
    assert layer.W.shape == (1, 1, 2, 4)


def test_the_gradients_are_those_of_the_slide():
    layer = ones(Conv2D, 1, 2)
    x = np.concatenate([IMAGE, 10 * IMAGE])
    layer(x)
    layer.W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    layer.forpass(x, training=True)
    grad = np.array([[1.0, 0.0], [0.0, 2.0]]).reshape(1, 2, 2, 1)
    dx = layer.backprop(np.concatenate([grad, -grad]))
    assert picture(layer.dW.transpose(2, 0, 1, 3)) == [[-99, -126], [-180, -207]]
    assert layer.db.tolist() == [0.0]
    assert picture(dx) == [[1, 2, 0], [3, 6, 4], [0, 6, 8]]
    assert picture(dx[1:]) == [[-1, -2, 0], [-3, -6, -4], [0, -6, -8]]


def test_a_1d_convolution_moves_along_the_steps():
    sequence = np.array([[[1.0], [2.0], [4.0], [8.0]]])
    assert ones(Conv1D, 1, 2)(sequence)[0, :, 0].tolist() == [3, 6, 12]
    assert ones(Conv1D, 1, 3, padding="same")(sequence)[0, :, 0].tolist() == [3, 7, 14, 12]
    assert ones(Conv1D, 1, 2, strides=2)(sequence)[0, :, 0].tolist() == [3, 12]


def test_a_causal_convolution_sees_nothing_that_comes_later():
    sequence = np.array([[[1.0], [2.0], [4.0], [8.0]]])
    causal = ones(Conv1D, 1, 2, padding="causal")
    assert causal(sequence)[0, :, 0].tolist() == [1, 3, 6, 12]
    dilated = ones(Conv1D, 1, 2, padding="causal", dilation_rate=2)
    assert dilated(sequence)[0, :, 0].tolist() == [1, 2, 5, 10]


def test_depthwise_keeps_channels_apart_with_their_results_side_by_side():
    layer = ones(DepthwiseConv2D, 1, depth_multiplier=2)
    x = np.array([[[[1.0, 10.0]]]])
    layer(x)
    layer.W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
    assert layer(x).tolist() == [[[[1, 2, 30, 40]]]]


def test_transposed_convolution_writes_the_kernel_for_every_pixel():
    layer = ones(Conv2DTranspose, 1, 2, strides=2)
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    assert picture(layer(x)) == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    overlapping = ones(Conv2DTranspose, 1, 2)
    assert picture(overlapping(x)) == [[1, 3, 2], [4, 10, 6], [3, 7, 4]]


def test_transposed_same_makes_images_stride_times_as_large():
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    layer = ones(Conv2DTranspose, 1, 3, strides=2, padding="same")
    assert picture(layer(x)) == [[1, 1, 3, 2], [1, 1, 3, 2], [4, 4, 10, 6], [3, 3, 7, 4]]


def test_transposed_valid_fills_up_to_the_stride_with_zeros():
    layer = ones(Conv2DTranspose, 1, 1, strides=2)
    assert picture(layer(np.array([[[[5.0]]]]))) == [[5, 0], [0, 0]]


FAULTS = {
    "dW scaled": ("dW", lambda dW: dW * 1.001),
    "dW turned around": ("dW", lambda dW: dW[::-1, ::-1]),
    "dW averaged": ("dW", lambda dW: dW / 3),
    "db averaged": ("db", lambda db: db / 3),
    "db forgotten": ("db", lambda db: 0 * db),
    "dx scaled": ("dx", lambda dx: dx * 1.001),
    "dx shifted": ("dx", lambda dx: np.roll(dx, 1, axis=1)),
    "dx transposed": ("dx", lambda dx: dx.swapaxes(1, 2)),
}
SQUARE = [
    (Conv2D(2, 2), (4, 4, 2)),
    (DepthwiseConv2D(2), (4, 4, 2)),
    (Conv2DTranspose(2, 2), (4, 4, 2)),
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("layer", "shape"), SQUARE)
def test_a_planted_fault_is_found_and_named(layer, shape, fault):
    name, spoil = FAULTS[fault]

    class Faulty(type(layer)):
        def backprop(self, grad):
            dx = super().backprop(grad)
            if name == "dx":
                return spoil(dx)
            setattr(self, name, spoil(getattr(self, name)).copy())
            return dx

    Faulty.__name__ = "Faulty"
    with pytest.raises(AssertionError, match=name):
        check_layer(Faulty.from_config(layer.get_config()), shape)


def test_the_first_layer_computes_no_input_gradient():
    layer = Conv2D(2, 2)
    layer(IMAGE)
    layer.skip_input_gradient = True
    z = layer.forpass(IMAGE.astype("f4"), training=True)
    assert layer.backprop(np.ones_like(z)) is None
    assert layer.db.tolist() == [4.0, 4.0]


def test_a_whole_network_passes_the_gradient_check():
    model = nnlite.Sequential(
        [
            Conv2D(3, 3, padding="same", activation="tanh", input_shape=(6, 5, 1)),
            nnlite.layers.AveragePooling2D(2),
            Conv2D(2, 2, activation="sigmoid"),
            Flatten(),
            Dense(2),
        ],
        seed=0,
        dtype="float64",
    )
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    report = gradcheck(model, rng.standard_normal((3, 6, 5, 1)), rng.standard_normal((3, 2)))
    assert report.passed
    assert report.max_error < 1e-6


@pytest.mark.parametrize(
    ("make", "shape", "parts"),
    [
        (lambda: Conv2D(2, 3), (28, 28), ["(28, 28)", "'conv2d'", "x[..., None]"]),
        (lambda: Conv1D(2, 3), (28,), ["(28,)", "'conv1d'", "x[..., None]"]),
        (lambda: Conv2D(2, 3), (784,), ["(height, width, channels)", "(784,)"]),
        (lambda: Conv2DTranspose(2, 3), (4, 4), ["(4, 4)", "x[..., None]"]),
        (lambda: DepthwiseConv2D(3), (4, 4), ["(4, 4)", "x[..., None]"]),
        (lambda: Conv2D(2, 5), (4, 6, 1), ["(4, 6, 1)", "(5, 5)", 'padding="same"']),
        (lambda: Conv2D(2, 3, dilation_rate=2), (4, 6, 1), ["(4, 6, 1)", "(5, 5)"]),
        (lambda: Conv2D(4, 3, groups=2), (8, 8, 3), ["(8, 8, 3)", "groups=2", "'conv2d'"]),
    ],
)
def test_a_shape_that_does_not_fit_is_explained(make, shape, parts):
    with pytest.raises(ValueError, match=r"Received: ") as caught:
        make().build(shape)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"filters": 0, "kernel_size": 3}, "filters=0"),
        ({"filters": 2, "kernel_size": 0}, "0"),
        ({"filters": 2, "kernel_size": (3, 3, 3)}, "(3, 3, 3)"),
        ({"filters": 2, "kernel_size": 2.5}, "2.5"),
        ({"filters": 2, "kernel_size": "3"}, "'3'"),
        ({"filters": 2, "kernel_size": 3, "strides": -1}, "-1"),
        ({"filters": 2, "kernel_size": 3, "padding": "full"}, "padding='full'"),
        ({"filters": 2, "kernel_size": 3, "padding": "causal"}, "padding='causal'"),
        ({"filters": 3, "kernel_size": 3, "groups": 2}, "groups=2"),
        ({"filters": 2, "kernel_size": 3, "data_format": "channels_first"}, "channels_first"),
    ],
)
def test_an_argument_that_makes_no_sense_is_explained(arguments, part):
    with pytest.raises(ValueError, match="Received: ") as caught:
        Conv2D(**arguments)
    assert part in str(caught.value)
    assert "layer 'conv2d'" in str(caught.value)


def test_images_with_other_channels_than_the_kernel_are_explained():
    layer = Conv2D(2, 3, name="edges")
    layer(np.zeros((1, 5, 5, 3)))
    with pytest.raises(ValueError, match="3 channels") as caught:
        layer(np.zeros((2, 5, 5, 4)))
    for part in ("(5, 5, 4)", "'edges'", "(3, 3, 3, 2)"):
        assert part in str(caught.value)


def test_a_model_of_grey_images_without_channel_axis_is_explained():
    model = nnlite.Sequential([Conv2D(2, 3), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"x\[\.\.\., None\]"):
        model.fit(np.zeros((4, 8, 8)), np.zeros(4), verbose=0)


def test_keras_order_of_arguments():
    layer = Conv2D(8, 3, 2, "same", None, 1, 1, "relu")
    layer.build((9, 9, 1))
    assert layer.compute_output_shape((9, 9, 1)) == (5, 5, 8)
    assert layer.activation is nnlite.activations.relu


def test_the_course_network_has_197210_parameters():
    model = nnlite.Sequential(
        [
            nnlite.Input((28, 28, 1)),
            Conv2D(10, 3, padding="same", activation="relu"),
            nnlite.layers.MaxPooling2D(),
            Flatten(),
            Dense(100, activation="relu"),
            Dense(10, activation="softmax"),
        ]
    )
    assert model.count_params() == 197_210


@pytest.mark.parametrize(
    ("shape", "remedy"),
    [((1, 28, 28), "np.moveaxis(x, 1, -1)"), ((2, 28, 1), 'write padding="same"')],
)
def test_a_window_without_room_is_explained_by_its_likely_cause(shape, remedy):
    with pytest.raises(ValueError, match="must fit into the image") as caught:
        Conv2D(4, 3).compute_output_shape(shape)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(("size", "shape"), [((6, 1), (2, 1, 1)), ((1, 6), (1, 2, 1))])
def test_a_kernel_three_times_as_long_as_the_image_sees_the_whole_image_from_everywhere(
    size: tuple[int, int], shape: tuple[int, int, int]
) -> None:
    layer = Conv2D(1, size, padding="same", kernel_initializer="ones", input_shape=shape)
    model = nnlite.Sequential([layer, Flatten()])
    assert model.predict(np.reshape([1.0, 2.0], (1, *shape))).tolist() == [[3.0, 3.0]]
    # Image (1, 2), gradients 3 and 5: the tap k of the kernel has met the pixel y + k − 2 from y.
    layer.forpass(np.reshape([1.0, 2.0], (1, *shape)).astype("float32"), training=True)
    dx = layer.backprop(np.reshape([3.0, 5.0], (1, *shape)).astype("float32"))
    assert dx.ravel().tolist() == [8.0, 8.0]
    assert layer.dW.ravel().tolist() == [0.0, 5.0, 3 + 2 * 5.0, 2 * 3.0, 0.0, 0.0]
