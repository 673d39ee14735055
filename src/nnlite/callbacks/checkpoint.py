"""The callback that saves the model while it learns."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from nnlite.callbacks.base import Logs
from nnlite.callbacks.watching import Verbosity, Watcher
from nnlite.foundation.checks import Flag, positive_integer
from nnlite.foundation.errors import shown, value_error
from nnlite.foundation.files import FilePath, check_folder


def _frequency(name: str, value: Any, where: str | None) -> Any:
    if isinstance(value, str) and value == "epoch":
        return value
    return positive_integer(name, value, where, 'save_freq="epoch" saves after every epoch.')


class ModelCheckpoint(Watcher):
    """Saves the model after epochs; with `save_best_only` only when a figure got better.

    The folder of the file is made before training.

    Parameters
    ----------
    filepath
        Where; `{epoch:02d}` and `{val_loss:.2f}` are filled in, with a `save_freq` of batches
        `{batch}`, too.
    monitor, mode
        As for `EarlyStopping`; used with `save_best_only`.
    verbose
        1 says so when it saves.
    save_best_only
        Keep only what is better than before.
    save_weights_only
        Save the weights without the layers.
    save_freq
        "epoch", or after how many batches to save. They are counted on from epoch to epoch;
        between them there are no figures of the validation yet.

    >>> ModelCheckpoint("best.npz", save_best_only=True).monitor
    'val_loss'
    """

    def __init__(
        self,
        filepath: FilePath,
        monitor: str = "val_loss",
        verbose: Verbosity = 0,
        save_best_only: Flag = False,
        save_weights_only: Flag = False,
        mode: str = "auto",
        save_freq: Annotated[Any, _frequency] = "epoch",
    ) -> None:
        super().__init__(monitor, mode, verbose)
        self.filepath, self.save_freq = str(filepath), save_freq
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.counts_batches, self.counted = save_freq != "epoch", 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Try the file name; what was saved by an earlier training stays the best so far."""
        figures = self.planned("figures")
        if figures and self.counts_batches:
            figures = [f for f in figures if not f.startswith(("val_", "learning_rate"))]
        if self.save_best_only and figures:
            self.look(dict.fromkeys(figures, 0.0))
        self.on_epoch_begin(0)
        # A callback may add figures that nobody knows yet.
        self.path(defaultdict(float) if figures is None else dict.fromkeys(figures, 0.0))
        make_folder(Path(self.filepath.split("{")[0] + "_"))

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Note the epoch."""
        self.numbers = {"epoch": epoch + 1}
        if self.counts_batches:
            self.numbers["batch"] = 0

    def advance(self, running: Callable[[], dict[str, float]]) -> None:
        """Count a batch; save, if it is time."""
        self.numbers["batch"] += 1
        self.counted += 1
        if self.counted % self.save_freq == 0:
            self.save(running())

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Save, if it is time."""
        if not self.counts_batches:
            self.save(logs or {})

    def save(self, figures: dict[str, float]) -> None:
        """Save, unless only the best is wanted and this is not the best."""
        if self.save_best_only and not self.improves(self.look(figures)):
            return
        path = self.path(figures)
        make_folder(Path(path))
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path)
        if self.verbose:
            print(f"Epoch {self.numbers['epoch']}: saved {path}")

    def path(self, figures: dict[str, float]) -> str:
        """Return the file name for these figures, in this epoch and batch."""
        try:
            return self.filepath.format_map(ChainMap[str, Any](self.numbers, figures))
        except (LookupError, ValueError, TypeError, AttributeError) as problem:
            rule = "The file name may hold {epoch} and the figures of the history."
            received = f"{shown(self.filepath)}; there are {', '.join([*self.numbers, *figures])}"
            remedy = f'Write "{{epoch:02d}}-{{loss:.2f}}.npz", say: {problem}.'
            if isinstance(problem, KeyError):
                every = [*self.numbers][-1]
                remedy = f"Leave out {problem}, or make fit compute it in every {every}."
            raise value_error(rule, received, None, remedy) from None

    def remedy(self, logs: dict[str, float]) -> str:
        """Return how to get the figure that is watched."""
        if self.counts_batches and self.monitor.startswith("val_"):
            other = shown(self.monitor.removeprefix("val_"))
            return f'Write save_freq="epoch", or watch monitor={other}.'
        return super().remedy(logs)


def make_folder(path: Path) -> None:
    """Make the folder of a file, or raise."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    check_folder(path)
