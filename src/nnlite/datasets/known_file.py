"""A file whose content is known in advance: its name, its size, and its checksum.

Nothing is read past the known size, whatever a header or a compressed file announces.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from nnlite.foundation.errors import value_error

CHUNK = 1 << 16


class BrokenGzip(ValueError):
    """The text says what is wrong with a compressed file."""


class KnownFile(NamedTuple):
    """The name of a file, and the size in bytes and the sha256 of its uncompressed content.

    Where a checksum of the compressed file is all that was published, that is `md5_of_gz`; the
    sha256 of a file of the same name that this one is not, is `unlike`.
    """

    name: str
    size: int
    sha256: str = ""
    md5_of_gz: str = ""
    unlike: str = ""

    def complaint(self, content: bytes) -> str | None:
        """Say what is wrong with this content, or return None where it is the known one."""
        if len(content) > self.size:
            return f"more than the {self.size:,} bytes of {self.name}"
        if len(content) < self.size:
            return f"only {len(content):,} of the {self.size:,} bytes of {self.name}"
        checksum = hashlib.sha256(content).hexdigest()
        if checksum == self.unlike:
            return f"the {self.name} of another data set, whose files have the same names"
        wrong = f"the checksum of the content is {checksum}, not {self.sha256}"
        return wrong if self.sha256 and checksum != self.sha256 else None


def read_content(path: Path, size: int, md5_of_gz: str = "") -> bytes:
    """Read a file, plain or `.gz`: at most one byte more than `size`."""
    with path.open("rb") as file:
        if path.suffix != ".gz":
            return file.read(size + 1)
        try:
            return b"".join(unpack(iter(lambda: file.read(CHUNK), b""), size, md5_of_gz))
        except BrokenGzip as error:
            rule = "A file that ends in .gz must be a complete gzip file."
            raise value_error(rule, str(error), str(path), "Delete it and get it again.") from error


def unpack(chunks: Iterable[bytes], size: int, md5_of_gz: str = "") -> Iterator[bytes]:
    """Yield what the chunks of a gzip file hold: at most one byte more than `size`.

    At the end, the chunks must have had the checksum, if one is given.
    """
    wanted, member, digest = size + 1, None, hashlib.md5(usedforsecurity=False)
    for chunk in chunks:
        if md5_of_gz:
            digest.update(chunk)
        while chunk:
            member = member or zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                part = member.decompress(chunk, wanted)
            except zlib.error as error:
                no_gzip = "header check" in str(error)
                what = "something that is no gzip file (a web page, perhaps)"
                raise BrokenGzip(what if no_gzip else "a damaged gzip file") from error
            yield part
            wanted -= len(part)
            if not wanted:
                return
            chunk = member.unused_data
            member = None if member.eof else member
    if member:
        raise BrokenGzip("a gzip file that is cut off in the middle")
    if md5_of_gz and digest.hexdigest() != md5_of_gz:
        raise BrokenGzip(f"a gzip file with the md5 {digest.hexdigest()}, not {md5_of_gz}")
