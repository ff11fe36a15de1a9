"""Responses of every shape: what http.client, h11 (where it is installed) and curl read as well, they read alike.

To refuse what we take, or to take what we refuse, is not to read it otherwise.
"""
from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import threading

import pytest

from netio import tcp
from netio.http import ProtocolError, ResponseParser

from ..fuzzing import mutate, rounds
from .test_fuzz import TOKENS
from .test_fuzz_readers import MISREAD, fields_of, read_by_client

FIRST = [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 ", b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 204 No",
         b"HTTP/1.1 304 No", b"HTTP/1.1 206 Part", b"HTTP/1.1 404 a b", b"HTTP/1.1 205 Reset"]
ODD = [b"HTTP/1.2 200 OK", b"HTTP/1.1 99 x", b"HTTP/1.1 600 x", b"HTTP/1.1 0200 x", b"HTTP/1.1  200 x",
       b"HTTP/1.1 200\tx", b"http/1.1 200 OK", b"HTTP/2.0 200 OK", b"HTTP/2 200", b"ICY 200 OK", b"HTTP/1.1 2000",
       b"HTTP/1.1 -20 x", b"HTTP/1.1 101 Switch", b" HTTP/1.1 200 OK", b"HTTP/1.10 200 OK", b"HTTP/1.1 \xb2\xb20 x"]
INTERIM = [b"HTTP/1.1 100 Continue", b"HTTP/1.1 103 Hints\r\nLink: a", b"HTTP/1.1 100\r\nContent-Length: 5",
           b"HTTP/1.1 199 x\r\nTransfer-Encoding: chunked", b"HTTP/1.0 100 C"]
LENGTHS = [b"5", b"5", b"0", b"3", b"5, 5", b"5,6", b"+5", b"05", b"5 ", b"-1", b"0x5", b"", b"5_0", b"12", b"\r\n 5",
           b"5;x", b"9" * 23, b"\t5\t", b"5\x0b"]
CODINGS = [b"chunked", b"chunked", b"Chunked", b"gzip, chunked", b"chunked, identity", b"identity", b"\r\n chunked",
           b"chunked ", b"xchunked", b"chunked;a=b", b"", b",chunked", b"\x0bchunked", b'"chunked"',
           b"chunked, chunked"]
FIELDS = [b"Connection: close", b"Connection: keep-alive", b"X: a\r\n b", b"X:\r\n\tb", b"X:  y  ", b"X", b": y",
          b"X: \0", b"X\xff: \xff", b"X y: a", b"Set-Cookie: a=b", b"X: a\nY: b", b"X: a\rY: b", b"\tX: a",
          b"X: a\r\n \r\n b", b"Content-Length : 5", b" Content-Length: 5", b"Transfer_Encoding: chunked"]
CHUNK = b"5\r\nhello\r\n"
BODIES = [b"hello", b"", b"hello world!", *(head + b"\r\nhello\r\n0\r\n\r\n" for head in (
    b"5", b"5;a=b", b"05", b"5 ", b" 5", b"0x5", b"-5", b"5;", b"5;a\nb", b'5;a="x;y"', b"5 ;a",
    b"1" + b"0" * 15 + b"5")),
    b"0\r\n\r\n", b"5\r\nhello0\r\n\r\n", *(CHUNK + rest for rest in (
        b"0\r\nA: b\r\n\r\n", b"0\r\nA: b\r\n c\r\n\r\n", b"0\r\nContent-Length: 3\r\n\r\n", b"0\r\nbad\r\n\r\n",
        b"\r\n0\r\n\r\n", b"0\r\n", b"0\n\r\n", b"0;x\r\n\r\n", b"00\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n"))]
ENDS = [b"\r\n"] * 20 + [b"\n", b"\r", b"\r\n\r\n", b"\n\r", b"\r\r\n", b"\0\r\n"]
METHODS = ["GET"] * 4 + ["HEAD", "POST"]


def response(rng):
    """Return a response, mostly with one thing wrong or none."""
    lines = []
    while rng.random() < 0.12:
        lines += [rng.choice(INTERIM), b""]
    lines.append(rng.choice(FIRST if rng.random() < 0.8 else ODD))
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
        name, values = rng.choice(((b"Content-Length: ", LENGTHS), (b"Transfer-Encoding: ", CODINGS), (b"", FIELDS)))
        lines.append(name + rng.choice(values))
    head = b"".join(line + rng.choice(ENDS) for line in lines)
    return head + b"\r\n" + rng.choice(BODIES)


def connection(rng):
    """Return (all that a server sends over one connection, the methods of the requests)."""
    answers = [response(rng) for _ in range(rng.choice((1, 1, 2)))]
    data = b"".join(answers)
    return (mutate(rng, [data], TOKENS) if rng.random() < 0.5 else data), [rng.choice(METHODS) for _ in answers]


def read_ours(data, methods):
    """Return [(status, fields, body, trailers)] of the responses that are whole."""
    parser, found, ended = ResponseParser(), [], False
    parser.methods += methods
    with contextlib.suppress(ProtocolError, EOFError):
        parser.feed(data)
        while len(found) < len(methods):
            while (head := parser.next_event()) is None:
                parser.feed_eof()
            body = b""
            while (piece := parser.next_event()) != b"":
                if piece is None:
                    assert not ended
                    ended = True
                    parser.feed_eof()
                body += piece or b""
            found.append((head.status, fields_of(head.headers), body, fields_of(parser.trailers or ())))
    return found


@rounds(1000)
def test_http_client_reads_the_first_of_them_alike(rounds, rng):
    both = 0
    for number in range(rounds):
        data, _ = connection(rng)
        mine = read_ours(data, ["GET"])
        misread = MISREAD.search(data) or re.search(rb"HTTP/1.\d 1(?!00)", data)
        if mine and mine[0][0] not in (204, 304) and not misread:  # it reads chunks after these, too
            with contextlib.suppress(http.client.HTTPException, ValueError):
                assert read_by_client(data.removeprefix(b"\r\n")) == mine[0][:3], (number, data)
                both += 1
    assert rounds > both > rounds // 20


def as_text(pairs):
    return fields_of((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def read_by_h11(data, methods):
    """Return the same as h11 reads it."""
    import h11

    found, ended = [], False
    with contextlib.suppress(h11.RemoteProtocolError):
        for method in methods:
            client = h11.Connection(h11.CLIENT)
            client.send(h11.Request(method=method, target="/", headers=[("Host", "a"), ("Content-Length", "0")]))
            client.send(h11.EndOfMessage())
            client.receive_data(data)
            head, body = None, b""
            while type(event := client.next_event()) is not h11.EndOfMessage:
                if event is h11.NEED_DATA and not ended:
                    ended = True
                    client.receive_data(b"")
                elif type(event) in (h11.Response, h11.InformationalResponse):
                    head = event
                elif type(event) is h11.Data:
                    body += event.data
                else:
                    return found
            found.append((head.status_code, as_text(head.headers), body, as_text(event.headers)))
            data = b"" if ended else client.trailing_data[0]
    return found


@rounds(400)
def test_h11_reads_all_of_them_alike(rounds, rng):
    pytest.importorskip("h11")
    both = 0
    for number in range(rounds):
        data, methods = connection(rng)
        for mine, theirs in zip(read_ours(data, methods), read_by_h11(data, methods)):
            for fields in (mine[1], theirs[1], mine[3], theirs[3]):  # it makes them one, and lower case
                for name in ("content-length", "transfer-encoding"):
                    fields[name] = [", ".join(fields.get(name, ())).lower().split(",")[0]]
            assert mine == theirs, (number, data, methods)
            both += 1
    assert both > rounds // 10


@pytest.fixture
def canned():
    """A server whose answer to /N is the Nth of a list, as bytes."""
    answers = []

    def serve(conn, address):
        with contextlib.suppress(OSError), conn:
            conn.settimeout(10)
            number = int(tcp.Reader(conn).read_until(b"\r\n\r\n").split()[1][1:])
            conn.sendall(answers[number])
            conn.shutdown(socket.SHUT_WR)
            conn.recv(1)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=listener.accept(), daemon=True).start()

    listener = tcp.listen(("127.0.0.1", 0))
    thread = threading.Thread(target=accept)
    thread.start()
    yield answers, listener.getsockname()[1]
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


# curl takes a coding on a folded line for none, and the protocol after 101 for a body.
MISREAD_BY_CURL = re.compile(rb"transfer-encoding:[ \t]*\r\n[ \t]|HTTP/1.\d 101", re.IGNORECASE)


@pytest.mark.skipif(os.name == "nt", reason="its files' names would need escapes")
@rounds(1, 1000)
def test_curl_reads_the_first_of_them_alike(rounds, rng, canned, tool, tmp_path):
    curl, (answers, port) = tool("curl"), canned
    options = 'silent\nmax-time=10\nwrite-out="%{http_code} %{exitcode}\\n"\n'
    both = 0
    for _ in range(rounds):
        answers[:] = [connection(rng)[0] for _ in range(100 if rounds > 1 else 20)]
        lines = []
        while len(lines) < len(answers):  # it gives up all that is to come when it meets some errors
            config = "next\n".join(f'url="http://127.0.0.1:{port}/{number}"\noutput="{tmp_path}/{number}"\n{options}'
                                   for number in range(len(lines), len(answers)))
            done = subprocess.run([curl, "-q", "-K", "-"], input=config.encode(), stdout=subprocess.PIPE, timeout=600)
            lines += done.stdout.decode().splitlines()
        for number, (data, line) in enumerate(zip(answers, lines)):
            mine, path = read_ours(data, ["GET"]), tmp_path / str(number)
            body = path.read_bytes() if path.exists() else b""
            path.unlink(missing_ok=True)
            if mine and line.endswith(" 0") and not MISREAD_BY_CURL.search(data):
                assert (int(line.split()[0]), body) == (mine[0][0], mine[0][2]), data
                both += 1
    assert both
