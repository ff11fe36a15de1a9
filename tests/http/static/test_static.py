"""The application: each file, part, folder and refusal, asked for without a connection."""

from __future__ import annotations

import base64
import json
import os
import pickle
import random
import threading

import pytest

from netio.http import HTTPError, Request
from netio.http.messages import Headers
from netio.http.auth import BasicAuth, hash_password
from netio.http.mime import TYPES, content_type
from netio.files import Root
from netio.http.static.representation import Representation, SteadyFile, read_version
from netio.http.static.folder import StaticFiles

from .conftest import BIG, Asker


def test_a_file_comes_with_its_type_length_date_and_tag(ask):
    response = ask("/hello.txt")
    assert (response.status, response.body) == (200, b"hello, world\n")
    assert response.header("Content-Type") == "text/plain; charset=utf-8"
    assert response.header("Last-Modified") == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert response.header("ETag").startswith('"') and response.header("Accept-Ranges") == "bytes"


@pytest.mark.parametrize(
    "target, body",
    [
        ("/", "<!DOCTYPE html><title>首页</title>"),
        ("/%E4%B8%AD%E6%96%87%20%E5%90%8D.txt", "内容"),
        ("/plus+percent%2520.txt", "literal"),
        ("/empty.txt", ""),
        ("/docs/deep/er/x.css", "a{}"),
        ("//docs///readme.md", "# readme"),
        ("/hello.txt?v=3", "hello, world\n"),
        ("http://localhost/hello.txt", "hello, world\n"),
        ("/page/", "page"),
        ("/noext", "?"),
    ],
)
def test_targets_that_name_a_file(ask, target, body):
    for _ in range(2):  # the second time from memory
        response = ask(target)
        assert response.status == 200 and response.body.decode() == body


@pytest.mark.parametrize(
    "target, status",
    [
        ("/missing", 404),
        ("/hello.txt/", 404),
        ("/hello.txt/x", 404),
        ("/.hidden", 404),
        ("/.git/config", 404),
        ("/a/../hello.txt", 400),
        ("/..%2f", 404),
        ("/a%00", 400),
        ("/" + "x" * 300, 404),
        ("/docs/index.html", 404),
        ("/a%5cb", 404),
        ("*", 400),
    ],
)
def test_targets_that_name_nothing(ask, target, status):
    assert ask(target).status == status


def test_a_folder_without_its_slash_is_sent_there(ask):
    response = ask("/docs?x=1")
    assert (response.status, response.header("Location")) == (301, "/docs/?x=1")
    assert ask("//docs").header("Location") == "/docs/"


def test_head_and_conditions(ask):
    tag = ask("/hello.txt").header("ETag")
    assert ask("/hello.txt", "HEAD").status == 200
    same = ask("/hello.txt", If_None_Match=f'W/"x", {tag}')
    assert (same.status, same.body, same.header("ETag")) == (304, b"", tag)
    assert ask("/hello.txt", If_Modified_Since="Tue, 14 Nov 2023 22:13:20 GMT").status == 304
    assert ask("/hello.txt", If_Match='"other"').status == 412
    assert ask("/hello.txt", If_Unmodified_Since="Tue, 14 Nov 2023 22:13:19 GMT").status == 412


@pytest.mark.parametrize("name, data", [("hello.txt", b"hello, world\n"), ("big.bin", BIG)])
def test_parts(ask, name, data):
    size = len(data)
    response = ask(f"/{name}", Range="bytes=2-5")
    assert (response.status, response.body, response.header("Content-Range")) == (206, data[2:6], f"bytes 2-5/{size}")
    assert ask(f"/{name}", Range="bytes=-3").body == data[-3:]
    assert ask(f"/{name}", "HEAD", Range="bytes=2-5").status == 200  # ranges are for GET
    assert ask(f"/{name}", Range="bytes=2-5", If_Range='"other"').status == 200
    assert ask(f"/{name}", Range="bytes=2-5", If_Range=ask(f"/{name}").header("ETag")).status == 206
    beyond = ask(f"/{name}", Range=f"bytes={size}-")
    assert (beyond.status, beyond.header("Content-Range")) == (416, f"bytes */{size}")


@pytest.mark.parametrize("small", [0, 10**6])
def test_several_parts(site, small):
    response = Asker(site, small=small)("/big.bin", Range="bytes=0-3,1000-1003,-2")
    kind, _, boundary = response.header("Content-Type").partition("; boundary=")
    assert (response.status, kind) == (206, "multipart/byteranges")
    parts = response.body.split(f"\r\n--{boundary}".encode())
    assert parts[0] == b"" and parts[-1] == b"--\r\n"
    bodies = [part.partition(b"\r\n\r\n")[2] for part in parts[1:-1]]
    assert bodies == [BIG[0:4], BIG[1000:1004], BIG[-2:]]
    assert b"Content-Range: bytes 1000-1003/262144" in parts[2]


def test_parts_put_together_are_the_file(ask):
    numbers, found = random.Random(2), b""
    while len(found) < len(BIG):
        response = ask("/big.bin", Range=f"bytes={len(found)}-{len(found) + numbers.randint(0, 50000)}")
        assert response.status == 206
        found += response.body
    assert found == BIG


def test_a_compressed_file_goes_to_those_who_take_it(ask, site):
    plain, packed = ask("/app.js"), ask("/app.js", Accept_Encoding="br, gzip")
    assert plain.body == b"let a = 1;" * 50 and packed.body == (site / "app.js.gz").read_bytes()
    assert packed.header("Content-Encoding") == "gzip" and plain.header("Content-Encoding") is None
    assert plain.header("Vary") == packed.header("Vary") == "Accept-Encoding"
    assert plain.header("ETag") != packed.header("ETag")
    assert plain.header("Content-Type") == packed.header("Content-Type") == "text/javascript; charset=utf-8"
    assert ask("/app.js", Accept_Encoding="gzip", If_None_Match=packed.header("ETag")).status == 304
    assert ask("/app.js", Accept_Encoding="gzip", If_None_Match=plain.header("ETag")).status == 200


def test_a_compressed_file_as_old_as_the_file_is_taken(ask, site):
    os.utime(site / "app.js.gz", ns=(0, (site / "app.js").stat().st_mtime_ns))
    assert ask("/app.js", Accept_Encoding="gzip").header("Content-Encoding") == "gzip"


def test_a_compressed_file_older_than_the_file_is_stale(ask, site):
    os.utime(site / "app.js.gz", (1_600_000_000, 1_600_000_000))
    assert ask("/app.js", Accept_Encoding="gzip").header("Content-Encoding") is None


def test_what_was_read_is_trusted_for_a_second(ask, site):
    first = ask("/hello.txt")
    (site / "hello.txt").write_bytes(b"changed")
    assert ask("/hello.txt").body == first.body  # one version, head and body
    ask.clock.now += 1
    second = ask("/hello.txt")
    assert second.body == b"changed" and second.header("ETag") != first.header("ETag")
    ask.clock.now += 1
    assert ask.app(Request("GET", "/hello.txt")) is ask.app(Request("GET", "/hello.txt"))


def test_what_is_recalled_was_looked_at_within_the_second_and_its_path_within_ten(ask, site):
    once = ask.app.recall("/hello.txt")  # and is kept when it is asked for again
    first = ask.app.recall("/hello.txt")
    assert once.encode() == first.encode() and list(once.headers) == list(first.headers)
    assert once.body == first.body == b"hello, world\n" and ask.app(Request("GET", "/hello.txt")) is first
    for seconds in (0, 1, 8.9):
        ask.clock.now += seconds
        assert ask.app.recall("/hello.txt") is first
    ask.clock.now += 1  # after ten seconds the path rules are applied again
    again = ask.app.recall("/hello.txt")
    assert (again.encode(), again.body) == (first.encode(), first.body)
    (site / "hello.txt").write_bytes(b"changed")
    assert ask.app.recall("/hello.txt") is again
    ask.clock.now += 1
    assert ask.app.recall("/hello.txt").body == b"changed"
    (site / "hello.txt").unlink()
    ask.clock.now += 1
    assert ask.app.recall("/hello.txt") is None


@pytest.mark.parametrize("target", ["/", "/docs", "/docs/", "/hello.txt?a", "/missing", "/%00", "/..", "/.hidden",
                                    "/big.bin", "/app.js", "/hello.txt/", "/hello.txt/x"])
def test_what_is_not_just_the_content_of_a_file_is_not_recalled(ask, site, target):
    for _ in range(2):
        assert ask.app.recall(target) is None
        ask(target)
        if target == "/":
            break  # its page is in memory now


def test_a_file_that_vanishes_or_becomes_a_folder(ask, site):
    assert ask("/hello.txt").status == 200
    (site / "hello.txt").unlink()
    ask.clock.now += 1
    assert ask("/hello.txt").status == 404
    (site / "hello.txt").mkdir()
    assert ask("/hello.txt").status == 301


def test_a_large_file_replaced_within_the_second_is_served_as_it_is_now(ask, site):
    before = ask("/big.bin")
    (site / "new").write_bytes(BIG[::-1])
    os.replace(site / "new", site / "big.bin")
    after = ask("/big.bin")
    assert before.body == BIG and after.body == BIG[::-1] and after.header("ETag") != before.header("ETag")


@pytest.mark.parametrize("change", ["truncate", "overwrite", "grow"])
def test_a_file_that_changes_while_it_is_sent_breaks_off(site, change):
    path = site / "big.bin"
    body = StaticFiles(site)(Request("GET", "/big.bin")).body
    pieces = body.pieces(size=65536)
    assert next(pieces) == BIG[:65536]
    with open(path, "r+b") as file:
        if change == "truncate":
            file.truncate(100_000)
        else:
            file.seek(0 if change == "overwrite" else len(BIG))
            file.write(b"changed!")
    os.utime(path, (1_700_000_100, 1_700_000_100))
    with pytest.raises(EOFError, match="changed while it was sent"):
        list(pieces)
    body.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody replace an open file")
def test_a_file_replaced_while_it_is_sent_goes_out_as_it_was(site):
    body = StaticFiles(site)(Request("GET", "/big.bin")).body
    pieces = body.pieces(size=65536)
    first = next(pieces)
    (site / "new").write_bytes(b"other")
    os.replace(site / "new", site / "big.bin")
    assert first + b"".join(pieces) == BIG
    body.close()


def test_a_file_that_never_holds_still_is_answered_503(site, monkeypatch):
    original, ticks = os.fstat, iter(range(10**6))
    monkeypatch.setattr(os, "fstat", lambda fd: os.utime(site / "hello.txt", (0, next(ticks))) or original(fd))
    with pytest.raises(HTTPError) as caught:
        read_version(Root(site), "hello.txt", 1000)
    assert caught.value.status == 503


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_no_file(ask, site):
    os.mkfifo(site / "pipe")
    assert ask("/pipe").status == 404
    assert "pipe" not in ask("/?format=json").body.decode()


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind"
)
def test_a_file_without_permission_is_403(ask, site):
    (site / "hello.txt").chmod(0)
    assert ask("/hello.txt").status == 403


def test_permission_errors_are_403(ask, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ask.app, "_look", refuse)
    assert ask("/hello.txt").status == 403


def test_without_descriptors_a_file_is_not_called_missing(ask, monkeypatch):
    def refuse(*arguments):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(ask.app, "_look", refuse)
    assert ask("/hello.txt").status == 503


def test_no_header_is_said_twice(site):
    ask = Asker(site, headers=[("X-Mine", "1")], listing=False)
    for target in ("/docs/", "/missing", "/docs", "/../x", "/hello.txt"):
        names = [name for name, _ in ask(target).headers]
        assert names.count("X-Mine") == 1 and len(names) == len(set(names))
    assert [name for name, _ in ask("/hello.txt", Range="bytes=99-").headers].count("X-Mine") == 1


def test_the_page_for_what_is_missing(site):
    (site / "404.html").write_bytes(b"<p>not here</p>")
    ask = Asker(site, headers=[("X-Mine", "1")])
    response = ask("/missing")
    assert (response.status, response.body, response.header("X-Mine")) == (404, b"<p>not here</p>", "1")
    assert ask("/hello.txt").status == 200
    (site / "404.html").unlink()
    ask.clock.now += 1
    assert b"404 Not Found" in ask("/missing").body


def test_a_header_of_ones_own_goes_with_everything(site):
    ask = Asker(site, headers=[("Access-Control-Allow-Origin", "*")], zipped=True, max_upload=100)
    tag = ask("/hello.txt").header("ETag")
    replies = [
        ask("/hello.txt"),
        ask("/hello.txt", Range="bytes=0-1"),
        ask("/hello.txt", If_None_Match=tag),
        ask("/missing"),
        ask("/docs"),
        ask("/docs/"),
        ask("/hello.txt", Range="bytes=99-"),
        ask("/hello.txt", "DELETE"),
        ask("/", "OPTIONS"),
        ask("/docs/?format=json"),
        ask("/docs/?format=zip"),
        ask("/new", "PUT", b"x"),
        ask("/new", "PUT", b"x" * 101),
        ask("/hello.txt", If_Match='"x"'),
        ask("/big.bin"),
    ]
    assert [reply.status for reply in replies] == [
        200,
        206,
        304,
        404,
        301,
        200,
        416,
        405,
        204,
        200,
        200,
        201,
        413,
        412,
        200,
    ]
    assert all(reply.header("Access-Control-Allow-Origin") == "*" for reply in replies)


@pytest.mark.parametrize("name, value", [("X-A", "b\r\nX-C: d"), ("X A", "b"), ("", "b")])
def test_a_header_that_cannot_be_sent_is_refused_at_once(site, name, value):
    with pytest.raises(ValueError):
        StaticFiles(site, headers=[(name, value)])


def test_methods(ask):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        response = ask("/hello.txt", method)
        assert (response.status, response.header("Allow")) == (405, "GET, HEAD, OPTIONS")
    assert ask("*", "OPTIONS").status == 204


def test_a_folder_is_listed_or_not(site):
    page = Asker(site)("/docs/")
    assert (
        page.status == 200
        and b'href="/docs/readme.md"' in page.body
        and b"default-src 'none'" in page.header("Content-Security-Policy").encode()
    )
    assert Asker(site, listing=False)("/docs/").status == 403
    listed = json.loads(Asker(site)("/docs/?format=json").body)
    assert {entry["name"]: entry["folder"] for entry in listed} == {"deep": True, "readme.md": False}
    assert {entry["name"] for entry in json.loads(Asker(site)("/?format=json").body)} >= {
        "中文 名.txt",
        "index.html",
    }  # though it has a page
    assert Asker(site)("/missing/?format=json").status == 404
    assert Asker(site)("/?format=zip").body == Asker(site)("/").body  # zips are off


def test_who_may_come_in(site):
    ask = Asker(site, auth=BasicAuth({"ming": hash_password("pw")}), max_upload=10)
    assert ask("/hello.txt").status == 401 and ask("/hello.txt").header("WWW-Authenticate").startswith("Basic realm=")
    assert ask("/missing").status == ask("/new", "PUT", b"x").status == 401 and not (site / "new").exists()
    right = "Basic " + base64.b64encode(b"ming:pw").decode()
    assert (
        ask("/hello.txt", Authorization=right).status == 200
        and ask("/new", "PUT", b"x", Authorization=right).status == 201
    )


def test_who_guesses_passwords_is_told_to_wait(site):
    auth = BasicAuth({"ming": hash_password("pw")}, guesses=2, clock=lambda: 0.0)
    ask = Asker(site, auth=auth, max_upload=10, headers=[("X-Site", "a")])
    wrong = "Basic " + base64.b64encode(b"ming:guess").decode()
    assert ask("/hello.txt", Authorization=wrong).status == ask("/new", "PUT", b"x", Authorization=wrong).status == 401
    for refused in (ask("/hello.txt", Authorization=wrong), ask("/new", "PUT", b"x", Authorization=wrong)):
        assert refused.status == 429 and refused.header("Retry-After") == "10" and refused.header("X-Site") == "a"


def test_memory_is_bounded(site):
    for number in range(40):
        (site / f"n{number}").write_bytes(bytes(10_000))
    ask = Asker(site, cache_bytes=100_000)
    for number in range(40):
        assert ask(f"/n{number}").status == 200
        ask(f"/hello.txt?{number}")
        assert sum(file.held for file in ask.app._cache.entries.values()) <= 100_000
    assert 1 <= len(ask.app._cache.entries) < 10
    tiny = Asker(site, cache_bytes=0)
    assert tiny("/hello.txt").body == tiny("/hello.txt").body == b"hello, world\n" and not tiny.app._cache.entries


def test_a_file_that_is_asked_for_again_stays_in_memory(site):
    for number in range(40):
        (site / f"n{number}").write_bytes(bytes(10_000))
    for take in (StaticFiles.recall, lambda app, path: app(Request("GET", path))):
        app = StaticFiles(site, cache_bytes=100_000)
        for number in range(40):
            take(app, f"/n{number}")
            take(app, "/hello.txt")
        assert "/hello.txt" in app._cache.entries and "/n0" not in app._cache.entries


def test_many_threads_at_once(site):
    app, wrong = StaticFiles(site, cache_bytes=5000, clock=iter(range(10**9)).__next__), []

    def work(name, data):
        for _ in range(100):
            response = app(Request("GET", name))
            wrong.extend([] if response.body == data else [name])

    pairs = [("/hello.txt", b"hello, world\n"), ("/noext", b"?"), ("/docs/readme.md", b"# readme"), ("/empty.txt", b"")]
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(NotADirectoryError):
        StaticFiles(tmp_path / "missing")


def test_a_file_from_the_future_is_not_called_modified_later_than_now(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    os.utime(tmp_path / "a", (4_000_000_000, 4_000_000_000))
    assert (
        "20" in dict(Representation(Root(tmp_path), "a").fields)["Last-Modified"]
        and Representation(Root(tmp_path), "a").modified < 4_000_000_000
    )


def test_fuzzed_requests_raise_nothing_but_http_errors(site):
    numbers, app = random.Random(9), StaticFiles(site, max_upload=100, zipped=True)
    targets = [
        "/hello.txt",
        "/big.bin",
        "/",
        "/docs/",
        "/%e4",
        "/..",
        "/docs",
        "//x",
        "*",
        "http://a/b",
        "/\xe9",
        "/?format=zip",
        "/?sort=size&q=%",
    ]
    names = [
        "range",
        "if-range",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "accept-encoding",
        "origin",
        "content-type",
    ]
    values = [
        "",
        "bytes=0-1",
        "bytes=-1,0-",
        "bytes=9-1",
        '"a"',
        "*",
        'W/"',
        "gzip;q=",
        "Tue, 14 Nov 2023 22:13:20 GMT",
        "\x00",
        "é",
        "x" * 500,
    ]
    for _ in range(1500):
        headers = Headers([(numbers.choice(names), numbers.choice(values)) for _ in range(numbers.randint(0, 4))])
        try:
            response = app(
                Request(
                    numbers.choice(["GET", "HEAD", "PUT", "POST", "OPTIONS", "X"]),
                    numbers.choice(targets),
                    headers=headers,
                )
            )
        except HTTPError as error:
            assert 400 <= error.status < 600
        else:
            if isinstance(response.body, SteadyFile):
                response.body.close()


def test_types():
    assert (
        content_type("a/b.tar.gz") == "application/gzip"
        and content_type("x.JPG") == "image/jpeg"
        and content_type("x.") == content_type("") == "application/octet-stream"
    )
    assert all("charset=utf-8" in kind for kind in TYPES.values() if kind.startswith("text/")) and all(
        ending == ending.lower() for ending in TYPES
    )


def test_it_goes_to_another_process_with_an_empty_memory(site):
    app = StaticFiles(site, auth=None, headers=[("X-A", "b")], max_upload=10)
    app(Request("GET", "/hello.txt"))
    copy = pickle.loads(pickle.dumps(app))
    assert (
        not copy._cache.entries
        and copy(Request("GET", "/hello.txt")).body == b"hello, world\n"
        and len(copy._cache.entries) == 1
    )


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_that_is_turned_elsewhere_is_noticed_within_a_second(ask, site, tmp_path):
    for version in ("one", "two"):
        (site / version).mkdir()
        (site / version / "a.txt").write_bytes(version.encode())
    (site / "now").symlink_to("one")
    assert ask("/now/a.txt").body == b"one"
    (tmp_path / "turned").symlink_to("two")
    os.replace(tmp_path / "turned", site / "now")
    ask.clock.now += 1
    assert ask("/now/a.txt").body == b"two"
    (tmp_path / "a.txt").write_bytes(b"secret")
    (tmp_path / "out").symlink_to(tmp_path)
    os.replace(tmp_path / "out", site / "now")
    ask.clock.now += 1
    assert ask("/now/a.txt").status == 404


def test_a_new_compressed_file_is_noticed(ask, site):
    assert ask("/hello.txt", Accept_Encoding="gzip").header("Content-Encoding") is None
    (site / "hello.txt.gz").write_bytes(b"packed")
    ask.clock.now += 10
    assert ask("/hello.txt", Accept_Encoding="gzip").body == b"packed"
    (site / "hello.txt.gz").unlink()
    ask.clock.now += 1
    assert ask("/hello.txt", Accept_Encoding="gzip").body == b"hello, world\n"
