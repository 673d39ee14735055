from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlite.plot.graph_layout import Wire, assign_columns, count_crossings, lay_out, settle


def crossings_one_by_one(order, wires):
    """The naive twin of count_crossings: every pair of wires in every gap."""
    crossings = 0
    for k, first in enumerate(wires):
        for second in wires[k + 1 :]:
            if first.column != second.column:
                continue
            here, there = order[first.column], order[first.column + 1]
            starts = here.index(first.source) - here.index(second.source)
            ends = (there.index(first.target) - there.index(second.target)) or (
                first.slot - second.slot
            )
            crossings += starts * ends < 0
    return crossings


def graphs():
    """Random graphs: for each value its operands, which are earlier values."""

    @st.composite
    def build(draw):
        operands = [[] for _ in range(draw(st.integers(1, 4)))]
        for value in range(len(operands), len(operands) + draw(st.integers(0, 12))):
            earlier = st.integers(0, value - 1)
            operands.append(draw(st.lists(earlier, min_size=1, max_size=2)))
        return operands

    return build()


def trees():
    """Random formulas in which every value is used once, operands before results."""

    def list_operands(tree):
        operands = []

        def visit(node):
            children = [visit(child) for child in node]
            operands.append(children)
            return len(operands) - 1

        visit(tree)
        return operands

    leaf = st.just(())
    return st.recursive(
        leaf, lambda inner: st.tuples(inner) | st.tuples(inner, inner), max_leaves=20
    ).map(list_operands)


def test_values_stand_in_the_column_of_their_longest_path():
    # a, b, c, b·c, a + b·c, 3, 3·(a + b·c)
    operands = [[], [], [], [1, 2], [0, 3], [], [5, 4]]
    assert assign_columns(operands, constants=()) == [0, 0, 0, 1, 2, 0, 3]


def test_a_constant_stands_right_before_its_gate():
    operands = [[], [], [], [1, 2], [0, 3], [], [5, 4]]
    assert assign_columns(operands, constants={5}) == [0, 0, 0, 1, 2, 2, 3]


def test_a_long_wire_passes_a_point_in_each_column_between():
    layout = lay_out([[], [0], [1], [0, 2]])
    assert layout.order == [[0], [0, 1], [0, 2], [3]]
    assert set(layout.wires) == {
        Wire(0, 0, 0, 0),
        Wire(0, 0, 1, 0),
        Wire(1, 0, 0, 0),
        Wire(1, 1, 2, 0),
        Wire(2, 0, 3, 0),
        Wire(2, 2, 3, 1),
    }


def test_a_value_used_twice_by_one_gate_enters_it_by_two_wires():
    layout = lay_out([[], [0, 0]])
    assert layout.wires == [Wire(0, 0, 1, 0), Wire(0, 0, 1, 1)]


def test_two_uses_of_a_value_share_the_wire_up_to_the_fork():
    layout = lay_out([[], [0], [1], [2, 0], [2, 0]])
    shared = [wire for wire in layout.wires if wire.source == wire.target == 0]
    assert shared == [Wire(0, 0, 0, 0), Wire(1, 0, 0, 0)]


def test_a_tangled_order_is_untangled():
    # Gates 4 … 7 take the inputs 3, 2, 1, 0: in the order of computation all wires would cross.
    operands = [[], [], [], [], [3], [2], [1], [0], [4, 5], [6, 7], [8, 9]]
    layout = lay_out(operands)
    assert layout.crossings == 0
    assert layout.order[0] in ([0, 1, 2, 3], [3, 2, 1, 0])


def test_a_graph_that_cannot_be_drawn_flat_has_one_crossing():
    # Two inputs, both used by both gates.
    assert lay_out([[], [], [0, 1], [0, 1], [2, 3]]).crossings == 1


def test_the_operands_of_a_difference_enter_in_their_order():
    # x − y is followed by y − x: the second must let its wires cross.
    operands = [[], [], [0, 1], [1, 0], [2, 3]]
    layout = lay_out(operands, ordered={2, 3})
    slots = {(wire.source, wire.target): wire.slot for wire in layout.wires}
    assert slots[0, 2] == 0
    assert slots[1, 2] == 1
    assert slots[1, 3] == 0
    assert slots[0, 3] == 1


def test_the_first_operand_of_a_difference_stands_above_the_second():
    layout = lay_out([[], [], [1, 0]], ordered={2})
    assert layout.order == [[1, 0], [2]]
    assert layout.crossings == 0


def test_wires_that_may_exchange_their_slots_do_not_cross():
    wires = [Wire(0, 0, 2, 0), Wire(0, 1, 2, 0)]
    assert count_crossings([[1, 0], [2]], wires) == 0


def test_wires_that_may_not_exchange_their_slots_cross():
    wires = [Wire(0, 0, 2, 0), Wire(0, 1, 2, 1)]
    assert count_crossings([[1, 0], [2]], wires) == 1


def test_the_operands_of_a_sum_enter_without_crossing():
    operands = [[], [], [0, 1], [1, 0], [2, 3]]
    layout = lay_out(operands)
    slots = {(wire.source, wire.target): wire.slot for wire in layout.wires}
    upper, lower = layout.order[0]
    assert [slots[upper, gate] for gate in (2, 3)] == [0, 0]
    assert [slots[lower, gate] for gate in (2, 3)] == [1, 1]


def test_a_gate_stands_in_the_middle_of_its_operands():
    height = lay_out([[], [], [0, 1], [], [2, 3]]).height
    assert height[1][2] == pytest.approx((height[0][0] + height[0][1]) / 2)
    assert height[2][4] == pytest.approx((height[1][2] + height[1][3]) / 2)


def test_a_chain_of_gates_is_level():
    height = lay_out([[], [], [0, 1], [2], [3], [4]]).height
    assert [height[c][c + 1] for c in (1, 2, 3, 4)] == pytest.approx([height[1][2]] * 4)


def test_a_constant_makes_way_for_a_chain():
    # exp(3·x + y) + 1: the constant 6 stands in the column of the gate exp, number 5.
    operands = [[], [], [1, 0], [], [2, 3], [4], [], [5, 6]]
    layout = lay_out(operands, constants={1, 6})
    assert layout.order[3] == [5, 6]
    assert layout.height[3][5] == pytest.approx(layout.height[2][4], abs=1e-4)


def test_a_long_wire_is_level_up_to_its_gate():
    # z of (a·b + c·d)·z passes two columns.
    height = lay_out([[], [], [0, 1], [], [], [3, 4], [2, 5], [], [6, 7]]).height
    assert height[1][7] == pytest.approx(height[0][7])
    assert height[2][7] == pytest.approx(height[0][7])


@settings(max_examples=100, deadline=None)
@given(trees())
def test_a_tree_is_drawn_without_crossings(operands):
    assert lay_out(operands).crossings == 0


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_neighbours_in_a_column_keep_their_distance(operands):
    layout = lay_out(operands)
    for c, values in enumerate(layout.order):
        heights = [layout.height[c][value] for value in values]
        for k in range(len(values) - 1):
            passing = [layout.column[value] != c for value in values[k : k + 2]]
            room = {0: 1.0, 1: 0.75, 2: 0.5}[sum(passing)]
            assert heights[k] - heights[k + 1] >= room - 1e-9


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_every_wire_leads_one_column_on_from_value_to_gate(operands):
    layout = lay_out(operands)
    for target, sources in enumerate(operands):
        entering = sorted(w.source for w in layout.wires if w.target == target != w.source)
        assert entering == sorted(sources)
    for wire in layout.wires:
        assert wire.source in layout.order[wire.column]
        assert wire.target in layout.order[wire.column + 1]


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_crossings_are_counted_as_one_by_one(operands):
    layout = lay_out(operands)
    assert layout.crossings == crossings_one_by_one(layout.order, layout.wires)
    in_order_of_computation = [sorted(values) for values in layout.order]
    before = count_crossings(in_order_of_computation, layout.wires)
    assert before == crossings_one_by_one(in_order_of_computation, layout.wires)


def test_heights_settle_at_the_nearest_places_with_room():
    # The first two want the same place and share the shift, the third stands free.
    assert settle([2.0, 2.0, -5.0], [1, 1, 1], [1, 1, 1]) == [2.5, 1.5, -5.0]
    # Three times the weight, a third of the shift.
    assert settle([0.0, 0.0], [3.0, 1.0], [1.0, 1.0]) == [0.25, -0.75]
    # A narrow neighbour needs less room.
    assert settle([0.0, 0.0], [1.0, 1.0], [1.0, 0.5]) == [0.375, -0.375]
