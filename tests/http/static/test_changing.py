"""Files that change while a server sends them: what arrives whole is one version, everything else is cut short."""
from __future__ import annotations

import errno
import mmap
import os

import pytest

from netio import tcp
from netio.concurrency.servers import available_models
from netio.http import HTTPServer, StaticFiles
from netio.http.static.representation import WAYS, SteadyFile

SIZE = 24 << 20  # more than the system takes into its buffers at once
MODELS = ["thread", next(name for name in ("epoll", "kqueue", "select") if name in available_models())]


@pytest.mark.sample(5)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("change", ["truncate", "overwrite", "replace", "nothing"])
@pytest.mark.parametrize("large", WAYS)
def test_no_mixture_arrives_whole(tmp_path, model, change, large, nothing_left):
    if change == "replace" and os.name == "nt":
        pytest.skip("Windows lets nobody replace an open file")
    if large == "mmap" and change == "truncate" and os.name == "nt":
        pytest.skip("Windows lets nobody truncate a mapped file")
    path = tmp_path / "a.bin"
    path.write_bytes(b"a" * SIZE)
    with HTTPServer("127.0.0.1", 0, StaticFiles(tmp_path, large=large), model=model) as server:
        server.start()
        with tcp.connect(server.address, timeout=20) as sock:
            sock.sendall(b"GET /a.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            data = bytearray(sock.recv(65536))
            if change == "replace":
                (tmp_path / "new").write_bytes(b"b" * SIZE)
                os.replace(tmp_path / "new", path)
            elif change != "nothing":
                with open(path, "r+b") as file:
                    file.truncate(1 << 20) if change == "truncate" else file.write(b"b" * SIZE)
            try:
                while piece := sock.recv(1 << 20):
                    data += piece
            except ConnectionError:
                pass
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    assert f"Content-Length: {SIZE}".encode() in head
    if change in ("replace", "nothing"):
        assert body == b"a" * SIZE
    else:
        assert len(body) < SIZE


@pytest.mark.parametrize("large", WAYS)
def test_a_large_file_is_sent_in_the_way_that_was_asked_for(tmp_path, large):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 4096)
    with open(path, "rb", buffering=0) as file:
        *slices, last = SteadyFile(file, 100, 900_000, os.fstat(file.fileno()), large).slices(size=1 << 18)
        sources = {type(each.file) for each in slices if not isinstance(each, bytes)}
        assert sources == {"sendfile": {type(file)}, "mmap": {mmap.mmap}, "read": set()}[large]
        sent = [each if isinstance(each, bytes) else b"".join(each.pieces()) for each in slices]
    assert b"".join([*sent, last]) == path.read_bytes()[100:900_100]


def test_a_mapping_of_a_file_that_has_shrunk_already_is_an_end_too_early(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(200_000))
    with open(path, "r+b", buffering=0) as file:
        body = SteadyFile(file, 0, 200_000, os.fstat(file.fileno()), "mmap")
        file.truncate(100)
        with pytest.raises(EOFError):
            list(body.slices())


def test_where_nothing_can_be_mapped_the_file_is_sent_as_it_is(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(errno.ENODEV, "this file system maps nothing")

    (tmp_path / "a").write_bytes(b"a" * 100_000)
    monkeypatch.setattr(mmap, "mmap", refuse)
    with open(tmp_path / "a", "rb", buffering=0) as file:
        body = SteadyFile(file, 0, 100_000, os.fstat(file.fileno()), "mmap")
        first, *rest = body.slices()
        assert (first.file, first.count) == (file, 100_000 - 65536) and b"".join(rest) == b"a" * 65536


def test_an_unknown_way_is_refused(tmp_path):
    with pytest.raises(ValueError, match="sendfile, mmap, read, not 'splice'"):
        StaticFiles(tmp_path, large="splice")
