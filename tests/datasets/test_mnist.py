from __future__ import annotations

import gzip
import hashlib
import pickle

import numpy as np
import pytest

from nnlite.datasets import mnist
from nnlite.datasets.known_file import KnownFile

CONTENTS = {
    "train-images": bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 255]),
    "train-labels": bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]),
    "test-images": bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 6, 7, 8, 9]),
    "test-labels": bytes([0, 0, 8, 1, 0, 0, 0, 2, 4, 2]),
}


@pytest.fixture(autouse=True)
def small_mnist(request, monkeypatch, capsys):
    """Three digits for training and two for the test, of one by two grey values."""
    if "real_data" in request.fixturenames:
        yield
        return
    files = [
        KnownFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in CONTENTS.items()
    ]
    names = ["TRAIN_IMAGES", "TRAIN_LABELS", "TEST_IMAGES", "TEST_LABELS"]
    for name, file in zip(names, files, strict=True):
        monkeypatch.setattr(mnist, name, file)
    monkeypatch.setattr(mnist, "FILES", tuple(files))
    monkeypatch.setattr(mnist, "MIRRORS", ())
    yield
    capsys.readouterr()


def put_files(folder, compressed=False):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in CONTENTS.items():
        if compressed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def serve_files(mirror):
    for name, content in CONTENTS.items():
        mirror.answer(f"/{name}.gz", gzip.compress(content))


def assert_small_mnist(data):
    (x_train, y_train), (x_test, y_test) = data
    assert x_train.tolist() == [[[1, 2]], [[3, 4]], [[5, 255]]]
    assert y_train.tolist() == [7, 0, 9]
    assert x_test.tolist() == [[[6, 7]], [[8, 9]]]
    assert y_test.tolist() == [4, 2]
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_the_files_are_read_from_the_folder_of_the_user(
    tmp_path, monkeypatch, subfolder, compressed
):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path / "mine"))
    put_files(tmp_path / "mine" / subfolder, compressed)
    assert_small_mnist(mnist.load_data())


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_the_files_are_read_from_the_cache(cache, subfolder, compressed):
    put_files(cache / subfolder, compressed)
    assert_small_mnist(mnist.load_data())


def test_missing_files_are_downloaded_once_and_kept(cache, mirror, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.address,))
    serve_files(mirror)
    assert_small_mnist(mnist.load_data())
    assert_small_mnist(mnist.load_data())
    assert mirror.requests == [f"/{name}.gz" for name in CONTENTS]
    assert {path.name: path.read_bytes() for path in (cache / "mnist").iterdir()} == CONTENTS


def test_only_the_missing_files_are_downloaded(cache, mirror, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.address,))
    serve_files(mirror)
    put_files(cache / "mnist")
    (cache / "mnist" / "test-labels").unlink()
    assert_small_mnist(mnist.load_data())
    assert mirror.requests == ["/test-labels.gz"]


def test_a_mirror_that_failed_is_not_asked_again_while_another_delivers(start_mirror, monkeypatch):
    broken, good = start_mirror(), start_mirror()
    monkeypatch.setattr(mnist, "MIRRORS", (broken.address, good.address))
    serve_files(good)
    assert_small_mnist(mnist.load_data())
    assert broken.requests == ["/train-images.gz"]
    assert good.requests == [f"/{name}.gz" for name in CONTENTS]


def test_without_files_and_network_the_error_says_what_was_tried_and_what_to_do(
    cache, start_mirror, monkeypatch
):
    first, second = start_mirror(), start_mirror()
    monkeypatch.setattr(mnist, "MIRRORS", (first.address, second.address))
    second.answer("/train-images.gz", b"<html>Please sign in</html>")
    with pytest.raises(OSError, match="not on this computer") as error:
        mnist.load_data()
    assert str(error.value) == (
        "MNIST needs files that are not on this computer:"
        " train-images, train-labels, test-images, test-labels.\n"
        "Received: no file from the addresses tried:\n"
        f"  {first.address}/train-images.gz: HTTP 404 Not Found\n"
        f"  {second.address}/train-images.gz: something that is no gzip file"
        " (a web page, perhaps)\n"
        f"Where: {cache}, {cache / 'mnist'} (the environment variable NNLITE_DATA is not set)\n"
        "Remedy: Connect to the network, or put the files, plain or with .gz, into"
        f" {cache / 'mnist'} or into a folder that the environment variable NNLITE_DATA names."
    )
    assert list(cache.glob("**/*")) == []


def test_files_that_are_there_are_not_asked_for(cache, mirror, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.address,))
    put_files(cache)
    (cache / "test-images").unlink()
    with pytest.raises(OSError, match="not on this computer: test-images\\.\n"):
        mnist.load_data()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "an empty file"),
        (CONTENTS["train-images"][:-1], "which is 6 bytes; 5 follow"),
        (CONTENTS["train-images"] + b"\0", "which is 6 bytes; at least 7 follow"),
        (CONTENTS["train-images"][:-1] + b"\0", "the checksum of the content is"),
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, "79,228,162,458,924,105,385,300,197,375 bytes"),
        (pickle.dumps(np.zeros((3, 1, 2))), "magic number 00 00 08 03"),
    ],
    ids=["empty", "cut off", "too long", "wrong byte", "hostile header", "pickle"],
)
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_a_file_that_is_not_of_mnist_is_refused(cache, content, complaint, compressed):
    put_files(cache)
    path = cache / "train-images"
    if compressed:
        path.unlink()
        path = cache / "train-images.gz"
        content = gzip.compress(content)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=complaint) as error:
        mnist.load_data()
    assert f"Where: {path}" in str(error.value)
    assert "delete" in str(error.value).lower()


def test_a_bad_file_in_the_cache_is_good_again_after_it_was_deleted(cache, mirror, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.address,))
    serve_files(mirror)
    put_files(cache)
    (cache / "train-labels").write_bytes(b"bad")
    with pytest.raises(ValueError, match="train-labels"):
        mnist.load_data()
    (cache / "train-labels").unlink()
    assert_small_mnist(mnist.load_data())


def test_the_real_digits(real_data):
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert x_train.shape == (60_000, 28, 28)
    assert x_test.shape == (10_000, 28, 28)
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert x_train[0, 5].tolist() == [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 18,
        18, 18, 126, 136, 175, 26, 166, 255, 247, 127, 0, 0, 0, 0,
    ]  # fmt: skip
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert x_train.sum(dtype=int) == 1_567_298_545
    assert x_test.sum(dtype=int) == 264_923_200
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
