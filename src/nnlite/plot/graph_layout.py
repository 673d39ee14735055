"""Where the values of a computation graph stand in a picture, with few crossing wires.

It is the layered layout of Sugiyama: columns from left to right by the longest path, an order in
each column that crosses few wires, then heights that keep the wires straight. A value's wire that
is longer than one column passes through a point of its own in each column between.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise
from statistics import fmean as mean
from typing import NamedTuple

# What a value of a column, (column, value), is joined to on one side: (value there, slot).
Neighbours = defaultdict[tuple[int, int], list[tuple[int, int]]]


class Wire(NamedTuple):
    """A stretch of the wire of `source`, from one column to the next.

    It ends at the gate `target` and enters it as number `slot` from above; when target equals
    source it passes through the column on its way to a gate further right.
    """

    column: int
    source: int
    target: int
    slot: int


class Layout(NamedTuple):
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
    height = _assign_heights(order, column, wires)
    return Layout(column, order, height, _number_slots(wires, height, ordered))


def assign_columns(operands: Sequence[Sequence[int]], constants: Collection[int]) -> list[int]:
    """Return the column of each value: the longest way from an input."""
    column: list[int] = []
    for sources in operands:
        column.append(1 + max((column[source] for source in sources), default=-1))
    for target, sources in enumerate(operands):
        for source in set(sources).intersection(constants):
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


def _join(wires: Sequence[Wire]) -> dict[int, Neighbours]:
    """Return what each value is joined to on its left side, -1, and on its right side, 1."""
    joined: dict[int, Neighbours] = {-1: defaultdict(list), 1: defaultdict(list)}
    for column, source, target, slot in wires:
        joined[-1][column + 1, target].append((source, 0))
        joined[1][column, source].append((target, slot))
    return joined


def _order_columns(column: list[int], wires: Sequence[Wire]) -> list[list[int]]:
    """Return the values of each column from top to bottom, in the order with fewest crossings.

    The order of computation draws every tree without a crossing. Sweeps to and fro then move each
    value to the mean place of its neighbours, and the best order seen is kept.
    """
    places = [(c, value) for value, c in enumerate(column)]
    places += [(wire.column + 1, wire.source) for wire in wires if wire.source == wire.target]
    orders = [[sorted(v for c, v in places if c == k) for k in range(max(column) + 1)]]
    joined = _join(wires)
    for sweep in range(24):
        orders.append(_sweep(orders[-1], joined, side=1 if sweep % 2 else -1))
    return min(orders, key=lambda order: count_crossings(order, wires))


def _sweep(order: list[list[int]], joined: dict[int, Neighbours], side: int) -> list[list[int]]:
    """Sort each column by the mean place of the neighbours on the side the sweep comes from.

    Values without a neighbour on that side keep their place.
    """
    order = list(order)
    for here in range(1, len(order)) if side < 0 else range(len(order) - 2, -1, -1):
        place = {value: k for k, value in enumerate(order[here + side])}
        wish = {
            value: mean(place[end] + slot / 4 for end, slot in joined[side][here, value])
            for value in order[here]
            if (here, value) in joined[side]
        }
        moved = iter(sorted(wish, key=wish.__getitem__))
        order[here] = [next(moved) if value in wish else value for value in order[here]]
    return order


def count_crossings(order: list[list[int]], wires: Sequence[Wire]) -> int:
    """Return how many pairs of wires cross, summed over the gaps between the columns."""
    place = [{value: k for k, value in enumerate(values)} for values in order]
    ways = [(c, place[c][start], place[c + 1][end], slot) for c, start, end, slot in wires]
    seen: list[list[list[int]]] = [[] for _ in order]
    crossings = 0
    for c, _, *end in sorted(ways):
        crossings += len(seen[c]) - bisect_right(seen[c], end)
        insort(seen[c], end)
    return crossings


def _assign_heights(
    order: list[list[int]], column: list[int], wires: Sequence[Wire]
) -> list[dict[int, float]]:
    """Return the height of each value in each column, with room between neighbours.

    Column by column, to and fro, every value is pulled to the mean height of its neighbours: the
    least sum of squared climbs over all wires. The last pass centres gates on their operands.
    """
    height = [{value: -float(k) for k, value in enumerate(values)} for values in order]
    joined = _join(wires)

    def settle_column(c: int, sides: Sequence[int]) -> None:
        wanted, weights = [], []
        for value in order[c]:
            near = [height[c + side][end] for side in sides for end, _ in joined[side][c, value]]
            # A value without neighbours stays where it is, but makes way for the others.
            wanted.append(mean(near or [height[c][value]]))
            weights.append(len(near) or 1e-6)
        # A value's two lines of text need a row; a wire that only passes, half of one.
        rooms = [1.0 if column[value] == c else 0.5 for value in order[c]]
        height[c] = dict(zip(order[c], settle(wanted, weights, rooms), strict=True))

    columns = range(len(order))
    for sweep in range(60):
        for c in columns if sweep % 2 == 0 else reversed(columns):
            settle_column(c, sides=(-1, 1))
    for c in columns:
        settle_column(c, sides=(-1,))
    return height


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
    between = ((above + below) / 2 for above, below in pairwise(rooms))
    depth = list(accumulate(between, initial=0.0))
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

    def from_above(wire: Wire) -> tuple[int, float]:
        return wire.column, 0 if wire.target in ordered else -height[wire.column][wire.source]

    taken, numbered = Counter[int](), []
    for wire in sorted(wires, key=from_above):
        slot = taken[wire.target] if wire.source != wire.target else 0
        numbered.append(Wire(wire.column, wire.source, wire.target, slot))
        taken[wire.target] += wire.source != wire.target
    return numbered
