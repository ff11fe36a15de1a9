"""Path rules: what names a file below the folder, and every way out that anyone has thought of."""

from __future__ import annotations

import os
import random

import pytest

from netio.http import HTTPError
from netio.files import Root
from netio.files.names import is_windows_name
from netio.http.static.paths import PathError, decode_name, is_hidden, name_as_text, quote_path, split_path

OUT = [
    "/..",
    "/../",
    "/../etc/passwd",
    "/a/../b",
    "/a/..",
    "/%2e%2e/etc/passwd",
    "/%2E./x",
    "/.%2e/x",
    "/a/./b",
    "/.",
    "/%2e",
    "/a\\..\\b",
    "/..\\..\\windows",
    "/%5c..%5c",
    "/..%2f..%2fetc",
    "/..%5c..",
    "/%2f%2fevil",
    "/a%00.txt",
    "/%00",
    "/.git/config",
    "/a/.htpasswd",
    "/%2egit/config",
    "//.git",
    "relative",
    "",
    "*",
    "http://x/../y",
]


@pytest.mark.parametrize("path", OUT)
def test_no_way_out(path):
    with pytest.raises(PathError) as caught:
        split_path(path, windows=False)
    assert caught.value.status in (400, 404)


@pytest.mark.parametrize("path", ["/%", "/%2", "/%zz", "/a%g0", "/%%32"])
def test_malformed_escapes_are_refused(path):
    with pytest.raises((PathError, HTTPError)) as caught:
        split_path(path)
    assert caught.value.status == 400


def test_decoding_happens_once():
    assert split_path("/%252e%252e/%2525") == ["%2e%2e", "%25"]
    assert split_path("/a+b/c%20d") == ["a+b", "c d"]


def test_overlong_utf8_is_no_slash():
    if os.name == "nt":
        with pytest.raises(PathError):
            split_path("/..%c0%af..")
    else:
        assert split_path("/..%c0%af..", hidden=True) == ["..\udcc0\udcaf.."]


def test_hidden_names_can_be_allowed():
    assert split_path("/.well-known/x", hidden=True) == [".well-known", "x"]
    with pytest.raises(PathError):
        split_path("/../x", hidden=True)


@pytest.mark.parametrize(
    "name",
    [
        "NUL",
        "nul",
        "con.txt",
        "Aux.tar.gz",
        "COM1",
        "lpt9.html",
        "com¹",
        "CONIN$",
        "NUL .txt",
        "a.",
        "a ",
        "a.txt..",
        "c:",
        "c:x",
        "a:b",
        "a.txt::$DATA",
        "a?",
        "a*",
        "a|b",
        "<",
        ">",
        'a"',
        "a\x1f",
        "a\n",
    ],
)
def test_windows_tricks_are_refused_on_windows(name):
    assert not is_windows_name(name)
    escaped = "/" + "".join(f"%{byte:02x}" for byte in name.encode())
    with pytest.raises(PathError) as caught:
        split_path(escaped, windows=True)
    assert caught.value.status == 404


@pytest.mark.parametrize("name", ["a", "console", "nulls.txt", "a.b.c", "com", "com10", "lpt", "文件.txt", "a b"])
def test_ordinary_names_are_good_on_windows(name):
    assert is_windows_name(name)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_elsewhere_those_names_are_ordinary():
    assert split_path("/con.txt/a:b/c.", windows=False) == ["con.txt", "a:b", "c."]


def test_a_redirect_never_leads_to_another_host():
    for path in ("//evil.example", "///evil.example", "//evil.example//x//", "/evil%2eexample"):
        location = quote_path(split_path(path), folder=True)
        assert location.startswith("/") and not location.startswith("//") and "\\" not in location
    assert quote_path(["\\evil"], folder=True) == "/%5Cevil/"


def test_quote_and_split_are_inverse():
    numbers = random.Random(5)
    letters = "ab %?#&;+=:@é你😀'\"<>~"
    for _ in range(300):
        names = ["x" + "".join(numbers.choices(letters, k=numbers.randint(0, 8))) for _ in range(numbers.randint(1, 4))]
        assert split_path(quote_path(names), windows=False) == names


def test_fuzzed_paths_give_plain_names_or_a_path_error():
    numbers = random.Random(7)
    alphabet = [
        "/",
        "%",
        ".",
        "..",
        "%2e",
        "%2f",
        "%5c",
        "\\",
        "a",
        "%00",
        "%c0",
        "é",
        ":",
        "CON",
        " ",
        "%e4%bd%a0",
        "~1",
    ]
    for _ in range(5000):
        path = "/" + "".join(numbers.choices(alphabet, k=numbers.randint(0, 12)))
        for windows in (False, True):
            try:
                names = split_path(path, windows=windows)
            except (PathError, HTTPError) as error:
                assert error.status in (400, 404)
                continue
            for name in names:
                assert name and name not in (".", "..") and not set("/\\\0") & set(name) and name[0] != "."


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_bytes_that_are_no_utf8_name_the_file_of_those_bytes():
    assert os.fsencode(decode_name("caf%E9")) == b"caf\xe9"


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "root-beside").mkdir()
    (root / "inner" / "a.txt").write_text("a")
    (root / ".hidden").write_text("h")
    return os.path.realpath(root)


def link(target, path):
    try:
        os.symlink(target, path)
    except (OSError, NotImplementedError):
        pytest.skip("no symbolic links here")
    if not os.path.islink(path):
        pytest.skip("links are made, but not told apart (Wine)")


@pytest.mark.parametrize("target", ["../secret.txt", "..", "/", "../root-beside", "inner/../../secret.txt"])
def test_links_that_lead_out_are_refused(tree, target):
    link(target, os.path.join(tree, "out"))
    with pytest.raises(FileNotFoundError):
        Root(tree, hide=is_hidden).open("out")


def test_links_inside_are_followed(tree):
    link(os.path.join("inner", "a.txt"), os.path.join(tree, "in"))
    with Root(tree, hide=is_hidden).open("in") as file:
        assert file.read() == b"a"


def test_a_link_does_not_uncover_what_is_hidden(tree):
    link(".hidden", os.path.join(tree, "seen"))
    with pytest.raises(FileNotFoundError):
        Root(tree, hide=is_hidden).open("seen")
    with Root(tree).open("seen") as file:
        assert file.read() == b"h"


def test_a_loop_of_links_names_nothing(tree):
    link("loop", os.path.join(tree, "loop"))
    with pytest.raises(OSError):
        Root(tree, hide=is_hidden).open("loop")


@pytest.mark.parametrize("encoding, data, shown", [
    ("utf-8", "说明.txt".encode(), "说明.txt"), ("ascii", "说明.txt".encode(), "说明.txt"),
    ("gbk", "说明.txt".encode(), "说明.txt"), ("gbk", "说明.txt".encode("gbk"), "说明.txt"),
    ("utf-8", b"caf\xe9", "caf\ufffd"), ("gbk", b"caf\xe9", "caf\ufffd"),
])
def test_a_name_is_shown_as_text_whatever_names_are_encoded_in(monkeypatch, encoding, data, shown):
    monkeypatch.setattr(os, "fsencode", lambda name: name.encode(encoding, "surrogateescape"))
    assert name_as_text(data.decode(encoding, "surrogateescape")) == shown
