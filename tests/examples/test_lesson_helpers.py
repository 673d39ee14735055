import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lesson():
    spec = spec_from_file_location("lesson", ROOT / "examples" / "lesson.py")
    module = module_from_spec(spec)
    # A dataclass looks for its module there.
    sys.modules["lesson"] = module
    # The lessons' pictures have settings of their own, which other tests must not see.
    with matplotlib.rc_context():
        spec.loader.exec_module(module)
        yield module
    del sys.modules["lesson"]


@pytest.fixture
def table(lesson, monkeypatch):
    monkeypatch.delenv("NNLITE_LESSON_RESULTS", raising=False)
    return lesson.Table("A lesson")


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
    assert last_row(table) == (f"{came_out:.5f}", "99.40935", agrees)


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


def test_under_the_runner_the_table_goes_to_a_file(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NNLITE_LESSON_RESULTS", str(tmp_path / "results.json"))
    table.equal("σ(0)", 0.5, 0.5)
    table.close()
    assert capsys.readouterr().out == ""
    row = {"name": "σ(0)", "came_out": "0.5", "expected": "0.5", "agrees": True}
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written == {"title": "A lesson", "rows": [row]}


def test_a_picture_goes_where_the_environment_says(lesson, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NNLITE_FIGURES", str(tmp_path / "new" / "folder"))
    lesson.save(Figure(figsize=(1, 1)), "01_picture")
    saved = tmp_path / "new" / "folder" / "01_picture.png"
    assert saved.read_bytes()[:4] == b"\x89PNG"
    assert capsys.readouterr().out == f"picture: {saved}\n"


def test_pictures_lie_beside_the_examples_by_default(lesson, monkeypatch):
    monkeypatch.delenv("NNLITE_FIGURES", raising=False)
    assert lesson.figures_folder() == ROOT / "figures"


def test_a_notebook_shows_its_pictures_and_saves_none(lesson, notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLITE_FIGURES", str(tmp_path))
    lesson.save(Figure(figsize=(1, 1)), "01_picture")
    assert list(tmp_path.iterdir()) == []


def test_the_option_csv_gives_its_file(lesson, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py", "--csv", "houses.csv"])
    assert lesson.csv_option() == "houses.csv"
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py"])
    assert lesson.csv_option() is None


def test_a_notebook_has_no_options(lesson, notebook, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["ipykernel", "-f", "kernel.json"])
    assert lesson.csv_option() is None


@pytest.mark.parametrize("arguments", [["--csv"], ["--cvs", "houses.csv"], ["houses.csv"]])
def test_another_option_is_refused_in_one_line_with_status_2(
    lesson, monkeypatch, capsys, arguments
):
    monkeypatch.setattr(sys, "argv", ["08_house_prices.py", *arguments])
    with pytest.raises(SystemExit) as end:
        lesson.csv_option()
    assert end.value.code == 2
    received = " ".join(arguments)
    assert capsys.readouterr().err == f"The only option is --csv FILE. Received: {received}\n"


def test_without_an_installed_nnlite_a_lesson_finds_it_in_the_checkout(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    code = "import sys; sys.path.insert(0, sys.argv[1]); import lesson, nnlite; print('found')"
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "examples")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "found\n", done.stderr
