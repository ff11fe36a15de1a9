"""Responses: what an application returns, the head that is sent for it, and parsing one as a client does.

The length of every response is certain before it is sent: Content-Length where the body's length is known, chunks
where it is not and the client speaks HTTP/1.1, else the end of the connection. The server decides that, never the
application.
"""
from __future__ import annotations

from operator import index

from .errors import REASONS, ProtocolError
from .headers import Headers, content_length_of, format_fields, parse_fields, split_head, split_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Iterable, Iterator, Sequence, TypeAlias

    Body: TypeAlias = "bytes | FileBody | Iterable[bytes]"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class FileBody:
    """A body that is `count` bytes of an open binary file from `offset` on; the server sends and then closes it.

    It need not pass through Python: where the transport can, the system copies it from file to socket; the body of a
    subclass always goes by its `pieces`. If the file turns out shorter, the connection is closed, so that the client
    notices.

    >>> import io
    >>> b"".join(FileBody(io.BytesIO(b"0123456789"), 2, 5).pieces(size=3))
    b'23456'

    The bytes are those that the file's own `read` returns, under every model: the system copies only from a plain file.
    Raises: ValueError for a negative offset or count, TypeError for one that is no integer.
    """

    def __init__(self, file: BinaryIO, offset: int, count: int) -> None:
        self.file, self.offset, self.count = file, index(offset), index(count)
        if self.offset < 0 or self.count < 0:
            raise ValueError(f"{count} bytes from {offset} on: neither can be negative")

    def pieces(self, size: int = 262144) -> Iterable[bytes]:
        """Yield the body in pieces of at most `size` bytes. Raises: EOFError if the file ends before."""
        left = self.count
        self.file.seek(self.offset)
        while left:
            piece = self.file.read(min(size, left))
            if not piece:
                raise EOFError(f"got {self.count - left} of {self.count} bytes: the file has shrunk")
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class BlockingBody:
    """A body whose pieces take long to make (more than some milliseconds each): a server makes them in another thread.

    >>> list(BlockingBody(iter([b"one ", b"two"])))
    [b'one ', b'two']

    Under an event model all other clients would have to wait meanwhile. `pieces` is any iterable of bytes; only one
    thread uses it at a time. Closing the body closes it.
    """

    blocks = True

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        """Close what the pieces come from."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


class Response:
    """One response: a `status`, `headers` as a list of (name, value), and a `body`.

    The body is bytes (or a bytearray, a memoryview); a FileBody; or an iterable of bytes-like pieces, iterated over
    once, sent piece by piece as the client takes it, and closed (`close()`, if it has one) at the end.
    Content-Length, Transfer-Encoding and Date are the server's business; an iterable whose length is known may come
    with its Content-Length. ("Connection", "close") ends the connection afterwards.

    >>> response = Response(200, [("Content-Type", "text/plain")], b"hello")
    >>> response.encode()
    b'HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 5\\r\\n'

    The same Response with a body of bytes may be returned any number of times, from any thread: what it looks like on
    the wire is worked out once, so keep the ones that repeat (and do not change one that has been returned).
    """

    _head: bytes | None = None
    closes = False  # set by encode: the application wants the connection to end after this response

    def __init__(self, status: int = 200, headers: Sequence[tuple[str, str]] = (), body: Body = b"") -> None:
        self.status, self.headers, self.body = status, list(headers), body

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def length(self) -> int | None:
        """The number of bytes in the body, or None while nobody knows. What HEAD and 304 leave out counts as well."""
        body: Any = self.body
        if isinstance(body, bytes):
            return len(body)
        if isinstance(body, FileBody):
            return body.count
        if isinstance(body, (bytearray, memoryview)):
            return memoryview(body).nbytes
        stated = self.header("content-length")
        return None if stated is None else int(stated)

    def encode(self) -> bytes:
        """Return the head without Date, Connection and the empty line: all of it that stays the same each time.

        Raises: ValueError for headers that must not be sent: see `format_fields`, a wrong Content-Length, or any
        Transfer-Encoding.
        """
        head = self._head
        if head is None:
            head = encode_head(self.status, self.headers, self.length)
            self.closes = "close" in split_list(self.header("connection") or "")
            self._head = head  # last: another thread that finds it takes all of it for done
        return head

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


def encode_head(status: int, headers: Sequence[tuple[str, str]], length: int | None) -> bytes:
    """Build a status line and header lines, Content-Length among them where `length` is known and the status has a
    body.

    >>> encode_head(404, [], 3)
    b'HTTP/1.1 404 Not Found\\r\\nContent-Length: 3\\r\\n'
    >>> encode_head(204, [], 0)
    b'HTTP/1.1 204 No Content\\r\\n'

    Raises: ValueError for a status outside 200 to 599 and for what `Response.encode` names. A 304 states a length
    only if its headers do: it means the length of the page that was not sent (RFC 9110 section 8.6).
    """
    if not 200 <= status <= 599:
        raise ValueError(f"a final status is 200 to 599, not {status}")
    kept, stated = [], None
    for name, value in headers:
        key = name.lower()
        if key == "transfer-encoding":
            raise ValueError("Transfer-Encoding is the server's business")
        if key == "content-length":
            stated = _stated_length(value)
        if key not in ("connection", "date") and (key != "content-length" or status == 304):
            kept.append((name, value))
    if status not in (204, 304):
        if stated is not None and stated != length:
            raise ValueError(f"Content-Length says {stated}, the body has {length} bytes")
        if length is not None:
            kept.append(("Content-Length", str(length)))
    return f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}\r\n".encode() + format_fields(kept)


def _stated_length(value: str) -> int | None:
    try:
        return content_length_of(value)
    except ProtocolError as error:  # here it is ours, not a peer's
        raise ValueError(error.detail) from None


def has_body(method: str, status: int) -> bool:
    """True if a response with this status to that method carries a body (RFC 9112 section 6.3).

    >>> has_body("GET", 200), has_body("HEAD", 200), has_body("GET", 304)
    (True, False, False)
    """
    return method != "HEAD" and status >= 200 and status not in (204, 304)


def encode_chunk(piece: bytes) -> bytes:
    """Wrap a piece of body as one chunk; the empty piece makes the last chunk, which ends the body (RFC 9112 section
    7.1).

    >>> encode_chunk(b"hello world"), encode_chunk(b"")
    (b'b\\r\\nhello world\\r\\n', b'0\\r\\n\\r\\n')
    """
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def format_date(seconds: float) -> str:
    """Format a POSIX time as headers have it (IMF-fixdate, always GMT and English; RFC 9110 section 5.6.7).

    >>> format_date(784111777)
    'Sun, 06 Nov 1994 08:49:37 GMT'

    Any time from year 1 on. The stdlib's email.utils.formatdate(usegmt=True) does the same, but takes 14 ms to import.
    """
    days, second = divmod(int(seconds // 1), 86400)
    year, month, day = civil_date(days)
    return (f"{_DAYS[(days + 3) % 7]}, {day:02} {_MONTHS[month - 1]} {year:04} "
            f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} GMT")


def civil_date(days: int) -> tuple[int, int, int]:
    """Turn days since 1970-01-01 into (year, month, day), counting years from March so that leap days come last.

    >>> civil_date(0), civil_date(11016)
    ((1970, 1, 1), (2000, 2, 29))
    """
    era, day = divmod(days + 719468, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    return year + era * 400 + (month >= 10), month + 3 if month < 10 else month - 9, day - (153 * month + 2) // 5 + 1


def parse_response(head: bytes, method: str = "GET") -> tuple[Response, int | None, bool]:
    """Parse a response's head: (response without its body, length of the body to come, whether it comes in chunks).

    >>> parse_response(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5")[0].status
    200
    >>> parse_response(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked")[1:]
    (None, True)

    A length of None without chunks means that the body ends with the connection. `method` is that of the request: after
    HEAD no body comes. A line that continues the one before is unfolded. Raises: ProtocolError(502) for what is no
    response, or has two lengths.
    """
    try:
        lines = split_head(head)
        version, _, rest = lines.pop(0).partition(" ")
        code = rest[:3]
        good = code.isascii() and code.isdigit() and "100" <= code and len(code) == 3 and rest[3:4] in ("", " ")
        if not good or version[:7] != "HTTP/1." or len(version) != 8 or not "0" <= version[7] <= "9":
            raise ProtocolError(502, "not a status line")
        fields = parse_fields(unfold(lines))
        length, chunked = response_length(fields, method, int(code))
    except ProtocolError as error:
        raise ProtocolError(502, error.detail) from None
    return Response(int(code), list(fields)), length, chunked


def unfold(lines: list[str]) -> list[str]:
    """Join each header line that begins with a blank to the one before, with a space: a response may be folded so.

    >>> unfold(["Set-Cookie: a=b;", "  Path=/", "Age: 0"])
    ['Set-Cookie: a=b; Path=/', 'Age: 0']

    In a request that is refused: two readers could understand it in two ways. Source: RFC 9112 section 5.2.
    """
    joined: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and joined:
            joined[-1] = joined[-1].rstrip(" \t") + " " + line.strip(" \t")
        else:
            joined.append(line)
    return joined


def response_length(headers: Headers, method: str, status: int) -> tuple[int | None, bool]:
    """Return (bytes of body that follow, whether in chunks); (None, False) means until the connection ends.

    >>> response_length(Headers(), "GET", 200), response_length(Headers([("Content-Length", "5")]), "GET", 200)
    ((None, False), (5, False))

    Raises: ProtocolError(400) for Content-Length twice, malformed or beside Transfer-Encoding. RFC 9112 section 6.3.
    """
    if not has_body(method, status):
        return 0, False
    coding, length = headers.get("transfer-encoding"), content_length_of(headers.get("content-length"))
    if coding is None:
        return length, False
    if length is not None or coding.lower() != "chunked":  # nor an empty one beside it: others read it differently
        beside = " beside Content-Length" if length is not None else ""
        raise ProtocolError(400, f"Transfer-Encoding: {coding[:40]!r}{beside}")
    return None, True
