"""What two runs say when they are compared."""

from __future__ import annotations

from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.runs import Run
from nnlite.diagnosis.treatments import Treatment
from nnlite.explain.lines import short


def compared(patient: Patient, treatment: Treatment) -> str:
    """Tell how far a copy came with a treatment, and how far without."""
    run, own = patient.run(treatment), patient.own
    return (
        f"{treatment.name}: {came(run)} in {run.steps[-1]} steps; as it is: {came(own)} "
        f"in {own.steps[-1]}"
    )


def came(run: Run) -> str:
    """Tell where the loss went, and what a constant answer gets."""
    return f"loss {short(run.start)} → {short(run.end)} (constant answer: {short(run.constant)})"
