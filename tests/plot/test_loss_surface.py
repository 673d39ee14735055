from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

import nnlite
from nnlite import plot

X = np.array([1.0, 2.0, 3.0])


def half_squared_error(w, b):
    return 0.5 * float(np.mean((w * X + b - X) ** 2))


def valley(w, b):
    """Lowest at w = 1, b = -2."""
    return (w - 1) ** 2 + 4 * (b + 2) ** 2


def filled(ax):
    (found,) = [c for c in ax.collections if isinstance(c, QuadContourSet) and c.filled]
    return found


def three_dimensional():
    return plt.figure().add_subplot(projection="3d")


def test_the_valley_lies_where_the_function_is_lowest(ax):
    plot.loss_surface(valley, ax=ax)
    deepest = filled(ax).get_paths()[0]
    assert deepest.contains_point((1, -2))
    assert not deepest.contains_point((-2, 1))


def test_the_first_weight_goes_to_the_right(ax):
    plot.loss_surface(lambda w, b: w, w=(0, 4), ax=ax)
    np.testing.assert_allclose(
        filled(ax).get_paths()[0].vertices[:, 0].max(), filled(ax).levels[1], atol=1e-9
    )


def test_the_picture_has_the_limits_and_names_asked_for(ax):
    plot.loss_surface(valley, w=(-1, 4), b=(-5, 0), names=("slope", "height"), ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 4), (-5, 0))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("slope", "height")


def test_by_default_it_goes_from_minus_3_to_3(ax):
    plot.loss_surface(valley, ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-3, 3))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "$b$")


def test_the_levels_go_from_the_lowest_to_the_highest_closer_in_the_valley(ax):
    plot.loss_surface(lambda w, b: w * w + b * b, w=(-3, 3), b=(-4, 4), resolution=51, ax=ax)
    levels = filled(ax).levels
    assert (levels[0], levels[-1]) == (0, 25)
    assert (np.diff(levels, 2) > 0).all()


def test_the_bar_beside_it_is_called_j(ax):
    plot.loss_surface(valley, ax=ax)
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    assert bar.get_ylabel() == "$J$"


def test_deep_is_pale_and_high_is_dark(ax):
    plot.loss_surface(valley, ax=ax)
    brightness = filled(ax).get_facecolor()[:, :3].sum(axis=1)
    assert (np.diff(brightness) < 0).all()


def test_on_a_logarithmic_scale_levels_grow_by_a_factor(ax):
    plot.loss_surface(lambda w, b: 10.0**w, w=(-2, 2), log=True, ax=ax)
    levels = filled(ax).levels
    np.testing.assert_allclose(levels[1:] / levels[:-1], 10 ** (4 / 13))


def test_a_loss_of_0_is_drawn_on_a_logarithmic_scale_too(ax):
    plot.loss_surface(lambda w, b: w * w, w=(-1, 1), resolution=5, log=True, ax=ax)
    levels = filled(ax).levels
    assert (levels[0], levels[-1]) == pytest.approx((0.25, 1))


def test_places_without_a_finite_loss_are_left_out(ax):
    plot.loss_surface(lambda w, b: np.log(w), w=(-1, np.e), b=(0, 1), ax=ax)
    assert filled(ax).levels[-1] == pytest.approx(1)
    ax.figure.canvas.draw()


def test_the_bowl_has_the_heights_of_the_function(monkeypatch):
    ax = three_dimensional()
    drawn = []
    monkeypatch.setattr(ax, "plot_surface", lambda *given, **style: drawn.append(given))
    plot.loss_surface(valley, w=(0, 2), b=(-3, -1), kind="surface", ax=ax)
    ((u, v, heights),) = drawn
    np.testing.assert_allclose(heights, valley(u, v), atol=1e-12)
    assert (u.min(), u.max(), v.min(), v.max()) == (0, 2, -3, -1)


def test_the_bowl_stands_over_the_two_weights():
    ax = plot.loss_surface(valley, w=(0, 2), b=(-3, -1), kind="surface")
    assert (ax.name, ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == (
        "3d",
        "$w$",
        "$b$",
        "$J$",
    )
    assert ax.get_zlim()[1] == pytest.approx(5, abs=0.2)


def test_the_bowl_is_drawn_on_axes_of_three_dimensions():
    ax = three_dimensional()
    assert plot.loss_surface(valley, kind="surface", ax=ax) is ax


def test_the_function_may_work_with_arrays_of_its_own(ax):
    plot.loss_surface(half_squared_error, w=(-1, 3), b=(-2, 2), ax=ax)
    assert filled(ax).get_paths()[0].contains_point((1, 0))


def model_of_two():
    """z = 3·x + 1, compiled with the mean squared error."""
    model = nnlite.Sequential(
        [nnlite.layers.Dense(1, input_shape=(1,), name="neuron")], dtype="float64"
    )
    model.compile("sgd", "mse", metrics=["mae"])
    model.set_weights([[[3.0]], [1.0]])
    return model


def test_the_loss_of_a_model_is_measured_around_its_weights(ax):
    plot.loss_surface(model_of_two(), [1, 2], [3, 5], ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 6), (-2, 4))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("neuron/W[0, 0]", "neuron/b[0]")
    assert filled(ax).get_paths()[0].contains_point((2, 1))


def test_weights_of_a_model_are_chosen_by_name_in_any_order(ax):
    model = model_of_two()
    plot.loss_surface(model, [1, 2], [3, 5], weights=("neuron/b[0]", "neuron/W[0,0]"), ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("neuron/b[0]", "neuron/W[0, 0]")
    assert filled(ax).get_paths()[0].contains_point((1, 2))


def test_the_place_of_a_weight_in_the_vector_has_its_name(ax):
    model = nnlite.Sequential([nnlite.layers.Dense(3, input_shape=(2,), name="first")])
    model.compile("sgd", "mse")
    plot.loss_surface(model, [[1, 2]], [[1, 2, 3]], weights=(5, -1), resolution=3, ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("first/W[1, 2]", "first/b[2]")


def test_the_model_stays_as_it_was(ax):
    model = model_of_two()
    plot.loss_surface(model, [1, 2], [3, 5], ax=ax)
    assert model.weights_vector.tolist() == [3.0, 1.0]


def test_the_model_stays_as_it_was_when_measuring_fails(ax):
    model = model_of_two()
    with pytest.raises(ValueError, match="same number of samples"):
        plot.loss_surface(model, [1, 2], [3, 5, 7], ax=ax)
    assert model.weights_vector.tolist() == [3.0, 1.0]


@pytest.mark.parametrize("kind", ["contour", "surface"])
def test_all_words_can_be_read(written_badly, kind):
    ax = plot.loss_surface(half_squared_error, w=(-1, 3), b=(-2, 2), kind=kind)
    assert written_badly(ax) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "bowl"}, '"contour" or "surface"'),
        ({"kind": "surface"}, "three dimensions"),
        ({"w": (1, 1)}, "smaller to a larger"),
        ({"b": (2, -2)}, "smaller to a larger"),
        ({"w": 3}, r"w=3\n.*w=\(-3, 3\)"),
        ({"b": (1, 2, 3)}, r"b=\(1, 2, 3\)\n.*b=\(-3, 3\)"),
    ],
)
def test_wrong_options_are_explained(options, words, ax):
    with pytest.raises(ValueError, match=words):
        plot.loss_surface(valley, ax=ax, **options)


def test_a_contour_is_not_drawn_on_axes_of_three_dimensions():
    with pytest.raises(ValueError, match="flat"):
        plot.loss_surface(valley, ax=three_dimensional())


def test_a_function_that_returns_many_numbers_is_explained(ax):
    with pytest.raises(ValueError, match=r"(?s)one number.*\(3,\).*mean"):
        plot.loss_surface(lambda w, b: w * X + b, ax=ax)


def test_a_function_that_is_nowhere_finite_is_explained(ax):
    with pytest.raises(ValueError, match="nowhere finite"):
        plot.loss_surface(lambda w, b: np.inf, ax=ax)


def test_a_negative_loss_has_no_logarithm(ax):
    with pytest.raises(ValueError, match="logarithmic scale"):
        plot.loss_surface(lambda w, b: -1.0, log=True, ax=ax)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((0, 0), "different"),
        ((0, 2), "2 weights"),
        (("neuron/W[0, 0]", "neuron/c[0]"), r'"neuron/\w"'),
        (("neuron/W[0, 0]", "neuron/b[1]"), r"shape \(1,\)"),
        (("neuron/W[0, 0]", "neuron/W[0]"), r"shape \(1, 1\)"),
        (("W", "b"), "neuron/W"),
    ],
)
def test_weights_that_are_not_there_are_explained(weights, words, ax):
    with pytest.raises(ValueError, match=words):
        plot.loss_surface(model_of_two(), [1, 2], [3, 5], weights=weights, ax=ax)


def test_a_model_needs_data_and_shape_and_loss(ax):
    with pytest.raises(ValueError, match="x and y are needed"):
        plot.loss_surface(model_of_two(), ax=ax)
    with pytest.raises(ValueError, match="shape of the model's input"):
        plot.loss_surface(nnlite.Sequential([nnlite.layers.Dense(1)]), [1], [1], ax=ax)
    uncompiled = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))])
    with pytest.raises(ValueError, match="compile comes first"):
        plot.loss_surface(uncompiled, [1], [1], ax=ax)


def test_what_is_neither_model_nor_function_is_explained(ax):
    with pytest.raises(TypeError, match=r"J\(w, b\)"):
        plot.loss_surface([1, 2], ax=ax)


def markers(ax):
    return [line for line in ax.lines if line.get_marker() not in ("", "None")]


def test_the_place_where_the_model_stands_is_marked_with_its_loss(ax):
    # It says 4 and 7 instead of 3 and 5: the mean of 1² and 2².
    plot.loss_surface(model_of_two(), [1, 2], [3, 5], ax=ax)
    (marker,) = markers(ax)
    assert (marker.get_xdata().tolist(), marker.get_ydata().tolist()) == ([3], [1])
    assert [text.get_text() for text in ax.texts] == ["here $J = 2.5$"]


def test_other_limits_without_the_model_have_no_mark(ax):
    plot.loss_surface(model_of_two(), [1, 2], [3, 5], w=(0, 2), ax=ax)
    assert markers(ax) == []
    assert list(ax.texts) == []


def test_a_function_stands_nowhere(ax):
    plot.loss_surface(valley, ax=ax)
    assert markers(ax) == []


@pytest.mark.parametrize("log", [False, True])
def test_in_the_bowl_the_model_stands_at_its_height(log):
    ax = plot.loss_surface(model_of_two(), [1, 2], [3, 5], kind="surface", log=log)
    (marker,) = markers(ax)
    u, v, height = (float(np.asarray(values)[0]) for values in marker.get_data_3d())
    assert (u, v) == (3, 1)
    assert height == pytest.approx(np.log10(2.5) if log else 2.5)


@pytest.mark.parametrize(
    ("J", "options", "words"),
    [
        (
            lambda w, b: w * w + b * b,
            {"w": (-3, 3), "b": (-4, 4), "resolution": 51},
            "0 1 4 10 15 25",
        ),
        (lambda w, b: 10.2 + 0.7 * w, {"w": (0, 1)}, "10.20 10.22 10.30 10.50 10.60 10.80"),
        (lambda w, b: 10.0**w, {"w": (-2, 2), "log": True}, "0.01 0.05 0.40 2.00 20.00 100.00"),
        (lambda w, b: 10.0**w, {"w": (-6, 2), "log": True}, None),
    ],
)
def test_the_numbers_beside_the_bar_are_round_and_have_as_many_decimals(J, options, words, ax):
    plot.loss_surface(J, ax=ax, **options)
    ax.figure.canvas.draw()
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    shown = [label.get_text() for label in bar.get_yticklabels()]
    if words is not None:
        assert shown == words.split()
    numbers = [float(word.replace("−", "-")) for word in shown]
    np.testing.assert_allclose(numbers, bar.get_yticks(), rtol=0.06)
    assert len(numbers) >= 5
    low, high = filled(ax).levels[[0, -1]]
    assert low <= min(numbers) < max(numbers) <= high


def test_the_mark_can_be_read(written_badly):
    assert written_badly(plot.loss_surface(model_of_two(), [1, 2], [3, 5])) == []
