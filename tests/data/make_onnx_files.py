"""Makes the ONNX files of other libraries, and beside them samples with what onnxruntime gives.

    pip install torch==2.13.0 onnxscript skl2onnx onnxruntime && python make_onnx_files.py

Made with onnx 1.23.2, onnxruntime 1.32.0, skl2onnx 1.20.0 and scikit-learn 1.9.1.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

HERE = Path(__file__).parent


class Residual(nn.Module):
    """Two branches that meet in a sum, then side by side; three outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.begin = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.around = nn.Conv2d(4, 4, 3, padding=1)
        self.pool = nn.AvgPool2d(2)
        self.everywhere = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(0.5)
        self.end = nn.Linear(2 * 4 * 3 * 2, 3)

    def forward(self, x):
        x = self.begin(x)
        x = x + nn.functional.silu(self.around(x))
        places = self.pool(x)
        both = torch.cat([places, nn.functional.gelu(places)], 1)
        classes = torch.softmax(self.end(self.drop(both).flatten(1)), 1)
        return classes, self.everywhere(both).view(both.size(0), -1), places


TORCH = {
    "torch_dense": (
        nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.Linear(5, 3), nn.Softmax(1)),
        (4,),
    ),
    "torch_convolutions": (
        nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1),
            nn.BatchNorm2d(4),
            nn.LeakyReLU(0.1),
            nn.Conv2d(4, 8, 3, padding=1, groups=4),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            nn.Flatten(),
            nn.BatchNorm1d(48),
            nn.Linear(48, 6),
            nn.ELU(),
            nn.Linear(6, 2),
        ),
        (2, 10, 8),
    ),
    "torch_larger": (
        nn.Sequential(
            nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1),
            nn.Tanh(),
            nn.Upsample(scale_factor=2),
            nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1),
            nn.Sigmoid(),
        ),
        (3, 2, 3),
    ),
    "torch_sequence": (
        nn.Sequential(
            nn.Conv1d(2, 4, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Conv1d(4, 3, 2),
            nn.Softplus(),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(3, 2),
        ),
        (2, 12),
    ),
    "torch_residual": (Residual(), (2, 6, 4)),
}


def shaken(network: nn.Module) -> nn.Module:
    """Give batch normalization means of its own, as training would."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            for numbers in (layer.running_mean, layer.weight, layer.bias):
                nn.init.uniform_(numbers, 0.5, 1.5)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return network.eval()


def keep(name: str, x: np.ndarray) -> None:
    """Keep samples, and what onnxruntime makes of them."""
    session = onnxruntime.InferenceSession(HERE / f"{name}.onnx")
    numbers = [out.name for out in session.get_outputs() if "float" in out.type]
    results = session.run(numbers, {session.get_inputs()[0].name: x})
    results = [list(map(dict.values, r)) if isinstance(r, list) else r for r in results]
    results = [np.array([[*row] for row in r] if isinstance(r, list) else r) for r in results]
    np.savez_compressed(HERE / f"{name}.npz", x=x, **{f"y{n}": y for n, y in enumerate(results)})


def from_torch(name: str, network: nn.Module, sample: tuple[int, ...], dynamo: bool) -> None:
    """Write a network of PyTorch, by its exporter of today or the older one."""
    x, path = torch.randn(3, *sample), str(HERE / f"{name}.onnx")
    options = {"dynamic_shapes": ({0: torch.export.Dim("batch")},), "external_data": False}
    if not dynamo:
        options = {"dynamic_axes": {"x": {0: "batch"}}, "input_names": ["x"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, (x,), path, dynamo=dynamo, verbose=False, **options)
    proto = onnx.load(path)
    # What tells of the machine where it was made.
    for part in [proto, proto.graph, *proto.graph.node, *proto.graph.value_info]:
        del part.metadata_props[:]
    for part in [*proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        del part.metadata_props[:]
    onnx.save(proto, path)
    keep(name, x.numpy())


def from_sklearn(name: str, estimator, y: np.ndarray, x: np.ndarray) -> None:
    """Write an estimator of scikit-learn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proto = to_onnx(estimator.fit(x, y), x[:1])
    (HERE / f"{name}.onnx").write_bytes(proto.SerializeToString())
    keep(name, x[:5])


if __name__ == "__main__":
    torch.manual_seed(0)
    for name, (network, sample) in TORCH.items():
        from_torch(name, shaken(network), sample, dynamo=True)
        from_torch(f"{name}_older", network, sample, dynamo=False)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 4)).astype(np.float32)
    classes, words = rng.integers(0, 3, 60), np.array(["no", "yes"])[rng.integers(0, 2, 60)]
    options = {"max_iter": 50, "random_state": 0}
    from_sklearn("sklearn_classes", MLPClassifier((5,), **options), classes, x)
    from_sklearn("sklearn_words", MLPClassifier((5, 3), "tanh", **options), words, x)
    regressor = MLPRegressor(hidden_layer_sizes=(5,), activation="logistic", **options)
    from_sklearn("sklearn_scaled", make_pipeline(StandardScaler(), regressor), x[:, 0], 3 * x + 1)
