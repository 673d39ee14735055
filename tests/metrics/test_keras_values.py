"""Precision, recall, F1, areas, guesses and means: what Keras 3.15 gives for the same numbers.

import keras
m = keras.metrics.Precision()  # or what the first column says
m.update_state(Y[:7], A[:7], W[:7])
m.update_state(Y[7:], A[7:], W[7:])
m.result()
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlite import metrics as M

# fmt: off
Y = np.array([
    [1, 1, 1], [1, 1, 1], [1, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1],
    [0, 0, 1], [0, 0, 0], [1, 0, 1], [0, 0, 1], [1, 1, 1], [1, 1, 1],
], float)
A = np.array([
    [0.7, 0.65, 0.35], [1.0, 0.45, 0.2], [0.85, 0.15, 0.9], [0.6, 0.1, 0.0], [0.45, 0.0, 0.1],
    [0.5, 1.0, 0.45], [0.8, 0.95, 0.85], [0.65, 0.45, 0.5], [0.25, 0.5, 0.35], [0.25, 1.0, 0.0],
    [0.1, 0.2, 1.0], [0.7, 0.9, 0.2],
])
W = np.array([3.0, 2.0, 2.0, 1.0, 3.0, 4.0, 3.0, 1.0, 3.0, 2.0, 4.0, 4.0])
CLASS = np.array([0, 1, 2, 2, 2, 1, 0, 2, 1, 0, 0, 1])

ANSWERS: list[tuple[Any, Any, Any]] = [
    (M.Precision(), [0.5333334], [0.6097561]),
    (M.Recall(), [0.3809524], [0.390625]),
    (M.Precision(thresholds=[0.7, 0.2]), [0.5, 0.5769231], [0.5172414, 0.6714286]),
    (M.Recall(thresholds=[0.7, 0.2]), [0.2380952, 0.7142857], [0.234375, 0.734375]),
    (M.Precision(top_k=2), [0.5416667], [0.640625]),
    (M.Recall(top_k=2), [0.6190476], [0.640625]),
    (M.Precision(class_id=1), [0.4], [0.4375]),
    (M.Recall(class_id=2, thresholds=0.3), [0.5555556], [0.6538461]),
    (M.Precision(top_k=1, class_id=0), [0.6], [0.8]),
    (M.Precision(thresholds=0.6, top_k=2), [0.6153846], [0.6756757]),
    (M.F1Score(), [0.4615384, 0.2222222, 0.1818181], [0.4571428, 0.275862, 0.25]),
    (M.F1Score(average="micro"), [0.3030303], [0.3333333]),
    (M.F1Score(average="macro", threshold=0.4), [0.5448179], [0.6047618]),
    (M.F1Score(average="weighted", threshold=0.4), [0.547819], [0.6208705]),
    (
        M.F1Score(threshold=0.4),
        [0.7058823, 0.4999999, 0.4285714], [0.7499999, 0.5142856, 0.5499999],
    ),
    (M.AUC(), [0.4571428], [0.4470215]),
    (M.AUC(curve="PR"), [0.5438107], [0.6078643]),
    (M.AUC(num_thresholds=5), [0.4634921], [0.4450684]),
    (M.AUC(num_thresholds=5, curve="PR"), [0.5482563], [0.6123468]),
    (M.AUC(num_thresholds=7, summation_method="minoring"), [0.4095238], [0.3979492]),
    (M.AUC(7, "PR", "majoring"), [0.5891716], [0.6543202]),
    (M.AUC(curve="PRGAIN"), [-0.008448325], [0.06974397]),
    (M.AUC(thresholds=[0.15, 0.55]), [0.5015873], [0.5036621]),
    (M.AUC(multi_label=True), [0.4672068], [0.4629343]),
    (
        M.AUC(multi_label=True, num_labels=3, label_weights=[1.0, 2.0, 3.0], curve="PR"),
        [0.5856662], [0.6612786],
    ),
    (M.AUC(label_weights=[1.0, 2.0, 3.0]), [0.4318364], [0.4553956]),
    (M.AUC(from_logits=True), [0.4571428], [0.4470215]),
]
CLASSES: list[tuple[Any, Any, Any]] = [
    (M.TopKCategoricalAccuracy(k=2), [0.75], [0.75]),
    (M.CategoricalAccuracy(), [0.4166667], [0.5]),
    (M.F1Score(average="macro"), [0.4074074], [0.4463467]),
    (M.BinaryAccuracy(), [0.5277778], [0.5729167]),
    (M.MeanSquaredError(), [0.3470833], [0.3351823]),
    (M.RootMeanSquaredError(), [0.5891378], [0.5789493]),
    (M.MeanAbsoluteError(), [0.4916667], [0.4786458]),
    (M.R2Score(), [-0.561875], [-0.612661]),
]
NUMBERS: list[tuple[Any, Any, Any]] = [
    (M.SparseTopKCategoricalAccuracy(k=2), [0.75], [0.75]),
    (M.SparseCategoricalAccuracy(), [0.4166667], [0.5]),
]
# fmt: on
ALL = [
    *((Y, *case) for case in ANSWERS),
    *((np.eye(3)[CLASS], *case) for case in CLASSES),
    *((CLASS, *case) for case in NUMBERS),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("y", "metric", "plain", "weighted"), ALL, ids=lambda x: repr(x)[:60])
def test_a_metric_has_the_value_of_keras(
    y: Any, metric: Any, plain: Any, weighted: Any, dtype: str
) -> None:
    a = A.astype(dtype)
    metric.reset_state()
    for part in (slice(0, 7), slice(7, 12)):
        metric.update_state(y[part], a[part])
    assert np.ravel(metric.result()) == pytest.approx(np.array(plain), rel=3e-6, abs=1e-7)
    metric.reset_state()
    for part in (slice(0, 7), slice(7, 12)):
        metric.update_state(y[part], a[part], sample_weight=W[part])
    assert np.ravel(metric.result()) == pytest.approx(np.array(weighted), rel=3e-6, abs=1e-7)


def test_a_weight_of_2_counts_as_the_sample_twice() -> None:
    for y, metric, *_ in ALL:
        if isinstance(metric, M.F1Score):
            continue
        weights, again = np.array([2] * 5 + [1] * 7), np.r_[0:5, 0:12]
        metric.reset_state()
        once = metric(y, A, sample_weight=weights)
        metric.reset_state()
        assert metric(y[again], A[again]) == pytest.approx(once, rel=1e-12)


def test_a_metric_without_batches_is_0() -> None:
    for make in (M.Precision, M.Recall, M.AUC, M.Mean, M.TopKCategoricalAccuracy):
        assert make().result() == 0.0
    assert M.F1Score(average="macro").result() == 0.0
    assert M.Precision(thresholds=[0.1, 0.2]).result().tolist() == [0.0, 0.0]


def test_the_area_is_that_of_scikit_learn_where_thresholds_are_many() -> None:
    from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    a = np.clip(0.3 * y + rng.uniform(0, 0.7, 400), 0, 1)
    weights = rng.uniform(0.5, 2, 400)
    for w in (None, weights):
        found = M.AUC(num_thresholds=20001)(y, a, w)
        assert found == pytest.approx(roc_auc_score(y, a, sample_weight=w), abs=1e-4)
        found = M.AUC(num_thresholds=20001, curve="PR")(y, a, w)
        assert found == pytest.approx(average_precision_score(y, a, sample_weight=w), abs=0.01)
        found = M.F1Score(threshold=0.5)(y[:, None], a[:, None], w)
        assert found == pytest.approx([f1_score(y, a > 0.5, sample_weight=w)], abs=1e-6)


def test_mean_averages_what_it_is_handed() -> None:
    mean = M.Mean()
    mean.update_state([[1, 2], [3, 4]], sample_weight=[1, 3])
    # (1·1.5 + 3·3.5) / 4, then one number more: (12 + 10) / 5, as in Keras.
    assert mean.result() == 3.0
    mean.update_state(10.0)
    assert mean.result() == 4.4
    assert mean.name == "mean"


def test_accuracy_compares_labels() -> None:
    metric = M.Accuracy()
    metric.update_state([[1], [2], [3], [4]], [[0], [2], [3], [4]], [1, 1, 0, 2])
    assert metric.result() == 0.75
    with pytest.raises(ValueError, match=r'compares labels.*\n.*0\.9.*\n.*metrics=\["accuracy"\]'):
        M.Accuracy()([1, 0], [0.9, 0.2])
    with pytest.raises(ValueError, match="compares labels"):
        M.Accuracy()([1, 0], [[0, 1], [1, 0]])


def test_guesses_may_be_sorted_class_numbers() -> None:
    metric = M.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    assert metric([2, 0], [[2, 1, 0], [1, 2, 0]]) == 0.5
    a, k = [[0.1, 0.2, 0.3]] * 2, 2
    assert M.sparse_top_k_categorical_accuracy([2, 0], a, k).tolist() == [1, 0]
    assert M.top_k_categorical_accuracy(np.eye(3)[[2, 0]], a, k).tolist() == [1, 0]


def test_guesses_of_equal_size_all_count() -> None:
    # As in TensorFlow: none is larger than the one of the class.
    assert M.TopKCategoricalAccuracy(k=1)([[0, 0, 1]], [[0.5, 0.0, 0.5]]) == 1.0


def test_defaults_are_those_of_keras() -> None:
    assert M.TopKCategoricalAccuracy().k == M.SparseTopKCategoricalAccuracy().k == 5
    auc = M.AUC()
    assert (auc.num_thresholds, auc.curve, auc.summation_method) == (200, "ROC", "interpolation")
    assert (M.Precision().thresholds, M.Recall(top_k=3).thresholds) == ([0.5], [-np.inf])
    assert (M.F1Score().average, M.F1Score().threshold) == (None, None)
    names = ["precision", "recall", "f1_score", "auc", "top_k_categorical_accuracy", "mean"]
    names += ["sparse_top_k_categorical_accuracy"]
    assert [M.get(name).name for name in names] == names
    for name in ("Precision", "Recall", "F1Score", "AUC", "TopKCategoricalAccuracy", "Mean"):
        assert type(M.get(name)).__name__ == name
        assert M.get(name).name in names


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: M.Precision(thresholds=2), ValueError, "thresholds must be between 0 and 1"),
        (lambda: M.Recall(thresholds=[0.5, -1]), ValueError, "between 0 and 1"),
        (lambda: M.Recall(thresholds=[]), ValueError, "one number at least"),
        (lambda: M.Recall("half"), TypeError, "thresholds must be a number"),
        (lambda: M.Precision(top_k=0), ValueError, "top_k must be a positive integer"),
        (lambda: M.Precision(class_id=-1), ValueError, "class_id must be a whole number from 0 on"),
        (lambda: M.Precision(class_id=3)(Y, A), ValueError, "class_id must be below 3"),
        (lambda: M.Precision()(CLASS, A), ValueError, r"to_categorical\(y\)"),
        (lambda: M.Precision()([-1, 1], [0.2, 0.3]), ValueError, "takes 1 for yes"),
        (lambda: M.F1Score(average="mikro"), ValueError, "None, micro, macro or weighted"),
        (lambda: M.F1Score(threshold=0), ValueError, "threshold must be above 0"),
        (
            lambda: M.AUC(num_thresholds=1),
            ValueError,
            "num_thresholds must be a whole",
        ),
        (lambda: M.AUC(curve="RCO"), ValueError, 'curve must be "ROC", "PR"'),
        (lambda: M.AUC(summation_method="x"), ValueError, "must be interpolation, minoring"),
        (lambda: M.AUC(num_labels=3), ValueError, "goes with multi_label=True"),
        (lambda: M.AUC(multi_label=True, num_labels=2)(Y, A), ValueError, "number of outputs"),
        (lambda: M.AUC()([1, 0], [3.0, 0.1]), ValueError, "from_logits=True"),
        (lambda: M.TopKCategoricalAccuracy(k=0), ValueError, "k must be a positive integer"),
        (lambda: M.Precision()(Y, A, [1, 2]), ValueError, "one number for each sample"),
        (lambda: M.get("precison"), ValueError, 'Did you mean "precision"'),
        (lambda: M.get("f1score_"), ValueError, 'Did you mean "f1_score"'),
        (lambda: M.AUC(foo=1), TypeError, "AUC takes the arguments curve, dtype, from_logits"),
    ],
)
def test_mistakes_are_explained(make: Any, kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        make()
