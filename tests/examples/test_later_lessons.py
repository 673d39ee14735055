"""What the lessons from 06 on promise beyond their tables."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "examples").glob("[0-9][0-9]_*.py"))
LATER = [path for path in LESSONS if path.stem >= "06"]


def text_of(number):
    """Return the text of the lesson with this number."""
    (path,) = (path for path in LESSONS if path.stem.startswith(number))
    return path.read_text(encoding="utf-8")


def prose_of(path):
    """Return what a lesson says to its reader, as one line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(line[2:] for line in lines if line.startswith("# ") and "%%" not in line)


def run(path, folder, **environment):
    """Run a lesson on a computer without a network, and return what it printed."""
    environment = {**os.environ, **environment}
    environment |= {
        "NNLITE_FIGURES": str(folder),
        "PYTHONPATH": str(ROOT / "src"),
        "OMP_NUM_THREADS": "1",
        "XDG_CACHE_HOME": str(folder / "cache"),
        # Nobody listens there.
        "https_proxy": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_test_part_is_one_number_at_the_end_of_09_and_10():
    for number in ("09", "10"):
        text = text_of(number)
        assert "validation_data=(x_test" not in text
        assert text.count("evaluate(x_test") == 1
        assert text.index("evaluate(x_test") > text.rindex("validation_data=")


def test_a_name_is_explained_before_a_lesson_uses_it():
    explained = {"ReLU": r"ReLU\(z\) = max", "Adam": r"\*\*Adam\*\* is gradient descent"}
    for name, definition in explained.items():
        texts = [path.read_text(encoding="utf-8") for path in LATER]
        first = next(number for number, text in enumerate(texts) if name.lower() in text.lower())
        assert re.search(definition, texts[first]), (name, LATER[first].stem)


def test_the_words_of_training_are_explained_in_06():
    text = text_of("06")
    for word in ("sample", "feature", "epoch", "batch", "metric"):
        assert f"**{word}**" in text
    assert "`compile` says how to train" in text


def test_the_slips_of_the_course_are_named_where_their_topic_is():
    said = {path.stem[:2]: prose_of(path) for path in LATER}
    slips = {
        "the 212 are benign and the 357 malignant": "06",
        "w₂ = w₁ − αΔw₂": "06",
        'XOR is made "from AND and OR"': "07",
        "414 house prices from Taiwan (the slide says 415)": "08",
        "before the split: then the test part leaks": "08",
        'prints "Test rmse" and behind it the mean squared error': "08",
        "computes 0/0": "08",
        "The slide says 58 %. It is 58.68 %": "09",
        "divides by m in one layer only": "09",
        "0.99 + 9 · 0.01 = 1.08": "09",
        "is called cross-correlation there": "10",
        "They go below and to the right": "10",
    }
    for slip, lesson in slips.items():
        assert slip in said[lesson], slip


@pytest.mark.slow
def test_on_the_diabetes_data_the_line_is_hard_to_beat_and_says_so(tmp_path):
    (path,) = (path for path in LATER if path.stem.startswith("08"))
    said = run(path, tmp_path, NNLITE_DATA="")
    assert "Linear regression is hard to beat here." in said
    assert "it learns by heart." in said


@pytest.mark.slow
@pytest.mark.skipif("NNLITE_DATA" not in os.environ, reason="needs the 414 house prices")
def test_on_the_house_prices_the_network_wins_all_eight_splits(tmp_path):
    (path,) = (path for path in LATER if path.stem.startswith("08"))
    said = run(path, tmp_path)
    assert "The network wins 8 of 8" in said
    assert "it does not learn by heart yet." in said
    assert "R²: network" in said
