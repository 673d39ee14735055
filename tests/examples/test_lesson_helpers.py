import json
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlite import lessons

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def table(monkeypatch):
    monkeypatch.delenv("NNLITE_LESSON_RESULTS", raising=False)
    return lessons.Table("A lesson")


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=object, version_info=(9, 0))
    )


def last_row(table):
    row = table.rows[-1]
    return row.came_out, row.expected, row.agrees


def test_equal_without_digits_wants_the_very_number(table):
    table.equal("accuracy", 0.8245614035087719, 0.8245614035087719)
    assert last_row(table) == ("0.824561", "0.824561", True)
    table.equal("accuracy", 0.8245614035087718, 0.8245614035087719)
    assert last_row(table)[2] is False


@pytest.mark.parametrize(
    ("came_out", "agrees"),
    [(99.409355645, True), (99.40936, False), (99.40934, False), (99.409345, True)],
)
def test_equal_with_digits_allows_less_than_one_in_the_last_of_them(table, came_out, agrees):
    table.equal("b", came_out, 99.40935, digits=5)
    came, expected, verdict = last_row(table)
    assert (came, expected.removesuffix(" (cut off)"), verdict) == (
        f"{came_out:.5f}",
        "99.40935",
        agrees,
    )


def test_equal_says_where_the_course_cut_digits_off_that_we_round(table):
    table.equal("b", 99.409355645, 99.40935, digits=5)
    table.equal("w", 587.865451, 587.86545, digits=5)
    assert [row.expected for row in table.rows] == ["99.40935 (cut off)", "587.86545"]


def test_equal_compares_arrays_place_by_place(table):
    table.equal("row", np.array([1, 2]), [1, 2])
    assert last_row(table) == ("[1 2]", "[1 2]", True)
    table.equal("row", np.array([1, 3]), [1, 2])
    assert last_row(table)[2] is False


def test_equal_finds_that_shapes_differ_where_broadcasting_would_hide_it(table):
    table.equal("row", np.ones((2, 2)), [1.0, 1.0])
    assert last_row(table)[2] is False


def test_nan_agrees_with_nothing(table):
    table.equal("loss", np.nan, np.nan)
    table.equal("loss", np.nan, 1.0, digits=2)
    table.same("loss", [1.0, np.nan], [1.0, np.nan])
    assert [row.agrees for row in table.rows] == [False, False, False]


def test_same_tells_the_largest_difference(table):
    table.same("W", [1.0, 2.0], [1.0, 2.0 + 2**-40])
    assert last_row(table) == ("differ by 9.1e-13", "at most 1e-10 apart", True)
    table.same("W", [1.0, 2.0], [1.5, 2.0])
    assert last_row(table) == ("differ by 5.0e-01", "at most 1e-10 apart", False)


def test_same_says_equal_where_no_bit_differs(table):
    table.same("W", [1.0, 2.0], [1.0, 2.0], tolerance=0)
    assert last_row(table) == ("equal", "equal", True)


def test_same_does_not_broadcast(table):
    table.same("W", np.ones((2, 1)), np.ones(2))
    assert last_row(table) == ("shapes (2, 1) and (2,)", "the same shape", False)


def test_check_takes_the_truth_of_numpy(table):
    table.check("accuracy", np.float64(0.96875), "at least .95", np.float64(0.96875) >= 0.95)
    assert last_row(table) == ("0.96875", "at least .95", True)


def test_a_table_that_agrees_is_printed_in_columns(table, capsys):
    table.equal("two and two", 4, 4)
    table.check("pi", 3.14159, "above 3", True)
    table.close()
    assert capsys.readouterr().out == (
        "\n"
        "A lesson     came out  expected\n"
        "--------------------------------------\n"
        "two and two  4         4         ok\n"
        "pi           3.14159   above 3   ok\n"
    )


def test_a_table_that_differs_ends_the_lesson_with_status_1(table, capsys):
    table.equal("two and two", 4, 5)
    table.equal("three and three", 6, 6)
    with pytest.raises(SystemExit) as end:
        table.close()
    assert end.value.code == 1
    assert capsys.readouterr().out.count("DIFFERS") == 1


def test_no_line_of_a_table_is_wider_than_80_columns(table):
    table.check("malignant (0) tumours and benign (1) tumours", "[212 357] " * 2, "x" * 40, True)
    table.check("short", 1, "above 0", False)
    lines = lessons.table_lines([("A lesson with a long title", table.rows)])
    assert max(map(len, lines)) <= 80
    assert lines[-2].startswith("benign (1) tumours")
    assert lines[-2].endswith("ok")


def test_under_the_runner_the_table_goes_to_a_file(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NNLITE_LESSON_RESULTS", str(tmp_path / "results.json"))
    table.equal("σ(0)", 0.5, 0.5)
    table.close()
    assert capsys.readouterr().out == ""
    row = {"name": "σ(0)", "came_out": "0.5", "expected": "0.5", "agrees": True}
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written == {"title": "A lesson", "rows": [row]}


def test_a_picture_goes_where_the_environment_says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NNLITE_FIGURES", str(tmp_path / "new" / "folder"))
    lessons.save(Figure(figsize=(1, 1)), "01_picture")
    saved = tmp_path / "new" / "folder" / "01_picture.png"
    assert saved.read_bytes()[:4] == b"\x89PNG"
    assert capsys.readouterr().out == f"picture: {saved}\n"


def test_pictures_lie_beside_the_examples_by_default(monkeypatch):
    monkeypatch.delenv("NNLITE_FIGURES", raising=False)
    monkeypatch.setattr(
        sys.modules["__main__"], "__file__", str(ROOT / "examples" / "03.py"), raising=False
    )
    assert lessons.figures_folder() == ROOT / "figures"


def test_pictures_of_a_lesson_that_lies_elsewhere_go_where_it_is_run(tmp_path, monkeypatch):
    monkeypatch.delenv("NNLITE_FIGURES", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/some/where/03.py", raising=False)
    monkeypatch.chdir(tmp_path)
    assert lessons.figures_folder() == tmp_path / "figures"


def test_a_notebook_shows_its_pictures_and_saves_none(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLITE_FIGURES", str(tmp_path))
    lessons.save(Figure(figsize=(1, 1)), "01_picture")
    assert list(tmp_path.iterdir()) == []


def test_the_option_csv_gives_its_file(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py", "--csv", "houses.csv"])
    assert lessons.csv_option() == "houses.csv"
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py"])
    assert lessons.csv_option() is None


def test_a_notebook_has_no_options(notebook, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["ipykernel", "-f", "kernel.json"])
    assert lessons.csv_option() is None


@pytest.mark.parametrize("arguments", [["--csv"], ["--cvs", "houses.csv"], ["houses.csv"]])
def test_another_option_is_refused_in_one_line_with_status_2(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py", *arguments])
    with pytest.raises(SystemExit) as end:
        lessons.csv_option()
    assert end.value.code == 2
    received = " ".join(arguments)
    assert capsys.readouterr().err == f"The only option is --csv FILE. Received: {received}\n"


def test_in_a_notebook_a_row_is_printed_where_it_is_checked(table, notebook, capsys):
    table.equal("two and two", 4, 4)
    assert capsys.readouterr().out == "ok: two and two: 4 (as expected)\n"
    table.check("pi", 3.14159, "above 4", False)
    assert capsys.readouterr().out == "DIFFERS: pi: 3.14159 (expected above 4)\n"


def test_a_notebook_ends_with_a_verdict_and_without_the_table(table, notebook, capsys):
    table.equal("two and two", 4, 4)
    table.equal("two and three", 5, 6)
    capsys.readouterr()
    table.close()
    assert capsys.readouterr().out == "A lesson: 1 of 2 figures agree. DIFFERS: two and three.\n"


def test_a_lesson_begins_with_its_look_and_an_empty_table():
    with matplotlib.rc_context():
        table = lessons.begin("03 One neuron")
        assert matplotlib.rcParams["figure.figsize"] == [8, 4.5]
    assert (table.title, table.rows) == ("03 One neuron", [])


def test_progress_gives_every_step_and_leaves_one_line(capsys):
    assert list(lessons.progress(range(3), "three steps")) == [0, 1, 2]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "100% three steps in 0.0 s\n"
