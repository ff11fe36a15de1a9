"""Files that change while a server sends them: what arrives whole is one version, everything else is cut short."""
from __future__ import annotations

import os

import pytest

from netio import tcp
from netio.concurrency.servers import available_models
from netio.http import HTTPServer, StaticFiles

SIZE = 24 << 20  # more than the system takes into its buffers at once
MODELS = ["thread", next(name for name in ("epoll", "kqueue", "select") if name in available_models())]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("change", ["truncate", "overwrite", "replace", "nothing"])
def test_no_mixture_arrives_whole(tmp_path, model, change, nothing_left):
    if change == "replace" and os.name == "nt":
        pytest.skip("Windows lets nobody replace an open file")
    path = tmp_path / "a.bin"
    path.write_bytes(b"a" * SIZE)
    with HTTPServer("127.0.0.1", 0, StaticFiles(tmp_path), model=model) as server:
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
