"""Saved motions: small enough for a slide, and moving for a deuteranope, too."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from nnlite import Sequential, plot
from nnlite.callbacks import WeightRecorder
from nnlite.layers import Conv2D, Dense, Flatten
from nnlite.optimizers import Adam
from seeing import deuteranopia

# So much a slide may weigh that is sent by e-mail with nine others.
MOST = 2_000_000
RNG = np.random.default_rng(0)
PLANE = RNG.uniform(-2, 2, (200, 2))
RING = (np.hypot(*PLANE.T) < 1.2).astype(int)


def recorded(layers, x, y):
    """Fifty steps of a training."""
    model = Sequential([*layers, Dense(1, "sigmoid")], seed=3)
    model.compile(Adam(0.05), "binary_crossentropy")
    recorder = WeightRecorder(every=6)
    model.fit(x, y, batch_size=40, epochs=60, verbose=0, callbacks=[recorder])
    return recorder


def ring():
    return recorded([Dense(4, "tanh", input_shape=(2,)), Dense(3, "tanh")], PLANE, RING)


def bars():
    x = RNG.random((40, 8, 8, 1))
    y = (x[:, 3, 3, 0] > 0.5).astype(int)
    return recorded([Conv2D(6, 3, activation="relu", input_shape=(8, 8, 1)), Flatten()], x, y)


FILMS = {
    "network": lambda: plot.animate(ring(), PLANE, RING, kind="network"),
    "decision_boundary": lambda: plot.animate(ring(), PLANE, RING, kind="decision_boundary"),
    "filters": lambda: plot.animate(bars(), kind="filters"),
    "convolution": lambda: plot.convolution(
        np.arange(64).reshape(8, 8) % 7 - 3, [[1, 0, -1]] * 3, animate=True
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("kind", ["gif", "html"])
def test_a_motion_of_a_training_is_no_larger_than_a_slide_may_be(name, kind, tmp_path):
    path = tmp_path / f"film.{kind}"
    animation = FILMS[name]()
    animation.save(path)
    assert 10_000 < path.stat().st_size < MOST


@pytest.mark.slow
@pytest.mark.parametrize("name", FILMS)
def test_what_moves_moves_for_a_deuteranope_too(name, tmp_path):
    """Of what changes from frame to frame, most is seen without the cones for green."""
    FILMS[name]().save(tmp_path / "film.gif")
    frames = []
    with Image.open(tmp_path / "film.gif") as film:
        for number in (0, film.n_frames // 2, film.n_frames - 1):
            film.seek(number)
            frames.append(np.asarray(film.convert("RGB")))
    one, *others = frames
    for other in others:
        differs = np.abs(one.astype(float) - other).sum(axis=-1) > 90
        seen = [deuteranopia(frame).astype(float) for frame in (one, other)]
        still = np.abs(seen[0] - seen[1]).sum(axis=-1)[differs] < 30
        assert differs.sum() > 200
        assert still.mean() < 0.02
