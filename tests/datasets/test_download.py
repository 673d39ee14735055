from __future__ import annotations

import gzip
import hashlib
import os
import socket
import threading
import tracemalloc

import pytest

from nnlite.datasets import download as downloading
from nnlite.datasets.download import DownloadError, download
from nnlite.datasets.known_file import KnownFile

CONTENT = bytes(range(256)) * 400
FILE = KnownFile("numbers", 102_400, hashlib.sha256(CONTENT).hexdigest())
COMPRESSED = gzip.compress(CONTENT)
HEADERS = b"HTTP/1.0 200 OK\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(30_000_000))


@pytest.fixture(autouse=True)
def no_progress_in_the_output(capsys):
    yield
    capsys.readouterr()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "downloads"


def refuse(mirror, folder):
    """Return why the mirror does not deliver, having checked that it leaves nothing behind."""
    with pytest.raises(DownloadError) as error:
        download(FILE, [mirror.address], folder)
    assert not folder.exists() or list(folder.iterdir()) == []
    start = f"  {mirror.address}/numbers.gz: "
    assert str(error.value).startswith(start)
    return str(error.value).removeprefix(start)


@pytest.mark.parametrize("length", [len(COMPRESSED), None], ids=["length announced", "no length"])
def test_the_file_arrives_uncompressed_and_alone(mirror, folder, length):
    mirror.answer("/numbers.gz", COMPRESSED, length=length)
    assert download(FILE, [mirror.address], folder) == mirror.address
    assert [path.name for path in folder.iterdir()] == ["numbers"]
    assert (folder / "numbers").read_bytes() == CONTENT


def test_the_progress_bar_counts_the_content(mirror, folder, capsys):
    mirror.answer("/numbers.gz", COMPRESSED)
    download(FILE, [mirror.address], folder)
    printed = capsys.readouterr().err
    assert "numbers: 100%" in printed
    assert "102k/102k" in printed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(CONTENT[:-1] + b"\0"), "the checksum of the content is "),
        (gzip.compress(CONTENT[:-1]), "only 102,399 of the 102,400 bytes of numbers"),
        (gzip.compress(CONTENT + b"\0"), "more than the 102,400 bytes of numbers"),
        (BOMB, "more than the 102,400 bytes of numbers"),
        (COMPRESSED[:-20], "a gzip file that is cut off in the middle"),
        (COMPRESSED[:5], "a gzip file that is cut off in the middle"),
        (COMPRESSED[:200] + bytes(50) + COMPRESSED[250:], "a damaged gzip file"),
        (COMPRESSED[:-8] + bytes(8), "a damaged gzip file"),
        (b"<html>Please sign in</html>", "something that is no gzip file (a web page, perhaps)"),
        (CONTENT, "something that is no gzip file (a web page, perhaps)"),
        (b"", "only 0 of the 102,400 bytes of numbers"),
    ],
    ids=[
        "wrong byte",
        "too short",
        "too long",
        "bomb",
        "cut off",
        "cut off in the header",
        "damaged",
        "wrong gzip checksum",
        "web page",
        "not compressed",
        "empty",
    ],
)
def test_content_that_is_not_the_known_one_is_refused(mirror, folder, body, reason):
    mirror.answer("/numbers.gz", body)
    assert refuse(mirror, folder).startswith(reason)


def test_a_gzip_bomb_is_not_unpacked(mirror, folder):
    mirror.answer("/numbers.gz", BOMB)
    tracemalloc.start()
    refuse(mirror, folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "HTTP 404 Not Found"), (500, "HTTP 500 Internal Server Error")]
)
def test_a_status_that_is_no_success_is_named(mirror, folder, status, reason):
    mirror.answer("/numbers.gz", COMPRESSED, status=status)
    assert refuse(mirror, folder) == reason


def test_a_connection_cut_in_the_middle_is_noticed(mirror, folder):
    mirror.answer("/numbers.gz", COMPRESSED[:300], length=len(COMPRESSED))
    assert refuse(mirror, folder) == "a gzip file that is cut off in the middle"


def test_an_announced_terabyte_is_not_waited_for(mirror, folder):
    mirror.answer("/numbers.gz", COMPRESSED, length=10**12)
    assert refuse(mirror, folder) == "announces 1,000,000,000,000 bytes; at most 107,520 can be"


def test_a_body_without_end_is_cut_off(mirror, folder):
    empty_block = b"\x00\x00\x00\xff\xff"
    body = COMPRESSED[:10] + empty_block * 200_000
    mirror.answer("/numbers.gz", body, length=None)
    assert refuse(mirror, folder) == "goes on after 107,520 bytes; that is not the file"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0"),
        (CHUNKED + b"-5\r\n" + COMPRESSED, "IncompleteRead"),
        (CHUNKED + b"many\r\n" + COMPRESSED, "IncompleteRead"),
        (b"HTTP/1.0 302 Found\r\nLocation: file:///etc/hosts\r\n\r\n", "HTTP 302"),
        (b"HTTP/1.0 302 Found\r\nLocation: http://a..b/\r\n\r\n", "label empty"),
        (b"HTTP/1.0 200 OK\r\n" + b"Header: x\r\n" * 200 + b"\r\n", "got more than 100 headers"),
    ],
    ids=["no http", "negative chunk", "chunk", "local file", "bad host", "too many headers"],
)
def test_an_answer_against_the_rules_is_refused(mirror, folder, answer, reason):
    mirror.answer_slowly("/numbers.gz", answer, b"", pause=0)
    assert reason in refuse(mirror, folder)


def test_a_server_that_hangs_up_is_named(mirror, folder):
    mirror.answer_slowly("/numbers.gz", b"", b"", pause=0)
    assert "closed connection without response" in refuse(mirror, folder)


@pytest.mark.parametrize(
    "at_once",
    [b"", b"HTTP/1.0 200 OK\r\n", HEADERS, HEADERS + COMPRESSED[:300]],
    ids=["silent", "silent in the headers", "silent after the headers", "silent in the middle"],
)
def test_a_server_that_falls_silent_is_given_up(mirror, folder, monkeypatch, at_once):
    monkeypatch.setattr(downloading, "SECONDS_PER_READ", 0.1)
    mirror.answer_slowly("/numbers.gz", at_once, b"\n", pause=1)
    assert refuse(mirror, folder) == "no answer within 0.1 s"


@pytest.mark.parametrize(
    ("at_once", "then"),
    [
        (HEADERS, COMPRESSED[:200]),
        (HEADERS + COMPRESSED[:300], COMPRESSED[300:500]),
        (CHUNKED, b"0" * 200),
        (CHUNKED + b"0\r\n", b"Trailer: x\r\n" * 20),
    ],
    ids=["from the first byte", "from the middle", "size of a chunk", "trailers"],
)
def test_a_server_that_sends_byte_by_byte_is_given_up(mirror, folder, monkeypatch, at_once, then):
    monkeypatch.setattr(downloading, "SECONDS_PER_FILE", 0.2)
    mirror.answer_slowly("/numbers.gz", at_once, then, pause=0.01)
    assert refuse(mirror, folder) == "not finished within 0.2 s"
    assert not mirror.sent_all


@pytest.mark.parametrize("at_once", [b"", b"HTTP/1.0 200 OK\r\nServer: "])
def test_a_server_without_a_whole_header_is_soon_given_up(mirror, folder, monkeypatch, at_once):
    monkeypatch.setattr(downloading, "SECONDS_TO_ANSWER", 0.1)
    mirror.answer_slowly("/numbers.gz", at_once, b"x" * 200, pause=0.01)
    assert refuse(mirror, folder) == "no answer within 0.1 s"
    assert not mirror.sent_all


def test_a_name_server_that_falls_silent_is_soon_given_up(mirror, folder, monkeypatch):
    monkeypatch.setattr(downloading, "SECONDS_TO_ANSWER", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: mirror.over.wait())
    assert refuse(mirror, folder) == "no answer within 0.1 s"


def test_a_download_may_take_longer_than_the_answer(mirror, folder, monkeypatch):
    monkeypatch.setattr(downloading, "SECONDS_TO_ANSWER", 0.1)
    mirror.answer_slowly("/numbers.gz", HEADERS + COMPRESSED[:-20], COMPRESSED[-20:], pause=0.01)
    download(FILE, [mirror.address], folder)
    assert (folder / "numbers").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("limit", "at_once", "then"),
    [
        ("SECONDS_PER_FILE", HEADERS, COMPRESSED[:200]),
        ("SECONDS_TO_ANSWER", b"", HEADERS + COMPRESSED[:200]),
    ],
)
def test_a_download_that_was_given_up_does_not_go_on(
    mirror, folder, monkeypatch, limit, at_once, then
):
    monkeypatch.setattr(downloading, limit, 0.1)
    mirror.answer_slowly("/numbers.gz", at_once, then, pause=0.01)
    refuse(mirror, folder)
    for thread in threading.enumerate():
        if thread.name == "download of numbers":
            thread.join()
    assert not mirror.sent_all


def test_slow_and_whole_is_good_enough(mirror, folder):
    mirror.answer_slowly("/numbers.gz", HEADERS, COMPRESSED, pause=0)
    download(FILE, [mirror.address], folder)
    assert (folder / "numbers").read_bytes() == CONTENT


def test_the_second_mirror_helps_when_the_first_is_broken(start_mirror, folder):
    broken, good = start_mirror(), start_mirror()
    broken.answer("/numbers.gz", COMPRESSED[:300])
    good.answer("/numbers.gz", COMPRESSED)
    assert download(FILE, [broken.address, good.address], folder) == good.address
    assert broken.requests == good.requests == ["/numbers.gz"]
    assert (folder / "numbers").read_bytes() == CONTENT


def test_the_second_mirror_is_not_asked_when_the_first_delivers(start_mirror, folder):
    first, second = start_mirror(), start_mirror()
    first.answer("/numbers.gz", COMPRESSED)
    download(FILE, [first.address, second.address], folder)
    assert second.requests == []


def test_every_address_is_listed_with_its_reason_when_all_fail(mirror, folder):
    with socket.create_server(("127.0.0.1", 0)) as closed_again:
        nobody = f"http://127.0.0.1:{closed_again.getsockname()[1]}"
    with pytest.raises(DownloadError) as error:
        download(FILE, [f"{mirror.address}/", nobody], folder)
    lines = str(error.value).splitlines()
    assert lines[0] == f"  {mirror.address}/numbers.gz: HTTP 404 Not Found"
    assert lines[1].startswith(f"  {nobody}/numbers.gz: ")
    assert "refused" in lines[1]
    assert len(lines) == 2


@pytest.mark.parametrize("interruption", [OSError("no space left"), KeyboardInterrupt()])
def test_an_interrupted_move_leaves_the_folder_empty(mirror, folder, monkeypatch, interruption):
    def fail(*_):
        raise interruption

    mirror.answer("/numbers.gz", COMPRESSED)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((OSError, KeyboardInterrupt)):
        download(FILE, [mirror.address], folder)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_explained_error(mirror, tmp_path):
    (tmp_path / "file").touch()
    mirror.answer("/numbers.gz", COMPRESSED)
    with pytest.raises(OSError, match=r"must be writable(?s:.)*XDG_CACHE_HOME") as error:
        download(FILE, [mirror.address], tmp_path / "file" / "folder")
    assert f"Where: {tmp_path / 'file' / 'folder'}" in str(error.value)


def test_an_old_file_is_replaced(mirror, folder):
    folder.mkdir()
    (folder / "numbers").write_bytes(b"old")
    mirror.answer("/numbers.gz", COMPRESSED)
    download(FILE, [mirror.address], folder)
    assert (folder / "numbers").read_bytes() == CONTENT


def test_the_file_has_the_permissions_of_any_new_file(mirror, folder):
    mirror.answer("/numbers.gz", COMPRESSED)
    download(FILE, [mirror.address], folder)
    (folder / "another").touch()
    assert (folder / "numbers").stat().st_mode == (folder / "another").stat().st_mode
