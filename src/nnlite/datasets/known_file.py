"""A file whose content is known in advance: its name, its size, and its checksum.

Nothing is read past the known size, whatever a header or a compressed file announces.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import NamedTuple

from ..errors import explain_error

BROKEN_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)


class KnownFile(NamedTuple):
    """The name of a file, and the size in bytes and the sha256 of its uncompressed content."""

    name: str
    size: int
    sha256: str

    def complaint(self, content: bytes) -> str | None:
        """Say what is wrong with this content, or return None where it is the known one."""
        if len(content) > self.size:
            return f"more than the {self.size:,} bytes of {self.name}"
        if len(content) < self.size:
            return f"only {len(content):,} of the {self.size:,} bytes of {self.name}"
        checksum = hashlib.sha256(content).hexdigest()
        if checksum != self.sha256:
            return f"the checksum of the content is {checksum}, not {self.sha256}"
        return None


def read_content(path: Path, size: int) -> bytes:
    """Read a file, plain or `.gz`: at most one byte more than `size`."""
    if path.suffix != ".gz":
        with path.open("rb") as plain:
            return plain.read(size + 1)
    try:
        with gzip.open(path) as compressed:
            return compressed.read(size + 1)
    except BROKEN_GZIP as error:
        raise ValueError(
            explain_error(
                "A file that ends in .gz must be a complete gzip file.",
                describe_broken_gzip(error),
                str(path),
                "Delete it and get it again.",
            )
        ) from error


def describe_broken_gzip(error: Exception) -> str:
    """Say what is wrong with a compressed file."""
    if isinstance(error, EOFError):
        return "a gzip file that is cut off in the middle"
    if isinstance(error, gzip.BadGzipFile) and "Not a gzipped file" in str(error):
        return "something that is no gzip file (a web page, perhaps)"
    return "a damaged gzip file"
