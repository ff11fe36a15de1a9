"""Messages out of a byte stream that comes in any pieces: feed it, then ask for the next event until there is none.

The parser holds what has arrived and is not yet asked for, so whoever does not ask, because the last request is not yet
answered, need not feed either. It refuses what cannot become a message as soon as it can see that.
"""
from __future__ import annotations

from .errors import ProtocolError
from .headers import TOKEN, VISIBLE, parse_fields, split_head
from .requests import parse_request
from .responses import parse_response, unfold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .headers import Headers

_HEX = frozenset(b"0123456789abcdefABCDEF")
_INTERIM = object()  # in place of an interim response
_JOINED = 256  # chunks that become one piece of a body
_HEAD, _FIXED, _CHUNK, _CHUNK_DATA, _TRAILERS, _UNTIL_CLOSE = range(6)


class Limits:
    """How much of what a peer may send: bytes of request line, of head, of body, of chunk overhead; number of header
    lines; number of interim responses (1xx) before one response.

    >>> Limits(body=1 << 20).body
    1048576

    More is answered 414 (request line), 431 (head), 413 (body).
    """

    def __init__(self, line: int = 8192, head: int = 32768, fields: int = 100, body: int = 16 << 20,
                 extensions: int = 16384, interim: int = 32) -> None:
        self.line, self.head, self.fields, self.body, self.extensions = line, head, fields, body, extensions
        self.interim = interim


class MessageParser:
    """What reading requests and reading responses have in common; see RequestParser and ResponseParser.

    >>> parser = MessageParser()
    >>> parser.feed(b"GET / HTTP/1.1\\r\\n")
    >>> parser.next_event() is None, parser.buffered, parser.between_messages  # the empty line is still missing
    (True, 16, False)
    """

    __slots__ = ("limits", "max_body", "trailers", "got", "_buffer", "_at", "_seen", "_state", "_left",
                 "_extensions", "_error")

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.max_body = self.limits.body
        self.trailers: Headers | None = None
        self.got = 0  # bytes of the current body so far
        self._buffer = b""
        self._at = 0  # where in the buffer the next event begins
        self._seen = 0  # up to where the head that begins there has been searched
        self._state = _HEAD
        self._left = 0  # bytes to come of the fixed body, or of the chunk
        self._extensions = 0  # bytes of its chunk extensions so far
        self._error: ProtocolError | None = None

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        if self._at < len(self._buffer):
            self._buffer = self._buffer[self._at:] + data
            self._seen -= self._at
        else:
            self._buffer = bytes(data)
            self._seen = 0
        self._at = 0

    def next_event(self) -> Any:
        """Return the next event, or None if more must be fed first."""
        if self._error is not None:
            raise self._error
        try:
            return self._steps[self._state](self)
        except ProtocolError as error:
            self._error = error
            raise

    def check_length(self) -> None:
        """Refuse the coming body now if its length is known and over the limit. Raises: ProtocolError(413)."""
        if self._state == _FIXED:
            self._check_body(self.got + self._left)

    def take_back(self) -> bytes:
        """Return what has been fed and not been read, between two messages, and forget it."""
        data, self._buffer = self._buffer[self._at:], b""
        self._at = self._seen = 0
        return data

    @property
    def buffered(self) -> int:
        """How many bytes have been fed that no event has returned yet."""
        return len(self._buffer) - self._at

    @property
    def between_messages(self) -> bool:
        """True where the last message is complete and nothing of the next one has come: a place for a clean end."""
        return self._state == _HEAD and self._at == len(self._buffer) and self._error is None

    def _read_head(self) -> Any:
        buffer, at = self._buffer, self._at
        if at == len(buffer):
            return None
        if buffer.startswith(b"\r\n", at):  # an empty line in front is forgiven, once: RFC 9112 section 2.2
            at += 2
        end = buffer.find(b"\r\n\r\n", max(at, self._seen - 3))
        if end < 0:
            check_unfinished(buffer[at:])
            self._check_size(buffer[at:])
            self._seen = len(buffer)
            return None
        head = buffer[at:end]
        if len(head) > self.limits.line or len(head) > self.limits.head:
            self._check_size(head)
        if head.count(b"\r\n") > self.limits.fields:
            raise ProtocolError(431, f"more than {self.limits.fields} headers")
        self._at = self._seen = end + 4
        return self._begin(head)

    def _begin(self, head: bytes) -> Any:
        raise NotImplementedError

    def _begin_body(self, length: int | None, chunked: bool) -> None:
        self.trailers, self.max_body = None, self.limits.body
        self.got = self._extensions = 0
        self._left = length or 0
        self._state = _CHUNK if chunked else _UNTIL_CLOSE if length is None else _FIXED

    def _check_size(self, head: bytes) -> None:
        line = head.find(b"\r\n")
        if (line if line >= 0 else len(head)) > self.limits.line:
            raise ProtocolError(414, f"a first line of more than {self.limits.line} bytes")
        if len(head) > self.limits.head:
            raise ProtocolError(431, f"a head of more than {self.limits.head} bytes")

    def _read_fixed(self) -> bytes | None:
        self.check_length()
        if not self._left:
            self._state = _HEAD
            return b""
        return self._take()

    def _read_chunks(self) -> bytes | None:
        """Read the chunks that are there, and join them: whoever takes pieces is not called for each byte of a body."""
        pieces: list[bytes] = []
        piece = None
        try:
            while len(pieces) < _JOINED and (
                    piece := self._read_chunk_data() if self._state == _CHUNK_DATA else self._read_chunk()):
                pieces.append(piece)
        except ProtocolError as error:
            if not pieces:
                raise
            self._error = error
        if piece == b"" and pieces:
            self._state = _FIXED  # of which nothing is left: the end is the next event
        return b"".join(pieces) if pieces else piece

    def _read_chunk(self) -> bytes | None:
        """Read a chunk's first line, and then as much of its data as there is."""
        end = self._buffer.find(b"\r\n", self._at)
        line = self._buffer[self._at:end if end >= 0 else None]
        if end < 0:
            check_unfinished(line)
        size, extensions = parse_chunk_size(line) if end >= 0 else (0, len(line) - 17)
        if self._extensions + extensions > self.limits.extensions:
            raise ProtocolError(413, f"more than {self.limits.extensions} bytes of chunk extensions")
        if end < 0:
            return None
        self._extensions += extensions
        self._check_body(self.got + size)
        self._at, self._left = end + 2, size
        self._state = _CHUNK_DATA if size else _TRAILERS
        return self._read_chunk_data() if size else self._read_trailers()

    def _read_chunk_data(self) -> bytes | None:
        if self._left:
            return self._take()
        mark = self._buffer[self._at:self._at + 2]
        if not b"\r\n".startswith(mark):
            raise ProtocolError(400, "a chunk is longer than it says")
        if len(mark) < 2:
            return None
        self._at += 2
        self._state = _CHUNK
        return self._read_chunk()

    def _read_trailers(self) -> bytes | None:
        rest = self._buffer[self._at:]
        end = 0 if rest.startswith(b"\r\n") else rest.find(b"\r\n\r\n") + 2
        if end == 1:
            check_unfinished(rest)
        if len(rest[:end] if end != 1 else rest) > self.limits.head or rest.count(b"\r\n", 0, end) > self.limits.fields:
            raise ProtocolError(431, "too many trailers")
        if end == 1:
            return None
        self.trailers = self._parse_trailers(rest[:end - 2]) if end else parse_fields([])
        self._at = self._seen = self._at + end + 2
        self._state = _HEAD
        return b""

    def _parse_trailers(self, block: bytes) -> Headers:
        return parse_fields(split_head(block))

    def _read_rest(self) -> bytes | None:
        self._check_body(self.got + self.buffered)
        self._left = self.buffered
        return self._take() if self._left else None

    def _take(self) -> bytes | None:
        piece = self._buffer[self._at:self._at + self._left]
        self._at += len(piece)
        self._left -= len(piece)
        self.got += len(piece)
        return piece or None

    def _check_body(self, size: int) -> None:
        if size > self.max_body:
            raise ProtocolError(413, f"a body of more than {self.max_body} bytes")

    _steps: Any = (_read_head, _read_fixed, _read_chunks, _read_chunks, _read_trailers, _read_rest)


class RequestParser(MessageParser):
    """Reads requests: `feed(data)`, then `next_event()` until it returns None.

    An event is a Request; then, unless its `length` is 0, non-empty bytes for each piece of its body and b"" at the
    body's end; then the next Request.

    >>> parser = RequestParser()
    >>> parser.feed(b"POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\n\\r\\nhelloGET /next HTTP/1.1\\r\\nHos")
    >>> [parser.next_event() for _ in range(4)]
    [<Request POST />, b'hello', b'', None]
    >>> parser.feed(b"t: a\\r\\n\\r\\n")
    >>> parser.next_event()
    <Request GET /next>

    `max_body` may be changed between a Request and its first piece. `trailers` are those of the last chunked body.
    Raises (from next_event, and from then on each time): ProtocolError with the status to answer before closing.
    """

    __slots__ = ()

    def _begin(self, head: bytes) -> Any:
        request = parse_request(head)
        if request.length != 0:
            self._begin_body(request.length, request.length is None)
        return request


class ResponseParser(MessageParser):
    """Reads responses as a client does, interim ones (1xx) left out: the same events as RequestParser, and
    `feed_eof()`.

    Every Response is followed by the pieces of its body and b"", even an empty body. `methods` takes the method of each
    request that was sent, in order; without one, GET is assumed.

    >>> parser = ResponseParser()
    >>> parser.feed(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nhi\\r\\n0\\r\\n\\r\\n")
    >>> parser.next_event().status, parser.next_event(), parser.next_event()
    (200, b'hi', b'')

    101 is a final response: what follows is another protocol's, and stays unread. Raises: ProtocolError(502), whatever
    is wrong: the server's fault is not that of whoever asked for it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.methods: list[str] = []
        self._interim = 0  # interim responses since the last final one

    def next_event(self) -> Any:
        try:
            return super().next_event()
        except ProtocolError as error:
            if error.status != 502:
                self._error = ProtocolError(502, error.detail)
            raise self._error from None  # type: ignore[misc]

    def feed_eof(self) -> None:
        """Take the end of the connection, which ends a body without a length. Raises: EOFError within a message."""
        if self._state == _UNTIL_CLOSE and not self.buffered:
            self._state, self._left = _FIXED, 0
        elif not self.between_messages:
            raise EOFError(f"the connection ended within a message, after {self.got} bytes of body")
        elif self.methods:
            raise EOFError(f"the connection ended before {len(self.methods)} responses came")

    def _read_head(self) -> Any:
        while (event := super()._read_head()) is _INTERIM:
            self._interim += 1
            if self._interim > self.limits.interim:
                raise ProtocolError(502, f"more than {self.limits.interim} interim responses")
        return event

    def _begin(self, head: bytes) -> Any:
        response, length, chunked = parse_response(head, self.methods[0] if self.methods else "GET")
        if response.status < 200 and response.status != 101:
            return _INTERIM
        self._interim = 0
        del self.methods[:1]
        self._begin_body(length, chunked)
        return response

    def _parse_trailers(self, block: bytes) -> Headers:
        return parse_fields(unfold(split_head(block)))

    _steps: Any = (_read_head, *MessageParser._steps[1:])


def parse_chunk_size(line: bytes) -> tuple[int, int]:
    """Parse the line before a chunk: (bytes of data that follow, bytes of extension that nobody needs).

    >>> parse_chunk_size(b"1F"), parse_chunk_size(b'5;name="value"')
    ((31, 0), (5, 12))

    Raises: ProtocolError(400) for anything but 1 to 16 hexadecimal digits (int(x, 16) would take "0x5", "+5" and
    "5_0"),
    blanks with no extension after them, an extension with no name, or a CR or LF in it. RFC 9112 section 7.1.
    """
    digits, semicolon, extension = line.partition(b";")
    if semicolon:
        digits = digits.rstrip(b" \t")
        name = extension.partition(b"=")[0].partition(b";")[0].strip(b" \t").decode("latin-1")
        if not name or not TOKEN.issuperset(name) or extension.translate(None, VISIBLE):
            raise ProtocolError(400, f"not a chunk extension: {extension[:40]!r}")
    if not 0 < len(digits) <= 16 or not _HEX.issuperset(digits):
        raise ProtocolError(400, f"not a chunk size: {digits[:40]!r}")
    return int(digits, 16), len(extension)


def check_unfinished(head: bytes) -> None:
    """Refuse the beginning of a head or a line if no more bytes can mend it: the end that would show it may never come.

    >>> check_unfinished(b"GET / HTTP/1.1\\r\\nHost: a\\r")
    >>> check_unfinished(b"GET / HTTP/1.1\\nHost: a")
    Traceback (most recent call last):
    ...
    netio.http.messages.errors.ProtocolError: 400 Bad Request: a control character, or a line end that is not CR LF

    Raises: ProtocolError(400) for a control character or a lone CR or LF, except for a CR at the very end.
    """
    ends = b"\r\n" * head.count(b"\r\n") + (b"\r" if head.endswith(b"\r") else b"")
    if head.translate(None, VISIBLE) != ends:
        raise ProtocolError(400, "a control character, or a line end that is not CR LF")
