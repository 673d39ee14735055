"""The pictures of an animation: drawn without a display, in few colours, as files that hold all."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlite.foundation.types import Array

if TYPE_CHECKING:
    from PIL.Image import Image

# A film has at most so many colours; the number behind them says: as before.
COLOURS = 55
# Of 255: a pixel that has changed by less than an eye can see stays as it is.
UNSEEN = 6
# Red, green and blue become brightness, and twice what sets red and blue off from it: grey that
# turns blue is seen before grey that turns darker.
EYE = np.array([[0.3, 1.4, -0.6], [0.6, -1.2, -1.2], [0.1, -0.2, 1.8]])


class Shot(NamedTuple):
    """A picture in little memory: its colours, how often each occurs, and which one is where."""

    colours: Array
    counts: Array
    where: bytes


class Film:
    """Pictures that follow each other, all in the same colours: few, so that files are small.

    Parameters
    ----------
    figure
        On which `show` draws the picture of a number.
    count
        How many pictures there are.
    """

    def __init__(self, figure: Any, show: Callable[[int], None], count: int) -> None:
        self.shots = []
        for number in range(count):
            show(number)
            picture = taken(figure)
            there, where, counts = np.unique(
                _packed(picture), return_inverse=True, return_counts=True
            )
            packed = zlib.compress(where.astype(np.int32).tobytes(), 1)
            self.shots.append(Shot(_unpacked(there), counts, packed))
        self.shape = picture.shape[:2]
        self.colours = most_needed(self.shots)

    def pictures(self) -> Iterator[Array]:
        """Return the pictures one after the other, as numbers of colours (height, width)."""
        before = None
        for shot in self.shots:
            where = np.frombuffer(zlib.decompress(shot.where), np.int32).reshape(self.shape)
            now = nearest(shot.colours, self.colours)[where]
            if before is not None:
                change = np.abs(shot.colours[where] - self.colours[before]).max(axis=-1)
                now = np.where(change <= UNSEEN, before, now)
            yield now
            before = now

    def write_gif(self, file: IO[bytes], seconds: Sequence[float]) -> None:
        """Write a GIF that begins anew at its end."""
        first, *others = map(self._image, self.pictures())
        times = [round(100 * second) * 10 for second in seconds]
        several: dict[str, Any] = {"save_all": True, "append_images": others, "loop": 0}
        # What is as before is left out.
        first.save(file, "GIF", duration=times, optimize=True, disposal=1, **several)

    def changes(self) -> list[bytes]:
        """Return PNG files: the first picture, and of each other what is new; the rest is clear."""
        files, before, clear = [], None, len(self.colours)
        for now in self.pictures():
            new = now if before is None else np.where(now == before, clear, now)
            file = io.BytesIO()
            self._image(new).save(file, "PNG", transparency=clear, optimize=True)
            files.append(file.getvalue())
            before = now
        return files

    def _image(self, numbers: Array) -> Image:
        from PIL import Image

        image = Image.fromarray(numbers.astype(np.uint8))
        image.putpalette(self.colours.astype(np.uint8).tobytes() + b"\xff\xff\xff")
        return image


def taken(figure: Any) -> Array:
    """Return what is drawn on a figure, on white, as it is on a screen: (height, width, 3)."""
    from matplotlib import rc_context
    from PIL import Image

    file = io.BytesIO()
    # Cut tightly, each picture would have a size of its own.
    with rc_context({"savefig.bbox": None}):
        figure.savefig(file, format="rgba", dpi=figure.dpi)
    size = int(figure.bbox.width), int(figure.bbox.height)
    drawn = Image.frombytes("RGBA", size, file.getvalue())
    return np.asarray(Image.alpha_composite(Image.new("RGBA", size, "white"), drawn).convert("RGB"))


def nearest(colours: Array, known: Array) -> Array:
    """Return for each colour (n, 3) the number of the known one that an eye takes for it."""
    distances = ((colours @ EYE)[:, None] - known @ EYE) ** 2 @ np.ones(3)
    return np.asarray(distances.argmin(axis=1))


def most_needed(shots: Sequence[Shot]) -> Array:
    """Return few of the colours of all pictures: those that are frequent, or unlike all others.

    A small dot of a colour that is nowhere else keeps it.
    """
    all_colours = np.concatenate([_packed(shot.colours) for shot in shots])
    there, where = np.unique(all_colours, return_inverse=True)
    counts = np.bincount(where, np.concatenate([shot.counts for shot in shots]))
    colours, chosen = _unpacked(there), [int(counts.argmax())]
    unlike = np.full(len(there), np.inf)
    while len(chosen) < min(COLOURS, len(there)):
        distance = (((colours - colours[chosen[-1]]) @ EYE) ** 2).sum(axis=1)
        unlike = np.minimum(unlike, distance)
        chosen.append(int((unlike * np.sqrt(counts)).argmax()))
    return np.asarray(colours[chosen])


def _packed(colours: Array) -> Array:
    """Return red, green and blue (…, 3) as one number."""
    return np.asarray(colours.astype(np.int64) @ [1 << 16, 1 << 8, 1])


def _unpacked(numbers: Array) -> Array:
    return np.stack([numbers >> 16 & 255, numbers >> 8 & 255, numbers & 255], axis=-1)
