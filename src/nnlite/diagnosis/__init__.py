"""Why does it not learn? What a teacher would look at and try, on copies of the model.

`model.diagnose(x, y)` looks at the data and at one step, trains a copy as `fit` would, and, if that
learns little, tries remedies on other copies, one at a time. What is wrong in itself is a cause;
what is merely suspicious is one if a copy learns much better without it.

`runs` trains copies, `treatments` changes them, `patient` keeps what is known, `data_causes`,
`output_causes`, `network_causes` and `training_causes` have one function for each cause, `causes`
the table of them in their order, `thresholds` all numbers, and `report` writes it down.

All work is counted: `seconds` decides how many steps a run takes, by the number of products in the
network, before the first of them, and never by the clock. So the same seed gives the same verdict
on a fast machine and on a slow one. The clock only pulls the brake: what is not tried by then is
left out, and the report says so.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import Any

import numpy as np

from nnlite.diagnosis import causes, data_causes, output_causes
from nnlite.diagnosis.cause import Cause
from nnlite.diagnosis.causes import NAMES
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.report import Diagnosis
from nnlite.diagnosis.runs import OutOfTimeError
from nnlite.explain.lines import short
from nnlite.foundation.checks import checked_number
from nnlite.given.data import as_validation
from nnlite.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy

__all__ = ["NAMES", "Cause", "Diagnosis", "diagnose"]


def diagnose(
    model: Any,
    x: Any,
    y: Any,
    batch_size: int | None = None,
    epochs: int | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    seconds: float = 30.0,
    seed: int = 0,
) -> Diagnosis:
    """Return the causes why a model does not learn: see `Model.diagnose`."""
    checked_number("seconds", seconds, above=0)
    checked_number("seed", seed, least=0, whole=True)
    report, begin = Diagnosis(model.name), time.monotonic()
    if found := data_causes.not_finite_data(x, y):
        report.causes.append(found)
        return report
    copy = model.twin()
    copy.build_for(x)
    if copy.compiled is None:
        copy.checked(x, y)
    # Before the loss and the output are joined, which is refused where they cannot learn at all.
    misfit = output_causes.output_does_not_fit_loss(copy)
    if misfit:
        report.causes.append(misfit)
        return report
    data, watched = copy.checked(x, y), None
    if validation_data is not None:
        watched = copy.checked(*as_validation(validation_data)[:2]).y[0]
    elif validation_split:
        data, held = data.split(validation_split)
        watched = held.y[0]
    with np.errstate(all="ignore"):
        patient = Patient(copy, data, batch_size, epochs, seconds, seed, begin)
        if watched is not None:
            found = data_causes.validation_of_another_kind(patient, data.y[0], watched)
            report.causes += [found] if found else []
        with suppress(OutOfTimeError):
            report.finished = False
            _examine(patient, report)
            report.finished = True
        report.runs = [*patient.runs.values()]
    return report


def _examine(patient: Patient, report: Diagnosis) -> None:
    """Ask one question after the other, and write down what is found at once."""
    for name, search in causes.SEEN.items():
        patient.look_at_the_clock()
        if found := search(patient):
            report.causes.append(found)
            if name in causes.FATAL:
                return
    if patient.model.flat.weights.size == 0:
        return
    report.learns = patient.learns
    _answer(patient, report)
    if report.causes or patient.learns:
        return
    for search in causes.TRIED.values():
        report.causes += filter(None, [search(patient)])
    for search in causes.LAST.values():
        # A rate or a size is to blame only where nothing else is.
        report.causes += filter(None, [] if report.causes else [search(patient)])
    ten = patient.by_heart
    report.answers["Does it learn ten samples by heart?"] = (
        f"{'Yes' if patient.knows_by_heart else 'No'}: loss {short(ten.start)} → {short(ten.end)}."
    )


def _answer(patient: Patient, report: Diagnosis) -> None:
    """Note what the loss was at the start, and what guessing gives."""
    own, loss = patient.own, patient.model.endings[0].loss
    guess = f"a constant answer gets {short(own.constant)}"
    if isinstance(loss, CategoricalCrossentropy | SparseCategoricalCrossentropy):
        classes = patient.model.outputs[0].sample[-1]
        guess += f", ln({classes}) is {short(math.log(classes))}"
    if patient.begins_anew:
        report.answers["Are the weights still good to begin with?"] = (
            "No, a training before has spoilt them: the runs begin with new ones."
        )
    report.answers["Is the loss at the start that of guessing?"] = f"{short(own.start)}; {guess}."
