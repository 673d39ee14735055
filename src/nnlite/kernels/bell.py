"""The bell curve φ(z) = e^(−z²/2)/√(2π), and the share Φ(z) of it that lies below z.

NumPy has no error function. With x = |z|/√2 and t = 2/(2 + x), which runs from 1 to 0 as x grows,

    erfc(x) = t · e^(−x² + p(t))

leaves a p(t) without bends: a sum of a few Chebyshev polynomials, whose coefficients fall by about
a digit each. So float32 is served by fewer of them. (W. H. Press et al., Numerical Recipes,
third edition, section 6.2.)
"""

from __future__ import annotations

import math

import numpy as np

from nnlite.foundation.types import Array

# fmt: off
_COEFFICIENTS = (
    -0.6513268598908547, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808631e-3,
    -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
    -1.624290004647e-6, 1.303655835580e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
    5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
    8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
    -2.8e-17,
)
# fmt: on
_ENOUGH_FOR_FLOAT32 = 12


def bell_curve(z: Array) -> Array:
    """Return φ(z).

    >>> bell_curve(np.array([0.0, 1.0])).round(6)
    array([0.398942, 0.241971])
    """
    return np.asarray(np.exp(-0.5 * (z * z)) / math.sqrt(2 * math.pi))


def share_below(z: Array) -> Array:
    """Return Φ(z), to the last digits of the dtype.

    >>> share_below(np.array([-1.0, 0.0, 1.0])).round(6)
    array([0.158655, 0.5     , 0.841345])
    """
    single = z.dtype == np.float32
    coefficients = _COEFFICIENTS[:_ENOUGH_FOR_FLOAT32] if single else _COEFFICIENTS
    x = np.abs(z) / math.sqrt(2)
    t = 2 / (2 + x)
    tail = 0.5 * t * np.exp(_chebyshev(coefficients, 2 * t - 1) - x * x)
    return np.where(z > 0, 1 - tail, tail)


def _chebyshev(coefficients: tuple[float, ...], x: Array) -> Array:
    """Return Σ cₖ Tₖ(x), from the last term to the first (Clenshaw)."""
    twice, later, last = 2 * x, np.zeros_like(x), np.zeros_like(x)
    for c in coefficients[:0:-1]:
        later, last = twice * later - last + c, later
    return np.asarray(x * later - last + coefficients[0])
