"""The callback that saves the model while it learns."""

from __future__ import annotations

from collections import ChainMap, defaultdict

from nnlite.callbacks.base import Logs
from nnlite.callbacks.watching import Watcher
from nnlite.foundation.checks import Flag
from nnlite.foundation.errors import value_error
from nnlite.foundation.files import FilePath


class ModelCheckpoint(Watcher):
    """Saves the model after epochs; with `save_best_only` only when a figure got better.

    Parameters
    ----------
    filepath
        Where; `{epoch:02d}` and `{val_loss:.2f}` are filled in.
    monitor, mode
        As for `EarlyStopping`; used with `save_best_only`.
    verbose
        1 says so when it saves.
    save_best_only
        Keep only what is better than before.
    save_weights_only
        Save the weights without the layers.

    >>> ModelCheckpoint("best.npz", save_best_only=True).monitor
    'val_loss'
    """

    def __init__(
        self,
        filepath: FilePath,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: Flag = False,
        save_weights_only: Flag = False,
        mode: str = "auto",
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = str(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only

    def on_train_begin(self, logs: Logs = None) -> None:
        """Try the file name; what was saved by an earlier training stays the best so far."""
        if self.save_best_only:
            self.check_monitor()
        figures = self.planned("figures")
        # A callback may add figures that nobody knows yet.
        self.path(0, defaultdict(float) if figures is None else dict.fromkeys(figures, 0.0))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Save, if it is time."""
        if self.save_best_only and not self.improves(self.look(logs)):
            return
        path = self.path(epoch, logs or {})
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")

    def path(self, epoch: int, figures: dict[str, float]) -> str:
        """Return the file name for an epoch that ends with these figures."""
        try:
            return self.filepath.format_map(ChainMap({"epoch": epoch + 1}, figures))
        except (LookupError, ValueError, TypeError, AttributeError) as problem:
            raise value_error(
                "The file name may hold {epoch} and the figures of the history.",
                f"{self.filepath!r}; there are {', '.join(['epoch', *figures])}",
                remedy=f"Leave out {problem}, or make fit compute it in every epoch."
                if isinstance(problem, KeyError)
                else f'Write "{{epoch:02d}}-{{loss:.2f}}.npz", say: {problem}.',
            ) from None
