"""Names of peers made safe, on every platform at once."""
from __future__ import annotations

import pytest

from netio import files
from netio.files.names import is_windows_name

from ..fuzzing import rounds


@pytest.mark.parametrize("name", ["CON", "con.txt", "Aux .log", "nul", "COM1", "lpt¹.x", "conin$", "CONOUT$.txt", "a.",
                                  "a ", "", "a:b", "a/b", "a\\b", "a\x1fb", "what?", "*"])
def test_what_windows_takes_for_something_else(name):
    assert not is_windows_name(name)
    assert is_windows_name(files.safe_filename(name))


@pytest.mark.parametrize("name", ["a.txt", "console", "COM10", "猫.png", ".bashrc", "a b", "com"])
def test_what_windows_takes_as_it_is(name):
    assert is_windows_name(name)


@pytest.mark.parametrize("peers, ours", [
    ("a.txt", "a.txt"), ("/etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("", "_"), (".", "_"),
    ("...", "_"), ("CON", "_CON"), ("com1.tar.gz", "_com1.tar.gz"), ("a:b", "a_b"), ("x\n\x1b[31m", "x__[31m"),
    ("~", "~"), ("猫.png", "猫.png"),
    (".part", "_part"), ("dir/", "_"), ("a\u202egnp.exe", "a_gnp.exe"),
])
def test_safe_name(peers, ours):
    assert files.safe_filename(peers) == ours


@pytest.mark.parametrize("name", ["猫" * 300 + ".png", "x" * 300, "." + "x" * 300, "a." + "b" * 300])
def test_long_names_are_cut_at_a_character(name):
    short = files.safe_filename(name)
    assert len(short.encode()) <= 200 and short.endswith(".png") == name.endswith(".png")


@rounds(500)
def test_whatever_a_peer_calls_its_file_the_name_is_plain_and_stays_as_it_is(rounds, rng):
    pieces = ["CON", "nul", "COM1", "LPT¹", "conin$", ".", "..", " ", " " * 200, "/", "\\", ":", "a", "x" * 160,
              "猫" * 60, ".txt", "\0", "\u202e", "\ud800", "\xa0", "\u3000", "~"]
    for _ in range(rounds):
        peers = "".join(rng.choices(pieces, k=rng.randrange(7)))
        name = files.safe_filename(peers)
        assert is_windows_name(name) and name[0] != "." and len(name.encode()) <= 200, (peers, name)
        assert files.safe_filename(name) == name, (peers, name)
