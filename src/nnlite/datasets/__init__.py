"""The data of the lessons. Each module is one data set, which its `load_data()` returns."""

from . import boston_housing, gates, house_prices, mnist, xor

__all__ = ["boston_housing", "gates", "house_prices", "mnist", "xor"]
