"""What kind of mistake a wrong gradient looks like: the usual ones leave traces in the numbers."""

from __future__ import annotations

import itertools

import numpy as np

from nnlite.foundation.types import Array


def guess(
    analytic: Array, numeric: Array, samples: int, name: str, grad: Array | None = None
) -> str | None:
    """Return a sentence on what may be wrong, or None if nothing comes to mind.

    Parameters
    ----------
    analytic, numeric
        The gradient by backprop, and by differences; of one shape, every entry known.
    samples
        How many samples there were.
    name
        The name of the gradient: "dW"; "dx" for that of the input.
    grad
        The gradient that came in, for the gradient of an input.

    Examples
    --------
    >>> right = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> guess(1.001 * right, right, 3, "dW")
    'Off by the factor 1.001 everywhere.'
    >>> guess(right / 3, right, 3, "dW")
    '1/3 of it, and there are 3 samples: is it a mean instead of a sum?'
    >>> guess(right.T, right, 3, "dW")
    'It looks transposed.'
    """
    if not np.isfinite(analytic).all():
        return "Not all of its numbers are finite."
    if np.isnan(numeric).any():
        return None
    if not analytic.any():
        what = "the gradient of x" if name.startswith("dx") else f"self.{name}"
        asked = f": does backprop write {what}?" if name.startswith("d") else "."
        return f"It is 0 everywhere{asked}"
    if np.abs(numeric).max() <= 1e-6 * np.abs(analytic).max():
        return "The differences are 0 everywhere: forpass does not depend on it."
    if _alike(analytic, -numeric):
        return "Its sign is the wrong way round."
    if grad is not None and _alike(analytic, grad):
        return "It is grad as it came in: was the layer's own slope, or mask, left out?"
    return (
        _factor(analytic, numeric, samples)
        or _order(analytic, numeric)
        or _zeros(analytic, numeric)
        or _missing_term(analytic, numeric, name)
        or _factor_of_channels(analytic, numeric)
        or _few(analytic, numeric)
    )


def _alike(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(np.abs(a - b).max() <= 1e-6 * np.abs(b).max())


def _factor(analytic: Array, numeric: Array, samples: int) -> str | None:
    ratio = float((analytic * numeric).sum() / (numeric * numeric).sum())
    if ratio == 0 or not _alike(analytic, ratio * numeric):
        return None
    share = round(1 / ratio) if abs(ratio) < 1 else 0
    if share > 1 and abs(ratio * share - 1) < 1e-5:
        hint = f": is a factor {share} missing, or"
        if share == samples:
            hint = f", and there are {samples} samples:"
        return f"1/{share} of it{hint} is it a mean instead of a sum?"
    if abs(ratio - 2) < 1e-5:
        return "Twice as large: is a factor ½ missing, or is it added up twice?"
    if abs(ratio - samples) < 1e-5:
        return f"{samples} times as large, and there are {samples} samples: is it added up twice?"
    return f"Off by the factor {ratio:.6g} everywhere."


def _order(analytic: Array, numeric: Array) -> str | None:
    """Look whether the numbers are right and only their places wrong."""
    axes = range(numeric.ndim)
    if any(_alike(analytic, numeric.transpose(o)) for o in [*itertools.permutations(axes)][1:]):
        return "It looks transposed."
    for several in axes:
        for flipped in itertools.combinations(axes, several + 1):
            if _alike(analytic, np.flip(numeric, flipped)):
                return f"It looks flipped along axis {' and '.join(map(str, flipped))}."
    if _alike(np.sort(analytic, axis=None), np.sort(numeric, axis=None)):
        return "The numbers are right, but stand in other places."
    return None


def _zeros(analytic: Array, numeric: Array) -> str | None:
    """Look whether it is wrong just where one of the two is 0."""
    limit = 1e-6 * np.abs(numeric).max()
    wrong = np.abs(analytic - numeric) > limit
    if (np.abs(numeric[wrong]) <= limit).all():
        return "It is wrong only where it should be 0: was a mask left out?"
    if (np.abs(analytic[wrong]) <= limit).all():
        return "It is right except where it is 0: is a part of it never written?"
    return None


def _missing_term(analytic: Array, numeric: Array, name: str) -> str | None:
    difference = analytic - numeric
    if analytic.size > 1 and np.ptp(difference) <= 1e-6 * np.abs(numeric).max():
        return f"Off by the same {difference.mean():.6g} everywhere: is a term missing?"
    same_in_all = np.broadcast_to(difference[:1], difference.shape)
    if name.startswith("dx") and len(difference) > 1 and _alike(difference, same_in_all):
        hint = "is a term missing that all samples share, such as the slope of a mean"
        return f"Off by the same numbers in every sample: {hint} over the batch?"
    return None


def _factor_of_channels(analytic: Array, numeric: Array) -> str | None:
    channels = analytic.shape[-1] if analytic.ndim else 1
    rows, right = (array.reshape(-1, channels) for array in (analytic, numeric))
    ratio = (rows * right).sum(axis=0) / np.maximum((right * right).sum(axis=0), 1e-300)
    if len(rows) > 1 and channels > 1 and _alike(rows, ratio * right):
        return "Each place of the last axis is off by a factor of its own: was a scale left out?"
    return None


def _few(analytic: Array, numeric: Array) -> str | None:
    wrong = int((np.abs(analytic - numeric) > 1e-6 * np.abs(numeric).max()).sum())
    if wrong > analytic.size / 2:
        return None
    verb = "is" if wrong == 1 else "are"
    return f"{wrong} of {analytic.size} entries {verb} wrong, the others are right."
