"""The same work as in Keras 3.15 with TensorFlow 2.21: the numbers that came out there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import callbacks, initializers, losses, metrics, optimizers, regularizers
from nnlite.layers import BatchNormalization, Dense, Input
from nnlite.models import Model, Sequential
from nnlite.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Nadam, RMSprop, schedules

pytestmark = pytest.mark.bits

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 1.0]], np.float32)
Y = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0], [0.5, 0.5]], np.float32)
YES_OR_NO = np.array([1, 0, 1, 1])
W = [[0.5, -1.0], [2.0, 0.25]]
B = [0.1, -0.2]


def linear_model(optimizer: Any = "sgd", **options: Any) -> Sequential:
    """Two inputs, two linear units that start at W and B."""
    model = Sequential([Input(shape=(2,)), Dense(2)])
    model.set_weights([W, B])
    model.compile(optimizer=optimizer, loss="mse", **options)
    return model


def weights_of(model: Any) -> list[float]:
    """All weights in one list."""
    return np.concatenate([w.ravel() for w in model.get_weights()]).tolist()


def close(expected: Any) -> Any:
    """As equal as two float32 computations of different order can be."""
    return pytest.approx(expected, rel=3e-6, abs=3e-6)


AFTER_THREE_STEPS: list[tuple[Callable[[], optimizers.Optimizer], list[float]]] = [
    (lambda: SGD(0.1), [0.113764, -0.6839061, 1.256422, 0.4743753, -0.06252121, -0.04295057]),
    (
        lambda: SGD(0.1, momentum=0.9),
        [-0.2549307, -0.3896812, 0.5713305, 0.6870829, -0.2267256, 0.1062185],
    ),
    (
        lambda: SGD(0.1, momentum=0.9, nesterov=True),
        [-0.2648185, -0.3098029, 0.3172414, 0.7068971, -0.1455677, 0.1173292],
    ),
    (
        lambda: RMSprop(0.01),
        [0.4275813, -0.9280618, 1.927018, 0.3212608, 0.02838866, -0.1289938],
    ),
    (
        lambda: RMSprop(0.01, centered=True),
        [0.4203591, -0.9209607, 1.919656, 0.3281843, 0.0213743, -0.1221388],
    ),
    (
        lambda: RMSprop(0.01, momentum=0.9),
        [0.354004, -0.8549142, 1.852956, 0.3937964, -0.04447492, -0.05669259],
    ),
    (
        lambda: RMSprop(0.01, rho=0.8, centered=True, momentum=0.5),
        [0.406489, -0.907032, 1.905863, 0.3421995, 0.007396869, -0.1080915],
    ),
    (
        lambda: Adagrad(0.1),
        [0.2887118, -0.7956932, 1.780654, 0.4429354, -0.09472811, -0.016591],
    ),
    (lambda: Adadelta(), [0.4999957, -0.9999957, 1.999996, 0.2500043, 0.09999571, -0.1999957]),
    (lambda: Adadelta(1.0), [0.4957145, -0.9957163, 1.995712, 0.2542813, 0.09571745, -0.1957196]),
    (
        lambda: Adadelta(1.0, rho=0.5, epsilon=1e-3),
        [0.3517511, -0.8536683, 1.849585, 0.3934697, -0.04485763, -0.05779648],
    ),
    (lambda: Nadam(), [0.4974537, -0.9974541, 1.997453, 0.2525452, 0.09745442, -0.197455]),
    (
        lambda: Nadam(0.01, beta_1=0.5, beta_2=0.6, epsilon=1e-3),
        [0.4688402, -0.968897, 1.968773, 0.2810259, 0.06894138, -0.1690128],
    ),
    (
        lambda: Nadam(0.01, weight_decay=0.1, clipnorm=0.5),
        [0.4730774, -0.9716238, 1.968523, 0.2745695, 0.07423417, -0.1739812],
    ),
    (lambda: Adam(0.01), [0.470017, -0.9700234, 1.97001, 0.2799676, 0.07002759, -0.1700359]),
    (
        lambda: Adam(0.01, amsgrad=True),
        [0.470017, -0.9700234, 1.97001, 0.2799676, 0.07002759, -0.1700359],
    ),
    (
        lambda: Adam(0.01, beta_1=0.5, beta_2=0.6, epsilon=1e-3),
        [0.4700466, -0.9700631, 1.970027, 0.2799147, 0.07008342, -0.1701064],
    ),
    (lambda: AdamW(0.01), [0.4699583, -0.9699046, 1.969771, 0.2799364, 0.07001688, -0.1700131]),
    (
        lambda: AdamW(0.01, 0.1),
        [0.4685501, -0.9670576, 1.964047, 0.2791876, 0.06976031, -0.1694675],
    ),
    (
        lambda: Adam(0.01, weight_decay=0.1),
        [0.4685501, -0.9670576, 1.964047, 0.2791876, 0.06976031, -0.1694675],
    ),
    (
        lambda: SGD(0.1, clipnorm=0.5),
        [0.4320089, -0.9486456, 1.88268, 0.2884064, -0.01649288, -0.1055129],
    ),
    (lambda: SGD(0.1, clipvalue=0.3), [0.41, -0.91, 1.91, 0.34, 0.01, -0.11]),
    (
        lambda: SGD(0.1, global_clipnorm=0.5),
        [0.4345731, -0.9505801, 1.887492, 0.2872021, 0.06763244, -0.1738011],
    ),
    (
        lambda: SGD(0.1, weight_decay=0.1),
        [0.1097618, -0.6615612, 1.214087, 0.4629413, -0.05881296, -0.04033646],
    ),
    (
        lambda: SGD(0.1, momentum=0.9, weight_decay=0.1),
        [-0.2550832, -0.3698462, 0.5347804, 0.6741797, -0.2205874, 0.1076401],
    ),
    (
        lambda: RMSprop(0.01, clipnorm=0.1),
        [0.4264594, -0.926944, 1.925896, 0.3223675, 0.02600879, -0.1265992],
    ),
    (
        lambda: SGD(schedules.ExponentialDecay(0.1, 2, 0.5)),
        [0.1845899, -0.7493297, 1.417155, 0.4317704, -0.04152927, -0.0724839],
    ),
]


@pytest.mark.parametrize(("make", "expected"), AFTER_THREE_STEPS)
def test_an_optimizer_is_where_keras_is_after_three_steps(
    make: Callable[[], optimizers.Optimizer], expected: list[float]
) -> None:
    model = linear_model(make())
    model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    assert weights_of(model) == close(expected)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (
            schedules.ExponentialDecay(0.1, 10, 0.5),
            [0.1, 0.0933033, 0.07071068, 0.06597539, 0.05, 0.03535534, 0.025, 0.01339717],
        ),
        (
            schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
            [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025],
        ),
        (
            schedules.InverseTimeDecay(0.1, 10, 0.5),
            [0.1, 0.0952381, 0.08, 0.07692308, 0.06666667, 0.05714286, 0.05, 0.04081633],
        ),
        (
            schedules.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
            [0.1, 0.1, 0.1, 0.1, 0.06666667, 0.06666667, 0.05, 0.05],
        ),
        (
            schedules.PiecewiseConstantDecay([5, 10], [1.0, 0.5, 0.1]),
            [1.0, 1.0, 1.0, 0.5, 0.5, 0.1, 0.1, 0.1],
        ),
        (
            schedules.CosineDecay(0.1, 20, alpha=0.1),
            [0.1, 0.09944598, 0.08681981, 0.08145034, 0.055, 0.0231802, 0.01, 0.01],
        ),
        (
            schedules.CosineDecay(0.01, 20, alpha=0.1, warmup_target=0.2, warmup_steps=5),
            [0.01, 0.048, 0.2, 0.198892, 0.1736396, 0.11, 0.04636039, 0.02],
        ),
    ],
)
def test_a_schedule_gives_the_rates_of_keras(schedule: Any, expected: list[float]) -> None:
    assert [schedule(step) for step in (0, 1, 5, 6, 10, 15, 20, 29)] == close(expected)


YB, PB = np.array([[1.0], [0.0], [1.0]]), np.array([[0.9], [0.2], [0.4]])
ZB = np.array([[2.0], [-1.0], [-30.0]])
YC, YS = np.eye(3)[[0, 2, 1]], np.array([0, 2, 1])
PC = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]])
ZC = np.array([[1.0, 2.0, 3.0], [-4.0, 0.0, 9.0], [0.5, 0.2, -0.1]])
YR = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.0]])
PR = np.array([[1.5, 0.0], [0.0, -1.0], [0.0, 2.0]])


@pytest.mark.parametrize(
    ("loss", "y", "a", "mean", "weighted"),
    [
        (losses.MeanSquaredError(), YR, PR, 2.875, 1.7916667),
        (losses.MeanAbsoluteError(), YR, PR, 1.25, 0.8333333),
        (losses.Huber(), YR, PR, 0.9375, 0.6041667),
        (losses.Huber(delta=0.5), YR, PR, 0.5416667, 0.3541667),
        (losses.BinaryCrossentropy(), YB, PB, 0.4149316, 0.3365977),
        (losses.BinaryCrossentropy(from_logits=True), YB, ZB, 10.146730, 5.2511511),
        (losses.CategoricalCrossentropy(), YC, PC, 0.4987031, 0.4203691),
        (losses.CategoricalCrossentropy(from_logits=True), YC, ZC, 1.178707, 0.9906841),
        (losses.SparseCategoricalCrossentropy(), YS, PC, 0.4987031, 0.4203691),
        (losses.SparseCategoricalCrossentropy(), YS[:, None], PC, 0.4987031, 0.4203691),
        (losses.SparseCategoricalCrossentropy(from_logits=True), YS, ZC, 1.178707, 0.9906841),
    ],
)
def test_a_loss_has_the_value_of_keras(
    loss: losses.Loss, y: Any, a: Any, mean: float, weighted: float
) -> None:
    assert loss(y, a) == close(mean)
    assert loss(y, a, sample_weight=[1.0, 2.0, 0.5]) == close(weighted)


@pytest.mark.parametrize(
    ("metric", "y", "a", "expected"),
    [
        (metrics.BinaryAccuracy(), YB, PB, 0.6666667),
        (metrics.BinaryAccuracy(threshold=0.3), YB, PB, 1.0),
        (metrics.CategoricalAccuracy(), YC, PC, 1.0),
        (metrics.SparseCategoricalAccuracy(), YS, PC, 1.0),
        (metrics.MeanSquaredError(), YR, PR, 2.875),
        (metrics.RootMeanSquaredError(), YR, PR, 1.695583),
        (metrics.MeanAbsoluteError(), YR, PR, 1.25),
        (metrics.R2Score(), YR, PR, -0.8482143),
    ],
)
def test_a_metric_has_the_value_of_keras_over_two_batches(
    metric: metrics.Metric, y: Any, a: Any, expected: float
) -> None:
    metric.update_state(y[:2], a[:2])
    metric.update_state(y[2:], a[2:])
    assert metric.result() == close(expected)


def test_regularizers_count_in_the_loss_and_not_in_the_metric_as_in_keras() -> None:
    layer = Dense(2, kernel_regularizer=regularizers.L1L2(0.1, 0.2), bias_regularizer="l2")
    model = Sequential([Input(shape=(2,)), layer])
    model.set_weights([W, B])
    model.compile(optimizer="sgd", loss="mse", metrics=["mse"])
    history = model.fit(X, Y, batch_size=2, epochs=2, shuffle=False, verbose=0)
    assert history.history["loss"] == close([5.902878, 5.420603])
    assert history.history["mse"] == close([4.489784, 4.10184])
    assert model.evaluate(X, Y, verbose=0) == close([5.077179, 3.823996])
    expected = [0.4206657, -0.9281309, 1.846178, 0.2814787, 0.06631304, -0.1720585]
    assert weights_of(model) == close(expected)


def trained_normalization(shape: tuple[int, ...]) -> tuple[Any, Sequential, Any]:
    """Two steps of batch normalization towards 1."""
    model = Sequential([Input(shape=shape), BatchNormalization(momentum=0.9)])
    model.compile(optimizer=SGD(0.5), loss="mse")
    size = int(np.prod(shape))
    x = (np.arange(4 * size) ** 1.5).reshape(4, *shape).astype(np.float32)
    history = model.fit(x, np.ones_like(x), batch_size=4, epochs=2, shuffle=False, verbose=0)
    return x, model, history


def test_batch_normalization_trains_as_in_keras() -> None:
    x, model, history = trained_normalization((2,))
    gamma, beta, mean, variance = model.get_weights()
    assert gamma == close([0.2500159, 0.2500114])
    assert beta == close([0.75, 0.75])
    assert mean == close([1.212455, 1.705096])
    assert variance == close([6.752912, 9.068151])
    assert history.history["loss"] == close([1.999973, 0.5000069])
    expected = [0.6333578, 0.6914638, 0.9054618, 1.039823, 1.402984, 1.536624, 2.047252, 2.145975]
    assert model.predict(x).ravel().tolist() == close(expected)


def test_batch_normalization_of_images_has_one_mean_per_channel_as_in_keras() -> None:
    x, model, _ = trained_normalization((2, 2, 3))
    gamma, beta, mean, variance = model.get_weights()
    assert gamma == close([0.4444445, 0.4444444, 0.4444445])
    assert beta == close([0.5555555, 0.5555556, 0.5555555])
    assert mean == close([23.32883, 24.60548, 25.9234])
    assert variance == close([1753.419, 1841.929, 1928.819])
    assert model.predict(x)[3, 1, 1].tolist() == close([3.511952, 3.531604, 3.553973])


def yes_or_no_model(**options: Any) -> Any:
    """A logistic neuron that starts at ones, after two epochs, and its history."""
    model = Sequential([Input(shape=(2,)), Dense(1, activation="sigmoid")])
    model.set_weights([[[1.0], [1.0]], [0.0]])
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    watched = (X, YES_OR_NO)
    return model, model.fit(
        X,
        YES_OR_NO,
        batch_size=2,
        epochs=2,
        shuffle=False,
        verbose=0,
        validation_data=watched,
        **options,
    )


@pytest.mark.parametrize(
    ("options", "loss", "val_loss"),
    [
        ({}, [0.371144, 0.3701375], [0.3700605, 0.3690584]),
        ({"class_weight": {0: 5.0, 1: 0.5}}, [0.7190868, 0.7094691], [0.3692674, 0.3675126]),
        ({"sample_weight": [1.0, 2.0, 0.0, 3.0]}, [0.2855167, 0.2836225], [0.3702611, 0.3694651]),
    ],
)
def test_weighted_samples_count_in_the_loss_and_not_in_accuracy_as_in_keras(
    options: dict[str, Any], loss: list[float], val_loss: list[float]
) -> None:
    model, history = yes_or_no_model(**options)
    assert history.history["loss"] == close(loss)
    assert history.history["val_loss"] == close(val_loss)
    assert history.history["accuracy"] == [0.75, 0.75]
    assert history.epoch == [0, 1]
    assert model.evaluate(X, YES_OR_NO, verbose=0) == [close(val_loss[1]), 0.75]


def two_outputs(**settings: Any) -> Any:
    """A linear and a sigmoid output; the history of one step, and the evaluation after it."""
    x = Input(shape=(2,), name="x")
    a = Dense(2, name="aa", kernel_initializer="ones")(x)
    b = Dense(1, name="bb", activation="sigmoid", kernel_initializer="ones")(a)
    model = Model(x, [a, b])
    model.compile(optimizer="sgd", **settings)
    truth = [Y, YES_OR_NO]
    history = model.fit(X, truth, epochs=1, batch_size=4, verbose=0, shuffle=False)
    return history.history, model.evaluate(X, truth, verbose=0), model


def test_one_loss_for_two_outputs_is_added_up_as_in_keras() -> None:
    history, evaluation, model = two_outputs(loss="mse")
    assert history == {
        "loss": close([4.402102]),
        "aa_loss": close([4.265]),
        "bb_loss": close([0.1371016]),
    }
    assert evaluation == close([4.229702, 4.092545, 0.1371572])
    expected = [0.9835359, 0.9762859, 0.9795263, 0.9810264, -0.003526363, -0.01102636]
    assert weights_of(model) == close([*expected, 0.9998372, 0.9998372, 0.0004736366])


@pytest.mark.parametrize(
    "settings",
    [
        {
            "loss": ["mse", "binary_crossentropy"],
            "metrics": [["mae"], ["accuracy"]],
            "loss_weights": [1.0, 0.5],
        },
        {
            "loss": {"bb": "binary_crossentropy", "aa": "mse"},
            "metrics": {"bb": "accuracy", "aa": ["mae"]},
            "loss_weights": {"aa": 1.0, "bb": 0.5},
        },
    ],
)
def test_losses_weights_and_metrics_by_output_are_those_of_keras(settings: dict[str, Any]) -> None:
    history, evaluation, model = two_outputs(**settings)
    assert history == {
        "loss": close([4.451165]),
        "aa_loss": close([4.265]),
        "bb_loss": close([0.3723284]),
        "aa_mae": close([1.875]),
        "bb_accuracy": [0.75],
    }
    assert evaluation == close([4.278977, 4.092684, 0.3725873, 1.839486, 0.75])
    expected = [0.9836542, 0.9764042, 0.9794124, 0.9809124, -0.003467527, -0.01096753]
    assert weights_of(model) == close([*expected, 0.9998416, 0.9998416, 0.0005324729])


def test_the_last_smaller_batch_counts_by_its_size_as_in_keras() -> None:
    model = linear_model(metrics=["mae"])
    history = model.fit(X[:3], Y[:3], batch_size=2, epochs=2, shuffle=False, verbose=0)
    assert history.history["loss"] == close([3.973147, 3.777427])
    assert history.history["mae"] == close([1.408172, 1.373405])


def test_validation_split_takes_the_last_samples_as_keras_does() -> None:
    history = linear_model().fit(X, Y, epochs=2, verbose=0, validation_split=0.25, shuffle=False)
    assert history.history["loss"] == close([3.973958, 3.860825])
    assert history.history["val_loss"] == close([6.227815, 6.080451])


@pytest.mark.parametrize(
    ("rate", "options", "epochs", "weights"),
    [
        (0.9, {}, 2, [1.946483, -1.254005, 1.764182, -0.4090767, 1.785612, -0.6975157]),
        (
            0.9,
            {"patience": 2},
            3,
            [-2.365676, 1.060579, -2.832579, 1.869458, -1.152678, 0.9494142],
        ),
        (
            0.9,
            {"patience": 1, "restore_best_weights": True},
            2,
            [-1.132375, 0.2211875, -0.7686248, 1.175875, -0.7212499, 0.4525],
        ),
        (
            0.01,
            {"patience": 1, "min_delta": 0.5},
            2,
            [0.4643067, -0.9731954, 1.939129, 0.270265, 0.08216088, -0.1857225],
        ),
        (
            0.9,
            {"patience": 1, "start_from_epoch": 3},
            5,
            [-5.486329, 2.727521, -6.18168, 3.518893, -3.231072, 2.142908],
        ),
    ],
)
def test_early_stopping_stops_where_keras_stops(
    rate: float, options: dict[str, Any], epochs: int, weights: list[float]
) -> None:
    model = linear_model(SGD(rate))
    stopping = callbacks.EarlyStopping(monitor="loss", **options)
    history = model.fit(X, Y, batch_size=4, epochs=30, verbose=0, callbacks=[stopping])
    assert len(history.history["loss"]) == epochs
    assert stopping.stopped_epoch == epochs - 1
    assert weights_of(model) == close(weights)


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"patience": 2, "factor": 0.5}, [0.9] * 3 + [0.45] * 7),
        ({"patience": 1, "factor": 0.5, "cooldown": 2, "min_lr": 0.1}, [0.9] * 2 + [0.45] * 8),
    ],
)
def test_the_rate_falls_on_a_plateau_where_it_does_in_keras(
    options: dict[str, Any], rates: list[float]
) -> None:
    plateau = callbacks.ReduceLROnPlateau(monitor="loss", **options)
    model = linear_model(SGD(0.9))
    history = model.fit(X, Y, batch_size=4, epochs=10, verbose=0, callbacks=[plateau])
    assert history.history["learning_rate"] == rates


def test_the_history_holds_the_rate_that_a_scheduler_set_as_in_keras() -> None:
    halve = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = linear_model().fit(X, Y, epochs=3, verbose=0, callbacks=[halve])
    assert history.history["learning_rate"] == [0.005, 0.0025, 0.00125]
    assert set(history.history) == {"loss", "learning_rate"}


def test_a_scheduler_may_look_at_the_epoch_alone_as_in_keras() -> None:
    by_epoch = callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    history = linear_model().fit(X, Y, epochs=2, verbose=0, callbacks=[by_epoch])
    assert history.history["learning_rate"] == [0.1, 0.05]


def test_the_log_file_has_the_columns_of_keras(tmp_path: Path) -> None:
    logger = callbacks.CSVLogger(tmp_path / "log.csv")
    linear_model().fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[logger])
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "epoch,loss,val_loss"
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1"]


@pytest.mark.parametrize(
    ("initializer", "deviation", "largest"),
    [
        (initializers.GlorotUniform, 0.06332, 0.109545),
        (initializers.GlorotNormal, 0.06328, 0.1438),
        (initializers.HeNormal, 0.08169, 0.18565),
        (initializers.HeUniform, 0.08174, 0.141422),
        (initializers.LecunNormal, 0.05776, 0.13128),
        (initializers.RandomUniform, 0.02890, 0.05),
    ],
)
def test_initial_weights_spread_as_in_keras(
    initializer: Any, deviation: float, largest: float
) -> None:
    weights = initializer(seed=1)((300, 200))
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert weights.mean() == pytest.approx(0, abs=0.001)
    assert 0.99 * largest < np.abs(weights).max() <= largest


def test_random_normal_is_a_bell_curve_of_deviation_0_05_as_in_keras() -> None:
    weights = initializers.RandomNormal(seed=1)((300, 200))
    assert weights.std() == pytest.approx(0.05006, rel=0.01)
    assert np.abs(weights).max() > 4 * 0.05


def test_weights_come_in_the_order_of_keras() -> None:
    model = Sequential([Input(shape=(3,)), BatchNormalization(), Dense(2)])
    assert [w.shape for w in model.get_weights()] == [(3,), (3,), (3,), (3,), (3, 2), (2,)]
    gamma, beta, mean, variance, *_ = model.get_weights()
    assert (gamma.tolist(), beta.tolist()) == ([1, 1, 1], [0, 0, 0])
    assert (mean.tolist(), variance.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_a_batch_is_trained_tested_and_predicted_with_the_values_of_keras() -> None:
    model = Sequential([Input(shape=(2,)), Dense(1)])
    model.set_weights([[[1.0], [1.0]], [0.0]])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    truth = [1.0, 2.0, 3.0, 4.0]
    assert model.test_on_batch(X, truth) == close([5.7025, 2.225])
    assert model.train_on_batch(X, truth, return_dict=True) == close({"loss": 5.7025, "mae": 2.225})
    assert model.predict_on_batch(X).shape == (4, 1)
