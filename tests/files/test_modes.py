"""Every claim of `explain_mode` is put to `open` itself."""
from __future__ import annotations

import itertools

import pytest

from netio.files import explain_mode
from netio.files.modes import MODES

ALL = [*MODES, "x", "xb", "x+", "xb+", "rt", "br+", "+rb"]


@pytest.mark.parametrize("mode", ALL)
def test_a_missing_file(tmp_path, mode):
    path = tmp_path / "missing"
    if explain_mode(mode).missing == "fails":
        with pytest.raises(FileNotFoundError):
            open(path, mode)
        assert not path.exists()
    else:
        open(path, mode).close()
        assert path.read_bytes() == b""


@pytest.mark.parametrize("mode", ALL)
def test_an_existing_file(sample, mode):
    path = sample(b"hello")
    explained = explain_mode(mode)
    if explained.existing == "fails":
        with pytest.raises(FileExistsError):
            open(path, mode)
    else:
        open(path, mode).close()
    assert path.read_bytes() == (b"" if explained.existing == "empties" else b"hello")


@pytest.mark.parametrize("mode", [mode for mode in ALL if "x" not in mode])
def test_where_it_starts_and_what_it_gives(sample, mode):
    explained = explain_mode(mode)
    with open(sample(b"hello"), mode) as file:
        end = file.seek(0, 2)
    with open(sample(b"hello"), mode) as file:
        assert file.tell() == (end if explained.starts == "end" else 0)
        assert file.readable() == explained.reads and file.writable() == (explained.writes != "nowhere")
        if explained.reads:
            assert isinstance(file.read(), bytes if explained.binary else str)


@pytest.mark.parametrize("mode", [mode for mode in ALL if "x" not in mode])
def test_where_it_writes(sample, mode):
    explained = explain_mode(mode)
    path = sample(b"hello")
    with open(path, mode) as file:
        if explained.writes == "nowhere":
            with pytest.raises(OSError):
                file.write(b"J" if explained.binary else "J")
            return
        file.seek(0)
        file.write(b"J" if explained.binary else "J")
    before = b"" if explained.existing == "empties" else b"hello"
    assert path.read_bytes() == (before + b"J" if explained.writes == "at the end" else b"J" + before[1:])


def test_whatever_open_refuses_is_refused(sample):
    path = sample(b"")
    for length in range(4):
        for letters in itertools.product("rwabt+", repeat=length):
            mode = "".join(letters)
            try:
                open(path, mode).close()
            except ValueError:
                with pytest.raises(ValueError, match="no mode of open"):
                    explain_mode(mode)
            else:
                assert explain_mode(mode).mode == mode


@pytest.mark.parametrize("mode", ALL)
def test_the_sentences_name_the_mode(mode):
    assert str(explain_mode(mode)).startswith(f"{mode}: ") and explain_mode(mode).chinese.startswith(f"{mode}：")
