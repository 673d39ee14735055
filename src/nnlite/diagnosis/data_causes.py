"""What may be wrong with features and labels: each function finds one cause, or returns None."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.diagnosis.cause import Cause, several
from nnlite.diagnosis.dependence import share_of_better_shuffles
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.thresholds import (
    BY_CHANCE,
    CONSTANT,
    ENOUGH_TO_SAY_UNRELATED,
    FAR_FROM_ZERO,
    HALF,
    LARGE_FEATURE,
    LARGE_TARGET,
    LEARNS_SLOWLY,
    SMALL_FEATURE,
    SMALL_TARGET,
    UNEVEN_FEATURES,
    UNRELATED,
)
from nnlite.diagnosis.treatments import NONE, SCALED_X, SCALED_Y
from nnlite.diagnosis.words import compared
from nnlite.explain.lines import percent, short
from nnlite.foundation.types import Array
from nnlite.given.classes import OTHER_KIND, labels_of, share_of_another_kind
from nnlite.losses import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError

REGRESSION = MeanSquaredError, HalfSquaredError, MeanAbsoluteError, Huber


def not_finite_data(x: Any, y: Any) -> Cause | None:
    """X or y holds NaN or infinite numbers."""
    for name, given in (("x", x), ("y", y)):
        entries = given.values() if isinstance(given, dict) else [given]
        for entry in entries:
            try:
                numbers = np.asarray(entry)
                numbers = numbers if numbers.dtype.kind in "fiub" else numbers.astype(np.float64)
            except Exception:
                # It is explained where it is made ready.
                continue
            bad = ~np.isfinite(numbers)
            if bad.any():
                rows = int(bad.reshape(len(bad), -1).any(axis=1).sum()) if bad.ndim else 1
                return Cause(
                    "not_finite_data",
                    f"{name} holds numbers that are NaN or infinite.",
                    f"{int(bad.sum()):,} of {bad.size:,} numbers, in {rows:,} of "
                    f"{len(np.atleast_1d(bad)):,} samples",
                    f"Leave these samples out, or fill the gaps: np.nan_to_num({name}).",
                )
    return None


def constant_labels(patient: Patient) -> Cause | None:
    """All samples have the same truth."""
    if not all((y == y[:1]).all() for y in patient.y):
        return None
    value = short(float(patient.y[0].reshape(-1)[0]))
    return Cause(
        "constant_labels",
        "All samples have the same label: there is nothing to tell apart.",
        f"each of {len(patient.y[0]):,} samples has the truth {value}",
        "Look at how y was made: print(np.unique(y, return_counts=True)).",
    )


def constant_features(patient: Patient) -> Cause | None:
    """The features are the same for all samples, or nearly all of them are."""
    same = np.concatenate([(x == x[:1]).all(axis=0).reshape(-1) for x in patient.x])
    share = float(same.mean())
    if share < CONSTANT or (share < 1 and patient.own.progress >= LEARNS_SLOWLY):
        return None
    return Cause(
        "constant_features",
        "The features do not tell the samples apart.",
        f"{int(same.sum()):,} of {same.size:,} features are the same for all samples",
        "Look at how x was made: print(x.std(axis=0)).",
    )


def shuffled_labels(patient: Patient) -> Cause | None:
    """The labels have nothing to do with the features."""
    if len(patient.x) > 1 or len(patient.y) > 1 or patient.new is None:
        return None
    (x,), (y,) = patient.x, patient.y
    if len(x) < ENOUGH_TO_SAY_UNRELATED * 0.8:
        return None
    share = share_of_better_shuffles(x, _rows_of_truth(y), patient.seed)
    if share < UNRELATED:
        return None
    runs = patient.own, patient.reference
    best = max(run.progress_on_new for run in runs)
    if best >= BY_CHANCE:
        return None
    return Cause(
        "shuffled_labels",
        "The labels have nothing to do with the features.",
        f"in {percent(share)} of 1,000 shuffled orders they fit the features as well; on samples "
        f"not seen neither this network nor another comes far below "
        f"{short(patient.own.constant_new)}, the loss of a constant answer",
        "See that x and y were cut and shuffled together: order = rng.permutation(len(x)); "
        "x, y = x[order], y[order].",
    )


def _rows_of_truth(y: Array) -> Array:
    """Return one row for each sample: class numbers as one-hot rows."""
    if y.dtype.kind in "iu":
        flat = y.reshape(len(y), -1)[:, 0]
        one_hot: Array = np.equal.outer(flat, np.unique(flat)).astype(np.float64)
        return one_hot
    return y.reshape(len(y), -1)


def unscaled_features(patient: Patient) -> Cause | None:
    """Features are very large, very small, far from 0, or of very different sizes."""
    said = next(filter(None, map(_unscaled, patient.x)), None)
    if said is None or not (patient.helps(SCALED_X, left=HALF) or patient.wakes_up):
        return None
    return Cause(
        "unscaled_features",
        "The features are not scaled.",
        f"{said}; {compared(patient, SCALED_X)}",
        "Scale them by the training samples: x = (x - x.mean(axis=0)) / x.std(axis=0).",
        SCALED_X.name,
    )


def _unscaled(x: Array) -> str | None:
    """Say how the features of one input are out of scale; None if they are not."""
    columns = x.reshape(-1, x.shape[-1]) if x.ndim == 2 else x.reshape(-1, 1)
    columns = columns.astype(np.float64)
    deviation, mean = columns.std(axis=0), columns.mean(axis=0)
    changing = deviation > 0
    if not changing.any():
        return None
    sizes, deviation = np.abs(columns).mean(axis=0)[changing], deviation[changing]
    if sizes.max() > LARGE_FEATURE or sizes.max() < SMALL_FEATURE:
        return f"the mean of |x| is {short(sizes.max())} for the largest of {len(sizes)}"
    offset = (np.abs(mean[changing]) / deviation).max()
    if offset > FAR_FROM_ZERO:
        return f"a feature lies {short(offset)} standard deviations from 0"
    uneven = deviation.max() / deviation.min()
    if uneven > UNEVEN_FEATURES and len(sizes) > 1:
        return f"one feature varies {short(uneven)} times as much as another"
    return None


def targets_off_scale(patient: Patient) -> Cause | None:
    """The numbers to be predicted are very large, very small, or far from 0."""
    judges = [ending.loss for ending in patient.model.endings]
    if not all(isinstance(loss, REGRESSION) for loss in judges):
        return None
    sizes = [float(np.abs(y).mean()) for y in patient.y]
    far = [float(np.abs(y.mean()) / max(y.std(), 1e-30)) for y in patient.y]
    if min(sizes) >= SMALL_TARGET and max(sizes) <= LARGE_TARGET and max(far) <= FAR_FROM_ZERO:
        return None
    if not patient.helps(SCALED_Y, left=HALF):
        return None
    size = max(sizes) if max(sizes) > LARGE_TARGET else min(sizes)
    return Cause(
        "targets_off_scale",
        "The targets are not of the size of what a network gives at the start, about 1.",
        f"the mean of |y| is {short(size)}; {compared(patient, SCALED_Y)}",
        "Predict (y - y.mean()) / y.std(), and undo it for the answers.",
        SCALED_Y.name,
    )


def validation_of_another_kind(patient: Patient, y: Any, watched: Any) -> Cause | None:
    """The validation part is of other classes than the training part."""
    share = share_of_another_kind(y, watched)
    if share <= OTHER_KIND:
        return None
    kinds = np.unique(labels_of(watched))  # type: ignore[arg-type]
    seen = [percent(float(np.mean(labels_of(y) == kind))) for kind in kinds]
    pairs = several([f"{kind} ({part})" for kind, part in zip(kinds, seen, strict=True)])
    return Cause(
        "validation_of_another_kind",
        "The validation part is of other classes than the training part.",
        f"{percent(share)} of it would have to be of another class; its classes, with their "
        f"share of the training part: {pairs}",
        "Shuffle before the split: order = rng.permutation(len(x)); x, y = x[order], y[order].",
        NONE.name,
    )
