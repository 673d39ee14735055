"""The digits of the lessons; they stand in `nnlite.lessons`."""

from nnlite.lessons import Digits, load_digits

__all__ = ["Digits", "load_digits"]
