"""Uploads: whole files or none, in their place in one step, and nobody else's."""

from __future__ import annotations

import os

import pytest

from netio.http.static.receiving import Upload
from netio.http.static.uploads import FormFiles, PartialFile, safe_filename

from .conftest import Asker
from .test_forms import encode

FORM = "multipart/form-data; boundary=BoUnD"


@pytest.fixture
def ask(site):
    return Asker(site, max_upload=1000)


def leftovers(site):
    return [path for path in site.rglob("*.part")]


def test_put_makes_and_replaces(ask, site):
    made = ask("/new%20file.txt", "PUT", b"one")
    assert (made.status, made.header("Location")) == (201, "/new%20file.txt")
    assert ask("/new%20file.txt").body == b"one"
    replaced = ask("/new%20file.txt", "PUT", b"two")
    assert replaced.status == 204 and replaced.header("ETag") == ask("/new%20file.txt").header("ETag")
    assert ask("/new%20file.txt").body == b"two" and not leftovers(site)


def test_put_of_an_empty_file(ask, site):
    assert ask("/none", "PUT").status == 201 and (site / "none").read_bytes() == b""


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"If_None_Match": "*"}, 412),
        ({"If_Match": '"x"'}, 412),
        ({"If_Match": "*"}, 204),
        ({"If_Unmodified_Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 412),
        ({"Content_Range": "bytes 0-0/5"}, 400),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 204),
    ],
)
def test_put_by_conditions(ask, site, headers, status):
    assert ask("/hello.txt", "PUT", b"new", **headers).status == status
    assert (site / "hello.txt").read_bytes() == (b"new" if status == 204 else b"hello, world\n") and not leftovers(site)


@pytest.mark.parametrize(
    "target, status",
    [
        ("/", 400),
        ("/docs", 409),
        ("/docs/", 400),
        ("/missing/x", 409),
        ("/hello.txt/x", 409),
        ("/../x", 400),
        ("/.hidden2", 404),
        ("/%2e%2e%2fx", 404),
        ("/a%00", 400),
    ],
)
def test_put_where_nothing_can_be(ask, site, target, status):
    before = sorted(site.rglob("*"))
    assert ask(target, "PUT", b"x").status == status
    assert sorted(site.rglob("*")) == before


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_put_through_a_link_that_leads_out(ask, site, tmp_path):
    (tmp_path / "outside.txt").write_bytes(b"safe")
    (site / "out").symlink_to(tmp_path / "outside.txt")
    (site / "outdir").symlink_to(tmp_path)
    assert ask("/out", "PUT", b"x").status == ask("/outdir/y", "PUT", b"x").status == 404
    assert (tmp_path / "outside.txt").read_bytes() == b"safe" and not (tmp_path / "y").exists()


def test_more_than_the_limit_is_refused_and_nothing_is_left(ask, site):
    assert ask("/x", "PUT", b"x" * 1000).status == 201
    assert ask("/y", "PUT", b"y" * 1001).status == 413
    request = ask.app.open_body.__self__  # the limit holds for a body whose length is not told, too
    upload = request._receiver.open(_chunked("/z"))
    with pytest.raises(Exception, match="413"):
        for _ in range(11):
            upload.write(b"z" * 100)
    upload.close()
    assert not (site / "y").exists() and not (site / "z").exists() and not leftovers(site)


def _chunked(target):
    from netio.http import Request

    return Request("PUT", target, length=None)


def test_a_client_that_vanishes_leaves_what_was_there(ask, site):
    upload = ask.app.open_body(_chunked("/hello.txt"))
    assert isinstance(upload, Upload)
    upload.write(b"half")
    assert (
        (site / "hello.txt").read_bytes() == b"hello, world\n"
        and leftovers(site)
        and ask("/" + leftovers(site)[0].name).status == 404
    )
    upload.close()
    assert (site / "hello.txt").read_bytes() == b"hello, world\n" and not leftovers(site)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_uploads_have_the_permissions_of_any_new_file(ask, site):
    mask = os.umask(0o027)
    try:
        ask("/x", "PUT", b"x")
    finally:
        os.umask(mask)
    assert (site / "x").stat().st_mode & 0o777 == 0o640


def test_a_form_with_files(ask, site):
    body = encode(
        [("file", "a.txt", b"A" * 100), ("note", None, b"ignored"), ("file", "猫.txt", b"B"), ("file", "", b"")]
    )
    response = ask("/docs/", "POST", body, Content_Type=FORM)
    assert (response.status, response.header("Location")) == (303, "/docs/")
    assert (
        (site / "docs" / "a.txt").read_bytes() == b"A" * 100
        and (site / "docs" / "猫.txt").read_bytes() == b"B"
        and not leftovers(site)
    )


@pytest.mark.parametrize(
    "parts, status",
    [
        ([("f", "new.txt", b"x"), ("f", "readme.md", b"x")], 409),
        ([("f", "new.txt", b"x"), ("f", "new.txt", b"y")], 409),
        ([("f", "new.txt", b"x"), ("f", ".htaccess", b"y")], 400),
        ([("f", "new.txt", b"x"), ("f", "NUL.txt", b"y")], 400),
        ([("f", "new.txt", b"x"), ("f", "..", b"y")], 400),
        ([("f", "new.txt", b"x"), ("f", "a" * 300, b"y")], 400),
        ([("f", "new.txt", b"x" * 2000)], 413),
    ],
)
def test_of_a_form_all_files_are_saved_or_none(ask, site, parts, status):
    before = sorted(site.rglob("*"))
    assert ask("/docs/", "POST", encode(parts), Content_Type=FORM).status == status
    assert sorted(site.rglob("*")) == before and (site / "docs" / "readme.md").read_bytes() == b"# readme"


@pytest.mark.parametrize(
    "target, body, kind, status",
    [
        ("/docs/", b"a=b", "application/x-www-form-urlencoded", 400),
        ("/docs/", b"", FORM, 400),
        ("/docs/", encode([("f", "x", b"1")])[:-8], FORM, 400),
        ("/hello.txt", encode([("f", "x", b"1")]), FORM, 409),
        ("/missing/", encode([("f", "x", b"1")]), FORM, 409),
    ],
)
def test_a_form_that_cannot_be_taken(ask, site, target, body, kind, status):
    before = sorted(site.rglob("*"))
    assert ask(target, "POST", body, Content_Type=kind).status == status
    assert sorted(site.rglob("*")) == before


def test_a_form_of_another_site(ask, site):
    assert (
        ask("/docs/", "POST", encode([("f", "x", b"1")]), Content_Type=FORM, Origin="http://evil.example").status == 403
    )


@pytest.mark.parametrize(
    "given, name",
    [("a.txt", "a.txt"), ("/etc/passwd", "passwd"), ("..\\..\\a", "a"), ("C:\\x\\y.png", "y.png"), ("a b", "a b")],
)
def test_only_the_last_name_counts(given, name):
    assert safe_filename(given) == name


def test_a_full_disk(ask, site, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert ask("/x", "PUT", b"x").status == 507 and not (site / "x").exists() and not leftovers(site)


def test_sinks_close_twice(tmp_path):
    with PartialFile(str(tmp_path / "a")) as partial:
        partial.write(b"x")
        partial.commit()
        partial.close()
    files = FormFiles(str(tmp_path), b"b")
    files.close()
    files.close()
    assert os.listdir(tmp_path) == ["a"]
