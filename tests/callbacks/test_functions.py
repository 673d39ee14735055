"""LambdaCallback: functions instead of a class."""

from __future__ import annotations

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.callbacks import LambdaCallback
from nnlite.layers import Dense


def fit(callback, **options):
    model = Sequential([Dense(1, input_shape=(1,))], seed=0)
    model.compile("sgd", "mse")
    x = np.array([[1.0], [2.0], [3.0]])
    return model.fit(x, x, batch_size=2, verbose=0, callbacks=[callback], **options)


def test_every_function_is_called_in_its_moment():
    seen = []
    callback = LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_train_end=lambda logs: seen.append("end"),
        on_epoch_begin=lambda epoch, logs: seen.append(f"epoch {epoch}"),
        on_epoch_end=lambda epoch, logs: seen.append(f"{sorted(logs)}"),
        on_train_batch_begin=lambda batch, logs: seen.append(f"batch {batch}"),
        on_train_batch_end=lambda batch, logs: seen.append(f"after {batch}"),
    )
    fit(callback)
    batches = ["batch 0", "after 0", "batch 1", "after 1"]
    assert seen == ["begin", "epoch 0", *batches, "['loss']", "end"]


def test_the_short_names_of_keras_2_work():
    seen = []
    fit(LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch)))
    assert seen == [0, 1]


def test_validation_has_its_moments():
    seen = []
    callback = LambdaCallback(on_test_end=lambda logs: seen.append(sorted(logs)))
    fit(callback, validation_data=([[1.0]], [1.0]))
    assert len(seen) == 1


def test_what_a_function_adds_to_the_logs_is_in_the_history():
    callback = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(twice=2 * epoch))
    assert fit(callback, epochs=3).history["twice"] == [0, 2, 4]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on_epoch_end": 3}, "on_epoch_end must be a function that takes (epoch, logs)."),
        ({"on_epoch_end": lambda logs: 0}, "calls its function with (epoch, logs)."),
        ({"on_train_end": lambda epoch, logs: 0}, "on_train_end=lambda logs: print(logs)"),
        ({"on_epoch": print}, "Did you mean on_epoch_"),
    ],
)
def test_a_function_that_cannot_be_called_is_refused_before_training(options, words):
    with pytest.raises(TypeError) as caught:
        LambdaCallback(**options)
    assert words in str(caught.value)
