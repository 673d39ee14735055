from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite.kernels import products


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
