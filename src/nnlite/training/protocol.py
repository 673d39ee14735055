"""What training knows of a model: these names, whatever else the model can do."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from nnlite.callbacks import History
from nnlite.callbacks.base import TrainedModel
from nnlite.layers.joining import Node, Tensor
from nnlite.layers.layer import Layer
from nnlite.network.chain import Network
from nnlite.network.vector import FlatWeights
from nnlite.training.ending import Ending


class LearningModel(TrainedModel, Protocol):
    """A model that can be compiled, trained and evaluated."""

    name: str
    dtype: np.dtype[Any]
    rng: np.random.Generator
    network: Network
    layers: list[Layer]
    nodes: list[Node]
    inputs: list[Tensor]
    outputs: list[Tensor]
    compiled: dict[str, Any] | None
    history: History | None
    figures: Any

    @property
    def endings(self) -> list[Ending]:
        """How each output is judged."""

    @property
    def flat(self) -> FlatWeights:
        """The weights and gradients as flat vectors."""

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""

    def name_of(self, layer: Layer) -> str:
        """Return what a layer is called in this model."""

    def check_built(self, what: str) -> None:
        """Raise if the model does not know its input yet."""

    def build_for(self, x: Any) -> None:
        """Take the shape of the input from the data, where the model was not told."""

    def forget_endings(self) -> None:
        """Judge the outputs anew: they, or what is wanted of them, are others now."""
