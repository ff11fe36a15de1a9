"""The body that a browser sends for `<input type=file>`: multipart/form-data, parsed piece by piece, never whole in
memory."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Union

_MAX_HEAD = 8192


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
    if kind.strip().lower() != "multipart/form-data" or not 1 <= len(boundary) <= 70 or not boundary.isascii():
        raise FormError(f"no form with files: {content_type!r}")
    return boundary.encode("ascii")


def _parameters(text: str) -> dict[str, str]:
    """Return `a=b; c="d; e"` as a dict; a browser writes a quote inside quotes as %22, so none needs unescaping."""
    found = {}
    while text:
        name, _, rest = text.partition("=")
        quoted = rest.startswith('"')
        value, _, text = rest[1:].partition('"') if quoted else rest.partition(";")
        text = text.partition(";")[2] if quoted else text
        found[name.strip().lower()] = value if quoted else value.strip()
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
        """Yield what these bytes, after those fed before, tell; what follows the last boundary is ignored."""
        self._kept += data
        while not self.finished:
            before = len(self._kept)
            yield from self._read_head() if self._in_head else self._read_data()
            if len(self._kept) == before or not self._kept:
                return

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
        self._kept = self._kept[len(self._delimiter):]  # the line end stays: a head may be empty

    def _read_head(self) -> Iterator[Event]:
        head, end, rest = self._kept.partition(b"\r\n\r\n")
        if len(head) > _MAX_HEAD:
            raise FormError(f"the head of a part exceeds {_MAX_HEAD} bytes")
        if end:
            self._kept, self._in_head, self._in_part = rest, False, True
            yield _part(head)


def _part(head: bytes) -> Part:
    """Read what a part is from its Content-Disposition. What would be stored otherwise than it is meant is refused."""
    try:
        lines = head.removeprefix(b"\r\n").decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise FormError(f"the head of a part is not UTF-8: {error}") from None
    if any(line[:1] in (" ", "\t") for line in lines):
        raise FormError("a folded line in the head of a part")
    pairs = [line.partition(":")[::2] for line in lines]
    fields = {name.strip().lower(): value.strip() for name, value in pairs}
    kind, _, rest = fields.get("content-disposition", "").partition(";")
    if kind.strip().lower() != "form-data" or len(fields) < len(pairs):
        raise FormError("a part without Content-Disposition: form-data, or with a field twice")
    if fields.get("content-transfer-encoding", "binary").lower() not in ("7bit", "8bit", "binary"):
        raise FormError("a part in a transfer encoding")  # RFC 7578 section 4.7: not in use over HTTP
    found = _parameters(rest)
    filename = found.get("filename")
    if filename is None and "filename*" in found:
        raise FormError("a name as filename*, which forms do not use")  # RFC 7578 section 4.2
    return Part(found.get("name", ""), filename and filename.replace("%22", '"'))
