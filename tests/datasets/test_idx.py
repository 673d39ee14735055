from __future__ import annotations

import pickle

import numpy as np
import pytest

from nnlite.datasets.idx import parse_idx

TWO_IMAGES = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])


def test_images_have_the_shape_of_the_header_and_the_bytes_in_order():
    images = parse_idx(TWO_IMAGES, dimensions=3, where="images")
    assert images.dtype == np.uint8
    assert images.tolist() == [[[1, 2, 3]], [[4, 5, 255]]]


def test_sizes_are_read_with_the_highest_byte_first():
    labels = parse_idx(bytes([0, 0, 8, 1, 0, 0, 1, 2]) + bytes(258), dimensions=1, where="labels")
    assert labels.shape == (258,)


def test_the_array_may_be_changed():
    images = parse_idx(TWO_IMAGES, dimensions=3, where="images")
    images[0, 0, 0] = 9
    assert images.tolist() == [[[9, 2, 3]], [[4, 5, 255]]]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "an empty file"),
        (b"\0\0\x08", "00 00 08"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 7]), "magic number 00 00 08 03"),
        (bytes([0, 0, 13, 3]) + TWO_IMAGES[4:], "Received: 00 00 0d 03"),
        (bytes([3, 8, 0, 0]) + TWO_IMAGES[4:], "Received: 03 08 00 00"),
        (pickle.dumps(np.zeros(3)), "magic number"),
        (b"<!DOCTYPE html>", "Received: 3c 21 44 4f"),
        (TWO_IMAGES[:11], "a file of 11 bytes"),
        (TWO_IMAGES[:-1], "shape (2, 1, 3), which is 6 bytes; 5 follow"),
        (TWO_IMAGES + b"\0", "shape (2, 1, 3), which is 6 bytes; at least 7 follow"),
        (TWO_IMAGES[:4] + bytes(12), "shape (0, 0, 0), which is 0 bytes; 0 follow"),
        (bytes([0, 0, 8, 3]) + bytes(4) + b"\xff" * 8, "shape (0, 4294967295, 4294967295)"),
        (
            bytes([0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 1]),
            "1,000,000,000,000 bytes; 1 follow",
        ),
        (
            bytes([0, 0, 8, 3]) + b"\xff" * 12 + b"1",
            "79,228,162,458,924,105,385,300,197,375 bytes; 1 follow",
        ),
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_what_is_wrong(content, complaint):
    with pytest.raises(ValueError, match=r"Where: digits\.idx") as error:
        parse_idx(content, dimensions=3, where="digits.idx")
    assert complaint in str(error.value)
