"""One step, and the figures that add up over several: every number worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import Input, Model, Sequential
from nnlite.layers import Dense
from nnlite.losses import HalfSquaredError
from nnlite.metrics import Metric
from nnlite.optimizers import SGD
from nnlite.regularizers import L2
from nnlite.training.evaluation import Evaluation
from nnlite.training.figures import Figures
from nnlite.training.step import Step


def neuron(**options: Any) -> Sequential:
    """Return ŷ = w·x with w = 2, α = ½, and ½(ŷ − y)²."""
    layer = Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(1,), **options)
    model = Sequential([layer], dtype="float64")
    model.set_weights([[[2.0]]])
    model.compile(SGD(0.5), HalfSquaredError(), metrics=["mae"])
    return model


def one(value: float) -> Any:
    return [np.array([[value]])]


def test_a_step_is_forpass_loss_backprop_penalty_step() -> None:
    model = neuron(kernel_regularizer=L2(0.25))
    step = Step(model, model.checked([[3.0]], [[4.0]]))
    # ŷ = 6: ½·2² + ¼·2²; dw = 3·2 + 2·¼·2 = 7.
    assert step.take(one(3.0), one(4.0)) == 3.0
    assert model.gradient_vector.tolist() == [7.0]
    assert model.weights_vector.tolist() == [-1.5]
    assert step.figures.results() == {"loss": 3.0, "mae": 2.0}


def test_a_step_without_a_way_down_leaves_the_gradient_alone() -> None:
    model = neuron()
    step = Step(model, model.checked([[3.0]], [[4.0]]))
    step.descend = lambda weights, gradients: None
    step.take(one(3.0), one(4.0))
    assert (model.weights_vector.tolist(), model.gradient_vector.tolist()) == ([2.0], [6.0])


def test_a_scaled_step_has_scaled_gradients_until_they_are_asked_for() -> None:
    model = neuron()
    step = Step(model, model.checked([[3.0]], [[4.0]]))
    step.descend = lambda weights, gradients: None
    step.scale_gradients(0.5)
    step.take(one(3.0), one(4.0))
    assert model.gradient_vector.tolist() == [3.0]
    step.scale_gradients(1.0)
    assert model.gradient_vector.tolist() == [6.0]


def test_an_evaluation_counts_a_smaller_batch_by_its_size() -> None:
    model = neuron()
    data = model.checked([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    # ½·1, ½·4, ½·9; 1, 2, 3.
    assert Evaluation(model, data).over(data, 2) == {"loss": pytest.approx(7 / 3), "mae": 2.0}


def test_two_evaluations_count_apart() -> None:
    model = neuron()
    data = model.checked([1.0, 2.0], [1.0, 2.0])
    first, second = Evaluation(model, data), Evaluation(model, data)
    first.over(data, 2)
    assert second.figures.results() == {"loss": 0.0, "mae": 0.0}


def test_figures_that_count_beside_others_have_a_metric_of_their_own() -> None:
    class Own(Metric):
        def update_state(self, y_true: Any, y_pred: Any) -> None:
            self.total, self.count = self.total + 1, 1

    own = Own("own")
    model = neuron()
    model.compile("sgd", "mse", metrics=[own])
    truths = one(1.0)
    shared = Figures(model.endings, ["y"], truths)
    apart = Figures(model.endings, ["y"], truths, counting=[own])
    assert shared.metrics == [[own]]
    assert apart.metrics[0][0] is not own
    shared.add(0, truths[0], truths[0], np.array([3.0]))
    assert (shared.results()["own"], apart.results()["own"]) == (1, 0)


def test_a_model_keeps_what_compile_was_told() -> None:
    model = neuron()
    assert model.compiled is not None
    assert model.compiled["optimizer"] is model.optimizer
    assert (model.compiled["metrics"], model.compiled["loss_weights"]) == (["mae"], None)
    assert Sequential([Dense(1)]).compiled is None


def test_a_model_keeps_the_figures_that_added_up_last() -> None:
    model = neuron()
    assert model.figures is None
    model.evaluate([1.0], [1.0], verbose=0)
    assert model.figures is not None
    assert model.figures.results() == {"loss": 0.5, "mae": 1.0}
    model.compile("sgd", "mse")
    assert model.figures is None


def test_the_names_of_the_figures_are_those_of_the_outputs() -> None:
    x = Input((1,))
    model = Model(x, [Dense(1, name="p")(x), Dense(1, name="q")(x)])
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "p_loss", "q_loss"]
    model.evaluate([1.0], [[1.0], [1.0]], verbose=0)
    assert model.metrics_names == ["loss", "p_loss", "q_loss", "p_mae", "q_mae"]


def test_checked_data_are_what_fit_trains_on() -> None:
    model = neuron()
    x, y, weights = model.checked([1, 2], [3, 4], sample_weight=[1, 0.5]).all()
    assert (x[0].tolist(), y[0].tolist()) == ([[1.0], [2.0]], [[3.0], [4.0]])
    assert weights is not None
    assert weights.tolist() == [1.0, 0.5]
    assert [array.dtype for array in (*x, *y)] == [np.float64, np.float64]
    assert model.checked_inputs([1, 2])[0].tolist() == [[1.0], [2.0]]


def test_a_twin_in_another_dtype_shares_nothing() -> None:
    model = neuron()
    model.dtype, model.layers[0].dtype = np.dtype(np.float32), np.dtype(np.float32)
    twin = model.twin(dtype="float64")
    twin.fit([3.0], [4.0], verbose=0)
    assert (twin.weights_vector.dtype, twin.weights_vector.tolist()) == (np.float64, [-1.0])
    assert (model.weights_vector.dtype, model.weights_vector.tolist()) == (np.float32, [2.0])
    assert model.history is None
