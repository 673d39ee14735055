from __future__ import annotations

import pytest

from nnlite.kernels.windows import along


@pytest.mark.parametrize(
    ("arguments", "before", "count"),
    [
        ((3, 2, 1, "same"), 0, 3),
        ((3, 3, 1, "same"), 1, 3),
        ((5, 4, 1, "same"), 1, 5),
        ((5, 3, 2, "same"), 1, 3),
        ((6, 3, 2, "same"), 0, 3),
        ((7, 2, 3, "same"), 0, 3),
        ((5, 3, 1, "same", 2), 2, 5),
        ((5, 2, 2, "valid"), 0, 2),
        ((7, 3, 1, "valid", 3), 0, 1),
        ((5, 3, 1, "causal"), 2, 5),
        ((5, 3, 2, "causal", 2), 4, 3),
    ],
)
def test_windows_lie_where_keras_puts_them(arguments, before, count):
    axis = along(*arguments)
    assert (axis.before, axis.count) == (before, count)


def test_the_odd_pixel_of_padding_is_behind():
    axis = along(4, 4, 1, "same")
    assert axis.inside == slice(1, 5)
    assert axis.span == 7


def test_pixels_behind_the_last_full_window_are_not_used():
    axis = along(8, 3, 3)
    assert (axis.count, axis.used, axis.span) == (2, 6, 6)


def test_taps_are_the_pixels_that_each_place_of_the_kernel_meets():
    taps = [range(9)[tap] for tap in along(9, 3, 2, "valid", 2).taps()]
    assert [list(tap) for tap in taps] == [[0, 2, 4], [2, 4, 6], [4, 6, 8]]
