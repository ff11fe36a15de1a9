"""Where the notes' HTTP chapter goes wrong: their way first, as it is written there, then ours."""

from __future__ import annotations

import contextlib
import gc
import http.client
import http.server
import io
import os
import socket
import sys
import threading
import warnings

import pytest

from netio import tcp
from netio.http import (
    HTTPError, ProtocolError, Request, Response, ResponseParser, StaticFiles, fetch, handle_one_request,
    recv_request, send_response,
)
from netio.http.messages import REASONS, parse_response

from .serving import running, site

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
    read = http.client.HTTPResponse(pair[1])
    pair[0].sendall(NOTES_RESPONSE.encode())
    read.begin()  # the standard library forgives the line ends, as browsers do
    assert read.status == 200 and read.length is None and read.will_close  # no length: it ends when the connection does
    pair[1].settimeout(0.05)
    with pytest.raises(socket.timeout):
        read.read()  # all has come, and the end has not
    read.close()
    parser = ResponseParser()
    parser.feed(NOTES_RESPONSE.encode())
    with pytest.raises(ProtocolError):  # a strict one does not
        parser.next_event()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(TypeError):
            ours.send(NOTES_RESPONSE)  # as server 1.0 does: a str
        send_response(ours, Response(200, [("Content-Type", "text/html; charset=utf-8")], b"<h1>HELLO WORLD</h1>"))
        read = http.client.HTTPResponse(theirs)
        read.begin()
        assert read.length == 20 and read.read() == b"<h1>HELLO WORLD</h1>"
        read.close()
    print("notes:", "lines end in \\n: ProtocolError; no length: its end is the connection's; str: TypeError")
    print("netio:", "Content-Length 20")


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


@contextlib.contextmanager
def stdlib_server():
    """Run the standard library's HTTP server, which keeps connections; yield its address."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address
        finally:
            server.shutdown()
            thread.join()


def test_61_the_version_is_not_fixed():
    """The notes: 协议版本一般固定 (the protocol's version is generally fixed)."""
    theirs = {}
    with stdlib_server() as address:
        for version, patience in (("1.0", 10), ("1.1", 0.05)):
            with tcp.connect(address) as client:
                client.sendall(f"GET / HTTP/{version}\r\nHost: a\r\n\r\n".encode())
                read = http.client.HTTPResponse(client)
                read.begin()
                client.settimeout(patience)
                try:
                    ends = client.recv(1) == b""
                except socket.timeout:
                    ends = False
                theirs[version] = (read.status, ends)
                read.close()
        with tcp.connect(address) as client:
            client.sendall(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n")
            assert b"505" in client.makefile("rb").read()  # up to the end; it has no status line to read
    assert theirs == {"1.0": (200, True), "1.1": (200, False)}
    said = {}
    with running(lambda request: Response(200, [], b""), "thread") as server:
        for version, host in (("1.0", ""), ("1.1", "Host: a\r\n"), ("1.1 without Host", ""), ("2.0", "Host: a\r\n")):
            with tcp.connect(server.address) as client:
                client.sendall(f"GET / HTTP/{version[:3]}\r\n{host}\r\n".encode())
                read = http.client.HTTPResponse(client)
                read.begin()
                said[version] = (read.status, read.will_close)
                read.close()
    assert said == {"1.0": (200, True), "1.1": (200, False), "1.1 without Host": (400, True), "2.0": (505, True)}
    print("notes:", "http.server, the same request by version, (status, the connection ends):", theirs)
    print("netio:", "each answered as its version asks:", said)


def test_62_send_may_take_only_a_part(pair):
    """The notes: connfd.send(request). A blocking socket waits; a server that must not wait sends a part."""
    ours, theirs = pair
    page = bytes(10_000_000)
    ours.setblocking(False)
    taken = ours.send(page)
    if os.name == "posix":  # Windows takes it all, and keeps it in memory
        assert taken < len(page)
    with running(lambda request: Response(200, [], page), "thread") as server:
        assert fetch(server.url + "/").body == page
    print("notes:", f"a non-blocking send() of {len(page)} bytes took {taken}")
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


def test_106_the_reason_is_for_people(pair):
    """The notes: 响应码与附加信息相呼应。。一般搭配使用 (code and reason go together): only the code counts."""
    for line in ("200 OK", "200 NOT_FOUND", "200 ", "404 OK"):
        head = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
        pair[0].sendall(head)
        read = http.client.HTTPResponse(pair[1])
        read.begin()
        assert read.status == int(line[:3]) == parse_response(head[:-4])[0].status
        read.close()
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


def test_108_the_close_behind_an_endless_loop():
    """The notes: connfd.close() follows `while true`: nobody closes, until the next accept takes the name away."""
    page = b"HTTP/1.1 200 OK\r\nContent-Type:text/html\r\n\r\n<h1>HELLO</h1>"
    with tcp.listen(("127.0.0.1", 0)) as sockfd, tcp.connect(sockfd.getsockname()) as browser:
        connfd, _ = sockfd.accept()
        connfd.sendall(page)
        assert tcp.recv_exactly(browser, len(page)) == page
        browser.settimeout(0.1)
        with pytest.raises(TimeoutError if sys.version_info >= (3, 10) else OSError):
            browser.recv(1)  # the browser goes on waiting for more
        with tcp.connect(sockfd.getsockname()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                connfd, _ = sockfd.accept()  # the first connection has lost its name
                gc.collect()
            browser.settimeout(10)
            assert browser.recv(1) == b""
            connfd.close()
    with running(lambda request: Response(200, [], b"<h1>HELLO</h1>"), "thread") as server:
        response = fetch(server.url + "/")
    assert response.body == b"<h1>HELLO</h1>" and response.header("content-length") == "14"
    print("notes:", "the page has no end until the next visitor comes")
    print("netio:", "Content-Length:", response.header("content-length"))


def test_141_text_html_says_no_characters(tmp_path):
    """The notes: Content-Type:text/html, and the page is UTF-8."""
    page = "<h1>你好</h1>".encode()
    read = http.client.parse_headers(io.BytesIO(b"Content-Type:text/html\r\n\r\n"))
    assert read.get_content_charset() is None  # nothing says it, and a guess may be wrong
    shown = page.decode("gbk", "replace")
    assert "你好" not in shown
    (tmp_path / "index.html").write_bytes(page)
    with running(StaticFiles(tmp_path), "thread") as server:
        told = fetch(server.url + "/index.html").header("content-type")
    assert told == "text/html; charset=utf-8"
    print("notes:", f"no charset; read as GBK it is {shown!r}")
    print("netio:", told)


def test_153_methods_are_in_capitals():
    """The notes: 一般只使用get、post、head、put、delete."""
    statuses = []
    with stdlib_server() as theirs, running(lambda request: Response(200, [], b""), "thread") as server:
        for method, address in (("get", theirs), ("GET", theirs), ("GET", server.address)):
            with tcp.connect(address) as client:
                client.sendall(f"{method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
                read = http.client.HTTPResponse(client)
                read.begin()
                statuses.append(read.status)
                read.close()
    assert statuses[0] in (400, 405, 501) and statuses[1:] == [200, 200]
    print("notes:", "`get / HTTP/1.1` to http.server:", statuses[0])
    print("netio:", "`GET / HTTP/1.1`:", statuses[1])


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets in this Python")
def test_174_http_needs_no_tcp():
    """The notes: http协议，属于应用层协议，使用了tcp (uses TCP)."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert ours.family == socket.AF_UNIX  # no TCP, and no port
        browser = http.client.HTTPConnection("localhost")
        browser.sock = theirs
        browser.request("GET", "/")
        assert handle_one_request(ours, lambda request: "hello").target == "/"
        answer = browser.getresponse().read()
        browser.close()
    assert answer == b"hello"
    print("notes:", "http.client was answered over a socket of", ours.family.name)
    print("netio:", "handle_one_request() works on it as on TCP:", answer)


def test_175_headers_are_no_dictionary():
    """The notes: 请求头是由一个个键值对组成 (headers are pairs of key and value), as a dict has them."""
    text = "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"
    as_dict = dict(line.split(": ") for line in text.split("\r\n") if line)
    read = http.client.parse_headers(io.BytesIO(text.encode()))
    assert list(as_dict.values()) == ["b=2"] and read.get_all("set-cookie") == ["a=1", "b=2"]
    head, = parse_response(b"HTTP/1.1 200 OK\r\n" + text.encode()[:-4])[:1]
    ours = [value for name, value in head.headers if name.lower() == "set-cookie"]
    assert ours == ["a=1", "b=2"]
    print("notes:", "two cookies, and a dict has kept", as_dict)
    print("netio:", "a list of pairs keeps both:", ours)
