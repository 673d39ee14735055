"""All causes by name, in the order in which a teacher asks: what comes first explains the rest."""

from __future__ import annotations

from collections.abc import Callable

from nnlite.diagnosis import data_causes, network_causes, output_causes, training_causes
from nnlite.diagnosis.cause import Cause
from nnlite.diagnosis.patient import Patient

Search = Callable[[Patient], Cause | None]

SEEN: dict[str, Search] = {
    "constant_labels": data_causes.constant_labels,
    "output_out_of_reach": output_causes.output_out_of_reach,
    "constant_features": data_causes.constant_features,
    "equal_weights": network_causes.equal_weights,
    "frozen_layers": network_causes.frozen_layers,
    "wrong_loss": output_causes.wrong_loss,
    "shuffled_labels": data_causes.shuffled_labels,
    "exploding_gradients": network_causes.gross_explosion,
}
"""What is asked of every network, also of one that learns."""

TRIED: dict[str, Search] = {
    "unscaled_features": data_causes.unscaled_features,
    "targets_off_scale": data_causes.targets_off_scale,
    "dead_units": network_causes.dead_units,
    "saturated_units": network_causes.saturated_units,
    "exploding_gradients": network_causes.exploding_gradients,
    "vanishing_gradients": network_causes.vanishing_gradients,
    "no_activation": network_causes.no_activation,
    "regularizer_too_strong": training_causes.regularizer_too_strong,
    "dropout_too_high": training_causes.dropout_too_high,
    "batch_too_large": training_causes.batch_too_large,
}
"""Of one that does not: something is suspicious, and without it a copy learns."""

LAST: dict[str, Search] = {
    "rate_too_large": training_causes.rate_too_large,
    "rate_too_small": training_causes.rate_too_small,
    "too_little_capacity": network_causes.too_little_capacity,
}
"""Where nothing was suspicious."""

FATAL = {"constant_labels", "constant_features"}
"""Behind these there is nothing more to ask."""

BEFORE, BESIDES = ("not_finite_data", "output_does_not_fit_loss"), ("validation_of_another_kind",)
"""What is found before there is a patient, and what the data alone says."""

NAMES = tuple(dict.fromkeys([*BEFORE, *SEEN, *TRIED, *LAST, *BESIDES]))
