"""The pictures of the README: `python docs/pictures/make.py` draws those that are not current.

With `check` behind it, it only says which these are, and ends with status 1 if there are any. Each
PNG holds the numbers that were drawn, as text in the file. The check draws again, but renders not,
and compares: so it says the same with any font, and with any processor's last digits.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sklearn.datasets import load_breast_cancer, load_digits

import nnlite
from nnlite.graph import Value, sigmoid
from nnlite.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from nnlite.optimizers import Adam
from nnlite.plot.style import UNSHOWN

HERE = Path(__file__).parent
# Of the largest number of an artist: what trainings on two processors may differ by.
TOLERANCE = 0.02
NUMBER = re.compile(r"\d+\.?\d*")


def page(width: float, height: float) -> Any:
    """Return axes of a figure that pyplot does not know, in hundreds of pixels."""
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def ring() -> Any:
    """Draw what every neuron of 2-4-3-1 sees of a ring around a disc."""
    rng = np.random.default_rng(0)
    angle, kind = rng.uniform(0, 2 * np.pi, 200), np.arange(200) % 2
    radius = kind + 0.2 * rng.normal(size=200) + 0.3
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    layers = [Dense(4, "tanh", name="first"), Dense(3, "tanh", name="second")]
    model = nnlite.Sequential([Input((2,)), *layers, Dense(1, "sigmoid", name="output")], seed=3)
    model.compile(Adam(0.03), "binary_crossentropy")
    model.fit(x, kind, batch_size=200, epochs=300, verbose=0)
    return nnlite.plot.network(model, x, kind, ax=page(8, 4.6))


def step() -> Any:
    """Draw one training step: forward at the left, backward at the right."""
    data = load_breast_cancer()
    x = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    layers = [Input((30,)), Dense(2, "sigmoid"), Dense(1, "sigmoid")]
    model = nnlite.Sequential(layers, seed=0, name="breast_cancer")
    model.compile("sgd", "binary_crossentropy")
    return nnlite.plot.explain(model, x[:32], data.target[:32], ax=UNSHOWN)


def neuron() -> Any:
    """Draw a neuron as a graph: values above the wires, gradients below."""
    x, w, b, y = Value(2, "x"), Value(0.5, "w"), Value(-2, "b"), Value(1, "y")
    z = w * x + b
    a = sigmoid(z)
    loss = (a - y) ** 2
    z.name, a.name, loss.name = "z", "a", "J"
    loss.backprop()
    return loss.draw(ax=UNSHOWN)


def maps() -> Any:
    """Draw a handwritten digit on its way through a network of convolutions."""
    data = load_digits()
    x, y = data.images[:600, :, :, None] / 16, data.target[:600]
    layers = [Conv2D(4, 3, padding="same", activation="relu"), MaxPooling2D()]
    layers += [Flatten(), Dense(8, "relu"), Dense(10, "softmax")]
    model = nnlite.Sequential([Input((8, 8, 1)), *layers], seed=0)
    model.compile(Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x, y, epochs=20, verbose=0)
    return nnlite.plot.network(model, x[3:4], ax=page(8, 5))


PICTURES: dict[str, Callable[[], Any]] = {
    "ring": ring,
    "step": step,
    "neuron": neuron,
    "maps": maps,
}


def numbers_of(figure: Any) -> list[Any]:
    """Return what a figure draws: its texts, and of every line and image a few figures."""
    figure.draw_without_rendering()
    found: list[Any] = []
    for artist in figure.findobj(lambda artist: artist.get_visible()):
        if isinstance(artist, Text):
            found += [artist.get_text()] if artist.get_text() else []
        elif isinstance(artist, Line2D):
            found.append(figures(artist.get_xydata()))
        elif isinstance(artist, AxesImage | Collection) and artist.get_array() is not None:
            found.append(figures(artist.get_array()))
    return found


def figures(array: Any) -> list[float]:
    """Return size, mean, spread, least and largest of the finite numbers of an array."""
    numbers = np.ma.masked_invalid(np.asarray(array, float)).compressed()
    if not numbers.size:
        return [0.0]
    told = [numbers.size, numbers.mean(), numbers.std(), numbers.min(), numbers.max()]
    return [float(f"{number:.4g}") for number in told]


def agree(before: Any, now: Any) -> bool:
    """Return whether two texts, or lists of texts and figures, say the same."""
    if isinstance(before, str):
        if not isinstance(now, str) or NUMBER.sub("0", before) != NUMBER.sub("0", now):
            return False
        before, now = ([1.0, *map(float, NUMBER.findall(text))] for text in (before, now))
    if isinstance(now, str) or len(before) != len(now):
        return False
    if before and all(isinstance(one, int | float) for one in (*before, *now)):
        room = TOLERANCE * max(map(abs, before[1:]), default=0.0)
        return before[0] == now[0] and np.allclose(before, now, rtol=0, atol=room + 1e-9)
    return all(map(agree, before, now))


def file_of(name: str) -> Path:
    """Return where a picture lies."""
    return HERE / f"{name}.png"


def is_current(name: str) -> bool:
    """Return whether the picture shows what its code would draw now."""
    if not file_of(name).is_file():
        return False
    with Image.open(file_of(name)) as picture:
        before = json.loads(picture.info["Numbers"])
    return agree(before, numbers_of(PICTURES[name]().figure))


def write(figure: Any, file: Path) -> None:
    """Write a figure with a palette of 256 colours, which takes a third of the room."""
    rendered, told = io.BytesIO(), PngInfo()
    told.add_text("Numbers", json.dumps(numbers_of(figure)), zip=True)
    figure.savefig(rendered, format="png", facecolor="white")
    picture = Image.open(rendered).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(file, pnginfo=told, optimize=True)


def main(*words: str) -> int:
    """Draw the pictures, or check them."""
    old = [name for name in PICTURES if not is_current(name)]
    for name in old:
        if words == ("check",):
            print(f"{name} is no longer current: python docs/pictures/make.py")
            continue
        write(PICTURES[name]().figure, file_of(name))
        print(f"{name}: {file_of(name).stat().st_size / 1000:.0f} kB")
    return int(bool(old) and words == ("check",))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
