"""The pictures of an animation: drawn without a display, in few colours, as files that hold all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from nnlite.foundation.types import Array

if TYPE_CHECKING:
    from PIL.Image import Image

# A picture has at most so many colours; the number behind them says: as before.
COLOURS = 47
# The colours are chosen from so many pictures, evenly over the whole film.
ASKED = 5
# Of 255: a pixel that has changed by less than an eye can see stays as it is.
UNSEEN = 6


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
        self.figure, self.show, self.count = figure, show, count
        asked = sorted({round(share * (count - 1)) for share in np.linspace(0, 1, ASKED)})
        self.colours = most_needed(np.concatenate([self._taken(number) for number in asked]))

    def _taken(self, number: int) -> Array:
        """Draw a picture of the film, and take it."""
        self.show(number)
        return taken(self.figure)

    def pictures(self) -> Iterator[Array]:
        """Draw the pictures one after the other, as numbers of colours (height, width)."""
        before = None
        for number in range(self.count):
            picture = self._taken(number)
            now = nearest(picture, self.colours)
            if before is not None:
                change = np.abs(picture - self.colours[before].astype(np.int16)).max(axis=-1)
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
        image.putpalette(self.colours.tobytes() + b"\xff\xff\xff")
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


def nearest(picture: Array, colours: Array) -> Array:
    """Return for each pixel (…, 3) the number of the colour (n, 3) that is most like it."""
    there, where = np.unique(_packed(picture), return_inverse=True)
    distances = ((_unpacked(there)[:, None] - colours.astype(np.int32)) ** 2).sum(axis=-1)
    return np.asarray(distances.argmin(axis=1)[where].reshape(picture.shape[:-1]))


def most_needed(picture: Array) -> Array:
    """Return few colours of a picture (…, 3): those that are frequent, or unlike all others.

    A small dot of a colour that is nowhere else keeps it.
    """
    there, counts = np.unique(_packed(picture), return_counts=True)
    colours, chosen = _unpacked(there), [int(counts.argmax())]
    unlike = np.full(len(there), np.inf)
    while len(chosen) < min(COLOURS, len(there)):
        distance = ((colours - colours[chosen[-1]]) ** 2).sum(axis=1)
        unlike = np.minimum(unlike, distance)
        chosen.append(int((unlike * np.sqrt(counts)).argmax()))
    return colours[chosen].astype(np.uint8)


def _packed(colours: Array) -> Array:
    """Return red, green and blue (…, 3) as one number."""
    return np.asarray(colours.astype(np.int64) @ [1 << 16, 1 << 8, 1])


def _unpacked(numbers: Array) -> Array:
    return np.stack([numbers >> 16 & 255, numbers >> 8 & 255, numbers & 255], axis=-1)
