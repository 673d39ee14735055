from __future__ import annotations

import numpy as np
import pytest

from nnlite.datasets import house_prices

HEADER = (
    "house age,distance to the nearest MRT station,number of convenience stores,"
    "latitude,longitude,house price of unit area\n"
)


def test_the_last_column_is_the_price(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + "32,84.5,10,24.25,121.5,37.75\n19.5,306.5,9,24.5,121.25,42\n")
    x, y = house_prices.load_data(path)
    assert x.tolist() == [[32, 84.5, 10, 24.25, 121.5], [19.5, 306.5, 9, 24.5, 121.25]]
    assert y.tolist() == [37.75, 42]
    assert x.dtype == y.dtype == np.float64


def test_each_feature_has_a_name():
    assert house_prices.feature_names == (
        "house age",
        "distance to the nearest MRT station",
        "number of convenience stores",
        "latitude",
        "longitude",
    )
    assert house_prices.target_name == "house price of unit area"


def test_without_the_file_the_error_names_it_and_where_to_put_it(cache):
    with pytest.raises(FileNotFoundError, match=r"house_price_of_unit_area\.csv") as error:
        house_prices.load_data()
    assert str(cache) in str(error.value)


def test_the_file_of_the_course_has_414_houses(real_data):
    x, y = house_prices.load_data()
    assert x.shape == (414, 5)
    assert y.shape == (414,)
    assert x[0].tolist() == [32, 84.87882, 10, 24.98298, 121.54024]
    assert y[:3].tolist() == [37.9, 42.2, 47.3]
    assert x[-1].tolist() == [6.5, 90.45606, 9, 24.97433, 121.5431]
    assert y.mean() == pytest.approx(37.980193, abs=1e-6)
