import re
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

import nnlite.plot
from nnlite import Input, Model, Sequential, optimizers
from nnlite.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Multiply,
)
from nnlite.plot.style import BLUE, VERMILION

mpl.use("agg")
RNG = np.random.default_rng(1)


def lesson():
    model = Sequential(
        [Dense(2, activation="sigmoid", input_shape=(30,)), Dense(1, activation="sigmoid")], seed=0
    )
    model.compile(optimizers.SGD(0.1), "binary_crossentropy")
    return model.explain(RNG.normal(size=(364, 30)), RNG.integers(0, 2, 364))


def images():
    model = Sequential(
        [
            Conv2D(8, 3, padding="same", activation="leaky_relu", input_shape=(12, 12, 1)),
            BatchNormalization(),
            MaxPooling2D(2),
            Dropout(0.25),
            Flatten(),
            Dense(3, activation="softmax", kernel_regularizer="l2"),
        ],
        seed=0,
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model.explain(RNG.random((8, 12, 12, 1)), RNG.integers(0, 3, 8))


def branches():
    x, y = Input((4,)), Input((4,))
    a, b = Dense(3, activation="tanh")(x), Dense(3, activation="elu")(y)
    model = Model([x, y], [Dense(1)(Multiply()([a, b])), Dense(2)(Add()([a, b]))], seed=0)
    model.compile("sgd", "mse")
    x, y = RNG.normal(size=(2, 6, 4))
    return model.explain([x, y], [RNG.normal(size=(6, 1)), RNG.normal(size=(6, 2))])


def plain(text):
    """Take the typesetting off a formula again."""
    text = text.get_text() if not isinstance(text, str) else text
    text = text.replace(r"$\mathregular{^T}$", "ᵀ").replace("^T}$", "}$ᵀ")
    return re.sub(r"\$\\mathregular\{(\w+?)_\{(\d+)\}\}\$", r"\1\2", text)


def written(ax, colour):
    """The texts of a colour, from the top downward."""
    found = [text for text in ax.texts if text.get_text() and same_color(text.get_color(), colour)]
    return [plain(text) for text in sorted(found, key=lambda text: text.get_position()[1])]


def axes():
    return Figure(figsize=(8, 6)).add_subplot()


@pytest.mark.parametrize("make", [lesson, images, branches])
def test_forward_stands_left_and_backward_right(make):
    explanation = make()
    ax = nnlite.plot.explain(explanation, ax=axes())
    forward = [line.equation for section in explanation.forward for line in section.lines]
    assert written(ax, BLUE) == ["forward", *forward]
    by_layer = sorted(explanation.backward, key=lambda section: section.place)
    backward = [line.equation for section in by_layer for line in section.lines]
    assert written(ax, VERMILION) == ["backward", *backward]
    left = {t.get_position()[0] for t in ax.texts if same_color(t.get_color(), BLUE)}
    right = {t.get_position()[0] for t in ax.texts if same_color(t.get_color(), VERMILION)}
    assert len(left) == len(right) == 1
    assert max(left) < min(right)


def test_the_slide_of_lesson_06():
    ax = nnlite.plot.explain(lesson(), ax=axes())
    assert written(ax, BLUE)[1:] == [
        "Z1 = X·W1 + b1",
        "A1 = σ(Z1)",
        "Z2 = A1·W2 + b2",
        "A2 = σ(Z2)",
        written(ax, BLUE)[5],
    ]
    assert written(ax, VERMILION)[1:] == [
        "dZ1 = dA1 ⊙ A1(1 − A1)",
        "dW1 = Xᵀ·dZ1",
        "db1 = Σ dZ1",
        "dW2 = A1ᵀ·dZ2",
        "db2 = Σ dZ2",
        "dA1 = dZ2·W2ᵀ",
        "dZ2 = (A2 − Y)/m",
    ]
    texts = [text.get_text() for text in ax.texts]
    assert "(30, 364)·(364, 2) = (30, 2)" in texts
    assert "30·2 + 2 = 62 parameters" in texts
    assert texts[0] == "sequential: one training step on m = 364 samples"


def test_numbers_of_symbols_are_indices():
    ax = nnlite.plot.explain(lesson(), ax=axes())
    texts = [text.get_text() for text in ax.texts]
    assert r"$\mathregular{dA_{1}}$ = $\mathregular{dZ_{2}}$·$\mathregular{W_{2}^T}$" in texts
    assert r"$\mathregular{dW_{1}}$ = X$\mathregular{^T}$·$\mathregular{dZ_{1}}$" in texts


def test_every_size_stands_beside_its_formula():
    from nnlite.explain.lines import short

    explanation = lesson()
    ax = nnlite.plot.explain(explanation, ax=axes())
    line = explanation.forward[0].lines[0]
    place = next(t for t in ax.texts if plain(t) == line.equation).get_position()
    beside = [
        (t.get_position()[0], t.get_text())
        for t in ax.texts
        if t.get_position()[1] == place[1] and t.get_ha() == "right"
    ]
    assert [text for _, text in sorted(beside)][:2] == [short(line.mean), short(line.largest)]


def test_each_layer_has_a_band_and_the_ways_are_arrows():
    explanation = images()
    ax = nnlite.plot.explain(explanation, ax=axes())
    bands = [patch for patch in ax.patches if type(patch) is Rectangle]
    assert len(bands) == len(explanation.forward) + len(explanation.update)
    ways = [artist for artist in ax.texts if isinstance(artist, Annotation)]
    assert len(ways) == 2
    down, up = sorted(ways, key=lambda way: way.xy[0])
    assert down.xy[1] > down.get_position()[1]  # the axis points downward
    assert up.xy[1] < up.get_position()[1]
    assert ax.yaxis_inverted()


def test_the_way_forward_alone_takes_the_whole_page():
    model = Sequential([Dense(2, activation="relu", input_shape=(3,))], seed=0)
    ax = nnlite.plot.explain(model, np.ones((4, 3)), ax=axes())
    assert written(ax, VERMILION) == []
    assert len([artist for artist in ax.texts if isinstance(artist, Annotation)]) == 1
    assert any("The way back needs a loss" in text.get_text() for text in ax.texts)


def test_warnings_are_written_below():
    model = Sequential([Dense(4, activation="sigmoid", input_shape=(3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    explanation = model.explain(1000 * RNG.random((30, 3)), RNG.random(30))
    assert explanation.warnings
    ax = nnlite.plot.explain(explanation, ax=axes())
    from nnlite.plot.explain import WARNING_COLOUR

    lines = written(ax, WARNING_COLOUR)
    assert " ".join(lines) == " ".join(explanation.warnings)


@pytest.mark.parametrize("make", [lesson, images, branches])
@pytest.mark.parametrize("size", [(8, 6), (14, 7)])
def test_nothing_overlaps_and_nothing_leaves_the_page(make, size):
    figure = Figure(figsize=size)
    ax = nnlite.plot.explain(make(), ax=figure.add_axes((0, 0, 1, 1)))
    figure.canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in ax.texts
        if text.get_text() and not isinstance(text, Annotation)
    ]
    page = figure.bbox
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1, text
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1, text
    for place, (text, box) in enumerate(boxes):
        for other, second in boxes[place + 1 :]:
            wide = min(box.x1, second.x1) - max(box.x0, second.x0)
            high = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert wide <= 0 or high <= 0.35 * min(box.height, second.height), (text, other)


@pytest.mark.parametrize("make", [lesson, images, branches])
def test_every_sign_exists_in_the_font(make, tmp_path):
    figure = Figure(figsize=(8, 6))
    nnlite.plot.explain(make(), ax=figure.add_subplot())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(tmp_path / "page.png")


def test_signs_of_mathematics_do_not_come_from_the_font_of_the_page():
    with mpl.rc_context({"font.family": ["STIXGeneral"], "mathtext.fontset": "cm"}):
        ax = nnlite.plot.explain(lesson(), ax=axes())
    for text in ax.texts:
        if text.get_text():
            assert text.get_fontfamily() == ["DejaVu Sans", "STIXGeneral"]
    formulas = [text for text in ax.texts if "mathregular" in text.get_text()]
    assert {text.get_math_fontfamily() for text in formulas} == {"dejavusans"}


def test_names_with_dollars_and_underscores_are_written_as_they_are():
    class Price(Layer):
        def forpass(self, x, training=False):
            return x

        def backprop(self, grad):
            return grad

    model = Sequential([Price(name="in_$_and_$"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    figure = Figure()
    ax = nnlite.plot.explain(model, np.ones((2, 3)), [1, 2], ax=figure.add_subplot())
    figure.canvas.draw()
    assert any(text.get_text() == "in_$_and_$ (Price)" for text in ax.texts)
    assert any("in_\\$_and_\\$(X)" in text.get_text() for text in ax.texts)


def test_a_figure_of_its_own_is_eight_inches_wide():
    import matplotlib.pyplot as plt

    ax = nnlite.plot.explain(lesson())
    try:
        width, height = ax.figure.get_size_inches()
        assert 6 < width <= 8.01
        assert 4 < height < 8
    finally:
        plt.close(ax.figure)


def test_what_cannot_be_explained_is_refused():
    with pytest.raises(TypeError, match=r"Remedy: nnlite\.plot\.explain\(model\.explain\(x, y\)\)"):
        nnlite.plot.explain([1, 2])
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="A step needs a batch to be taken on"):
        nnlite.plot.explain(model)
