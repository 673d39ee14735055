"""Keras' names of weights, on layers and models."""

from __future__ import annotations

from nnlite import Sequential
from nnlite.layers import BatchNormalization, Dense


def model():
    return Sequential([Dense(3, input_shape=(2,)), BatchNormalization(), Dense(1)], seed=0)


def same(found, wanted):
    return [id(weight) for weight in found] == [id(weight) for weight in wanted]


def test_running_means_are_not_trained():
    made = model()
    assert [w.shape for w in made.trainable_weights] == [(2, 3), (3,), (3,), (3,), (3, 1), (1,)]
    normalization = made.layers[1]
    running = [normalization.moving_mean, normalization.moving_variance]
    assert same(made.non_trainable_weights, running)
    assert same(normalization.non_trainable_weights, running)


def test_a_frozen_layer_trains_none_of_its_weights():
    made = model()
    made.layers[0].trainable = False
    frozen = made.layers[0]
    assert same(frozen.non_trainable_weights, [frozen.W, frozen.b])
    assert len(made.non_trainable_weights) == 4
    assert len(made.trainable_weights) + len(made.non_trainable_weights) == len(made.weights)


def test_variables_are_another_name_of_weights():
    made = model()
    for thing in (made, made.layers[1]):
        assert same(thing.trainable_variables, thing.trainable_weights)
        assert same(thing.non_trainable_variables, thing.non_trainable_weights)
