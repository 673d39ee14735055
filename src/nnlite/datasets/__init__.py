"""The data of the lessons. Each module is one data set, which its `load_data()` returns."""

from nnlite.datasets import boston_housing, fashion_mnist, gates, house_prices, mnist, xor
from nnlite.foundation.unknown import explains_unknown_names

__all__ = ["boston_housing", "fashion_mnist", "gates", "house_prices", "mnist", "xor"]

explains_unknown_names(__name__)
