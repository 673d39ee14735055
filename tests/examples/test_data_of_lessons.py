import os
from pathlib import Path

import pytest

from lesson_process import run_lesson

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "house age,distance to the nearest MRT station,number of convenience stores,"
    "latitude,longitude,house price of unit area"
)


@pytest.fixture
def run(tmp_path):
    """Run a lesson on a computer without data and without a network."""

    def run(name, *arguments):
        environment = {key: value for key, value in os.environ.items() if key != "NNLITE_DATA"}
        environment |= {
            "NNLITE_FIGURES": str(tmp_path / "figures"),
            "PYTHONPATH": str(ROOT / "src"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            # Nobody listens there.
            "https_proxy": "http://127.0.0.1:9",
        }
        path = ROOT / "examples" / f"{name}.py"
        return run_lesson(path, tmp_path, environment, *arguments)

    return run


def refuse(run, path):
    """Return the one line with which the lesson refuses a file."""
    done = run("08_house_prices", "--csv", str(path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def house(price=1.0, age=2.0):
    return f"{age},3.0,4,5.5,6.5,{price}"


def table(rows):
    return "\n".join([HEADER, *rows, ""])


def test_a_csv_file_that_is_not_there_is_refused_in_one_line(run, tmp_path):
    line = refuse(run, tmp_path / "nothing.csv")
    assert line.startswith("path must be an existing CSV file. Received: path=")


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("a,b\n1,2\n", "The 6 columns must be: house age, distance"),
        (table([house()] * 49), "The lesson cuts the data into three parts: 50 rows at least"),
        (table([house()] * 60), "There is nothing to learn: every price per unit area is 1."),
        (table([house(price) for price in range(60)]), "A constant column has no standard score"),
    ],
    ids=["other columns", "few rows", "constant prices", "constant features"],
)
def test_a_csv_file_that_the_lesson_cannot_use_is_refused_in_one_line(
    run, tmp_path, text, beginning
):
    (tmp_path / "houses.csv").write_text(text, encoding="utf-8")
    assert refuse(run, tmp_path / "houses.csv").startswith(beginning)
