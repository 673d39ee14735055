"""A training as a picture that moves: what a WeightRecorder has kept, frame by frame."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nnlite.callbacks import WeightRecorder
from nnlite.foundation.errors import listed, look_up, nearest, shown, type_error
from nnlite.plot import style
from nnlite.plot.animation import Animation
from nnlite.plot.motions import (
    Motion,
    boundary,
    descent,
    moving_filters,
    moving_network,
    moving_weights,
)
from nnlite.plot.style import Axes

KINDS: dict[str, Callable[..., Motion]] = {
    "network": moving_network,
    "descent": descent,
    "decision_boundary": boundary,
    "filters": moving_filters,
    "weights": moving_weights,
}


def animate(
    recorder: Any,
    x: Any = None,
    y: Any = None,
    *,
    kind: str = "network",
    ax: Axes | None = None,
    **options: Any,
) -> Animation:
    """Draw how a model learned: the picture of its weights, moving as they moved.

    Axes, colours and widths are on one scale for all frames, so that only what changed moves.

    Parameters
    ----------
    recorder
        The `callbacks.WeightRecorder` of the training.
    x, y
        The data that are seen, as the picture of this kind takes them.
    kind
        - "network": `plot.network`; with x and y of two features, the planes of its neurons turn.
        - "descent": the way over the loss of x and y, `plot.gradient_path`; with an `ax` in three
          dimensions, over the bowl. The loss is drawn with all other weights as at the end.
        - "decision_boundary": `plot.decision_boundary`.
        - "filters": those of a convolution, `plot.filters`.
        - "weights": what each neuron weighs, `plot.weights`.
    ax
        Where to draw; by default a figure that only the animation shows.
    **options
        Those of the picture, as `most` of `plot.network` and `layer` of `plot.filters`.

    Returns
    -------
    Animation
        A notebook shows it, and `save` writes it as .gif or .html.

    Examples
    --------
    >>> import nnlite
    >>> model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(2,))], seed=0)
    >>> model.compile(loss="mse")
    >>> recorder = WeightRecorder()
    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> history = model.fit(x, y, epochs=20, verbose=0, callbacks=[recorder])
    >>> animate(recorder, x, y)
    <Animation of 21 frames: show it in a notebook, or save("it.gif")>
    """
    if not isinstance(recorder, WeightRecorder):
        rule = "plot.animate draws what a WeightRecorder has kept during fit."
        remedy = "recorder = callbacks.WeightRecorder(); model.fit(x, y, callbacks=[recorder]); "
        remedy += "plot.animate(recorder, x, y)"
        raise type_error(rule, type(recorder).__name__, remedy=remedy)
    recorder.check()
    if not isinstance(kind, str):
        raise type_error(f"kind is one of {listed(KINDS)}.", f"kind={shown(kind)}")
    make = look_up("kind", kind, KINDS)
    _check_options(make, kind, options)
    motion = make(recorder, x, y, ax=style.UNSHOWN if ax is None else ax, **options)
    ax, own = motion.ax, motion.ax.get_title()
    ax.set_title("")

    def show(frame: int) -> None:
        with recorder.at(frame):
            motion.show(frame)
        words = f"step {recorder.steps[frame]} of {recorder.steps[-1]}"
        ax.set_title(", ".join(filter(None, [own, words, motion.words(frame)])), loc="left")

    return Animation(
        ax.get_figure(root=True), show, len(recorder), f"{kind} of {recorder.model.name}"
    )


def _check_options(make: Any, kind: str, options: dict[str, Any]) -> None:
    """Raise if the picture of this kind has not all of these options."""
    parameters = inspect.signature(make).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "ax"]
    for name in options:
        if name not in known:
            guess = nearest(name, known)
            remedy = f"Did you mean {guess}?" if guess else None
            rule = f"The options of kind={kind!r} are {', '.join(known)}."
            raise type_error(rule, f"{name}={shown(options[name])}", remedy=remedy)
