"""Packages that only a part of the library needs: extras, loaded when that part is used."""

from __future__ import annotations

import importlib
from typing import Any

from nnlite.foundation.errors import explain_error


def load_extra(package: str, extra: str, what: str) -> Any:
    """Return a package, or explain which extra brings it.

    >>> load_extra("math", "onnx", "This").pi
    3.141592653589793
    >>> load_extra("no_such_package", "onnx", "An ONNX file")
    Traceback (most recent call last):
        ...
    ImportError: An ONNX file needs the package no_such_package.
    Received: no_such_package is not installed
    Remedy: pip install 'nnlite[onnx]'
    """
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        received, remedy = f"{package} is not installed", f"pip install 'nnlite[{extra}]'"
        text = explain_error(f"{what} needs the package {package}.", received, None, remedy)
        raise ImportError(text) from None
