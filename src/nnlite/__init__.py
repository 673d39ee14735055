"""nnlite: deep learning in pure NumPy, for people who want to see how neural networks work."""

__version__ = "0.1.0"
