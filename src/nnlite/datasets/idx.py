"""The IDX format, in which MNIST is published: a magic number, the shape, then the bytes.

The header is believed only where it agrees with the bytes that follow it.

    00 00 08 03   magic number: 08 for unsigned bytes, 03 for three dimensions
    00 00 EA 60   60000: one number of four bytes, the highest first, for each dimension
    00 00 00 1C   28
    00 00 00 1C   28
    ...           60000 · 28 · 28 bytes
"""

from __future__ import annotations

import math
import struct

import numpy as np
from numpy.typing import NDArray

from nnlite.foundation.errors import value_error


def parse_idx(content: bytes, dimensions: int, where: str) -> NDArray[np.uint8]:
    """Return the array in the content of an IDX file of unsigned bytes.

    Parameters
    ----------
    content : bytes
        The entire file, uncompressed.
    dimensions : int
        How many dimensions the array must have: 3 for images, 1 for labels.
    where : str
        The file, for the error text.

    Examples
    --------
    >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]), dimensions=1, where="labels")
    array([5, 0, 4], dtype=uint8)
    """
    magic = bytes([0, 0, 8, dimensions])
    header_size = 4 + 4 * dimensions
    if content[:4] != magic:
        kind = f"(unsigned bytes, dimensions: {dimensions})"
        rule = f"This IDX file must begin with the magic number {magic.hex(' ')} {kind}."
        received = content[:4].hex(" ") or "an empty file"
    elif len(content) < header_size:
        rule = f"The header of this IDX file must have {header_size} bytes."
        received = f"a file of {len(content)} bytes"
    else:
        shape = struct.unpack(f">{dimensions}I", content[4:header_size])
        announced, held = math.prod(shape), len(content) - header_size
        if announced == held > 0:
            return np.frombuffer(content, dtype=np.uint8, offset=header_size).reshape(shape).copy()
        rule = "An IDX file must hold as many bytes as its header announces, and at least one."
        follow = f"{'at least ' if held > announced else ''}{held:,} follow"
        received = f"shape {shape}, which is {announced:,} bytes; {follow}"
    remedy = "The file is damaged or is another one: delete it and get it again."
    raise value_error(rule, received, where, remedy)
