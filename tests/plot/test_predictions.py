from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlite import plot


def places(drawn):
    return [tuple(place) for place in drawn.get_offsets().tolist()]


def test_the_target_goes_to_the_right_and_the_prediction_up(ax):
    plot.predictions([1, 2, 3], [1.5, 2.5, 2.0], ax=ax)
    assert places(ax.collections[0]) == [(1, 1.5), (2, 2.5), (3, 2)]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("target $y$", r"prediction $\hat{y}$")


def test_the_diagonal_goes_from_corner_to_corner(ax):
    plot.predictions([0, 10], [20, 5], ax=ax)
    (diagonal,) = ax.lines
    assert diagonal.get_xydata().tolist() == [[-1, -1], [21, 21]]
    assert ax.get_xlim() == ax.get_ylim() == (-1, 21)
    assert ax.get_aspect() == 1


def test_the_legend_says_how_good_the_predictions_are(ax):
    plot.predictions([1, 2, 3], [1, 2, 6], ax=ax)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["$R^2$ −3.500, RMSE 1.73", r"$\hat{y} = y$"]


def test_equal_targets_have_no_r2(ax):
    plot.predictions([2, 2], [1, 3], ax=ax)
    assert ax.get_legend().get_texts()[0].get_text() == "RMSE 1"


def test_columns_are_taken_as_they_come_from_predict(ax):
    plot.predictions([[1.0], [2.0]], np.array([[1], [3]], dtype=np.float32), ax=ax)
    assert places(ax.collections[0]) == [(1, 1), (2, 3)]


def test_several_models_are_compared(ax):
    plot.predictions([1, 2], {"network": [1, 2], "mean": [1.5, 1.5]}, ax=ax)
    network, mean = ax.collections
    assert places(mean) == [(1, 1.5), (2, 1.5)]
    assert to_hex(network.get_facecolor()[0]) == "#0072b2"
    assert to_hex(mean.get_facecolor()[0]) == "#c44e00"
    assert len(network.get_paths()[0]) != len(mean.get_paths()[0])
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[:2] == ["network: $R^2$ 1.000, RMSE 0", "mean: $R^2$ 0.000, RMSE 0.5"]


def test_a_single_sample_is_drawn(ax):
    plot.predictions([2], [2], ax=ax)
    assert ax.get_xlim() == (1.5, 2.5)


def test_all_words_can_be_read(written_badly):
    assert written_badly(plot.predictions([1, 2, 300], [1, 250, 280])) == []


def test_without_axes_a_new_figure_is_made():
    ax = plot.predictions([1, 2], [1, 2])
    assert plt.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize(
    ("y_true", "y_pred", "words"),
    [
        ([1, 2, 3], [1, 2], "3 targets, 2 predictions"),
        ([1, 2], {"tree": [1, 2, 3]}, "3 predictions tree"),
        ([1, 2], [[1, 2], [3, 4]], r"y_pred.*\(2, 2\).*y_pred\[:, 0\]"),
        ([], [], r"y_true.*\(0,\)"),
    ],
)
def test_what_does_not_fit_is_explained(y_true, y_pred, words, ax):
    with pytest.raises(ValueError, match=f"(?s){words}"):
        plot.predictions(y_true, y_pred, ax=ax)
