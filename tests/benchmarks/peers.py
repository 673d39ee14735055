"""The same networks for PyTorch, scikit-learn and Keras: same start weights, same data, same steps.

A model of ours is translated layer by layer into what a user of PyTorch would write: channels
first, modules in a `Sequential`, a functional module only where branches meet.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

import nnlite
from nnlite import layers as L

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def tensor(array: np.ndarray) -> torch.Tensor:
    """Return an array as a tensor of its own; images with their channels first."""
    if array.ndim == 4:
        array = array.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(array))


def modules_of(layer: L.Layer, shape: tuple[int, ...], flattened: tuple[int, ...]) -> list[Any]:
    """Return the modules that do what a layer does on samples of this shape.

    `flattened` is the shape of the image that a Flatten has made a row: (h, w, c), else ().
    """
    made: list[Any] = []
    if isinstance(layer, L.Dense):
        W = layer.W
        if flattened:
            W = W.reshape(*flattened, -1).transpose(2, 0, 1, 3).reshape(W.shape)
        linear = nn.Linear(*W.shape)
        _fill(linear, W.T, layer.b)
        made = [linear]
    elif isinstance(layer, L.DepthwiseConv2D):
        c, q = layer.W.shape[2:]
        module = nn.Conv2d(c, c * q, layer.size, layer.steps, layer.padding, groups=c)
        _fill(module, layer.W.reshape(*layer.size, 1, c * q).transpose(3, 2, 0, 1), layer.b)
        made = [module]
    elif isinstance(layer, L.Conv2D):
        c, f = layer.W.shape[2:]
        padding: Any = layer.padding
        if padding == "same" and layer.steps != (1, 1):
            padding = tuple((size - 1) // 2 for size in layer.size)
        bias = layer.use_bias
        module = nn.Conv2d(c, f, layer.size, layer.steps, padding, bias=bias)
        _fill(module, layer.W.transpose(3, 2, 0, 1), layer.b if bias else None)
        made = [module]
    elif isinstance(layer, L.MaxPooling2D):
        made = [nn.MaxPool2d(layer.size, layer.steps)]
    elif isinstance(layer, L.AveragePooling2D):
        made = [nn.AvgPool2d(layer.size, layer.steps)]
    elif isinstance(layer, L.GlobalAveragePooling2D):
        made = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    elif isinstance(layer, L.BatchNormalization):
        made = [nn.BatchNorm2d(shape[-1], eps=1e-3, momentum=0.01)]
    elif isinstance(layer, L.Flatten):
        made = [nn.Flatten()]
    elif isinstance(layer, L.Dropout):
        made = [nn.Dropout(layer.rate)]
    name = getattr(getattr(layer, "activation", None), "name", None)
    return [*made, ACTIVATIONS[name]()] if name in ACTIVATIONS else made


def _fill(module: Any, W: np.ndarray, b: np.ndarray | None) -> None:
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(W.copy()))
        if b is not None:
            module.bias.copy_(torch.from_numpy(b.copy()))


class Branches(nn.Module):
    """A network in which sums of branches occur."""

    def __init__(self, model: nnlite.Model) -> None:
        super().__init__()
        self.steps = nn.ModuleList()
        self.plan = []
        slots = {model.inputs[0]: 0}
        for node in model.nodes:
            sources = [slots[source] for source in node.inputs]
            slots[node.output] = len(slots)
            modules = modules_of(node.layer, node.inputs[0].sample, ())
            self.steps.append(nn.Sequential(*modules))
            self.plan.append(sources)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        values = [x]
        for step, sources in zip(self.steps, self.plan, strict=True):
            values.append(
                step(
                    sum(values[s] for s in sources[1:]) + values[sources[0]]
                    if len(sources) > 1
                    else values[sources[0]]
                )
            )
        return values[-1]


def torch_network(model: nnlite.Model) -> nn.Module:
    """Return the same network with the same weights, up to the logits."""
    if any(len(node.inputs) > 1 for node in model.nodes):
        return Branches(model)
    modules: list[Any] = []
    flattened: tuple[int, ...] = ()
    for node in model.nodes:
        shape = node.inputs[0].sample
        if isinstance(node.layer, L.Flatten):
            flattened = shape
        modules += modules_of(node.layer, shape, flattened)
        if isinstance(node.layer, L.Dense):
            flattened = ()
    if isinstance(modules[-1], nn.Sigmoid):
        modules.pop()
    return nn.Sequential(*modules)


def torch_optimizer(model: nnlite.Model, network: nn.Module) -> torch.optim.Optimizer:
    """Return the optimizer that the model was compiled with."""
    rate = model.optimizer.learning_rate
    if type(model.optimizer).__name__ == "Adam":
        return torch.optim.Adam(network.parameters(), lr=rate, eps=1e-7)
    return torch.optim.SGD(network.parameters(), lr=rate)


def torch_training(
    model: nnlite.Model, x: np.ndarray, y: np.ndarray, batch: int, shuffle: bool = True
) -> Callable[[int], float]:
    """Return a function that trains for so many epochs, as a bare loop would: the mean loss."""
    network, xs, ys = torch_network(model), tensor(x), torch.from_numpy(y)
    optimizer = torch_optimizer(model, network)
    loss: nn.Module = nn.CrossEntropyLoss()
    if y.ndim == 2:
        loss, ys = nn.BCEWithLogitsLoss(), ys.float()

    def train(epochs: int) -> float:
        total = 0.0
        network.train()
        for _ in range(epochs):
            total = 0.0
            order = torch.randperm(len(xs)) if shuffle else torch.arange(len(xs))
            for start in range(0, len(xs), batch):
                rows = order[start : start + batch]
                whole = batch >= len(xs)
                given, truth = (xs, ys) if whole else (xs[rows], ys[rows])
                value = loss(network(given), truth)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                if not shuffle:
                    total += value.item() * len(given)
        return total / len(xs)

    return train


def torch_prediction(model: nnlite.Model, x: np.ndarray) -> Callable[[], np.ndarray]:
    """Return a function that predicts all of x, in inference mode, 1,024 samples at a time."""
    network, xs = torch_network(model), tensor(x)
    network.eval()

    def predict() -> np.ndarray:
        with torch.inference_mode():
            parts = [torch.softmax(network(part), 1) for part in xs.split(1024)]
        return torch.cat(parts).numpy()

    return predict


def scikit_learn_epoch(x: np.ndarray, y: np.ndarray, batch: int, rate: float) -> Callable[[], Any]:
    """Return a function that trains an `MLPClassifier` of 100 sigmoids for one epoch."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (100,),
        "logistic",
        solver="sgd",
        alpha=0,
        batch_size=batch,
        learning_rate_init=rate,
        momentum=0,
        max_iter=1,
    )

    def epoch() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return network.fit(x, y)

    return epoch


def bare_products(x: np.ndarray, batch: int) -> Callable[[], None]:
    """Return a function that does the five matrix products of an epoch of 784-100-10, no more."""
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(784, 100)).astype("f4"), rng.normal(size=(100, 10)).astype("f4")
    dW1, dW2 = np.empty_like(W1), np.empty_like(W2)
    rows = x[:batch].copy()
    a, dz = np.ones((batch, 100), "f4"), np.ones((batch, 10), "f4")

    def products() -> None:
        for _ in range(-(-len(x) // batch)):
            rows.dot(W1, a)
            a.dot(W2, dz)
            a.T.dot(dz, dW2)
            dz.dot(W2.T, a)
            rows.T.dot(a, dW1)

    return products
