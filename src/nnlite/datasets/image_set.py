"""A data set of images and labels in four files: those for training, and those for the test."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlite.datasets import folders
from nnlite.datasets.download import DownloadError, download
from nnlite.datasets.idx import parse_idx
from nnlite.datasets.known_file import KnownFile, read_content
from nnlite.foundation.errors import explain_error, value_error

Part = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class ImageSet(NamedTuple):
    """What the set is called, its subfolder, its files, and the mirrors that have them.

    The files are images and labels for training, then for the test. With `only_there`, they are
    looked for in the subfolder alone.
    """

    title: str
    folder: str
    files: tuple[KnownFile, ...]
    mirrors: tuple[str, ...]
    only_there: bool = False

    def load(self) -> tuple[Part, Part]:
        """Return `(x_train, y_train), (x_test, y_test)`; what is missing is downloaded."""
        mirrors = list(self.mirrors)
        kinds = zip(self.files, (3, 1, 3, 1), strict=True)
        x_train, y_train, x_test, y_test = (self._read(file, mirrors, axes) for file, axes in kinds)
        return (x_train, y_train), (x_test, y_test)

    def _read(self, file: KnownFile, mirrors: list[str], dimensions: int) -> NDArray[np.uint8]:
        path = self._find(file) or self._download(file, mirrors)
        content = read_content(path, file.size, file.md5_of_gz)
        array = parse_idx(content, dimensions, str(path))
        if complaint := file.complaint(content):
            rule = f"{file.name} must hold exactly the bytes of {self.title}."
            remedy = f"Delete the file: the next {self.folder}.load_data() downloads it again."
            raise value_error(rule, complaint, str(path), remedy)
        return array

    def _find(self, file: KnownFile) -> Path | None:
        names = (file.name, f"{file.name}.gz")
        return folders.find_file(names, self.folder, self.only_there)

    def _download(self, file: KnownFile, mirrors: list[str]) -> Path:
        """Download a file into the cache; the mirror that delivered it is first for the next."""
        folder = folders.cache_folder() / self.folder
        try:
            delivered_by = download(file, mirrors, folder)
        except DownloadError as error:
            missing = ", ".join(file.name for file in self.files if self._find(file) is None)
            rule = f"{self.title} needs files that are not on this computer: {missing}."
            received = f"no file from the addresses tried:\n{error}"
            place = f"the subfolder {self.folder} of the" if self.only_there else "a"
            remedy = "Connect to the network, or put the files, plain or with .gz, into "
            remedy += f"{folder} or into {place} folder that the environment variable NNLITE_DATA "
            where = folders.describe_search(self.folder, self.only_there)
            raise OSError(explain_error(rule, received, where, f"{remedy}names.")) from error
        mirrors.sort(key=lambda mirror: mirror != delivered_by)
        return folder / file.name
