"""A folder as an application: files, parts of them, listings, and, where it is wanted, uploads, zips and passwords.

Each request takes the same few steps: the path rules turn its path into plain names (paths), the file of these names
below the folder (files.Root) becomes a Representation (representation), that answers by conditions and ranges
(conditions, ranges). What was found is kept for a second (reply_cache): within it a request for a small file costs a
dictionary look-up, after it one `stat` more.
"""
from __future__ import annotations

import errno
import os
import time
from contextlib import closing, suppress
from stat import S_ISREG
from typing import Any, Callable, Iterable, TypeVar

from ...files.root import Root, read_straight
from ...files.sweeping import is_unfinished, sweep_tree
from ..auth import BasicAuth
from ..conditions import file_etag
from ..encodings import accepts_gzip, prefers_chinese
from .chinese import speak_to
from .listing import View, listing_html, listing_json, read_folder
from ..messages import BlockingBody, HTTPError, Request, Response, format_fields
from ..mime import content_type
from .paths import PathError, is_hidden, is_plain, quote_path, split_path
from .reply_cache import ReplyCache
from .receiving import Receiver, Upload
from .representation import (
    SMALL, WAYS, Representation, StaleError, format_modified, modified_time, read_version, whole_reply,
)
from .zipping import zip_folder

_Answer = TypeVar("_Answer")
CACHE_BYTES = 32 * 1024 * 1024  # of small files kept in memory
_FRESH_SECONDS = 1.0
_FOUND_SECONDS = 10.0
_TRIES = 4
_BLOCK = 256 * 1024
_MISSING = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL, errno.EILSEQ)
_BUSY = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'"


class StaticFiles:
    """An application that serves the files below `folder`: `files(request)` is the Response, or raises HTTPError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
    ...         _ = file.write("你好")
    ...     files = StaticFiles(folder)
    ...     response = files(Request("GET", "/"))
    >>> response.status, response.header("Content-Type"), bytes(response.body).decode("utf-8") == "你好"
    (200, 'text/html; charset=utf-8', True)

    `index` is the page of a folder, `listing` whether one without it is listed, `hidden` whether names that begin
    with a dot exist, `not_found` the page below `folder` that goes with a 404, `headers` what each reply bears,
    `auth` who may come in, `max_upload` the most bytes that PUT and forms may bring (0: nobody may upload), `zipped`
    whether `?format=zip` makes a zip of a folder, `charset` what text is declared to be in (None: nothing). Files up
    to `small` bytes are kept, `cache_bytes` in all, and looked at again after a second of `clock`, or each time where
    somebody may upload; `large` is how larger ones are sent: by "sendfile", from a mapping ("mmap": what someone writes
    into a file in place never joins what was sent already), or as Python reads them ("read": over TLS and under asyncio
    the only way).

    No path and no link leads out of the folder; against other programs here that swap folders for links meanwhile
    this holds where `files.Root.race_free` is true, which it is not on Windows. What is answered as stored is on
    the disk.

    Raises: NotADirectoryError where `folder` is none; ValueError for headers that cannot be sent or an unknown way for
    large files. Notes: HTTP, Server 2.0 (HTTPServer(host, port, dir)). The stdlib offers
    http.server.SimpleHTTPRequestHandler: no ranges, no ETag, and links that lead anywhere.
    """

    def __init__(self, folder: str | os.PathLike[str], *, index: str = "index.html", listing: bool = True,
                 hidden: bool = False, not_found: str = "404.html", headers: Iterable[tuple[str, str]] = (),
                 auth: BasicAuth | None = None, max_upload: int = 0, zipped: bool = False,
                 charset: str | None = "utf-8", small: int = SMALL, large: str = "sendfile",
                 cache_bytes: int = CACHE_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._root = Root(folder, hide=is_unfinished if hidden else is_hidden)
        if large not in WAYS:
            raise ValueError(f"large files can be sent by {', '.join(WAYS)}, not {large!r}")
        self.headers = list(headers)
        self._fixed = tuple(self.headers)
        format_fields([*self.headers, ("Content-Type", f"text/plain; charset={charset}")])
        self._index, self._listing, self._hidden, self._not_found = index, listing, hidden, not_found
        self._auth, self._zipped, self._charset, self._small, self._large = auth, zipped, charset, small, large
        self._fresh = 0.0 if max_upload else _FRESH_SECONDS  # what one worker was sent, another's client sees at once
        self._receiver = Receiver(self._root, max_upload, self.headers, hidden) if max_upload else None
        self.sweep()
        self._allow = ("Allow", "GET, HEAD, OPTIONS, POST, PUT" if max_upload else "GET, HEAD, OPTIONS")
        self._formats = ["format=json"] * listing + ["format=zip"] * zipped
        self._cache = ReplyCache(cache_bytes)
        self._clock = clock

    def __call__(self, request: Request) -> Response:
        return _in_its_language(request, self._serve)

    def _serve(self, request: Request) -> Response:
        if self._auth is not None:
            self._authorize(request)
        if request.method == "GET" or request.method == "HEAD":
            return self._read(request)
        return self._change(request)

    def sweep(self) -> None:
        """Remove what uploads have left whose process was killed; a server does so when it ends, too."""
        if self._receiver is not None:
            sweep_tree(self._root.path)

    def blocks(self, request: Request) -> bool:
        """Return whether the answer may take long: a hash, a listing, a zip, or an upload, which goes to the disk."""
        if self._auth is not None and not self._auth.remembers(request.headers.fields.get("authorization", "")):
            return True
        if request.method not in ("GET", "HEAD"):
            return request.method != "OPTIONS"
        path = request.target_parts()[1]
        return path.endswith("/") and (path not in self._cache.entries or request.query in self._formats)

    def recall(self, target: str) -> Response | None:
        """Return the reply to a plain GET (see `messages.plain`), from memory if it holds, if it is a small file's
        content; None sends the request to `__call__`."""
        if self._auth is not None:
            return None
        file: Any = self._cache.entries.get(target)
        if file is None:
            return self._look_plain(target)
        if file.until <= self._clock():  # with many files each is asked for only now and then
            file = self._known(target)
            if file is None:
                return self._look_plain(target)
        file.used = True
        return file.whole if file.compressed is None else None

    def _look_plain(self, target: str) -> Response | None:
        """Do what `recall` does for a file that is not in memory, or was looked for a long time ago.

        On a site that is larger than the cache most requests come this way, so a small file with a plain name is found
        by as few calls as can be, and nothing is made of it but its reply if it was asked for only once. All others are
        looked for by the steps that `__call__` takes.
        """
        try:
            if Root.race_free and is_plain(target):
                root, small, headers = self._root, self._small, self._fixed
                known = read_straight(root.path, target[1:], small)
                if known is not None and not os.access(f"{root.path}{target}.gz", os.R_OK):
                    kind = content_type(target, self._charset)
                    if self._cache.admits(target):
                        file = Representation(root, target[1:], kind, headers, "", small, self._large, known)
                        return self._keep(target, file).whole
                    stat, content = known
                    modified = format_modified(modified_time(stat))
                    return whole_reply(kind, "", headers, modified, file_etag(stat), content)
            found = None if "?" in target or target[-1] == "/" else self._look(target)
        except (OSError, ValueError, HTTPError):  # `__call__` finds out once more, and says it
            return None
        return found.whole if isinstance(found, Representation) and found.compressed is None else None

    def _authorize(self, request: Request) -> None:
        assert self._auth is not None
        host = request.peer[0] if isinstance(request.peer, tuple) else ""
        try:
            user = self._auth.user(request.headers.fields.get("authorization", ""), host)
        except HTTPError as error:
            error.headers.extend(self.headers)
            raise
        if user is None:
            challenge = ("WWW-Authenticate", self._auth.challenge)
            raise HTTPError(401, "name and password, please", [challenge, *self.headers])

    def _read(self, request: Request) -> Response:
        """Answer GET or HEAD, and keep what `recall` will return."""
        path = request.target_parts()[1]
        try:
            return self._answer(path, request)
        except PathError as error:
            return self._refuse(error.status, "no such file" if error.status == 404 else str(error))
        except PermissionError:
            return self._refuse(403, "not for everyone")
        except OSError as error:  # missing, a folder in place of a file, a name too long, a loop of links
            if isinstance(error, (FileNotFoundError, NotADirectoryError)) or error.errno in _MISSING:
                return self._refuse(404, "no such file")
            if error.errno in _BUSY:
                return self._refuse(503, "not now")
            raise
        except HTTPError as error:
            error.headers.extend(self.headers)
            raise

    def _answer(self, path: str, request: Request) -> Response:
        if path.endswith("/") and request.query in self._formats:  # the folder itself, though it may have a page
            return self._serve_folder(split_path(path, hidden=self._hidden), path, request)
        for _ in range(_TRIES):
            found = self._known(path) or self._look(path)
            if not isinstance(found, Representation):
                return self._serve_folder(found, path, request)
            if found.compressed is not None and accepts_gzip(request.headers.fields.get("accept-encoding")):
                found = found.compressed
            try:
                return found.answer(request)
            except StaleError:
                self._cache.clear()
        raise HTTPError(503, "the file is being changed", [("Retry-After", "1")])

    def _known(self, path: str) -> Representation | None:
        """Return what is known of a path, if it is so fresh as to be trusted or a `stat` shows that it still holds.

        The path rules are applied again every ten seconds only: the same file cannot have moved out in between.
        """
        file, now = self._cache.entries.get(path), self._clock()
        if file is None:
            return None
        file.used = True
        if file.until > now:
            return file
        if file.found + _FOUND_SECONDS <= now or not file.is_current():
            return None
        file.until = now + self._fresh
        return file

    def _look(self, path: str) -> Representation | list[str]:
        """Return the file that a path means, or the names that lead to a folder; raise OSError or PathError."""
        names = split_path(path, hidden=self._hidden)
        try:
            name = "/".join([*names, self._index] if path.endswith("/") else names)
            return self._refresh(path, name, self._root.open_descriptor(name))
        except (FileNotFoundError, IsADirectoryError):
            self._root.open_folder("/".join(names)).close()
            return names

    def _refresh(self, path: str, name: str, opened: tuple[int, os.stat_result]) -> Representation:
        """Return the representation of an open file: that in memory, if it is of the same version, or a new one."""
        kept = self._cache.entries.get(path)
        zipped = _find_compressed(f"{self._root.path}{os.sep}{name}.gz", opened[1])
        if kept is not None and kept.name == name and bool(kept.compressed) == zipped and kept.is_current():
            os.close(opened[0])
        else:
            headers = (*self.headers, ("Vary", "Accept-Encoding")) if zipped else tuple(self.headers)
            kind, small, way = content_type(name, self._charset), self._small, self._large
            known = read_version(self._root, name, small, opened)
            kept = Representation(self._root, name, kind, headers, "", small, way, known)
            if zipped:
                with suppress(OSError):  # it has gone, or may not be read
                    kept.compressed = Representation(self._root, name + ".gz", kind, headers, "gzip", small, way)
        return self._keep(path, kept)

    def _keep(self, path: str, file: Representation) -> Representation:
        """Keep a file that was just looked at, to be trusted as long as is the rule here."""
        file.found = now = self._clock()
        file.until = now + self._fresh
        self._cache.put(path, file)
        return file

    def _refuse(self, status: int, detail: str) -> Response:
        """Answer with the folder's own page for 404, if it has one; else raise HTTPError: the server makes a page."""
        if status == 404 and self._not_found:
            try:
                page = self._look("/" + self._not_found)
            except (OSError, PathError, StaleError):
                page = []
            if isinstance(page, Representation):
                return Response(404, [("Content-Type", page.kind), *self.headers], page.body(0, page.stat.st_size))
        raise HTTPError(status, detail, self.headers)

    def _serve_folder(self, names: list[str], path: str, request: Request) -> Response:
        """Answer for a folder without an index page: a redirect to its proper path, a listing, or a zip."""
        if not path.endswith("/"):
            query = request.query and "?" + request.query
            return Response(301, [("Location", quote_path(names, folder=True) + query), *self.headers])
        folder, asked = "/".join(names), {name: values[0] for name, values in request.arguments.items()}
        if asked.get("format") == "zip" and self._zipped:
            return self._serve_zip(names, folder)
        if not self._listing:
            raise HTTPError(403, "this folder is not listed")
        entries = read_folder(self._root, folder)
        if asked.get("format") == "json":
            return Response(200, [("Content-Type", "application/json"), *self.headers], listing_json(entries))
        view, upload = View.from_query(asked), self._receiver is not None
        chinese = prefers_chinese(request.headers.fields.get("accept-language"))
        page = listing_html(names, entries, view, zipped=self._zipped, upload=upload, chinese=chinese)
        fields = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _POLICY),
                  ("Vary", "Accept-Language"), *self.headers]
        return Response(200, fields, page)

    def _serve_zip(self, names: list[str], folder: str) -> Response:
        self._root.open_folder(folder).close()  # one that is not there is found missing now, not when its zip has begun
        name = quote_path(names[-1:] or ["files"])[1:] + ".zip"
        disposition = f"attachment; filename=\"folder.zip\"; filename*=UTF-8''{name}"
        fields = [("Content-Type", "application/zip"), ("Content-Disposition", disposition), *self.headers]
        return Response(200, fields, BlockingBody(zip_folder(self._root, path=folder)))

    def open_body(self, request: Request) -> Upload | None:
        """Return what the body of an upload goes to, as soon as its head has come (see `netio.http.applications`).

        Raises: HTTPError for what is not let in.
        """
        return None if request.method in ("GET", "HEAD", "OPTIONS") else _in_its_language(request, self._open_upload)

    def _open_upload(self, request: Request) -> Upload:
        if self._auth is not None:
            self._authorize(request)
        if self._receiver is None or request.method not in ("PUT", "POST"):
            raise HTTPError(405, f"here one may {self._allow[1]}", [self._allow, *self.headers])
        return self._receiver.open(request)

    def _change(self, request: Request) -> Response:
        """Answer a method other than GET and HEAD."""
        if request.method == "OPTIONS":
            return Response(204, [self._allow, *self.headers])
        body: Any = request.body
        upload = body if isinstance(body, Upload) else self._open_upload(request)
        with closing(upload):
            while body is not upload and (data := body.read(_BLOCK) if body else b""):  # open_body was not asked for
                upload.write(data)
            response = upload.finish()
        self._cache.clear()
        return response


def _in_its_language(request: Request, answer: Callable[[Request], _Answer]) -> _Answer:
    """Return `answer(request)`; what it raises as an answer is in the client's language."""
    try:
        return answer(request)
    except HTTPError as error:
        speak_to(request, error)
        raise


def _find_compressed(path: str, plain: os.stat_result) -> bool:
    """Return whether there is a .gz beside a file that is not older."""
    if not os.access(path, os.R_OK):  # as of most files: this is cheaper than an exception
        return False
    try:
        stat = os.lstat(path)
        return S_ISREG(stat.st_mode) and stat.st_mtime >= plain.st_mtime
    except OSError:
        return False
