"""Uploads: whole files or none, in their place in one step, and nobody else's."""

from __future__ import annotations

import contextlib
import os
import sys

import pytest

from netio import tcp
from netio.concurrency import available_models
from netio.files.folders import OpenFolder
from netio.http import HTTPError, HTTPServer, StaticFiles
from netio.http.forms import FormError
from netio.http.static.receiving import Upload
from netio.http.static.uploads import FormFiles, upload_name

from tests.waiting import wait_until

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


def test_what_one_worker_was_sent_another_serves_at_once(site):
    workers = [Asker(site, max_upload=1000) for _ in range(2)]
    for content in (b"first", b"other"):
        assert workers[1]("/hello.txt").status == 200  # is kept there now
        assert workers[0]("/hello.txt", "PUT", content).status == 204
        assert workers[1]("/hello.txt").body == workers[0]("/hello.txt").body == content


def test_nor_does_a_worker_recall_what_another_has_replaced(site):
    workers = [Asker(site, max_upload=1000) for _ in range(2)]
    for content in (b"first", b"other", b"third"):
        assert workers[1].app.recall("/docs/readme.md").status == 200
        assert workers[0]("/docs/readme.md", "PUT", content).status == 204
        assert workers[1].app.recall("/docs/readme.md").body == content


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
    assert ask("/out", "PUT", b"x").status == ask("/outdir/y", "PUT", b"x").status == 409
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
    assert upload_name(given) == name


def test_a_full_disk(ask, site, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert ask("/x", "PUT", b"x").status == 507 and not (site / "x").exists() and not leftovers(site)


def begin(ask, method, target, **headers):
    """Open an upload, as a server does when a head has come; return (what its body is written to, its finish)."""
    from netio.http import Request
    from netio.http.messages import Headers

    fields = Headers([("Host", "localhost"), *((name.replace("_", "-"), value) for name, value in headers.items())])
    request = Request(method, target, (1, 1), fields, None, None)
    upload = request.body = ask.app.open_body(request)

    def finish():
        try:
            return ask.app(request).status
        except HTTPError as error:
            return error.status

    return upload, finish


@pytest.mark.parametrize("headers, statuses, left", [
    ({}, (204, 204), b"second"),
    ({"If_Match": "*"}, (204, 204), b"second"),
    ({"If_Match": "ETAG"}, (204, 412), b"first"),
    ({"If_None_Match": '"another"'}, (204, 412), b"first"),
    ({"If_Unmodified_Since": "Fri, 01 Jan 2038 00:00:00 GMT"}, (204, 412), b"first"),
])
def test_conditions_are_judged_when_the_file_takes_its_place(ask, site, headers, statuses, left):
    etag = ask("/hello.txt").header("ETag")
    headers = {name: value.replace("ETAG", etag) for name, value in headers.items()}
    (one, end_one), (two, end_two) = (begin(ask, "PUT", "/hello.txt", **headers) for _ in range(2))
    one.write(b"first")
    two.write(b"second")
    assert (end_one(), end_two()) == statuses
    assert (site / "hello.txt").read_bytes() == left and not leftovers(site)


def test_of_two_new_files_one_is_refused(ask, site):
    (one, end_one), (two, end_two) = (begin(ask, "PUT", "/new.txt", If_None_Match="*") for _ in range(2))
    one.write(b"first")
    two.write(b"second")
    assert (end_two(), end_one()) == (201, 412) and (site / "new.txt").read_bytes() == b"second"
    upload, finish = begin(ask, "PUT", "/new.txt", If_Match="*")
    (site / "new.txt").unlink()
    assert finish() == 412 and not (site / "new.txt").exists() and not leftovers(site)


def test_of_two_forms_with_one_name_the_second_saves_nothing(ask, site):
    (one, end_one), (two, end_two) = (begin(ask, "POST", "/docs/", Content_Type=FORM) for _ in range(2))
    one.write(encode([("f", "a.txt", b"first"), ("f", "b.txt", b"first")]))
    two.write(encode([("f", "c.txt", b"second"), ("f", "a.txt", b"second"), ("f", "d.txt", b"second")]))
    assert (end_one(), end_two()) == (303, 409)
    assert sorted(os.listdir(site / "docs")) == ["a.txt", "b.txt", "deep", "readme.md"] and not leftovers(site)
    assert (site / "docs" / "a.txt").read_bytes() == b"first"


def test_a_form_whose_second_file_cannot_be_put_in_place_saves_none(ask, site, monkeypatch):
    upload, finish = begin(ask, "POST", "/docs/", Content_Type=FORM)
    upload.write(encode([("f", "a.txt", b"A"), ("f", "b.txt", b"B")]))
    original, calls = OpenFolder.rename_new, []

    def rename_new(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return original(*arguments, **options)

    monkeypatch.setattr(OpenFolder, "rename_new", rename_new)
    assert finish() == 507 and sorted(os.listdir(site / "docs")) == ["deep", "readme.md"]


@pytest.mark.parametrize("head, status", [
    (b"Content-Disposition: form-data; name=f; filename*=UTF-8''%E7%8C%AB.txt", 400),
    (b"Content-Disposition: form-data; name=f;\r\n filename=a.txt", 400),
    (b"Content-Disposition: form-data; name=f; filename=a.txt\r\nX: y\r\n\tz", 400),
    (b"Content-Disposition: form-data; name=f; filename=a.txt\r\nContent-Transfer-Encoding: base64", 400),
    (b"Content-Disposition: form-data; name=f; filename=a\r\nContent-Disposition: form-data; name=f; filename=b", 400),
    (b"Content-Disposition: form-data; name=f", 400),
    (b'Content-Disposition: form-data; name=f; filename=""', 400),
    (b"Content-Disposition: attachment; filename=a.txt", 400),
    (b"X: y", 400),
    ("Content-Disposition: form-data; name=f; filename=\"a\u202etxt.exe\"".encode(), 400),
    ("Content-Disposition: form-data; name=f; filename=\"a\u2028b\"".encode(), 400),
    (b"Content-Disposition: form-data; name=f; filename=\"a\x1bb\"", 400),
    (b"Content-Disposition: form-data; name=f; filename=a.txt\r\nContent-Transfer-Encoding: 8bit", 303),
    (b"content-disposition:form-data;name=f;filename=a.txt", 303),
])
def test_what_is_not_understood_is_refused_and_not_dropped(ask, site, head, status):
    before = sorted(site.rglob("*"))
    body = b"--BoUnD\r\n" + head + b"\r\n\r\nhomework\r\n--BoUnD--\r\n"
    assert ask("/docs/", "POST", body, Content_Type=FORM).status == status
    assert status == 303 or sorted(site.rglob("*")) == before


def test_a_form_without_a_file_is_refused(ask, site):
    for parts in ([], [("note", None, b"x")], [("f", "", b"")]):
        assert ask("/docs/", "POST", encode(parts), Content_Type=FORM).status == 400


def count_open(folder):
    """Return how many descriptors are of the folder or of what is in it; 0 where the system does not say."""
    count = 0
    for number in os.listdir("/proc/self/fd") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):  # a thread of another test has closed it
            count += os.readlink(f"/proc/self/fd/{number}").startswith(str(folder))
    return count


def test_a_form_of_many_files_takes_few_descriptors_and_has_a_limit(ask, site):
    upload, finish = begin(ask, "POST", "/docs/", Content_Type=FORM)
    upload._left = upload.max_body = 1 << 20
    body = encode([("f", f"{number}.txt", b"x") for number in range(1001)])
    upload.write(body[:60_000])
    assert count_open(site) <= 4
    with pytest.raises(HTTPError) as refused:
        upload.write(body[60_000:])
    assert refused.value.status == 413
    upload.close()
    assert sorted(os.listdir(site / "docs")) == ["deep", "readme.md"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_file_keeps_its_mode_and_is_private_while_it_is_written(ask, site):
    (site / "hello.txt").chmod(0o600)
    upload, finish = begin(ask, "PUT", "/hello.txt")
    upload.write(b"x")
    assert leftovers(site)[0].stat().st_mode & 0o777 == 0o600
    assert finish() == 204 and (site / "hello.txt").stat().st_mode & 0o777 == 0o600


def test_a_name_with_control_characters_is_refused(ask, site):
    before = sorted(site.rglob("*"))
    for name in ("a%0db", "a%1b%5b31m", "a%E2%80%AEtxt.exe", "a%C2%85b", "%E2%80%A8"):
        assert ask("/" + name, "PUT", b"x").status in ((400,) if os.name != "nt" else (400, 404))
    assert sorted(site.rglob("*")) == before


@pytest.mark.parametrize("method, target, headers, done", [
    ("PUT", "/new.txt", {}, 201), ("PUT", "/hello.txt", {}, 204), ("POST", "/docs/", {"Content_Type": FORM}, 303)])
def test_the_folder_is_on_the_disk_before_the_answer(ask, site, monkeypatch, method, target, headers, done):
    order = []
    sync = OpenFolder.sync
    monkeypatch.setattr(OpenFolder, "sync", lambda folder: order.append("folder") or sync(folder))
    upload, finish = begin(ask, method, target, **headers)
    upload.write(encode([("f", "new.txt", b"x")]) if method == "POST" else b"x")
    assert finish() == done and order == ["folder"]

    def fails(folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(OpenFolder, "sync", fails)
    assert ask("/other.txt", "PUT", b"x").status == 507 and (site / "other.txt").exists()


def test_a_bug_of_ours_is_no_fault_of_the_client(ask, site, monkeypatch):
    def bug(*arguments):
        raise ValueError("a bug")

    upload, finish = begin(ask, "PUT", "/new.txt")
    monkeypatch.setattr(upload._sink, "write", bug)
    with pytest.raises(ValueError, match="a bug"):
        upload.write(b"x")
    upload.close()
    monkeypatch.setattr("netio.http.static.receiving.file_etag", bug)
    with pytest.raises(ValueError, match="a bug"):
        ask("/new.txt", "PUT", b"x")
    assert not leftovers(site) and not (site / "new.txt").exists()


def test_what_a_killed_server_has_left_is_removed_at_the_next_start(ask, site):
    left, form = (site / "docs" / f".0123456789abcdef{end}" for end in (".part", ".fedcba9876543210.part"))
    kept = site / ".0123456789.part"
    for path in (left, form, kept):
        path.write_bytes(b"half")
        os.utime(path, (1e9, 1e9))
    Asker(site)
    assert left.exists()  # who takes no uploads removes nothing
    Asker(site, max_upload=1)
    assert not left.exists() and not form.exists() and kept.exists()


def test_a_server_that_starts_takes_no_living_upload_of_another_one(ask, site):
    file, finish_file = begin(ask, "PUT", "/docs/new.txt")
    file.write(b"whole")
    parts = [(f"f{number}", f"{number}.bin", b"x" * number) for number in range(3)]
    body = encode(parts)
    form, finish_form = begin(ask, "POST", "/docs/", Content_Type=FORM)
    form.write(body[:-1])
    for path in leftovers(site):  # however long they take
        os.utime(path, (1e9, 1e9)) if os.name != "nt" else None
    Asker(site, max_upload=1)
    form.write(body[-1:])
    assert finish_file() == 201 and finish_form() == 303
    assert not leftovers(site) and (site / "docs" / "2.bin").read_bytes() == b"xx"


def test_an_incomplete_upload_is_never_served(site):
    ask = Asker(site, max_upload=100, hidden=True)
    upload, finish = begin(ask, "PUT", "/new.txt")
    upload.write(b"x")
    name = leftovers(site)[0].name
    assert ask("/" + name).status == 404 and name.encode() not in ask("/?format=json").body
    upload.close()


def test_a_form_has_so_many_parts_and_no_more(tmp_path):
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n'
    with contextlib.closing(FormFiles(str(tmp_path), b"b", max_parts=3)) as files:
        assert files.write(part * 3) == len(part) * 3
        with pytest.raises(FormError, match="too many parts") as refused:
            files.write(part)
    assert refused.value.status == 413


def test_sinks_close_twice(tmp_path):
    files = FormFiles(str(tmp_path), b"b")
    files.close()
    files.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("model", [model for model in available_models() if model != "iterative"])
def test_a_server_that_ends_in_the_midst_of_an_upload_leaves_nothing(model, tmp_path):
    app = StaticFiles(tmp_path, max_upload=1000)
    with HTTPServer("127.0.0.1", 0, app, model=model) as server:
        server.start()
        with tcp.connect(server.address) as sock:
            sock.sendall(b"PUT /new.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
            wait_until(lambda: os.listdir(tmp_path))
            server.close()
            assert os.listdir(tmp_path) == []
