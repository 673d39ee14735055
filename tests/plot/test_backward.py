"""The gradients of a graph, one gate after the other, against `backprop`."""

from __future__ import annotations

import pytest
from matplotlib import rc_context
from matplotlib.colors import to_hex
from PIL import Image

from nnlite import plot
from nnlite.graph import Value
from nnlite.plot.backward import steps_back

GRADIENT = "#c44e00"


def formula():
    """J = 3 (a + b c): gradients 3, 6 and 9."""
    a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    return 3 * (a + b * c)


def gradients(animation):
    """The gradients that are written, with an empty text where there is none yet."""
    (ax,) = animation.figure.axes
    return [t.get_text() for t in ax.texts if to_hex(t.get_color()) == GRADIENT]


def words(animation):
    return animation.figure.axes[0].texts[-1].get_text()


def gates(animation):
    """The signs of the gates that are at work."""
    (ax,) = animation.figure.axes
    circles = [patch for patch in ax.patches if hasattr(patch, "get_radius")]
    centres = [circle.center for circle in circles if to_hex(circle.get_edgecolor()) == GRADIENT]
    return [text.get_text() for text in ax.texts if text.get_position() in centres]


def test_gradients_appear_in_the_order_of_backpropagation():
    animation = formula().animate()
    seen = []
    for number in range(len(animation)):
        animation.show(number)
        seen.append((gates(animation), gradients(animation)))
    # The texts stand as the values do: a, b, c, b c, a + b c, J.
    assert seen == [
        ([], ["", "", "", "", "", ""]),
        ([], ["", "", "", "", "", "1"]),
        (["×"], ["", "", "", "", "3", "1"]),
        (["+"], ["3", "", "", "3", "3", "1"]),
        (["×"], ["3", "6", "9", "3", "3", "1"]),
        ([], ["3", "6", "9", "3", "3", "1"]),
    ]


def test_each_gate_says_how_it_multiplies():
    animation = formula().animate()
    said = []
    for number in range(len(animation)):
        animation.show(number)
        said.append(words(animation))
    assert said == [
        "Forward: every gate has its value.",
        "The gradient of the result by itself is 1.",
        "×  hands back  1 · 3 = 3",
        "+  hands back  $a$: 3 · 1 = 3   and   3 · 1 = 3",
        "×  hands back  $b$: 3 · 2 = 6   and   $c$: 3 · 3 = 9",
        "",
    ]


def test_what_is_used_twice_adds_up_its_gradients():
    x = Value(3, "x")
    y = x * x + x
    steps = steps_back(y.nodes())
    # x, x², y: first 1 from +, then 1 + 3 + 3 from ×.
    assert [step.gradients for step in steps] == [
        [None, None, None],
        [None, None, 1.0],
        [1.0, 1.0, 1.0],
        [7.0, 1.0, 1.0],
        [7.0, 1.0, 1.0],
    ]
    assert steps[3].words == "×  hands back  $x$: 1 + 1 · 3 = 4   and   $x$: 4 + 1 · 3 = 7"


def test_negative_factors_stand_in_brackets():
    x = Value(-2, "x")
    assert steps_back((x * 3 - x).nodes())[2].words == (
        "−  hands back  1 · 1 = 1   and   $x$: 1 · (−1) = −1"
    )


def test_the_last_step_has_the_gradients_of_backprop_to_the_bit():
    w, x, b = Value(0.3, "w"), Value(-1.7, "x"), Value(0.1, "b")
    J = ((w * x + b).sigmoid() - 1) ** 2 + 0.1 * w**2 + (w / x).tanh().exp()
    steps = steps_back(J.nodes())
    J.backprop()
    assert [g or 0.0 for g in steps[-1].gradients] == [value.grad for value in J.nodes()]


def test_the_last_frame_is_the_picture_that_stands_still(ax):
    J = formula()
    animation = J.animate()
    animation.show(-1)
    still = plot.graph(J, ax=ax)
    (moved,) = animation.figure.axes
    texts = [[text.get_text() for text in axes.texts] for axes in (moved, still)]
    assert texts[0] == [*texts[1], ""]
    assert len(moved.patches) == len(still.patches)
    looks = [[(p.get_linewidth(), p.get_edgecolor()) for p in a.patches] for a in (moved, still)]
    assert looks[0] == looks[1]
    assert [value.grad for value in J.nodes() if value.name] == [3.0, 6.0, 9.0]


def test_a_sum_that_is_longer_than_the_graph_is_written_smaller():
    x, y = Value(-0.123456, "x"), Value(-0.654321, "y")
    animation = (x * y).animate()
    animation.show(2)
    text = animation.figure.axes[0].texts[-1]
    box, page = text.get_window_extent(), animation.figure.bbox
    assert page.x0 <= box.x0
    assert box.x1 <= page.x1


def test_the_film_has_a_frame_for_each_gate(tmp_path):
    formula().animate().save(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 6
        assert film.info["duration"] == 2000


def test_a_graph_that_nobody_could_read_is_refused():
    value = Value(1.0)
    for _ in range(150):
        value = value + 1
    with pytest.raises(ValueError, match="at most 150 values"):
        value.animate()


def test_no_default_layout_of_the_users_moves_the_axes():
    with rc_context({"figure.constrained_layout.use": True}):
        (ax,) = formula().animate().figure.axes
    assert ax.get_position().bounds == (0, 0, 1, 1)
