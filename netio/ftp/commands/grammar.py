"""Lines and replies: what goes over an FTP control connection, without any connection.

A line ends with CRLF (a bare LF is taken, too) and may hold Telnet's own commands, which begin with the byte 255 and
are taken out: clients send two of them before ABOR. A reply is one line, or several of which only the last has a blank
after the code; what a client or a file name brings in can never end a reply early.
"""
from __future__ import annotations

import re

MAX_LINE = 4096  # bytes, the line end not counted; the longest path of Linux
_TELNET = re.compile(rb"\xff[\xfb-\xfe].|\xff[\xf0-\xff]?", re.DOTALL)  # RFC 854: IAC, command, option
_VERB = re.compile(rb"[A-Za-z][A-Za-z0-9]{0,11}\Z")
_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f]")  # a name may hold a TAB


class CommandError(ValueError):
    """A command that cannot be done as it was given; `code` is the reply's: 500, 501 and so on.

    >>> error = CommandError(550, "There is no such file.")
    >>> error.code, str(error)
    (550, 'There is no such file.')
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class LineReader:
    """Cuts what arrives into lines; `next_line` returns each without its end, None when there is no whole one.

    >>> reader = LineReader()
    >>> reader.feed(b"USER ming\\r\\nPA")
    >>> reader.next_line(), reader.next_line()
    (b'USER ming', None)
    >>> reader.feed(b"SS x\\n\\xff\\xf4\\xff\\xf2ABOR\\r\\n")
    >>> reader.next_line(), reader.next_line()
    (b'PASS x', b'ABOR')

    A line of more than `limit` bytes is thrown away as it comes, so memory stays bounded, and reported once, at its
    end. Raises: CommandError (500) from `next_line` for such a line. Source: RFC 959 section 5.3, RFC 854.
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._data = bytearray()  # cut only when a line is asked for: a client may send very many short ones at once
        self._skipping = False  # what comes until the next line end: there is more than enough of that line
        self.waiting = 0  # bytes of whole lines that nobody has taken

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        if self._skipping:
            _, end, data = data.partition(b"\n")
            self._skipping, data = not end, end + data
        self._data += data
        self.waiting = self._data.rfind(b"\n") + 1
        if self._is_too_long(len(self._data) - self.waiting):
            del self._data[self.waiting + self._limit + 2:]
            self._skipping = True

    def _is_too_long(self, length: int) -> bool:
        return length > self._limit + 1  # it may end in CR

    def next_line(self) -> bytes | None:
        """Return the next whole line, or None."""
        if not self.waiting:
            return None
        length = self._data.find(b"\n")
        line = bytes(self._data[:length])
        del self._data[:length + 1]
        self.waiting -= length + 1
        if self._is_too_long(length):
            raise CommandError(500, f"A line has at most {self._limit} bytes.")
        return _clean(line)

    def take_urgent(self, verbs: frozenset[bytes]) -> bytes | None:
        """Take the next line out if its verb is one of `verbs`: those that need not wait for a transfer's end."""
        length = self._data.find(b"\n") if self.waiting else -1
        if length < 0 or self._is_too_long(length):
            return None
        verb = _clean(bytes(self._data[:length])).partition(b" ")[0].upper()
        return self.next_line() if verb in verbs else None

    def holds(self, verb: bytes) -> bool:
        """Return whether a line with this verb waits."""
        return any(_clean(line).upper() == verb for line in bytes(self._data[:self.waiting]).split(b"\n"))

    def clear(self) -> None:
        """Forget what has arrived: after AUTH TLS, what came in the clear must not count as encrypted."""
        self._data.clear()
        self._skipping, self.waiting = False, 0


def _clean(line: bytes) -> bytes:
    if b"\xff" in line:
        line = _TELNET.sub(b"", line)
    return line.rstrip(b"\r").lstrip(b" \xf2\xf4")


def parse_command(line: bytes, encoding: str = "utf-8") -> tuple[str, str]:
    """Return the verb of a line, in capitals, and its argument, with all its inner and trailing blanks.

    >>> parse_command(b"retr a  b.txt "), parse_command(b"NOOP"), parse_command("CWD 图片".encode()) == ("CWD", "图片")
    (('RETR', 'a  b.txt '), ('NOOP', ''), True)

    Bytes that are no text in `encoding` are kept as Python keeps them in file names (surrogateescape).
    Raises: CommandError (500 for no verb, 501 for control characters in the argument). Source: RFC 959 section 5.3.1.
    """
    verb, _, rest = line.partition(b" ")
    if not _VERB.match(verb):
        raise CommandError(500, "A command is a word, a blank and an argument.")
    argument = rest.decode(encoding, "surrogateescape")
    if _UNSEEN.search(argument):
        raise CommandError(501, "There is a control character in the argument.")
    return verb.decode("ascii").upper(), argument


def format_reply(code: int, *lines: str, encoding: str = "utf-8") -> bytes:
    """Return a whole reply: one line, or several, where those in the middle are indented.

    >>> format_reply(200, "Done.")
    b'200 Done.\\r\\n'
    >>> format_reply(211, "Features:", "SIZE", "211 looks like an end", "End.")
    b'211-Features:\\r\\n SIZE\\r\\n 211 looks like an end\\r\\n211 End.\\r\\n'

    Line ends and other control characters in the text become "?", and so does what `encoding` cannot write.
    Source: RFC 959 section 4.2.
    """
    first, *rest = (_UNSEEN.sub("?", line) for line in lines)
    if rest:
        middle = [f" {line}" for line in rest[:-1]]
        text = "\r\n".join([f"{code}-{first}", *middle, f"{code} {rest[-1]}"])
    else:
        text = f"{code} {first}"
    return encode_name(text, encoding) + b"\r\n"


def encode_name(text: str, encoding: str = "utf-8") -> bytes:
    """Return a file name, or text that holds one, as bytes, whatever is in it: a name that cannot be shown kills
    nothing.

    >>> encode_name("图.txt", "gbk"), encode_name("caf\\udce9"), encode_name("🎵.mp3", "gbk")
    (b'\\xcd\\xbc.txt', b'caf\\xe9', b'?.mp3')

    A byte that is no UTF-8 in a name of the disk comes out as it is there, where `encoding` is UTF-8.
    """
    try:
        return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "replace")
