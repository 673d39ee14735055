"""Every layer and every loss once more, in PyTorch: a second opinion that shares no line with ours.

A twin gets what the constructor of the layer took (`get_config()`), the layer's weights by name as
tensors, x with the channels last, and in `state` whether this is training, and a dropout's mask;
it gives a. PyTorch finds the gradients by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

torch.set_num_threads(1)

ACTIVATIONS: dict[str | None, Callable[[Any], Any]] = {
    None: lambda z: z,
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.2),
    "elu": F.elu,
    "selu": F.selu,
    "silu": F.silu,
    "gelu": F.gelu,
    "softplus": lambda z: F.softplus(z, threshold=1e9),
    "softmax": lambda z: torch.softmax(z, dim=-1),
}

PENALTIES: dict[str | None, Callable[[Any], Any]] = {
    None: lambda w: 0.0,
    "l1": lambda w: 0.01 * w.abs().sum(),
    "l2": lambda w: 0.01 * (w**2).sum(),
}


def pair(number: Any) -> tuple[int, int]:
    return (number, number) if isinstance(number, int) else tuple(number)


def channels_first(x: Any) -> Any:
    return x.movedim(-1, 1)


def channels_last(x: Any) -> Any:
    return x.movedim(1, -1)


def padded(x: Any, sizes: Any, steps: Any, dilations: Any, padding: str, value: float = 0.0) -> Any:
    """Pad x (n, c, …) as TensorFlow does: the odd one of "same" comes behind."""
    around: list[int] = []
    for length, size, step, dilation in zip(x.shape[2:], sizes, steps, dilations, strict=True):
        reach = (size - 1) * dilation
        whole = max((math.ceil(length / step) - 1) * step + reach + 1 - length, 0)
        before, behind = {
            "valid": (0, 0),
            "same": (whole // 2, whole - whole // 2),
            "causal": (reach, 0),
        }[padding]
        around = [before, behind, *around]
    return F.pad(x, around, value=value)


def dense(config: Any, weights: Any, x: Any, state: Any) -> Any:
    z = torch.tensordot(x, weights["W"], dims=1)
    return ACTIVATIONS[config["activation"]](z + weights["b"] if "b" in weights else z)


def convolution(config: Any, weights: Any, x: Any, state: Any) -> Any:
    W = weights["W"]
    rank = W.ndim - 2
    sizes = W.shape[:rank]
    steps, dilations = (
        pair(config[name])[:rank] if rank == 2 else (config[name],)
        for name in ("strides", "dilation_rate")
    )
    images = padded(channels_first(x), sizes, steps, dilations, config["padding"])
    convolve = F.conv2d if rank == 2 else F.conv1d
    kernel = W.movedim((-1, -2), (0, 1))
    z = convolve(images, kernel, weights.get("b"), steps, 0, dilations, config["groups"])
    return ACTIVATIONS[config["activation"]](channels_last(z))


def depthwise(config: Any, weights: Any, x: Any, state: Any) -> Any:
    kh, kw, channels, multiplier = weights["W"].shape
    steps, dilations = pair(config["strides"]), pair(config["dilation_rate"])
    images = padded(channels_first(x), (kh, kw), steps, dilations, config["padding"])
    kernel = weights["W"].permute(2, 3, 0, 1).reshape(channels * multiplier, 1, kh, kw)
    z = F.conv2d(images, kernel, weights.get("b"), steps, 0, dilations, channels)
    return ACTIVATIONS[config["activation"]](channels_last(z))


def transposed(config: Any, weights: Any, x: Any, state: Any) -> Any:
    """Written pixel by pixel: each adds its kernel to the larger image."""
    W, (sh, sw) = weights["W"], pair(config["strides"])
    n, h, w, _ = x.shape
    kh, kw, filters, _ = W.shape
    high, wide = (h - 1) * sh + max(kh, sh), (w - 1) * sw + max(kw, sw)
    if config["output_padding"] is not None and config["padding"] == "valid":
        down, right = pair(config["output_padding"])
        high, wide = (h - 1) * sh + kh + down, (w - 1) * sw + kw + right
    whole = x.new_zeros((n, high, wide, filters))
    for i in range(h):
        for j in range(w):
            stamp = torch.einsum("nc,abfc->nabf", x[:, i, j], W)
            at = (i * sh, wide - j * sw - kw, j * sw, high - i * sh - kh)
            whole = whole + F.pad(stamp, (0, 0, at[2], at[1], at[0], at[3]))
    if config["padding"] == "same":
        rows, columns = h * sh, w * sw
        if config["output_padding"] is not None:
            down, right = pair(config["output_padding"])
            rows, columns = (h - 1) * sh + kh % 2 + down, (w - 1) * sw + kw % 2 + right
        top, left = (
            max((h - 1) * sh + kh - rows, 0) // 2,
            max((w - 1) * sw + kw - columns, 0) // 2,
        )
        whole = whole[:, top : top + rows, left : left + columns]
    return ACTIVATIONS[config["activation"]](whole + weights["b"] if "b" in weights else whole)


def separable(config: Any, weights: Any, x: Any, state: Any) -> Any:
    along = {**config, "activation": None}
    u = depthwise(along, {"W": weights["W"]}, x, state)
    z = torch.tensordot(u, weights["P"][0, 0], dims=1) + weights.get("b", 0.0)
    return ACTIVATIONS[config["activation"]](z)


def standardized(config: Any, weights: Any, x: Any, state: Any) -> Any:
    axis = config["axis"]
    axes = [] if axis is None else [axis] if isinstance(axis, int) else axis
    kept = sorted(one % x.ndim for one in axes)
    shape = [size if place in kept else 1 for place, size in enumerate(x.shape)]
    given = {name: config[name] for name in ("mean", "variance") if config[name] is not None}
    mean, variance = (
        torch.as_tensor(numbers, dtype=x.dtype).reshape(shape)
        for numbers in ({**weights, **given}[name] for name in ("mean", "variance"))
    )
    sigma = variance.sqrt().clamp(min=1e-7)
    return mean + x * sigma if config["invert"] else (x - mean) / sigma


def flipping(config: Any, weights: Any, x: Any, state: Any) -> Any:
    """Chance has no second opinion: which samples were turned around is the layer's."""
    if not state["training"]:
        return x
    axes = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}
    for axis, drawn in zip(axes[config["mode"]], state["mask"], strict=True):
        drawn = drawn.bool().reshape(-1, 1, 1, 1)
        x = torch.where(drawn, x.flip(axis), x)
    return x


def pooling(mean: bool, rank: int) -> Callable[..., Any]:
    def pool(config: Any, weights: Any, x: Any, state: Any) -> Any:
        size = config["pool_size"]
        step = size if config["strides"] is None else config["strides"]
        sizes, steps = (pair(size), pair(step)) if rank == 2 else ((size,), (step,))
        images, padding = channels_first(x), config["padding"]
        dilations = (1,) * rank
        average = F.avg_pool2d if rank == 2 else F.avg_pool1d
        largest = F.max_pool2d if rank == 2 else F.max_pool1d
        if not mean:
            images = padded(images, sizes, steps, dilations, padding, -math.inf)
            return channels_last(largest(images, sizes, steps))
        # Padding is no pixel: the sum is divided by the pixels there are.
        ones = padded(torch.ones_like(images), sizes, steps, dilations, padding)
        images = padded(images, sizes, steps, dilations, padding)
        return channels_last(average(images, sizes, steps) / average(ones, sizes, steps))

    return pool


def global_pooling(mean: bool) -> Callable[..., Any]:
    def pool(config: Any, weights: Any, x: Any, state: Any) -> Any:
        rows = x.reshape(x.shape[0], -1, x.shape[-1])
        a = rows.mean(dim=1) if mean else rows.max(dim=1).values
        return a.reshape(-1, *(1,) * (x.ndim - 2), a.shape[-1]) if config["keepdims"] else a

    return pool


def normalization(config: Any, weights: Any, x: Any, state: Any) -> Any:
    mean, variance = weights["moving_mean"], weights["moving_variance"]
    if state["training"] and config["trainable"]:
        rows = x.reshape(-1, x.shape[-1])
        mean = rows.mean(dim=0)
        variance = rows.var(dim=0, unbiased=False)
    a = (x - mean) * torch.rsqrt(variance + config["epsilon"])
    return a * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def dropout(config: Any, weights: Any, x: Any, state: Any) -> Any:
    """Chance has no second opinion: the mask is the layer's, its numbers are looked at."""
    if not state["training"]:
        return x
    assert set(state["mask"].unique().tolist()) <= {0.0, 1 / (1 - config["rate"])}
    return x * state["mask"]


def upsampling(config: Any, weights: Any, x: Any, state: Any) -> Any:
    down, across = pair(config["size"])
    return x.repeat_interleave(down, dim=1).repeat_interleave(across, dim=2)


def zero_padding(config: Any, weights: Any, x: Any, state: Any) -> Any:
    (top, bottom), (left, right) = config["padding"]
    return F.pad(x, (0, 0, left, right, top, bottom))


def cropping(config: Any, weights: Any, x: Any, state: Any) -> Any:
    (top, bottom), (left, right) = config["cropping"]
    return F.pad(x, (0, 0, -left, -right, -top, -bottom))


def reshape(config: Any, weights: Any, x: Any, state: Any) -> Any:
    return x.reshape(len(x), *config["target_shape"])


def product(tensors: list[Any]) -> Any:
    a, *others = tensors
    for other in others:
        a = a * other
    return a


TWINS: dict[str, Callable[..., Any]] = {
    "Activation": lambda config, weights, x, state: ACTIVATIONS[config["activation"]](x),
    "Add": lambda config, weights, x, state: sum(x[1:], x[0]),
    "Average": lambda config, weights, x, state: torch.stack(x).mean(dim=0),
    "AveragePooling1D": pooling(mean=True, rank=1),
    "AveragePooling2D": pooling(mean=True, rank=2),
    "BatchNormalization": normalization,
    "Concatenate": lambda config, weights, x, state: torch.cat(x, dim=config["axis"]),
    "Conv1D": convolution,
    "Conv2D": convolution,
    "Conv2DTranspose": transposed,
    "Cropping2D": cropping,
    "Dense": dense,
    "DepthwiseConv2D": depthwise,
    "Dropout": dropout,
    "Flatten": lambda config, weights, x, state: x.flatten(1),
    "GlobalAveragePooling1D": global_pooling(mean=True),
    "GlobalAveragePooling2D": global_pooling(mean=True),
    "GlobalMaxPooling1D": global_pooling(mean=False),
    "GlobalMaxPooling2D": global_pooling(mean=False),
    "LeakyReLU": lambda config, weights, x, state: F.leaky_relu(x, config["negative_slope"]),
    "MaxPooling1D": pooling(mean=False, rank=1),
    "MaxPooling2D": pooling(mean=False, rank=2),
    "Maximum": lambda config, weights, x, state: torch.stack(x).max(dim=0).values,
    "Minimum": lambda config, weights, x, state: torch.stack(x).min(dim=0).values,
    "Multiply": lambda config, weights, x, state: product(x),
    "Normalization": standardized,
    "RandomFlip": flipping,
    "ReLU": lambda config, weights, x, state: F.leaky_relu(x, config["negative_slope"]),
    "Reshape": reshape,
    "Rescaling": lambda config, weights, x, state: x * config["scale"] + config["offset"],
    "SeparableConv2D": separable,
    "Softmax": lambda config, weights, x, state: torch.softmax(x, dim=-1),
    "Subtract": lambda config, weights, x, state: x[0] - x[1],
    "UpSampling2D": upsampling,
    "ZeroPadding2D": zero_padding,
}


def class_scores(loss: Any, a: Any) -> Any:
    """Return ln of the probabilities: from logits, or from numbers that their sum divides."""
    return torch.log_softmax(a, dim=-1) if loss.from_logits else torch.log(a / a.sum(-1, True))


def loss_of(loss: Any, y: Any, a: Any) -> Any:
    """Return the loss of the batch."""
    if loss.name == "hinge":
        return torch.relu(1 - y * a).mean()
    if loss.name == "kl_divergence":
        return F.kl_div(torch.log(a), y, reduction="sum")
    if smoothing := getattr(loss, "label_smoothing", 0.0):
        classes = a.shape[-1] if loss.name == "categorical_crossentropy" else 2
        y = y * (1 - smoothing) + smoothing / classes
    if loss.name == "mean_squared_error":
        return F.mse_loss(a, y)
    if loss.name == "half_squared_error":
        return F.mse_loss(a, y) / 2
    if loss.name == "mean_absolute_error":
        return F.l1_loss(a, y)
    if loss.name == "huber":
        return F.huber_loss(a, y, delta=loss.delta)
    if loss.name == "binary_crossentropy":
        return (F.binary_cross_entropy_with_logits if loss.from_logits else F.binary_cross_entropy)(
            a, y
        )
    if loss.name == "categorical_crossentropy":
        return -(y * class_scores(loss, a)).sum(dim=-1).mean()
    assert loss.name == "sparse_categorical_crossentropy"
    return F.nll_loss(class_scores(loss, a), y)


class TorchNetwork:
    """The twin of a model with one input and one output, with its weights of this moment."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.weights = {
            layer.name: {
                name: torch.tensor(weight.value, requires_grad=weight.trainable and layer.trainable)
                for name, weight in layer.parameters.items()
            }
            for layer in model.layers
        }

    def output(self, x: Any, masks: dict[str, Any] | None = None) -> Any:
        """Return the prediction; with the masks of the dropouts, the output of training."""
        known = {self.model.inputs[0]: torch.tensor(x)}

        def value(tensor: Any) -> Any:
            if tensor not in known:
                layer, inputs = tensor.node.layer, [value(one) for one in tensor.node.inputs]
                known[tensor] = TWINS[type(layer).__name__](
                    layer.get_config(),
                    self.weights[layer.name],
                    inputs if tensor.node.several else inputs[0],
                    {"training": masks is not None, "mask": (masks or {}).get(layer.name)},
                )
            return known[tensor]

        return value(self.model.outputs[0])

    def penalty(self) -> Any:
        """Return what the regularizers add to the loss."""
        names = {"W": "kernel_regularizer", "P": "pointwise_regularizer", "b": "bias_regularizer"}
        return sum(
            PENALTIES[layer.get_config().get(names[name])](self.weights[layer.name][name])
            for layer in self.model.layers
            if layer.trainable
            for name in layer.parameters
            if name in names
        )

    def loss_and_gradient(self, loss: Any, x: Any, y: Any, masks: dict[str, Any]) -> Any:
        """Return the loss of a training step, and its gradient as one vector."""
        total = loss_of(loss, torch.tensor(y), self.output(x, masks)) + self.penalty()
        total.backward()
        gradients = [
            torch.zeros_like(weight) if weight.grad is None else weight.grad
            for weights in self.weights.values()
            for weight in weights.values()
            if weight.requires_grad
        ]
        return total.item(), torch.cat([gradient.flatten() for gradient in gradients]).numpy()
