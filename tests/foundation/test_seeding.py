from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import nnlite
from nnlite.foundation.seeding import new_generator, seeds_from
from nnlite.layers import Dense, Dropout, Input
from nnlite.models import Model, Sequential

pytestmark = pytest.mark.bits

X = np.random.default_rng(0).normal(size=(40, 3))
Y = X @ [[1.0], [-2.0], [0.5]]


def network(seed: int | None) -> Sequential:
    """A network with everything that is random: weights, masks, shuffling."""
    model = Sequential(
        [Dense(8, activation="relu", input_shape=(3,)), Dropout(0.5), Dense(1)], seed=seed
    )
    model.compile("sgd", "mse")
    return model


def bits(model: Model, epochs: int = 3) -> bytes:
    """All weights after some training, bit by bit."""
    model.fit(X, Y, batch_size=7, epochs=epochs, verbose=0)
    return model.weights_vector.tobytes()


def test_the_same_seed_gives_the_same_bits() -> None:
    assert bits(network(5)) == bits(network(5))


def test_another_seed_gives_other_numbers() -> None:
    assert bits(network(5)) != bits(network(6))


def test_two_models_without_a_seed_differ() -> None:
    assert network(None).weights_vector.tobytes() != network(None).weights_vector.tobytes()


def test_weights_masks_and_shuffling_each_depend_on_the_seed() -> None:
    first, second = network(1), network(2)
    assert first.get_weights()[0].tolist() != second.get_weights()[0].tolist()
    masks = [model.layers[1](np.ones((20, 8)), training=True) for model in (first, second)]
    assert masks[0].tolist() != masks[1].tolist()
    orders = []
    for seed in (1, 2):
        model = Sequential([Dense(1, input_shape=(3,), kernel_initializer="zeros")], seed=seed)
        model.compile("sgd", "mse")
        orders.append(bits(model, epochs=1))
    assert orders[0] != orders[1]


def test_every_epoch_has_a_new_order_and_every_step_a_new_mask() -> None:
    seen: list[Any] = []

    class Spy(Dense):
        def forpass_z(self, x: Any, training: bool = False) -> Any:
            seen.append(x.tolist())
            return super().forpass_z(x, training)

    model = Sequential([Dropout(0.0, input_shape=(1,)), Spy(1)], seed=0)
    model.compile("sgd", "mse")
    seen.clear()
    model.fit(np.arange(8.0), np.zeros(8), batch_size=4, epochs=2, verbose=0)
    epochs = [[*seen[0], *seen[1]], [*seen[2], *seen[3]]]
    assert epochs[0] != epochs[1]
    assert sorted(epochs[0]) == sorted(epochs[1]) == [[float(n)] for n in range(8)]
    dropout = network(0).layers[1]
    ones = np.ones((5, 8))
    assert dropout(ones, training=True).tolist() != dropout(ones, training=True).tolist()


def test_without_shuffling_the_order_is_that_of_the_data() -> None:
    seen: list[Any] = []

    class Spy(Dense):
        def forpass_z(self, x: Any, training: bool = False) -> Any:
            seen.append(x.ravel().tolist())
            return super().forpass_z(x, training)

    model = Sequential([Spy(1, input_shape=(1,))], seed=0)
    model.compile("sgd", "mse")
    seen.clear()
    model.fit(np.arange(5.0), np.zeros(5), batch_size=2, shuffle=False, verbose=0)
    assert seen == [[0, 1], [2, 3], [4]]


def test_set_random_seed_starts_all_later_models_anew() -> None:
    nnlite.set_random_seed(11)
    first = [bits(network(None)), bits(network(None))]
    nnlite.set_random_seed(11)
    again = [bits(network(None)), bits(network(None))]
    assert first == again
    assert first[0] != first[1]


def test_a_seed_of_ones_own_does_not_depend_on_set_random_seed() -> None:
    nnlite.set_random_seed(1)
    first = bits(network(3))
    nnlite.set_random_seed(2)
    assert bits(network(3)) == first


def test_a_dropout_with_a_seed_has_masks_of_its_own() -> None:
    masks = [
        Sequential([Dropout(0.5, seed=9, input_shape=(20,))], seed=seed)(
            np.ones((3, 20)), training=True
        ).tolist()
        for seed in (1, 2)
    ]
    assert masks[0] == masks[1]


def model_of_models(seed: int | None = None) -> tuple[Model, Model]:
    """A model in which another one stands, that was made before it."""
    x = Input(shape=(3,))
    inner = Model(x, Dropout(0.5)(Dense(8)(x)))
    return inner, Model(x, Dense(1)(inner(x)), seed=seed)


def test_a_seed_leaves_an_inner_model_the_weights_and_random_numbers_that_it_has() -> None:
    (first, whole), (second, other) = model_of_models(seed=5), model_of_models(seed=5)
    assert whole.layers[-1].W.tolist() == other.layers[-1].W.tolist()
    assert first.weights_vector.tolist() != second.weights_vector.tolist()
    masks = [inner.layers[2](np.ones((20, 8)), training=True) for inner in (first, second)]
    assert masks[0].tolist() != masks[1].tolist()


def test_set_random_seed_once_seeds_a_model_of_models() -> None:
    trained = []
    for _ in range(2):
        nnlite.set_random_seed(7)
        _, whole = model_of_models()
        whole.compile("sgd", "mse")
        trained.append(bits(whole))
    assert trained[0] == trained[1]


def test_the_global_random_state_is_neither_read_nor_changed() -> None:
    # The global state is touched here on purpose, to see that nothing else does.
    results, states = [], []
    for global_seed in (1, 2):
        np.random.seed(global_seed)  # noqa: NPY002
        before = np.random.get_state()[1].tobytes()  # type: ignore[index, union-attr]  # noqa: NPY002
        results.append(bits(network(4)))
        network(None)
        nnlite.set_random_seed(3)
        states.append(before == np.random.get_state()[1].tobytes())  # type: ignore[index, union-attr]  # noqa: NPY002
    assert results[0] == results[1]
    assert states == [True, True]


def test_prediction_uses_no_random_numbers() -> None:
    model = network(5)
    model.fit(X, Y, verbose=0)
    for _ in range(3):
        model.predict(X)
        model.evaluate(X, Y, verbose=0)
    reference = network(5)
    reference.fit(X, Y, verbose=0)
    assert bits(model) == bits(reference)


def test_generators_made_in_threads_all_differ() -> None:
    nnlite.set_random_seed(0)
    numbers: list[int] = []

    def draw() -> None:
        for _ in range(50):
            numbers.append(int(new_generator().integers(2**62)))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 200


@pytest.mark.parametrize("seed", [0, 7, np.int64(7), 2**70])
def test_any_whole_number_from_0_on_is_a_seed(seed: Any) -> None:
    assert new_generator(seed).random() == new_generator(int(seed)).random()


def test_models_made_within_seeds_from_start_from_there_unless_they_have_a_seed() -> None:
    numbers = []
    for _ in range(2):
        with seeds_from(3):
            numbers.append([bits(network(None)), bits(network(None)), bits(network(5))])
    assert numbers[0] == numbers[1]
    assert len({*numbers[0]}) == 3
    assert numbers[0][2] == bits(network(5))


def test_seeds_from_ends_with_its_block_and_other_threads_know_nothing_of_it() -> None:
    def first_model() -> bytes:
        nnlite.set_random_seed(1)
        return bits(network(None))

    wanted, found = first_model(), []
    with seeds_from(3):
        thread = threading.Thread(target=lambda: found.append(first_model()))
        thread.start()
        thread.join()
        assert first_model() != wanted
    assert [*found, first_model()] == [wanted, wanted]
