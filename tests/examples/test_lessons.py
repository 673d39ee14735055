import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from lesson_process import run_lesson
from nnlite import exercises

pytestmark = pytest.mark.bits

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "examples").glob("[0-9][0-9]_*.py"))

# What a lesson would need a screen or an earlier run for.
WITHOUT = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "NNLITE_LESSON_RESULTS")


def runs_long(path):
    """Return whether the lesson trains on real digits; on small ones it runs in the first tier."""
    long = ("09_mnist", "10_convolution", "16_an_autoencoder")
    return path.stem in long and "NNLITE_DATA" in os.environ


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * runs_long(path))
        for path in LESSONS
    ],
)
def test_every_figure_of_the_lesson_agrees_and_its_pictures_fit_a_page(path, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    # Nobody listens there: a test never downloads.
    environment["https_proxy"] = "http://127.0.0.1:9"
    environment |= {"NNLITE_FIGURES": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    done = run_lesson(path, tmp_path, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("ok")
    assert "DIFFERS" not in done.stdout
    named = re.findall(r"^(\d\d\.\d+) .+: not yet\.$", done.stdout, re.M)
    assert named == [exercise.number for exercise in exercises.of_lesson(path.stem[:2])]
    pictures = list(tmp_path.glob("*.png"))
    assert pictures
    assert {picture.stem[:2] for picture in pictures} == {path.stem[:2]}
    assert {width_of(picture) for picture in pictures} == {800}


def width_of(picture):
    """Return the width that the header of a PNG file tells."""
    return struct.unpack(">I", picture.read_bytes()[16:20])[0]


LETTERS = """
import re, runpy, sys
from matplotlib.text import Text
from nnlite import lessons

def save(figure, name):
    figure.canvas.draw()
    for text in figure.findobj(Text):
        words = text.get_text().strip()
        # An index or an exponent is set in 70 percent of the size.
        share = 0.7 if re.search(r"[$].*[_^].*[$]", words) else 1
        pixels = share * text.get_fontsize() * figure.dpi / 72
        if words and text.get_visible() and pixels < 9:
            print(f"SMALL {name}: {words!r} has {pixels:.1f} pixels")

lessons.save = save
runpy.run_path(sys.argv.pop(), run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_letter_in_its_pictures_is_below_9_pixels(path, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LETTERS, str(path)],
        cwd=tmp_path,
        env=os.environ
        | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
        | {"https_proxy": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SMALL" not in done.stdout, done.stdout
    assert list(tmp_path.iterdir()) == []
