"""Handwritten digits for lessons: MNIST, or where it cannot be had, the small digits of sklearn.

Scikit-learn brings 1797 digits of 8 by 8 pixels: enough to see a network learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlite.datasets import mnist


@dataclass(frozen=True)
class Digits:
    """Images of shape (n, height, width), from 0 for paper to 1 for ink, and their labels."""

    name: str
    x_train: NDArray[np.float32]
    y_train: NDArray[np.integer]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.integer]

    @property
    def is_mnist(self) -> bool:
        """Whether these are the digits of the course."""
        return self.name == "MNIST"


def load_digits() -> Digits:
    """Return MNIST; without its files and a network, say so, and return the small digits."""
    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except OSError as error:
        print(f"{error}\n\nSo this lesson runs on the small digits of scikit-learn.")
        return _small_digits()
    return Digits("MNIST", _grey(x_train, 255), y_train, _grey(x_test, 255), y_test)


def _small_digits() -> Digits:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        _grey(digits.images, 16), digits.target, stratify=digits.target, random_state=0
    )
    return Digits("small digits", x_train, y_train, x_test, y_test)


def _grey(images: NDArray[np.number], ink: int) -> NDArray[np.float32]:
    return images.astype(np.float32) / np.float32(ink)
