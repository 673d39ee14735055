"""The picture of a diagnosis: a bar for every run, and words that can be read."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Sequential, optimizers, plot
from nnlite.diagnosis import Cause, Diagnosis
from nnlite.diagnosis.runs import Run
from nnlite.layers import Dense


def run(name, end, constant=2.0):
    return Run(name, constant, constant, [0, 9], [constant, end])


CAUSE = Cause("too_loud", "It is too loud.", "120 dB", "Whisper, for a while, and more often.", "b")
RUNS = [run("as it is", 2.0), run("a longer name", 9.0), run("b", 0.1), run("c", np.inf)]


def test_bars_are_shares_of_the_constant_answer_and_those_that_are_worse_end_at_the_edge():
    ax = plot.diagnosis(Diagnosis("me", [CAUSE], RUNS, learns=False))
    assert [round(bar.get_width(), 6) for bar in ax.patches] == [1.0, 1.3, 0.05, 1.3]
    words = [text.get_text() for text in ax.texts]
    assert words == ["100 %", "200 % or more", "5 %", "no number", "constant answer"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["as it is", "a longer name", "b", "c"]


def test_only_the_remedy_of_a_cause_is_blue():
    ax = plot.diagnosis(Diagnosis("me", [CAUSE], RUNS, learns=False))
    vermilion, *others = [bar.get_facecolor()[:3] for bar in ax.patches]
    assert vermilion[0] > vermilion[2]
    assert [colour[2] > colour[0] for colour in others] == [False, True, False]


def test_the_title_names_what_is_wrong_and_the_remedy():
    ax = plot.diagnosis(Diagnosis("me", [CAUSE], RUNS, learns=False))
    wanted = "me: It is too loud.\nRemedy: Whisper, for a while, and more often."
    assert ax.get_title(loc="left") == wanted


@pytest.mark.parametrize("runs", [RUNS, RUNS[:1], []])
@pytest.mark.parametrize("causes", [[CAUSE], []])
def test_all_words_can_be_read(runs, causes, written_badly):
    ax = plot.diagnosis(Diagnosis("me", causes, runs, learns=not causes))
    assert written_badly(ax) == []


def test_a_model_with_samples_is_diagnosed_first():
    model = Sequential([Dense(1, input_shape=(1,))], seed=0)
    model.compile(optimizers.SGD(0.1), "mse")
    x = np.linspace(-1, 1, 30)
    ax = plot.diagnosis(model, x, 2 * x)
    assert ax.get_title(loc="left") == "sequential: it learns; nothing was found"
    assert len(ax.patches) == 1


def test_what_cannot_be_drawn_is_explained():
    with pytest.raises(TypeError, match=r"plot\.diagnosis draws"):
        plot.diagnosis([1, 2])
    with pytest.raises(ValueError, match="needs samples"):
        plot.diagnosis(Sequential([Dense(1, input_shape=(1,))]))
