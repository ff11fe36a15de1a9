"""The body that a browser sends for `<input type=file>`: multipart/form-data, parsed piece by piece, never whole in
memory."""
from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Union

_MAX_HEAD = 8192
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 section 5.6.2
_FIELD = re.compile(rf"({_TOKEN}):([^\0-\x08\n-\x1f\x7f]*)")  # RFC 9110 section 5.1, 5.5
_PARAMETER = re.compile(rf'[ \t]*({_TOKEN})=(?:"([^"]*)"|({_TOKEN}))[ \t]*(?:;[ \t]*|$)')


class FormError(ValueError):
    """A body that is not the multipart/form-data which its Content-Type announced; `status` is the answer's.

    >>> try:
    ...     form_boundary("text/plain")
    ... except FormError as error:
    ...     error.status, str(error)
    (400, "no form with files: 'text/plain'")
    """

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class Part(NamedTuple):
    """A field of the form begins; `filename` is None unless it is a file.

    >>> Part("photo", "cat.png").filename, Part("comment", None).filename
    ('cat.png', None)
    """

    name: str
    filename: str | None


class Data(NamedTuple):
    """Some of the current field's bytes.

    >>> Data(b"hello").data
    b'hello'
    """

    data: bytes


class End(NamedTuple):
    """The current field is whole.

    >>> isinstance(End(), End), End() == ()
    (True, True)
    """


Event = Union[Part, Data, End]


def form_boundary(content_type: str) -> bytes:
    """Return the boundary between the parts of a multipart/form-data body.

    >>> form_boundary('multipart/form-data; boundary="--x y"'), form_boundary("Multipart/Form-Data;boundary=abc; a=b")
    (b'--x y', b'abc')

    Raises: FormError where the header names another type or no boundary of 1 to 70 characters.
    Source: RFC 7578 section 4.1, RFC 2046 section 5.1.1.
    """
    kind, _, rest = content_type.partition(";")
    boundary = _parameters(rest).get("boundary", "")
    if kind.strip(" \t").lower() != "multipart/form-data" or not 1 <= len(boundary) <= 70 or not boundary.isascii():
        raise FormError(f"no form with files: {content_type!r}")
    return boundary.encode("ascii")


def _parameters(text: str) -> dict[str, str]:
    """Return `a=b; c="d; e"` as a dict; a browser writes a quote inside quotes as %22, so none needs unescaping.

    What others could read otherwise is refused: a name twice or in parts (`filename*0`), something
    after a quote, a word that is no token.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        parameter = _PARAMETER.match(text, at)
        if parameter is None or parameter[1].lower() in found or "*" in parameter[1][:-1]:
            raise FormError(f"parameters that nobody can be sure of: {text[at:at + 60]!r}")
        name, quoted, word = parameter.groups()
        found[name.lower()] = word if quoted is None else quoted
        at = parameter.end()
    return found


class FormParser:
    """Turns the pieces of a multipart/form-data body into events: Part, Data (some), End, and again.

    >>> parser = FormParser(b"xx")
    >>> head = b'Content-Disposition: form-data; name="f"; filename="a.txt"'
    >>> body = b"--xx\\r\\n" + head + b"\\r\\n\\r\\nhello\\r\\n--xx--\\r\\n"
    >>> [event for start in range(0, len(body), 70) for event in parser.feed(body[start:start + 70])]
    [Part(name='f', filename='a.txt'), Data(data=b'hello'), End()]
    >>> parser.finished
    True

    Holds no more than the boundary's length, or one part's head (8 KiB at most), beside what it was fed. `feed`
    raises FormError where the body breaks the grammar. Source: RFC 7578; `cgi.FieldStorage` is gone from the stdlib.
    """

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._kept = b"\r\n"  # so that the first boundary looks like all others
        self._in_part = False
        self._in_head = False
        self.finished = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield what these bytes, after those fed before, tell; what follows the last boundary's line is ignored."""
        self._kept += data
        while not self.finished:
            before = len(self._kept)
            yield from self._read_head() if self._in_head else self._read_data()
            if len(self._kept) == before or not self._kept:
                break
        if self.finished:
            self._read_end()

    def _read_data(self) -> Iterator[Event]:
        at = self._kept.find(self._delimiter)
        ready = self._kept[: at if at >= 0 else max(0, len(self._kept) - len(self._delimiter) + 1)]
        self._kept = self._kept[len(ready):]
        if self._in_part and ready:
            yield Data(ready)
        after = self._kept[len(self._delimiter):][:2]
        if at < 0 or len(after) < 2:
            return
        if after not in (b"--", b"\r\n"):
            raise FormError(f"{after!r} after a boundary")
        if self._in_part:
            yield End()
        self._in_part, self._in_head, self.finished = False, after == b"\r\n", after == b"--"
        self._kept = self._kept[len(self._delimiter) + 2 * self.finished:]  # a line end stays: a head may be empty

    def _read_end(self) -> None:
        """Look at what follows the last boundary on its line: nothing, or blanks."""
        line, end, _ = self._kept.partition(b"\r\n")
        if line.rstrip(b"\r").strip(b" \t"):
            raise FormError(f"{line[:20]!r} after the last boundary")
        self._kept = b"\r\n" if end else line[-1:]

    def _read_head(self) -> Iterator[Event]:
        head, end, rest = self._kept.partition(b"\r\n\r\n")
        if len(head) > _MAX_HEAD:
            raise FormError(f"the head of a part exceeds {_MAX_HEAD} bytes")
        if not end:
            return
        part, boundary = _part(head), self._delimiter[2:]
        if rest == boundary[:len(rest)] != boundary:  # no more than its beginning has come
            return
        is_empty = rest.startswith(boundary)  # the empty line belongs to it: RFC 2046 section 5.1.1
        self._kept, self._in_head, self._in_part = b"\r\n" * is_empty + rest, False, True
        yield part


def _part(head: bytes) -> Part:
    """Read what a part is from its Content-Disposition. What would be stored otherwise than it is meant is refused."""
    try:
        lines = head.removeprefix(b"\r\n").decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise FormError(f"the head of a part is not UTF-8: {error}") from None
    pairs = []
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise FormError(f"no field in the head of a part: {line[:40]!r}")
        pairs.append(field.groups())
    fields = {name.lower(): value.strip(" \t") for name, value in pairs}
    kind, _, rest = fields.get("content-disposition", "").partition(";")
    if kind.strip(" \t").lower() != "form-data" or len(fields) < len(pairs):
        raise FormError("a part without Content-Disposition: form-data, or with a field twice")
    if fields.get("content-transfer-encoding", "binary").lower() not in ("7bit", "8bit", "binary"):
        raise FormError("a part in a transfer encoding")  # RFC 7578 section 4.7: not in use over HTTP
    found = _parameters(rest)
    filename = found.get("filename")
    if filename is None and "filename*" in found:
        raise FormError("a name as filename*, which forms do not use")  # RFC 7578 section 4.2
    return Part(found.get("name", ""), filename and filename.replace("%22", '"'))
