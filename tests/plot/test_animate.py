"""A training as a picture that moves: what each frame shows, against the recorded weights."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure

import nnlite
from nnlite import plot
from nnlite.callbacks import WeightRecorder
from nnlite.layers import Conv2D, Dense, Flatten, Input
from nnlite.optimizers import SGD

CORNERS, XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def trained(*layers, x=CORNERS, y=XOR, loss="mse", inputs=(2,), epochs=3):
    """The recorder of a few large steps."""
    model = nnlite.Sequential([Input(shape=inputs), *layers], seed=1, dtype="float64")
    model.compile(optimizer=SGD(0.5), loss=loss)
    recorder = WeightRecorder()
    model.fit(x, y, batch_size=len(x), epochs=epochs, verbose=0, callbacks=[recorder])
    return recorder


@pytest.fixture
def xor():
    return trained(Dense(3, activation="tanh"), Dense(1, activation="sigmoid"))


def axes(animation):
    return animation.figure.axes[0]


def images(ax):
    return [np.asarray(image.get_array()) for image in ax.images]


def borders(ax):
    found = [drawn for drawn in ax.collections if isinstance(drawn, QuadContourSet)]
    return [path.vertices for drawn in found for path in drawn.get_paths()]


def widths(ax):
    lines = [drawn for drawn in ax.collections if isinstance(drawn, LineCollection)]
    return [sorted(line.get_linewidths()) for line in lines]


def assert_equal(one, other):
    assert len(one) == len(other) > 0
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def still(recorder, frame, draw):
    with recorder.at(frame) as model:
        return draw(model, ax=Figure(figsize=(8, 6), dpi=100).add_subplot())


@pytest.mark.parametrize("frame", [0, 2, 3, 1])
def test_the_planes_are_those_of_the_recorded_weights(xor, frame):
    animation = plot.animate(xor, CORNERS, XOR)
    animation.show(frame)
    expected = still(xor, frame, lambda model, ax: plot.network(model, CORNERS, XOR, ax=ax))
    assert_equal(images(axes(animation)), images(expected))
    # As many lines z = 0; none of the frames before has stayed.
    found, wanted = borders(axes(animation)), borders(expected)
    assert [len(line) for line in found] == [len(line) for line in wanted]
    assert len(axes(animation).images) == 6
    assert len([c for c in axes(animation).collections if isinstance(c, PathCollection)]) == 2


def test_the_last_frame_is_the_network_as_it_is_in_its_own_figure(xor):
    animation = plot.animate(xor, CORNERS, XOR)
    animation.show(-1)
    figure = Figure(figsize=animation.figure.get_size_inches(), dpi=100)
    expected = plot.network(xor.model, CORNERS, XOR, ax=figure.add_subplot())
    assert_equal(images(axes(animation)), images(expected))
    assert axes(animation).get_title(loc="left") == "step 3 of 3"


def test_colours_and_widths_are_on_one_scale_in_all_frames():
    recorder = trained(Dense(1))
    copies = [[[[1.0], [-2.0]], [0.0]], [[[4.0], [0.5]], [0.0]], [[[2.0], [2.0]], [0.0]]]
    recorder.weights = [[np.array(w) for w in copy] for copy in copies]
    recorder.steps = recorder.steps[:3]
    animation = plot.animate(recorder, CORNERS, XOR)
    scales, thickness = set(), []
    for frame in range(3):
        animation.show(frame)
        scales.add(tuple(image.get_clim() for image in axes(animation).images))
        thickness.append([w for line in widths(axes(animation)) for w in line])
    assert len(scales) == 1
    # The thickest line of all frames, 3, is the weight 4: 0.3 + 2.7 · |w| / 4.
    np.testing.assert_allclose(thickness, [[0.975, 1.65], [0.6375, 3.0], [1.65, 1.65]])
    # By hand, x from −0.25 to 1.25: at most 4 · 1.25 + 0.5 · 1.25 in the middle of a last pixel.
    largest = 4.5 * (-0.25 + 1.5 * 119.5 / 120)
    assert axes(animation).images[-1].get_clim() == pytest.approx((-largest, largest))


def test_without_data_biases_and_weights_change_their_colours():
    recorder = trained(Dense(1))
    copies = [[[[1.0], [-2.0]], [0.5]], [[[4.0], [0.5]], [-1.0]]]
    recorder.weights = [[np.array(w) for w in copy] for copy in copies]
    recorder.steps = [0, 1]
    animation = plot.animate(recorder)
    fills = []
    for frame in (0, 1, 0):
        animation.show(frame)
        fills.append(axes(animation).patches[-1].get_facecolor())
    assert fills[0] == fills[2]
    assert fills[0][2] > fills[0][0]
    assert fills[1][0] > fills[1][2]
    assert len(axes(animation).patches) == 3


def test_curves_of_one_feature_move_between_fixed_numbers():
    x = np.array([[-1.0], [0.0], [1.0]])
    recorder = trained(Dense(2, activation="tanh"), Dense(1), x=x, y=x[:, 0], inputs=(1,))
    animation = plot.animate(recorder, x, x[:, 0])
    words = []
    for frame in range(4):
        animation.show(frame)
        words.append([t.get_text() for t in axes(animation).texts])
        lines = len(axes(animation).lines)
    assert words[0] == words[3]
    animation.show(3)
    assert len(axes(animation).lines) == lines


def test_the_maps_of_an_image_are_those_of_the_recorded_weights():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 6, 6, 1)), np.array([0.0, 1, 0, 1])
    recorder = trained(Conv2D(2, 3), Flatten(), Dense(1), x=x, y=y, inputs=(6, 6, 1))
    animation = plot.animate(recorder, x)
    for frame in (0, 3):
        animation.show(frame)
        expected = still(recorder, frame, lambda model, ax: plot.network(model, x, ax=ax))
        assert_equal(images(axes(animation)), images(expected))
        moved, wanted = ([t.get_text() for t in ax.texts] for ax in (axes(animation), expected))
        assert moved == wanted


def test_the_way_downhill_goes_through_the_recorded_weights():
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    recorder = trained(Dense(1), x=x, y=y, inputs=(1,))
    animation = plot.animate(recorder, x, y, kind="descent")
    points = [[copy[0].item(), copy[1].item()] for copy in recorder.weights]
    way, start, here = axes(animation).lines
    for frame in (0, 2, 3):
        animation.show(frame)
        np.testing.assert_allclose(way.get_xydata(), points[: frame + 1])
        np.testing.assert_allclose(here.get_xydata(), [points[frame]])
        np.testing.assert_allclose(start.get_xydata(), [points[0]])
        w, b = points[frame]
        J = np.mean((w * x[:, 0] + b - y) ** 2)
        title = axes(animation).get_title(loc="left")
        assert title == f"step {frame} of 3, $J = {plot.style.short_number(J)}$"
    assert axes(animation).get_xlabel() == "dense/W[0, 0]"


def test_the_last_frame_of_a_descent_is_the_picture_of_the_path():
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    recorder = trained(Dense(1), x=x, y=y, inputs=(1,))
    animation = plot.animate(recorder, x, y, kind="descent")
    points = np.array([[copy[0].item(), copy[1].item()] for copy in recorder.weights])
    ax = Figure().add_subplot()
    expected = plot.gradient_path(points, lambda w, b: np.mean((w * x[:, 0] + b - y) ** 2), ax=ax)
    np.testing.assert_allclose(
        axes(animation).lines[0].get_xydata(), expected.lines[0].get_xydata()
    )
    assert axes(animation).get_xlim() == pytest.approx(expected.get_xlim())
    assert axes(animation).get_ylim() == pytest.approx(expected.get_ylim())


def test_on_axes_in_three_dimensions_the_way_lies_on_the_bowl():
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    recorder = trained(Dense(1), x=x, y=y, inputs=(1,))
    ax = Figure().add_subplot(projection="3d")
    animation = plot.animate(recorder, x, y, kind="descent", ax=ax)
    animation.show(2)
    w, b = (np.array([copy[k].item() for copy in recorder.weights[:3]]) for k in (0, 1))
    J = [np.mean((u * x[:, 0] + v - y) ** 2) for u, v in zip(w, b, strict=True)]
    np.testing.assert_allclose(np.array(ax.lines[0].get_data_3d()), [w, b, J])
    np.testing.assert_allclose(np.array(ax.lines[2].get_data_3d())[:, 0], [w[2], b[2], J[2]])


def test_of_many_weights_the_loss_is_drawn_with_the_others_as_at_the_end(xor):
    animation = plot.animate(xor, CORNERS, XOR, kind="descent", weights=("dense/W[0, 1]", 2))
    points = [[copy[0][0, 1], copy[0][0, 2]] for copy in xor.weights]
    np.testing.assert_allclose(axes(animation).lines[0].get_xydata(), points)
    title = axes(animation).get_title(loc="left")
    J = xor.model.evaluate(CORNERS, XOR, verbose=0)
    assert title.startswith("other weights as at the end, step 3 of 3, $J = ")
    assert plot.style.short_number(J) in title


@pytest.mark.parametrize("frame", [0, 3])
def test_the_border_between_classes_is_that_of_the_recorded_weights(xor, frame):
    animation = plot.animate(xor, CORNERS, XOR, kind="decision_boundary", resolution=40)
    animation.show(1)
    animation.show(frame)
    expected = still(
        xor,
        frame,
        lambda model, ax: plot.decision_boundary(model, CORNERS, XOR, resolution=40, ax=ax),
    )
    assert_equal(borders(axes(animation)), borders(expected))
    shades = [[c.get_facecolor() for c in ax.collections] for ax in (axes(animation), expected)]
    assert sorted(map(str, shades[0])) == sorted(map(str, shades[1]))
    assert axes(animation).get_xlim() == expected.get_xlim()


def test_filters_are_those_of_the_recorded_weights_on_one_scale():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 6, 6, 2)), np.array([0.0, 1, 0, 1])
    recorder = trained(Conv2D(3, 3), Flatten(), Dense(1), x=x, y=y, inputs=(6, 6, 2))
    animation = plot.animate(recorder, kind="filters", channel=1)
    largest = max(np.abs(copy[0][:, :, 1]).max() for copy in recorder.weights)
    for frame in (0, 2, 3):
        animation.show(frame)
        expected = [recorder.weights[frame][0][:, :, 1, number] for number in range(3)]
        assert_equal(images(axes(animation)), expected)
        limits = {image.get_clim() for image in axes(animation).images}
        assert limits == {(-largest, largest)}
    title = axes(animation).get_title(loc="left")
    assert title == "input channel 1 of 2, step 3 of 3"


def test_weights_of_neurons_are_the_recorded_ones():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 9)), np.array([0.0, 1, 0, 1])
    recorder = trained(Dense(2), Dense(1), x=x, y=y, inputs=(9,))
    animation = plot.animate(recorder, kind="weights")
    animation.show(1)
    expected = [recorder.weights[1][0][:, number].reshape(3, 3) for number in (0, 1)]
    assert_equal(images(axes(animation)), expected)
    table = plot.animate(recorder, kind="weights", layer=1)
    table.show(2)
    assert_equal(images(axes(table)), [recorder.weights[2][2]])


def test_drawing_leaves_the_model_as_it_was(xor, tmp_path):
    before = xor.model.get_weights()
    for kind in ("network", "descent", "decision_boundary"):
        animation = plot.animate(xor, CORNERS, XOR, kind=kind)
        animation.show(0)
    animation.save(tmp_path / "a.gif")
    assert_equal(xor.model.get_weights(), before)


def test_an_error_in_the_middle_leaves_the_model_as_it_was(xor):
    before = xor.model.get_weights()
    with pytest.raises(ValueError, match="y is needed"):
        plot.animate(xor, CORNERS)
    assert_equal(xor.model.get_weights(), before)


def test_what_was_recorded_is_drawn_after_further_training(xor):
    animation = plot.animate(xor, CORNERS, XOR)
    animation.show(1)
    before = images(axes(animation))
    xor.model.fit(CORNERS, XOR, epochs=5, verbose=0)
    animation.show(1)
    assert_equal(images(axes(animation)), before)


def test_no_picture_is_left_open_for_pyplot(xor):
    import matplotlib.pyplot as plt

    plot.animate(xor, CORNERS, XOR)
    assert plt.get_fignums() == []


def line():
    return trained(Dense(1))


def other_shape():
    recorder = line()
    recorder.model.add(Dense(2))
    return recorder


REFUSED = {
    "nothing recorded": (lambda: plot.animate(WeightRecorder()), "nothing recorded yet"),
    "remedy": (lambda: plot.animate(WeightRecorder()), "callbacks=[recorder]"),
    "a model": (lambda: plot.animate(nnlite.Sequential()), "Received: Sequential"),
    "a kind": (lambda: plot.animate(line(), kind="networks"), 'Did you mean "network"?'),
    "all kinds": (lambda: plot.animate(line(), kind="x"), "decision_boundary, descent, filters"),
    "a number": (lambda: plot.animate(line(), kind=3), "kind is one of decision_boundary"),
    "an option": (lambda: plot.animate(line(), mots=3), "Did you mean most?"),
    "filters": (lambda: plot.animate(line(), kind="filters"), "plot.filters draws weights"),
    "no data": (lambda: plot.animate(line(), kind="descent"), "x and y are needed"),
    "changed": (lambda: plot.animate(other_shape(), CORNERS, XOR), "weights [(2, 1), (1,)]."),
    "features": (
        lambda: plot.animate(line(), np.zeros((4, 3)), XOR, kind="decision_boundary"),
        "x has two columns",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_is_explained(name):
    call, words = REFUSED[name]
    with pytest.raises((ValueError, TypeError)) as error:
        call()
    assert words in str(error.value)


class TestConvolution:
    IMAGE = np.array([[1, 2, 0, 1], [0, 3, 1, 2], [2, 0, 0, 1]])
    KERNEL = np.array([[1, -1], [2, 0]])

    def test_the_window_visits_every_place_row_by_row_and_fills_the_map(self):
        animation = plot.convolution(self.IMAGE, self.KERNEL, animate=True)
        sums, known = [], []
        for frame in range(len(animation)):
            animation.show(frame)
            drawn = axes(animation).images
            sums.append(drawn[6].get_array().item())
            known.append((~np.ma.getmaskarray(drawn[2].get_array())).ravel().tolist())
        assert sums == [-1, 8, 1, 1, 2, -1]
        assert known == [[True] * k + [False] * (6 - k) for k in range(1, 7)]

    def test_the_window_stands_where_its_number_comes_from(self):
        animation = plot.convolution(self.IMAGE, self.KERNEL, animate=True)
        animation.show(4)
        # The fifth number is in row 1 and column 1: 3 and 1 above 0 and 0.
        assert axes(animation).images[3].get_array().tolist() == [[3, 1], [0, 0]]
        frames = [patch for patch in axes(animation).patches if patch.get_linewidth() == 3]
        left, right, _, top = axes(animation).images[0].get_extent()
        side = (right - left) / 4
        assert frames[0].get_xy() == pytest.approx((left + side, top + side))

    def test_numbers_that_are_not_known_yet_are_not_written(self):
        animation = plot.convolution(self.IMAGE, self.KERNEL, animate=True)
        left, right, bottom, top = axes(animation).images[2].get_extent()
        animation.show(2)
        written = [
            text.get_text()
            for text in axes(animation).texts
            if text.get_visible()
            and left < text.get_position()[0] < right
            and top < text.get_position()[1] < bottom
        ]
        assert written == ["−1", "8", "1"]

    def test_the_last_frame_is_the_still_picture_at_the_last_place(self):
        animation = plot.convolution(self.IMAGE, self.KERNEL, animate=True)
        animation.show(-1)
        expected = plot.convolution(
            self.IMAGE, self.KERNEL, (1, 2), ax=Figure(layout="constrained").add_subplot()
        )
        assert_equal(images(axes(animation)), images(expected))
        words = [[text.get_text() for text in ax.texts] for ax in (axes(animation), expected)]
        assert words[0] == words[1]
        places = [[p.get_xy() for p in ax.patches] for ax in (axes(animation), expected)]
        assert places[0] == places[1]

    def test_it_begins_where_it_is_told(self):
        animation = plot.convolution(self.IMAGE, self.KERNEL, (1, 1), animate=True)
        assert len(animation) == 2
        animation.show(0)
        assert axes(animation).images[6].get_array().item() == 2

    def test_over_a_large_image_the_steps_are_longer_but_the_end_is_reached(self):
        animation = plot.convolution(
            np.arange(900.0).reshape(30, 30), np.ones((2, 2)), animate=True
        )
        # 841 places: every sixth of the first 840, and the last.
        assert len(animation) == 141
        animation.show(-1)
        assert axes(animation).images[6].get_array().item() == 868 + 869 + 898 + 899

    def test_animate_is_yes_or_no(self):
        with pytest.raises((TypeError, ValueError), match="animate"):
            plot.convolution(self.IMAGE, self.KERNEL, animate="yes")
