"""WSGI (PEP 3333) both ways: any WSGI application under netio's server, and netio's applications under any WSGI server.

    HTTPServer("127.0.0.1", 8000, FromWSGI(flask_app)).serve_forever()
    gunicorn 'mymodule:wsgi'        where mymodule.py says: wsgi = ToWSGI(site)

A WSGI application blocks while it works. Under the models thread, pool, process and prefork it has a thread or a
process to itself; under select, poll, epoll and kqueue all others wait for it, so that those want several workers, or
quick applications.
"""
from __future__ import annotations

import io
import os
import sys
from typing import Any, Callable, Iterable, Iterator
from urllib.parse import quote

from .applications import Application, as_response, error_response
from .messages import REASONS, FileBody, Headers, HTTPError, Request, Response, decode_percent, has_body
from .sending import close_all
from .spool import Spool

WSGIApplication = Callable[[dict, Any], Iterable[bytes]]  # type: ignore[type-arg]
_COPY = 65536
_END = object()


class FromWSGI:
    """A WSGI application as an application of netio's.

    >>> def hello(environ, start_response):
    ...     start_response("200 OK", [("Content-Type", "text/plain")])
    ...     return [b"Hello, ", environ["PATH_INFO"].encode("latin-1")]
    >>> response = FromWSGI(hello)(Request("GET", "/Xiao%20Ming"))
    >>> response.status, response.body
    (200, b'Hello, /Xiao Ming')

    `multithread` and `multiprocess` describe the server to it. The body is received whole before it is
    called, and what it returns is streamed, unless it is a list. Headers with an underscore are dropped: in the
    environ they would pass for others.
    """

    def __init__(self, application: WSGIApplication, *, multithread: bool = True, multiprocess: bool = True) -> None:
        self.application, self.multithread, self.multiprocess = application, multithread, multiprocess

    def __call__(self, request: Request) -> Response:
        environ = make_environ(request)
        environ["wsgi.multithread"], environ["wsgi.multiprocess"] = self.multithread, self.multiprocess
        call = _Call(self.application, environ)
        return call.response(joined=request.method != "HEAD")


def make_environ(request: Request) -> dict[str, Any]:
    """Build the WSGI environ of a request.

    >>> environ = make_environ(Request("GET", "/a%2Fb?c=d", headers=Headers([("Host", "x"), ("Accept", "*/*")])))
    >>> environ["PATH_INFO"], environ["QUERY_STRING"], environ["HTTP_ACCEPT"], environ["SERVER_PROTOCOL"]
    ('/a/b', 'c=d', '*/*', 'HTTP/1.1')

    Source: PEP 3333. The stdlib's example is wsgiref.simple_server.
    """
    body: Any = request.body or io.BytesIO()
    local = request.local if isinstance(request.local, tuple) else ("localhost", 80)
    path = request.target_parts()[1]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "QUERY_STRING": request.query,
        "PATH_INFO": "" if path == "*" else decode_percent(path).decode("latin-1"),
        "SERVER_NAME": str(local[0]), "SERVER_PORT": str(local[1]), "SERVER_PROTOCOL": "HTTP/%d.%d" % request.version,
        "wsgi.version": (1, 0), "wsgi.url_scheme": request.scheme, "wsgi.input": body, "wsgi.errors": sys.stderr,
        "wsgi.run_once": False,
    }
    if isinstance(request.peer, tuple):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = str(request.peer[0]), str(request.peer[1])
    for name, value in request.headers.fields.items():
        if "_" not in name and name not in ("content-type", "content-length", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    if "content-type" in request.headers:
        environ["CONTENT_TYPE"] = request.headers["content-type"]
    if request.length != 0:
        environ["CONTENT_LENGTH"] = str(_size(body) if request.length is None else request.length)
    return environ


def _size(body: Any) -> int:
    position = body.tell()
    body.seek(0, os.SEEK_END)
    size: int = body.tell()
    body.seek(position)
    return size


class _Call:
    """One call of a WSGI application: what it said to start_response, and what it has returned so far."""

    def __init__(self, application: WSGIApplication, environ: dict[str, Any]) -> None:
        self._status: int | None = None
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []
        self._begun = False
        self._result = application(environ, self.start_response)
        self._pieces = iter(())  # type: Iterator[bytes]

    def start_response(self, status: str, headers: list[tuple[str, str]],
                       exc_info: Any = None) -> Callable[[bytes], None]:
        try:
            if exc_info and self._begun:
                raise exc_info[1].with_traceback(exc_info[2])
            if self._status is not None and not exc_info:
                raise AssertionError("start_response was called twice")
        finally:
            exc_info = None  # no circle of references
        self._status, self._headers = int(status[:3]), list(headers)
        return self._written.append

    def response(self, joined: bool) -> Response:
        """Return the response, whole if it is a list, else to be streamed; it is known once the first piece is."""
        whole = joined and isinstance(self._result, (list, tuple))
        try:
            if whole:
                self._written += self._result
            else:
                self._pieces = iter(self._result)
                while self._status is None or not any(self._written):
                    self._written.append(next(self._pieces))
        except StopIteration:
            pass
        except BaseException:
            self.close()
            raise
        if self._status is None:
            self.close()
            raise RuntimeError("the WSGI application did not call start_response")
        self._begun = True
        if whole:
            self.close()
            return Response(self._status, self._headers, b"".join(self._written))
        return Response(self._status, self._headers, self)

    def __iter__(self) -> Iterator[bytes]:
        """Yield what came before the response was known, then the rest as the client takes it."""
        while self._written:
            yield self._written.pop(0)
        while (piece := next(self._pieces, _END)) is not _END:  # a `for` would call iter() again
            while self._written:  # by the old write()
                yield self._written.pop(0)
            yield piece  # type: ignore[misc]

    def close(self) -> None:
        _close(self._result)


class ToWSGI:
    """An application of netio's as a WSGI application, for gunicorn, waitress, mod_wsgi and the like.

    >>> wsgi = ToWSGI(lambda request: f"You asked for {request.path}.")
    >>> from wsgiref.util import setup_testing_defaults
    >>> environ = {"PATH_INFO": "/tea"}
    >>> setup_testing_defaults(environ)
    >>> b"".join(wsgi(environ, lambda status, headers: print(status)))
    200 OK
    b'You asked for /tea.'

    `max_body` limits what is received. Routes, static files and streaming work as under netio's own server. Raises:
    what the application raises, and ValueError for a response that must not be sent, for the server to answer with 500.
    """

    def __init__(self, app: Application, max_body: int = 16 << 20) -> None:
        self.app, self.max_body = app, max_body

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request, response = make_request(environ), Response()
        try:
            try:
                response = self._receive(request, environ) or as_response(self.app(request))
            except HTTPError as error:
                response = error_response(error)
            response.encode()  # refuses what our own server does not send either: other servers may send it
        except BaseException:
            close_all(response.body, request.body)
            raise
        servers_own = ("connection", "content-length")
        headers = [(name, value) for name, value in response.headers if name.lower() not in servers_own]
        if response.length is not None and (response.status not in (204, 304)):
            headers.append(("Content-Length", str(response.length)))
        start_response(f"{response.status} {REASONS.get(response.status, 'Unknown')}", headers)
        if not has_body(request.method, response.status):
            close_all(response.body, request.body)
            return []
        whole = isinstance(response.body, (bytes, bytearray, memoryview))
        return _Pieces([response.body] if whole else response.body, request.body)

    def _receive(self, request: Request, environ: dict[str, Any]) -> Response | None:
        """Copy the body to where the application wants it, or return the response that refuses it."""
        if request.length == 0:
            return None
        open_body = getattr(self.app, "open_body", None)
        wanted = open_body(request) if open_body is not None else None
        if isinstance(wanted, Response):
            return wanted
        body: Any = Spool(_COPY) if wanted is None else wanted
        request.body = body
        limit, left = getattr(wanted, "max_body", self.max_body), request.length
        if left is not None and left > limit:
            raise HTTPError(413, f"a body of more than {limit} bytes")
        got = 0
        while left is None or got < left:
            piece = environ["wsgi.input"].read(_COPY if left is None else min(_COPY, left - got))
            if not piece:
                break
            got += len(piece)
            if got > limit:
                raise HTTPError(413, f"a body of more than {limit} bytes")
            body.write(piece)
        if left is not None and got < left:
            raise HTTPError(400, f"got {got} of {left} bytes of body")
        if wanted is None:
            request.body = body.rewind()
        return None


class _Pieces:
    """A streamed body; `close`, which WSGI servers call, closes it and the request's body."""

    def __init__(self, body: Any, received: Any) -> None:
        self._body, self._received = body, received
        self._pieces = iter(body.pieces() if isinstance(body, FileBody) else body)

    def __iter__(self) -> Iterator[bytes]:
        piece: Any
        while (piece := next(self._pieces, _END)) is not _END:
            yield piece if isinstance(piece, bytes) else memoryview(piece).tobytes()

    def close(self) -> None:
        for error in close_all(None if self._pieces is self._body else self._pieces, self._body, self._received):
            raise error


def _close(held: Any) -> None:
    close = getattr(held, "close", None)
    if close is not None:
        close()


def make_request(environ: dict[str, Any]) -> Request:
    """Build a Request from a WSGI environ, its body still unread.

    >>> environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/a b", "QUERY_STRING": "c", "HTTP_ACCEPT": "*/*"}
    >>> request = make_request(environ)
    >>> request.target, request.headers["accept"]
    ('/a%20b?c', '*/*')

    Whether a slash in the path was written %2F is lost: WSGI decodes before it hands over.
    """
    headers = Headers((key[5:].replace("_", "-"), value) for key, value in environ.items() if key.startswith("HTTP_"))
    for key, name in (("CONTENT_TYPE", "content-type"), ("CONTENT_LENGTH", "content-length")):
        if environ.get(key):
            headers.add(name, environ[key])
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    target = quote(path.encode("latin-1"), safe="/!$&'()*+,;=:@~") or "/"
    if environ.get("QUERY_STRING"):
        target += "?" + environ["QUERY_STRING"]
    version = (1, 0) if environ.get("SERVER_PROTOCOL") == "HTTP/1.0" else (1, 1)
    stated = environ.get("CONTENT_LENGTH") or ""
    known = stated.isascii() and stated.isdigit() and len(stated) <= 40
    length = int(stated) if known else None if environ.get("wsgi.input_terminated") else 0
    request = Request(environ["REQUEST_METHOD"], target, version, headers, None, length)
    request.scheme = environ.get("wsgi.url_scheme", "http")
    if "REMOTE_ADDR" in environ:
        request.peer = (environ["REMOTE_ADDR"], int(environ.get("REMOTE_PORT") or 0))
    return request
