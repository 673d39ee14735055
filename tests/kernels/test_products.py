from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnlite.kernels import by_column, products


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


@pytest.mark.parametrize("rows", [1, 24, 25, 26, 107])
def test_a_tall_product_in_pieces_is_that_of_its_rows(rows: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(products, "PRODUCT", 300)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((rows, 4)), rng.standard_normal((4, 3))
    out = np.full((rows, 3), np.nan)
    products.tall_product(a, b, out)
    naive = [[sum(x * w for x, w in zip(row, column, strict=True)) for column in b.T] for row in a]
    np.testing.assert_allclose(out, naive, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rows", [1, 24, 25, 26, 107])
def test_a_long_product_adds_up_all_rows(rows: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(products, "PRODUCT", 300)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((rows, 4)), rng.standard_normal((rows, 3))
    naive = sum(np.outer(x, y) for x, y in zip(a, b, strict=True))
    np.testing.assert_allclose(products.long_product(a, b), naive, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (7, 3), (4099, 3), (6400, 9), (6402, 200)])
def test_sums_of_columns_keep_their_digits(shape: Any) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape).astype(np.float32) for _ in range(2))
    sums = [math.fsum(column) for column in a.T.tolist()]
    dots = [math.fsum(column) for column in (a.astype(float) * b).T.tolist()]
    near = 1e-6 * len(a) ** 0.5 + 1e-7
    np.testing.assert_allclose(products.exact_column_sums(a), sums, rtol=0, atol=near)
    np.testing.assert_allclose(products.column_dots(a, b), dots, rtol=0, atol=near)
