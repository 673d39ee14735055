"""How well a network does on data, whether it learns from it or is only watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnlite.callbacks.calling import CallbackList
from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.network.chain import up_to_logits
from nnlite.network.vector import regularized
from nnlite.training.figures import Figures
from nnlite.training.protocol import LearningModel
from nnlite.training.running import running


class Evaluation:
    """A network, the judges of its outputs, and the figures that add up over batches.

    Parameters
    ----------
    model
        A compiled model.
    data
        Data like that to be judged: the metrics are chosen to fit it.
    """

    def __init__(self, model: LearningModel, data: Data) -> None:
        self.model = model
        self.endings = [ending.chosen_anew() for ending in model.endings]
        _, truths, _ = next(data.known(1))
        self.figures = Figures(self.endings, model.output_names, truths, running.counting())
        model.figures = self.figures
        self.connect()
        self.regularized = regularized(model.layers)
        self.copies = not all(ending.owns_gradient for ending in self.endings)
        self.copies |= self.figures.keep_arrays

    def connect(self) -> None:
        """Take the network of the model, without the activations that its losses go around."""
        ends = [ending.layer for ending in self.endings if ending.at_logits]
        self.network = up_to_logits(self.model.network, ends)

    def judge(
        self, y: list[Array], outputs: Any, weights: Array | None, scale: float | None = None
    ) -> tuple[float, list[Array]]:
        """Return the loss of a batch, penalties included, and `scale` × its gradients, if any."""
        if len(self.endings) == 1:
            outputs = [outputs]
        if self.copies:
            y, outputs = [truth.copy() for truth in y], [output.copy() for output in outputs]
        figures, gradients = self.figures, []
        loss = self.penalty() if self.regularized else 0.0
        figures.count += len(y[0])
        figures.penalties += loss * len(y[0])
        for place, ending in enumerate(self.endings):
            truth = y[place]
            values, a = ending.judge(truth, outputs[place], weights)
            share = figures.add(place, truth, a, values, weights)
            loss += share * ending.descended(a) if ending.stays_apart else share
            if scale is not None:
                gradients.append(ending.gradient(truth, a, weights, scale))
        return loss, gradients

    def penalty(self) -> float:
        """Return what the regularizers charge for the weights as they are."""
        return sum((charge(weight.value) for charge, weight in self.regularized), 0.0)

    def over(self, data: Data, batch_size: int) -> dict[str, float]:
        """Return the losses and metrics over all samples, without training."""
        self.figures.reset()
        for x, y, weights in data.batches(batch_size):
            self.judge(y, self.network.forpass(one_or_list(x)), weights)
        return self.figures.results()


@dataclass
class Validation:
    """Data that is only watched, after each epoch or every few."""

    data: Data
    batch_size: int
    every: int

    def is_due(self, epoch: int) -> bool:
        """Return whether it is looked at after this epoch, counted from 0."""
        return (epoch + 1) % self.every == 0

    def figures(self, epoch: int, step: Evaluation, callbacks: CallbackList) -> dict[str, float]:
        """Return losses and metrics as the history names them; none if it is not their turn."""
        if not self.is_due(epoch):
            return {}
        callbacks.tell("on_test_begin", {})
        results = step.over(self.data, self.batch_size)
        callbacks.tell("on_test_end", results)
        return {f"val_{name}": value for name, value in results.items()}
