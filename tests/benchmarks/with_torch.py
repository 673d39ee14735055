"""The same networks for PyTorch: same start weights, same data, same steps.

A model of ours is translated layer by layer into what a user of PyTorch would write: channels
first, modules in a `Sequential`, a functional module only where branches meet.
"""

from __future__ import annotations

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


def channels_first(array: np.ndarray) -> np.ndarray:
    """Return samples (n, h, w, c) or (n, w, c) as (n, c, h, w) or (n, c, w); rows as they are."""
    return np.moveaxis(array, -1, 1) if array.ndim > 2 else array


def tensor(array: np.ndarray) -> torch.Tensor:
    """Return samples as a tensor of its own, channels first."""
    return torch.from_numpy(np.ascontiguousarray(channels_first(array)))


def modules_of(layer: L.Layer, shape: tuple[int, ...], flattened: tuple[int, ...]) -> list[Any]:
    """Return the modules that do what a layer does on samples of this shape.

    `flattened` is the shape of the image that a Flatten has made a row: (h, w, c), else ().
    """
    made: list[Any] = []
    flat = len(shape) == 2
    if isinstance(layer, L.Dense):
        W = layer.W
        if flattened:
            W = np.moveaxis(W.reshape(*flattened, -1), -2, 0).reshape(W.shape)
        made = [_filled(nn.Linear(*W.shape), W.T, layer.b)]
    elif isinstance(layer, L.DepthwiseConv2D):
        c, q = layer.W.shape[2:]
        module = nn.Conv2d(c, c * q, layer.size, layer.steps, layer.padding, groups=c)
        W = layer.W.reshape(*layer.size, 1, c * q).transpose(3, 2, 0, 1)
        made = [_filled(module, W, layer.b)]
    elif isinstance(layer, L.Conv2D):
        made = [_convolution(layer, nn.Conv1d if flat else nn.Conv2d)]
    elif isinstance(layer, L.MaxPooling2D):
        made = [(nn.MaxPool1d if flat else nn.MaxPool2d)(layer.size, layer.steps)]
    elif isinstance(layer, L.AveragePooling2D):
        made = [(nn.AvgPool1d if flat else nn.AvgPool2d)(layer.size, layer.steps)]
    elif isinstance(layer, L.GlobalAveragePooling2D):
        made = [(nn.AdaptiveAvgPool1d if flat else nn.AdaptiveAvgPool2d)(1), nn.Flatten()]
    elif isinstance(layer, L.BatchNormalization):
        made = [nn.BatchNorm2d(shape[-1], eps=1e-3, momentum=0.01)]
    elif isinstance(layer, L.Flatten):
        made = [nn.Flatten()]
    elif isinstance(layer, L.Dropout):
        made = [nn.Dropout(layer.rate)]
    name = getattr(getattr(layer, "activation", None), "name", None)
    return [*made, ACTIVATIONS[name]()] if name in ACTIVATIONS else made


def _convolution(layer: L.Conv2D, kind: Any) -> nn.Module:
    filters, channels = layer.filters, layer.W.shape[-2] * layer.groups
    module: nn.Module = kind(
        channels,
        filters,
        layer.size,
        layer.steps,
        layer.padding,
        layer.dilation,
        layer.groups,
        bias=layer.use_bias,
    )
    W = np.moveaxis(layer.W, (-1, -2), (0, 1))
    return _filled(module, W, layer.b if layer.use_bias else None)


def _filled(module: Any, W: np.ndarray, b: np.ndarray | None) -> nn.Module:
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(W.copy()))
        if b is not None:
            module.bias.copy_(torch.from_numpy(b.copy()))
    return module


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
        return torch.optim.Adam(network.parameters(), lr=rate, eps=model.optimizer.epsilon)
    return torch.optim.SGD(network.parameters(), lr=rate)


def training(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    x: np.ndarray,
    y: np.ndarray,
    batch: int,
    shuffle: bool = True,
) -> Callable[[int], float]:
    """Return a function that trains for so many epochs, as a bare loop would: the mean loss."""
    xs, ys = tensor(x), torch.from_numpy(y)
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


def prediction(network: nn.Module, x: np.ndarray) -> Callable[[], np.ndarray]:
    """Return a function that predicts all of x, in inference mode, 1,024 samples at a time."""
    xs = tensor(x)

    def predict() -> np.ndarray:
        network.eval()
        with torch.inference_mode():
            parts = [probabilities(network(part)) for part in xs.split(1024)]
        return torch.cat(parts).numpy()

    return predict


def probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return those of several classes, or of one of two."""
    return torch.softmax(logits, 1) if logits.shape[1] > 1 else torch.sigmoid(logits)
