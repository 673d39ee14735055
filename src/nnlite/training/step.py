"""One step of a training, as the lecture has it: forpass, loss, backprop, penalty, step."""

from __future__ import annotations

from nnlite.foundation.types import Array
from nnlite.given.data import Data, one_or_list
from nnlite.training.evaluation import Evaluation
from nnlite.training.protocol import LearningModel


class Step(Evaluation):
    """Gradient descent, one batch at a time.

    `descend` moves the weights, and the gradients that it gets are multiplied by `scale`: the
    optimizer's `step`, and 1, unless `faster` chose otherwise.
    """

    def __init__(self, model: LearningModel, data: Data) -> None:
        super().__init__(model, data)
        self.flat, self.optimizer = model.flat, model.optimizer
        self.state = self.flat.state_of(self.optimizer)
        self.descend, self.scale = self.optimizer.step, 1.0
        self.take_over()

    def take(self, x: list[Array], y: list[Array], weights: Array | None = None) -> float:
        """Take the step, and return the loss before it, penalties included."""
        self.take_over()
        outputs = self.network.forpass(one_or_list(x), True)
        loss, gradients = self.judge(y, outputs, weights, self.scale)
        self.network.backprop(one_or_list(gradients))
        for regularizer, weight in self.regularized:
            dW = weight.gradient
            dW += regularizer.gradient(weight.value)
        self.descend(self.flat.weights, self.flat.gradients)
        return loss

    def take_over(self) -> None:
        """Have layers and optimizer work for this model: others may share them."""
        self.flat.settle()
        self.optimizer.bound_state = self.state

    def scale_gradients(self, scale: float) -> None:
        """Let the gradient vector hold `scale` × the gradients from now on."""
        if scale != self.scale:
            self.flat.gradients *= scale / self.scale
            self.scale = scale
