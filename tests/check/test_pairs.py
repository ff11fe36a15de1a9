"""Two programs together are compared: ports, formats, encodings, words and buffers that do not fit."""
from __future__ import annotations

import pytest

from netio.check import check_sources

HEAD = "import socket, struct\nsock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nsock.settimeout(3)\n"
SERVER = HEAD + "sock.bind(('127.0.0.1', 8888))\n"
CLIENT = HEAD + "address = ('127.0.0.1', 8888)\n"
PAIRS = [
    ("data, address = sock.recvfrom(99)\n", "sock.sendto(b'x', ('127.0.0.1', 8889))\n", "port-differs"),
    ("data, address = sock.recvfrom(99)\nprint(struct.unpack('!if', data))\n",
     "sock.sendto(struct.pack('!id', 1, 2), address)\n", "format-differs"),
    ("data, address = sock.recvfrom(99)\nsock.sendto('好'.encode('gbk'), address)\n",
     "sock.sendto(b'x', address)\ndata, address = sock.recvfrom(99)\nprint(data.decode())\n", "encoding-differs"),
    ("data, address = sock.recvfrom(99)\nsock.sendto(b'OK', address)\n",
     "sock.sendto(b'x', address)\ndata, address = sock.recvfrom(99)\nprint(data == b'ok')\n", "marker-differs"),
    ("data, address = sock.recvfrom(4)\n", "sock.sendto(b'hello', address)\n", "buffer-too-small"),
]


@pytest.mark.parametrize("server, client, kind", PAIRS, ids=lambda value: value if "-" in str(value)[:12] else "")
def test_what_does_not_fit_is_found(server, client, kind):
    texts = {"server.py": SERVER + server + "sock.close()\n", "client.py": CLIENT + client + "sock.close()\n"}
    assert [finding.kind for finding in check_sources(texts) if finding.kind == kind] == [kind]


def test_two_that_fit_are_silent():
    server = SERVER + "data, address = sock.recvfrom(99)\nsock.sendto(data, address)\nsock.close()\n"
    client = CLIENT + "sock.sendto(b'OK', address)\ndata, address = sock.recvfrom(99)\nprint(data)\nsock.close()\n"
    assert check_sources({"server.py": server, "client.py": client}) == []
