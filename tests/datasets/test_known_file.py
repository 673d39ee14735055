from __future__ import annotations

import gzip
import tracemalloc

import pytest

from nnlite.datasets.known_file import KnownFile, read_content, unpack

ABC = KnownFile("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_the_known_content_has_nothing_wrong():
    assert ABC.complaint(b"abc") is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"ab", "only 2 of the 3 bytes of abc"),
        (b"abcd", "more than the 3 bytes of abc"),
        (b"abd", "the checksum of the content is a52d159f262b2c6ddb724a61840befc3"),
    ],
)
def test_other_content_is_told_apart(content, complaint):
    assert ABC.complaint(content).startswith(complaint)


def test_plain_and_compressed_files_give_the_same_content(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    (tmp_path / "abc.gz").write_bytes(gzip.compress(b"abc"))
    assert read_content(tmp_path / "abc", 3) == b"abc"
    assert read_content(tmp_path / "abc.gz", 3) == b"abc"


def test_a_gzip_file_of_several_parts_is_read_to_its_end(tmp_path):
    (tmp_path / "abc.gz").write_bytes(gzip.compress(b"a") + gzip.compress(b"bc"))
    assert read_content(tmp_path / "abc.gz", 3) == b"abc"


def test_a_gzip_file_may_come_in_pieces_of_any_size():
    packed = gzip.compress(b"ab") + gzip.compress(b"c")
    assert b"".join(unpack([packed[k : k + 1] for k in range(len(packed))], 3)) == b"abc"


@pytest.mark.parametrize("name", ["zeros", "zeros.gz"])
def test_no_more_than_one_byte_past_the_known_size_is_read(tmp_path, name):
    zeros = bytes(20_000_000)
    (tmp_path / name).write_bytes(gzip.compress(zeros, 1) if name.endswith("gz") else zeros)
    tracemalloc.start()
    content = read_content(tmp_path / name, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content == bytes(4)
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (gzip.compress(b"abc")[:-3], "cut off in the middle"),
        (b"<html>", "no gzip file"),
        (gzip.compress(b"abc")[:-8] + bytes(8), "a damaged gzip file"),
    ],
    ids=["cut off", "web page", "wrong checksum"],
)
def test_a_broken_gzip_file_is_an_explained_error(tmp_path, content, complaint):
    path = tmp_path / "abc.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=complaint) as error:
        read_content(path, 3)
    assert str(path) in str(error.value)
