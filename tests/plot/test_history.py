from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import nnlite
from nnlite import plot
from nnlite.plot.history import Curves

BLUE, VERMILION, GREEN = "#0072b2", "#c44e00", "#009e73"


def curves():
    return {
        "loss": [0.9, 0.5, 0.4],
        "accuracy": [0.5, 0.75, 0.875],
        "val_loss": [1.0, 0.7, 0.8],
        "val_accuracy": [0.25, 0.5, 0.625],
    }


def points(line):
    return [tuple(point) for point in line.get_xydata().tolist()]


def test_the_loss_and_its_validation_are_drawn_from_epoch_1(ax):
    plot.history(curves(), "loss", ax=ax)
    training, validation = ax.lines
    assert points(training) == [(1, 0.9), (2, 0.5), (3, 0.4)]
    assert points(validation) == [(1, 1.0), (2, 0.7), (3, 0.8)]


def test_training_and_validation_differ_in_colour_line_and_marker(ax):
    plot.history(curves(), "loss", ax=ax)
    training, validation = ax.lines
    assert (training.get_label(), validation.get_label()) == ("training", "validation")
    assert (to_hex(training.get_color()), to_hex(validation.get_color())) == (BLUE, VERMILION)
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert (training.get_marker(), validation.get_marker()) == ("o", "s")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_one_metric_is_drawn_on_the_given_axes_itself(ax):
    assert plot.history(curves(), "accuracy", ax=ax) is ax
    assert ax.child_axes == []
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy")


def test_a_metric_is_found_whatever_its_capitals(ax):
    plot.history(curves(), "Loss", ax=ax)
    assert (ax.get_ylabel(), len(ax.lines)) == ("loss", 2)


def test_each_of_several_metrics_has_a_part_of_the_axes(ax):
    assert plot.history(curves(), ax=ax) is ax
    loss, accuracy = ax.child_axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy")
    assert points(loss.lines[0]) == [(1, 0.9), (2, 0.5), (3, 0.4)]
    assert points(accuracy.lines[1]) == [(1, 0.25), (2, 0.5), (3, 0.625)]
    assert not ax.axison
    assert ax.lines[:] == []


def test_metrics_are_drawn_in_the_order_asked_for(ax):
    plot.history(curves(), ["accuracy", "loss"], ax=ax)
    assert [part.get_ylabel() for part in ax.child_axes] == ["accuracy", "loss"]


def test_parts_lie_side_by_side_and_then_in_a_second_row(ax):
    plot.history({"a": [1], "b": [2], "c": [3]}, ax=ax)
    ax.figure.canvas.draw()
    first, second, third = (part.get_position() for part in ax.child_axes)
    assert first.x1 < second.x0
    assert first.y0 == pytest.approx(second.y0)
    assert third.y1 < first.y0
    assert third.x0 == pytest.approx(first.x0)


def test_on_narrow_axes_parts_lie_one_below_the_other():
    ax = plt.figure(figsize=(8, 6)).add_subplot(1, 2, 1)
    plot.history({"loss": [1], "accuracy": [2]}, ax=ax)
    ax.figure.canvas.draw()
    loss, accuracy = (part.get_position() for part in ax.child_axes)
    assert accuracy.y1 < loss.y0
    assert accuracy.x0 == pytest.approx(loss.x0)


def test_a_history_without_validation_has_one_curve_and_no_legend(ax):
    plot.history({"loss": [3.0, 2.0]}, ax=ax)
    assert [points(line) for line in ax.lines] == [[(1, 3), (2, 2)]]
    assert ax.get_legend() is None


def trained(**options):
    model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))], seed=0)
    model.compile("sgd", "mse")
    data = {"x": [1, 2, 3], "y": [2, 4, 6], "validation_data": ([4], [8]), "verbose": 0}
    return model.fit(**data, **options)


def test_what_fit_returns_is_drawn(ax):
    history = trained(epochs=2)
    plot.history(history, ax=ax)
    training, validation = ax.lines
    assert points(training) == list(enumerate(history.history["loss"], start=1))
    assert points(validation) == list(enumerate(history.history["val_loss"], start=1))


def test_validation_every_fourth_epoch_stands_at_these_epochs(ax):
    plot.history(trained(epochs=11, validation_freq=4), ax=ax)
    assert ax.lines[1].get_xdata().tolist() == [4, 8]


def test_a_training_that_went_on_is_numbered_on(ax):
    plot.history(trained(epochs=7, initial_epoch=4), ax=ax)
    assert ax.lines[0].get_xdata().tolist() == [5, 6, 7]


def test_validation_of_a_plain_dictionary_is_spread_over_its_epochs(ax):
    plot.history({"loss": [5, 4, 3, 2, 1, 0], "val_loss": [6, 7, 8]}, ax=ax)
    assert points(ax.lines[1]) == [(2, 6), (4, 7), (6, 8)]


def test_several_trainings_are_told_apart_by_name_colour_and_marker(ax):
    trainings = {"one": {"loss": [1, 2]}, "two": {"loss": [3, 4]}, "three": {"loss": [5, 6]}}
    plot.history(trainings, ax=ax)
    assert [line.get_label() for line in ax.lines] == ["one", "two", "three"]
    assert [to_hex(line.get_color()) for line in ax.lines] == [BLUE, VERMILION, GREEN]
    assert [line.get_marker() for line in ax.lines] == ["o", "s", "^"]
    assert points(ax.lines[2]) == [(1, 5), (2, 6)]


def test_validation_of_one_of_several_is_dashed_in_its_colour(ax):
    plot.history({"a": {"loss": [1, 2]}, "b": {"loss": [3, 4], "val_loss": [5, 6]}}, ax=ax)
    line = ax.lines[2]
    assert (line.get_label(), to_hex(line.get_color())) == ("b, validation", VERMILION)
    assert (line.get_linestyle(), points(line)) == ("--", [(1, 5), (2, 6)])


def test_trainings_of_different_length_are_compared(ax):
    plot.history({"short": {"loss": [1]}, "long": {"loss": [1, 2, 3]}}, ax=ax)
    left, right = ax.get_xlim()
    assert left < 1 < 3 < right


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 30, 1000])
def test_the_epochs_are_whole_numbers(ax, epochs):
    plot.history({"loss": np.linspace(1, 0, epochs)}, ax=ax)
    left, right = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if left <= tick <= right]
    assert ticks
    assert all(tick == round(tick) for tick in ticks)


def test_many_epochs_have_no_markers(ax):
    plot.history({"loss": range(31)}, ax=ax)
    assert ax.lines[0].get_marker() == ""


def test_the_logarithmic_scale_is_for_losses(ax):
    plot.history(curves(), log=True, ax=ax)
    assert [part.get_yscale() for part in ax.child_axes] == ["log", "linear"]


def test_logarithmic_ticks_are_written_as_plain_numbers(ax):
    plot.history({"loss": [0.9, 0.3, 0.06]}, log=True, ax=ax)
    ax.figure.canvas.draw()
    words = [tick.get_text() for tick in ax.get_yticklabels()]
    assert {"0.1", "0.2", "0.5"} <= set(words)


def test_a_loss_that_diverged_is_drawn_as_far_as_it_is_finite(ax):
    plot.history({"loss": [1.0, 100.0, np.inf, np.nan]}, ax=ax)
    ax.figure.canvas.draw()
    assert ax.get_ylim()[1] < 200


def test_without_axes_a_new_figure_is_as_wide_as_a_page():
    ax = plot.history(curves())
    assert plt.get_fignums() == [ax.figure.number]
    assert ax.figure.get_size_inches()[0] == 8


def test_with_axes_no_figure_is_made(ax):
    plot.history(curves(), ax=ax)
    assert plt.get_fignums() == []


def test_the_history_stays_as_it_was(ax):
    history = curves()
    plot.history(history, ax=ax)
    assert history == curves()


@pytest.mark.parametrize("metrics", [None, "loss"])
@pytest.mark.parametrize("log", [False, True])
def test_all_words_can_be_read(written_badly, metrics, log):
    assert written_badly(plot.history(curves(), metrics, log=log)) == []


def test_all_words_can_be_read_on_axes_of_the_user(written_badly, ax):
    many = {f"metric_{number}": [number, number + 1] for number in range(4)}
    assert written_badly(plot.history(many, ax=ax)) == []


def test_a_metric_that_is_not_there_is_named_with_the_nearest(ax):
    with pytest.raises(ValueError, match=r"Known: accuracy, loss.*\n.*'acuracy'\n.*\"accuracy\""):
        plot.history(curves(), "acuracy", ax=ax)


@pytest.mark.parametrize("empty", [{}, {"loss": []}, nnlite.callbacks.History()])
def test_an_empty_history_is_explained(empty, ax):
    with pytest.raises(ValueError, match="at least one epoch"):
        plot.history(empty, ax=ax)


def test_the_empty_one_of_several_is_named(ax):
    with pytest.raises(ValueError, match="empty history 'second'"):
        plot.history({"first": {"loss": [1]}, "second": {}}, ax=ax)


@pytest.mark.parametrize("wrong", [None, 3, [1, 2], "loss"])
def test_what_is_no_history_is_explained(wrong, ax):
    with pytest.raises(TypeError, match="what fit returned"):
        plot.history(wrong, ax=ax)


def picture(ax):
    """All that is seen of curves: lines, limits, ticks and legend."""
    lines = [(*map(list, line.get_data()), line.get_marker()) for line in ax.lines]
    legend = ax.get_legend()
    words = legend and [
        (text.get_text(), line.get_marker())
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    ]
    return lines, ax.get_xlim(), ax.get_ylim(), list(ax.get_yticks()), words


@pytest.mark.parametrize("log", [False, True])
def test_a_picture_kept_up_to_date_is_the_picture_drawn_at_the_end(log):
    epochs = np.arange(1, 41)
    curves = {"loss": 100.0 / epochs**2, "val_loss": 200.0 / epochs**2}
    kept = Curves({"loss": curves["loss"][:2]}, log=log)
    for end in (3, 29, 31, 40):
        assert kept.update({name: values[:end] for name, values in curves.items()})
    assert picture(kept.ax) == picture(plot.history(curves, log=log))


def test_the_lines_of_a_picture_kept_up_to_date_stay():
    kept = Curves({"loss": [3.0], "val_loss": [4.0]})
    before = list(kept.ax.lines)
    kept.update({"loss": [3.0, 2.0], "val_loss": [4.0, 3.0]})
    assert list(kept.ax.lines) == before
    assert [line.get_ydata().tolist() for line in before] == [[3, 2], [4, 3]]


def test_a_metric_without_a_place_is_told():
    kept = Curves({"loss": [3.0]})
    assert not kept.update({"loss": [3.0, 2.0], "mae": [1.0, 1.0]})
