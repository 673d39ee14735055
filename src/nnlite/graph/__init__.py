"""A computation graph is a formula taken apart into gates: +, ×, exp and a few more.

Values flow through it forward, gradients flow backward: every gate multiplies the gradient that
arrives by its own derivatives and hands the products to its operands. That is the chain rule.
"""

from nnlite.foundation.unknown import explains_unknown_names
from nnlite.graph.value import Value, exp, log, maximum, relu, sigmoid, tanh

__all__ = ["Value", "exp", "log", "maximum", "relu", "sigmoid", "tanh"]

explains_unknown_names(__name__)
