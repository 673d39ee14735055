from __future__ import annotations

from pathlib import Path

import pytest

from nnlite.datasets import folders


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".cache/nnlite"),
        ("darwin", "Library/Caches/nnlite"),
        ("win32", "AppData/Local/nnlite/Cache"),
    ],
)
def test_the_cache_lies_where_the_operating_system_wants_it(home, monkeypatch, platform, folder):
    monkeypatch.setattr("sys.platform", platform)
    assert folders.cache_folder() == home / folder


def test_windows_names_the_folder_for_local_data(home, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "local")
    assert folders.cache_folder() == Path("local/nnlite/Cache")


def test_xdg_cache_home_names_the_cache(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "elsewhere"))
    assert folders.cache_folder() == home / "elsewhere" / "nnlite"


def test_a_relative_xdg_cache_home_does_not_count(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "elsewhere")
    monkeypatch.setattr("sys.platform", "linux")
    assert folders.cache_folder() == home / ".cache" / "nnlite"


def test_the_folder_of_the_user_comes_before_the_cache(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path / "mine"))
    assert folders.search_folders("mnist") == [
        tmp_path / "mine",
        tmp_path / "mine" / "mnist",
        cache,
        cache / "mnist",
    ]


def test_an_empty_nnlite_data_counts_as_not_set(cache, monkeypatch):
    monkeypatch.setenv("NNLITE_DATA", "")
    assert folders.search_folders("mnist") == [cache, cache / "mnist"]
    assert "NNLITE_DATA is not set" in folders.describe_search("mnist")


def test_a_relative_nnlite_data_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLITE_DATA", "mine")
    assert folders.data_folder() == tmp_path / "mine"
    assert "not set" not in folders.describe_search("mnist")


def test_a_file_is_found_in_the_first_folder_that_holds_it(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLITE_DATA", str(tmp_path / "mine"))
    assert folders.find_file(("a", "a.gz"), "mnist") is None
    in_cache = touch(cache / "mnist" / "a")
    assert folders.find_file(("a", "a.gz"), "mnist") == in_cache
    mine = touch(tmp_path / "mine" / "mnist" / "a.gz")
    assert folders.find_file(("a", "a.gz"), "mnist") == mine


def test_a_folder_with_the_name_of_the_file_is_no_file(cache):
    (cache / "a").mkdir(parents=True)
    assert folders.find_file(("a",), "mnist") is None
