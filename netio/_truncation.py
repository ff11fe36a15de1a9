"""Text cut to a number of bytes: for the fields of `packing` and the datagrams of `udp`."""
from __future__ import annotations


def truncate(text: str, size: int, encoding: str) -> bytes:
    """Encode as many whole characters of `text` as fit into `size` bytes.

    >>> truncate("张三丰", 7, "utf-8").decode(), truncate("日本", 8, "iso-2022-jp")
    ('张三', b'\\x1b$BF|\\x1b(B')
    """
    whole = text.encode(encoding)
    if len(whole) <= size:
        return whole
    fitting = len(whole[:size].decode(encoding, "ignore"))
    cut = (text[:count].encode(encoding) for count in range(fitting, -1, -1))
    return next((data for data in cut if len(data) <= size), b"")  # one that shifts is shifted back at the end
