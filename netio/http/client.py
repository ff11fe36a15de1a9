"""A small client: one request, one connection, the whole answer."""
from __future__ import annotations

import socket
import ssl
import time
from typing import Any, Iterable

from ..tcp import connect
from .messages import Limits, Response, ResponseParser, format_fields
from .messages.requests import is_host


def fetch(url: str, method: str = "GET", headers: Iterable[tuple[str, str]] = (), body: bytes = b"", *,
          timeout: float = 10, max_body: int = 16 << 20, tls: ssl.SSLContext | None = None) -> Response:
    """Send one request and return the response, its body as bytes.

    >>> fetch("ftp://example.org/")
    Traceback (most recent call last):
    ...
    ValueError: not a URL for HTTP: 'ftp://example.org/'

    `url` is `http://host:port/path?query` or https, all ASCII (see urllib.parse.quote); redirects are not followed.
    `timeout`, in seconds, is for the whole, `max_body` in bytes. `tls` overrules the default context, which checks
    certificates. Raises: ValueError for the URL, OSError and TimeoutError for the network, EOFError if the connection
    ends too early, ProtocolError for what is no HTTP or too much. The stdlib has http.client and urllib.request.
    """
    secure, authority, address, target = split_url(url)
    deadline = time.monotonic() + timeout
    sock: Any = connect(address, timeout=timeout)
    try:
        if secure:
            context = tls or ssl.create_default_context()
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            sock = context.wrap_socket(sock, server_hostname=address[0])
        return exchange(sock, format_request(method, target, authority, headers, body), method, deadline, max_body)
    finally:
        sock.close()


def split_url(url: str) -> tuple[bool, str, tuple[str, int], str]:
    """Split a URL into (is it https, authority for the Host header, address to connect to, target to ask for).

    >>> split_url("http://example.org:8080/a?b#c")
    (False, 'example.org:8080', ('example.org', 8080), '/a?b')

    Raises: ValueError for another scheme, a user, or no host.
    """
    scheme, _, rest = url.partition("#")[0].partition("://")
    cut = min((rest.find(mark) for mark in "/?" if mark in rest), default=len(rest))
    authority, target = rest[:cut], rest[cut:]
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    if scheme.lower() not in ("http", "https") or not host or not is_host(authority):
        raise ValueError(f"not a URL for HTTP: {url!r}")
    secure = scheme.lower() == "https"
    address = host.strip("[]"), int(port) if port else 443 if secure else 80
    return secure, authority, address, target if target[:1] == "/" else "/" + target


def format_request(method: str, target: str, host: str, headers: Iterable[tuple[str, str]] = (),
                   body: bytes = b"") -> bytes:
    """Build a request that asks the server to close afterwards.

    >>> format_request("GET", "/", "example.org")
    b'GET / HTTP/1.1\\r\\nHost: example.org\\r\\nConnection: close\\r\\n\\r\\n'

    Raises: ValueError for what cannot stand in a request.
    """
    line = f"{method} {target} HTTP/1.1"
    if len(line.split()) != 3 or not line.isascii() or not line.isprintable():
        raise ValueError(f"not a request line: {line!r}")
    length = [("Content-Length", str(len(body)))] if body or method in ("POST", "PUT", "PATCH") else []
    fields = format_fields([("Host", host), ("Connection", "close"), *length, *headers])
    return line.encode() + b"\r\n" + fields + b"\r\n" + body


def exchange(sock: socket.socket, request: bytes, method: str, deadline: float, max_body: int = 16 << 20) -> Response:
    """Send a request over a connected socket and read its response, until the monotonic time `deadline`.

    >>> ours, theirs = socket.socketpair()
    >>> theirs.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    >>> exchange(ours, b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", "GET", time.monotonic() + 5).body
    b'hi'
    >>> ours.close(); theirs.close()

    A server may answer and close before it has read all: what cannot be sent is then forgotten. Raises: as `fetch`.
    """
    parser = ResponseParser(Limits(body=max_body))
    parser.methods.append(method)
    sock.settimeout(max(0.001, deadline - time.monotonic()))
    try:
        sock.sendall(request)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the answer says why
    response, pieces = None, []
    while True:
        event = parser.next_event()
        if event is None:
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            data = sock.recv(65536)
            parser.feed(data) if data else parser.feed_eof()
        elif response is None:
            response = event
        elif event:
            pieces.append(event)
        else:
            response.body = b"".join(pieces)
            return response  # type: ignore[no-any-return]
