"""What may be wrong with the way a network is trained: one cause per function."""

from __future__ import annotations

import math

from nnlite.diagnosis.cause import Cause, several
from nnlite.diagnosis.patient import STEPS, Patient
from nnlite.diagnosis.thresholds import (
    LARGE_BATCH,
    LEARNS_HALF,
    LEARNS_SLOWLY,
    MUCH_DROPOUT,
    SHARE_OF_DATA,
    SMALL_BATCH,
)
from nnlite.diagnosis.treatments import (
    WITHOUT_DROPOUT,
    WITHOUT_PENALTIES,
    Treatment,
    rate_of,
    times,
)
from nnlite.diagnosis.words import compared
from nnlite.explain.lines import short
from nnlite.layers import Dropout
from nnlite.network.vector import regularized

SMALLER, LARGER = (0.1, 0.01, 0.001), (10.0, 100.0, 1e3, 1e4, 1e5, 1e6)

TINY, GAINED = 1e-6, 0.01
"""What rounding may gain; and what a larger rate must promise before it is tried."""


def regularizer_too_strong(patient: Patient) -> Cause | None:
    """Penalties or weight decay keep the weights so small that nothing is learned."""
    charged = [weight.layer.name for _, weight in regularized(patient.model.layers)]
    decay = patient.model.optimizer.weight_decay
    if not (charged or decay) or not patient.helps(WITHOUT_PENALTIES, on_new=True):
        return None
    where = f"weights are charged for in {several([*dict.fromkeys(charged)])}" if charged else ""
    where = where or f"weight_decay={decay:g}"
    return Cause(
        "regularizer_too_strong",
        "The penalty for large weights is stronger than the loss.",
        f"{where}; {compared(patient, WITHOUT_PENALTIES)}",
        "Take a hundredth of it, or none to begin with.",
        WITHOUT_PENALTIES.name,
    )


def dropout_too_high(patient: Patient) -> Cause | None:
    """So many neurons fall silent that the rest cannot learn."""
    dropping = [layer for layer in patient.model.layers if isinstance(layer, Dropout)]
    most = max((layer.rate for layer in dropping), default=0.0)
    if most <= MUCH_DROPOUT or not patient.helps(WITHOUT_DROPOUT, on_new=True):
        return None
    return Cause(
        "dropout_too_high",
        "Too many neurons fall silent in training.",
        f"a rate of {most:g}; {compared(patient, WITHOUT_DROPOUT)}",
        "Dropout(0.2), or none until it learns.",
        WITHOUT_DROPOUT.name,
    )


def batch_too_large(patient: Patient) -> Cause | None:
    """The batches are so large that too few steps are taken."""
    size = patient.batch_size
    small = Treatment(f"batch_size={SMALL_BATCH}", batch_size=SMALL_BATCH)
    if size < max(LARGE_BATCH, SHARE_OF_DATA * patient.samples) or not patient.helps(small):
        return None
    return Cause(
        "batch_too_large",
        "The batches are so large that too few steps are taken.",
        f"batch_size={size} of {patient.samples:,} samples; {compared(patient, small)}, for the "
        "same number of epochs",
        f"fit(..., batch_size={SMALL_BATCH}), or more epochs.",
        small.name,
    )


def rate_too_large(patient: Patient) -> Cause | None:
    """The steps are so large that they overshoot."""
    # Where nothing moves, smaller steps are of no use.
    if patient.own.progress >= LEARNS_HALF or patient.own.stands_still:
        return None
    if (best := _best_that_helps(patient, SMALLER)) is None:
        return None
    return _rate("rate_too_large", "The learning rate is too large.", patient, best)


def rate_too_small(patient: Patient) -> Cause | None:
    """The steps are so small that nothing moves."""
    own = patient.own
    if own.end == math.inf or own.moved >= LEARNS_SLOWLY * own.steps[-1] / STEPS[1]:
        return None
    # At ten times the rate ten times as much is gained, as long as it is little.
    gain = max(1 - own.end / own.start, TINY)
    factors = tuple(factor for factor in LARGER if factor * gain > GAINED)
    if (best := _best_that_helps(patient, factors)) is None:
        return None
    return _rate("rate_too_small", "The learning rate is too small.", patient, best)


def _best_that_helps(patient: Patient, factors: tuple[float, ...]) -> float | None:
    """Go on until a rate helps, and further as long as it is better still."""
    best = None
    for factor in factors:
        if best and patient.run(times(factor)).progress <= patient.run(times(best)).progress:
            break
        if best or patient.helps(times(factor)):
            best = factor
    return best


def _rate(name: str, says: str, patient: Patient, factor: float) -> Cause:
    rate = rate_of(patient.start)
    return Cause(
        name,
        says,
        f"it is {short(rate)}; {compared(patient, times(factor))}",
        f"{type(patient.model.optimizer).__name__}(learning_rate={rate * factor:.3g}).",
        times(factor).name,
    )
