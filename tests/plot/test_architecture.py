from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch, PathPatch

import nnlite
from every_layer import CASES
from nnlite import Model, Sequential, plot
from nnlite.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Subtract,
)
from nnlite.plot.blocks import blocks_of
from random_networks import random_problem


def boxes(ax):
    """The frames of the blocks, (left, top, right, bottom), and the words inside, from above."""
    found = []
    for patch in ax.patches:
        if isinstance(patch, FancyBboxPatch):
            frame = patch.get_path().get_extents()
            frame = frame.x0, frame.y0, frame.x1, frame.y1
            found.append((frame, [t.get_text() for t in ax.texts if inside(t, frame)], patch))
    return found


def inside(text, frame):
    x, y = text.get_position()
    return frame[0] < x < frame[2] and frame[1] < y < frame[3]


def wires(ax):
    """The first and last points of every stretch of wire."""
    paths = [p.get_path().vertices for p in ax.patches if type(p) is PathPatch]
    return [(tuple(points[0]), tuple(points[-1])) for points in paths]


def joined(ax):
    """Which blocks are joined by wires, as pairs of their first words."""
    ends = wires(ax)
    pairs = []
    for _, words, _ in boxes(ax):
        todo = [start for start in ends if at(start[0], ax, bottom=True) == words[0]]
        while todo:
            _, end = todo.pop()
            reached = at(end, ax, bottom=False)
            if reached:
                pairs.append((words[0], reached))
            else:
                todo += [wire for wire in ends if np.allclose(wire[0], end)]
    return sorted(pairs)


def at(point, ax, bottom):
    for (left, top, right, low), words, _ in boxes(ax):
        if left <= point[0] <= right and abs(point[1] - (low if bottom else top)) < 1e-6:
            return words[0]
    return None


def two_ends():
    image, table = Input(shape=(8, 8, 3), name="image"), Input(shape=(5,), name="table")
    seen = Flatten(name="flat")(Conv2D(4, 3, activation="relu", name="conv")(image))
    both = Concatenate(name="both")([seen, Dense(2, name="small")(table)])
    outputs = [Dense(3, activation="softmax", name="kind")(both), Dense(1, name="size")(both)]
    return Model([image, table], outputs, name="two")


def test_the_blocks_of_a_chain_stand_in_the_order_of_the_summary(ax):
    model = Sequential(
        [Input(shape=(2,)), Dense(4, activation="relu"), Dropout(0.5), Dense(1)], name="chain"
    )
    drawn = boxes(plot.architecture(model, ax=ax))
    assert [words for _, words, _ in drawn] == [
        ["input_layer", "InputLayer"],
        ["dense", "Dense, relu", "12 parameters"],
        ["dropout", "Dropout"],
        ["dense_1", "Dense", "5 parameters"],
        ["output"],
    ]
    tops = [frame[1] for frame, _, _ in drawn]
    assert tops == sorted(tops)


def test_beside_each_wire_stands_the_shape_of_what_flows(ax):
    plot.architecture(two_ends(), ax=ax)
    for name, shape in {
        "image": "(None, 8, 8, 3)",
        "conv": "(None, 6, 6, 4)",
        "flat": "(None, 144)",
        "both": "(None, 146)",
        "kind": "(None, 3)",
    }.items():
        (frame,) = [frame for frame, words, _ in boxes(ax) if words[0] == name]
        (text,) = [text for text in ax.texts if text.get_text() == shape]
        x, y = text.get_position()
        assert frame[0] < x
        assert frame[3] < y < frame[3] + 2


def test_branches_are_joined_as_the_model_joins_them(ax):
    assert joined(plot.architecture(two_ends(), ax=ax)) == [
        ("both", "kind"),
        ("both", "size"),
        ("conv", "flat"),
        ("flat", "both"),
        ("image", "conv"),
        ("kind", "output"),
        ("size", "output"),
        ("small", "both"),
        ("table", "small"),
    ]


def test_a_wire_goes_around_the_layers_that_it_skips(ax):
    x = Input(shape=(3,), name="x")
    a = Dense(3, name="a")(x)
    model = Model(x, Add(name="sum")([a, Dense(3, name="c")(Dense(3, name="b")(a))]))
    plot.architecture(model, ax=ax)
    assert ("a", "sum") in joined(ax)
    frames = [frame for frame, words, _ in boxes(ax) if words[0] in ("b", "c")]
    for (x0, y0), (x1, y1) in wires(ax):
        for left, top, right, bottom in frames:
            crosses = min(y0, y1) < bottom - 0.1 and max(y0, y1) > top + 0.1
            assert not (crosses and left < x0 < right and left < x1 < right)


def test_operands_enter_from_left_to_right(ax):
    left, right = Input(shape=(3,), name="left"), Input(shape=(3,), name="right")
    plot.architecture(Model([left, right], Subtract(name="less")([left, right])), ax=ax)
    (middle,) = [(f[0] + f[2]) / 2 for f, words, _ in boxes(ax) if words[0] == "less"]
    ends = {at(a, ax, bottom=True): b[0] for a, b in wires(ax)}
    assert ends["left"] < middle < ends["right"]


def test_a_layer_that_is_called_twice_has_its_parameters_once(ax):
    left, right, twin = Input(shape=(3,)), Input(shape=(3,)), Dense(2, name="twin")
    model = Model([left, right], Add()([twin(left), twin(right)]))
    drawn = [(words, patch) for _, words, patch in boxes(plot.architecture(model, ax=ax))]
    first, second = [(words, patch) for words, patch in drawn if words[0] == "twin"]
    assert first[0][2] == "8 parameters"
    assert second[0][2] == "the same parameters"
    assert (first[1].get_linestyle(), second[1].get_linestyle()) == ("-", "--")


def test_a_model_inside_a_model_is_drawn_with_its_layers(ax):
    encoder = Sequential([Input(shape=(4,)), Dense(2, name="code")])
    decoder = Sequential([Input(shape=(2,)), Dense(4, name="back")])
    x = Input(shape=(4,), name="x")
    whole = Model(x, decoder(encoder(x)))
    assert joined(plot.architecture(whole, ax=ax)) == [
        ("back", "output"),
        ("code", "back"),
        ("x", "code"),
    ]


def test_models_inside_a_model_are_dissolved_as_the_summary_dissolves_them(ax, capsys):
    """A tower with a chain inside, which two inputs share."""
    entrance = Input(shape=(4,))
    chain = Sequential([Dense(3, input_shape=(4,), name="a"), Dense(2, name="b")])
    tower = Model(entrance, Dense(2, name="c")(chain(entrance)))
    left, right = Input(shape=(4,), name="left"), Input(shape=(4,), name="right")
    model = Model([left, right], Dense(1, name="d")(Add(name="e")([tower(left), tower(right)])))
    model.summary()
    rows = [row.split()[0] for row in capsys.readouterr().out.splitlines() if "(None" in row]
    plot.architecture(model, ax=ax)
    drawn = [words[0] for _, words, _ in boxes(ax)]
    assert rows == ["left", "right", "a", "b", "c", "e", "d"]
    assert drawn == ["left", "right", "a", "b", "c", "a", "b", "c", "e", "d", "output"]


def test_what_training_leaves_as_it_is_is_told(ax):
    model = Sequential([Input(shape=(3,)), Dense(2, trainable=False), BatchNormalization()])
    words = [words[-1] for _, words, _ in boxes(plot.architecture(model, ax=ax))]
    assert words[1:3] == ["8 parameters, frozen", "8 parameters, 4 not trained"]


def test_the_parameters_in_the_blocks_add_up_to_those_of_the_model():
    model = two_ends()
    words = [block.words[-1] for block in blocks_of(model)]
    counts = [int(word.split()[0].replace(",", "")) for word in words if "parameter" in word]
    assert sum(counts) == model.count_params()


def test_kinds_of_layers_differ_in_their_colours(ax):
    colours = {
        w[0]: patch.get_facecolor() for _, w, patch in boxes(plot.architecture(two_ends(), ax=ax))
    }
    assert colours["conv"] == colours["small"]
    assert len({colours[name] for name in ("image", "conv", "flat", "both")}) == 4
    assert colours["conv"][2] > colours["conv"][0]
    assert colours["both"][0] > colours["both"][2]


def test_names_and_shapes_may_be_left_out(ax):
    model = Sequential([Dense(4, input_shape=(2,), name="first")])
    plot.architecture(model, shapes=False, names=False, ax=ax)
    words = [text.get_text() for text in ax.texts]
    assert words == ["InputLayer", "Dense", "12 parameters", "output"]


@pytest.mark.parametrize("name", CASES)
def test_every_layer_has_its_block(name, ax):
    model = CASES[name].model()
    drawn = [words for _, words, _ in boxes(plot.architecture(model, ax=ax))]
    (layer,) = [layer for layer in model.layers if type(layer) is CASES[name].layer_class]
    (words,) = [words for words in drawn if words[0] == layer.name]
    assert words[1].split(",")[0] == type(layer).__name__
    assert f"{(None, *model.output_shape[1:])}" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("with_branches", [False, True])
def test_random_networks_are_drawn_whole(seed, with_branches, ax):
    model = random_problem(seed, with_branches).model
    drawn = boxes(plot.architecture(model, ax=ax))
    assert len(drawn) == len(model.inputs) + len(model.nodes) + len(model.outputs)
    wanted = [
        (model.name_of(tensor.node.layer), model.name_of(node.layer))
        for node in model.nodes
        for tensor in node.inputs
    ]
    wanted += [(name, "output") for name in model.output_names]
    assert sorted(set(joined(ax))) == sorted(set(wanted))
    for one, other in itertools.combinations([frame for frame, _, _ in drawn], 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("made", [two_ends, lambda: Sequential([Dense(1, input_shape=(2,))])])
def test_all_words_can_be_read(written_badly, made):
    assert written_badly(plot.architecture(made())) == []


def test_words_stay_inside_their_blocks():
    ax = plot.architecture(two_ends())
    ax.figure.canvas.draw()
    for _, words, patch in boxes(ax):
        frame = patch.get_window_extent()
        for text in ax.texts:
            if text.get_text() in words and inside(text, patch.get_path().get_extents().extents):
                box = text.get_window_extent()
                assert frame.x0 < box.x0 < box.x1 < frame.x1


def test_a_model_that_was_never_built_says_so(ax):
    with pytest.raises(ValueError, match=r"plot\.architecture needs to know the shape"):
        plot.architecture(Sequential([Dense(1)]), ax=ax)


def test_too_many_layers_are_explained(ax):
    model = Sequential([Input(shape=(1,)), *(Dropout(0.1) for _ in range(151))])
    with pytest.raises(ValueError, match=r"(?s)at most 150 layers.*calls 151.*summary"):
        plot.architecture(model, ax=ax)
    assert model._repr_svg_() is None


def test_what_is_no_model_is_explained(ax):
    with pytest.raises(TypeError, match=r"(?s)draws a model.*Dense.*Sequential"):
        plot.architecture(Dense(1), ax=ax)
    with pytest.raises(TypeError, match="shapes must be True or False"):
        plot.architecture(two_ends(), shapes="yes", ax=ax)


def test_keras_name_writes_the_picture_into_a_file(tmp_path):
    file = tmp_path / "model.png"
    ax = nnlite.utils.plot_model(two_ends(), to_file=file, show_shapes=True, dpi=50)
    width, height = plt.imread(file).shape[1::-1]
    np.testing.assert_allclose((width, height), ax.figure.get_size_inches() * 50, atol=1)
    words = [text.get_text() for text in ax.texts]
    assert "(None, 146)" in words
    assert "both" not in words
    nnlite.utils.plot_model(two_ends(), str(tmp_path / "m.svg"), show_layer_names=True)
    assert (tmp_path / "m.svg").read_text(encoding="utf-8").count("<svg") == 1


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"to_file": "model"}, ValueError, r"ends in the format: .*png.*\n.*'model'"),
        ({"to_file": "model.doc"}, ValueError, "(?s)png, ps.*model.doc"),
        ({"to_file": "no_such_folder/m.png"}, FileNotFoundError, "folder that exists"),
        ({"rankdir": "LR"}, ValueError, "top to bottom"),
        ({"show_shape": True}, TypeError, "show_shapes"),
        ({"dpi": 0}, ValueError, "dpi must be"),
    ],
)
def test_wrong_options_of_plot_model_are_explained(options, error, words):
    with pytest.raises(error, match=words):
        nnlite.utils.plot_model(two_ends(), **options)
    assert plt.get_fignums() == []


def test_a_notebook_shows_the_blocks_and_opens_no_figure():
    picture = two_ends()._repr_svg_()
    assert picture.lstrip().startswith("<?xml")
    assert "<!-- both -->" in picture
    assert plt.get_fignums() == []
    assert Sequential([Dense(1)])._repr_svg_() is None
