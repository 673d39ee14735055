"""Makes keras_layers.npz: what Keras' layers predict, for each case of tests/every_layer.py.

    pip install tensorflow-cpu tf2onnx onnx && python make_keras_figures.py

Made with Keras 3.15.1, TensorFlow 2.21.0 and tf2onnx 1.17.0. For each case there are the shapes of
`get_weights()`, as text, and the predictions, with weights and samples by the rule of
tests/keras_figures.py; "chain" and "branches" are whole models. keras_graph.onnx is what Keras
exports, keras_graph.npz has samples and predictions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "src")]

from every_layer import CASES  # noqa: E402
from keras_figures import samples, weights  # noqa: E402

NEEDED = {"AveragePooling1D": 2, "AveragePooling2D": 2, "MaxPooling1D": 2, "MaxPooling2D": 2}


def layer_of(case):
    """Return Keras' layer with the arguments of the case."""
    name, arguments = case.layer_class.__name__, dict(case.arguments)
    if name in NEEDED:
        arguments.setdefault("pool_size", NEEDED[name])
    return getattr(keras.layers, name)(**arguments)


def figures(model, shapes):
    """Return the shapes of the weights, and what the model predicts with weights by the rule."""
    taken = [list(weight.shape) for weight in model.get_weights()]
    model.set_weights(weights(taken))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.weights:
            layer.finalize_state()
    x = [one.astype(np.float32) for one in samples(shapes)]
    return taken, model(x if len(x) > 1 else x[0], training=False).numpy()


def chain():
    """Return a chain that begins with images."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 6, 1)),
            layers.Rescaling(0.5),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(3, 3, activation="gelu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(5, activation="selu"),
            layers.Dense(2, activation="softmax"),
        ]
    )


def branches():
    """Return branches of different length, with a layer that is called twice."""
    layers = keras.layers
    x = keras.Input((4,))
    shared = layers.Dense(4, activation="tanh")
    short = layers.Dense(4)(x)
    long = layers.BatchNormalization()(shared(layers.Dense(4, activation="silu")(x)))
    both = layers.Concatenate()([layers.Add()([short, long]), shared(short)])
    return keras.Model(x, layers.Dense(3)(both))


def exported():
    """Write keras_graph.onnx, and samples with what Keras predicts."""
    layers = keras.layers
    x = begin = keras.Input((8, 8, 2))
    x = layers.Conv2D(3, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.SeparableConv2D(4, 3, padding="same")(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(2)(x)
    x = layers.Add()([x, layers.Conv2D(4, 1, activation="elu")(x)])
    model = keras.Model(begin, layers.Dense(3, activation="softmax")(layers.Flatten()(x)))
    x = samples([(8, 8, 2)])[0].astype(np.float32)
    model.set_weights(weights([weight.shape for weight in model.get_weights()]))
    np.savez_compressed(HERE / "keras_graph.npz", x=x, y0=model(x).numpy())
    model.export(str(HERE / "keras_graph.onnx"), format="onnx", verbose=False)


if __name__ == "__main__":
    kept = {}
    for name, case in CASES.items():
        inputs = [keras.Input(shape) for shape in case.shapes]
        several = isinstance(case.shape, list)
        model = keras.Model(inputs, layer_of(case)(inputs if several else inputs[0]))
        kept[name] = figures(model, case.shapes)
    kept["chain"] = figures(chain(), [(8, 6, 1)])
    kept["branches"] = figures(branches(), [(4,)])
    shapes = {name: taken for name, (taken, _) in kept.items()}
    outputs = {name: y for name, (_, y) in kept.items()}
    np.savez_compressed(HERE / "keras_layers.npz", shapes=json.dumps(shapes), **outputs)
    exported()
