"""Header fields: their grammar, a case-insensitive collection of them, and lists in their values.

A name is a token, immediately followed by a colon; a value is what is left when the spaces and tabs around it are gone
(RFC 9110 section 5). Lines that continue the one before (obs-fold) and blanks before the colon are refused, because two
programs that read them differently can be played against each other.
"""
from __future__ import annotations

from functools import lru_cache

from .errors import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Iterator, Sequence

# The characters of a token: a method, a field name, a transfer coding (RFC 9110 section 5.6.2).
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

# The bytes that a header line may hold: tab, space, visible ASCII and obs-text (RFC 9110 section 5.5).
VISIBLE = bytes(code for code in range(256) if code >= 32 and code != 127 or code == 9)


class Headers:
    """Header fields in their order, looked up without regard to case; a repeated name's values read as one list.

    Takes (name, value) pairs of str. Names come out in lower case.

    >>> headers = Headers([("Accept", "text/html"), ("Via", "1.1 a"), ("accept", "*/*")])
    >>> headers["ACCEPT"], headers.get("Host"), "via" in headers, len(headers)
    ('text/html, */*', None, True, 3)
    >>> headers.all("accept")
    ['text/html', '*/*']
    >>> list(headers)
    [('accept', 'text/html'), ('accept', '*/*'), ('via', '1.1 a')]

    Joining with a comma is what RFC 9110 section 5.3 says that repeating means; Set-Cookie is the exception, for which
    there is `all`. The stdlib has email.message.Message, several times slower.
    """

    __slots__ = ("fields", "repeated")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.fields: dict[str, str] = {}
        self.repeated: dict[str, list[str]] | None = None
        for name, value in pairs:
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """Append a field, even where the name is there already."""
        key = name.lower()
        if key not in self.fields:
            self.fields[key] = value
            return
        if self.repeated is None:
            self.repeated = {}
        self.repeated.setdefault(key, [self.fields[key]]).append(value)
        self.fields[key] = ", ".join(self.repeated[key])

    def copy(self) -> Headers:
        """Return the same fields as another object, to which may be added."""
        copy = Headers.__new__(Headers)
        copy.fields = self.fields.copy()
        repeated = self.repeated
        copy.repeated = repeated and {name: list(values) for name, values in repeated.items()}
        return copy

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the value of a field, repeated ones joined by commas, or `default`."""
        return self.fields.get(name.lower(), default)

    def all(self, name: str) -> list[str]:
        """Return the value of each line of that name."""
        key = name.lower()
        if self.repeated and key in self.repeated:
            return list(self.repeated[key])
        return [self.fields[key]] if key in self.fields else []

    def __getitem__(self, name: str) -> str:
        return self.fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.fields

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for key in self.fields:
            for value in self.all(key):
                yield key, value

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Headers({list(self)!r})"


@lru_cache(maxsize=1024)
def field_name(name: str) -> str:
    """Return a field name in lower case; names that were seen before cost next to nothing.

    >>> field_name("Content-Type")
    'content-type'
    >>> field_name("Content-Length ")
    Traceback (most recent call last):
    ...
    netio.http.messages.errors.ProtocolError: 400 Bad Request: 'Content-Length ' is not a field name

    Raises: ProtocolError(400) unless it is a token of 1 to 256 characters (RFC 9110 section 5.1).
    """
    if not 0 < len(name) <= 256 or not TOKEN.issuperset(name):
        raise ProtocolError(400, f"{name[:40]!r} is not a field name")
    return name.lower()


def split_head(head: bytes) -> list[str]:
    """Split a message's head into its lines, as text; `head` ends before the empty line and has no line end after it.

    >>> split_head(b"GET / HTTP/1.1\\r\\nHost: a")
    ['GET / HTTP/1.1', 'Host: a']

    Raises: ProtocolError(400) for a control character, or a CR or LF without the other, RFC 9112 section 2.2.
    One pass finds them all: what is left after deleting every byte that may stand in a line must be the line ends.
    """
    lines = head.decode("latin-1").split("\r\n")
    if head.translate(None, VISIBLE) != b"\r\n" * (len(lines) - 1):
        raise ProtocolError(400, "a control character, or a line end that is not CR LF")
    return lines


def parse_fields(lines: Sequence[str]) -> Headers:
    """Parse header lines, `name: value` each, as `split_head` returns them.

    >>> parse_fields(["Host: example.org", "Accept:\\t*/* "])
    Headers([('host', 'example.org'), ('accept', '*/*')])

    Raises: ProtocolError(400) as `parse_field`. Source: RFC 9112 section 5.
    """
    headers = Headers()
    headers.fields = dict(map(parse_field, lines))
    return headers if len(headers.fields) == len(lines) else Headers(map(parse_field, lines))  # some name occurs twice


@lru_cache(maxsize=256)
def parse_field(line: str) -> tuple[str, str]:
    """Parse one header line: (name in lower case, value). Remembered are the lines that many requests have in common.

    >>> parse_field("Accept:\\t*/* ")
    ('accept', '*/*')

    Raises: ProtocolError(400) for a control character, a line with no colon, a name that is no token (a folded line
    begins with a blank, so it is one of these).
    """
    if not line.isprintable() and line.encode("latin-1", "replace").translate(None, VISIBLE):
        raise ProtocolError(400, "a control character, or a line end that is not CR LF")
    name, colon, value = line.partition(":")
    if not colon:
        raise ProtocolError(400, f"a header line with no colon: {line[:40]!r}")
    return field_name(name), value.strip(" \t")


def split_list(value: str) -> list[str]:
    """Split a comma-separated value into its elements, in lower case, empty ones dropped.

    >>> split_list("Keep-Alive,, Upgrade ")
    ['keep-alive', 'upgrade']

    For lists of tokens such as Connection and Transfer-Encoding; quoted strings are not looked at. RFC 9110 section
    5.6.1.
    """
    return [element for part in value.lower().split(",") if (element := part.strip(" \t"))]


def content_length_of(text: str | None) -> int | None:
    """Return the number that a Content-Length header's value states, or None where there is no header.

    >>> content_length_of("0042"), content_length_of(None)
    (42, None)

    Raises: ProtocolError(400) for anything but ASCII digits, so also for several values, even equal ones (int() would
    take "+1", "1_0" and digits of other scripts). RFC 9110 section 8.6.
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 40:
        raise ProtocolError(400, f"Content-Length: {text[:40]!r}")
    return int(text)


def format_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Build header lines to send, each ended by CR LF.

    >>> format_fields([("Content-Type", "text/html"), ("X-Empty", "")])
    b'Content-Type: text/html\\r\\nX-Empty: \\r\\n'

    Raises: ValueError for a name that is no token or a value with a line end or another control character in it, which
    would let whoever chose the value write headers of his own (response splitting), or with a character beyond Latin-1.
    """
    lines = []
    for name, value in pairs:
        try:
            field_name(name)
        except ProtocolError as error:
            raise ValueError(error.detail) from None
        lines.append(f"{name}: {value}\r\n")
    data = "".join(lines).encode("latin-1")
    if data.translate(None, VISIBLE) != b"\r\n" * len(lines):
        raise ValueError("a control character in a header to send")
    return data
