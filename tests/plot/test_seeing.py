"""Every public picture, as it is made without axes: can it be read on a screen and on a slide?"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

import nnlite
from nnlite import plot
from nnlite.diagnosis import Cause, Diagnosis
from nnlite.diagnosis.runs import Run
from nnlite.exchange import page
from nnlite.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from nnlite.plot import style
from seeing import deuteranopia, small_letters

RNG = np.random.default_rng(0)
PLANE, SIDE, CLASS = RNG.normal(size=(40, 2)), np.arange(40) % 2, np.arange(40) % 3
DIGITS, DIGIT = RNG.random((20, 8, 8, 1)), np.arange(20) % 10
TABLE = RNG.normal(size=(64, 30))


def network(*units, inputs, last="softmax", loss="sparse_categorical_crossentropy"):
    *hidden, end = units
    layers = [Input(inputs), *(Dense(n, "relu") for n in hidden), Dense(end, last)]
    model = nnlite.Sequential(layers, seed=0)
    model.compile("adam", loss)
    return model


def yes_no():
    return network(4, 3, 1, inputs=(2,), last="sigmoid", loss="binary_crossentropy")


def convolutional():
    layers = [Input((8, 8, 1)), Conv2D(6, 3, activation="relu"), MaxPooling2D(2), Flatten()]
    model = nnlite.Sequential([*layers, Dense(16, "relu"), Dense(10, "softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def diagnosis():
    tried = [Run(name, 1.0, 1.0, [0, 9], [1.0, end]) for name, end in (("as it is", 1), ("a", 0.1))]
    return Diagnosis("model", [Cause("a", "Says.", "1", "Do.", "a")], tried, learns=False)


def graph():
    x, w, b = (nnlite.graph.Value(number, name) for number, name in ((2, "x"), (-3, "w"), (1, "b")))
    return ((x * w + b).tanh() - 1) ** 2


def bowl(w, b):
    return w * w + b * b


IRIS = ["setosa", "versicolor", "virginica"]
WIDE = network(64, 32, 3, inputs=(30,))
PICTURES = {
    "network": lambda: plot.network(WIDE),
    "network of a plane": lambda: plot.network(yes_no(), PLANE, SIDE),
    "network of classes": lambda: plot.network(network(5, 3, inputs=(2,)), PLANE, CLASS),
    "network of ten classes": lambda: plot.network(
        network(8, 10, inputs=(2,)), PLANE, np.arange(40) % 10
    ),
    "network of a curve": lambda: plot.network(
        network(4, 1, inputs=(1,), last="linear", loss="mse"), PLANE[:, :1], PLANE[:, 1]
    ),
    "network of images": lambda: plot.network(convolutional(), DIGITS, DIGIT),
    "decision_boundary": lambda: plot.decision_boundary(yes_no(), PLANE, SIDE),
    "history": lambda: plot.history({"loss": [2, 1], "val_loss": [3, 2], "mae": [1, 1]}),
    "loss_surface": lambda: plot.loss_surface(bowl, resolution=9),
    "gradient_path": lambda: plot.gradient_path({"a": [(1, 1), (0, 0)]}, bowl),
    "weights": lambda: plot.weights(np.eye(784)[:, :30]),
    "filters": lambda: plot.filters(RNG.normal(size=(3, 3, 1, 32)), numbers=True),
    "filters of five": lambda: plot.filters(RNG.normal(size=(5, 5, 1, 16)), numbers=True),
    "feature_maps": lambda: plot.feature_maps(RNG.normal(size=(6, 6, 64))),
    "images": lambda: plot.images(DIGITS[..., 0], DIGIT, DIGIT[::-1]),
    "predictions": lambda: plot.predictions(PLANE[:, 0], PLANE[:, 1]),
    "array": lambda: plot.array(np.arange(12).reshape(3, 4), then=np.zeros((4, 3)), by="A.T"),
    "array of three axes": lambda: plot.array(np.zeros((2, 3, 4)), then=np.zeros((3, 4)), by="sum"),
    "array that is large": lambda: plot.array(np.zeros((20, 30)), then=np.zeros((30, 20)), by="T"),
    "convolution": lambda: plot.convolution(DIGITS[0, ..., 0], np.ones((3, 3))),
    "convolution of a large image": lambda: plot.convolution(TABLE[:28, :28], np.ones((5, 5))),
    "confusion": lambda: plot.confusion(CLASS, CLASS, names=IRIS),
    "confusion of many": lambda: plot.confusion(np.arange(4000) % 40, np.arange(4000) // 3 % 40),
    "depth": lambda: plot.depth({"one": WIDE, "two": WIDE}, TABLE, np.arange(64) % 3),
    "diagnosis": lambda: plot.diagnosis(diagnosis()),
    "shapes": lambda: plot.shapes(WIDE, TABLE, np.arange(64) % 3),
    "shapes of few": lambda: plot.shapes(network(5, 3, inputs=(2,)), PLANE[:4], CLASS[:4]),
    "explain": lambda: plot.explain(WIDE, TABLE, np.arange(64) % 3),
    "explain of images": lambda: plot.explain(convolutional(), DIGITS, DIGIT),
    "architecture": lambda: plot.architecture(convolutional()),
    "graph": lambda: plot.graph(graph()),
}


# These are drawn in the first tier.
QUICK = ("shapes", "array", "graph")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name not in QUICK)) for name in PICTURES],
)
def test_no_letter_of_a_picture_has_fewer_than_9_of_800_pixels(name):
    assert small_letters(PICTURES[name]()) == []


def test_every_public_picture_is_measured_here():
    assert {name.split()[0] for name in PICTURES} == set(plot.__all__) - {"animate", "Animation"}


def colours_of_samples(ax):
    found = [drawn for drawn in ax.collections if isinstance(drawn, PathCollection)]
    return [(to_hex(d.get_facecolor()[0]), len(d.get_paths()[0].vertices)) for d in found]


@pytest.mark.parametrize("end", [1, 2, 3])
def test_a_class_looks_the_same_in_every_picture(end):
    """The order is vermilion, blue, green: of two, blue is the one that a positive z speaks for."""
    last, loss = ("sigmoid", "binary_crossentropy") if end == 1 else ("softmax", "mse")
    model, y = network(3, end, inputs=(2,), last=last, loss=loss), np.arange(40) % max(2, end)
    plane = plot.decision_boundary(model, PLANE, y, resolution=20)
    looks = colours_of_samples(plane)
    assert [colour for colour, _ in looks] == ["#c44e00", "#0072b2", "#009e73"][: max(2, end)]
    assert set(colours_of_samples(plot.network(model, PLANE, y))) == set(looks)


PAGE = (Path(page.__file__).parent / "page" / "page.css").read_text(encoding="utf-8")
NAMES = ("below", "above", "third", "fourth", "fifth", "sixth")


def of_the_page(*themes):
    """The colours of classes on the page of a model; what a later theme does not say, stays."""
    said = {
        name: colour for part in themes for name, colour in re.findall(r"--(\w+): (#\w+);", part)
    }
    return [said[name] for name in NAMES]


LIGHT, DARK, SAME_DARK = re.findall(r":root[^{]*{([^}]*)}", PAGE)


def test_the_page_has_the_colours_of_the_pictures():
    assert of_the_page(LIGHT) == [colour.lower() for colour in style.CLASSES[:6]]
    assert of_the_page(LIGHT, DARK) == of_the_page(LIGHT, SAME_DARK)


@pytest.mark.parametrize(
    "colours", [style.CLASSES, of_the_page(LIGHT, DARK)], ids=["pictures", "dark page"]
)
def test_no_two_classes_look_alike_to_a_deuteranope(colours):
    pixels = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours])
    seen = deuteranopia(pixels[None])[0].astype(float)
    apart = [np.linalg.norm(one - other) for one, other in combinations(seen, 2)]
    assert min(apart) > 50
