"""What an optimizer remembers belongs to it and a model, and follows the weights."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.callbacks import Callback
from nnlite.layers import Dense
from nnlite.optimizers import SGD, Adagrad, Adam, Optimizer
from nnlite.optimizers.schedules import PiecewiseConstantDecay

X, Y = [[1.0]], [[10.0]]


def line(optimizer, layers: int = 1) -> Sequential:
    """a = w·x, from w = 1; with x = 1 and y = 10, dw = a − 10 for a single layer."""
    dense = {"use_bias": False, "kernel_initializer": "ones"}
    first = Dense(1, input_shape=(1,), **dense)
    model = Sequential([first, *(Dense(1, **dense) for _ in range(layers - 1))], dtype="float64")
    model.compile(optimizer, "half_squared_error")
    return model


def train(model: Sequential, epochs: int = 1) -> list[float]:
    model.fit(X, Y, epochs=epochs, verbose=0)
    return [float(w.item()) for w in model.get_weights()]


def test_a_second_model_starts_without_the_momentum_of_the_first():
    optimizer = SGD(0.1, momentum=0.5)
    first, second = line(optimizer), line(optimizer)
    # Gradient −9: v = 0.9, w = 1.9; then −8.1: v = 0.45 + 0.81, w = 3.16.
    assert train(first, 2) == pytest.approx([3.16], rel=1e-14)
    assert train(second) == pytest.approx([1.9], rel=1e-14)


def test_the_first_model_goes_on_with_its_own_momentum():
    optimizer = SGD(0.1, momentum=0.5)
    first, second = line(optimizer), line(optimizer)
    train(first)
    train(second, 3)
    assert train(first) == pytest.approx([3.16], rel=1e-14)


def test_each_model_has_its_own_count_of_steps():
    optimizer = Adam(0.1)
    first, second = line(optimizer), line(optimizer)
    train(first, 5)
    assert optimizer.iterations == 5
    # The first step of Adam has the length of the learning rate.
    assert train(second) == pytest.approx([1.1], rel=1e-6)
    assert optimizer.iterations == 1
    train(first)
    assert optimizer.iterations == 6


def test_each_model_is_at_its_own_place_in_a_schedule():
    optimizer = SGD(PiecewiseConstantDecay([1], [0.1, 0.0]))
    first, second = line(optimizer), line(optimizer)
    assert train(first, 3) == pytest.approx([1.9 + 0.81], rel=1e-14)
    assert train(second) == pytest.approx([1.9], rel=1e-14)


def test_a_model_trained_inside_of_anothers_training_disturbs_nothing():
    optimizer = Adam(0.1)
    outer, inner, alone = line(optimizer), line(optimizer), line(Adam(0.1))

    class Inner(Callback):
        def on_epoch_end(self, epoch, logs=None):
            train(inner)

    outer.fit(X, Y, epochs=3, verbose=0, callbacks=[Inner()])
    assert outer.get_weights() == train_weights(alone, 3)
    assert inner.get_weights() == outer.get_weights()


def train_weights(model: Sequential, epochs: int) -> list:
    train(model, epochs)
    return model.get_weights()


def test_compile_with_the_same_optimizer_goes_on():
    optimizer = SGD(0.1, momentum=0.5)
    model = line(optimizer)
    train(model)
    model.compile(optimizer, "half_squared_error")
    assert train(model) == pytest.approx([3.16], rel=1e-14)


# Within a model


def test_momentum_does_not_pass_from_a_frozen_layer_to_one_of_the_same_size():
    model = line(SGD(0.1, momentum=0.5), layers=2)
    first, second = model.layers
    first.trainable = False
    train(model, 2)
    w = second.W.item()
    first.trainable, second.trainable = True, False
    # A new start: the step is α·g, where g = (w − 10)·w.
    assert train(model)[0] == pytest.approx(1 - 0.1 * (w - 10) * w, rel=1e-14)


def test_a_layer_that_thaws_again_goes_on_with_its_own_momentum():
    model = line(SGD(0.1, momentum=0.5), layers=2)
    first, second = model.layers
    first.trainable = False
    # v = 0.9, w = 1.9; while it is frozen the other layer stays as well: α is 0.
    train(model)
    first.trainable, second.trainable = True, False
    model.optimizer.learning_rate = 0.0
    train(model)
    first.trainable, second.trainable = False, True
    model.optimizer.learning_rate = 0.1
    assert train(model)[1] == pytest.approx(3.16, rel=1e-14)


def test_the_others_keep_their_momentum_when_a_layer_is_frozen():
    model = line(SGD(0.1, momentum=0.5), layers=2)
    train(model)
    w, v = (w.item() for w in model.get_weights()), model.layers[1].W.item() - 1
    w0, w1 = w
    model.layers[0].trainable = False
    g = (w0 * w1 - 10) * w0
    assert train(model)[1] == pytest.approx(w1 + 0.5 * v - 0.1 * g, rel=1e-14)


def test_a_weight_that_is_thawed_later_takes_a_first_step_of_adam_as_any_other():
    model = line(Adam(0.1), layers=2)
    model.layers[0].trainable = False
    train(model, 20)
    model.layers[0].trainable = True
    before = model.layers[0].W.item()
    train(model)
    assert abs(model.layers[0].W.item() - before) == pytest.approx(0.1, rel=1e-6)
    assert model.optimizer.iterations == 21
    assert model.optimizer.ages.tolist() == [1, 21]


def test_the_age_of_a_weight_stands_still_while_it_is_frozen():
    model = line(Adam(0.1), layers=2)
    train(model, 3)
    model.layers[0].trainable = False
    train(model, 4)
    model.layers[0].trainable = True
    train(model, 2)
    assert model.optimizer.ages.tolist() == [5, 9]


def test_a_sum_that_does_not_start_at_0_does_so_for_a_weight_that_is_thawed_later():
    model = line(Adagrad(0.1, initial_accumulator_value=0.5), layers=2)
    model.layers[0].trainable = False
    train(model)
    model.layers[0].trainable = True
    w = model.layers[1].W.item()
    g = (w - 10) * w
    assert train(model)[0] == pytest.approx(1 - 0.1 * g / (0.5 + g * g + 1e-7) ** 0.5, rel=1e-12)


def test_a_new_layer_leaves_the_momentum_of_the_others_alone():
    model = line(SGD(0.1, momentum=0.5))
    train(model)
    model.add(Dense(1, use_bias=False, kernel_initializer="ones"))
    # a = 1.9, so g = −8.1·1 for the old layer, with v = 0.45 + 0.81.
    assert train(model)[0] == pytest.approx(3.16, rel=1e-14)


def test_a_place_to_compute_in_is_nothing_that_an_optimizer_remembers():
    plain, heavy, adam = line(SGD(0.1)), line(SGD(0.1, momentum=0.5)), line(Adam(0.1))
    for model in (plain, heavy, adam):
        train(model)
    kept = [sorted(m.optimizer.bound_state.arrays) for m in (plain, heavy, adam)]
    assert kept == [[], ["v"], ["m", "v"]]


def test_a_step_by_hand_after_one_of_another_length_has_room_to_compute_in():
    optimizer = SGD(0.5)
    for length in (2, 3):
        w = np.zeros(length)
        optimizer.step(w, np.ones(length))
        assert w.tolist() == [-0.5] * length


# Own optimizers


class Heavy(Optimizer):
    """v ← v/2 + g and w ← w − α·v."""

    def update(self, weights, gradients, learning_rate):
        v = self.memory("v", weights)
        v *= 0.5
        v += gradients
        weights -= learning_rate * v


def test_what_an_own_optimizer_keeps_in_its_memory_belongs_to_the_model_too():
    optimizer = Heavy(0.1)
    first, second = line(optimizer), line(optimizer)
    assert train(first, 2) == pytest.approx([3.16], rel=1e-14)
    assert train(second) == pytest.approx([1.9], rel=1e-14)
    assert train(first) == pytest.approx([3.16 + 0.63 + 0.684], rel=1e-14)


def test_steps_by_hand_are_apart_from_those_of_a_model():
    optimizer = SGD(0.1, momentum=0.5)
    model = line(optimizer)
    train(model)
    w = np.array([1.0])
    optimizer.step(w, np.array([-9.0]))
    optimizer.step(w, np.array([-8.1]))
    assert w == pytest.approx(3.16, rel=1e-14)
    assert train(model) == pytest.approx([3.16], rel=1e-14)


def test_a_step_by_hand_on_the_vector_of_a_model_goes_on_where_fit_stopped():
    model = line(SGD(0.1, momentum=0.5))
    train(model)
    model.optimizer.step(model.weights_vector, np.array([-8.1]))
    assert model.get_weights()[0].item() == pytest.approx(3.16, rel=1e-14)


def test_another_model_that_is_evaluated_leaves_the_clipping_of_each_weight_alone():
    optimizer = SGD(1.0, clipnorm=1.0)
    other = Sequential([Dense(1, input_shape=(2,))])
    other.compile(optimizer, "mse")
    model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="zeros"), Dense(1)])
    model.pop()
    model.compile(optimizer, "half_squared_error")

    class Evaluate(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            line(optimizer).evaluate(X, Y, verbose=0)

    model.fit([[3.0, 4.0]], [-100.0], verbose=0, callbacks=[Evaluate()])
    assert model.weights_vector.tolist() == pytest.approx([-0.6, -0.8, -1.0])


# Lives and copies


def test_an_optimizer_keeps_no_model_alive():
    optimizer = Adam(0.1)
    model = line(optimizer, layers=2)
    model.layers[0].trainable = False
    train(model)
    model.layers[0].trainable = True
    train(model)
    watched = [weakref.ref(model), weakref.ref(model.layers[0])]
    del model
    gc.collect()
    assert [reference() for reference in watched] == [None, None]


def test_a_model_keeps_no_optimizer_alive_that_it_was_compiled_with_before():
    optimizer = Adam(0.1)
    model = line(optimizer)
    train(model)
    watched = weakref.ref(optimizer)
    model.compile("sgd", "mse")
    del optimizer
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_of_a_model_goes_on_with_a_state_of_its_own(copied):
    model = line(SGD(0.1, momentum=0.5))
    train(model)
    twin = copied(model)
    assert train(twin) == pytest.approx([3.16], rel=1e-14)
    assert train(model) == pytest.approx([3.16], rel=1e-14)
    assert twin.optimizer.iterations == model.optimizer.iterations == 2


def test_reset_forgets_the_steps_of_the_model_trained_last():
    optimizer = SGD(0.1, momentum=0.5)
    model = line(optimizer)
    train(model)
    optimizer.reset()
    assert optimizer.iterations == 0
    assert train(model) == pytest.approx([1.9 + 0.81], rel=1e-14)


# Optimizers that are equal, or have no hash


@dataclass
class Rolling(Optimizer):
    """A user's: a dataclass has an `__eq__` of its own, and so no hash."""

    rate: float = 0.1

    def __post_init__(self) -> None:
        super().__init__(self.rate)

    def update(self, weights, gradients, learning_rate):
        v = self.memory("v", weights)
        v += gradients
        weights -= learning_rate * v


class AllAlike(SGD):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, AllAlike)

    def __hash__(self) -> int:
        return 1


def test_an_optimizer_without_a_hash_trains_and_remembers():
    model = line(Rolling())
    # Gradient −9: v = −9, w = 1.9; then −8.1: v = −17.1, w = 3.61.
    assert train(model) == pytest.approx([1.9], rel=1e-14)
    assert train(model) == pytest.approx([3.61], rel=1e-14)


def test_equal_optimizers_of_one_model_remember_apart():
    first, second = AllAlike(0.1, momentum=0.5), AllAlike(0.1, momentum=0.5)
    model = line(first)
    train(model)
    model.compile(second, "half_squared_error")
    # Without the momentum of the first: 1.9 + 0.81.
    assert train(model) == pytest.approx([2.71], rel=1e-14)
    assert (first.iterations, second.iterations) == (1, 1)


def test_a_copy_of_a_model_has_states_of_its_own_for_equal_optimizers():
    model = line(AllAlike(0.1, momentum=0.5))
    train(model)
    twin = copy.deepcopy(model)
    assert train(twin) == train(model) == pytest.approx([3.16], rel=1e-14)
