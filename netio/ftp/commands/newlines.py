"""TYPE A: text goes over the network with CRLF, and is stored with the system's own line end."""
from __future__ import annotations


def to_network(data: bytes, last: bytes = b"") -> bytes:
    """Return text with CRLF at the end of each line. `last` is the byte before `data`, where it is not the first piece.

    >>> to_network(b"one\\ntwo\\r\\n"), to_network(b"\\n", last=b"\\r"), to_network(b"\\n", last=b"e")
    (b'one\\r\\ntwo\\r\\n', b'\\n', b'\\r\\n')

    Lines that end with CRLF already stay as they are.
    """
    text = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return text[1:] if last == b"\r" and data[:1] == b"\n" else text


class FromNetwork:
    """Turns CRLF into `newline`, piece by piece, wherever the pieces are cut; other CRs stay.

    >>> text = FromNetwork(b"\\n")
    >>> text.feed(b"one\\r"), text.feed(b"\\ntwo\\r\\nth\\ree\\r"), text.finish()
    (b'one', b'\\ntwo\\nth\\ree', b'\\r')

    Source: RFC 959 section 3.1.1.1.
    """

    def __init__(self, newline: bytes) -> None:
        self._newline, self._held = newline, b""

    def feed(self, data: bytes) -> bytes:
        """Return what can be stored now; a CR at the end waits for what follows."""
        data = self._held + data
        self._held = b"\r" if data.endswith(b"\r") else b""
        if self._held:
            data = data[:-1]
        return data if self._newline == b"\r\n" else data.replace(b"\r\n", self._newline)

    def finish(self) -> bytes:
        """Return what was held back."""
        return self._held
