"""Boston housing: 506 districts of 1970 with 13 features, and the median value of a home.

Keras and many books use it. Its column B rests on an assumption about race that should make you
prefer `house_prices` for work of your own.
Data: Harrison and Rubinfeld (1978).
"""

from __future__ import annotations

import os

import numpy as np

from nnlite.datasets.tables import Table, load_table
from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.errors import shown, value_error

CALL = "boston_housing.load_data"

feature_names = (
    "CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT",
)  # fmt: skip
target_name = "MEDV"

Part = tuple[Table, Table]


@explains_its_arguments
def load_data(
    path: str | os.PathLike[str] | None = None, test_split: float = 0.2, seed: int = 113
) -> tuple[Part, Part]:
    """Return the districts, shuffled, as `(x_train, y_train), (x_test, y_test)`.

    Parameters
    ----------
    path : str or path, optional
        The CSV file. Without it, `BostonHousing.csv` is looked for in the folder that the
        environment variable `NNLITE_DATA` names, in the user's cache folder, and in the subfolder
        `course` of either.
    test_split : float
        The share of the districts for the test, from 0 up to but not including 1.
    seed : int
        The seed of the shuffling. The same seed gives the same parts as in Keras.

    Returns
    -------
    x_train, y_train : float64 arrays of shapes (404, 13) and (404,)
        The features, in the order of `boston_housing.feature_names`, and the median value in
        1000 dollars.
    x_test, y_test : float64 arrays of shapes (102, 13) and (102,)
        The same, for the test.

    Raises
    ------
    FileNotFoundError
        If there is no such file: it says where to put it.
    ValueError
        If the file has other columns, or a cell without a number: it says in which line.

    Examples
    --------
    >>> from nnlite.datasets import boston_housing
    >>> (x_train, y_train), (x_test, y_test) = boston_housing.load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape                                        # doctest: +SKIP
    ((404, 13), (102, 13))
    >>> len(boston_housing.feature_names)
    13
    """
    if not (isinstance(test_split, int | float | np.floating) and 0 <= test_split < 1):
        rule = "test_split must be a share from 0 up to but not including 1."
        remedy = "Write test_split=0.2 to test on a fifth."
        raise value_error(rule, f"test_split={shown(test_split)}", CALL, remedy)
    if not (isinstance(seed, int | np.integer) and 0 <= seed < 2**32):
        rule = "seed must be an integer from 0 to 4294967295."
        remedy = "Write seed=113 for the parts of Keras."
        raise value_error(rule, f"seed={shown(seed)}", CALL, remedy)
    columns = (*feature_names, target_name)
    x, y = load_table(path, "BostonHousing.csv", columns, "Harrison and Rubinfeld 1978")
    # A state of its own, of the kind that Keras shuffles with: only it gives the parts of Keras.
    order = np.random.RandomState(seed).permutation(len(x))
    train, test = np.split(order, [int(len(order) * (1 - test_split))])
    return (x[train], y[train]), (x[test], y[test])
