"""The same networks for Keras, in a process of their own that may be that of another Python.

It answers each line: `check NAME` with what the first batches give, `time NAME` with seconds.
Before the name stands the file that it is listed in. Our layers have Keras' names and settings.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# The lines between the processes have stdout for themselves.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import keras  # noqa: E402
import tensorflow  # noqa: E402
from rounds import seconds  # noqa: E402
from work import Work, first_results_of, named  # noqa: E402

import nnlite  # noqa: E402


def keras_model(model: nnlite.Model) -> Any:
    """Return the same network with the same weights, compiled alike."""
    found = {tensor: keras.Input(tensor.sample) for tensor in model.inputs}
    for node in model.nodes:
        layer = getattr(keras.layers, type(node.layer).__name__).from_config(
            node.layer.get_config()
        )
        given = [found[tensor] for tensor in node.inputs]
        found[node.output] = layer(given if len(given) > 1 else given[0])
    made = keras.Model(found[model.inputs[0]], found[model.outputs[0]])
    made.set_weights(model.get_weights())
    kind = getattr(keras.optimizers, type(model.optimizer).__name__)
    optimizer = kind(float(model.optimizer.learning_rate))
    if kind is keras.optimizers.Adam:
        optimizer.epsilon = model.optimizer.epsilon
    made.compile(optimizer, "sparse_categorical_crossentropy")
    return made


def run(work: Work, model: Any, x: Any, y: Any) -> None:
    """Do the work once; Keras predicts in batches of 32 unless told."""
    if work.predicts:
        model.predict(x, batch_size=1024, verbose=0)
    else:
        model.fit(x, y, batch_size=work.batch, epochs=work.epochs, verbose=0)


def main() -> None:
    """Answer until nobody asks."""
    print(json.dumps(tensorflow.__version__), file=ANSWERS, flush=True)
    ready: list[Any] = [""]
    for line in sys.stdin:
        task, file, share, name = line.strip().split(" ", 3)
        work = named(file, float(share))[name]
        if task == "check":
            answer: Any = first_results_of(work, keras_model(work.checked()))
        else:
            if ready[0] != (file, name):
                keras.backend.clear_session()
                ready = [(file, name), keras_model(work.make()), *work.data()]
            answer = seconds(run, work, *ready[1:])
        print(json.dumps(answer), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main()
