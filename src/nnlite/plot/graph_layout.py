"""Where the values of a computation graph stand in a picture, with few crossing wires.

It is the layered layout of Sugiyama: columns from left to right by the longest path, an order in
each column that crosses few wires, then heights that keep the wires straight. A value's wire that
is longer than one column passes through a point of its own in each column between.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean as mean
from typing import NamedTuple

ORDERING_SWEEPS = 24
HEIGHT_SWEEPS = 60
# The room a value's two lines of text need, and the room of a wire that only passes, in rows.
VALUE_ROOM, PASSAGE_ROOM = 1.0, 0.5

# For each value of a column its neighbours there, as column and value.
Neighbours = dict[int, list[tuple[int, int]]]


class Wire(NamedTuple):
    """A stretch of the wire of `source`, from one column to the next.

    It ends at the gate `target` and enters it as number `slot` from above; when target equals
    source it passes through the column on its way to a gate further right.
    """

    column: int
    source: int
    target: int
    slot: int


@dataclass(frozen=True)
class Layout:
    """The picture: `column[v]`, and `height[c][v]` for each value or passing wire v in column c.

    Heights are in rows and grow upward. `order[c]` lists column c from top to bottom.
    """

    column: list[int]
    order: list[list[int]]
    height: list[dict[int, float]]
    wires: list[Wire]

    @property
    def crossings(self) -> int:
        """How many pairs of wires cross."""
        return count_crossings(self.order, self.wires)


def lay_out(
    operands: Sequence[Sequence[int]],
    constants: Collection[int] = (),
    ordered: Collection[int] = (),
) -> Layout:
    """Place the values of a graph.

    Parameters
    ----------
    operands
        For each value the numbers of its operands, all smaller than its own.
    constants
        Values that stand right before the gate that uses them instead of at the left edge.
    ordered
        Gates whose operands must enter in their order from above, such as a difference.

    Examples
    --------
    >>> layout = lay_out([[], [], [0, 1], [], [2, 3]])  # (x + y) · z
    >>> layout.column
    [0, 0, 1, 0, 2]
    >>> layout.order
    [[0, 1, 3], [2, 3], [4]]
    >>> layout.crossings
    0
    """
    column = assign_columns(operands, constants)
    wires = _cut_into_wires(operands, column, ordered)
    order = _order_columns(column, wires)
    height = _assign_heights(order, wires)
    return Layout(column, order, height, _number_slots(wires, height, ordered))


def assign_columns(operands: Sequence[Sequence[int]], constants: Collection[int]) -> list[int]:
    """Return the column of each value: the longest way from an input."""
    column: list[int] = []
    for sources in operands:
        column.append(1 + max((column[source] for source in sources), default=-1))
    for target, sources in enumerate(operands):
        for source in sources:
            if source in constants:
                column[source] = column[target] - 1
    return column


def _cut_into_wires(
    operands: Sequence[Sequence[int]], column: list[int], ordered: Collection[int]
) -> list[Wire]:
    """Return the wires between neighbouring columns; all uses of a value share one way."""
    wires: list[Wire] = []
    reached = list(column)
    for target, sources in enumerate(operands):
        for slot, source in enumerate(sources):
            while reached[source] < column[target] - 1:
                wires.append(Wire(reached[source], source, source, 0))
                reached[source] += 1
            # Slots that may be exchanged share a number until the heights are known.
            slot_or_any = slot if target in ordered else 0
            wires.append(Wire(column[target] - 1, source, target, slot_or_any))
    return wires


def _order_columns(column: list[int], wires: list[Wire]) -> list[list[int]]:
    """Return the values of each column from top to bottom, in the order with fewest crossings.

    The order of computation draws every tree without a crossing. Sweeps to and fro then move each
    value to the mean place of its neighbours, and the best order seen is kept.
    """
    members = [{value for value, c in enumerate(column) if c == k} for k in range(max(column) + 1)]
    for wire in wires:
        if wire.source == wire.target:
            members[wire.column + 1].add(wire.source)
    order = best = [sorted(values) for values in members]
    fewest = count_crossings(order, wires)
    for sweep in range(ORDERING_SWEEPS):
        if fewest == 0:
            break
        order = _sweep(order, wires, rightward=sweep % 2 == 0)
        crossings = count_crossings(order, wires)
        if crossings < fewest:
            best, fewest = order, crossings
    return best


def _sweep(order: list[list[int]], wires: list[Wire], rightward: bool) -> list[list[int]]:
    """Sort each column by the mean place of the neighbours on the side the sweep comes from."""
    order = [list(values) for values in order]
    for here in range(1, len(order)) if rightward else range(len(order) - 2, -1, -1):
        there = here - 1 if rightward else here + 1
        place = {value: k for k, value in enumerate(order[there])}
        neighbours: dict[int, list[float]] = {}
        for wire in wires:
            if wire.column == min(here, there):
                if rightward:
                    neighbours.setdefault(wire.target, []).append(place[wire.source])
                else:
                    end = place[wire.target] + wire.slot / 4
                    neighbours.setdefault(wire.source, []).append(end)
        # Values without a neighbour on that side keep their place.
        free = [k for k, value in enumerate(order[here]) if value in neighbours]
        moved = sorted((order[here][k] for k in free), key=lambda value: mean(neighbours[value]))
        for k, value in zip(free, moved, strict=True):
            order[here][k] = value
    return order


def count_crossings(order: list[list[int]], wires: Sequence[Wire]) -> int:
    """Return how many pairs of wires cross, summed over the gaps between the columns."""
    place = [{value: k for k, value in enumerate(values)} for values in order]
    ends_by_gap: list[list[tuple[int, int, int]]] = [[] for _ in order]
    for wire in wires:
        start, end = place[wire.column][wire.source], place[wire.column + 1][wire.target]
        ends_by_gap[wire.column].append((start, end, wire.slot))
    crossings = 0
    for ends in ends_by_gap:
        seen: list[tuple[int, int]] = []
        for _, end, slot in sorted(ends):
            crossings += len(seen) - bisect_right(seen, (end, slot))
            insort(seen, (end, slot))
    return crossings


def _assign_heights(order: list[list[int]], wires: list[Wire]) -> list[dict[int, float]]:
    """Return the height of each value in each column, with room between neighbours.

    Column by column, to and fro, every value is pulled to the mean height of its neighbours: the
    least sum of squared climbs over all wires. The last pass centres gates on their operands.
    """
    height = [{value: -float(k) for k, value in enumerate(values)} for values in order]
    rooms = [[VALUE_ROOM] * len(values) for values in order]
    leftward: list[Neighbours] = [{value: [] for value in values} for values in order]
    rightward: list[Neighbours] = [{value: [] for value in values} for values in order]
    for c, source, target, _ in wires:
        if source == target:
            rooms[c + 1][order[c + 1].index(source)] = PASSAGE_ROOM
        rightward[c][source].append((c + 1, target))
        leftward[c + 1][target].append((c, source))

    columns = range(len(order))
    for sweep in range(HEIGHT_SWEEPS):
        for c in columns if sweep % 2 == 0 else reversed(columns):
            both = {value: leftward[c][value] + rightward[c][value] for value in order[c]}
            height[c] = _settle_column(both, height, c, rooms[c])
    for c in columns:
        height[c] = _settle_column(leftward[c], height, c, rooms[c])
    return height


def _settle_column(
    neighbours: Neighbours, height: list[dict[int, float]], here: int, rooms: list[float]
) -> dict[int, float]:
    """Return the heights of a column when each value, top first, is drawn to its neighbours."""
    wanted, weights = [], []
    for value, near in neighbours.items():
        # A value without neighbours stays where it is, but makes way for the others.
        wanted.append(mean(height[c][v] for c, v in near or [(here, value)]))
        weights.append(len(near) or 1e-6)
    return dict(zip(neighbours, settle(wanted, weights, rooms), strict=True))


def settle(
    wanted: Sequence[float], weights: Sequence[float], rooms: Sequence[float]
) -> list[float]:
    """Return heights near the wanted ones, falling from the first to the last with room between.

    They have the least weighted sum of squared deviations (pool adjacent violators).

    >>> settle([0.0, 0.0], [1.0, 1.0], [1.0, 1.0])
    [0.5, -0.5]
    >>> settle([9.0, 0.0], [1.0, 1.0], [1.0, 1.0])
    [9.0, 0.0]
    """
    # Measured from where it would stand if all stood close together, nobody may stand higher
    # than the one before: those who would are pooled and stand at their mean.
    depth = [0.0]
    for above, below in pairwise(rooms):
        depth.append(depth[-1] + (above + below) / 2)
    pools: list[tuple[float, float, int]] = []
    for y, weight, offset in zip(wanted, weights, depth, strict=True):
        level, size = y + offset, 1
        while pools and pools[-1][0] < level:
            other, other_weight, other_size = pools.pop()
            level = (level * weight + other * other_weight) / (weight + other_weight)
            weight, size = weight + other_weight, size + other_size
        pools.append((level, weight, size))
    levels = [level for level, _, size in pools for _ in range(size)]
    return [level - offset for level, offset in zip(levels, depth, strict=True)]


def _number_slots(
    wires: list[Wire], height: list[dict[int, float]], ordered: Collection[int]
) -> list[Wire]:
    """Number the wires that enter a gate from above, where their order is free."""
    entering: dict[int, list[Wire]] = {}
    for wire in wires:
        if wire.source != wire.target:
            entering.setdefault(wire.target, []).append(wire)
    numbered = [wire for wire in wires if wire.source == wire.target]
    for target, into in entering.items():
        if target not in ordered:
            into.sort(key=lambda wire: -height[wire.column][wire.source])
        numbered += [wire._replace(slot=slot) for slot, wire in enumerate(into)]
    return numbered
