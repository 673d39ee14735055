"""How the estimators learn: from weighted samples, in parts, on and on, and until they stop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris

from nnlite import Sequential
from nnlite.callbacks import Callback, EarlyStopping
from nnlite.estimators import NNClassifier, NNRegressor
from nnlite.layers import Dense, Dropout, Input
from nnlite.models import Model
from nnlite.optimizers import SGD, Adam

FLOWERS = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[FLOWERS[1]]
X = FLOWERS[0]
DIABETES = load_diabetes(return_X_y=True)


class Watch(Callback):
    """Keeps the weights of every epoch."""

    def __init__(self) -> None:
        self.epochs: list[int] = []
        self.weights: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs.append(epoch)
        self.weights.append(self.model.get_weights())


def regress(**settings: Any) -> NNRegressor:
    """A regressor for the diabetes data that goes through all its epochs."""
    settings = {"epochs": 4, "n_iter_no_change": None, "random_state": 0, **settings}
    return NNRegressor(**settings)


# Labels


def test_labels_may_be_words() -> None:
    network = NNClassifier(random_state=0).fit(X, NAMES)
    assert network.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert network.predict(X[:2]).tolist() == ["setosa", "setosa"]
    assert network.score(X, NAMES) > 0.9


def test_there_is_a_probability_for_each_of_two_classes() -> None:
    y = np.where(NAMES == "setosa", "yes", "no")
    probabilities = NNClassifier(random_state=0).fit(X, y).predict_proba(X)
    assert probabilities.shape == (150, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert (probabilities[:50, 1] > 0.7).all()
    assert (probabilities[50:, 1] < 0.3).all()


def test_classes_may_be_many_and_their_numbers_far_apart() -> None:
    y = np.arange(20).repeat(2) * 100 - 300
    network = NNClassifier(learning_rate=0.05, random_state=0).fit(np.eye(20).repeat(2, 0), y)
    assert network.predict(np.eye(20)).tolist() == list(range(-300, 1700, 100))


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"two classes at least.*\n.*one class 'setosa'"):
        NNClassifier().fit(X[:50], NAMES[:50])


# Numbers


def test_a_regressor_learns_several_outputs_each_in_its_own_unit() -> None:
    y = np.stack([1e6 * X[:, 0], 1e-6 * X[:, 1] - 5], axis=1)
    network = NNRegressor(epochs=500, random_state=0).fit(X, y)
    assert network.n_outputs_ == 2
    assert network.predict(X).shape == (150, 2)
    assert network.score(X, y) > 0.95


def test_the_unit_of_the_regressor_is_the_deviation_of_the_weighted_truth() -> None:
    network = regress().fit(np.zeros((3, 1)), [1.0, 3.0, 9.0], sample_weight=[2, 2, 0])
    assert network.y_mean_.tolist() == [2.0]
    assert network.y_scale_.tolist() == [1.0]


def test_a_constant_truth_is_learned_as_it_is() -> None:
    network = regress().fit(X, np.full(150, 0.1))
    assert network.y_scale_.tolist() == [1.0]
    np.testing.assert_allclose(network.predict(X), 0.1, atol=0.5)


def test_numbers_that_are_text_are_no_truth_for_a_regressor() -> None:
    with pytest.raises(TypeError, match=r"y must be numbers.\nReceived: text, the first '151.0'"):
        regress().fit(DIABETES[0], DIABETES[1].astype(str))


def test_one_output_is_predicted_as_one_number_per_sample() -> None:
    assert regress().fit(X, X[:, :1]).predict(X).shape == (150,)


# Weights of samples


def test_weights_count_by_their_shares_alone() -> None:
    weights = np.arange(1.0, 151.0)
    curves = [
        NNClassifier(epochs=3, random_state=0).fit(X, NAMES, many * weights).loss_curve_
        for many in (1, 1000)
    ]
    np.testing.assert_allclose(*curves, rtol=1e-9)


def test_a_sample_of_weight_zero_is_as_one_left_out() -> None:
    data, weights = DIABETES[0][:100], np.repeat([0, 2], 50)
    weighted = regress().fit(data, DIABETES[1][:100], sample_weight=weights)
    without = regress().fit(data[50:], DIABETES[1][50:100])
    np.testing.assert_allclose(weighted.predict(data), without.predict(data), rtol=1e-9)


@pytest.mark.parametrize("weights", [np.zeros(150), np.tile([1.0, -1.0], 75)])
def test_weights_without_a_sum_are_refused(weights: Any) -> None:
    said = "sum above 0: where all weigh zero.*\nReceived: a sum of 0, of 150 samples"
    with pytest.raises(ValueError, match=said):
        NNClassifier().fit(X, NAMES, weights)


# In parts


def test_a_classifier_learns_in_parts() -> None:
    network = NNClassifier(learning_rate=0.01, random_state=0)
    parts = np.random.default_rng(0).permutation(150).reshape(3, 50)
    for _ in range(50):
        for rows in parts:
            network.partial_fit(X[rows], NAMES[rows], classes=np.unique(NAMES))
    assert network.score(X, NAMES) > 0.9
    assert network.n_iter_ == len(network.loss_curve_) == 150


def test_a_regressor_learns_in_parts_in_the_unit_of_the_first() -> None:
    network = regress().partial_fit(np.zeros((2, 1)), [1.0, 3.0])
    network.partial_fit(np.zeros((2, 1)), [100.0, 300.0])
    assert network.y_mean_.tolist() == [2.0]
    assert network.n_iter_ == 2


def test_a_part_may_lack_a_class_that_was_told() -> None:
    network = NNClassifier().partial_fit(X[:50], NAMES[:50], classes=np.unique(NAMES))
    assert network.predict_proba(X).shape == (150, 3)


def test_partial_fit_goes_on_from_fit() -> None:
    fitted = NNClassifier(epochs=5, n_iter_no_change=None, random_state=0).fit(X, NAMES)
    before = fitted.loss_curve_[:]
    assert fitted.partial_fit(X, NAMES).loss_curve_[:5] == before
    assert fitted.n_iter_ == 6


@pytest.mark.parametrize(
    ("classes", "labels", "said"),
    [
        (None, NAMES, "classes must be passed on the first call to partial_fit"),
        (["setosa", "virginica"], NAMES, "Received: y with 'versicolor'"),
    ],
)
def test_the_first_part_has_to_come_with_all_classes(classes: Any, labels: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        NNClassifier().partial_fit(X, labels, classes=classes)


def test_the_classes_of_later_parts_are_those_of_the_first() -> None:
    network = NNClassifier().partial_fit(X, NAMES, classes=["virginica", "setosa", "versicolor"])
    network.partial_fit(X, NAMES, classes=["setosa", "versicolor", "virginica"])
    with pytest.raises(ValueError, match="classes must be those of the first call"):
        network.partial_fit(X, NAMES, classes=["setosa", "rose"])


# Going on


@pytest.mark.bits
def test_a_warm_start_goes_on_where_fit_ended() -> None:
    whole = regress(epochs=6, dropout=0.3).fit(*DIABETES)
    halves = regress(epochs=3, dropout=0.3, warm_start=True).fit(*DIABETES).fit(*DIABETES)
    assert halves.loss_curve_ == whole.loss_curve_
    assert halves.n_iter_ == 6


def test_without_a_warm_start_fit_begins_anew() -> None:
    network = regress().fit(*DIABETES)
    first = network.loss_curve_
    assert network.fit(*DIABETES).loss_curve_ == first
    assert network.fit(X, X[:, :2]).n_outputs_ == 2


def test_epochs_are_counted_on_through_a_warm_start() -> None:
    network = regress(epochs=2, warm_start=True, callbacks=Watch()).fit(*DIABETES).fit(*DIABETES)
    assert network.callbacks_[0].epochs == [2, 3]


def test_a_warm_start_refuses_a_class_that_it_has_not_met() -> None:
    network = NNClassifier(epochs=1, warm_start=True).fit(X[:100], NAMES[:100])
    with pytest.raises(ValueError, match="Received: y with 'virginica'"):
        network.fit(X, NAMES)


# Stopping


def test_training_ends_when_the_loss_no_longer_falls() -> None:
    network = NNRegressor(random_state=0, tol=10.0, n_iter_no_change=3).fit(*DIABETES)
    assert network.n_iter_ == 4
    assert network.validation_loss_curve_ is None


def test_with_none_for_n_iter_no_change_all_epochs_are_gone_through() -> None:
    assert regress(epochs=30, tol=10.0).fit(*DIABETES).n_iter_ == 30


@pytest.mark.parametrize(("patience", "shortest", "longest"), [(5, 6, 59), (None, 60, 60)])
def test_early_stopping_goes_back_to_the_lowest_loss_of_validation(
    patience: int | None, shortest: int, longest: int
) -> None:
    settings = {"learning_rate": 0.05, "epochs": 60, "tol": 0.0, "callbacks": [Watch()]}
    network = regress(early_stopping=True, n_iter_no_change=patience, **settings).fit(*DIABETES)
    curve = network.validation_loss_curve_
    assert curve == network.history_["val_loss"]
    assert shortest <= len(curve) == len(network.loss_curve_) == network.n_iter_ <= longest
    assert int(np.argmin(curve)) < network.n_iter_ - 1
    best = network.callbacks_[0].weights[int(np.argmin(curve))]
    assert all(map(np.array_equal, network.model_.get_weights(), best))


def test_the_part_to_watch_has_every_class_in_its_share() -> None:
    network = NNClassifier(epochs=1, early_stopping=True, validation_fraction=0.02)
    with pytest.raises(ValueError, match="test_size = 3"):
        network.fit(np.eye(150), np.arange(150) % 5)
    network.set_params(validation_fraction=0.04).fit(np.eye(150), np.arange(150) % 5)


@pytest.mark.parametrize("rows", [[0, 50, 1, 51], [0, 1, 2, 3, 50]])
def test_samples_that_are_too_few_to_watch_every_class_are_explained(rows: list[int]) -> None:
    with pytest.raises(ValueError, match="early_stopping watches a part") as caught:
        NNClassifier(early_stopping=True).fit(X[rows], NAMES[rows])
    assert f"Received: {len(rows)} samples, validation_fraction=0.1: The " in str(caught.value)
    assert "Remedy: Give more samples, a larger validation_fraction" in str(caught.value)


def test_the_history_has_the_metrics_that_were_asked_for() -> None:
    network = NNClassifier(epochs=2, metrics=["accuracy"], early_stopping=True).fit(X, NAMES)
    assert sorted(network.history_) == ["accuracy", "loss", "val_accuracy", "val_loss"]


# What is given stays as it is


def test_fit_copies_callbacks_and_optimizer() -> None:
    watch, adam = Watch(), Adam(0.01)
    network = regress(callbacks=[watch], optimizer=adam).fit(*DIABETES)
    assert watch.model is None
    assert watch.epochs == []
    assert network.callbacks_[0].epochs == [0, 1, 2, 3]
    assert adam.by_hand not in network.model_.flat.states
    assert network.model_.optimizer.iterations == 4 * 3


def test_a_callback_of_the_users_may_end_the_training() -> None:
    stopping = EarlyStopping("loss", patience=2, min_delta=10.0)
    assert regress(epochs=50, callbacks=stopping).fit(*DIABETES).n_iter_ == 3


def test_a_learning_rate_goes_to_the_optimizer_whatever_that_is() -> None:
    for optimizer in ("sgd", SGD, SGD(0.5)):
        network = regress(optimizer=optimizer, learning_rate=0.125).fit(*DIABETES)
        assert network.model_.optimizer.learning_rate == 0.125


# A model of one's own


def narrow(n_inputs: int, n_outputs: int) -> Model:
    """A network with dropout."""
    layers = [Input((n_inputs,)), Dense(5, "tanh"), Dropout(0.1), Dense(n_outputs, "softmax")]
    return Sequential(layers)


def test_a_function_may_make_the_model() -> None:
    network = NNClassifier(model=narrow, learning_rate=0.02, random_state=0).fit(X, NAMES)
    assert [layer.units for layer in network.model_.layers if isinstance(layer, Dense)] == [5, 3]
    assert network.score(X, NAMES) > 0.9


@pytest.mark.bits
def test_the_random_state_counts_in_a_model_of_ones_own() -> None:
    curves = [
        NNClassifier(model=narrow, epochs=2, random_state=seed).fit(X, NAMES).loss_curve_
        for seed in (0, 0, 1)
    ]
    assert curves[0] == curves[1]
    assert curves[0] != curves[2]


def test_a_model_that_was_compiled_learns_as_it_was_told() -> None:
    def model(n_inputs: int, n_outputs: int) -> Model:
        made = Sequential([Dense(n_outputs)])
        made.compile(SGD(0.25), "mae", metrics=["mse"])
        return made

    network = regress(model=model, learning_rate=5.0).fit(*DIABETES)
    assert network.model_.optimizer.learning_rate == 0.25
    assert sorted(network.history_) == ["loss", "mse"]


@pytest.mark.parametrize(
    ("model", "kind", "said"),
    [
        (Sequential([Dense(3)]), TypeError, "Received: model=<Sequential"),
        (lambda n_inputs, n_outputs: None, TypeError, "Received: a function that returned None"),
        (lambda n_inputs: None, TypeError, "lambda.*: too many positional arguments\nWhere: est"),
        (lambda: None, TypeError, "model must be a function of the numbers of inputs and outputs"),
        (
            lambda n_inputs, n_outputs: Sequential([Dense(1, input_shape=(n_inputs,))]),
            ValueError,
            r"4 columns, and 3 outputs are needed.\nReceived: .* from \(None, 4\) to \(None, 1\)",
        ),
    ],
)
def test_a_model_that_does_not_fit_is_explained(model: Any, kind: Any, said: str) -> None:
    with pytest.raises(kind, match=said):
        NNClassifier(model=model).fit(X, NAMES)


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "relu"])
def test_a_model_of_a_classifier_has_to_give_probabilities(activation: str) -> None:
    def model(n_inputs: int, n_outputs: int) -> Model:
        return Sequential([Dense(n_outputs, activation)])

    said = r"none below 0, and together 1.\nReceived: \[.*\] for the first sample"
    with pytest.raises(ValueError, match=said):
        NNClassifier(model=model, random_state=0).fit(X, NAMES)


# Parameters


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("alpha", "l2"),
        ("solver", "optimizer"),
        ("max_iter", "epochs"),
        ("learning_rate_init", "learning_rate"),
        ("hidden_layers", "hidden_layer_sizes"),
    ],
)
def test_a_name_of_scikit_learns_networks_leads_to_ours(name: str, meant: str) -> None:
    with pytest.raises(TypeError, match="NNRegressor takes the arguments activation, ") as caught:
        NNRegressor(**{name: 1})
    assert str(caught.value).endswith(f"Received: {name}=1\nRemedy: Did you mean {meant}=?")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"hidden_layer_sizes": (10, 0)}, "hidden_layer_sizes=0\nWhere: estimator 'NNClassifier'"),
        ({"hidden_layer_sizes": "10"}, "hidden_layer_sizes must be a positive integer"),
        ({"epochs": 0}, "epochs must be a positive integer"),
        ({"batch_size": "all"}, "batch_size='all'.*\n.*\n.*all samples up to 200"),
        ({"dropout": 1}, "share of neurons to drop.*\nReceived: dropout=1"),
        ({"l2": -1}, "l2 must be from 0 on"),
        ({"tol": "small"}, "tol must be a number"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be a positive integer"),
        ({"validation_fraction": 1.0}, "validation_fraction must be"),
        ({"early_stopping": "yes"}, "early_stopping must be True or False"),
        ({"activation": "rleu"}, 'Did you mean "relu"'),
        ({"optimizer": "adma"}, 'Did you mean "adam"'),
        ({"learning_rate": -1}, "learning_rate must be from 0 on"),
        ({"dtype": "float16"}, 'dtype must be "float32" or "float64"'),
        ({"metrics": ["acuracy"]}, 'Did you mean "accuracy"'),
        ({"callbacks": [EarlyStopping]}, r"Make one: EarlyStopping\(\)"),
    ],
)
def test_a_parameter_that_cannot_be_is_explained_by_fit(settings: Any, said: str) -> None:
    network = NNClassifier(**settings)
    with pytest.raises((TypeError, ValueError), match=said):
        network.fit(X, NAMES)


@pytest.mark.parametrize(
    ("sizes", "units"), [(7, [7, 3]), ((), [3]), (np.array([4, 5]), [4, 5, 3])]
)
def test_hidden_layers_are_given_by_one_number_or_several(sizes: Any, units: list[int]) -> None:
    network = NNClassifier(hidden_layer_sizes=sizes, epochs=1).fit(X, NAMES)
    assert [layer.units for layer in network.model_.layers if isinstance(layer, Dense)] == units


def test_dropout_follows_every_hidden_layer() -> None:
    network = NNClassifier((4, 5), dropout=0.25, epochs=1, dtype="float32").fit(X, NAMES)
    kinds = [type(layer).__name__ for layer in network.model_.layers]
    assert kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert network.predict_proba(X).dtype == np.float32


def test_a_penalty_keeps_the_weights_small() -> None:
    free, held = (
        np.abs(regress(epochs=100, l2=l2).fit(*DIABETES).model_.get_weights()[0]).sum()
        for l2 in (0.0, 0.1)
    )
    assert held < free / 2
