"""A picture that moves: one figure, and a function that draws each of its frames."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Annotated, Any

from nnlite.foundation.arguments import explains_its_arguments
from nnlite.foundation.checks import PositiveInteger, Text, callable_, number, or_none, require
from nnlite.foundation.errors import nearest, shown, value_error
from nnlite.foundation.files import as_path, check_folder, written_whole
from nnlite.plot.film import Film
from nnlite.plot.player import page

ENDINGS = (".gif", ".html")
# In seconds: how long all frames take together, but for the last, which one looks at for longer;
# how long a frame takes at least and at most.
TOGETHER, AT_THE_END, SHORTEST, LONGEST = 8.0, 2.0, 0.05, 0.8


_figure = require(
    lambda figure: callable(figure.savefig),
    "figure must be a figure of matplotlib.",
    None,
    TypeError,
)


class Animation:
    """A picture that moves. A notebook shows it; elsewhere, save it: `animation.save("x.gif")`.

    Parameters
    ----------
    figure
        The figure on which all frames are drawn, by changing what is there.
    show
        A function that draws the frame of a number, counted from 0.
    count
        How many frames there are.
    name
        What the picture is called.
    each
        How many seconds a frame stays; by default, all of them take eight seconds together.

    Attributes
    ----------
    seconds
        How long each frame stays. A list, that may be changed.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> text = figure.text(0.5, 0.5, "")
    >>> animation = Animation(figure, lambda number: text.set_text(f"{number}"), 10)
    >>> animation.show(-1)
    >>> text.get_text(), len(animation)
    ('9', 10)
    """

    @explains_its_arguments
    def __init__(
        self,
        figure: Annotated[Any, _figure],
        show: Annotated[Callable[[int], Any], callable_],
        count: PositiveInteger,
        name: Text = "animation",
        each: Annotated[float | None, or_none(number(above=0))] = None,
    ) -> None:
        self.figure, self.name, self._show, self._count = figure, name, show, count
        each = each or min(max(TOGETHER / count, SHORTEST), LONGEST)
        self.seconds = [each] * (count - 1) + [AT_THE_END]
        from nnlite.plot.letters import hold_still

        # With room for the last words, axes stand still: only what they show may move.
        self.show(-1)
        hold_still(figure)

    def __len__(self) -> int:
        return self._count

    def show(self, number: int) -> None:
        """Draw one frame on the figure; −1 is the last."""
        if not -len(self) <= number < len(self):
            raise value_error(f"The animation has {len(self)} frames, from 0.", f"{number}")
        self._show(number % len(self))

    def save(self, path: Any) -> None:
        """Write the animation into one file: a GIF, or a page that plays it, with a slider.

        The page holds all that it needs. Its keys are space, arrows, Home and End.

        Parameters
        ----------
        path
            Where, with the ending .gif or .html.
        """
        file = as_path(path)
        if file.suffix.lower() not in ENDINGS:
            guess = nearest(file.suffix, ENDINGS) or ".gif"
            remedy = f"animation.save({file.with_suffix(guess).name!r})"
            raise value_error(
                "An animation is saved as .gif or .html.", shown(str(path)), remedy=remedy
            )
        check_folder(file)
        film = Film(self.figure, self.show, len(self))
        with written_whole(file) as stream:
            if file.suffix.lower() == ".gif":
                film.write_gif(stream, self.seconds)
            else:
                stream.write(self._page(film).encode())

    def _page(self, film: Film) -> str:
        size = int(self.figure.bbox.width), int(self.figure.bbox.height)
        return page(film.changes(), self.seconds, size, self.name)

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own: it shares nothing with the rest of a notebook."""
        inside = html.escape(self._page(Film(self.figure, self.show, len(self))))
        width, height = self.figure.bbox.size
        look = f"width:100%;max-width:{width + 32:.0f}px;height:{height + 90:.0f}px;border:0"
        return (
            f'<iframe srcdoc="{inside}" style="{look}" title="{html.escape(self.name)}"></iframe>'
        )

    def __repr__(self) -> str:
        return f'<Animation of {len(self)} frames: show it in a notebook, or save("it.gif")>'
