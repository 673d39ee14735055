from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet

from nnlite import plot
from nnlite.optimizers import SGD, Adam

BLUE, VERMILION = "#0072b2", "#c44e00"


def bowl(w, b):
    return w**2 + b**2


def ways(ax):
    """The ways by their label, without the rings around their starts."""
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def test_points_are_drawn_as_they_come(ax):
    plot.gradient_path({"mine": [(0, 2), (1, 1), (1.5, 0.5)]}, ax=ax)
    assert ways(ax)["mine"].get_xydata().tolist() == [[0, 2], [1, 1], [1.5, 0.5]]


def test_an_optimizer_walks_downhill_from_the_start(ax):
    plot.gradient_path({"sgd": SGD(0.25)}, bowl, start=(2, -4), steps=2, ax=ax)
    expected = [[2, -4], [1, -2], [0.5, -1]]
    np.testing.assert_allclose(ways(ax)["sgd"].get_xydata(), expected, atol=1e-8)


def test_an_optimizer_walks_on_the_slope_of_each_weight(ax):
    plot.gradient_path({"sgd": SGD(0.1)}, lambda w, b: 3 * w - 5 * b, start=(0, 0), steps=1, ax=ax)
    np.testing.assert_allclose(ways(ax)["sgd"].get_xydata()[1], [-0.3, 0.5], atol=1e-8)


def test_an_optimizer_takes_as_many_steps_as_asked_for(ax):
    plot.gradient_path({"adam": Adam(0.1)}, bowl, start=(1, 1), steps=7, ax=ax)
    assert len(ways(ax)["adam"].get_xydata()) == 8


@pytest.mark.bits
def test_the_optimizer_itself_takes_no_step(ax):
    optimizer = SGD(0.1, momentum=0.9)
    plot.gradient_path(optimizer, bowl, start=(1, 1), steps=3, ax=ax)
    plot.gradient_path(optimizer, bowl, start=(1, 1), steps=3, ax=ax)
    assert optimizer.iterations == 0
    first, _, second, _ = ax.lines
    assert first.get_xydata().tolist() == second.get_xydata().tolist()


def test_several_ways_differ_in_colour_line_and_marker(ax):
    plot.gradient_path({"slow": SGD(0.1), "fast": SGD(0.3)}, bowl, start=(2, 2), ax=ax)
    slow, fast = ways(ax)["slow"], ways(ax)["fast"]
    assert (to_hex(slow.get_color()), to_hex(fast.get_color())) == (BLUE, VERMILION)
    assert (slow.get_linestyle(), fast.get_linestyle()) == ("-", "--")
    assert (slow.get_marker(), fast.get_marker()) == ("o", "s")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["slow", "fast"]


def test_the_shortest_way_lies_on_top(ax):
    paths = {"short": [(0, 0), (1, 0)], "long": [(0, 0), (5, 0)], "middle": [(0, 0), (2, 0)]}
    plot.gradient_path(paths, ax=ax)
    order = sorted(ways(ax), key=lambda name: ways(ax)[name].get_zorder())
    assert order == ["long", "middle", "short"]


def test_a_ring_marks_the_start(ax):
    plot.gradient_path([(3, 4), (1, 1)], ax=ax)
    (ring,) = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    assert ring.get_xydata().tolist() == [[3, 4]]


def test_a_single_way_without_a_name_has_no_legend(ax):
    plot.gradient_path([(3, 4), (1, 1)], ax=ax)
    assert ax.get_legend() is None


def test_on_empty_axes_the_landscape_is_drawn_too(ax):
    plot.gradient_path(SGD(0.1), bowl, start=(2, 2), ax=ax)
    assert any(isinstance(drawn, QuadContourSet) for drawn in ax.collections)


def test_a_landscape_that_is_there_is_not_drawn_again_and_keeps_its_limits(ax):
    plot.loss_surface(bowl, w=(-1, 1), b=(-2, 2), ax=ax)
    drawn = len(ax.collections)
    assert plot.gradient_path(SGD(0.1), bowl, start=(5, 5), ax=ax) is ax
    assert len(ax.collections) == drawn
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 1), (-2, 2))


def test_the_picture_holds_the_ways_with_a_fifth_to_spare(ax):
    plot.gradient_path([(0, 10), (5, 20)], ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 6), (8, 22))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "$b$")


def test_a_way_that_leads_uphill_does_not_stretch_the_picture(ax):
    paths = {"good": [(1, 1), (0, 0)], "diverging": [(1, 1), (-50, 50), (900, -900)]}
    plot.gradient_path(paths, bowl, ax=ax)
    np.testing.assert_allclose(ax.get_xlim(), (-0.2, 1.2))
    assert ways(ax)["diverging"].get_xydata().tolist()[-1] == [900, -900]


def test_a_walk_that_overflows_ends_at_its_last_finite_place(ax):
    plot.gradient_path({"wild": SGD(1e200)}, bowl, start=(1, 1), steps=9, ax=ax)
    assert np.isfinite(ways(ax)["wild"].get_xydata()).all()
    ax.figure.canvas.draw()


def test_a_long_way_has_at_most_forty_markers(ax):
    plot.gradient_path({"way": [(step, 0) for step in range(100)]}, ax=ax)
    line = ways(ax)["way"]
    assert len(line.get_xydata()) == 100
    assert len(range(0, 100, line.get_markevery())) <= 40


def test_limits_may_be_chosen(ax):
    plot.gradient_path([(0, 0), (1, 1)], w=(-3, 3), b=(-4, 4), ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-4, 4))


def test_in_three_dimensions_the_way_lies_on_the_landscape():
    ax = plot.loss_surface(bowl, kind="surface")
    plot.gradient_path({"way": [(2, 1), (1, 1)]}, bowl, ax=ax)
    x, y, z = ways(ax)["way"].get_data_3d()
    assert (list(x), list(y), list(z)) == ([2, 1], [1, 1], [5, 2])


def test_without_axes_a_new_figure_is_made():
    ax = plot.gradient_path(SGD(0.1), bowl, start=(2, 2))
    assert plt.get_fignums() == [ax.figure.number]


def test_all_words_can_be_read(written_badly):
    optimizers = {"SGD 0.1": SGD(0.1), "momentum": SGD(0.05, momentum=0.8), "Adam": Adam(0.2)}
    assert written_badly(plot.gradient_path(optimizers, bowl, start=(-1, 2))) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2, 3],), r"shape \(3,\)"),
        (([],), r"\(steps, 2\)"),
        (({},), "no way"),
        ((SGD(0.1),), "surface=None"),
        ((SGD(0.1), bowl), "start=None"),
    ],
)
def test_what_does_not_fit_is_explained(arguments, words, ax):
    with pytest.raises(ValueError, match=words):
        plot.gradient_path(*arguments, ax=ax)


def test_in_three_dimensions_the_heights_are_needed():
    ax = plot.loss_surface(bowl, kind="surface")
    with pytest.raises(ValueError, match="needs the heights"):
        plot.gradient_path([(2, 1), (1, 1)], ax=ax)
