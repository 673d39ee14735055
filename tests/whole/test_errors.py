"""What a beginner gets wrong, and what the library must then say: rule, received, where, remedy."""

# Each row of the tables is one line, however long: the mistake, its type, and what must be said.
# ruff: noqa: E501

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nnlite
from nnlite import (
    activations,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    utils,
)
from nnlite.callbacks import (
    CSVLogger,
    EarlyStopping,
    History,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from nnlite.foundation.arguments import argument_names
from nnlite.foundation.errors import told
from nnlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    LeakyReLU,
    ReLU,
    Reshape,
    Subtract,
)
from nnlite.models import Model, Sequential, load_model
from nnlite.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, schedules

X = np.arange(8.0).reshape(4, 2)
Y = np.array([0.0, 1.0, 0.0, 1.0])
ONE_HOT = np.eye(3)[[0, 1, 2, 0]]


def yes_or_no(**options: Any) -> Sequential:
    """Two inputs, one sigmoid unit."""
    model = Sequential([Dense(3, activation="relu", input_shape=(2,)), Dense(1, "sigmoid")], seed=0)
    model.compile(optimizer="sgd", loss="binary_crossentropy", **options)
    return model


def classifier(loss: Any = "sparse_categorical_crossentropy", activation: Any = "softmax") -> Any:
    """Two inputs, three classes."""
    model = Sequential([Dense(3, activation=activation, input_shape=(2,))], seed=0)
    model.compile(optimizer="sgd", loss=loss)
    return model


def regression(units: int = 1) -> Sequential:
    """Two inputs, numbers as output."""
    model = Sequential([Dense(units, input_shape=(2,))], seed=0)
    model.compile(optimizer="sgd", loss="mse")
    return model


def unflattened(loss: str) -> Sequential:
    """A Dense layer that serves each of two places of a sample."""
    model = Sequential([Dense(3, activation="softmax", input_shape=(2, 1))], seed=0)
    model.compile(optimizer="sgd", loss=loss)
    return model


def fit(model: Any = None, x: Any = X, y: Any = Y, **options: Any) -> Any:
    """Fit without a progress bar."""
    model = yes_or_no() if model is None else model
    return model.fit(x, y, **{"verbose": 0, **options})


def two_inputs() -> Model:
    """Inputs named left and right, outputs named sum and difference."""
    left, right = Input((2,), name="left"), Input((2,), name="right")
    total = Add(name="sum")([left, right])
    model = Model([left, right], [total, Subtract(name="difference")([left, right])])
    model.compile(optimizer="sgd", loss="mse")
    return model


Row = tuple[Callable[[], Any], type[Exception], list[str]]

CONSTRUCTORS: list[Row] = [
    (lambda: Dense("10"), ValueError, ["units must be a positive integer.", "Received: units='10'", "layer 'dense'", "Dense(10)"]),
    (lambda: Dense(2.5), ValueError, ["units must be a positive integer.", "Received: units=2.5"]),
    (lambda: Dense(0), ValueError, ["Received: units=0"]),
    (lambda: Dense(True), ValueError, ["Received: units=True"]),
    (lambda: Dense(), TypeError, ["Dense takes the arguments activation", "Received: a call that is missing a required argument: 'units'"]),
    (lambda: Dense(3, "rleu"), ValueError, ["Unknown activation. Known: elu, gelu, leaky_relu, linear, relu", "Received: 'rleu'", 'Did you mean "relu"?']),
    (lambda: Dense(3, activation="Relu "), ValueError, ["Received: 'Relu '", 'Did you mean "relu"?']),
    (lambda: Dense(3, activation=4), TypeError, ["An activation is given by its name", "Received: 4 (int)"]),
    (lambda: Dense(3, activation=np.tanh), TypeError, ["Received: <ufunc 'tanh'>", 'Write activation="tanh".']),
    (lambda: Dense(3, activation=ReLU), TypeError, ["An activation is given by its name", 'Write activation="relu".']),
    (lambda: Dense(3, activation=lambda z: z), TypeError, ["Received: <function", "extend nnlite.activations.ActivationFunction"]),
    (lambda: Dense(3, actvation="relu"), TypeError, ["Dense takes the arguments", "Received: actvation='relu'", "Did you mean activation=?"]),
    (lambda: Dense(3, input_shap=(2,)), TypeError, ["Received: input_shap=(2,)", "Did you mean input_shape=?"]),
    (lambda: Dense(3, input_shape="2"), ValueError, ["positive whole numbers", "Received: shape='2'", "layer Dense", "write (30,)"]),
    (lambda: Dense(3, input_shape=2.5), ValueError, ["positive whole numbers", "Received: shape=2.5"]),
    (lambda: Dense(3, input_shape=(None, 2)), ValueError, ["Received: shape=(None, 2)", "Leave out the None: (2,)"]),
    (lambda: Dense(3, input_dim=2, input_shape=(3,)), ValueError, ["give one of them", "Received: input_dim=2, input_shape=(3,)", "layer Dense"]),
    (lambda: Dense(3, kernel_initializer="HeNormal"), ValueError, ["Unknown initializer. Known: constant", 'Did you mean "he_normal"?']),
    (lambda: Dense(3, kernel_initializer=5), TypeError, ["An initializer is given by its name", "Received: 5 (int)"]),
    (lambda: Dense(3, kernel_regularizer=0.01), TypeError, ["A regularizer is given by its name", "Received: 0.01 (float)", "Known names: l1, l1_l2, l2."]),
    (lambda: Dense(3, name=5), TypeError, ["name must be text.", "Received: name=5 (int)", 'name="hidden"']),
    (lambda: Dense(3, dtype="float16"), ValueError, ['dtype must be "float32" or "float64".', "Received: dtype='float16'"]),
    (lambda: Activation(), TypeError, ["Activation takes the arguments activation", "missing a required argument: 'activation'"]),
    (lambda: Flatten(3), TypeError, ["Flatten takes the arguments", "Received: a call with too many positional arguments"]),
    (lambda: LeakyReLU(-0.1), ValueError, ["negative_slope must be from 0 on.", "Received: negative_slope=-0.1"]),
    (lambda: ReLU(max_value=6), TypeError, ["ReLU takes the arguments dtype, input_dim", "Received: max_value=6"]),
    (lambda: Dropout(50), ValueError, ["from 0 to below 1", "Received: rate=50", "layer 'dropout'", "Dropout(0.5)"]),
    (lambda: Dropout("0.5"), ValueError, ["rate is the share of neurons", "Received: rate='0.5'"]),
    (lambda: Dropout(0.5, seed=-1), ValueError, ["seed must be a whole number from 0 on.", "Received: seed=-1"]),
    (lambda: BatchNormalization(axis=1), ValueError, ["axis must be -1", "Received: axis=1", "np.moveaxis(x, 1, -1)"]),
    (lambda: BatchNormalization(0.9), ValueError, ["Received: axis=0.9", "BatchNormalization(momentum=0.9)"]),
    (lambda: BatchNormalization(momentum="0.9"), TypeError, ["momentum must be a number between 0 and 1.", "Received: momentum='0.9' (str)", "layer 'batch_normalization'", "without quotes"]),
    (lambda: BatchNormalization(epsilon=-1), ValueError, ["epsilon must be from 0 on.", "Received: epsilon=-1"]),
    (lambda: Reshape((3,))(Input(4)), ValueError, ["as many numbers", "Received: target_shape=(3,) for samples of shape (4,)", "layer 'reshape'"]),
    (lambda: Reshape("4"), TypeError, ["target_shape must be made of whole numbers.", "Received: target_shape='4'"]),
    (lambda: Concatenate(axis=0), ValueError, ["other than 0, the axis of the samples", "Received: axis=0", "layer 'concatenate'"]),
    (lambda: Input(), TypeError, ["Input needs the shape of one sample.", "Received: shape=None", "Input(shape=(30,))"]),
    (lambda: Input(input_shape=(5,)), TypeError, ["Input takes the arguments", "Received: input_shape=(5,)", "Did you mean shape=?"]),
    (lambda: Input(X), ValueError, ["positive whole numbers", "Received: shape=array("]),
    (lambda: SGD("0.1"), TypeError, ["learning_rate must be a number or a schedule.", "Received: learning_rate='0.1' (str)", "without quotes"]),
    (lambda: SGD(-0.1), ValueError, ["from 0 on, and finite", "Received: learning_rate=-0.1", "0.01 is a usual start"]),
    (lambda: SGD(np.array([0.1, 0.2])), TypeError, ["must be a number or a schedule.", "Received: learning_rate=an array of shape (2,)"]),
    (lambda: SGD(lambda step: 0.1), TypeError, ["must be a number or a schedule.", "LearningRateScheduler(function)"]),
    (lambda: SGD(lr=0.1, learning_rate=0.2), ValueError, ["give one of them", "Received: learning_rate=0.2, lr=0.1"]),
    (lambda: SGD(learning_rat=0.1), TypeError, ["SGD takes the arguments", "Received: learning_rat=0.1", "Did you mean learning_rate=?"]),
    (lambda: SGD(0.1, decay=1e-6), TypeError, ["The decay of the learning rate is a schedule.", "Received: decay=1e-06", "InverseTimeDecay"]),
    (lambda: SGD(momentum=1.5), ValueError, ["momentum must be between 0 and 1.", "Received: momentum=1.5"]),
    (lambda: SGD(momentum=None), TypeError, ["momentum must be a number between 0 and 1.", "Received: momentum=None (NoneType)"]),
    (lambda: SGD(clipnorm="1"), TypeError, ["clipnorm must be a number", "Received: clipnorm='1' (str)", "clipnorm=1."]),
    (lambda: SGD(clipvalue=0), ValueError, ["clipvalue must be above 0.", "Received: clipvalue=0"]),
    (lambda: Adam(beta1=0.9), TypeError, ["Adam takes the arguments amsgrad, beta_1", "Received: beta1=0.9", "Did you mean beta_1=?"]),
    (lambda: Adam(beta_1=1.0), ValueError, ["beta_1 must be below 1", "Received: beta_1=1.0", "0.9 is usual"]),
    (lambda: Adam(epsilon=None), TypeError, ["epsilon must be a number from 0 on.", "Received: epsilon=None"]),
    (lambda: AdamW(weight_decay=-1), ValueError, ["weight_decay must be from 0 on.", "Received: weight_decay=-1"]),
    (lambda: RMSprop(rho="x"), TypeError, ["rho must be a number between 0 and 1.", "Received: rho='x'"]),
    (lambda: Adagrad(initial_accumulator_value=-1), ValueError, ["initial_accumulator_value must be from 0 on.", "Received: initial_accumulator_value=-1"]),
    (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), ValueError, ["decay_steps must be above 0.", "Received: decay_steps=0"]),
    (lambda: schedules.ExponentialDecay("0.1", 10, 0.5), TypeError, ["initial_learning_rate must be a number above 0.", "Received: initial_learning_rate='0.1'"]),
    (lambda: schedules.ExponentialDecay(0.1), TypeError, ["ExponentialDecay takes the arguments", "missing a required argument: 'decay_steps'"]),
    (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1]), ValueError, ["one more value than boundaries", "Received: 2 boundaries, 1 values"]),
    (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), ValueError, ["boundaries must grow.", "Received: boundaries=[2, 1]"]),
    (lambda: schedules.CosineDecay(-0.1, 10), ValueError, ["initial_learning_rate must be from 0 on.", "Received: initial_learning_rate=-0.1"]),
    (lambda: losses.Huber("x"), TypeError, ["delta must be a number above 0.", "Received: delta='x' (str)"]),
    (lambda: losses.BinaryCrossentropy(logits=True), TypeError, ["BinaryCrossentropy takes the arguments from_logits, label_smoothing, name, reduction.", "Received: logits=True", "Did you mean from_logits=?"]),
    (lambda: metrics.BinaryAccuracy(threshold="x"), TypeError, ["threshold must be a number.", "Received: threshold='x'"]),
    (lambda: regularizers.l2(-1), ValueError, ["l2 must be from 0 on.", "Received: l2=-1"]),
    (lambda: regularizers.L2(l1=2), TypeError, ["L2 takes the arguments l2.", "Received: l1=2"]),
    (lambda: initializers.RandomNormal(stddev=-1), ValueError, ["stddev must be from 0 on.", "Received: stddev=-1"]),
    (lambda: initializers.RandomUniform(1, 0), ValueError, ["minval must not be above maxval.", "Received: minval=1, maxval=0"]),
    (lambda: initializers.HeNormal(seed="x"), TypeError, ["seed must be a whole number from 0 on.", "Received: seed='x'"]),
    (lambda: initializers.HeNormal()(-1), ValueError, ["A shape is made of whole numbers", "Received: shape=(-1,)"]),
    (lambda: initializers.Constant("x"), TypeError, ["value must be numbers.", "Received: text, the first 'x'"]),
    (lambda: EarlyStopping(patience="3"), TypeError, ["patience must be a whole number from 0 on.", "Received: patience='3' (str)"]),
    (lambda: EarlyStopping(pacience=3), TypeError, ["EarlyStopping takes the arguments", "Received: pacience=3", "Did you mean patience=?"]),
    (lambda: EarlyStopping(mode="maximum"), ValueError, ['mode must be "auto", "min" or "max".', "Received: mode='maximum'"]),
    (lambda: EarlyStopping(5), TypeError, ["monitor must be the name of a figure", "Received: monitor=5 (int)", 'monitor="val_loss"']),
    (lambda: ReduceLROnPlateau(factor=2), ValueError, ["factor must be above 0 and below 1.", "Received: factor=2"]),
    (lambda: ModelCheckpoint(None), TypeError, ["The path must name a file.", "Received: 'None' (NoneType)"]),
    (lambda: CSVLogger(5), TypeError, ["The path must name a file.", "Received: '5' (int)"]),
    (lambda: LearningRateScheduler(0.1), TypeError, ["schedule must be a function", "Received: schedule=0.1 (float)"]),
]  # fmt: skip

MODELS: list[Row] = [
    (lambda: Sequential(Dense(3)), TypeError, ["A Sequential takes a list of layers.", "Received: <Dense 'dense'> (Dense)", "Sequential([Dense(4), Dense(1)])"]),
    (lambda: Sequential(Dense(3), Dense(1)), TypeError, ["A Sequential takes a list of layers.", "Received: <Dense 'dense'> (Dense)", "Sequential([Dense(4), Dense(1)])"]),
    (lambda: Sequential([Dense]), TypeError, ["A Sequential is made of layers.", "Received: <class", "(a class)", "Make one: Dense(...)."]),
    (lambda: Sequential([Dense(3), "relu"]), TypeError, ["A Sequential is made of layers.", "Received: 'relu' (str)", "model 'sequential'", "Activation(name)"]),
    (lambda: Sequential([[Dense(3)], Dense(1)]), TypeError, ["Received: [<Dense 'dense'>] (list)", "leave out the inner brackets"]),
    (lambda: Sequential([Input]), TypeError, ["Received: <function Input", "Input(shape=(30,))"]),
    (lambda: Sequential([Dense(3), Input(2)]), ValueError, ["An Input comes first", "Received: <Tensor (None, 2)"]),
    (lambda: Sequential([Dense(1)], sed=3), TypeError, ["Sequential takes the arguments dtype, layers, name, seed", "Received: sed=3", "Did you mean seed=?"]),
    (lambda: Sequential(seed=1.5), TypeError, ["seed must be a whole number from 0 on.", "Received: seed=1.5"]),
    (lambda: Sequential(dtype=int), ValueError, ['dtype must be "float32" or "float64".', "Received: dtype=<class 'int'>"]),
    (lambda: Sequential([Dense(3, name="a", input_shape=(2,)), Dense(3, name="a")]), ValueError, ["a name of its own", "Received: two layers named 'a'", "model 'sequential'", "name="]),
    (lambda: (lambda layer: Sequential([layer, layer]))(Dense(2)), ValueError, ["stands in a Sequential once", "Received: 'dense' a second time", "Model to call one twice"]),
    (lambda: Sequential([Dense(3, input_shape=(2,)), Add()]), ValueError, ["A merge layer takes a list of inputs.", "layer 'add'", "Add()([a, b])"]),
    (lambda: Sequential().pop(), ValueError, ["There is no layer to take off.", "Received: a model without layers"]),
    (lambda: Sequential([Dense(3)]).build((None,)), ValueError, ["positive whole numbers", "Received: shape=(None,)"]),
    (lambda: Sequential([Dense(3)]).summary(), ValueError, ["summary needs to know the shape", "Received: a model that was never told", "input_shape=(30,)"]),
    (lambda: Sequential([Dense(3)]).predict(X), ValueError, ["predict needs to know the shape", "or call fit first"]),
    (lambda: Sequential([Dense(3)]).weights_vector, ValueError, ["A weight vector needs to know the shape"]),
    (lambda: Sequential([Dense(3)]).output_shape, ValueError, ["output_shape needs to know the shape"]),
    (lambda: Sequential([Dense(3)]).get_weights(), ValueError, ["get_weights needs to know the shape"]),
    (lambda: Sequential().fit(X, Y), ValueError, ["A model needs at least one layer.", "model.add(Dense(1))"]),
    (lambda: Sequential([Dense(1)]).fit(X, Y), ValueError, ["compile comes first", "Received: a model that was not compiled", "model 'sequential'", 'loss="mse"']),
    (lambda: Sequential([Dense(1, input_shape=(2,))]).evaluate(X, Y), ValueError, ["compile comes first", "Received: a model that was not compiled"]),
    (lambda: Sequential([Dense(1, "sigmoid", input_shape=(2,))]).fit(X, Y), ValueError, ['Remedy: model.compile(optimizer="sgd", loss="binary_crossentropy")']),
    (lambda: Sequential([Dense(3, "softmax")]).fit(X, [0, 1, 2, 0]), ValueError, ['Remedy: model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")']),
    (lambda: Model(Input(2)), TypeError, ["Model takes the arguments", "missing a required argument: 'outputs'"]),
    (lambda: Model(input=Input(2), output=Input(2)), TypeError, ["Model takes the arguments", "Did you mean inputs=?"]),
    (lambda: Model(X, Y), TypeError, ["inputs must be tensors", "Received: an array of shape (4, 2) (ndarray)", "Model(x, y)"]),
    (lambda: Model(Input(2), Dense(2)), TypeError, ["outputs must be tensors", "Received: <Dense 'dense'> (Dense)", "Dense(1)(x)"]),
    (lambda: Model(Input(2), []), ValueError, ["A model needs outputs.", "Received: outputs=[]"]),
    (lambda: Model(Input(2), Dense(2)(Input(2, name="other"))), ValueError, ["not among inputs", "Received: <Tensor (None, 2) of 'other'>", "Model([input_1, input_2], output)"]),
    (lambda: (lambda a: Model(a, Dense(2)(a)))(Dense(3)(Input(2))), ValueError, ["A model begins at Inputs.", "Received: inputs=<Tensor (None, 3) of 'dense'>"]),
    (lambda: (lambda a: Model([a, a], Dense(2)(a)))(Input(2)), ValueError, ["Every Input is given once."]),
    (lambda: Add()(Input(2)), ValueError, ["A merge layer takes a list of inputs.", "layer 'add'", "Add()([a, b])"]),
    (lambda: Add([Input(2), Input(2)]), TypeError, ["Add takes the arguments", "too many positional arguments"]),
    (lambda: Add()([Input(2), Input(3)]), ValueError, ["Add takes inputs of one shape.", "Received: shapes (2,), (3,)", "layer 'add'", "Concatenate"]),
    (lambda: Subtract()([Input(2)] * 3), ValueError, ["Subtract takes exactly 2 inputs.", "Received: 3 inputs", "layer 'subtract'"]),
    (lambda: Concatenate()([Input((2, 3)), Input((3, 4))]), ValueError, ["differ along its axis only", "Received: shapes (2, 3), (3, 4)"]),
    (lambda: Concatenate(axis=5)([Input(2), Input(2)]), ValueError, ["one of the 2 axes", "Received: axis=5"]),
    (lambda: Dense(3)([Input(2), Input(2)]), ValueError, ["Dense takes one input, not a list.", "layer 'dense'", "Concatenate()([a, b])"]),
    (lambda: Dense(3)([Input(2), 5]), TypeError, ["Layers are joined by calling them on Inputs", "Received: 5 (int)"]),
    (lambda: Input(2) + Input(3), ValueError, ["Add takes inputs of one shape.", "shapes (2,), (3,)"]),
    (lambda: Input(2) ** 2, TypeError, ["joined by + - * with each other", "and 2 (int)", "is a layer"]),
    (lambda: Input(2) * np.ones(2), TypeError, ["by + - * / with numbers", "an array of shape (2,)"]),
    (lambda: Input(2).numpy(), AttributeError, ["has a shape, but no numpy", "model.predict(x)"]),
    (lambda: np.sin(Input(2)), TypeError, ["no numbers before the model runs", "Received: <Tensor (None, 2)"]),
    (lambda: Dense(3)(5), ValueError, ["a batch of samples", "Received: the number 5", "layer 'dense'"]),
    (lambda: Dense(3)("x"), TypeError, ["x must be numbers.", "Received: text, the first 'x'"]),
    (lambda: Dense(3)(Input), TypeError, ["x must be an array of numbers.", "Received: a function", "Call it first"]),
    (lambda: Dense(3)([1, 2]), ValueError, ["at least one axis", "x.reshape(-1, 1)"]),
    (lambda: Dense(3).W, AttributeError, ["its weights are made when it is built", "Received: layer.W", "layer.build(input_shape)"]),
    (lambda: Dense(3).kernel, AttributeError, ["Layer 'dense' has no kernel", "Did you mean layer.W?"]),
    (lambda: Dense(3).get_weigths(), AttributeError, ["has no get_weigths", "Did you mean layer.get_weights?"]),
    (lambda: yes_or_no().backprop(np.ones((4, 1))), AttributeError, ["layer 'dense_1' has no a".capitalize(), "forpass(x, training=True)"]),
    (lambda: yes_or_no().layers[0].forpass(np.ones((4, 3))), ValueError, ["The layer takes samples of 2 values.", "Received: x of shape (4, 3)", "layer 'dense', W of shape (2, 3)", "2 columns"]),
    (lambda: setattr(yes_or_no().layers[0], "W", np.ones((3, 2))), ValueError, ["W keeps its shape (2, 3).", "Received: an array of shape (3, 2)", "layer 'dense'"]),
    (lambda: setattr(yes_or_no().layers[0], "W", np.full((2, 3), "a")), TypeError, ["W must be numbers.", "Received: text, the first 'a'"]),
    (lambda: yes_or_no().get_layer("dens"), ValueError, ["Unknown layer. Known: dense, dense_1.", 'Did you mean "dense"?']),
    (lambda: yes_or_no().get_layer(index=7), ValueError, ["an index below 2", "Received: index=7"]),
    (lambda: yes_or_no().set_weights([np.ones((3, 2))]), ValueError, ["[(2, 3), (3,), (3, 1), (1,)]", "Received: [(3, 2)]", "model 'sequential'"]),
    (lambda: yes_or_no().set_weights(None), TypeError, ["set_weights takes a list of arrays.", "Received: NoneType"]),
    (lambda: regression().set_weights([[["a"], ["b"]], [0]]), TypeError, ["A weight must be numbers.", "Received: text"]),
    (lambda: nnlite.Dense, AttributeError, ["nnlite has no Dense.", "from nnlite.layers import Dense"]),
    (lambda: nnlite.Adam, AttributeError, ["nnlite has no Adam.", "from nnlite.optimizers import Adam"]),
    (lambda: nnlite.Sequental, AttributeError, ["nnlite has no Sequental.", "Did you mean nnlite.Sequential?"]),
]  # fmt: skip

COMPILE: list[Row] = [
    (lambda: yes_or_no().compile("sgd"), ValueError, ["compile needs one", "Received: loss=None", 'loss="mse" for numbers']),
    (lambda: yes_or_no().compile("sgd", los="mse"), TypeError, ["compile takes the arguments", "Received: los='mse'", "Did you mean loss=?"]),
    (lambda: yes_or_no().compile("sdg", "mse"), ValueError, ["Unknown optimizer. Known: adadelta, adagrad, adam, adamw, nadam, rmsprop, sgd.", "Received: 'sdg'", 'Did you mean "sgd"?']),
    (lambda: yes_or_no().compile(0.1, "mse"), TypeError, ["An optimizer is given by its name", "Received: 0.1 (float)"]),
    (lambda: yes_or_no().compile("sgd", "mean_square_error"), ValueError, ["Unknown loss. Known: binary_crossentropy", 'Did you mean "mean_squared_error"?']),
    (lambda: yes_or_no().compile("sgd", "categorical crossentropy"), ValueError, ['Did you mean "categorical_crossentropy"?']),
    (lambda: yes_or_no().compile("sgd", "accuracy"), ValueError, ["it is a metric, not a loss", "Received: loss='accuracy'", 'metrics=["accuracy"]']),
    (lambda: yes_or_no().compile("sgd", lambda y, a: 0), TypeError, ["A loss of your own needs its gradient", "Received: <function", "extends nnlite.losses.Loss"]),
    (lambda: yes_or_no().compile("sgd", 3), TypeError, ["A loss is given by its name", "Received: 3 (int)"]),
    (lambda: yes_or_no().compile("sgd", ["mse", "mse"]), ValueError, ["one for the only output, dense_1", "Received: 2: ['mse', 'mse']"]),
    (lambda: yes_or_no().compile("sgd", {"dense_2": "mse"}), ValueError, ["names of the outputs: dense_1", "Received: 'dense_2'", "Did you mean 'dense_1'?"]),
    (lambda: yes_or_no().compile("sgd", "mse", metrics=["acuracy"]), ValueError, ["Unknown metric. Known: acc, accuracy", 'Did you mean "accuracy"?']),
    (lambda: yes_or_no().compile("sgd", "mse", metric=["mae"]), TypeError, ["Received: metric=['mae']", "Did you mean metrics=?"]),
    (lambda: yes_or_no().compile("sgd", "mse", loss_weights="a"), TypeError, ["loss_weights must be a number", "Received: loss_weights='a'"]),
    (lambda: yes_or_no().compile("sgd", losses.BinaryCrossentropy(from_logits=True)), ValueError, ["before the activation", "Received: an output that has gone through sigmoid", "layer 'dense_1', loss 'binary_crossentropy'", "Leave out from_logits=True"]),
    (lambda: Sequential([Dense(1, "softmax", input_shape=(2,))]).compile("sgd", "binary_crossentropy"), ValueError, ["always 1", "layer 'dense'", "sigmoid"]),
    (lambda: optimizers.get("adagard"), ValueError, ['Did you mean "adagrad"?']),
]  # fmt: skip

FIT: list[Row] = [
    (lambda: fit(epoch=10), TypeError, ["fit takes the arguments batch_size, callbacks", "Received: epoch=10", "Did you mean epochs=?"]),
    (lambda: fit(nb_epochs=10), TypeError, ["Received: nb_epochs=10", "Did you mean epochs=?"]),
    (lambda: yes_or_no().predict(), TypeError, ["predict takes the arguments x", "missing a required argument: 'x'"]),
    (lambda: fit(batch_size=0), ValueError, ["batch_size must be a positive integer.", "Received: batch_size=0"]),
    (lambda: fit(batch_size="32"), ValueError, ["Received: batch_size='32'"]),
    (lambda: fit(batch_size=2.5), ValueError, ["Received: batch_size=2.5"]),
    (lambda: yes_or_no().predict(X, batch_size=-1), ValueError, ["batch_size must be a positive integer.", "Received: batch_size=-1"]),
    (lambda: fit(epochs="10"), TypeError, ["epochs must be a whole number from 0 on.", "Received: epochs='10'", "without quotes"]),
    (lambda: fit(epochs=1.5), TypeError, ["Received: epochs=1.5"]),
    (lambda: fit(initial_epoch=-1), ValueError, ["initial_epoch must be a whole number from 0 on.", "Received: initial_epoch=-1"]),
    (lambda: fit(verbose=3), ValueError, ['verbose must be 0, 1, 2 or "auto".', "Received: verbose=3"]),
    (lambda: fit(validation_split=1.0), ValueError, ["validation_split must be from 0 to below 1.", "Received: validation_split=1.0"]),
    (lambda: fit(validation_split=-0.1), ValueError, ["validation_split must be from 0 to below 1.", "Received: validation_split=-0.1"]),
    (lambda: fit(validation_split="0.2"), TypeError, ["validation_split must be a number from 0 to below 1.", "Received: validation_split='0.2'"]),
    (lambda: fit(validation_split=0.9999), ValueError, ["samples on both sides", "Received: validation_split=0.9999 of 4 samples"]),
    (lambda: fit(validation_data=X), ValueError, ["(x, y) or (x, y, sample_weight)", "Received: ndarray", "(x_test, y_test)"]),
    (lambda: fit(validation_data=(X,)), ValueError, ["Received: tuple of 1"]),
    (lambda: fit(validation_data=(X, Y[:2])), ValueError, ["same number of samples", "x of shape (4, 2); y of shape (2,)"]),
    (lambda: fit(validation_freq=0), ValueError, ["validation_freq must be a positive integer.", "Received: validation_freq=0"]),
    (lambda: fit(callbacks=EarlyStopping), TypeError, ["classes that extend Callback", "Received: <class", "Make one: EarlyStopping()."]),
    (lambda: fit(callbacks=["early"]), TypeError, ["classes that extend Callback", "Received: 'early'", "EarlyStopping(patience=5"]),
    (lambda: fit(callbacks=[EarlyStopping()]), ValueError, ["EarlyStopping watches a figure", "Received: monitor='val_loss'; there are loss", "validation_split"]),
    (lambda: fit(callbacks=[EarlyStopping("val_los")], validation_split=0.5), ValueError, ["there are loss, val_loss", "Did you mean monitor='val_loss'?"]),
    (lambda: fit(callbacks=[EarlyStopping("accuracy")]), ValueError, ["Received: monitor='accuracy'; there are loss", 'metrics=["accuracy"]']),
    (lambda: fit(callbacks=[ModelCheckpoint(f"{__file__}/model.npz")]), FileNotFoundError, ["a folder that exists", "test_errors.py/model.npz", "mkdir"]),
    (lambda: fit(callbacks=[ModelCheckpoint("{val_loss}.npz")]), ValueError, ["figures of the history", "Received: '{val_loss}.npz'; there are epoch, loss"]),
    (lambda: fit(callbacks=[CSVLogger("/nowhere/log.csv")]), FileNotFoundError, ["a folder that exists", "Received: /nowhere/log.csv"]),
    (lambda: fit(callbacks=[LearningRateScheduler(lambda epoch, rate: "x")]), TypeError, ["learning_rate must be a number", "Received: learning_rate='x'"]),
    (lambda: fit(sample_weight=[1, 2]), ValueError, ["one number for each sample", "Received: sample_weight of shape (2,) for 4 samples"]),
    (lambda: fit(sample_weight=np.ones((2, 2))), ValueError, ["Received: sample_weight of shape (2, 2) for 4 samples"]),
    (lambda: fit(sample_weight=[1, 2, 3, np.nan]), ValueError, ["sample_weight must be finite", "Received: nan at row 3"]),
    (lambda: fit(class_weight=[1, 2]), TypeError, ["a dictionary from class numbers", "Received: [1, 2] (list)", "class_weight={0: 1.0, 1: 5.0}"]),
    (lambda: fit(class_weight="balanced"), TypeError, ["Received: 'balanced' (str)"]),
    (lambda: fit(class_weight={0: 1}), ValueError, ["every class in y", "y has a sample of class 1"]),
    (lambda: fit(class_weight={"0": 1, "1": 2}), ValueError, ["every class in y", "class numbers, not text"]),
    (lambda: fit(class_weight={0: 1, 1: "a"}), TypeError, ["class_weight[1] must be a number from 0 on.", "Received: class_weight[1]='a'"]),
    (lambda: fit(Sequential([Dense(1, "step", input_shape=(2,))], seed=0), compile_first=True), TypeError, ["fit takes the arguments", "Received: compile_first=True"]),
    (lambda: fit(classifier("mse", "step"), X, ONE_HOT), ValueError, ["The step function has no gradient", 'activation="sigmoid"']),
    (lambda: fit(regression(), X * 1e6, Y, epochs=99), ValueError, ["the loss is no longer finite", "in epoch ", "batch 1", "learning rate 0.01", "inputs as large as 7e+06", "scale the inputs first", "check_finite=False"]),
    (lambda: fit(classifier("categorical_crossentropy", "relu"), X + 50, ONE_HOT), ValueError, ["Predictions must be probabilities, from 0 to 1.", "Received: y_pred from 0 to", "loss 'categorical_crossentropy'", "softmax"]),
]  # fmt: skip

DATA: list[Row] = [
    (lambda: yes_or_no().fit(), TypeError, ["x must be an array of numbers.", "Received: None", "Give x an array, a list, or a pandas frame."]),
    (lambda: fit(y=None), ValueError, ["y is needed", "Received: y=None", "model 'sequential'", "fit(x, y)"]),
    (lambda: yes_or_no().evaluate(X), ValueError, ["y is needed", "Received: y=None"]),
    (lambda: yes_or_no().train_on_batch(X), ValueError, ["y is needed", "Received: y=None"]),
    (lambda: fit(x="abc"), TypeError, ["x must be numbers.", "Received: text, the first 'abc'"]),
    (lambda: fit(x=[["1", "2"]] * 4), TypeError, ["Received: text, the first '1'", "np.array(x, dtype=float)"]),
    (lambda: fit(y=["yes", "no", "yes", "no"]), TypeError, ["y must be numbers.", "Received: text, the first 'yes'", "np.unique(y, return_inverse=True)"]),
    (lambda: fit(y=pd.Series(["a", "b"] * 2, index=[5, 6, 7, 8])), TypeError, ["Received: 'a' (str) at row 0", "np.unique"]),
    (lambda: fit(y=pd.Series(["0", "1"] * 2)), TypeError, ["Received: '0' (str) at row 0", "np.array(y, dtype=float)"]),
    (lambda: fit(x=pd.DataFrame({"size": [1, 2, 3, 4], "town": ["x", "y", "z", "w"]})), TypeError, ["x must be numbers.", "Received: 'x' (str) at row 0, column 'town'"]),
    (lambda: fit(x=pd.DataFrame({"size": [1, 2, 3, 4.0], "age": [1, 2, None, 4]})), ValueError, ["x must be finite", "Received: nan at row 2, column 'age' (1 such value)", "dropna"]),
    (lambda: fit(x=np.where(X == 3, np.nan, X)), ValueError, ["x must be finite", "Received: nan at row 1, column 1 (1 such value)"]),
    (lambda: fit(x=np.where(X > 5, np.inf, X)), ValueError, ["Received: inf at row 3, column 0 (2 such values)"]),
    (lambda: yes_or_no().predict(np.where(X == 3, np.nan, X)), ValueError, ["x must be finite", "row 1, column 1"]),
    (lambda: fit(y=[0, 1, np.nan, 1]), ValueError, ["y must be finite", "Received: nan at row 2"]),
    (lambda: fit(y=[0, 1, None, 1]), TypeError, ["y must be numbers.", "Received: None (NoneType) at row 2"]),
    (lambda: fit(x=[[1, 2], [3], [4, 5], [5, 6]]), ValueError, ["x must be rectangular", "Received: a list whose entries differ in length", "set(len(row)"]),
    (lambda: fit(y=[[0], [1, 2], [0], [1]]), ValueError, ["y must be rectangular"]),
    (lambda: yes_or_no().fit((X, Y)), ValueError, ["x must be rectangular", "fit(x, y)"]),
    (lambda: fit(x=[], y=[]), ValueError, ["x must not be empty.", "Received: x of shape (0,)"]),
    (lambda: fit(x=X[X[:, 0] > 99], y=Y), ValueError, ["Received: x of shape (0, 2)", "Remedy: Look at what chose the rows: print(x.shape) after each step."]),
    (lambda: fit(x=pd.DataFrame({"size": [1.0, 2.0], "town": ["Seoul", "Busan"]}), y=[0, 1]), TypeError, ["Received: 'Seoul' (str) at row 0, column 'town'", "e.g. with pandas.get_dummies, or drop it."]),
    (lambda: fit(regression(3)), ValueError, ["y of shape (4,), output of shape (n, 3)", "For class numbers, use softmax and sparse_categorical_crossentropy; for one value per sample, end the model with 1 unit instead of 3."]),
    (lambda: Sequential([Input((28, 28)), layers.Conv2D(4, 3)]), ValueError, ["Received: samples of shape (28, 28)", "Remedy: Grey images have one channel: Input(shape=(28, 28, 1)), and x[..., None]."]),
    (lambda: Sequential([Input((9,)), layers.Conv1D(4, 3)]), ValueError, ["Remedy: Plain sequences have one channel: Input(shape=(9, 1)), and x[..., None]."]),
    (lambda: fit(x=X[:0], y=Y[:0]), ValueError, ["x must not be empty.", "Received: x of shape (0, 2)"]),
    (lambda: fit(x=X[:3]), ValueError, ["same number of samples", "Received: x of shape (3, 2); y of shape (4,)"]),
    (lambda: fit(y=1.0), ValueError, ["same number of samples", "x of shape (4, 2); y of shape (1,)"]),
    (lambda: fit(x=Y, y=X), ValueError, ["x is what goes in, samples of shape (2,)", "They look swapped: fit(x, y)"]),
    (lambda: Sequential([Dense(1, input_shape=(4, 2))]).predict(X), ValueError, ["x must have shape (n, 4, 2)", "np.reshape(x, (1, 4, 2))", "If these are 4 samples, write input_shape=(2,)."]),
    (lambda: fit(x=X[0], y=Y[:1]), ValueError, ["x must have shape (n, 2)", "Received: x of shape (2,)", "model 'sequential', layer 'dense'", "np.reshape(x, (1, 2))"]),
    (lambda: yes_or_no().predict([[1, 2, 3]]), ValueError, ["samples of shape (2,)", "Received: x of shape (1, 3)", "Give x 2 columns, or the first layer input_shape=(3,)."]),
    (lambda: yes_or_no().predict(Y), ValueError, ["Received: x of shape (4,)", "one number per sample"]),
    (lambda: yes_or_no().predict(5), ValueError, ["Received: x of shape ()", "A table has a row for each sample"]),
    (lambda: fit(x=X.T), ValueError, ["Received: x of shape (2, 4)", "x.T turns columns into rows"]),
    (lambda: fit(x=X.reshape(4, 2, 1)), ValueError, ["Received: x of shape (4, 2, 1)", "x.reshape(-1, 2) holds the same numbers"]),
    (lambda: yes_or_no().predict([X, X]), ValueError, ["Received: x of shape (2, 4, 2)", "one array, not a list"]),
    (lambda: Sequential([Dense(1, input_shape=(28, 28, 1))]).predict(np.zeros((2, 28, 28))), ValueError, ["(n, 28, 28, 1)", "x[..., None]"]),
    (lambda: fit(x=X.astype(complex)), TypeError, ["x must be numbers.", "complex numbers", "np.abs(x)"]),
    (lambda: fit(x=np.array(["2020-01-01"] * 4, dtype="datetime64[D]")), TypeError, ["x must be numbers.", "Received: dates"]),
    (lambda: fit(x=X * 1e300), ValueError, ["x must fit into float32, up to 3.4e+38.", "Received: x as large as 7e+300", 'dtype="float64"']),
    (lambda: fit(regression(), y=[10**400, 1, 2, 3]), ValueError, ["y must fit into floating numbers", "more than 308 digits"]),
    (lambda: fit(x=(row for row in X)), TypeError, ["x must be an array of numbers.", "Received: a generator", "list(x)"]),
    (lambda: fit(y=map(float, Y)), TypeError, ["y must be an array of numbers.", "Received: a map", "list(y)"]),
    (lambda: fit(x={1, 2, 3, 4}), TypeError, ["Received: a set", "list(x)"]),
    (lambda: fit(x=np.ma.masked_equal(X, 3)), TypeError, ["Received: a MaskedArray", "filled(0)"]),
    (lambda: fit(x={"a": X}), ValueError, ["one entry for each input of the model: input_layer", "Received: the keys 'a'", "name='a'"]),
    (lambda: fit(x={}), ValueError, ["Received: the keys none", "Add 'input_layer'."]),
    (lambda: fit(y={"dense_2": Y}), ValueError, ["one entry for each output of the model: dense_1", "Rename 'dense_2' to 'dense_1'"]),
    (lambda: fit(two_inputs(), {"left": X, "rigth": X}, [X, X]), ValueError, ["left, right", "the keys 'left', 'rigth'", "Rename 'rigth' to 'right'"]),
    (lambda: fit(two_inputs(), X, [X, X]), ValueError, ["The model has 2 inputs: left, right.", "Received: a ndarray"]),
    (lambda: fit(two_inputs(), [X], [X, X]), ValueError, ["The model has 2 inputs: left, right.", "Received: a list of 1"]),
    (lambda: fit(two_inputs(), [X, X[:2]], [X, X]), ValueError, ["same number of samples", "x of shape (4, 2), (2, 2)"]),
    (lambda: fit(two_inputs(), [X, X[:, :1]], [X, X]), ValueError, ["x of 'right' must have shape (n, 2)", "Received: x of 'right' of shape (4, 1)"]),
    (lambda: two_inputs().compile("sgd", ["mse"]), ValueError, ["one for each of the 2 outputs sum, difference", "Received: 1: ['mse']"]),
]  # fmt: skip

LABELS: list[Row] = [
    (lambda: fit(y=[0, 1, 2, 1]), ValueError, ["y must lie between 0 and 1", "Received: y from 0 to 2", "loss 'binary_crossentropy'", "end the model with 3 units and softmax", "sparse_categorical_crossentropy"]),
    (lambda: fit(y=[-1, 1, -1, 1]), ValueError, ["Received: y from -1 to 1", "(y + 1) / 2"]),
    (lambda: fit(y=[0.5, 17.5, 3.25, 1]), ValueError, ["Received: y from 0.5 to 17.5", "mean_squared_error"]),
    (lambda: fit(y=np.eye(2)[[0, 1, 0, 1]]), ValueError, ["one value for each output", "Received: y of shape (4, 2), output of shape (n, 1)", "2 units and softmax, for categorical_crossentropy"]),
    (lambda: fit(classifier(), y=[0, 1, 2, 3]), ValueError, ["Class numbers must be 0 to 2 for an output of 3 units.", "Received: 3 at sample 3", "4 units"]),
    (lambda: fit(classifier(), y=[1, 2, 3, 1]), ValueError, ["Received: 3 at sample 2", "Number the classes from 0: y - 1."]),
    (lambda: fit(classifier(), y=[0, -1, 2, 0]), ValueError, ["Received: -1 at sample 1", "np.unique(y, return_inverse=True)"]),
    (lambda: fit(classifier(), y=[0, 1.5, 2, 0]), ValueError, ["whole class numbers", "Received: 1.5 at sample 1", "mean_squared_error"]),
    (lambda: fit(classifier(), y=ONE_HOT), ValueError, ["class numbers 0 to 2, one per sample", "Received: y of shape (4, 3), as for one-hot rows", "categorical_crossentropy, or y.argmax(axis=-1)"]),
    (lambda: fit(classifier(), y=np.eye(4)), ValueError, ["one class number per prediction", "Received: y of shape (4, 4), output of shape (n, 3)", "4 units"]),
    (lambda: fit(classifier("categorical_crossentropy"), y=[0, 1, 2, 0]), ValueError, ["one-hot rows, one value for each of 3 classes", "Received: y of shape (4,), the first label 0", "use sparse_categorical_crossentropy", "to_categorical(y)"]),
    (lambda: fit(classifier("categorical_crossentropy"), y=np.eye(4)), ValueError, ["Received: y of shape (4, 4), output of shape (n, 3)", "4 units"]),
    (lambda: fit(classifier("categorical_crossentropy"), y=ONE_HOT * 2), ValueError, ["between 0 and 1", "Received: y from 0 to 2", "to_categorical(y)"]),
    (lambda: fit(classifier("mse"), y=[0, 1, 2, 0]), ValueError, ["one value for each output", "Received: y of shape (4,), output of shape (n, 3)", "end the model with 1 unit instead of 3"]),
    (lambda: fit(classifier("binary_crossentropy"), y=[0, 1, 2, 0]), ValueError, ["output of shape (n, 3)", "sparse_categorical_crossentropy"]),
    (lambda: fit(yes_or_no(), y=np.ones((4, 4))), ValueError, ["Received: y of shape (4, 4), output of shape (n, 1)", "4 units"]),
    (lambda: fit(regression(), y=np.ones((1, 4))), ValueError, ["same number of samples", "y of shape (1, 4)"]),
    (lambda: fit(unflattened("sparse_categorical_crossentropy"), X[:, :, None], [0, 1, 2, 0]), ValueError, ["Received: y of shape (4,), output of shape (n, 2, 3)", "put Flatten() before the last Dense layer"]),
    (lambda: fit(unflattened("mse"), X[:, :, None], Y), ValueError, ["output of shape (n, 2, 3)", "put Flatten() before the last Dense layer"]),
    (lambda: losses.sparse_categorical_crossentropy([0, 1], [0.5, 0.5]), ValueError, ["an output unit for each class", "binary_crossentropy"]),
    (lambda: losses.binary_crossentropy([0, 1], [0.5, 1.5]), ValueError, ["Predictions must be probabilities", "Received: y_pred from 0.5 to 1.5", "from_logits=True"]),
    (lambda: losses.mse([1, 2, 3], [1, 2]), ValueError, ["same number of samples", "y_true of shape (3,), y_pred of shape (2,)", "loss 'mean_squared_error'"]),
    (lambda: losses.mse(["a"], ["b"]), TypeError, ["y_pred must be numbers.", "Received: text"]),
    (lambda: losses.mse(None, None), TypeError, ["y_pred must be an array of numbers.", "Received: None"]),
    (lambda: losses.MeanSquaredError()([1, 2], [1, 2], sample_weight=[1, 2, 3]), ValueError, ["one number for each sample", "Received: sample_weight of shape (3,) for 2 samples"]),
    (lambda: losses.MeanSquaredError().backprop([1, 2], [1, 2], sample_weight=[1]), ValueError, ["Received: sample_weight of shape (1,) for 2 samples"]),
    (lambda: losses.get("msee"), ValueError, ['Did you mean "mse"?']),
    (lambda: metrics.accuracy([1, 2], [1, 2, 3]), ValueError, ["same number of samples", "y_true of shape (2,), y_pred of shape (3,)"]),
    (lambda: metrics.binary_accuracy([1, 0], [[0.1, 0.9], [0.1, 0.9]]), ValueError, ["the same shape", "y_true of shape (2,), y_pred of shape (2, 2)"]),
    (lambda: metrics.sparse_categorical_accuracy(np.eye(2), np.eye(2)), ValueError, ["one class number for each row", "categorical_accuracy"]),
    (lambda: metrics.r2_score([1, 2], [[1, 2], [2, 3]]), ValueError, ["the same shape", "y_true of shape (2,)"]),
    (lambda: metrics.root_mean_squared_error([1, 2], [[1, 2], [2, 3]]), ValueError, ["the same shape"]),
    (lambda: metrics.MeanAbsoluteError()([1, 2], [[1, 2], [2, 3]]), ValueError, ["the same shape"]),
    (lambda: metrics.get("acuracy"), ValueError, ['Did you mean "accuracy"?']),
    (lambda: activations.relu("x"), TypeError, ["z must be numbers.", "Received: text, the first 'x'"]),
    (lambda: activations.sigmoid(None), TypeError, ["z must be an array of numbers.", "Received: None"]),
    (lambda: activations.softmax(5), ValueError, ["at least one axis", "Received: the number 5"]),
    (lambda: utils.to_categorical([0, 1.5]), ValueError, ["class numbers: whole, from 0 on", "Received: y from 0.0 to 1.5"]),
    (lambda: utils.to_categorical([-1, 1]), ValueError, ["Received: y from -1 to 1", "np.unique(y, return_inverse=True)"]),
    (lambda: utils.to_categorical([0, 3], 2), ValueError, ["num_classes must be larger", "num_classes=2, y up to 3", "num_classes=4"]),
    (lambda: utils.to_categorical(["a", "b"]), TypeError, ["y must be numbers.", "np.unique(y, return_inverse=True)"]),
    (lambda: utils.to_categorical([0, 1], "3"), TypeError, ["num_classes must be a whole number", "Received: num_classes='3'"]),
    (lambda: utils.to_categorical([0, np.nan]), ValueError, ["y must be finite", "nan at row 1"]),
    (lambda: utils.set_random_seed(None), TypeError, ["seed must be a whole number from 0 on.", "Received: seed=None"]),
]  # fmt: skip

FILES: list[Row] = [
    (lambda: load_model("no_such_file.npz"), FileNotFoundError, ["There is no such file.", "Received: no_such_file.npz", "Where: folder"]),
    (lambda: load_model(5), TypeError, ["The path must name a file.", "Received: '5' (int)"]),
    (lambda: load_model("."), ValueError, ["The path must name a file.", "Received: '.', a folder"]),
    (lambda: yes_or_no().save("/nowhere/model.npz"), FileNotFoundError, ["a folder that exists", "Received: /nowhere/model.npz", "mkdir"]),
    (lambda: yes_or_no().save(""), ValueError, ["The path must name a file."]),
    (lambda: yes_or_no().load_weights("no_such_file.npz"), FileNotFoundError, ["There is no such file."]),
]  # fmt: skip

ALL = [*CONSTRUCTORS, *MODELS, *COMPILE, *FIT, *DATA, *LABELS, *FILES]


@pytest.mark.parametrize(("mistake", "kind", "fragments"), ALL)
def test_a_mistake_is_explained(
    mistake: Callable[[], Any], kind: type[Exception], fragments: list[str]
) -> None:
    with pytest.raises(kind) as caught:
        mistake()
    text = str(caught.value)
    assert type(caught.value) is kind
    assert text.count("Received: ") == 1
    for fragment in fragments:
        assert fragment in text


def test_there_are_enough_mistakes_in_the_table() -> None:
    assert len(ALL) >= 120


class Mute:
    """An object that cannot write itself."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


LONG = "x" * 10_000


AWKWARD = {
    "mute": Mute(),
    "long": LONG,
    "list": [LONG] * 3,
    "both": {LONG: Mute()},
}


@pytest.mark.parametrize("value", AWKWARD.values(), ids=AWKWARD)
def test_a_value_that_cannot_be_shown_or_is_very_long_is_told_in_short(value: Any) -> None:
    mistakes: list[Callable[[], Any]] = [
        lambda: Dense(value),
        lambda: Dense(3, activation=value),
        lambda: Dense(3, kernel_initializer=value),
        lambda: Dense(3, input_shape=value),
        lambda: Dense(3, unheard_of=value),
        lambda: Dense(3, dtype=value),
        lambda: Dropout(0.5, seed=value),
        lambda: BatchNormalization(axis=value),
        lambda: BatchNormalization(momentum=value),
        lambda: Sequential([value]),
        lambda: SGD(value),
        lambda: regression().compile("sgd", value),
        lambda: regression().compile("sgd", "mse", metrics=value),
        lambda: regression().compile(value, "mse"),
        lambda: fit(x=value),
        lambda: fit(x=[[1, value], [3, 4]]),
        lambda: fit(y=[value, 1, 0, 1]),
        lambda: fit(class_weight={0: 1, 1: 2, "z": value}),
        lambda: fit(validation_split=value),
        lambda: fit(batch_size=value),
        lambda: fit(validation_data=value),
        lambda: utils.to_categorical([0, 1], value),
        lambda: two_inputs().predict({"left": X, "rigth": value}),
        lambda: two_inputs().compile("sgd", [value] * 3),
    ]
    for mistake in mistakes:
        with pytest.raises((TypeError, ValueError)) as caught:
            mistake()
        assert len(str(caught.value)) < 2000
        assert "Received: " in str(caught.value)


def test_a_long_text_keeps_its_ends() -> None:
    assert told("a" + LONG + "b") == f"'a{'x' * 187} … xxxxxxb' (str)"
    assert told(10**5000) == "<int object> (int)"


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        (lambda: Dense(3), "Call it first: x = Input(shape=(2,)); Dense(...)(x)."),
        (
            lambda: Dense(3, input_shape=(2,)),
            "Call it first: x = Input(shape=(2,)); Dense(...)(x).",
        ),
        (lambda: Dense, "Make one, and call it: x = Input(shape=(2,)); Dense(...)(x)."),
        (lambda: regression(), "Take the output of the model: model.output."),
    ],
)
def test_a_layer_called_on_a_layer_is_told_to_call_that_one_first(wrong: Any, remedy: str) -> None:
    for call in (lambda: Dense(1)(wrong()), lambda: Add()([Input((2,)), wrong()])):
        with pytest.raises(TypeError, match="on Inputs or on other layers' outputs") as caught:
            call()
        assert str(caught.value).endswith(f"Remedy: {remedy}")


@pytest.mark.parametrize("x", [[[1, 2], [3]], [[1, 2], 3]])
def test_lists_of_different_lengths_are_explained_for_every_method(x: Any) -> None:
    model = yes_or_no()
    for use in (model, model.predict, model.predict_on_batch, model.explain):
        with pytest.raises(ValueError, match="x must be rectangular"):
            use(x)
    for method in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match="x must be rectangular"):
            method(x, [0, 1])


def test_several_inputs_are_predicted_in_one_go() -> None:
    class Seen(Dense):
        def forpass(self, x: Any, training: bool = False) -> Any:
            sizes.append(len(x))
            return super().forpass(x, training)

    sizes: list[int] = []
    left, right = Input((2,)), Input((2,))
    model = Model([left, right], Seen(1)(Add()([left, right])))
    model.compile("sgd", "mse")
    sizes.clear()
    model.predict_on_batch([X, X])
    model.test_on_batch([X, X], Y)
    assert sizes == [4, 4]


class MuteSchedule(schedules.LearningRateSchedule, Mute):
    def __call__(self, step: int) -> float:
        return 0.1

    __repr__ = Mute.__repr__


class MuteFunction(Mute):
    def __call__(self, y: Any, a: Any) -> float:
        return 0.0


LARGE = 10**5000
"""Python refuses to write so many digits."""

UNSPEAKABLE: list[tuple[str, Callable[[], Any]]] = [
    ("verbose must be 0, 1, 2", lambda: fit(verbose=Mute())),
    ("callbacks are objects of classes", lambda: fit(callbacks=[Mute()])),
    ("The path must name a file", lambda: CSVLogger(Mute())),
    ("The path must name a file", lambda: ModelCheckpoint(Mute())),
    ("The path must name a file", lambda: yes_or_no().save(Mute())),
    ("What fit returns keeps the figures", lambda: History()[Mute()]),
    ("What fit returns keeps the figures", lambda: Mute() in History()),
    ("A shape is made of whole numbers", lambda: initializers.HeNormal()(Mute())),
    ("minval must not be above maxval", lambda: initializers.RandomUniform(LARGE, 0)),
    ("boundaries must grow", lambda: schedules.PiecewiseConstantDecay([LARGE, 0], [1, 2, 3])),
    ("A loss of your own needs its gradient", lambda: losses.get(MuteFunction())),
    ("A dictionary of data has one entry", lambda: fit(two_inputs(), {Mute(): X})),
    (
        "this one follows a schedule",
        lambda: fit(sgd(MuteSchedule()), callbacks=[ReduceLROnPlateau("loss")]),
    ),
]


def sgd(rate: Any) -> Sequential:
    """A neuron that learns at this rate."""
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(SGD(rate), "mse")
    return model


@pytest.mark.parametrize(("rule", "mistake"), UNSPEAKABLE)
def test_what_cannot_be_written_spoils_no_error(rule: str, mistake: Callable[[], Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=rule):
        mistake()


def test_complex_numbers_among_others_are_no_numbers_of_any_size() -> None:
    for value in (1j, np.complex64(1j), np.complex128(1j)):
        with pytest.raises(TypeError, match="x must be numbers"):
            fit(x=np.array([[1.0, value], [1, 2], [1, 2], [1, 2]], object))


REQUIRED = {
    **{"units": 3, "filters": 2, "kernel_size": 3, "rate": 0.5, "activation": "relu"},
    **{"target_shape": (2,), "shape": (2,), "initial_learning_rate": 0.1, "decay_steps": 10},
    **{"decay_rate": 0.9, "boundaries": [1], "values": [1.0, 0.5], "schedule": lambda epoch: 0.1},
}
FAMILIES: list[Any] = [activations, initializers, layers, losses, metrics, optimizers]
FAMILIES += [regularizers, schedules]
CLASSES = {
    f"{family.__name__}.{name}": kind
    for family in FAMILIES
    for name, kind in vars(family).items()
    if isinstance(kind, type) and not name.startswith("_")
}


@pytest.mark.parametrize("value", [Mute(), LONG], ids=["mute", "long"])
@pytest.mark.parametrize("kind", CLASSES.values(), ids=CLASSES)
def test_no_argument_of_a_class_is_repeated_in_full_or_fails_to_be_told(
    kind: Any, value: Any
) -> None:
    parameters = inspect.signature(kind).parameters.values()
    needed = {p.name: REQUIRED[p.name] for p in parameters if p.name in REQUIRED}
    texts = []
    for name in argument_names(kind):
        try:
            kind(**{**needed, name: value})
        except (TypeError, ValueError) as error:
            texts.append(str(error))
    assert max(map(len, texts), default=0) < 2000
