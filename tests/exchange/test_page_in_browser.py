"""The page in a browser: strokes, clicks, sliders; nothing is asked of the net."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import browser
from nnlite import Input, Model, Sequential
from nnlite.layers import Concatenate, Conv2D, Dense, Flatten, MaxPooling2D
from nnlite.optimizers import SGD, Adam

pytestmark = [pytest.mark.slow, browser.needs_browser]

FEATURES = ["length", "width", "height"]


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[browser.Browser]:
    with browser.browser(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


@pytest.fixture(autouse=True)
def _all_is_quiet(tab: browser.Browser) -> Iterator[None]:
    """No error on the console, and no request but for the file itself."""
    tab.errors.clear()
    tab.requests.clear()
    yield
    assert tab.errors == []
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in tab.requests if url.startswith("file:")]) <= 1


def digits() -> Sequential:
    layers = [Conv2D(3, 3, activation="relu", input_shape=(28, 28, 1)), MaxPooling2D(4)]
    return Sequential([*layers, Flatten(), Dense(4, "softmax")], seed=1, name="digits")


def table() -> Sequential:
    return Sequential([Dense(4, "tanh", input_shape=(3,)), Dense(2, "softmax")], seed=1)


def opened(tab: Any, folder: Path, model: Model, width: int = 1400, **options: Any) -> None:
    model.to_html(folder / "me.html", **options)
    tab.look_at(folder / "me.html", width)


def flow(tab: Any, slot: int) -> list[float]:
    return tab.ask(f"Array.from(nnlite.flow.a[{slot}])")


def wait_for(tab: Any, condition: str) -> None:
    """Let the page draw frames until a condition holds, at most 300 of them."""
    frames = f"""new Promise((done) => {{
      const look = (left) => ({condition}) || left === 0 ? done(Boolean({condition}))
        : requestAnimationFrame(() => look(left - 1));
      look(300);
    }})"""
    said = tab.call("Runtime.evaluate", expression=frames, awaitPromise=True, returnByValue=True)
    assert said["result"]["value"], condition


def draw_a_cross(tab: Any) -> None:
    x, y, w, h = tab.middle(".pad")
    tab.drag((x + 0.3 * w, y + 0.3 * h), (x + 0.5 * w, y + 0.5 * h), (x + 0.7 * w, y + 0.7 * h))
    tab.drag((x + 0.7 * w, y + 0.3 * h), (x + 0.3 * w, y + 0.7 * h))
    wait_for(tab, "!nnlite.waiting")


def test_strokes_of_the_mouse_change_the_prediction(tab, tmp_path):
    model = digits()
    opened(tab, tmp_path, model)
    empty = flow(tab, 4)
    draw_a_cross(tab)
    image = np.reshape(flow(tab, 0), (1, 28, 28, 1))
    assert image.max() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(flow(tab, 4), model.predict(image)[0], atol=1e-5)
    assert np.abs(np.subtract(flow(tab, 4), empty)).max() > 0.01
    shown = tab.ask("document.querySelector('.answer.best .name').textContent")
    assert shown == str(np.argmax(model.predict(image)))


def test_a_drawing_is_centred_unless_one_says_otherwise(tab, tmp_path):
    opened(tab, tmp_path, digits())
    x, y, w, h = tab.middle(".pad")
    tab.drag((x + 0.1 * w, y + 0.1 * h), (x + 0.2 * w, y + 0.2 * h))
    wait_for(tab, "!nnlite.waiting")
    rows, _ = np.nonzero(np.reshape(flow(tab, 0), (28, 28)) > 0.2)
    assert abs((rows.min() + rows.max()) / 2 - 13.5) <= 1
    tab.click("input[type=checkbox]")
    rows, _ = np.nonzero(np.reshape(flow(tab, 0), (28, 28)) > 0.2)
    assert rows.max() < 10


def test_clear_empties_the_image(tab, tmp_path):
    opened(tab, tmp_path, digits())
    draw_a_cross(tab)
    tab.click(".seen button")
    assert set(flow(tab, 0)) == {0}


def test_a_click_on_a_pixel_of_a_map_shows_a_sum_that_is_right(tab, tmp_path):
    model = digits()
    opened(tab, tmp_path, model)
    draw_a_cross(tab)
    tab.click(".layers .picture", 0.14, 0.5)
    slot, index = tab.ask("[nnlite.selected.slot, nnlite.selected.index]")
    assert slot == 1
    window = np.reshape(flow(tab, 0), (28, 28))
    place, kernel = divmod(index, 3)
    row, column = divmod(place, 26)
    products = window[row : row + 3, column : column + 3] * model.layers[0].W[:, :, 0, kernel]
    z = products.sum() + model.layers[0].b[kernel]
    shown = tab.ask("document.querySelector('.term.sum .part').textContent").replace("−", "-")
    assert float(shown) == pytest.approx(z, abs=6e-3)
    largest = tab.ask("document.querySelector('.term .part').textContent").replace("−", "-")
    assert abs(float(largest)) == pytest.approx(np.abs(products).max(), abs=6e-3)


def test_the_terms_of_a_neuron_add_up_to_its_sum(tab, tmp_path):
    model = table()
    opened(tab, tmp_path, model, samples=[[1.0, -2.0, 3.0]])
    tab.ask("select(nnlite, 1, 2)")
    parts = tab.ask(
        "Array.from(document.querySelectorAll('.term:not([hidden]) .part'), e => e.textContent)"
    )
    *terms, total = [float(part.replace("−", "-")) for part in parts]
    W = model.layers[0].W[:, 2]
    assert terms[:3] == pytest.approx(sorted(W * [1, -2, 3], key=abs, reverse=True), abs=6e-3)
    assert sum(terms) == pytest.approx(total, abs=0.02)


def test_moving_a_slider_of_a_feature_moves_the_prediction(tab, tmp_path):
    model = table()
    opened(tab, tmp_path, model, samples=[[0.0, 0, 0], [2, 2, 2]], features=FEATURES)
    tab.click(".feature input", 0.9)
    x = flow(tab, 0)
    assert x[0] > 1.2
    assert x[1:] == [0, 0]
    np.testing.assert_allclose(flow(tab, 2), model.predict([x])[0], atol=1e-5)


def test_gradient_times_input_is_shown_beside_each_feature(tab, tmp_path):
    model = Sequential([Dense(2, "softmax", input_shape=(3,))])
    model.set_weights([[[1.0, -1], [2, 0], [-3, 1]], [9.0, 0]])
    opened(tab, tmp_path, model, samples=[[1.0, 2, 3]], features=FEATURES)
    bars = tab.ask("Array.from(document.querySelectorAll('.feature .bar'), e => e.title)")
    # The largest is z1 = 1·1 + 2·2 − 3·3 + 9 = 5, against −1 + 3 = 2.
    assert bars == ["1.00", "4.00", "−9.00"]


def test_a_weight_that_is_changed_changes_all_that_follows_and_comes_back(tab, tmp_path):
    model = table()
    opened(tab, tmp_path, model, samples=[[1.0, -2.0, 3.0]])
    before = flow(tab, 2)
    tab.ask("select(nnlite, 1, 2)")
    tab.click(".term input", 0.02)
    changed = flow(tab, 2)
    assert changed != before
    W = tab.ask("Array.from(nnlite.network.steps[0].W)")
    model.layers[0].W = np.reshape(W, (3, 4))
    np.testing.assert_allclose(changed, model.predict([[1.0, -2.0, 3.0]])[0], atol=1e-5)
    tab.click(".notice button")
    assert flow(tab, 2) == before


def test_a_neuron_is_switched_off_and_on_again(tab, tmp_path):
    opened(tab, tmp_path, table(), samples=[[1.0, -2.0, 3.0]])
    before = flow(tab, 1)
    tab.ask("select(nnlite, 1, 2)")
    tab.click(".switch")
    assert flow(tab, 1) == [*before[:2], 0, before[3]]
    tab.click(".switch")
    assert flow(tab, 1) == before


def test_switching_off_a_pixel_of_a_map_switches_off_the_map(tab, tmp_path):
    opened(tab, tmp_path, digits())
    draw_a_cross(tab)
    tab.ask("select(nnlite, 1, 40)")
    tab.click(".switch")
    maps = np.reshape(flow(tab, 1), (26, 26, 3))
    assert [bool(maps[..., k].any()) for k in range(3)] == [True, False, True]


def test_samples_are_chosen_and_held_against_the_truth(tab, tmp_path):
    model, x = table(), [[1.0, -2.0, 3.0], [-3.0, 0.0, 1.0]]
    said = model.predict(x).argmax(axis=1)
    truth = [said[0], 1 - said[1]]
    opened(tab, tmp_path, model, samples=x, truth=truth, names=["no", "yes"])
    names = ["no", "yes"]
    assert tab.ask("document.querySelector('.truth').textContent") == f"truth: {names[truth[0]]} ✓"
    tab.click("button[title='The next sample']")
    assert flow(tab, 0) == x[1]
    assert tab.ask("document.querySelector('.truth').textContent") == f"truth: {names[truth[1]]} ✗"


def test_the_truth_of_several_numbers_is_written_out(tab, tmp_path):
    model = Sequential([Dense(2, input_shape=(3,))])
    opened(tab, tmp_path, model, samples=[[1.0, 2, 3]], truth=[[0.5, 1.0]])
    assert tab.ask("document.querySelector('.truth').textContent") == "truth: 0.500, 1.00"


def test_an_input_that_is_an_output_too_is_shown(tab, tmp_path):
    x = Input((2,))
    opened(tab, tmp_path, Model(x, [x, Dense(1)(x)]), samples=[[1.0, 2.0]])
    assert flow(tab, 0) == [1, 2]


def test_arrow_keys_go_from_neuron_to_neuron(tab, tmp_path):
    opened(tab, tmp_path, table())
    tab.click(".layers .picture", 0.01)
    for _ in range(2):
        tab.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight")
    assert tab.ask("[nnlite.selected.slot, nnlite.selected.index]") == [1, 2]


@pytest.mark.parametrize("width", [390, 800, 1400])
def test_nothing_is_wider_than_the_window(tab, tmp_path, width):
    a, b = Input((28, 28, 1)), Input((3,), name="a rather long name of an input")
    joined = Concatenate()([Flatten()(Conv2D(7, 3)(a)), b])
    model = Model([a, b], [Dense(30)(joined), Dense(1)(joined)], seed=0)
    opened(tab, tmp_path, model, width)
    for slot in range(2, 7):
        tab.ask(f"select(nnlite, {slot}, 0)")
        sizes = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        needed, there = tab.ask(sizes)
        assert needed <= there


def test_the_page_speaks_korean_too(tab, tmp_path):
    opened(tab, tmp_path, table())
    tab.ask("select(nnlite, 1, 2)")
    tab.click(".top button")
    assert tab.ask("document.documentElement.lang") == "ko"
    assert "합 z" in tab.ask("document.body.textContent")
    assert tab.ask("[nnlite.selected.slot, nnlite.selected.index]") == [1, 2]


def ring() -> tuple[Sequential, Any, Any]:
    angle = np.arange(24) * np.pi / 6
    radius = np.where(np.arange(24) < 12, 0.5, 2.0)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    model = Sequential([Dense(4, "tanh", input_shape=(2,)), Dense(1, "sigmoid")], seed=2)
    model.compile(Adam(0.05), "binary_crossentropy")
    return model, x, (radius < 1).astype(int)


def button(word: str) -> str:
    return f"Array.from(document.querySelectorAll('button')).find(b => b.textContent === '{word}')"


def test_training_lowers_the_loss_and_pauses(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    tab.ask(f"{button('Train on')}.click()")
    wait_for(tab, "nnlite.history.length > 40")
    tab.ask(f"{button('Pause')}.click()")
    losses = tab.ask("nnlite.history.map((one) => one.loss)")
    assert losses[0] == pytest.approx(model.evaluate(x, y, verbose=0), abs=1e-5)
    assert losses[-1] < 0.8 * losses[0]
    assert tab.ask("nnlite.running") is False
    assert f"epoch {len(losses)}:" in tab.ask("document.querySelector('.loss').textContent")


def test_after_training_all_comes_back_as_it_was_learned(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    before = flow(tab, 2)
    tab.ask(f"{button('One epoch')}.click()")
    assert flow(tab, 2) != before
    tab.click(".notice button")
    assert flow(tab, 2) == before
    assert tab.ask("nnlite.history") == []


def test_a_long_training_keeps_a_short_history(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x[::6], truth=y[::6])
    tab.ask("for (let k = 0; k < 2345; k++) epoch(nnlite); recompute(nnlite)")
    count, last = tab.ask("[nnlite.history.length, nnlite.history.at(-1).epoch]")
    assert (count <= 1000, last) == (True, 2345)
    assert "epoch 2345:" in tab.ask("document.querySelector('.loss').textContent")


def test_the_rate_and_the_batch_are_sliders(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    assert tab.ask("[nnlite.training.rate, sizeOfBatch(nnlite)]") == [pytest.approx(0.05), 24]
    tab.click(".ruler input", 0.999)
    assert tab.ask("nnlite.training.rate") > 5
    tab.click(".ruler + .ruler input", 0.01)
    assert tab.ask("sizeOfBatch(nnlite)") == 1


def test_a_loss_that_is_not_finite_stops_the_training(tab, tmp_path):
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(SGD(1.0), "mse")
    opened(tab, tmp_path, model, samples=[[100.0, 1], [-300, 2]], truth=[1.0, 2])
    tab.ask(f"{button('Train on')}.click()")
    wait_for(tab, "nnlite.running === false")
    assert "smaller learning rate" in tab.ask("document.body.textContent")


def test_a_click_on_the_plane_moves_the_input_there(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    tab.click(".large", 0.75, 0.25)
    # The points reach from −2 to 2, and there is 0.12 · 4 of room on each side.
    assert flow(tab, 0) == pytest.approx([1.24, 1.24], abs=0.02)
    np.testing.assert_allclose(flow(tab, 2), model.predict([flow(tab, 0)])[0], atol=1e-5)


def test_the_plane_reaches_around_samples_without_truth(tab, tmp_path):
    model, x, _ = ring()
    opened(tab, tmp_path, model, samples=10 * x)
    assert np.ravel(tab.ask("limitsOf(nnlite)")) == pytest.approx([-24.8, 24.8] * 2, abs=1e-4)


def test_a_click_adds_a_point_of_the_chosen_class(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y, names=["out", "in"])
    tab.ask("document.querySelector('select').selectedIndex = 2")
    tab.click(".large", 0.75, 0.25)
    x1, x2 = tab.ask("Array.from(nnlite.points.at(-1).x)")
    assert (x1, x2) == pytest.approx((1.24, 1.24), abs=0.02)
    assert tab.ask("[nnlite.points.length, nnlite.points.at(-1).y[0]]") == [25, 1]


def test_each_neuron_shows_the_plane_that_it_sees(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    tab.ask("select(nnlite, 1, 3)")
    seen = tab.ask("Array.from(seenOn(nnlite, [[-2, 2], [-2, 2]], 3)(2, 0))")
    corners = [[c, r] for r in (4 / 3, 0, -4 / 3) for c in (-4 / 3, 0, 4 / 3)]
    np.testing.assert_allclose(seen, model.predict(corners)[:, 0], atol=1e-5)
    _, _, width, _ = tab.middle(".layers .picture")
    tab.click(".layers .picture", 1 - 20 / width)
    assert tab.ask("[nnlite.selected.slot, nnlite.selected.index]") == [2, 0]


def drop(tab: Any, text: str) -> str:
    """Drop a CSV of this text on the page, and return what the page says of it."""
    code = f"""(() => {{
      const files = new DataTransfer();
      files.items.add(new File([{text!r}], 'mine.csv'));
      nnlite.message = '';
      document.dispatchEvent(new DragEvent('drop', {{ dataTransfer: files }}));
    }})()"""
    tab.ask(code)
    wait_for(tab, "nnlite.message !== ''")
    return tab.ask("nnlite.message")


def test_points_come_from_a_csv_that_is_dropped(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    assert drop(tab, "a,b,class\n1,2,0\n-3,4.5,1\n") == "2 points of mine.csv"
    points = "nnlite.points.map(({ x, y }) => [...x, ...y])"
    assert tab.ask(points) == [[1, 2, 0], [-3, 4.5, 1]]
    tab.ask(f"{button('One epoch')}.click()")
    assert len(tab.ask("nnlite.history")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,0\n1,2\n", "Line 2 has 2 cells; 2 features and a class are 3."),
        ("1,2,0\n1,two,1\n", 'Line 2: "two" is not a number.'),
        ("1,2,0\n\n1,2,inf\n", 'Line 3: "inf" is not a number.'),
        ("a,b,c\n", "The file has no lines of numbers; each line holds 2 features and a class."),
        ("1,2,3\n", "Line 1: the class 3 is none of 0 … 2."),
    ],
)
def test_what_is_wrong_with_a_csv_is_explained_and_the_points_stay(tab, tmp_path, text, words):
    _, x, y = ring()
    model = Sequential([Dense(3, "softmax", input_shape=(2,))], seed=0)
    model.compile("sgd", "sparse_categorical_crossentropy")
    opened(tab, tmp_path, model, samples=x, truth=y)
    assert drop(tab, text) == words
    assert tab.ask("nnlite.points.length") == 24


def lesson(tab: Any) -> list[tuple[str, list[str]]]:
    """Open the lesson and go through it: what each stage is called, and its formulas."""
    tab.ask("document.querySelector('summary').click()")
    wait_for(tab, "nnlite.stage === 0")
    stages = []
    for _ in range(tab.ask("nnlite.told.lesson.sections.length")):
        title = tab.ask("document.querySelector('details strong').textContent")
        lines = "Array.from(document.querySelectorAll('.line .formula'), e => e.textContent)"
        stages.append((title, tab.ask(lines)))
        tab.ask(f"{button('Next ▶')}.click()")
    return stages


def test_the_lesson_goes_forward_and_backward_with_the_formulas_of_explain(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    stages = lesson(tab)
    assert [title for title, _ in stages] == [
        "Forward: dense (Dense)",
        "Forward: dense_1 (Dense)",
        "Forward: loss (BinaryCrossentropy)",
        "Backward: loss",
        "Backward: dense_1 (Dense)",
        "Backward: dense (Dense)",
    ]
    assert stages[0][1] == ["Z1 = X·W1 + b1", "A1 = tanh(Z1)"]
    assert stages[4][1] == ["dW2 = A1ᵀ·dZ2", "db2 = Σ dZ2", "dA1 = dZ2·W2ᵀ"]


def test_the_numbers_of_the_lesson_are_those_of_a_step_with_this_sample(tab, tmp_path):
    model, x, y = ring()
    opened(tab, tmp_path, model, samples=x, truth=y)
    tab.ask("choose(nnlite, 3)")
    told = model.explain(x[3:4], y[3:4])
    find = (
        "Array.from(numbersOf(nnlite, '{}', {}, nnlite.told.lesson.loss)"
        "({{ symbol: '{}' }}, true).array)"
    )
    for half, slot, symbol in [
        ("forward", 1, "Z1"),
        ("forward", 2, "A2"),
        ("backward", 2, "dZ2"),
        ("backward", 2, "dW2"),
        ("backward", 2, "dA1"),
        ("backward", 1, "dW1"),
        ("backward", 1, "db1"),
    ]:
        numbers = tab.ask(find.format(half, slot, symbol))
        np.testing.assert_allclose(numbers, told[symbol].ravel(), atol=1e-5, err_msg=symbol)


def test_a_model_that_was_not_compiled_has_a_lesson_of_the_way_forward(tab, tmp_path):
    opened(tab, tmp_path, table(), samples=[[1.0, -2.0, 3.0]])
    assert [title for title, _ in lesson(tab)] == [
        "Forward: dense (Dense)",
        "Forward: dense_1 (Dense)",
    ]


def test_a_finger_draws_on_a_phone(tab, tmp_path):
    model = digits()
    opened(tab, tmp_path, model, 390)
    x, y, w, h = tab.middle(".pad")
    tab.call("Emulation.setTouchEmulationEnabled", enabled=True)
    for kind, place in [("touchStart", 0.3), ("touchMove", 0.5), ("touchMove", 0.7)]:
        points = [{"x": x + place * w, "y": y + place * h}]
        tab.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    tab.call("Emulation.setTouchEmulationEnabled", enabled=False)
    wait_for(tab, "!nnlite.waiting && nnlite.flow.a[0].some((value) => value > 0.5)")
    image = np.reshape(flow(tab, 0), (1, 28, 28, 1))
    np.testing.assert_allclose(flow(tab, 4), model.predict(image)[0], atol=1e-5)


def test_dark_and_light_can_be_chosen(tab, tmp_path):
    opened(tab, tmp_path, table())
    colour = "getComputedStyle(document.body).backgroundColor"
    light = tab.ask(colour)
    tab.ask(f"{button('◐')}.click()")
    dark = tab.ask(colour)
    assert sum(map(int, dark[4:-1].split(","))) < 150 < sum(map(int, light[4:-1].split(",")))
