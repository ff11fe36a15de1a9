"""Text in a field of fixed size: cut at a character's end on the way in, freed of its NUL padding on the way out."""
from __future__ import annotations

from .._truncation import truncate


def truncate_text(text: str, size: int, encoding: str = "utf-8") -> bytes:
    """Encode as many whole characters of `text` as fit into `size` bytes.

    `text.encode()[:size]` may end in the middle of a character, which the reader can then not decode. Here a torn last
    character is dropped whole. A character is a code point: an accent that is a separate code point may be cut off.

    >>> "张三丰".encode()[:7].decode()
    Traceback (most recent call last):
    UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe4 in position 6: unexpected end of data
    >>> truncate_text("张三丰", 7).decode()
    '张三'
    >>> truncate_text("张三丰", 5, "gbk").decode("gbk")
    '张三'
    >>> truncate_text("lily", 2), truncate_text("张", 2), truncate_text("日本", 8, "iso-2022-jp")
    (b'li', b'', b'\\x1b$BF|\\x1b(B')

    Raises: UnicodeEncodeError where the encoding has no such character, ValueError for a negative size, LookupError for
    an unknown encoding.
    Notes: struct模块使用 ("满了则截取", what is too long is cut).
    """
    if size < 0:
        raise ValueError(f"a size is 0 or more, not {size}")
    return truncate(text, size, encoding)


def strip_nul(raw: bytes, unit: int = 1) -> bytes:
    r"""Return the bytes before the first NUL: what a text field holds without its padding.

    `raw.rstrip()` takes away white space, and NUL is not white space; `raw.rstrip(b"\0")` leaves what a C program had
    in the field before it wrote a shorter text.

    >>> b"lily\0\0".rstrip()
    b'lily\x00\x00'
    >>> b"li\0y\0\0".rstrip(b"\0")
    b'li\x00y'
    >>> strip_nul(b"lily\0\0"), strip_nul(b"li\0y\0\0"), strip_nul(b"lily"), strip_nul(b"\0\0")
    (b'lily', b'li', b'lily', b'')

    In UTF-16 a NUL has two bytes, at an even offset: `unit` is 2 there, and 4 in UTF-32.

    >>> strip_nul("li".encode("utf-16-le") + bytes(4), 2)
    b'l\x00i\x00'

    Notes: 怎么去除bytes中的\x00 (how to remove \x00 from bytes).
    """
    if unit == 1:
        return raw.partition(b"\0")[0]
    ends = (at for at in range(0, len(raw), unit) if not any(raw[at:at + unit]))
    return raw[:next(ends, len(raw))]


def code_unit(encoding: str) -> int:
    """Return how many bytes an encoding takes for a NUL: 2 in UTF-16, 4 in UTF-32, 1 elsewhere.

    >>> code_unit("utf-8"), code_unit("gbk"), code_unit("utf-16"), code_unit("utf-32-be")
    (1, 1, 2, 4)

    Raises: LookupError for an unknown encoding.
    """
    nul = "\0".encode(encoding)
    unit = len("\0\0".encode(encoding)) - len(nul)
    return 1 if any(nul[-unit:]) else unit  # UTF-7 writes it in letters
