"""What `Dense` and the convolutions share: a kernel W and a bias b, before an activation."""

from __future__ import annotations

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.layers.activated import ActivatedLayer
from nnlite.layers.windows import WindowLayer


class KernelLayer(ActivatedLayer):
    """A layer with a kernel W and, with `use_bias`, a bias b.

    The constructor of a subclass keeps what they start as and cost: `kernel_initializer`,
    `bias_initializer`, `kernel_regularizer` and `bias_regularizer`.
    """

    W: Array
    dW: Array
    b: Array
    db: Array

    def add_kernel(self, shape: Shape, outputs: int) -> None:
        """Make W of this shape and b (outputs,)."""
        self.add_weight("W", shape, self.kernel_initializer, regularizer=self.kernel_regularizer)
        if self.use_bias:
            self.add_weight("b", outputs, self.bias_initializer, regularizer=self.bias_regularizer)


class Convolution(WindowLayer, KernelLayer):
    """A layer whose kernel looks at images through windows."""

    def check_channels(self, shape: Shape, place: int, share: int = 1) -> None:
        """Raise unless W, which has its input channels at `place`, was made for these images."""
        if self.built and shape[-1] != self.W.shape[place] * share:
            raise value_error(
                f"The layer takes images with {self.W.shape[place] * share} channels.",
                f"samples of shape {shape}",
                f"layer '{self.name}', W of shape {self.W.shape}",
                "The last axis of x holds the channels.",
            )
