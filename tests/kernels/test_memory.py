from __future__ import annotations

import numpy as np

from nnlite.kernels.memory import NEW, UsedAgain


def test_new_memory_is_another_array_every_time():
    assert NEW.take("z", (4, 3), "f4") is not NEW.take("z", (4, 3), "f4")
    assert NEW.part("dx") is NEW


def test_memory_grows_with_the_batch_and_follows_its_dtype():
    memory = UsedAgain()
    small = memory.take("z", (2, 3), "f4")
    large = memory.take("z", (4, 3), "f4")
    assert large.shape == (4, 3)
    assert not np.shares_memory(small, large)
    assert np.shares_memory(memory.take("z", (2, 3), "f4"), large)
    assert memory.take("z", (4, 3), "f8").dtype == np.float64
    assert memory.take("z", (4, 5), "f4").shape == (4, 5)


def test_a_smaller_last_batch_does_not_cost_the_next_large_one_its_memory():
    memory = UsedAgain()
    large = memory.take("z", (4, 3), "f4")
    memory.take("z", (1, 3), "f4")
    assert np.shares_memory(memory.take("z", (4, 3), "f4"), large)


def test_parts_have_names_of_their_own():
    memory = UsedAgain()
    first, second = memory.take("z", (2,), "f4"), memory.part("dx").take("z", (2,), "f4")
    assert not np.shares_memory(first, second)
    assert memory.part("dx").take("z", (2,), "f4") is second


def test_what_was_prepared_for_an_array_is_made_again_for_another():
    memory, made = UsedAgain(), []
    x, other = np.ones(4), np.ones(4)

    def make():
        made.append(len(made))
        return made[-1], x[:2], other[:2]

    assert [memory.prepared("views", [a], make)[0] for a in (x, x, other, other, x)] == [
        *(0, 0, 1, 1, 2)
    ]
    assert memory.prepared("views", [x[:3]], make)[0] == 3
    assert memory.prepared("others", [x[:3]], make)[0] == 4


def test_new_memory_prepares_every_time():
    made = []
    for _ in range(2):
        NEW.prepared("views", [], lambda: made.append(0))
    assert len(made) == 2


def test_layers_share_their_scratch_and_nothing_else():
    scratch = UsedAgain()
    first, second = UsedAgain(scratch), UsedAgain(scratch)
    assert first.scratch is second.part("dx").scratch is scratch
    assert first.take("z", (2,), "f4") is not second.take("z", (2,), "f4")
    alone = UsedAgain()
    assert alone.scratch is alone
    assert NEW.scratch is NEW
