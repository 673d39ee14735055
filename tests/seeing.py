"""How a picture is seen: the size of its letters, and its colours without the cones for green."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.text import Text

# Viénot, Brettel and Mollon 1999: what a deuteranope sees of red, green and blue light.
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1]])


def small_letters(axes: Any, least: float = 9.0, width: int = 800) -> list[str]:
    """Return the words whose letters have fewer pixels where the picture is so many wide."""
    drawn: dict[Text, None] = {}
    draw = Text.draw

    def note(text: Text, renderer: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            drawn[text] = None
        draw(text, renderer)

    figure = axes.get_figure(root=True)
    Text.draw = note
    try:
        figure.canvas.draw()
    finally:
        Text.draw = draw
    assert drawn, "the picture has no words at all"
    share = min(1.0, width / figure.bbox.width) * figure.dpi / 72
    sizes = {text: text.get_fontsize() * share for text in drawn}
    # Rounding is not a fault.
    small = {text.get_text(): size for text, size in sizes.items() if size < least - 0.05}
    return [f"{word!r}: {size:.1f}" for word, size in small.items()]


def deuteranopia(image: Any) -> Any:
    """Return an image of 0 … 255, (height, width, 3), as a deuteranope sees it."""
    shown = np.asarray(image)[..., :3] / 255
    light = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    seen = np.clip(light @ DEUTERANOPIA.T, 0, 1)
    back = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return np.round(255 * back).astype(np.uint8)
