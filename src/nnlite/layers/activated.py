"""Layers that end in an activation, and those of them with a kernel W and a bias b."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnlite.activations import ActivationFunction
from nnlite.foundation.errors import must_define
from nnlite.foundation.types import Array, Shape
from nnlite.layers.layer import Layer


class ActivatedLayer(Layer):
    """A layer whose last act is an activation: z from x, then a = g(z).

    A subclass writes `forpass_z(x, training)`, and `backprop_z(dz)`, which returns dx. The two
    halves are apart so that a loss can be computed from z: see `CrossEntropy`.
    """

    activation: ActivationFunction
    adjustable = ("activation",)

    def forpass_z(self, x: Array, training: bool = False) -> Array:
        """Return z, in an array that the layer owns."""
        raise must_define(self, "forpass_z(x, training)")

    def backprop_z(self, dz: Array) -> Array | None:
        """Write the gradients of the weights and return dx."""
        raise must_define(self, "backprop_z(dz)")

    def forpass(self, x: Array, training: bool = False) -> Array:
        """Return a = g(z). A loss that is computed from z goes around it, and around backprop."""
        z = self.forpass_z(x, training)
        return self.activate(z, z, training)

    def backprop(self, grad: Array) -> Any:
        """Return dx, from dz = grad · g′(z)."""
        room = self.memory.take("dz", self.a.shape, self.a.dtype)
        besides = {"z": self.z} if self.activation.needs_z else {}
        dz = self.activation.backprop(grad, self.a, room, **besides)
        return self.backprop_z(dz)

    def activate(self, z: Array, room: Array, training: bool) -> Array:
        """Return a = g(z), written to `room`; that may be z, if backprop does not need it."""
        if training and self.activation.needs_z:
            self.z = z
            room = self.memory.take("a", z.shape, z.dtype) if room is z else room
        a = self.activation.forpass(z, room)
        if training:
            self.a = a
        return a


class KernelLayer(ActivatedLayer):
    """A layer with a kernel W and, with `use_bias`, a bias b.

    The constructor of a subclass keeps what they start as and cost: `kernel_initializer`,
    `bias_initializer`, `kernel_regularizer` and `bias_regularizer`.
    """

    keras_names: Mapping[str, str] = {"kernel": "W", "bias": "b"}
    W: Array
    dW: Array
    b: Array
    db: Array

    def add_kernel(self, shape: Shape, outputs: int) -> None:
        """Make W of this shape and b (outputs,)."""
        self.add_weight("W", shape, self.kernel_initializer, regularizer=self.kernel_regularizer)
        if self.use_bias:
            self.add_weight("b", outputs, self.bias_initializer, regularizer=self.bias_regularizer)
