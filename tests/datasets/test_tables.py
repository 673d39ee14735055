from __future__ import annotations

import pytest

from nnlite.datasets.tables import find_table, read_table

COLUMNS = ("age", "rooms", "price")


@pytest.fixture
def write(tmp_path):
    def write_table(text, encoding="utf-8"):
        path = tmp_path / "homes.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write_table


@pytest.mark.parametrize(
    "text",
    [
        "age,rooms,price\n1,2.5,3\n-4,5e1,6\n",
        "\ufeffage,rooms,price\n1,2.5,3\n-4,5e1,6\n",
        "age,rooms,price\r\n1,2.5,3\r\n-4,5e1,6",
        "Age, ROOMS ,price\n 1 , 2.5,3\n\n-4,5e1,6\n\n,,\n",
        'price,age,"rooms"\n3,1,2.5\n"6",-4,50\n',
    ],
    ids=["plain", "byte order mark", "windows", "spaces and empty lines", "other order"],
)
def test_the_same_table_in_many_spellings(write, text):
    assert read_table(write(text), COLUMNS).tolist() == [[1, 2.5, 3], [-4, 50, 6]]


@pytest.mark.parametrize(
    ("text", "received", "remedy"),
    [
        ("", "an empty file", "Get the file again"),
        ("\n\n", "an empty file", "Get the file again"),
        ("age,price\n1,2\n", "2 columns: age, price", "Add what is missing: rooms"),
        ("age,rooms,prise\n1,2,3\n", "prise", "Is 'prise' the column 'price'"),
        ("age,rooms,price,town\n1,2,3,4\n", "4 columns", "too much: 'town'"),
        ("age,rooms,price,age\n1,2,3,4\n", "4 columns", "a column is there twice"),
        ("age;rooms;price\n1;2;3\n", "1 column: ", "Separate the columns with commas"),
        ("1,2,3\n4,5,6\n", "3 columns: 1, 2, 3", "Add what is missing: age, rooms, price"),
    ],
)
def test_a_wrong_header_is_shown_beside_the_right_one(write, text, received, remedy):
    path = write(text)
    with pytest.raises(ValueError, match="age, rooms, price") as error:
        read_table(path, COLUMNS)
    assert received in str(error.value)
    assert remedy in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("cell", "received"),
    [
        ("", "an empty cell"),
        ("two", "'two'"),
        ("NA", "'NA'"),
        ("nan", "'nan'"),
        ("-inf", "'-inf'"),
        ("1e999", "'1e999'"),
        ("1_000", "'1_000'"),
        ("0x10", "'0x10'"),
        ('"1,000"', "'1,000'"),
    ],
)
def test_a_cell_without_a_number_is_named_with_file_line_and_column(write, cell, received):
    path = write(f"age,rooms,price\n1,2,3\n\n4,{cell},6\n7,8,9\n")
    with pytest.raises(ValueError, match="finite number") as error:
        read_table(path, COLUMNS)
    assert f"Received: {received}" in str(error.value)
    assert f"Where: {path}, line 4, column 'rooms'" in str(error.value)


@pytest.mark.parametrize(("line", "received"), [("4,5", "2 cells"), ("4,5,6,7", "4 cells")])
def test_a_line_with_too_few_or_too_many_cells_is_named(write, line, received):
    path = write(f"age,rooms,price\n1,2,3\n{line}\n")
    with pytest.raises(ValueError, match="must have 3 cells") as error:
        read_table(path, COLUMNS)
    assert received in str(error.value)
    assert f"Where: {path}, line 3" in str(error.value)


def test_a_header_without_rows_is_an_error(write):
    with pytest.raises(ValueError, match="at least one row"):
        read_table(write("age,rooms,price\n"), COLUMNS)


def test_a_file_in_another_encoding_is_told_to_become_utf_8(write):
    path = write("age,rooms,price\n1,2,집\n", encoding="cp949")
    with pytest.raises(ValueError, match="UTF-8") as error:
        read_table(path, COLUMNS)
    assert "0xc1" in str(error.value)
    assert str(path) in str(error.value)


def test_a_quotation_mark_that_never_ends_is_an_explained_error(write):
    with pytest.raises(ValueError, match="must be a CSV file"):
        read_table(write('age,rooms,price\n1,2,"' + "3\n" * 100_000), COLUMNS)


def test_a_path_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="existing CSV file") as error:
        find_table(tmp_path / "nowhere.csv", "homes.csv", COLUMNS, "the town")
    assert str(tmp_path / "nowhere.csv") in str(error.value)


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="existing CSV file"):
        find_table(str(tmp_path), "homes.csv", COLUMNS, "the town")


def test_a_path_of_another_type_is_an_explained_error():
    with pytest.raises(TypeError, match=r'path must be a string(?s:.)*path="homes\.csv"'):
        find_table(3, "homes.csv", COLUMNS, "the town")


@pytest.mark.parametrize("subfolder", ["", "course"])
def test_the_table_is_found_in_the_folder_of_the_user(tmp_path, monkeypatch, subfolder):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path))
    (tmp_path / "course").mkdir()
    path = tmp_path / subfolder / "homes.csv"
    path.touch()
    assert find_table(None, "homes.csv", COLUMNS, "the town") == path


def test_a_table_that_is_nowhere_is_asked_for_with_its_place_and_columns(cache):
    with pytest.raises(FileNotFoundError) as error:
        find_table(None, "homes.csv", COLUMNS, "the town")
    assert str(error.value) == (
        "The file homes.csv is not on this computer (the town).\nReceived: path=None\n"
        f"Where: {cache}, {cache / 'course'} (the environment variable NNLITE_DATA is not set)\n"
        f"Remedy: Put it into {cache}, or into a folder that the environment variable NNLITE_DATA"
        " names, or give path=. Its columns are: age, rooms, price."
    )
