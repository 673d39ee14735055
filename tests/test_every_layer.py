"""What every layer of the library must do, whatever it computes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from every_layer import CASES, Case, every_layer, public_layers
from nnlite import load_model
from nnlite.layers import Dense, Flatten, Layer
from nnlite.testing import check_layer, gradcheck


def as_list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


def test_no_layer_is_missing_in_the_list() -> None:
    assert {case.layer_class.__name__ for case in CASES.values()} == public_layers()


@every_layer()
def test_a_layer_passes_the_battery(case: Case) -> None:
    report = check_layer(case.make(), case.shape)
    assert report.passed
    assert report.max_error < 1e-7


@every_layer()
def test_the_output_shape_is_known_before_there_are_numbers(case: Case) -> None:
    layer = case.make()
    promised = layer.compute_output_shape(case.shape)
    zeros = [np.zeros((2, *shape)) for shape in case.shapes]
    a = layer(zeros if isinstance(case.shape, list) else zeros[0])
    assert a.shape == (2, *promised)


@every_layer()
def test_the_gradients_of_a_model_with_the_layer_are_right(case: Case) -> None:
    model = case.model(Flatten(), Dense(2))
    rng = np.random.default_rng(0)
    report = gradcheck(model, case.samples(rng, 3), rng.standard_normal((3, 2)), "mse")
    assert report.max_error < 1e-6


@every_layer()
def test_a_layer_comes_back_from_its_configuration(case: Case) -> None:
    layer: Layer = case.make()
    again = case.layer_class.from_config(layer.get_config())
    assert type(again) is case.layer_class
    assert repr(again.get_config()) == repr(layer.get_config())


def trained(case: Case, x: Any) -> Any:
    """Return a model of the layer and a Dense behind it, not as they were made."""
    model = case.model(Flatten(), Dense(2))
    model.compile("adam", "mse")
    model.fit(x, np.ones((4, 2)), batch_size=2, epochs=2, verbose=0)
    return model


@every_layer()
def test_a_trained_model_with_the_layer_is_the_same_from_its_file(
    case: Case, tmp_path: Path
) -> None:
    x = case.samples(np.random.default_rng(1), 4)
    model = trained(case, x)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.predict(x).tobytes() == model.predict(x).tobytes()
    assert [w.tobytes() for w in again.get_weights()] == [w.tobytes() for w in model.get_weights()]


@every_layer()
def test_the_weights_of_the_layer_come_back_from_a_file_of_weights(
    case: Case, tmp_path: Path
) -> None:
    x = case.samples(np.random.default_rng(2), 4)
    model, again = trained(case, x), case.model(Flatten(), Dense(2), seed=1)
    for layer, name in zip(again.layers, [layer.name for layer in model.layers], strict=True):
        layer.name = name
    model.save_weights(tmp_path / "weights.npz")
    again.load_weights(tmp_path / "weights.npz")
    assert again.predict(x).tobytes() == model.predict(x).tobytes()


@every_layer()
def test_a_batch_is_predicted_as_its_samples_one_by_one(case: Case) -> None:
    model = case.model(dtype="float64")
    x = case.samples(np.random.default_rng(3), 5)
    alone = [model.predict([part[i : i + 1] for part in as_list(x)], verbose=0) for i in range(5)]
    np.testing.assert_allclose(model.predict(x), np.concatenate(alone), rtol=1e-12, atol=1e-13)


@every_layer()
def test_float32_follows_float64(case: Case) -> None:
    x = case.samples(np.random.default_rng(4), 4)
    exact, single = (case.model(dtype=dtype) for dtype in ("float64", "float32"))
    single.set_weights(exact.get_weights())
    rounded = [part.astype(np.float32) for part in as_list(x)]
    wanted = exact.forpass(x, training=True)
    a = single.forpass(rounded if isinstance(x, list) else rounded[0], training=True)
    grad = np.random.default_rng(5).standard_normal(wanted.shape)
    wanted_dx, dx = exact.backprop(grad), single.backprop(grad.astype(np.float32))
    pairs = [
        (wanted, a),
        (exact.gradient_vector, single.gradient_vector),
        *zip(as_list(wanted_dx), as_list(dx), strict=True),
    ]
    for in_double, in_single in pairs:
        assert in_single.dtype == np.float32
        scale = float(np.abs(in_double).max(initial=1.0))
        np.testing.assert_allclose(in_single / scale, in_double / scale, rtol=0, atol=1e-5)


@every_layer()
def test_a_layer_is_explained_with_an_equation(case: Case) -> None:
    model = case.model()
    rows = str(model.explain(case.samples(np.random.default_rng(6), 3))).split("\n")
    heading = f"{model.layers[-1].name} ({case.layer_class.__name__})"
    place = next(place for place, row in enumerate(rows) if row.startswith(heading))
    assert any(" = " in row for row in rows[place + 1 :])
