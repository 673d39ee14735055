from __future__ import annotations

from itertools import combinations

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    plt.switch_backend("Agg")
    yield
    plt.close("all")


@pytest.fixture
def ax():
    """Axes of a figure that pyplot does not know, 800 pixels wide."""
    figure = Figure(figsize=(8, 6), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


@pytest.fixture
def written_badly(monkeypatch):
    """Returns a function that draws a figure and lists the words that cannot be read.

    Those are pairs of texts that lie on each other, and texts that leave the figure.
    """

    def find(axes):
        drawn: dict[Text, None] = {}
        draw = Text.draw

        def note(text, renderer):
            if text.get_visible() and text.get_text():
                drawn[text] = None
            draw(text, renderer)

        figure = axes.figure
        monkeypatch.setattr(Text, "draw", note)
        figure.canvas.draw()
        monkeypatch.setattr(Text, "draw", draw)
        boxes = {text: text.get_window_extent().padded(-1) for text in drawn}
        page = figure.bbox.padded(1)
        outside = [
            text.get_text()
            for text, box in boxes.items()
            if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1
        ]
        overlapping = [
            (one.get_text(), other.get_text())
            for one, other in combinations(boxes, 2)
            if boxes[one].overlaps(boxes[other])
        ]
        assert drawn, "the picture has no words at all"
        return outside + overlapping

    return find
