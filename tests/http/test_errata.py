"""Where the notes' HTTP chapter goes wrong: their way first, as it is written there, then ours."""

from __future__ import annotations

import os
import socket

import pytest

from netio.http import (
    REASONS, HTTPError, ProtocolError, Request, Response, ResponseParser, StaticFiles, fetch, handle_one_request,
    parse_request, parse_response, recv_request, send_response,
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
    parser = ResponseParser()
    parser.feed(NOTES_RESPONSE.encode())
    with pytest.raises(ProtocolError):  # its lines do not end as HTTP's do
        parser.next_event()
    parser = ResponseParser()
    parser.feed(NOTES_RESPONSE.replace("\n", "\r\n").encode())
    parser.next_event(), parser.next_event()
    assert parser.next_event() is None  # no length: only the end of the connection ends it
    ours, theirs = pair
    with pytest.raises(TypeError):
        ours.send(NOTES_RESPONSE)  # as server 1.0 does: a str
    send_response(ours, Response(200, [("Content-Type", "text/html; charset=utf-8")], b"<h1>HELLO WORLD</h1>"))
    (response,) = answers(theirs.recv(1000))
    assert response.body == b"<h1>HELLO WORLD</h1>" and response.header("content-length") == "20"
    print("notes:", "lines end in \\n: ProtocolError; no length: no end; str: TypeError")
    print("netio:", f"Content-Length {response.header('content-length')}")


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
    print("notes:", "b'GE' -> IndexError; a long request -> its first 1024 bytes")
    print("netio:", f"recv_request: {request.method} with all 2000 bytes")


def test_23_a_spare_connection_says_nothing(pair):
    """The notes' server reads b"" from a browser's spare connection and dies of an IndexError."""
    ours, theirs = pair
    theirs.close()
    with pytest.raises(IndexError):
        ours.recv(1024).decode().split("\r\n")[0].split(" ")[1]
    assert handle_one_request(ours, site) is None
    print("notes:", "IndexError")
    print("netio:", "handle_one_request() returns None")


def test_60_the_target_is_not_a_file_name(tmp_path):
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
    print("notes:", "/../secret is read: password")
    print("netio:", f"{refused.value.status} for it, and /%E8%8C%B6.html is found")


def test_61_the_version_is_not_fixed():
    """The notes: 协议版本一般固定 (the protocol's version is generally fixed)."""
    assert not parse_request(b"GET / HTTP/1.0").keep_alive  # it decides whether the connection goes on,
    assert parse_request(b"GET / HTTP/1.1\r\nHost: a").keep_alive
    with pytest.raises(ProtocolError):
        parse_request(b"GET / HTTP/1.1")  # whether Host must be there,
    with pytest.raises(ProtocolError) as refused:
        parse_request(b"GET / HTTP/2.0\r\nHost: a")  # and whether it can be read at all
    assert refused.value.status == 505
    print("notes:", "the same request in three versions: one closes, one keeps alive, one cannot be read")
    print("netio:", f"parse_request: HTTP/1.0 closes, 1.1 keeps alive and needs Host, 2.0 gets {refused.value.status}")


def test_62_send_may_take_only_a_part(pair):
    """The notes: connfd.send(request). A large page is cut where the buffer is full."""
    ours, theirs = pair
    page = bytes(10_000_000)
    ours.setblocking(False)
    if os.name == "posix":  # Windows takes it all, and keeps it in memory
        assert ours.send(page) < len(page)
    with running(lambda request: Response(200, [], page), "thread") as server:
        assert fetch(server.url + "/").body == page
    print("notes:", "send() took a part")
    print("netio:", f"all {len(page)} bytes arrived")


def test_63_closing_at_once_can_lose_the_answer(pair):
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
                        assert handle_one_request(connection, lambda request: "hello").target == "/"
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
    print("notes:", f"answers lost to a reset: {lost}")
    print("netio:", "handle_one_request() ends the connection gently: none lost")


def test_105_accept_is_a_method_and_the_listener_receives_nothing():
    """The notes: datas, addr = accept(); sockfd.recv(1024); and no answer at all."""
    with pytest.raises(NameError, match="'accept'"):
        exec("from socket import *\ndatas, addr = accept()", {})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)  # as they meant it: print the request and end
            assert client.recv(1024) == b""  # the browser: ERR_EMPTY_RESPONSE
    with running(lambda request: "thanks", "thread") as server:
        assert fetch(server.url + "/").body == b"thanks"
    print("notes:", "NameError: name 'accept' is not defined; mended, the browser gets an empty answer")
    print("netio:", b"thanks")


def test_106_the_reason_is_for_people():
    """The notes: 响应码与附加信息相呼应。。一般搭配使用 (code and reason go together): only the code counts."""
    for line in ("200 OK", "200 NOT_FOUND", "200 ", "404 OK"):
        response, _, _ = parse_response(f"HTTP/1.1 {line}\r\nContent-Length: 0".encode())
        assert response.status == int(line[:3])
    print("notes:", "`200 NOT_FOUND` is read as 200, `404 OK` as 404")
    print("netio:", "Response(404) chooses its words by itself:", REASONS[404])


def test_107_a_missing_page_must_not_end_the_server(tmp_path):
    """The notes: with open('heml.index') as f — a name that is not there, and and that ends the server."""
    with pytest.raises(FileNotFoundError):
        open(tmp_path / "heml.index")
    with running(StaticFiles(tmp_path, listing=False), "thread") as server:
        assert fetch(server.url + "/index.html").status == 404
        (tmp_path / "index.html").write_text("here", encoding="utf-8")
        assert fetch(server.url + "/").body == b"here"
    print("notes:", "FileNotFoundError: the server is gone")
    print("netio:", "404, and when the file is there, 200")


def test_108_the_close_behind_an_endless_loop(pair):
    """The notes: connfd.close() stands behind `while true`: no connection is ever closed, and no page ever ends."""
    ours, theirs = pair
    ours.sendall(b"HTTP/1.1 200 OK\r\nContent-Type:text/html\r\n\r\n<h1>HELLO</h1>")  # and on to the next accept
    parser = ResponseParser()
    parser.feed(theirs.recv(1000))
    events = 0
    while parser.next_event() is not None:
        events += 1
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1000)  # the browser goes on waiting for more
    theirs.settimeout(10)
    send_response(ours, Response(200, [], b"<h1>HELLO</h1>"))
    (response,) = answers(theirs.recv(1000))
    assert response.body == b"<h1>HELLO</h1>"
    print("notes:", f"{events} parts were read, and the end never comes")
    print("netio:", "Content-Length:", response.header("content-length"))
