"""HTTP over a plain blocking socket: one request, one answer, close. The notes' servers, done right, as blocking
handlers.

For more than learning there is HTTPServer, which keeps connections, streams, and has timeouts against slow clients.
"""
from __future__ import annotations

import io
import socket
import time

from .._deadline import wait_limit
from ..tcp import Deadline, close_gracefully
from .applications import Application, as_response, error_response
from .messages import HTTPError, Request, RequestParser, Response, format_date, has_body


def recv_request(sock: socket.socket, parser: RequestParser | None = None, timeout: float = 10) -> Request | None:
    """Receive one whole request, however many pieces it comes in; None if the client ends without one.

    >>> ours, theirs = socket.socketpair()
    >>> with ours, theirs:
    ...     theirs.sendall(b"POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\n\\r\\n"); theirs.sendall(b"hello")
    ...     recv_request(ours).read()
    b'hello'

    The body is held in memory, up to the parser's limit. To go on after one request, give each call the same `parser`.
    `timeout` is in seconds, for the whole request. Raises: ProtocolError with the status to answer, EOFError if the
    client ends in the midst, TimeoutError. Notes: HTTP, request (one recv(1024) is not a request).
    """
    parser = RequestParser() if parser is None else parser
    request: Request | None = None
    body = io.BytesIO()
    with Deadline(sock, timeout) as deadline:
        while True:
            event = parser.next_event()
            if event is None:
                data = deadline.recv(65536)
                if not data and request is None and not parser.buffered:
                    return None
                if not data:
                    raise EOFError(f"the client ended within a request, after {len(body.getvalue())} bytes of body")
                parser.feed(data)
            elif request is None:
                request = event
                request.body = body
            elif event:
                body.write(event)
            if request is not None and (event == b"" or request.length == 0):
                body.seek(0)
                return request


def send_response(sock: socket.socket, response: Response, method: str = "GET") -> None:
    """Send a response whose body is bytes, to be followed by the end of the connection.

    >>> ours, theirs = socket.socketpair()
    >>> with ours, theirs:
    ...     send_response(ours, Response(200, [("Content-Type", "text/html; charset=utf-8")], "你好".encode()))
    ...     theirs.recv(1000).splitlines()[:4]
    [b'HTTP/1.1 200 OK', b'Content-Type: text/html; charset=utf-8', b'Content-Length: 6', b'Connection: close']

    `method` is the request's: HEAD gets no body. Raises: TypeError for a body that is not bytes, OSError.
    Notes: HTTP, response (a str with \\n line ends and no length is none).
    """
    head = response.encode() + f"Connection: close\r\nDate: {format_date(time.time())}\r\n\r\n".encode()
    if not isinstance(response.body, bytes):
        raise TypeError(f"a body of bytes is wanted here, not {type(response.body).__name__}")
    sock.sendall(head + response.body if has_body(method, response.status) else head)


def handle_one_request(sock: socket.socket, app: Application, timeout: float = 10) -> Request | None:
    """Receive one request, send what `app(request)` returns, and end the connection gently; return the request.

    >>> ours, theirs = socket.socketpair()
    >>> with ours, theirs:
    ...     theirs.sendall(b"GET /tea HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"); theirs.shutdown(socket.SHUT_WR)
    ...     handle_one_request(ours, lambda request: f"You asked for {request.path}.")
    ...     theirs.recv(1000).splitlines()[-1]
    <Request GET /tea>
    b'You asked for /tea.'

    What is no request is answered with an error page; then, and if no request comes, None is returned. Raises:
    EOFError, OSError, and whatever `app` raises beside HTTPError. Notes: HTTP, httpserver 1.0.
    """
    request: Request | None = None
    try:
        request = recv_request(sock, timeout=timeout)
        response = as_response(app(request)) if request is not None else None
    except HTTPError as error:
        response = error_response(error)
    if response is not None:
        sock.settimeout(wait_limit(timeout))  # a client that takes nothing keeps us no longer
        send_response(sock, response, request.method if request is not None else "GET")
        close_gracefully(sock, timeout=2)
    return request
