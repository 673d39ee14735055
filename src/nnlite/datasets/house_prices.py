"""House prices: 414 houses in Sindian, New Taipei City, and what they cost per unit of area.

The five features differ in their units by a factor of a hundred: data that wants scaling.
Data: Yeh (2018), UCI Machine Learning Repository, doi 10.24432/C5J30W, CC BY 4.0.
"""

from __future__ import annotations

import os

from nnlite.datasets.tables import Table, load_table
from nnlite.foundation.arguments import explains_its_arguments

feature_names = (
    "house age", "distance to the nearest MRT station", "number of convenience stores",
    "latitude", "longitude",
)  # fmt: skip
target_name = "house price of unit area"


@explains_its_arguments
def load_data(path: str | os.PathLike[str] | None = None) -> tuple[Table, Table]:
    """Return the features and the price of each house, in the order of the file.

    Parameters
    ----------
    path : str or path, optional
        The CSV file. Without it, `house_price_of_unit_area.csv` is looked for in the folder that
        the environment variable `NNLITE_DATA` names, in the user's cache folder, and in the
        subfolder `course` of either.

    Returns
    -------
    x : float64 array of shape (414, 5)
        The features; `house_prices.feature_names` names the columns.
    y : float64 array of shape (414,)
        The price; `house_prices.target_name` names it.

    Raises
    ------
    FileNotFoundError
        If there is no such file: it says where to put it.
    ValueError
        If the file has other columns, or a cell without a number: it says in which line.

    Examples
    --------
    >>> from nnlite.datasets import house_prices
    >>> x, y = house_prices.load_data()  # doctest: +SKIP
    >>> x.shape, y.shape                 # doctest: +SKIP
    ((414, 5), (414,))
    >>> house_prices.feature_names[0]
    'house age'
    """
    source = "Yeh 2018, UCI Machine Learning Repository, doi 10.24432/C5J30W"
    return load_table(path, "house_price_of_unit_area.csv", (*feature_names, target_name), source)
