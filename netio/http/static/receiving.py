"""Uploads: which are let in, where they go, and what is answered.

An upload is judged by its head alone, before its body is sent, and its body is written where it belongs as it comes. A
page of another site cannot upload through its visitor's browser, because the browser says where a form comes from.
"""
from __future__ import annotations

import os
from typing import Iterable

from ..conditions import evaluate_preconditions, file_etag
from ..forms import form_boundary
from ..messages import HTTPError, Request, Response
from .paths import PathError, quote_path, real_path, split_path
from .uploads import FormFiles, PartialFile


class Receiver:
    """Takes PUT (one file) and POST (a form with files) into the folder `root`; each body is `limit` bytes at most.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     upload = Receiver(os.path.realpath(folder), limit=100).open(Request("PUT", "/a.txt"))
    ...     upload.write(b"hello"), upload.finish().status, os.listdir(folder)
    (5, 201, ['a.txt'])

    `headers` go into every answer, `hidden` is as in StaticFiles. Source: RFC 9110 section 9.3.4, RFC 7578.
    """

    def __init__(self, root: str, limit: int, headers: Iterable[tuple[str, str]] = (), hidden: bool = False) -> None:
        self.root, self.limit, self.headers, self.hidden = root, limit, list(headers), hidden

    def open(self, request: Request) -> Upload:
        """Return what the body of a PUT or POST is written to. Raises: HTTPError where it is not let in."""
        if request.length is not None and request.length > self.limit:
            raise HTTPError(413, f"more than {self.limit} bytes", self.headers)
        if not same_origin(request):
            raise HTTPError(403, "a page of another site sent this", self.headers)
        try:
            names = split_path(request.target_parts()[1], hidden=self.hidden)
            return self._open_file(request, names) if request.method == "PUT" else self._open_form(request, names)
        except (OSError, ValueError) as error:
            raise HTTPError(*explain(error), self.headers) from error

    def _open_file(self, request: Request, names: list[str]) -> Upload:
        if not names or request.target_parts()[1].endswith("/") or "content-range" in request.headers:
            raise HTTPError(400, "PUT brings one whole file", self.headers)  # no part: RFC 9110 section 14.5
        path = os.path.join(real_path(self.root, names[:-1], self.hidden), names[-1])
        if os.path.lexists(path):
            path = real_path(self.root, names, self.hidden)
        if os.path.isdir(path):
            raise IsADirectoryError(path)
        before = os.stat(path) if os.path.exists(path) else None
        etag, modified = (file_etag(before), int(before.st_mtime)) if before else ("", 0)
        if evaluate_preconditions("PUT", request.headers.fields, etag, modified) != 200:
            raise HTTPError(412, "the file is another version", self.headers)
        return Upload(PartialFile(path), self, quote_path(names))

    def _open_form(self, request: Request, names: list[str]) -> Upload:
        boundary = form_boundary(request.headers.get("content-type", "") or "")
        folder = real_path(self.root, names, self.hidden)
        if not os.path.isdir(folder):
            raise NotADirectoryError(folder)
        return Upload(FormFiles(folder, boundary), self, quote_path(names, folder=True))


class Upload:
    """One upload under way: a body that a server writes to (see `netio.http.applications`), and then `finish`."""

    def __init__(self, sink: PartialFile | FormFiles, receiver: Receiver, location: str) -> None:
        self._sink, self._receiver, self._location = sink, receiver, location
        self._left = self.max_body = receiver.limit

    def write(self, data: bytes) -> int:
        """Take some of the body. Raises: HTTPError."""
        self._left -= len(data)
        try:
            if self._left < 0:
                raise HTTPError(413, f"more than {self.max_body} bytes", self._receiver.headers)
            return self._sink.write(data)
        except (OSError, ValueError) as error:
            raise HTTPError(*explain(error), self._receiver.headers) from error

    def finish(self) -> Response:
        """Put what came in its place, and answer: 201 or 204 for a file, a redirect to the folder for a form."""
        headers, place = self._receiver.headers, ("Location", self._location)
        try:
            done = self._sink.commit()
            if isinstance(self._sink, FormFiles):
                return Response(303, [place, *headers])
            etag = ("ETag", file_etag(os.stat(self._sink.path)))
            return Response(201, [place, etag, *headers]) if done else Response(204, [etag, *headers])
        except (OSError, ValueError) as error:
            raise HTTPError(*explain(error), headers) from error
        finally:
            self.close()

    def close(self) -> None:
        """Throw away what is not in its place."""
        self._sink.close()


def explain(error: Exception) -> tuple[int, str]:
    """Return the status and the sentence that answer an upload which failed so.

    >>> explain(FileExistsError("there is one")), explain(OSError(28, "No space left on device"))
    ((409, 'there is one'), (507, 'it could not be stored'))
    """
    if isinstance(error, PathError):
        return error.status, str(error)
    if isinstance(error, ValueError):
        return 400, str(error)
    if isinstance(error, FileExistsError) and not error.errno:
        return 409, str(error)
    if isinstance(error, (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return 409, "no folder to put it in, or a folder of that name"
    if isinstance(error, PermissionError):
        return 403, "the folder cannot be written"
    return 507, "it could not be stored"


def same_origin(request: Request) -> bool:
    """Return whether a request that changes something comes from a page of this server, or from no page at all.

    >>> request = Request("POST", "/")
    >>> request.headers.add("Host", "a:80"), same_origin(request)
    (None, True)
    >>> request.headers.add("Origin", "http://evil.example"), same_origin(request)
    (None, False)

    A browser sends Origin with every form: without this check any page could upload through its visitor.
    """
    origin = request.headers.fields.get("origin")
    return origin is None or origin.partition("://")[2] == request.host
