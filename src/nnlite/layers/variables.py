"""Keras' further names of weights, for whatever has weights: layers and models."""

from __future__ import annotations

from nnlite.foundation.types import Array


class Variables:
    """A base of what has `weights`, of which training changes `trainable_weights`."""

    @property
    def weights(self) -> list[Array]:
        """The numbers of all weights."""
        raise NotImplementedError

    @property
    def trainable_weights(self) -> list[Array]:
        """The numbers that training changes."""
        raise NotImplementedError

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The numbers that training leaves to the layers: running means, and what is frozen.

        >>> from nnlite.layers import BatchNormalization
        >>> layer = BatchNormalization(input_shape=(2,))
        >>> layer.build((2,))
        >>> len(layer.trainable_variables), len(layer.non_trainable_variables)
        (2, 2)
        """
        trained = {id(weight) for weight in self.trainable_weights}
        return [weight for weight in self.weights if id(weight) not in trained]

    @property
    def trainable_variables(self) -> list[Array]:
        """Another name of `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Array]:
        """Another name of `non_trainable_weights`."""
        return self.non_trainable_weights
