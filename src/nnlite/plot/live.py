"""The curves of a training while it goes on, in a notebook or in a window."""

from __future__ import annotations

import importlib
import io
import sys
import time
from collections.abc import Sequence
from typing import Annotated, Any

from nnlite.callbacks import Callback, History
from nnlite.callbacks.base import Logs
from nnlite.foundation.checks import Flag, number
from nnlite.plot.history import Curves

SHORTEST_PAUSE = 0.25

FIGURE: dict[str, Any] = {"figsize": (8.0, 4.0), "dpi": 100}
# Where the curves stand in the figure: to compute it for every picture would double its time.
PLACE = (0.1, 0.14, 0.88, 0.82)


class LivePlot(Callback):
    """Draws losses and metrics during training: the picture of `plot.history`, kept up to date.

    In a notebook it stands below the cell; elsewhere, where matplotlib can open a window, in a
    window. Without a screen nothing happens. Whatever goes wrong with the drawing, training
    goes on, and the error is kept as `failure`.

    Parameters
    ----------
    metrics
        The names of what to draw, by default everything.
    log
        Whether the losses are drawn on a logarithmic scale.
    share
        At most this part of the time goes into drawing. With 0.2, there is at least one picture a
        second, where an epoch takes no longer and a picture at most 0.2 seconds.

    Examples
    --------
    >>> import nnlite
    >>> model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))], seed=0)
    >>> model.compile(loss="mse")
    >>> live = nnlite.callbacks.LivePlot()
    >>> history = model.fit([1, 2], [2, 4], epochs=3, verbose=0, callbacks=[live])  # doctest: +SKIP
    """

    def __init__(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        log: Flag = False,
        share: Annotated[float, number(above=0, most=1)] = 0.2,
    ) -> None:
        self.metrics = metrics
        self.log = log
        self.share = share
        self.screen: Notebook | Window | None = None
        self.failure: Exception | None = None
        self.curves: Curves | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Look for a screen."""
        self.record = History()
        self.curves = self.failure = None
        self.redraws = 0
        self.is_current = True
        self.next_redraw = time.perf_counter() + SHORTEST_PAUSE
        self.screen = self._try(find_screen)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Draw, if the last drawing was long enough ago."""
        if self.screen is None:
            return
        self.record.on_epoch_end(epoch, logs)
        self.is_current = False
        if time.perf_counter() >= self.next_redraw:
            self._try(self._redraw)

    def on_train_end(self, logs: Logs = None) -> None:
        """Draw the last epoch too."""
        if self.screen is not None and not self.is_current:
            self._try(self._redraw)
        self.screen = None

    def _redraw(self) -> None:
        if self.screen is None or not self.screen.is_open():
            self.screen = None
            return
        start = time.perf_counter()
        if self.curves is None or not self.curves.update(self.record):
            self.screen.figure.clear()
            ax = self.screen.figure.add_axes(PLACE)
            self.curves = Curves(self.record, self.metrics, log=self.log, ax=ax)
        self.screen.show()
        end = time.perf_counter()
        # The first drawing takes long, since it loads the letters: it tells nothing of the next.
        cost = end - start if self.redraws else 0.0
        self.next_redraw = end + max(SHORTEST_PAUSE, cost / self.share - cost)
        self.redraws += 1
        self.is_current = True

    def _try(self, action: Any) -> Any:
        """Do it; if it fails, remember why and draw no more: a picture must not end a training."""
        try:
            return action()
        except Exception as error:
            self.failure, self.screen = error, None
            return None


class Notebook:
    """The output of a notebook's cell: each picture takes the place of the last."""

    def __init__(self) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(**FIGURE)
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.handle: Any = None

    def show(self) -> None:
        """Show the figure below the cell."""
        ipython = importlib.import_module("IPython.display")
        file = io.BytesIO()
        self.canvas.print_png(file, pil_kwargs={"compress_level": 1})
        image = ipython.Image(data=file.getvalue(), format="png")
        if self.handle is None:
            self.handle = ipython.display(image, display_id=True)
        else:
            self.handle.update(image)

    def is_open(self) -> bool:
        """Return True: a cell stays."""
        return True


class Window:
    """A window of its own, that the user may close."""

    def __init__(self, figure: Any) -> None:
        self.figure, self.is_shown = figure, False

    def show(self) -> None:
        """Show the figure, and let the window answer to the mouse for a moment."""
        canvas = self.figure.canvas
        if not self.is_shown:
            canvas.manager.show()
            self.is_shown = True
        canvas.draw()
        canvas.flush_events()

    def is_open(self) -> bool:
        """Return whether the user has left the window open."""
        import matplotlib.pyplot as plt

        return plt.fignum_exists(self.figure.number)


def find_screen() -> Notebook | Window | None:
    """Return a notebook's cell, a window, or None where there is neither."""
    if "ipykernel" in sys.modules:
        return Notebook()
    import matplotlib.pyplot as plt

    figure = plt.figure(**FIGURE)
    if figure.canvas.required_interactive_framework is not None:
        return Window(figure)
    plt.close(figure)
    return None
