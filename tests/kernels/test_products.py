from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite.kernels import by_column


@pytest.mark.parametrize("shape", [(6400, 8), (6400, 9), (6401, 8), (12, 3), (1, 4), (800, 128)])
@pytest.mark.parametrize("operation", [np.subtract, np.multiply])
def test_a_value_for_each_column_is_used_in_each_row(shape: Any, operation: Any) -> None:
    rng = np.random.default_rng(0)
    a, values = rng.standard_normal(shape), rng.standard_normal(shape[1])
    expected = operation(a, values)
    before = a.copy()
    out = np.empty_like(a)
    assert by_column(operation, a, values, out).tolist() == out.tolist() == expected.tolist()
    assert by_column(operation, a, values).tolist() == expected.tolist()
    assert a.tolist() == before.tolist()
    assert (
        by_column(operation, a[:, ::-1], values).tolist() == operation(a[:, ::-1], values).tolist()
    )
    by_column(operation, a, values, a)
    assert a.tolist() == expected.tolist()
