"""What training knows of a model: a few names, whatever else the model can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from nnlite.callbacks import History
from nnlite.callbacks.base import TrainedModel
from nnlite.layers.joining import Node
from nnlite.layers.layer import Layer
from nnlite.network.chain import Network
from nnlite.network.vector import FlatWeights
from nnlite.training.ending import Ending


class LearningModel(TrainedModel, Protocol):
    """A model that can be trained and evaluated."""

    rng: np.random.Generator
    network: Network
    layers: list[Layer]
    nodes: list[Node]
    history: History | None

    @property
    def endings(self) -> list[Ending]:
        """How each output is judged."""

    @property
    def flat(self) -> FlatWeights:
        """The weights and gradients as flat vectors."""

    @property
    def output_names(self) -> Sequence[str]:
        """The names of the outputs."""

    @property
    def optimizer(self) -> Any:
        """The optimizer given to `compile`."""
