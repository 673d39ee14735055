from __future__ import annotations

import gzip
import hashlib

import pytest

from nnlite.datasets import fashion_mnist, mnist
from nnlite.datasets.known_file import KnownFile

CONTENTS = {
    "train-images": bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 255]),
    "train-labels": bytes([0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 2]),
    "test-images": bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 6, 7, 8, 9]),
    "test-labels": bytes([0, 0, 8, 1, 0, 0, 0, 2, 4, 2]),
}
DIGITS = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 7])
COMPRESSED = {name: gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}


@pytest.fixture(autouse=True)
def small_files(monkeypatch, capsys):
    """Three pieces for training and two for the test, of one by two grey values."""
    unlike = hashlib.sha256(DIGITS).hexdigest()
    files = [
        KnownFile(name, len(content), "", hashlib.md5(COMPRESSED[name]).hexdigest(), unlike)
        for name, content in CONTENTS.items()
    ]
    monkeypatch.setattr(fashion_mnist, "FILES", tuple(files))
    monkeypatch.setattr(fashion_mnist, "MIRRORS", ())
    yield
    capsys.readouterr()


def put(folder, contents=CONTENTS, ending=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / (name + ending)).write_bytes(content)


def assert_small(data):
    (x_train, y_train), (x_test, y_test) = data
    assert x_train.tolist() == [[[1, 2]], [[3, 4]], [[5, 255]]]
    assert y_train.tolist() == [9, 0, 2]
    assert x_test.tolist() == [[[6, 7]], [[8, 9]]]
    assert y_test.tolist() == [4, 2]


def test_names_and_sizes_are_those_of_mnist_and_checksums_those_published(monkeypatch):
    monkeypatch.undo()
    assert [(f.name, f.size) for f in fashion_mnist.FILES] == [
        ("train-images-idx3-ubyte", 47_040_016),
        ("train-labels-idx1-ubyte", 60_008),
        ("t10k-images-idx3-ubyte", 7_840_016),
        ("t10k-labels-idx1-ubyte", 10_008),
    ]
    assert [f.md5_of_gz for f in fashion_mnist.FILES] == [
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ]
    assert [f.unlike for f in fashion_mnist.FILES] == [f.sha256 for f in mnist.FILES]


def test_the_files_are_downloaded_once_and_kept(cache, mirror, monkeypatch):
    monkeypatch.setattr(fashion_mnist, "MIRRORS", (mirror.address,))
    for name, content in COMPRESSED.items():
        mirror.answer(f"/{name}.gz", content)
    assert_small(fashion_mnist.load_data())
    assert_small(fashion_mnist.load_data())
    assert mirror.requests == [f"/{name}.gz" for name in CONTENTS]
    kept = {path.name: path.read_bytes() for path in (cache / "fashion_mnist").iterdir()}
    assert kept == CONTENTS


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_files_lie_in_a_subfolder_of_their_own(tmp_path, monkeypatch, ending):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path / "mine"))
    contents = COMPRESSED if ending else CONTENTS
    put(tmp_path / "mine" / "fashion_mnist", contents, ending)
    assert_small(fashion_mnist.load_data())


def test_files_of_the_same_names_beside_the_subfolder_are_not_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path / "mine"))
    put(tmp_path / "mine")
    with pytest.raises(OSError, match="Fashion-MNIST needs files") as error:
        fashion_mnist.load_data()
    assert f"Where: {tmp_path / 'mine' / 'fashion_mnist'}, " in str(error.value)
    assert "into the subfolder fashion_mnist of the folder that" in str(error.value)


def test_the_files_of_mnist_in_the_subfolder_are_recognised(cache):
    put(cache / "fashion_mnist", {**CONTENTS, "test-labels": DIGITS})
    with pytest.raises(ValueError, match="must hold exactly the bytes of Fashion-MNIST") as error:
        fashion_mnist.load_data()
    assert "of another data set, whose files have the same names" in str(error.value)


def test_a_download_with_another_checksum_is_refused(mirror, cache, monkeypatch):
    monkeypatch.setattr(fashion_mnist, "MIRRORS", (mirror.address,))
    other = gzip.compress(CONTENTS["train-images"][:-1] + b"\0", mtime=0)
    mirror.answer("/train-images.gz", other)
    with pytest.raises(OSError, match="a gzip file with the md5") as error:
        fashion_mnist.load_data()
    assert hashlib.md5(other).hexdigest() in str(error.value)
    assert list(cache.glob("**/*")) == []


def test_a_compressed_file_with_another_checksum_is_refused(cache):
    put(cache / "fashion_mnist", COMPRESSED, ".gz")
    (cache / "fashion_mnist" / "test-labels.gz").write_bytes(gzip.compress(DIGITS, mtime=1))
    with pytest.raises(ValueError, match="a gzip file with the md5") as error:
        fashion_mnist.load_data()
    assert "Delete it and get it again." in str(error.value)


def test_a_plain_file_of_another_size_is_refused(cache):
    put(cache / "fashion_mnist", {**CONTENTS, "test-labels": CONTENTS["test-labels"][:-1]})
    with pytest.raises(ValueError, match="test-labels"):
        fashion_mnist.load_data()
