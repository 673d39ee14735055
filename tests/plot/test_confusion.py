from __future__ import annotations

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlite import plot

TRUE = [0, 0, 0, 0, 1, 1, 2]
PREDICTED = [0, 0, 0, 1, 1, 1, 0]
TABLE = [["3", "1", "0"], ["0", "2", "0"], ["1", "0", "0"]]


def numbers(ax):
    words = [text.get_text() for text in ax.texts]
    side = round(len(words) ** 0.5)
    return [words[row * side : (row + 1) * side] for row in range(side)]


def ticks(ax):
    labels = [axis.get_ticklabels() for axis in (ax.yaxis, ax.xaxis)]
    return [[label.get_text() for label in row] for row in labels]


def test_a_row_is_a_true_class_and_a_column_a_predicted_one(ax):
    plot.confusion(TRUE, PREDICTED, ax=ax)
    assert numbers(ax) == TABLE
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == (
        "true",
        "predicted",
        "5 of 7 right",
    )
    assert ticks(ax) == [["0", "1", "2"]] * 2


def test_right_ones_are_blue_and_wrong_ones_vermilion_and_darker_where_there_are_more(ax):
    plot.confusion(TRUE, PREDICTED, ax=ax)
    (image,) = ax.images
    parts = [[3 / 4, -1 / 4, 0], [0, 1, 0], [-1, 0, 0]]
    expected = np.sign(parts) * np.sqrt(np.abs(parts))
    np.testing.assert_allclose(image.get_array(), expected)
    colours = image.cmap(image.norm(image.get_array()))
    assert [to_hex(colours[1, 1]), to_hex(colours[2, 0])] == ["#0072b2", "#c44e00"]
    np.testing.assert_allclose(colours[2, 2][:3], 1, atol=0.01)


def test_probabilities_count_as_the_most_probable_class(ax):
    probabilities = np.eye(3)[PREDICTED] * 0.5 + 0.1
    plot.confusion(np.eye(3)[TRUE], probabilities, ax=ax)
    assert numbers(ax) == TABLE


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_of_a_single_probability_more_than_a_half_is_1(shape, ax):
    plot.confusion([0, 0, 1, 1], np.array([0.2, 0.5, 0.51, 0.9]).reshape(shape), ax=ax)
    assert numbers(ax) == [["2", "0"], ["0", "2"]]


def test_names_stand_for_the_classes_also_for_those_that_nobody_had(ax):
    plot.confusion([0, 2], [0, 0], names=["cat", "dog", "cow"], ax=ax)
    assert ticks(ax) == [["cat", "dog", "cow"]] * 2
    assert numbers(ax) == [["1", "0", "0"], ["0", "0", "0"], ["1", "0", "0"]]


def test_labels_may_be_words_and_names_give_their_order(ax):
    plot.confusion(["dog", "cat"], ["cat", "cat"], names=["dog", "cat"], ax=ax)
    assert ticks(ax)[0] == ["dog", "cat"]
    assert numbers(ax) == [["0", "1"], ["0", "1"]]


def test_of_very_many_classes_there_are_colours_only(ax):
    plot.confusion(np.arange(50), np.arange(50), ax=ax)
    assert len(ax.texts) == 0
    assert ax.images[0].get_array().shape == (50, 50)


@pytest.mark.parametrize("classes", [2, 10, 26])
def test_all_words_can_be_read(classes, written_badly):
    labels = np.repeat(np.arange(classes), 40)
    ax = plot.confusion(labels, labels, names=[f"class {k}" for k in range(classes)])
    assert written_badly(ax) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 1], [0, 1, 1]), r"(?s)y_pred must hold a label for each of the 2.*\(3,\)"),
        (([0.5, 1.5], [0, 1]), r"(?s)label of a class.*y_true with 0.5.*plot.predictions"),
        (([0, 1], [0.5, 3.5]), r"(?s)y_pred with 0.5"),
        (([], []), r"(?s)y_true without samples"),
        ((["cat", "dog"], [0, 1]), r"(?s)all words, or all numbers.*np.array\(names\)\[y_pred\]"),
    ],
)
def test_what_does_not_fit_is_explained(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot.confusion(*arguments)
    assert plt.get_fignums() == []


def test_too_few_names_are_explained():
    with pytest.raises(ValueError, match=r"(?s)name for each.*2 names, and the label 2"):
        plot.confusion([0, 2], [0, 1], names=["cat", "dog"])


def test_scikit_learn_is_loaded_when_it_is_needed():
    code = "import sys, nnlite.plot; nnlite.plot.confusion; print('sklearn' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr
