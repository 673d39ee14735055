from __future__ import annotations

import pickle
import subprocess
import sys
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine

from nnlite import plot
from nnlite.plot import letters

CURVES = {"학습률 0.1": {"loss": [2, 1]}, "학습률 0.2": {"loss": [3, 1]}}
NAME = "A Font Of The Tests"


@pytest.fixture
def font(tmp_path):
    """The file of a font that has the letters 학습률 배치, each a box."""
    characters = {ord(letter): f"box{ord(letter)}" for letter in "학습률배치"}
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = [".notdef", *characters.values()]
    box = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(characters)
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (800, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path / "boxes.ttf"
    builder.save(path)
    return str(path)


@pytest.fixture(autouse=True)
def _only_fonts_without_korean(monkeypatch):
    own = [entry for entry in fontManager.ttflist if entry.name.startswith("DejaVu")]
    monkeypatch.setattr(fontManager, "ttflist", own)
    monkeypatch.setattr(letters, "findSystemFonts", list)


def warned(figure):
    """What is said when the figure is drawn twice."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        figure.canvas.draw()
        figure.canvas.draw()
    return [str(warning.message) for warning in said]


def families(ax):
    """The fonts of each word of the picture."""
    texts = [*ax.get_legend().get_texts(), ax.xaxis.label, ax.title]
    return {text.get_text(): text.get_fontfamily() for text in texts if text.get_text()}


def test_without_a_font_there_is_one_hint_that_names_one():
    (hint,) = warned(plot.history(CURVES).figure)
    assert "No installed font has these letters" in hint
    assert "률습학" in hint
    assert "NanumGothic" in hint


def test_other_scripts_get_another_hint():
    (hint,) = warned(plot.history({"学習": {"loss": [2, 1]}, "b": {"loss": [2, 1]}}).figure)
    assert "Noto Sans" in hint


def test_an_installed_font_is_used_for_the_words_that_need_it(font):
    fontManager.addfont(font)
    before = dict(mpl.rcParams)
    ax = plot.history(CURVES)
    assert warned(ax.figure) == []
    plain = mpl.rcParams["font.family"]
    assert families(ax) == {
        "학습률 0.1": [*plain, NAME],
        "학습률 0.2": [*plain, NAME],
        "epoch": plain,
    }
    assert dict(mpl.rcParams) == before


def test_words_that_the_user_adds_are_looked_through_too(font):
    fontManager.addfont(font)
    ax = plot.history(CURVES)
    ax.set_title("배치")
    assert warned(ax.figure) == []
    assert families(ax)["배치"][-1] == NAME


def test_a_font_that_matplotlib_does_not_know_yet_is_found(font, monkeypatch):
    monkeypatch.setattr(letters, "findSystemFonts", lambda: [font])
    ax = plot.history(CURVES)
    assert warned(ax.figure) == []
    assert families(ax)["학습률 0.1"][-1] == NAME


def test_of_letters_that_none_has_the_others_are_written_all_the_same(font):
    fontManager.addfont(font)
    ax = plot.history({"학습 中": {"loss": [2, 1]}, "b": {"loss": [2, 1]}})
    (hint,) = warned(ax.figure)
    assert "Received: 中\n" in hint
    assert families(ax)["학습 中"][-1] == NAME


def test_labels_of_classes_are_looked_through(font):
    fontManager.addfont(font)
    ax = plot.confusion([0, 1], [0, 1], names=["학습", "배치"])
    assert warned(ax.figure) == []
    assert ax.get_xticklabels()[0].get_fontfamily()[-1] == NAME


def test_a_figure_of_the_users_is_looked_through(font):
    fontManager.addfont(font)
    figure, (ax, _) = plt.subplots(1, 2)
    place = ax.get_position()
    plot.history(CURVES, ax=ax)
    assert warned(figure) == []
    assert ax.get_position().bounds == place.bounds


def test_a_layout_that_the_user_chose_stays():
    figure, ax = plt.subplots(layout="tight")
    engine = figure.get_layout_engine()
    plot.history(CURVES, ax=ax)
    assert figure.get_layout_engine() is engine


def test_a_font_of_the_users_is_not_changed(font):
    fontManager.addfont(font)
    with mpl.rc_context({"font.family": [NAME, "DejaVu Sans"]}):
        ax = plot.history(CURVES)
        assert warned(ax.figure) == []
        assert families(ax)["학습률 0.1"] == [NAME, "DejaVu Sans"]


def test_words_without_such_letters_stay_as_they_are():
    ax = plot.history({"η = 0.1": {"loss": [2, 1]}, "b": {"loss": [2, 1]}})
    assert warned(ax.figure) == []
    assert families(ax)["η = 0.1"] == mpl.rcParams["font.family"]


def test_a_figure_can_still_be_pickled():
    figure = pickle.loads(pickle.dumps(plot.history(CURVES).figure))
    assert isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)


def test_a_file_that_is_no_font_is_passed_over(font, tmp_path, monkeypatch):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(letters, "findSystemFonts", lambda: [str(broken), font])
    assert warned(plot.history(CURVES).figure) == []


def test_the_pictures_load_no_fonts_until_one_is_drawn():
    code = "import sys, nnlite.plot; print('matplotlib.font_manager' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr
