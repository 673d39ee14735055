from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import nnlite
from nnlite import plot
from nnlite.diagnosis import Cause, Diagnosis
from nnlite.diagnosis.runs import Run
from nnlite.plot import style

X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]


def bowl(w, b):
    return w * w + b * b


def network():
    return nnlite.Sequential([nnlite.layers.Dense(2, input_shape=(3,))])


def diagnosis():
    tried = [Run(name, 1.0, 1.0, [0, 9], [1.0, end]) for name, end in (("as it is", 1), ("a", 0.1))]
    return Diagnosis("model", [Cause("a", "Says.", "1", "Do.", "a")], tried, learns=False)


PICTURES = {
    "history": lambda ax: plot.history({"loss": [2, 1], "val_loss": [3, 2], "mae": [1, 1]}, ax=ax),
    "decision_boundary": lambda ax: plot.decision_boundary(lambda x: np.tanh(x[:, 0]), X, Y, ax=ax),
    "loss_surface": lambda ax: plot.loss_surface(bowl, resolution=9, ax=ax),
    "gradient_path": lambda ax: plot.gradient_path({"a": [(1, 1), (0, 0)]}, bowl, ax=ax),
    "weights": lambda ax: plot.weights(np.eye(4), ax=ax),
    "filters": lambda ax: plot.filters(np.ones((3, 3, 2, 4)), numbers=True, ax=ax),
    "feature_maps": lambda ax: plot.feature_maps(np.ones((5, 5, 3)), ax=ax),
    "images": lambda ax: plot.images(np.eye(4)[None], [1], [2], ax=ax),
    "predictions": lambda ax: plot.predictions([1, 2], [2, 1], ax=ax),
    "network": lambda ax: plot.network(network(), ax=ax),
    "array": lambda ax: plot.array(np.eye(3), then=np.eye(3)[0], by="A[0]", ax=ax),
    "convolution": lambda ax: plot.convolution(np.eye(4), np.ones((2, 2)), ax=ax),
    "confusion": lambda ax: plot.confusion([0, 1], [1, 1], ax=ax),
    "depth": lambda ax: plot.depth(network(), np.ones((4, 3)), ax=ax),
    "diagnosis": lambda ax: plot.diagnosis(diagnosis(), ax=ax),
    "shapes": lambda ax: plot.shapes(network(), np.ones((4, 3)), ax=ax),
    "architecture": lambda ax: plot.architecture(network(), ax=ax),
    "graph": lambda ax: plot.graph(nnlite.graph.Value(2, "x") * 3, ax=ax),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_on_the_axes_given_and_pyplot_knows_nothing_of_it(name):
    ax = Figure().add_subplot()
    assert PICTURES[name](ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_its_own_is_one_new_figure_and_changes_no_setting(name):
    before = dict(mpl.rcParams)
    ax = PICTURES[name](None)
    assert plt.get_fignums() == [ax.figure.number]
    assert ax.figure.get_size_inches()[0] <= 8
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_picture_can_be_saved_in_every_format(name, kind, tmp_path):
    file = tmp_path / f"picture.{kind}"
    PICTURES[name](Figure().add_subplot()).figure.savefig(file)
    assert file.stat().st_size > 1000


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_fits_into_a_part_of_a_figure(name):
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = figure.subfigures(1, 2)[0].add_subplot()
    assert PICTURES[name](ax) is ax
    FigureCanvasAgg(figure).draw()
    assert ax.get_window_extent().x1 <= figure.bbox.x1 / 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: 3, "ax: int\n.*plt.subplots"),
        (plt.figure, r"ax: Figure\n.*figure.add_subplot\(\)"),
        (lambda: plt.subplots(1, 2)[1], r"ax: ndarray\n.*ax=axes\[0\]"),
    ],
)
@pytest.mark.parametrize("name", PICTURES)
def test_what_is_no_place_to_draw_in_is_explained(name, wrong, words):
    with pytest.raises(TypeError, match=words):
        PICTURES[name](wrong())
    plt.close("all")


def test_every_picture_is_public_and_tested_here():
    assert sorted(PICTURES) == sorted(set(plot.__all__) - {"explain", "animate", "Animation"})


def test_without_a_minus_in_the_font_hyphens_are_written():
    with mpl.rc_context({"axes.unicode_minus": False}):
        ax = plot.filters(-np.ones((2, 2, 1, 1)), numbers=True)
        legend = plot.predictions([1, 2, 3], [1, 2, 6]).get_legend()
    assert [text.get_text() for text in ax.texts] == ["-1"] * 4
    assert legend.get_texts()[0].get_text() == "$R^2$ -3.500, RMSE 1.73"


def test_names_in_korean_are_written_as_they_are(ax):
    plot.history({"학습률 0.1": {"loss": [2, 1]}, "학습률 0.2": {"loss": [3, 1]}}, ax=ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["학습률 0.1", "학습률 0.2"]


def test_every_colour_and_every_marker_is_there_once():
    assert len(set(style.COLOURS)) == len(style.COLOURS)
    assert len(set(style.MARKERS)) == len(style.MARKERS) > len(style.COLOURS)


def test_importing_nnlite_loads_no_matplotlib():
    code = "import sys, nnlite; print('matplotlib' in sys.modules, 'nnlite.plot' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.split() == ["False", "False"], result.stderr


def test_importing_the_pictures_loads_no_pyplot():
    code = "import sys, nnlite.plot; print('matplotlib.pyplot' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr


def is_round(step):
    return round(float(f"{step:.6e}".split("e")[0]), 5) in (1, 2, 5, 10)


@pytest.mark.parametrize("name", PICTURES)
def test_numbers_along_axes_go_in_round_steps_with_as_many_decimals(name):
    ax = PICTURES[name](Figure(figsize=(7.3, 5.1)).add_subplot())
    FigureCanvasAgg(ax.figure).draw()
    panels = [ax, *ax.child_axes] if ax.axison else ax.child_axes
    for axis in [axis for panel in panels for axis in (panel.xaxis, panel.yaxis)]:
        ticks, words = axis.get_ticklocs(), [label.get_text() for label in axis.get_ticklabels()]
        if axis.get_scale() == "linear" and len(ticks) > 1 and any(words):
            assert all(is_round(step) for step in np.diff(ticks)), ticks
            assert len({len(word.partition(".")[2]) for word in words}) == 1, words


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([0, 0.1, 0.25], ["0.00", "0.10", "0.25"]),
        ([1, 20, 300], ["1", "20", "300"]),
        ([-0.0, 5e-7], ["0", "5e−7"]),
        ([0, 2e8], ["0", "2e8"]),
        ([], []),
    ],
)
def test_numbers_of_one_scale_have_as_many_decimals(numbers, words):
    assert style.alike(numbers) == words
