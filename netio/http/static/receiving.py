"""Uploads: which are let in, where they go, and what is answered.

An upload is judged by its head alone, before its body is sent, and its body is written where it belongs as it comes. A
page of another site cannot upload through its visitor's browser, because the browser says where a form comes from.
"""
from __future__ import annotations

import errno
import os
from contextlib import ExitStack
from typing import Callable, Iterable

from ...files.root import Root
from ...files.locking import ChangedError, Unchanged
from ...files.replacing import Replacement, UnsyncedError
from ..conditions import evaluate_preconditions, file_etag
from ..forms import FormError, form_boundary
from ..messages import HTTPError, Request, Response
from .chinese import speak_to
from .paths import CONTROLS, PathError, quote_path, split_path
from .uploads import FormFiles


class Receiver:
    """Takes PUT (one file) and POST (a form with files) into the folder `root`; each body is `limit` bytes at most.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     upload = Receiver(Root(folder), limit=100).open(Request("PUT", "/a.txt"))
    ...     upload.write(b"hello"), upload.finish().status, os.listdir(folder)
    (5, 201, ['a.txt'])

    `headers` go into every answer, `hidden` is as in StaticFiles. Source: RFC 9110 section 9.3.4, RFC 7578.
    """

    def __init__(self, root: Root, limit: int, headers: Iterable[tuple[str, str]] = (), hidden: bool = False) -> None:
        self.root, self.limit, self.headers, self.hidden = root, limit, list(headers), hidden

    def open(self, request: Request) -> Upload:
        """Return what the body of a PUT or POST is written to. Raises: HTTPError where it is not let in."""
        if request.length is not None and request.length > self.limit:
            raise HTTPError(413, f"more than {self.limit} bytes", self.headers)
        if not same_origin(request):
            raise HTTPError(403, "a page of another site sent this", self.headers)
        with ExitStack() as stack:  # closes what was opened, unless the upload takes it over
            try:
                names = split_path(request.target_parts()[1], hidden=self.hidden)
                upload = (self._open_file if request.method == "PUT" else self._open_form)(request, names, stack)
            except (OSError, FormError, PathError) as error:
                raise HTTPError(*explain(error), self.headers) from error
            upload.stack = stack.pop_all()
            return upload

    def _open_file(self, request: Request, names: list[str], stack: ExitStack) -> Upload:
        if not names or request.target_parts()[1].endswith("/") or "content-range" in request.headers:
            raise HTTPError(400, "PUT brings one whole file", self.headers)  # no part: RFC 9110 section 14.5
        if names[-1].translate(CONTROLS) != names[-1]:
            raise HTTPError(400, "a control character in a name", self.headers)
        folder, name = stack.enter_context(self.root.parent("/".join(names)))
        found, fields = folder.find(name), request.headers.fields
        etag, modified = (file_etag(found), int(found.st_mtime)) if found else ("", 0)
        if evaluate_preconditions("PUT", fields, etag, modified) != 200:
            raise HTTPError(412, "the file is another version", self.headers)
        conditional = any(field in fields for field in ("if-match", "if-none-match", "if-unmodified-since"))
        any_version = fields.get("if-match", "") == "*"
        new = Replacement(name, folder=folder, suffix=".part", overwrite=not conditional or found is not None,
                          only_if=Unchanged(found) if found and conditional and not any_version else None)
        stack.callback(new.close)

        def commit() -> Response:
            if any_version and folder.find(name) is None:
                raise HTTPError(412, "the file is gone", self.headers)
            return self._commit_file(new, quote_path(names))

        return Upload(self, request, new, commit)

    def _commit_file(self, new: Replacement, location: str) -> Response:
        """Take the file's place, if the request's conditions still hold in the step that does it."""
        etag = ("ETag", file_etag(os.fstat(new.file.fileno())))  # of what came, not of what others put there then
        try:
            made = new.commit()
        except (ChangedError, FileExistsError):
            raise HTTPError(412, "the file is another version", self.headers) from None
        return Response(201 if made else 204, [("Location", location)] * made + [etag, *self.headers])

    def _open_form(self, request: Request, names: list[str], stack: ExitStack) -> Upload:
        boundary = form_boundary(request.headers.get("content-type", "") or "")
        folder = stack.enter_context(self.root.open_folder("/".join(names)))
        files = FormFiles(folder, boundary)
        stack.callback(files.close)

        def commit() -> Response:
            files.commit()
            return Response(303, [("Location", quote_path(names, folder=True)), *self.headers])

        return Upload(self, request, files, commit)


class Upload:
    """One upload under way: a body that a server writes to (see `netio.http.applications`), and then `finish`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     upload = Receiver(Root(folder), limit=100).open(Request("PUT", "/a.txt"))
    ...     upload.write(b"hel"), upload.write(b"lo"), upload.finish().status
    (3, 2, 201)
    """

    blocks = True  # writing may wait for the disk, and so may throwing away what was written

    def __init__(self, receiver: Receiver, request: Request, sink: Replacement | FormFiles,
                 commit: Callable[[], Response]) -> None:
        self._headers, self._request, self._sink, self._commit = receiver.headers, request, sink, commit
        self._left = self.max_body = receiver.limit
        self.stack = ExitStack()  # what it holds open

    def write(self, data: bytes) -> int:
        """Take some of the body. Raises: HTTPError."""
        self._left -= len(data)
        try:
            if self._left < 0:
                raise self._refusal(413, f"more than {self.max_body} bytes")
            return self._sink.write(data)
        except (OSError, FormError) as error:
            raise self._refusal(*explain(error)) from error

    def finish(self) -> Response:
        """Put what came in its place, and answer: 201 or 204 for a file, a redirect to the folder for a form."""
        try:
            return self._commit()
        except (OSError, FormError) as error:
            raise self._refusal(*explain(error)) from error
        finally:
            self.close()

    def _refusal(self, status: int, detail: str) -> HTTPError:
        error = HTTPError(status, detail, self._headers)
        speak_to(self._request, error)  # the server may be the one that catches it
        return error

    def close(self) -> None:
        """Throw away what is not in its place."""
        self.stack.close()
        self.blocks = False


def explain(error: Exception) -> tuple[int, str]:
    """Return the status and the sentence that answer an upload which failed so.

    >>> explain(FileExistsError("there is one")), explain(OSError(28, "No space left on device"))
    ((409, 'there is one'), (507, 'it could not be stored'))
    """
    if isinstance(error, (PathError, FormError)):
        return error.status, str(error)
    if isinstance(error, UnsyncedError):
        return 507, "it is in its place, but the disk has failed to keep the folder: a crash may undo that"
    if isinstance(error, FileExistsError) and not error.errno:
        return 409, str(error)
    if isinstance(error, (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return 409, "no folder to put it in, or a folder of that name"
    if isinstance(error, PermissionError):
        return 403, "the folder cannot be written"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return 400, "the name is too long"
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
