from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlite import plot

VERMILION = "#c44e00"


def arrow(n=1):
    """Images 2 high and 3 wide, every pixel different."""
    return np.arange(6.0 * n).reshape(n, 2, 3)


def drawn(ax):
    return [np.asarray(image.get_array()) for image in ax.images]


def words(ax):
    return [text.get_text() for text in ax.texts]


def where(image):
    """Left, right, upper and lower end of an image, as it lies on the page."""
    left, right, bottom, top = image.get_extent()
    return left, right, top, bottom


def test_images_are_drawn_as_they_are_neither_turned_nor_mirrored(ax):
    plot.images(arrow(), ax=ax)
    assert drawn(ax)[0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert ax.images[0].origin == "upper"
    left, right, top, bottom = where(ax.images[0])
    assert right > left
    assert ax.transData.transform((0, top))[1] > ax.transData.transform((0, bottom))[1]


def test_pixels_are_square(ax):
    plot.images(arrow(), ax=ax)
    left, right, top, bottom = where(ax.images[0])
    assert (bottom - top) / (right - left) == pytest.approx(2 / 3)
    assert ax.get_aspect() == 1


def test_images_follow_each_other_row_by_row(ax):
    plot.images(arrow(5), columns=2, ax=ax)
    places = [where(image)[::2] for image in ax.images]
    columns, rows = zip(*places, strict=True)
    assert columns[0] == columns[2] == columns[4] < columns[1] == columns[3]
    assert rows[0] == rows[1] < rows[2] == rows[3] < rows[4]
    assert drawn(ax)[3].tolist() == [[18, 19, 20], [21, 22, 23]]


def test_all_images_have_one_scale(ax):
    plot.images(arrow(3), ax=ax)
    assert {image.get_clim() for image in ax.images} == {(0.0, 17.0)}


def test_one_channel_at_the_end_is_left_out(ax):
    plot.images(arrow(2)[..., None], ax=ax)
    assert drawn(ax)[0].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_three_channels_are_colours(ax):
    plot.images(np.full((1, 2, 2, 3), [255, 0, 0], dtype=np.uint8), ax=ax)
    assert drawn(ax)[0].tolist() == [[[255, 0, 0]] * 2] * 2


def test_flat_images_become_squares(ax):
    plot.images(np.arange(9).reshape(1, 9), ax=ax)
    assert drawn(ax)[0].tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_flat_images_take_the_shape_they_are_given(ax):
    plot.images(np.arange(6).reshape(1, 6), shape=(2, 3), ax=ax)
    assert drawn(ax)[0].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_labels_stand_above_their_images(ax):
    plot.images(arrow(3), [7, 8, 9], ax=ax)
    assert words(ax) == ["7", "8", "9"]
    for image, text in zip(ax.images, ax.texts, strict=True):
        left, right, top, _ = where(image)
        x, y = text.get_position()
        assert x == (left + right) / 2
        assert y < top


def test_predictions_alone_are_labels_too(ax):
    plot.images(arrow(2), y_pred=[1, 2], ax=ax)
    assert words(ax) == ["1", "2"]


def test_wrong_predictions_are_marked_by_words_colour_and_frame(ax):
    plot.images(arrow(3), [4, 5, 6], [4, 9, 6], ax=ax)
    assert words(ax) == ["4", "5 → 9", "6"]
    frames = [(to_hex(frame.get_edgecolor()), frame.get_linewidth()) for frame in ax.patches]
    assert [colour == VERMILION for colour, _ in frames] == [False, True, False]
    assert frames[1][1] > 2 > frames[0][1]
    assert [text.get_weight() for text in ax.texts] == ["normal", "bold", "normal"]
    assert ax.get_title() == "true → predicted"


def test_the_frame_lies_around_its_image(ax):
    plot.images(arrow(3), [4, 5, 6], [4, 9, 6], ax=ax)
    left, right, top, bottom = where(ax.images[1])
    frame = ax.patches[1]
    assert frame.get_xy() == (left, top)
    assert (frame.get_width(), frame.get_height()) == pytest.approx((right - left, bottom - top))


def test_right_predictions_are_not_marked(ax):
    plot.images(arrow(2), [4, 5], [4, 5], ax=ax)
    assert words(ax) == ["4", "5"]
    assert ax.get_title() == ""


def test_rows_of_probabilities_and_one_hot_rows_are_read_as_classes(ax):
    plot.images(arrow(2), np.eye(3)[[2, 0]], [[0.1, 0.2, 0.7], [0.2, 0.5, 0.3]], ax=ax)
    assert words(ax) == ["2", "0 → 1"]


def test_labels_may_be_a_column_of_floats(ax):
    plot.images(arrow(2), [[3.0], [4.0]], ax=ax)
    assert words(ax) == ["3", "4"]


def test_labels_that_are_no_whole_numbers_are_written_as_they_are(ax):
    plot.images(arrow(2), [np.inf, 1e20], ax=ax)
    assert words(ax) == ["inf", "1e+20"]


def test_of_many_images_the_first_are_drawn_and_the_title_says_so(ax):
    plot.images(np.zeros((1000, 2, 2)), np.zeros(1000), ax=ax)
    assert len(ax.images) == 100
    assert ax.get_title() == "the first 100 of 1000 images"


def test_the_number_of_images_may_be_chosen(ax):
    plot.images(arrow(9), [0] * 9, [0] * 8 + [1], count=4, ax=ax)
    assert words(ax) == ["0"] * 4
    assert ax.get_title() == "the first 4 of 9 images"


def test_without_axes_the_figure_is_at_most_a_page_wide():
    ax = plot.images(np.zeros((10, 8, 8)))
    assert ax.figure.get_size_inches()[0] == 8
    assert plt.get_fignums() == [ax.figure.number]


def test_with_axes_no_figure_is_made(ax):
    assert plot.images(arrow(), ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("count", [2, 10, 20, 64])
def test_all_words_can_be_read(written_badly, count):
    labels = np.arange(count) % 10
    ax = plot.images(np.zeros((count, 28, 28)), labels, (labels + 1) % 10)
    assert written_badly(ax) == []


def test_long_labels_can_be_read(written_badly, ax):
    labels = ["ankle boot", "pullover", "trousers", "sandal"] * 8
    assert written_badly(plot.images(np.zeros((32, 28, 28)), labels, labels[::-1], ax=ax)) == []


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((np.zeros(784),), {}, r"x\[None\]"),
        ((np.zeros((0, 28, 28)),), {}, r"\(0, 28, 28\)"),
        ((np.zeros((2, 30)),), {}, r"30 values.*5×5 and 6×6"),
        ((np.zeros((2, 30)),), {"shape": (4, 5)}, "holds 20"),
        ((np.zeros((2, 8, 8, 16)),), {}, "plot.feature_maps"),
        ((np.zeros((2, 8, 8)), [1, 2, 3]), {}, "y_true.*2 images"),
        ((np.zeros((2, 8, 8)),), {"columns": 0}, "columns.*positive"),
        ((np.zeros((2, 8, 8)),), {"count": 2.5}, "count.*positive"),
        ((np.zeros((2, 8, 8)), [1, 2], [1]), {}, "y_pred.*2 images"),
    ],
)
def test_what_does_not_fit_is_explained(arguments, options, words, ax):
    with pytest.raises(ValueError, match=f"(?s){words}"):
        plot.images(*arguments, ax=ax, **options)
