"""Applications: a function from a request to a response, and a table that picks the function by method and path.

    site = Routes()

    @site.get("/hello/{name}")
    def hello(request, name):
        return f"Hello, {name}!"

    HTTPServer("127.0.0.1", 8000, site).serve_forever()

An application is any callable `app(request) -> response`. It may raise HTTPError. What it returns may be a Response
or what `as_response` turns into one. One that wants to receive large bodies itself has a method `open_body(request)`,
called when a head with a body has come: it returns a binary file to write the body to, which is then `request.body`
(and is closed if the client vanishes), or a Response that refuses it, or None for the server's own temporary file. One
that keeps answers has a method `recall(target)`: the Response (with bytes as its body) to a GET that asks for nothing
but that target, or None; only then is the application called, with a Request. One whose answers may take more than a
few milliseconds has a method `blocks(request)`, which says so at once: if it is true, an event model calls
`open_body` and the application in another thread, and serves the other clients meanwhile. So it does with writing to
a file from `open_body` that has a true attribute `blocks`.
"""
from __future__ import annotations

import html
import json
from typing import Any, Callable, Iterable

from .messages import REASONS, HTTPError, Request, Response

Application = Callable[[Request], Any]
Handler = Callable[..., Any]


def as_response(result: Any) -> Response:
    """Turn what an application returned into a Response.

    >>> as_response("Grüße").body
    b'Gr\\xc3\\xbc\\xc3\\x9fe'
    >>> as_response({"answer": 42}).headers
    [('Content-Type', 'application/json')]

    A Response stays as it is; str becomes HTML if it begins with "<", else plain text, in UTF-8; bytes are of no
    known type; dict and list become JSON; None becomes 204; other iterables are streamed. Raises: TypeError for
    anything else.
    """
    if isinstance(result, Response):
        return result
    if isinstance(result, str):
        kind = "text/html" if result.lstrip()[:1] == "<" else "text/plain"
        return Response(200, [("Content-Type", f"{kind}; charset=utf-8")], result.encode("utf-8", "replace"))
    if isinstance(result, bytes):
        return Response(200, [("Content-Type", "application/octet-stream")], result)
    if isinstance(result, (dict, list)):
        return Response(200, [("Content-Type", "application/json")], json.dumps(result).encode())
    if result is None:
        return Response(204)
    if isinstance(result, Iterable):
        return Response(200, [("Content-Type", "application/octet-stream")], result)
    kinds = "a Response, str, bytes, dict, list or an iterable of bytes"
    raise TypeError(f"an application returns {kinds}, not {type(result).__name__}")


def error_response(error: HTTPError) -> Response:
    """Make the page that tells a client about an error.

    >>> b"404 Not Found" in error_response(HTTPError(404, "no <such> page")).body
    True
    """
    title = f"{error.status} {error.title or REASONS.get(error.status, 'Error')}"
    page = (f"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{html.escape(title)}</title></head>\n"
            f"<body><h1>{html.escape(title)}</h1>\n<p>{html.escape(error.detail)}</p></body></html>\n")
    headers = [("Content-Type", "text/html; charset=utf-8"), *error.headers]
    return Response(error.status, headers, page.encode("utf-8", "replace"))


def redirect(location: str, status: int = 303) -> Response:
    """Make a response that sends the client to another address; 303 means: with GET (after a form, say).

    >>> redirect("/done").headers
    [('Location', '/done'), ('Content-Length', '0')]

    Raises: ValueError (on sending) for a location that is not Latin-1: percent-encode it, as urllib.parse.quote does.
    """
    return Response(status, [("Location", location), ("Content-Length", "0")])


class Routes:
    """An application made of functions: each answers one method under one path.

    In a path, `{name}` stands for one segment that is not empty, and `{name...}`, at the end, for all that is left;
    what they match is passed to the function, by name and percent-decoded.

    >>> site = Routes()
    >>> @site.get("/hello/{name}")
    ... def hello(request, name):
    ...     return f"Hello, {name}!"
    >>> site(Request("GET", "/hello/Xiao%20Ming"))
    'Hello, Xiao Ming!'

    HEAD is answered as GET, OPTIONS with what is allowed. Raises (to be answered): HTTPError 404 for a path that
    nobody has, 405 with Allow for a method that the path has not.
    """

    def __init__(self) -> None:
        self._fixed: dict[str, dict[str, Handler]] = {}
        self._patterns: list[tuple[list[str], dict[str, Handler]]] = []

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Let `handler(request, **captured)` answer `method` under `path`, or raise ValueError if that has no "/"."""
        if not path.startswith("/"):
            raise ValueError(f"a path begins with a slash: {path!r}")
        segments = path.split("/")
        if "{" not in path:
            self._fixed.setdefault(path, {})[method] = handler
            return
        for known, methods in self._patterns:
            if known == segments:
                methods[method] = handler
                return
        self._patterns.append((segments, {method: handler}))

    def route(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Decorate the function that answers `method` under `path`."""

        def keep(handler: Handler) -> Handler:
            self.add(method, path, handler)
            return handler

        return keep

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Decorate the function that answers GET, and so HEAD, under `path`."""
        return self.route("GET", path)

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Decorate the function that answers POST under `path`."""
        return self.route("POST", path)

    def __call__(self, request: Request) -> Any:
        methods, captured = self.find(request.path)
        handler = methods.get(request.method) or (methods.get("GET") if request.method == "HEAD" else None)
        if handler is not None:
            return handler(request, **captured)
        allowed = ", ".join(sorted({*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}))
        if request.method == "OPTIONS":
            return Response(204, [("Allow", allowed)])
        raise HTTPError(405, f"{request.method} is not allowed here", [("Allow", allowed)])

    def find(self, path: str) -> tuple[dict[str, Handler], dict[str, str]]:
        """Return (method -> function, what the path captured) for a path. Raises: HTTPError(404)."""
        if path in self._fixed:
            return self._fixed[path], {}
        segments = path.split("/")
        for pattern, methods in self._patterns:
            captured = match_segments(pattern, segments)
            if captured is not None:
                return methods, captured
        if path == "*":
            return {}, {}
        raise HTTPError(404, "there is nothing here")


def match_segments(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    """Match the segments of a path with those of a pattern: what was captured, or None if they differ.

    >>> match_segments(["", "files", "{path...}"], ["", "files", "a", "b"])
    {'path': 'a/b'}
    """
    captured = {}
    for index, part in enumerate(pattern):
        if part.startswith("{") and part.endswith("...}"):
            captured[part[1:-4]] = "/".join(segments[index:])
            return captured if len(segments) > index else None
        if index >= len(segments):
            return None
        if part.startswith("{") and part.endswith("}") and segments[index]:
            captured[part[1:-1]] = segments[index]
        elif part != segments[index]:
            return None
    return captured if len(segments) == len(pattern) else None
