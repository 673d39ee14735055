from __future__ import annotations

import numpy as np
import pytest

from nnlite.datasets import boston_housing


@pytest.fixture
def ten_districts(tmp_path):
    """Districts 0 to 9: each feature is the number of the district, its value ten times that."""
    lines = [",".join([*boston_housing.feature_names, "MEDV"])]
    lines += [",".join([*[str(district)] * 13, str(10 * district)]) for district in range(10)]
    path = tmp_path / "ten.csv"
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


def test_a_fifth_is_for_the_test_and_targets_stay_with_their_features(ten_districts):
    (x_train, y_train), (x_test, y_test) = boston_housing.load_data(ten_districts)
    assert x_train.shape == (8, 13)
    assert x_test.shape == (2, 13)
    assert x_train.dtype == y_train.dtype == np.float64
    assert y_train.tolist() == (10 * x_train[:, 0]).tolist()
    assert y_test.tolist() == (10 * x_test[:, 12]).tolist()
    assert sorted([*y_train, *y_test]) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_the_order_depends_on_the_seed_alone(ten_districts):
    first = boston_housing.load_data(ten_districts)[0][1].tolist()
    assert boston_housing.load_data(ten_districts)[0][1].tolist() == first
    assert boston_housing.load_data(ten_districts, seed=1)[0][1].tolist() != first


def test_test_split_sets_the_share_for_the_test(ten_districts):
    (_, y_train), (_, y_test) = boston_housing.load_data(ten_districts, test_split=0.5)
    assert (len(y_train), len(y_test)) == (5, 5)
    (_, y_train), (_, y_test) = boston_housing.load_data(ten_districts, test_split=0)
    assert (len(y_train), len(y_test)) == (10, 0)


def test_the_global_random_state_stays_as_it_was(ten_districts):
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    boston_housing.load_data(ten_districts, seed=987)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("test_split", [-0.1, 1, 20, float("nan"), "0.2", None])
def test_a_test_split_that_is_no_share_is_refused(ten_districts, test_split):
    with pytest.raises(ValueError, match="test_split must be a share"):
        boston_housing.load_data(ten_districts, test_split=test_split)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "113", None])
def test_a_seed_that_is_no_integer_is_refused(ten_districts, seed):
    with pytest.raises(ValueError, match="seed must be an integer"):
        boston_housing.load_data(ten_districts, seed=seed)


def test_without_the_file_the_error_names_it_and_where_to_put_it(cache):
    with pytest.raises(FileNotFoundError, match=r"BostonHousing\.csv") as error:
        boston_housing.load_data()
    assert str(cache) in str(error.value)


def test_the_real_districts_are_split_as_keras_splits_them(real_data):
    (x_train, y_train), (x_test, y_test) = boston_housing.load_data()
    assert x_train.shape == (404, 13)
    assert x_test.shape == (102, 13)
    assert x_train[0].tolist() == [
        1.23247, 0, 8.14, 0, 0.538, 6.142, 91.7, 3.9769, 4, 307, 21, 396.9, 18.72,
    ]  # fmt: skip
    assert y_train[:5].tolist() == [15.2, 42.3, 50, 21.1, 17.7]
    assert y_test[[0, -1]].tolist() == [7.2, 25]
