from __future__ import annotations

import itertools
import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from nnlite import plot
from nnlite.graph import Value, exp, log, maximum, sigmoid, tanh

VALUE_COLOUR, GRADIENT_COLOUR = "#0072b2", "#c44e00"


def three_times_a_plus_bc():
    a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    J = 3 * (a + b * c)
    J.name = "J"
    return J


def x_plus_y_times_z():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    return (x + y) * z


def sigmoid_neuron():
    w0, x0, w1 = Value(2, "w0"), Value(-1, "x0"), Value(-3, "w1")
    x1, w2 = Value(-2, "x1"), Value(-3, "w2")
    return sigmoid(w0 * x0 + w1 * x1 + w2)


def max_gate():
    x, y, z, w = Value(3, "x"), Value(-4, "y"), Value(2, "z"), Value(-1, "w")
    return 2 * (x * y + maximum(z, w))


def neuron_in_single_gates():
    w, x = Value(2, "w"), Value(-1.5, "x")
    return 1 / (1 + exp(-(w * x)))


def many_uses():
    x, y = Value(1.5, "x"), Value(0.25, "y")
    return (x * x + y**2 - x / y) * tanh(x - y) * log(x)


EXAMPLES = [
    three_times_a_plus_bc,
    x_plus_y_times_z,
    sigmoid_neuron,
    max_gate,
    neuron_in_single_gates,
    many_uses,
]


def draw(value, backprop=True):
    if backprop:
        value.backprop()
    ax = value.draw()
    ax.figure.canvas.draw()
    return ax


def texts(ax, colour):
    return [t.get_text() for t in ax.texts if to_hex(t.get_color()) == colour]


def the_text(ax, words):
    (found,) = [text for text in ax.texts if text.get_text() == words]
    return found


def circles(ax):
    return [patch for patch in ax.patches if isinstance(patch, Circle)]


def wires(ax):
    return [patch for patch in ax.patches if isinstance(patch, PathPatch)]


def ends_of_bends(wire):
    """The points where the curved stretches of a wire end."""
    path = wire.get_path()
    curved = path.codes == Path.CURVE4
    return [tuple(point) for point in path.vertices[curved][2::3]]


def test_the_numbers_of_j_are_drawn():
    ax = draw(three_times_a_plus_bc())
    assert sorted(texts(ax, VALUE_COLOUR)) == sorted(["3", "5", "3", "2", "6", "11", "33"])
    assert sorted(texts(ax, GRADIENT_COLOUR)) == sorted(["3", "6", "9", "3", "3", "1"])


def test_the_numbers_of_f_are_drawn():
    ax = draw(x_plus_y_times_z())
    assert sorted(texts(ax, VALUE_COLOUR)) == sorted(["−2", "5", "3", "−4", "−12"])
    assert sorted(texts(ax, GRADIENT_COLOUR)) == sorted(["−4", "−4", "−4", "3", "1"])


def test_the_numbers_of_the_neuron_are_drawn_short():
    ax = draw(sigmoid_neuron())
    assert texts(ax, VALUE_COLOUR)[-2:] == ["1", "0.7311"]
    assert sorted(set(texts(ax, GRADIENT_COLOUR))) == sorted(
        ["−0.1966", "0.3932", "−0.3932", "−0.5898", "0.1966", "1"]
    )


def test_gates_carry_their_signs_and_inputs_their_names():
    ax = draw(max_gate())
    signs = [t.get_text() for t in ax.texts if t.get_ha() == "center" and t.get_va() == "center"]
    assert sorted(signs) == sorted(["×", "×", "+", "max"])
    names = [t.get_text() for t in ax.texts if t.get_ha() == "right"]
    assert sorted(names) == ["$w$", "$x$", "$y$", "$z$"]


def test_powers_and_indexed_names_are_set_as_in_a_formula():
    ax = draw(Value(3, "w_1") ** 2 + Value(1, "bias"))
    shown = [text.get_text() for text in ax.texts]
    assert {"$w_{1}$", "bias", "$x^{2}$"} <= set(shown)


def test_a_named_result_is_named_at_the_right_and_a_named_value_above_its_wire():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    ax = draw(f)
    assert the_text(ax, "$q$ = 3").get_color() == the_text(ax, "−12").get_color()
    assert the_text(ax, "$f$").get_ha() == "left"
    right_of_all = max(text.get_position()[0] for text in ax.texts)
    assert the_text(ax, "$f$").get_position()[0] == right_of_all


def test_gradients_appear_only_after_backprop():
    ax = draw(x_plus_y_times_z(), backprop=False)
    assert texts(ax, GRADIENT_COLOUR) == []
    assert len(texts(ax, VALUE_COLOUR)) == 5


def test_a_constant_has_a_value_but_no_gradient():
    x = Value(2, "x")
    ax = draw(7 * x)
    assert texts(ax, VALUE_COLOUR) == ["7", "2", "14"]
    assert texts(ax, GRADIENT_COLOUR) == ["7", "1"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_value_has_a_wire_and_each_gate_a_circle(example):
    value = example()
    nodes = value.nodes()
    ax = draw(value)
    assert len(wires(ax)) == len(nodes)
    assert len(circles(ax)) == sum(1 for node in nodes if node.operands)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_wire_ends_on_the_circles_that_use_it(example):
    value = example()
    ax = draw(value)
    centres = [circle.center for circle in circles(ax)]
    radius = circles(ax)[0].radius
    arrivals = [end for wire in wires(ax) for end in ends_of_bends(wire)]
    on_a_circle = [
        end
        for end in arrivals
        if any(
            (end[0] - x) ** 2 + (end[1] - y) ** 2 == pytest.approx(radius**2) and end[0] < x
            for x, y in centres
        )
    ]
    assert len(on_a_circle) >= sum(len(node.operands) for node in value.nodes())
    assert len(set(on_a_circle)) >= sum(len(node.operands) for node in value.nodes())


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_text_covers_another_or_a_foreign_circle(example):
    ax = draw(example())
    renderer = ax.figure.canvas.get_renderer()
    boxes = [(t, t.get_window_extent(renderer)) for t in ax.texts if t.get_text()]
    for (one, box), (other, other_box) in itertools.combinations(boxes, 2):
        assert not box.overlaps(other_box), (one, other)
    for circle in circles(ax):
        disc = circle.get_window_extent(renderer)
        for text, box in boxes:
            inside = text.get_va() == "center"
            assert inside or not box.overlaps(disc), text


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_wire_runs_through_a_text(example):
    ax = draw(example())
    renderer = ax.figure.canvas.get_renderer()
    for wire in wires(ax):
        line = wire.get_path().transformed(ax.transData)
        for text in ax.texts:
            box = text.get_window_extent(renderer)
            assert text.get_va() == "center" or not line.intersects_bbox(box, filled=False), text


@pytest.mark.parametrize("example", EXAMPLES)
def test_signs_fit_into_their_circles(example):
    ax = draw(example())
    renderer = ax.figure.canvas.get_renderer()
    discs = [circle.get_window_extent(renderer) for circle in circles(ax)]
    signs = [t for t in ax.texts if t.get_va() == "center" and t.get_ha() == "center"]
    for sign in signs:
        box = sign.get_window_extent(renderer)
        assert any(
            disc.x0 < box.x0 and box.x1 < disc.x1 and disc.y0 < box.y0 and box.y1 < disc.y1
            for disc in discs
        ), sign


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_picture_stays_inside_its_figure(example):
    ax = draw(example())
    renderer = ax.figure.canvas.get_renderer()
    page = ax.figure.bbox
    for artist in (*ax.texts, *circles(ax)):
        box = artist.get_window_extent(renderer)
        assert page.x0 <= box.x0, artist
        assert page.y0 <= box.y0, artist
        assert box.x1 <= page.x1, artist
        assert box.y1 <= page.y1, artist


@pytest.mark.parametrize("example", EXAMPLES[:4])
def test_the_lecture_examples_fit_a_page_in_letters_one_can_read(example):
    ax = draw(example())
    assert ax.figure.get_size_inches()[0] <= 8.0 + 1e-9
    assert min(text.get_fontsize() for text in ax.texts) >= 9


def test_values_stand_above_their_wire_and_gradients_below():
    ax = draw(Value(2, "x") * Value(3, "y"))
    level = {tuple(wire.get_path().vertices[0])[1] for wire in wires(ax)}
    above = {text.get_position()[1] for text in ax.texts if text.get_va() == "bottom"}
    below = {text.get_position()[1] for text in ax.texts if text.get_va() == "top"}
    assert sorted(y - 0.2 for y in above) == pytest.approx(sorted(level))
    assert sorted(y + 0.25 for y in below) == pytest.approx(sorted(level))


def test_gates_stand_right_of_their_operands_and_inputs_at_the_left_edge():
    ax = draw(three_times_a_plus_bc())
    by_sign = {}
    for text in ax.texts:
        by_sign.setdefault(text.get_text(), []).append(text.get_position()[0])
    inner, outer = sorted(by_sign["×"])
    assert inner < by_sign["+"][0] < outer
    assert by_sign["$a$"] == by_sign["$b$"] == by_sign["$c$"]
    assert by_sign["$a$"][0] < inner


def test_a_fork_is_marked_with_a_dot():
    x = Value(3, "x")
    ax = draw(x * x + x)
    dots = [c for c in ax.collections if isinstance(c, PathCollection)]
    assert sum(len(dot.get_offsets()) for dot in dots) == 1
    tree = draw(Value(3, "x") * Value(2, "y"))
    assert sum(len(c.get_offsets()) for c in tree.collections) == 0


def test_the_axes_given_are_drawn_on_and_returned():
    left, right = Figure(figsize=(8, 3)).subplots(1, 2)
    value = x_plus_y_times_z()
    assert plot.graph(value, ax=left) is left
    assert value.draw(ax=right) is right
    assert len(left.texts) == len(right.texts) > 0
    assert not left.axison


def test_letters_are_smaller_on_smaller_axes():
    value = sigmoid_neuron()
    sizes = []
    for width in (4, 8):
        figure = Figure(figsize=(width, width))
        FigureCanvasAgg(figure)
        ax = value.draw(ax=figure.add_subplot())
        sizes.append(the_text(ax, "0.7311").get_fontsize())
    assert sizes[1] == pytest.approx(2 * sizes[0])


def test_a_single_input_is_a_picture_too():
    ax = draw(Value(3, "x"))
    assert sorted(text.get_text() for text in ax.texts) == ["$x$", "1", "3"]
    assert circles(ax) == []


def test_drawing_changes_neither_values_nor_gradients():
    value = sigmoid_neuron()
    value.backprop()
    before = [(node.data, node.grad, node.name) for node in value.nodes()]
    draw(value, backprop=False)
    assert [(node.data, node.grad, node.name) for node in value.nodes()] == before


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(mpl.rcParams)
    draw(sigmoid_neuron())
    assert dict(mpl.rcParams) == before


def test_the_picture_is_never_shown(monkeypatch):
    import matplotlib.pyplot as plt

    shown = []
    monkeypatch.setattr(plt, "show", lambda *args, **kwargs: shown.append(args))
    monkeypatch.setattr(Figure, "show", lambda *args, **kwargs: shown.append(args))
    ax = x_plus_y_times_z().draw()
    assert shown == []
    assert ax.figure.number in plt.get_fignums()


def test_the_picture_needs_no_pyplot_when_axes_are_given():
    program = (
        "import sys; from matplotlib.figure import Figure; from nnlite.graph import Value;"
        "Value(3, 'x').draw(ax=Figure().add_subplot());"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.stdout == "False\n", answer.stderr


@pytest.mark.parametrize("thing", [3, "x", None, [Value(3)]])
def test_only_a_value_can_be_drawn(thing):
    with pytest.raises(TypeError, match=r"plot\.graph draws a nnlite\.graph\.Value"):
        plot.graph(thing)


def test_a_graph_too_large_to_read_is_refused():
    value = Value(1, "x")
    for _ in range(100):
        value = value + 1
    with pytest.raises(ValueError, match=r"at most 150 values.*\nReceived: a graph of 201 values"):
        value.draw()


def test_a_notebook_shows_the_graph_and_opens_no_figure():
    picture = three_times_a_plus_bc()._repr_svg_()
    assert picture.lstrip().startswith("<?xml")
    for words in ("33", "$J$", "$a$"):
        assert f"<!-- {words} -->" in picture
    assert plt.get_fignums() == []


def test_a_graph_that_is_too_large_for_a_picture_is_shown_as_text():
    total = Value(0.0)
    for _ in range(100):
        total = total + 1
    assert total._repr_svg_() is None
