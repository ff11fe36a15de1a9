"""Where the notes' HTTP chapter goes wrong: their way first, as it is written there, then ours."""

from __future__ import annotations

import os
import socket

import pytest

from netio.http import (
    HTTPError,
    ProtocolError,
    Request,
    Response,
    ResponseReader,
    StaticFiles,
    answer,
    fetch,
    parse_request,
    recv_request,
    send_response,
)

from .serving import running, site
from .talk import answers

NOTES_RESPONSE = """HTTP/1.1 200 OK
Content-Type:text/html

<h1>HELLO WORLD</h1>
"""


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(10)
        yield ours, theirs


def test_22_a_response_with_the_wrong_line_ends_and_no_length(pair):
    '''The notes: response = """HTTP/1.1 200 OK\\nContent-Type:text/html\\n\\n..."""; sockfd.send(response.encode()).'''
    assert "\r\n" not in NOTES_RESPONSE
    reader = ResponseReader()
    reader.feed(NOTES_RESPONSE.encode())
    with pytest.raises(ProtocolError):  # its lines do not end as HTTP's do
        reader.next_event()
    reader = ResponseReader()
    reader.feed(NOTES_RESPONSE.replace("\n", "\r\n").encode())
    reader.next_event(), reader.next_event()
    assert reader.next_event() is None  # no length: only the end of the connection ends it
    ours, theirs = pair
    with pytest.raises(TypeError):
        ours.send(NOTES_RESPONSE)  # as server 1.0 does: a str
    send_response(ours, Response(200, [("Content-Type", "text/html; charset=utf-8")], b"<h1>HELLO WORLD</h1>"))
    (response,) = answers(theirs.recv(1000))
    assert response.body == b"<h1>HELLO WORLD</h1>" and response.header("content-length") == "20"


def test_23_one_recv_is_taken_for_a_request(pair):
    """The notes: request_line = sockfd.recv(1024).decode().split('\\r\\n')[0]; info = request_line.split(' ')[1]."""
    ours, theirs = pair
    theirs.sendall(b"GE")  # TCP may deliver it in pieces of any size
    with pytest.raises(IndexError):
        ours.recv(1024).decode().split("\r\n")[0].split(" ")[1]
    theirs.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000)
    assert len(ours.recv(1024)) == 1024  # a part of a longer one
    ours.recv(65536)
    theirs.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\nx")
    theirs.sendall(b"x" * 1999)
    request = recv_request(ours)
    assert request.method == "POST" and len(request.read()) == 2000


def test_23_a_spare_connection_says_nothing(pair):
    """The notes' server reads b"" from a browser's spare connection and dies of an IndexError."""
    ours, theirs = pair
    theirs.close()
    with pytest.raises(IndexError):
        ours.recv(1024).decode().split("\r\n")[0].split(" ")[1]
    assert answer(ours, site) is None


def test_121_the_target_is_not_a_file_name(tmp_path):
    """The notes: 请求内容：就是！！！文件位置在服务器的相对位置 (the target is the file's place, relative to the server)."""
    (tmp_path / "secret").write_text("password")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "茶.html").write_text("tea", encoding="utf-8")
    target = "/../secret"
    with open(str(tmp_path / "site") + target, encoding="utf-8") as file:
        assert file.read() == "password"  # their way: every file of the machine
    assert not os.path.exists(str(tmp_path / "site") + "/%E8%8C%B6.html?page=1")  # and not this one
    files = StaticFiles(tmp_path / "site")
    with pytest.raises(HTTPError) as refused:
        files(Request("GET", target))
    assert refused.value.status in (400, 403, 404)
    assert files(Request("GET", "/%E8%8C%B6.html?page=1")).body == b"tea"


def test_122_the_version_is_not_fixed():
    """The notes: 协议版本一般固定 (the protocol's version is generally fixed)."""
    assert not parse_request(b"GET / HTTP/1.0").keep_alive  # it decides whether the connection goes on,
    assert parse_request(b"GET / HTTP/1.1\r\nHost: a").keep_alive
    with pytest.raises(ProtocolError):
        parse_request(b"GET / HTTP/1.1")  # whether Host must be there,
    with pytest.raises(ProtocolError) as refused:
        parse_request(b"GET / HTTP/2.0\r\nHost: a")  # and whether it can be read at all
    assert refused.value.status == 505


def test_123_send_may_take_only_a_part(pair):
    """The notes: connfd.send(request). A large page is cut where the buffer is full."""
    ours, theirs = pair
    page = bytes(10_000_000)
    ours.setblocking(False)
    if os.name == "posix":  # Windows takes it all, and keeps it in memory
        assert ours.send(page) < len(page)
    with running(lambda request: Response(200, [], page), "thread") as server:
        assert fetch(server.url + "/").body == page


def test_124_closing_at_once_can_lose_the_answer(pair):
    """The notes: recv(1024), send, close: what is left unread makes a reset, and the answer may be lost."""
    listener = socket.create_server(("127.0.0.1", 0))
    lost = 0
    with listener:
        for gently in (False, True):
            with socket.create_connection(listener.getsockname()) as client:
                client.settimeout(10)
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + bytes(5000))
                connection, _ = listener.accept()
                with connection:
                    if gently:
                        client.shutdown(socket.SHUT_WR)
                        assert answer(connection, lambda request: "hello").target == "/"
                    else:
                        connection.recv(100)
                        send_response(connection, Response(200, [], b"hello"))
                try:
                    data = b""
                    while piece := client.recv(1000):
                        data += piece
                    assert data.endswith(b"hello")
                except ConnectionError:
                    assert not gently
                    lost += 1
    if os.name == "posix":
        assert lost == 1
