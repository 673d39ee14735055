"""Weights that are not finite, files of Keras, and files of a later version."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential, load_model
from nnlite.layers import BatchNormalization, Dense


def network() -> Sequential:
    layers = [Dense(3, input_shape=(2,)), BatchNormalization(), Dense(1, name="last")]
    return Sequential(layers, name="sick", seed=0)


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A file with a weight that is not finite."""
    model = network()
    model.layers[2].W[1] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "sick.npz")
    return tmp_path / "sick.npz"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("way", ["save", "save_weights"])
def test_saving_weights_that_are_not_finite_warns_in_one_line(
    way: str, value: float, tmp_path: Path
) -> None:
    model = network()
    model.layers[1].moving_variance[2] = value
    with pytest.warns(UserWarning, match="weights that are not finite") as told:
        getattr(model, way)(tmp_path / "model.npz")
    (warning,) = told
    assert str(warning.message) == (
        "Model 'sick' is saved with weights that are not finite, "
        "'batch_normalization/moving_variance' first: "
        "check_finite=False alone lets them be loaded."
    )
    assert warning.filename == __file__


def test_loading_weights_that_are_not_finite_is_refused_with_the_way_around(spoilt: Path) -> None:
    for use in (load_model, network().load_weights):
        with pytest.raises(ValueError, match="Weights must be finite") as caught:
            use(spoilt)
        assert "Received: 'last/W'" in str(caught.value)
        assert f"Where: {spoilt}" in str(caught.value)
        assert "check_finite=False" in str(caught.value)


def test_a_refused_file_of_weights_changes_nothing(spoilt: Path) -> None:
    model = network()
    before = [weight.tolist() for weight in model.get_weights()]
    with pytest.raises(ValueError, match="Weights must be finite"):
        model.load_weights(spoilt)
    assert [weight.tolist() for weight in model.get_weights()] == before


def test_weights_that_are_not_finite_are_taken_where_that_is_wished(spoilt: Path) -> None:
    model = network()
    model.load_weights(spoilt, check_finite=False)
    for each in (model, load_model(spoilt, check_finite=False)):
        W = each.layers[2].W[:, 0]
        assert np.isnan(W).tolist() == [False, True, False]


def test_the_flag_check_finite_in_quotes_is_no_flag(spoilt: Path) -> None:
    with pytest.raises(TypeError, match="check_finite must be True or False"):
        load_model(spoilt, check_finite="False")  # type: ignore[arg-type]


def keras_file(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            archive.writestr(name, "{}")


@pytest.mark.parametrize("kind", ["model.keras", "model.h5", "model.weights.h5"])
def test_files_of_keras_are_recognised_by_what_is_in_them(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind.endswith(".keras"):
        keras_file(path)
    else:
        path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    for use in (load_model, network().load_weights):
        with pytest.raises(ValueError, match="Received: a file of Keras") as caught:
            use(path)
        assert f"Where: {path}" in str(caught.value)
        wanted = f"model.set_weights(keras.models.load_model('{kind}').get_weights())"
        assert wanted in str(caught.value)


def test_a_file_of_a_later_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    network().save(path)
    with np.load(path) as archive:
        arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    text = str(arrays["config"]).replace('"format": 2', '"format": 3')
    np.savez(path, **arrays | {"config": np.array(text)})
    with pytest.raises(ValueError, match="Received: a file of format 3") as caught:
        load_model(path)
    assert "Install a later version of nnlite" in str(caught.value)


def test_a_file_that_may_not_be_read_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network().save(tmp_path / "model.npz")

    def refused(self: Path, *args: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(PermissionError, match=r"model\.npz"):
        load_model(tmp_path / "model.npz")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("model.onnx", "Remedy: nnlite.saving.from_onnx(path) reads ONNX files."),
        ("model.npz", "Remedy: Save the model again with model.save(path)."),
    ],
)
def test_a_file_that_is_no_zip_leads_to_the_way_by_its_name(
    name: str, remedy: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"\x08\x07\x12\x07pytorch")
    with pytest.raises(ValueError, match="a file of another kind") as caught:
        load_model(tmp_path / name)
    assert remedy in str(caught.value)


def test_files_of_pytorch_are_recognised_by_what_is_in_them(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}q\x00.")
    for use in (load_model, network().load_weights):
        with pytest.raises(ValueError, match="Received: a file of PyTorch"):
            use(tmp_path / "model.pt")
