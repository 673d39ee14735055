from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlite import plot
from nnlite.plot.convolution import Sliding

IMAGE = np.array([[1, 2, 0, 1], [0, 3, 1, 2], [2, 0, 0, 1]])
KERNEL = np.array([[1, -1], [2, 0]])
# By hand: 1−2+0+0, 2−0+6+0, 0−1+2+0; 0−3+4+0, 3−1+0+0, 1−2+0+0.
MAP = [[-1, 8, 1], [1, 2, -1]]


def arrays(ax):
    return [np.asarray(image.get_array()).tolist() for image in ax.images]


def inside(image, ax):
    """The numbers written on an image, in reading order."""
    left, right, bottom, top = image.get_extent()
    return [
        text.get_text()
        for text in ax.texts
        if left < text.get_position()[0] < right and top < text.get_position()[1] < bottom
    ]


def test_window_times_kernel_is_a_number_of_the_map(ax):
    plot.convolution(IMAGE, KERNEL, (0, 1), ax=ax)
    image, kernel, filtered, window, again, products, total = arrays(ax)
    assert (image, kernel, filtered) == (IMAGE.tolist(), KERNEL.tolist(), MAP)
    assert window == [[2, 0], [3, 1]]
    assert again == KERNEL.tolist()
    assert products == [[2, 0], [6, 0]]
    assert total == [[8]]


def test_the_numbers_are_written_into_all_of_them(ax):
    plot.convolution(IMAGE, KERNEL, (1, 0), ax=ax)
    written = [inside(image, ax) for image in ax.images]
    assert written[0] == [str(value) for value in IMAGE.flat]
    assert written[2] == ["−1", "8", "1", "1", "2", "−1"]
    assert written[3:] == [
        ["0", "3", "2", "0"],
        ["1", "−1", "2", "0"],
        ["0", "−3", "4", "0"],
        ["1"],
    ]


def frames(ax):
    return [patch for patch in ax.patches if patch.get_linewidth() == 3]


def pixels(image, frame):
    """The rows and columns of an image that a frame holds."""
    left, right, _, top = image.get_extent()
    pixel = (right - left) / image.get_array().shape[1]
    x, y = (frame.get_x() - left) / pixel, (frame.get_y() - top) / pixel
    return [round(v, 9) for v in (y, x, frame.get_height() / pixel, frame.get_width() / pixel)]


def test_the_window_and_its_number_are_framed(ax):
    plot.convolution(IMAGE, KERNEL, (1, 2), ax=ax)
    assert pixels(ax.images[0], frames(ax)[0]) == [1, 2, 2, 2]
    assert pixels(ax.images[2], frames(ax)[1]) == [1, 2, 1, 1]


def test_image_kernel_and_map_stand_side_by_side_and_the_pixels_of_both_are_as_large(ax):
    plot.convolution(IMAGE, KERNEL, ax=ax)
    extents = [image.get_extent() for image in ax.images[:3]]
    assert all(one[1] < other[0] for one, other in pairwise(extents))
    wide = [right - left for left, right, *_ in extents]
    assert wide[0] / 4 == pytest.approx(wide[2] / 3)
    words = [text.get_text() for text in ax.texts]
    assert {"image (3, 4)", "kernel (2, 2)", "map (2, 3)"} <= set(words)


def test_numbers_of_both_signs_are_white_at_0(ax):
    plot.convolution(IMAGE, KERNEL, ax=ax)
    assert [image.get_clim() for image in ax.images[1:3]] == [(-2, 2), (-8, 8)]
    kernel = ax.images[1]
    np.testing.assert_allclose(kernel.cmap(kernel.norm(0.0))[:3], 1, atol=0.01)


def test_moving_the_window_makes_nothing_anew():
    sliding = Sliding(IMAGE, KERNEL)
    before = sliding.ax.get_children()
    sliding.move((0, 1))
    sliding.move((1, 2))
    assert sliding.ax.get_children() == before
    moved, fresh = sliding.ax, plot.convolution(IMAGE, KERNEL, (1, 2))
    assert arrays(moved) == arrays(fresh)
    assert [t.get_text() for t in moved.texts] == [t.get_text() for t in fresh.texts]
    assert [t.get_color() for t in moved.texts] == [t.get_color() for t in fresh.texts]
    assert [f.get_xy() for f in frames(moved)] == [f.get_xy() for f in frames(fresh)]


def test_on_small_pixels_no_numbers_are_written(ax):
    plot.convolution(np.eye(28), np.ones((3, 3)), ax=ax)
    assert inside(ax.images[0], ax) == []
    assert len(inside(ax.images[3], ax)) == 9


def test_small_whole_numbers_do_not_overflow(ax):
    plot.convolution(np.full((2, 2), 255, np.uint8), np.ones((2, 2), np.int8), ax=ax)
    assert arrays(ax)[2] == [[1020]]


def test_a_single_channel_and_a_single_filter_are_left_out(ax):
    plot.convolution(IMAGE[..., None], KERNEL[..., None, None], ax=ax)
    assert arrays(ax)[2] == MAP


@pytest.mark.parametrize("side", [3, 7, 28])
@pytest.mark.parametrize("kernel", [1, 3])
def test_all_words_can_be_read(side, kernel, written_badly):
    rng = np.random.default_rng(0)
    ax = plot.convolution(rng.normal(size=(side, side)), rng.normal(size=(kernel, kernel)))
    assert written_badly(ax) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (KERNEL, IMAGE),
            r"(?s)not larger.*image \(2, 2\) and a kernel \(3, 4\).*image comes first",
        ),
        ((IMAGE, KERNEL, (2, 0)), r"(?s)place=\(2, 0\).*\(2, 3\).*last one is \(1, 2\)"),
        ((IMAGE, KERNEL, (-1, 0)), r"place=\(-1, 0\)"),
        ((IMAGE, KERNEL, 3), r"(?s)row and the column.*place=3"),
        ((IMAGE, KERNEL, (0.5, 1)), r"place=\(0.5, 1\)"),
        (
            (np.ones((4, 4, 3)), KERNEL),
            r"(?s)one channel.*image of shape \(4, 4, 3\).*image\[:, :, 0\]",
        ),
        ((IMAGE, [1, 2]), r"(?s)one channel.*kernel of shape \(2,\)"),
        ((IMAGE, "edges"), r"(?s)one channel.*kernel: 'edges'"),
        ((IMAGE * np.nan, KERNEL), "finite"),
    ],
)
def test_what_does_not_fit_is_explained(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot.convolution(*arguments)
    assert plt.get_fignums() == []
