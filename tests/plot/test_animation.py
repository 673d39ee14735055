"""Films: as many frames as there are, in their colours, in files that need nothing else."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from nnlite.plot import Animation, letters
from nnlite.plot.film import Film, Shot, most_needed, nearest, taken

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def square(number, count=4):
    """A page of 40 by 20 pixels, where a red square of 10 by 10 has gone so many times 10 right."""
    page = np.full((20, 40, 3), 255, dtype=np.uint8)
    page[10:, 10 * number : 10 * number + 10] = RED
    return page


@pytest.fixture
def moving():
    """An animation of that square, and its figure, that is shown nowhere."""
    figure = Figure(figsize=(0.4, 0.2), dpi=100)
    FigureCanvasAgg(figure)
    image = figure.add_axes((0, 0, 1, 1)).imshow(square(0), interpolation="nearest")
    image.axes.set_axis_off()
    return Animation(figure, lambda number: image.set_data(square(number)), 4, "a red square")


def frames_of(file):
    """The pictures of a GIF, and how long they stay in milliseconds."""
    found = []
    with Image.open(file) as film:
        assert film.info["loop"] == 0
        for number in range(film.n_frames):
            film.seek(number)
            found.append((np.asarray(film.convert("RGB")), film.info["duration"]))
    return found


def film_of(page):
    found = re.search(r'<script id="film" type="application/json">(.*?)</script>', page, re.S)
    return json.loads(found.group(1))


def test_a_gif_has_every_frame_pixel_by_pixel_for_its_time(moving, tmp_path):
    moving.seconds[:] = [0.1, 0.2, 0.05, 2.0]
    moving.save(tmp_path / "a.gif")
    found = frames_of(tmp_path / "a.gif")
    assert [duration for _, duration in found] == [100, 200, 50, 2000]
    for number, (picture, _) in enumerate(found):
        np.testing.assert_array_equal(picture, square(number))


def test_a_page_holds_the_frames_each_drawn_onto_the_last(moving, tmp_path):
    moving.save(str(tmp_path / "a.html"))
    film = film_of((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert film["size"] == [40, 20]
    assert film["seconds"] == [0.8, 0.8, 0.8, 2.0]
    page = Image.new("RGBA", (40, 20))
    assert len(film["pictures"]) == 4
    for number, coded in enumerate(film["pictures"]):
        new = Image.open(io.BytesIO(base64.b64decode(coded)))
        page.alpha_composite(new.convert("RGBA"))
        np.testing.assert_array_equal(np.asarray(page.convert("RGB")), square(number))
    # What is as before is clear: two squares of 100 pixels are new.
    assert int((np.asarray(new.convert("RGBA"))[..., 3] > 0).sum()) == 200


class Page(HTMLParser):
    """All tags of a page, and where they point to."""

    def __init__(self):
        super().__init__()
        self.tags, self.targets = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.targets += [
            value for name, value in attrs if name in ("src", "href", "action", "data")
        ]


def test_a_page_asks_nobody_for_anything(moving, tmp_path):
    moving.save(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.targets == []
    assert len(film_of(text)["pictures"]) == 4
    # Letters of pictures may spell anything.
    text = re.sub(r'type="application/json">.*?</script>', "></script>", text, flags=re.S)
    assert {"link", "iframe", "img", "object", "embed"}.isdisjoint(page.tags)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch|XMLHttp|import\(|WebSocket", text)
    assert "<!-- " not in text


def test_a_notebook_gets_the_page_in_a_frame_of_its_own(moving):
    shown = moving._repr_html_()
    inside = re.fullmatch(
        r'<iframe srcdoc="([^"]*)" style="[^"]*" title="a red square"></iframe>', shown
    )
    film = film_of(html.unescape(inside.group(1)))
    assert len(film["pictures"]) == 4
    assert "allow" not in shown.split("srcdoc")[0]


def test_a_name_is_text_on_the_page(moving):
    moving.name = '</title><script>alert("1")</script>'
    inside = html.unescape(re.search(r'srcdoc="([^"]*)"', moving._repr_html_()).group(1))
    assert "<script>alert" not in inside
    assert "<title>&lt;/title&gt;&lt;script&gt;alert" in inside


def test_frames_are_shown_by_number_also_from_the_end(moving):
    moving.show(1)
    np.testing.assert_array_equal(taken(moving.figure), square(1))
    moving.show(-1)
    np.testing.assert_array_equal(taken(moving.figure), square(3))
    with pytest.raises(ValueError, match="The animation has 4 frames, from 0") as error:
        moving.show(4)
    assert "Received: 4" in str(error.value)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("a.mp4", "animation.save('a.gif')"),
        ("a.htm", "animation.save('a.html')"),
        ("a", "animation.save('a.gif')"),
        ("b.c.png", "animation.save('b.c.gif')"),
    ],
)
def test_another_ending_is_refused_with_a_name_that_works(moving, name, remedy, tmp_path):
    with pytest.raises(ValueError, match=r"An animation is saved as \.gif or \.html\.") as error:
        moving.save(tmp_path / name)
    assert f"Remedy: {remedy}" in str(error.value)
    assert name in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_explained(moving, tmp_path):
    with pytest.raises(FileNotFoundError, match="a folder that exists"):
        moving.save(tmp_path / "nowhere" / "a.gif")


def test_a_film_that_fails_leaves_the_old_file(moving, tmp_path):
    (tmp_path / "a.gif").write_bytes(b"old")
    show = moving._show

    def fail(number):
        if number == 2:
            raise ZeroDivisionError
        show(number)

    moving._show = fail
    with pytest.raises(ZeroDivisionError):
        moving.save(tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]


def test_the_axes_stand_still_whatever_the_words_along_them_need():
    figure = Figure(figsize=(4, 3), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    moving = Animation(figure, lambda number: ax.set_ylabel("\n".join("a" * (number + 1))), 4)
    places = []
    for number in range(4):
        moving.show(number)
        figure.canvas.draw()
        places.append(ax.get_position().bounds)
    assert len(set(places)) == 1


def test_letters_that_come_with_a_later_frame_are_looked_for(monkeypatch):
    looked = []

    def look(figure, hinted):
        looked.append(
            [text.get_text() for text in figure.axes[0].findobj(Text) if text.get_text() == "later"]
        )
        return hinted

    monkeypatch.setattr(letters, "find_letters", look)
    figure = Figure(layout=letters.Constrained())
    FigureCanvasAgg(figure)
    text = figure.add_subplot().set_title("")
    words = ["later", ""]
    animation = Animation(figure, lambda number: text.set_text(words[number]), 2)
    looked.clear()
    animation.show(0)
    figure.canvas.draw()
    assert looked == [["later"]]


def test_a_cut_that_the_user_likes_for_pictures_leaves_frames_their_size(moving, tmp_path):
    with plt.rc_context({"savefig.bbox": "tight", "savefig.dpi": 300, "savefig.facecolor": "red"}):
        moving.save(tmp_path / "a.gif")
    assert frames_of(tmp_path / "a.gif")[0][0].shape == (20, 40, 3)


def test_few_pixels_of_a_colour_that_is_nowhere_else_keep_it():
    """It is there in one picture of two, among 200 shades of grey that are more frequent."""
    grey = np.linspace(0, 255, 200).astype(int)[:, None].repeat(3, axis=1)
    shots = [
        Shot(grey, np.full(200, 500), b""),
        Shot(np.array([WHITE, RED]), np.array([900, 9]), b""),
    ]
    colours = most_needed(shots).tolist()
    assert len(colours) == 55
    assert list(RED) in colours
    assert list(WHITE) in colours


def test_grey_stays_grey_where_there_is_no_room_for_all_of_it():
    # The second is nearer in red, green and blue, but it is blue.
    known = np.array([(200, 200, 200), (214, 222, 226)])
    assert nearest(np.array([(212, 212, 212)]), known).tolist() == [0]


def test_no_pixel_is_further_from_the_truth_than_an_eye_can_see():
    figure = Figure(figsize=(0.4, 0.2), dpi=100)
    FigureCanvasAgg(figure)
    rest = figure.add_axes((0, 0, 1, 1))
    rest.set_axis_off()
    image = rest.imshow(np.zeros((1, 1)), cmap="gray", vmin=0, vmax=255, aspect="auto")
    film = Film(figure, lambda number: image.set_data([[4.0 * number]]), 50)
    for number, picture in enumerate(film.pictures()):
        assert np.abs(film.colours[picture] - 4 * number).max() <= 6


def test_a_film_is_made_without_a_display_and_without_pyplot(tmp_path):
    code = (
        "import sys; from nnlite.graph import Value; x = Value(2, 'x'); f = x * x + 1;"
        f"f.animate().save({str(tmp_path / 'a.gif')!r}); f.animate()._repr_html_();"
        "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot'"
    )
    environment = {"PATH": "", "PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert len(frames_of(tmp_path / "a.gif")) == 5


def test_it_says_how_to_see_it(moving):
    assert repr(moving) == '<Animation of 4 frames: show it in a notebook, or save("it.gif")>'
