from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from nnlite import plot
from nnlite.plot import cells

A = np.arange(12).reshape(3, 4)
COLUMN = np.array([[1], [2], [3]])
DARK = to_rgb(cells.CHOSEN)


def drawn(ax):
    """Every cell as (left, top, number, is dark), in reading order."""
    words = {text.get_position(): text.get_text() for text in ax.texts}
    found = []
    for cell in ax.patches:
        x, y = cell.get_xy()
        middle = x + cell.get_width() / 2, y + cell.get_height() / 2
        number = next(
            (word for place, word in words.items() if place == pytest.approx(middle)), None
        )
        found.append((x, y, number, cell.get_facecolor()[:3] == DARK))
    return found


def numbers(ax):
    return [number for *_, number, _ in drawn(ax)]


def dark(ax):
    return [number for *_, number, is_dark in drawn(ax) if is_dark]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_rows_go_down_and_columns_to_the_right(ax):
    plot.array(A, ax=ax)
    assert numbers(ax) == [str(n) for n in range(12)]
    places = np.array([(x, y) for x, y, *_ in drawn(ax)]).reshape(3, 4, 2)
    assert (np.diff(places[..., 0], axis=1) > 0).all()
    assert (np.diff(places[..., 1], axis=0) > 0).all()
    assert np.ptp(places[..., 0], axis=0).max() == np.ptp(places[..., 1], axis=1).max() == 0


def test_the_axes_are_named_with_the_places_along_them(ax):
    plot.array(A, ax=ax)
    assert [word for word in words(ax) if "axis" in word] == ["axis 1", "axis 0"]
    across, down = (text for text in ax.texts if "axis" in text.get_text())
    assert (across.get_rotation(), down.get_rotation()) == (0, 90)
    assert "(3, 4)" in words(ax)


def test_one_axis_is_a_row(ax):
    plot.array([7, 8, 9], ax=ax)
    assert numbers(ax) == ["7", "8", "9"]
    assert len({y for _, y, *_ in drawn(ax)}) == 1
    assert "axis 0" in words(ax)
    assert "(3,)" in words(ax)


def test_three_axes_are_sheets_side_by_side_with_their_index_below(ax):
    plot.array(np.arange(24).reshape(2, 3, 4), ax=ax)
    found = drawn(ax)
    assert [number for *_, number, _ in found] == [str(n) for n in range(24)]
    first, second = found[:12], found[12:]
    assert max(x for x, *_ in first) < min(x for x, *_ in second)
    assert [word for word in words(ax) if word.startswith("[")] == ["[0]", "[1]"]
    assert {word for word in words(ax) if "axis" in word} == {"axis 0", "axis 1", "axis 2"}


def test_four_axes_are_sheets_below_each_other_too(ax):
    plot.array(np.arange(16).reshape(2, 2, 2, 2), ax=ax)
    found = drawn(ax)
    assert max(y for _, y, *_ in found[:8]) < min(y for _, y, *_ in found[8:])
    sheets = [word for word in words(ax) if word.startswith("[")]
    assert sheets == ["[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"]


def test_a_single_number_is_one_cell(ax):
    plot.array(A, then=A.sum(), by="A.sum()", ax=ax)
    assert numbers(ax)[12:] == ["66"]
    assert "()" in words(ax)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (np.s_[:, 1:3], ["1", "2", "5", "6", "9", "10"]),
        (np.s_[1], ["4", "5", "6", "7"]),
        (np.s_[-1, -1], ["11"]),
        (A % 5 == 0, ["0", "5", "10"]),
        ([0, 2], ["0", "1", "2", "3", "8", "9", "10", "11"]),
        (None, []),
    ],
)
def test_what_an_index_or_a_mask_chooses_is_dark(chosen, expected, ax):
    plot.array(A, chosen, ax=ax)
    assert dark(ax) == expected


def test_numbers_on_dark_cells_are_white(ax):
    plot.array([1, 2], np.s_[1], ax=ax)
    inks = {text.get_text(): text.get_color() for text in ax.texts[:2] + ax.texts[2:4]}
    assert (inks["1"], inks["2"]) != ("white", "white")
    assert [t.get_color() for t in ax.texts if t.get_text() == "2"] == ["white"]


def test_a_slice_is_as_dark_as_what_was_chosen(ax):
    plot.array(A, np.s_[:, 1:3], then=A[:, 1:3], by="A[:, 1:3]", ax=ax)
    taken = ["1", "2", "5", "6", "9", "10"]
    assert numbers(ax)[12:] == taken
    assert dark(ax) == 2 * taken
    assert "A[:, 1:3]" in words(ax)


def test_what_is_not_the_choice_stays_pale(ax):
    plot.array(A, np.s_[1], then=A.T, by="A.T", ax=ax)
    assert dark(ax) == ["4", "5", "6", "7"]


def test_before_stands_at_the_left_of_after(ax):
    plot.array(A, then=A.T, by="A.T", ax=ax)
    found = drawn(ax)
    assert [n for *_, n, _ in found[12:]] == [str(n) for n in A.T.ravel()]
    arrow = next(text for text in ax.texts if text.get_text() == "A.T").get_position()[0]
    assert max(x for x, *_ in found[:12]) < arrow < min(x for x, *_ in found[12:])


def test_a_sum_shows_what_went_into_one_of_its_numbers(ax):
    name = "A.sum(axis=0)"
    plot.array({"A": A}, {"A": np.s_[:, 1], name: 1}, then=A.sum(axis=0), by=name, ax=ax)
    assert dark(ax) == ["1", "5", "9", "15"]


def test_a_product_shows_the_row_and_the_column_of_one_of_its_numbers(ax):
    B = np.arange(8).reshape(4, 2)
    chosen = {"A": np.s_[1], "B": np.s_[:, 1], "A @ B": np.s_[1, 1]}
    plot.array({"A": A, "B": B}, chosen, then=A @ B, by="A @ B", ax=ax)
    assert dark(ax) == ["4", "5", "6", "7", "1", "3", "5", "7", "98"]
    assert {"A (3, 4)", "B (4, 2)", "(3, 2)"} <= set(words(ax))


def test_broadcasting_shows_the_copies_dotted(ax):
    b = np.array([10, 20, 30, 40])
    plot.array({"A": A, "b": b}, then=A + b, by="A + b", ax=ax)
    lines = [cell.get_linestyle() for cell in ax.patches]
    assert lines == ["-"] * 12 + ["-"] * 4 + [":"] * 8 + ["-"] * 12
    assert numbers(ax)[12:24] == ["10", "20", "30", "40"] * 3
    assert "b (4,) → (3, 4)" in words(ax)


def test_a_column_is_stretched_to_the_right(ax):
    plot.array({"A": A, "c": COLUMN}, then=A + COLUMN, by="A + c", ax=ax)
    copies = [cell.get_linestyle() == ":" for cell in ax.patches[12:24]]
    assert copies == [False, True, True, True] * 3


def test_a_product_of_matrices_stretches_nothing(ax):
    plot.array({"A": A, "B": A.T}, then=A @ A.T, by="A @ B", ax=ax)
    assert {cell.get_linestyle() for cell in ax.patches} == {"-"}


def test_all_numbers_of_a_picture_have_as_many_decimals(ax):
    plot.array([0.5, -1.25, 3.0], ax=ax)
    assert numbers(ax) == ["0.50", "−1.25", "3.00"]


def test_nothing_but_zeros_is_drawn(ax):
    plot.array(np.zeros(3), ax=ax)
    assert numbers(ax) == ["0", "0", "0"]


def test_an_empty_array_alone_is_drawn(ax):
    plot.array(np.zeros((0, 3)), ax=ax)
    assert "(0, 3): no cells" in words(ax)


def test_numbers_that_no_decimals_hold_are_written_with_powers(ax):
    plot.array([1e-7, 0.0, float("nan")], ax=ax)
    assert numbers(ax) == ["1e−7", "0", "nan"]


def test_up_to_sixty_cells_hold_numbers(ax):
    plot.array(np.ones((6, 10), int), ax=ax)
    assert numbers(ax) == ["1"] * 60


def test_from_sixty_one_cells_on_there_are_no_numbers(ax):
    plot.array(np.full((7, 9), 77), ax=ax)
    assert len(ax.patches) == 63
    assert "77" not in words(ax)


def test_of_ten_thousand_cells_the_ends_are_drawn(ax):
    plot.array(np.arange(10000).reshape(100, 100), ax=ax)
    rows = [0, 1, 2, 98, 99]
    assert numbers(ax) == [str(100 * i + j) for i in rows for j in rows]
    assert "⋮" in words(ax)
    assert "⋯" in words(ax)
    assert "(100, 100)" in words(ax)


def test_of_many_sheets_the_ends_are_drawn_with_dots_between(ax):
    plot.array(np.zeros((32, 28, 2, 2), int), ax=ax)
    sheets = [word for word in words(ax) if word.startswith("[")]
    assert sheets == [f"[{p}, {q}]" for p in (0, 1, 31) for q in (0, 1, 27)]
    assert words(ax).count("⋯") == words(ax).count("⋮") == 3


def test_a_sheet_in_which_something_is_chosen_is_drawn(ax):
    plot.array(np.zeros((32, 2, 2), int), np.s_[7], ax=ax)
    assert [word for word in words(ax) if word.startswith("[")] == ["[0]", "[1]", "[7]", "[31]"]
    assert dark(ax) == ["0"] * 4


def test_where_what_is_chosen_begins_and_ends_is_drawn(ax):
    plot.array(np.arange(10000).reshape(100, 100), np.s_[50:60, 3], ax=ax)
    assert dark(ax) == ["5003", "5103", "5803", "5903"]


def test_an_empty_array_says_that_it_has_no_cells(ax):
    plot.array(A, then=A[3:], by="A[3:]", ax=ax)
    assert len(ax.patches) == 12
    assert "(0, 4): no cells" in words(ax)


def test_words_and_truth_values_are_cells_too(ax):
    plot.array(np.array(["cat", "dog"]), then=np.array([True, False]), ax=ax)
    assert numbers(ax) == ["cat", "dog", "True", "False"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot.array(A, np.s_[:, 1:3], then=A[:, 1:3], by="A[:, 1:3]"),
        lambda: plot.array(np.arange(24).reshape(2, 3, 4), then=A, by="A.sum(axis=0)"),
        lambda: plot.array(np.arange(48).reshape(2, 2, 3, 4)),
        lambda: plot.array(np.arange(10000).reshape(100, 100), np.s_[50:60, 3]),
        lambda: plot.array(np.random.default_rng(0).normal(size=(5, 5))),
        lambda: plot.array({"A": A, "b": A[0]}, then=A + A[0], by="A + b"),
        lambda: plot.array({"a long name": [1], "another name": [2]}),
        lambda: plot.array(A, then=A[3:], by="A[3:]"),
    ],
)
def test_all_words_can_be_read(draw, written_badly):
    ax = draw()
    assert written_badly(ax) == []
    assert min(text.get_fontsize() for text in ax.texts) > 5.5


@pytest.mark.parametrize(
    ("draw", "rule"),
    [
        (
            lambda: plot.array(np.zeros((1,) * 5)),
            r"(?s)at most four axes.*\(1, 1, 1, 1, 1\).*A\[0\]",
        ),
        (
            lambda: plot.array(A, np.s_[3]),
            r"(?s)fits A of shape \(3, 4\).*index 3 is out of bounds",
        ),
        (lambda: plot.array(A, A[0] > 1), r"(?s)fits A of shape \(3, 4\).*boolean index"),
        (lambda: plot.array(A, "first"), r"(?s)index or a mask.*first"),
        (lambda: plot.array(A, 0.5), r"(?s)index or a mask.*0\.5"),
        (lambda: plot.array(A, by="A.T"), r"(?s)by='A.T' without then.*then=A.T"),
        (lambda: plot.array({"A": A}, {"B": 0}), r"(?s)arrays' names: A\..*'B'"),
        (lambda: plot.array({}), "an array, or a dictionary"),
        (lambda: plot.array([[1, 2], [3]]), "equally long"),
    ],
)
def test_what_does_not_fit_is_explained(draw, rule):
    with pytest.raises(ValueError, match=rule):
        draw()
    assert plt.get_fignums() == []


def test_what_holds_no_numbers_is_explained():
    with pytest.raises(TypeError, match=r"(?s)numbers or words.*A: function"):
        plot.array(lambda: 3)
