import os
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


# What a lesson says where the data of the course are not; FOLDER is where it looks for them.
WITHOUT_DATA = {
    "08": ["No house prices here. We take the diabetes data instead."],
    "09": ["MNIST needs files that are not on this computer", "FOLDER", "accuracy, small digits"],
    "10": ["MNIST needs files that are not on this computer", "FOLDER", "accuracy, small digits"],
}
WITH_DATA = ["08", "09", "10", "15", "16"]


@pytest.fixture
def run(tmp_path):
    """Run a lesson on a computer without a network and a screen, with or without the data."""

    def run(path, folder_of_data=None):
        environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
        environment |= {
            "NNLITE_DATA": folder_of_data or "",
            "NNLITE_FIGURES": str(tmp_path / "figures"),
            "PYTHONPATH": str(ROOT / "src"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            # Nobody listens there: a test never downloads.
            "https_proxy": "http://127.0.0.1:9",
        }
        done = run_lesson(path, tmp_path, environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.rstrip().endswith("ok")
        assert "DIFFERS" not in done.stdout
        pictures = list((tmp_path / "figures").glob("*.png"))
        assert {picture.stem[:2] for picture in pictures} == {path.stem[:2]}
        assert {width_of(picture) for picture in pictures} == {800}
        return " ".join(done.stdout.split())

    return run


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_figure_of_the_lesson_agrees_and_its_pictures_fit_a_page(path, run, tmp_path):
    said = run(path)
    for words in WITHOUT_DATA.get(path.stem[:2], []):
        assert words.replace("FOLDER", str(tmp_path / "cache" / "nnlite" / "mnist")) in said
    for exercise in exercises.of_lesson(path.stem[:2]):
        assert f"{exercise.number} {exercise.title} ({exercise.check.kind}): not yet." in said


@pytest.mark.slow
@pytest.mark.skipif("NNLITE_DATA" not in os.environ, reason="needs the data of the course")
@pytest.mark.parametrize("number", WITH_DATA)
def test_with_the_data_of_the_course_every_figure_agrees_too(number, run):
    (path,) = (path for path in LESSONS if path.stem.startswith(number))
    said = run(path, os.environ["NNLITE_DATA"])
    assert not any(words in said for words in WITHOUT_DATA.get(number, []))


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
