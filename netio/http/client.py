"""A small client: one request, one connection, the whole answer.

The answer is read while the request is sent: a server that has seen enough answers early and reads no more, so that a
client which must send all before it reads would wait for ever.
"""
from __future__ import annotations

import select
import socket
import ssl
from typing import Any, Iterable

from .._deadline import deadline_after, time_left
from ..tcp import connect
from .messages import Limits, Response, ResponseParser, format_fields
from .messages.requests import is_host


# Up to 3.9, and in some systems' later ones, every context is made so that it takes any end of TLS for a clean one.
_UNASKED = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0) & ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).options


def fetch(url: str, method: str = "GET", headers: Iterable[tuple[str, str]] = (), body: bytes = b"", *,
          timeout: float = 10, max_body: int = 16 << 20, tls: ssl.SSLContext | None = None) -> Response:
    """Send one request and return the response, its body as bytes.

    >>> fetch("ftp://example.org/")
    Traceback (most recent call last):
    ...
    ValueError: not a URL for HTTP: 'ftp://example.org/'

    `url` is `http://host:port/path?query` or https, all ASCII (see urllib.parse.quote); redirects are not followed.
    `timeout`, in seconds, is for the whole, `max_body` in bytes. `tls` overrules the default context, which checks
    certificates; one with ssl.OP_IGNORE_UNEXPECTED_EOF is for servers that never end TLS properly (a Python that sets
    this in every context cannot tell: it is taken out there).
    Raises: ValueError for the URL or a header, OSError and TimeoutError for the network, EOFError if the connection
    ends too early (over TLS: also without its own end, where the length is unknown), ProtocolError(502) for what is no
    HTTP or too much. The stdlib has http.client and urllib.request.
    """
    secure, authority, address, target = split_url(url)
    request = format_request(method, target, authority, headers, body)
    deadline = deadline_after(timeout)
    sock: Any = connect(address, timeout=timeout)
    try:
        if secure:
            context = tls or ssl.create_default_context()
            context.options &= ~_UNASKED
            left = time_left(deadline)
            sock.settimeout(left if left is None else max(0.001, left))
            sock = context.wrap_socket(sock, server_hostname=address[0], suppress_ragged_eofs=False)
        return exchange(sock, request, method, deadline, max_body)
    except (TimeoutError, socket.timeout):
        raise TimeoutError(f"no whole answer from {authority} within {timeout:g} s") from None
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

    A Host or Connection of the caller's takes the place of ours. Raises: ValueError for what a request cannot contain:
    a second Host, a Content-Length that is not the body's, any Transfer-Encoding.
    """
    line = f"{method} {target} HTTP/1.1"
    if len(line.split()) != 3 or not line.isascii() or not line.isprintable():
        raise ValueError(f"not a request line: {line!r}")
    given, own = list(headers), [("Host", host), ("Connection", "close")]
    named = [name.lower() for name, _ in given]
    if named.count("host") > 1 or "transfer-encoding" in named:
        raise ValueError("a request has one Host, and here a length and no Transfer-Encoding")
    if any(name.lower() == "content-length" and value.strip() != str(len(body)) for name, value in given):
        raise ValueError(f"the body has {len(body)} bytes: Content-Length says otherwise")
    if body or method in ("POST", "PUT", "PATCH"):
        own.append(("Content-Length", str(len(body))))
    own = [(name, value) for name, value in own if name == "Content-Length" or name.lower() not in named]
    own += (field for field in given if field[0].lower() != "content-length")
    fields = format_fields(sorted(own, key=lambda field: field[0].lower() != "host"))  # it comes first: RFC 9110 7.2
    return line.encode() + b"\r\n" + fields + b"\r\n" + body


def exchange(sock: socket.socket, request: bytes, method: str, deadline: float | None,
             max_body: int = 16 << 20) -> Response:
    """Send a request over a connected socket and read its response, until the monotonic time `deadline`, or for ever.

    >>> ours, theirs = socket.socketpair()
    >>> theirs.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    >>> exchange(ours, b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", "GET", deadline_after(5)).body
    b'hi'
    >>> ours.close(); theirs.close()

    A server may answer and close before it has read all: what cannot be sent is then forgotten. Raises: as `fetch`.
    """
    parser = ResponseParser(Limits(body=max_body))
    parser.methods.append(method)
    unsent, response, pieces, late = memoryview(request), None, [], False
    sock.setblocking(False)
    while True:
        event = parser.next_event()
        if event is None:
            if late:  # it never stops sending
                raise TimeoutError("the time is over")
            late = time_left(deadline) == 0
            unsent = _move(sock, unsent, parser, deadline)
        elif response is None:
            response = event
        elif event:
            pieces.append(event)
        else:
            response.body = b"".join(pieces)
            return response  # type: ignore[no-any-return]


_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def _move(sock: socket.socket, unsent: memoryview, parser: ResponseParser, deadline: float | None) -> memoryview:
    """Send what the socket takes, read what has come, or wait until one of them can be done; return what is unsent."""
    try:
        if unsent:
            unsent = unsent[sock.send(unsent[:1 << 18]):]
    except _NOT_NOW:
        pass
    except (BrokenPipeError, ConnectionResetError):
        unsent = unsent[:0]  # the answer says why
    try:
        data = sock.recv(65536)
    except _NOT_NOW:
        _wait(sock, bool(unsent), deadline)
    except ssl.SSLError as error:  # no close_notify: without a length nobody knows whether something was cut off
        if not isinstance(error, ssl.SSLEOFError) and "unexpected eof" not in str(error):
            raise
        raise EOFError("the connection was cut off: it ended without the end of TLS (RFC 9112 section 9.8)") from None
    else:
        parser.feed(data) if data else parser.feed_eof()
    return unsent


def _wait(sock: socket.socket, sending: bool, deadline: float | None) -> None:
    """Wait until a socket can be read or, if something is to be sent, written. Raises: TimeoutError."""
    left = time_left(deadline)
    if left == 0:
        raise TimeoutError("the time is over")
    if hasattr(select, "poll"):  # select knows no descriptor beyond 1023
        poll = select.poll()
        poll.register(sock, select.POLLIN | (select.POLLOUT if sending else 0))
        poll.poll(left if left is None else left * 1000)
    else:
        select.select([sock], [sock] if sending else [], [], left)
