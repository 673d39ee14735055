"""What a diagnosis leaves alone, what it says, and where it stops."""

from __future__ import annotations

import copy
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlite import Input, Model, Sequential, diagnosis, optimizers
from nnlite.diagnosis import patient as patients
from nnlite.diagnosis.patient import Patient
from nnlite.diagnosis.report import Diagnosis
from nnlite.diagnosis.runs import Run
from nnlite.layers import Add, BatchNormalization, Dense, Dropout
from nnlite.losses import CategoricalCrossentropy

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 2))
Y = (np.hypot(*X.T) > 1.15).astype(int)


def network(optimizer, *, last="sigmoid", loss="binary_crossentropy"):
    model = Sequential([Dense(12, "relu", input_shape=(2,)), Dense(1, last)], seed=0)
    model.compile(optimizer, loss)
    return model


def too_slow():
    return network(optimizers.SGD(1e-6))


def everything(model):
    """All that a training could change, in copies."""
    state = model.flat.state_of(model.optimizer)
    return copy.deepcopy(
        {
            "weights": model.get_weights(),
            "gradients": model.gradient_vector,
            "optimizer": (state.iterations, state.arrays, model.optimizer.learning_rate),
            "random": model.rng.bit_generator.state,
            "history": model.history.history if model.history else None,
            "rate of dropout": [getattr(layer, "rate", None) for layer in model.layers],
            "frozen": [layer.trainable for layer in model.layers],
            "kept": [sorted(layer.kept_by_forpass()) for layer in model.layers],
        }
    )


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return one == other


@pytest.mark.parametrize("rate", [0.01, 1e-6, 50.0])
def test_the_model_stays_as_it_is_bit_by_bit(rate):
    layers = [Dense(8, "relu", kernel_regularizer="l2"), BatchNormalization(), Dropout(0.6)]
    model = Sequential([Input((2,)), *layers, Dense(1, "sigmoid")], seed=0)
    model.compile(optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=1, verbose=0)
    before, history, x = everything(model), model.history, X.copy()
    model.diagnose(X, Y, seconds=2)
    assert same(everything(model), before)
    assert model.history is history
    assert x.tobytes() == X.tobytes()


def test_after_a_diagnosis_a_training_goes_as_it_would_have_gone():
    one, other = network("adam"), network("adam")
    other.diagnose(X, Y, seconds=1)
    for model in (one, other):
        model.fit(X, Y, epochs=2, verbose=0)
    assert one.weights_vector.tobytes() == other.weights_vector.tobytes()


def test_a_model_that_does_not_know_its_input_is_not_built_by_a_diagnosis():
    model = Sequential([Dense(4, "relu"), Dense(1, "sigmoid")], seed=0)
    model.compile(optimizers.Adam(0.05), "binary_crossentropy")
    assert model.diagnose(X, Y).first is None
    assert not model.built


def test_the_same_seed_says_the_same_word_for_word():
    first, again = (too_slow().diagnose(X, Y, seed=5) for _ in range(2))
    assert first.text() == again.text()


def test_numpys_global_random_numbers_are_not_used():
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002
    too_slow().diagnose(X, Y, seconds=1)
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002


@pytest.mark.parametrize("seconds", [2, 30])
def test_the_time_that_is_given_changes_the_number_of_steps_but_not_the_verdict(seconds):
    assert too_slow().diagnose(X, Y, seconds=seconds).first == "rate_too_small"


def steps_of(seconds, units=200):
    model = Sequential([Dense(units, "relu", input_shape=(2,)), Dense(units, "relu"), Dense(1)])
    model.compile("sgd", "mse")
    return Patient(model, model.checked(X, Y), None, None, seconds, 0).steps


def test_the_steps_follow_from_the_time_and_the_size_of_the_network_by_counting_alone():
    # 2·200 + 200·200 + 200·1 = 40,600 products and 401 numbers for each of 32 samples.
    step = 32 * (3 * 40_600 * 2e-10 + 401 * 2e-8) + 7 * 5e-5
    assert steps_of(10) == int(10 / 2 / 14 / step) == 257
    assert steps_of(1000) == 1000
    assert steps_of(0.01) == 40


def test_the_clock_pulls_the_brake_and_the_report_says_so(monkeypatch):
    now = iter(range(10**9))
    monkeypatch.setattr(patients.time, "monotonic", lambda: next(now))
    found = too_slow().diagnose(X, Y, seconds=30)
    assert not found.finished
    assert found.causes == []
    assert found.verdict == "the time was over before anything was found"
    assert "The time was over: not all was tried. Give more seconds=." in str(found)


def test_the_time_begins_before_the_data_is_looked_at(monkeypatch):
    now = [0.0]

    def look_for_long(x, y):
        now[0] += 31

    monkeypatch.setattr(patients.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(diagnosis.data_causes, "not_finite_data", look_for_long)
    assert not too_slow().diagnose(X, Y, seconds=30).finished


def test_a_leap_that_leaves_the_loss_where_guessing_has_it_is_not_standing_still():
    """All units die in the first step: the loss is that of guessing at every look."""
    leap = Run("as it is", 0.69, 0.69, [0, 9], [0.7, 0.69], travelled=12.0)
    crawl = Run("as it is", 0.69, 0.69, [0, 9], [0.7, 0.69], travelled=1e-4)
    assert (leap.stands_still, crawl.stands_still) == (False, True)


def test_a_rate_that_kills_all_units_at_once_is_too_large():
    layers = [Dense(8, "relu", input_shape=(2,)), *(Dense(8, "relu") for _ in range(3))]
    model = Sequential([*layers, Dense(1, "sigmoid")], seed=1)
    model.compile(optimizers.Adam(0.5), "binary_crossentropy")
    found = model.diagnose(X, Y, seconds=2)
    assert np.ptp(found.runs[0].seen) < 0.05 * found.runs[0].start
    assert found.first == "rate_too_large"


def test_what_was_found_before_the_time_was_over_is_told(monkeypatch):
    now = iter(range(10**9))
    monkeypatch.setattr(patients.time, "monotonic", lambda: next(now))
    order = np.argsort(Y)
    found = too_slow().diagnose(X[order], Y[order], validation_split=0.2, seconds=30)
    assert (found.first, found.finished) == ("validation_of_another_kind", False)


def test_the_text_fits_into_80_columns_and_names_evidence_and_remedy():
    text = too_slow().diagnose(X, Y).text()
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Diagnosis of 'sequential': 1 cause: rate_too_small."
    assert lines[2] == "1. The learning rate is too small.  [rate_too_small]"
    assert lines[3].startswith("   Evidence: it is 1e−6; learning rate × ")
    assert "   Remedy: SGD(learning_rate=" in text
    assert "Does it learn ten samples by heart? Yes: loss " in text


def test_a_loss_that_grew_beyond_all_bounds_keeps_the_columns():
    runs = [Run("as it is", 1.0, 1.0, [0, 9], [1.0, end]) for end in (9.99, 1e30, np.inf)]
    rows = Diagnosis("me", [], runs).text().splitlines()[-3:]
    assert [row.split("  ")[-1].strip() for row in rows] == ["999 %", "> 1000 %", "> 1000 %"]
    assert {len(row) for row in rows} == {78}


def test_a_network_that_learns_is_told_so_and_tried_once():
    found = network(optimizers.Adam(0.02)).diagnose(X, Y)
    assert found.verdict == "it learns; nothing was found"
    assert [run.name for run in found.runs] == ["as it is"]


def test_the_start_is_compared_with_guessing():
    model = Sequential([Dense(3, "softmax", input_shape=(2,))], seed=0)
    model.compile(optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    found = model.diagnose(X, (X[:, 0] > 0) * 1 + (X[:, 0] > 1))
    (answer,) = found.answers.values()
    assert answer.endswith("ln(3) is 1.1.")


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.words = [], ""

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def test_a_diagnosis_draws_itself():
    found = too_slow().diagnose(X, Y)
    ax = found.plot()
    assert len(ax.patches) == len(found.runs)
    plt.close(ax.figure)


def test_the_page_is_whole_and_says_what_the_text_says():
    model = too_slow()
    model.name = "<b>me</b>"
    found, page = model.diagnose(X, Y), Balanced()
    page.feed(found._repr_html_())
    assert page.open == []
    assert "Diagnosis of '<b>me</b>'" in page.words
    for cause in found.causes:
        assert cause.says in page.words
        assert cause.remedy in page.words


def test_several_inputs_and_outputs_are_diagnosed():
    a, b = Input((2,)), Input((2,))
    merged = Add()([Dense(8, "relu")(a), Dense(8, "relu")(b)])
    model = Model([a, b], [Dense(1, "sigmoid")(merged), Dense(1)(merged)], seed=0)
    model.compile(optimizers.SGD(1e-6), ["binary_crossentropy", "mse"])
    found = model.diagnose([X, -X], [Y, X.sum(axis=1)])
    assert found.first == "rate_too_small"


def test_weights_that_are_no_numbers_any_more_are_drawn_anew():
    model = network(optimizers.Adam(0.02))
    model.layers[0].W = np.full((2, 12), np.nan)
    found = model.diagnose(X, Y)
    assert found.first is None
    assert found.answers["Are the weights still good to begin with?"].startswith("No, a training")


def test_a_training_that_went_astray_is_examined_from_the_beginning():
    model = network(optimizers.Adam(30.0))
    model.fit(X, Y, epochs=5, verbose=0)
    assert model.diagnose(X, Y).first == "rate_too_large"


@pytest.mark.parametrize(
    ("last", "loss", "units"),
    [
        ("softmax", "mse", 1),
        ("linear", "binary_crossentropy", 1),
        ("relu", "binary_crossentropy", 1),
        ("sigmoid", "categorical_crossentropy", 2),
        ("linear", "sparse_categorical_crossentropy", 2),
        ("softmax", "binary_crossentropy", 2),
        ("sigmoid", "hinge", 1),
        ("relu", CategoricalCrossentropy(from_logits=True), 2),
    ],
)
def test_an_output_that_does_not_fit_the_loss_is_found_before_any_run(last, loss, units):
    model = Sequential([Dense(units, last, input_shape=(2,))], seed=0)
    model.compile("sgd", loss)
    truth = Y if units == 1 or "sparse" in str(loss) else np.eye(2)[Y]
    found = model.diagnose(X, truth)
    assert (found.first, found.runs) == ("output_does_not_fit_loss", [])


@pytest.mark.parametrize(
    ("last", "loss", "units"),
    [
        ("sigmoid", "binary_crossentropy", 1),
        ("linear", CategoricalCrossentropy(from_logits=True), 2),
        ("softmax", "categorical_crossentropy", 2),
        ("tanh", "hinge", 1),
        ("linear", "hinge", 1),
    ],
)
def test_an_output_that_fits_its_loss_is_not_blamed(last, loss, units):
    model = Sequential([Dense(8, "relu"), Dense(units, last, input_shape=(2,))], seed=0)
    model.compile(optimizers.Adam(0.02), loss)
    truth = Y if units == 1 else np.eye(2)[Y]
    truth = 2 * truth - 1 if loss == "hinge" else truth
    assert model.diagnose(X, truth).first is None


@pytest.mark.parametrize("part", ["x", "y"])
def test_numbers_that_are_none_are_counted(part):
    x, y = X.copy(), Y.astype(float)
    (x if part == "x" else y)[[3, 5]] = np.nan
    (cause,) = too_slow().diagnose(x, y).causes
    assert cause.name == "not_finite_data"
    wanted = "4 of 400" if part == "x" else "2 of 200"
    assert cause.evidence == f"{wanted} numbers, in 2 of 200 samples"


@pytest.mark.parametrize(("option", "value"), [("seconds", 0), ("seed", -1), ("batch_size", 0)])
def test_options_that_cannot_be_are_explained(option, value):
    with pytest.raises(ValueError, match=f"^{option} must be"):
        too_slow().diagnose(X, Y, **{option: value})


def test_data_that_does_not_fit_the_model_is_explained_as_fit_explains_it():
    with pytest.raises(ValueError, match="The model takes samples of shape"):
        too_slow().diagnose(X[:, :1], Y)


def test_a_model_that_was_not_compiled_is_told_to_be():
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="compile comes first"):
        model.diagnose(X, Y)


def test_progress_is_the_part_of_a_constant_answers_loss_that_is_gone():
    run = Run("a", 2.0, 4.0, [0, 5, 10], [3.0, 1.5, 0.5], [3.0, 1.0, 5.0], trained=0.6)
    assert (run.end, run.progress, run.progress_on_new) == (0.5, 0.75, 0.75)
    assert run.moved == 0.75
    # Where it began better than a constant answer, that is where it moves from.
    assert Run("b", 2.0, 0.0, [0, 1], [1.0, 1.0], trained=1.0).moved == 0.0
    assert Run("c", 2.0, 0.0, [0, 1], [1.0, np.inf]).progress == -1.0


def test_every_cause_has_one_function_and_the_names_are_words():
    assert len(set(diagnosis.NAMES)) == len(diagnosis.NAMES) == 23
    assert all(name.replace("_", "").isalpha() for name in diagnosis.NAMES)


SORTED = np.sort(Y), X[np.argsort(Y)]


def test_fit_warns_once_when_validation_split_cuts_off_another_class():
    y, x = SORTED
    with pytest.warns(UserWarning, match="validation_split takes the last samples") as caught:
        network("sgd").fit(x, y, epochs=2, verbose=0, validation_split=0.2)
    (warning,) = caught
    assert warning.filename == __file__
    assert "to be like these, " in str(warning.message)
    assert "would have to be of another class" in str(warning.message)
    assert str(warning.message).endswith("x, y = x[order], y[order].")


@pytest.mark.parametrize("kind", ["shuffled", "numbers", "few", "no split"])
def test_fit_does_not_warn_of_anything_else(kind):
    y, x = (Y, X) if kind == "shuffled" else SORTED
    split = 0.0 if kind == "no split" else 0.2
    if kind == "numbers":
        y = np.sort(RNG.normal(size=200))
    if kind == "few":
        y, x = y[[0, 1, -2, -1]], x[:4]
        split = 0.5
    model = network("sgd", last=None, loss="mse") if kind == "numbers" else network("sgd")
    history = model.fit(x, y, verbose=0, validation_split=split)
    assert len(history.history["loss"]) == 1
