"""Folders as zip files, made while they are sent."""

from __future__ import annotations

import errno
import io
import os
import zipfile

import pytest

from netio.files.contents import open_plain
from netio.http.static import zipping
from netio.http.static.zipping import MAX_DEPTH, zip_folder

from .conftest import BIG, Asker


def unzip(pieces):
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_visible_is_in_it(site):
    found = unzip(zip_folder(str(site)))
    assert (
        found["中文 名.txt"].decode() == "内容"
        and found["big.bin"] == BIG
        and found["empty.txt"] == b""
        and found["emptydir/"] == b""
    )
    assert "docs/deep/er/x.css" in found and not [name for name in found if "hidden" in name or ".git" in name]
    assert ".git/config" in unzip(zip_folder(str(site), hidden=True))


def test_text_is_compressed_and_pictures_are_not(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a" * 10_000)
    (tmp_path / "a.png").write_bytes(b"a" * 10_000)
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_folder(str(tmp_path))))) as archive:
        assert archive.getinfo("a.txt").compress_size < 1000 and archive.getinfo("a.png").compress_size == 10_000


def test_an_empty_folder(tmp_path):
    assert unzip(zip_folder(str(tmp_path))) == {}


@pytest.mark.parametrize("seconds", [0, 100_000_000, 5_000_000_000])
def test_times_that_zip_does_not_know(tmp_path, seconds):
    (tmp_path / "a").write_bytes(b"x")
    os.utime(tmp_path / "a", (seconds, seconds))
    assert unzip(zip_folder(str(tmp_path))) == {"a": b"x"}


@pytest.mark.parametrize("seconds, year", [(328_000_000, 1980), (4_338_000_000, 2107)])
def test_the_first_and_the_last_year_that_zip_knows(tmp_path, seconds, year):
    (tmp_path / "a").write_bytes(b"x")
    os.utime(tmp_path / "a", (seconds, seconds))
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_folder(str(tmp_path))))) as archive:
        assert archive.infolist()[0].date_time[:2] in {(year, 5), (year, 6)}


def test_little_is_in_memory_at_a_time(tmp_path):
    (tmp_path / "a.bin").write_bytes(os.urandom(3_000_000))
    pieces = [len(piece) for piece in zip_folder(str(tmp_path))]
    assert len(pieces) > 5 and max(pieces) < 600_000


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_left_out(site, tmp_path):
    (tmp_path / "secret").write_bytes(b"s")
    (site / "link").symlink_to(tmp_path / "secret")
    (site / "loop").symlink_to(site)
    assert not [name for name in unzip(zip_folder(str(site))) if name.startswith(("link", "loop"))]


def test_a_file_that_vanishes_breaks_the_archive_off(site):
    pieces = zip_folder(str(site))
    next(pieces)
    (site / "plus+percent%20.txt").unlink()
    with pytest.raises(OSError):
        list(pieces)


def test_a_file_of_which_nothing_is_told_is_closed(site, monkeypatch):
    opened = []

    def fail(descriptor):
        monkeypatch.undo()  # pytest looks at files, too
        raise OSError(errno.EIO, "Input/output error")

    def open_it(folder, name):
        opened.append(open_plain(folder, name))
        monkeypatch.setattr(os, "fstat", fail)
        return opened[-1]

    monkeypatch.setattr(zipping, "open_plain", open_it)
    with pytest.raises(OSError, match="Input/output"):
        list(zip_folder(str(site)))
    assert [file.closed for file in opened] == [True]


def test_through_the_application(site):
    response = Asker(site, zipped=True)("/docs/?format=zip")
    assert response.header("Content-Type") == "application/zip" and "filename*=UTF-8''docs.zip" in response.header(
        "Content-Disposition"
    )
    assert unzip([response.body]) == {"readme.md": b"# readme", "deep/er/x.css": b"a{}"}


@pytest.mark.skipif(os.name == "nt", reason="a path of Windows is too short for so many folders")
def test_a_deep_tree_takes_no_recursion_and_has_a_limit(tmp_path):
    deep = tmp_path / "deep"
    deep.joinpath(*["n"] * MAX_DEPTH).mkdir(parents=True)
    (name,) = unzip(zip_folder(deep))
    assert name == "n/" * MAX_DEPTH
    deep.joinpath(*["n"] * (MAX_DEPTH + 1)).mkdir()
    with pytest.raises(OSError, match="more than 200"):
        list(zip_folder(deep))
