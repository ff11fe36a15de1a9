"""Find out in which encoding a file was written: by its mark, or by trying.

Bytes carry no name of their encoding. A byte order mark names it; without one, text that is not UTF-8 hardly ever
decodes as UTF-8 by accident, so UTF-8 is tried first, and GBK, which accepts almost anything, last.
"""
from __future__ import annotations

import codecs
import os
from typing import Iterable

from .reading import read_chunks

# Four bytes before two: the mark of UTF-32 begins with that of UTF-16.
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TRIED = ("ascii", "utf-8", "gbk", "gb18030")


def guess_encoding(data: bytes) -> str:
    """Return the encoding that `data`, all of a text, is written in, as a name that `bytes.decode` takes.

    One of 'utf-8-sig' 'utf-16' 'utf-32' (by the byte order mark, which they drop), 'ascii' 'utf-8' 'gbk' 'gb18030'
    (the first that fits).

    >>> [guess_encoding("中文".encode(name)) for name in ("utf-8", "utf-8-sig", "gbk", "utf-16")]
    ['utf-8', 'utf-8-sig', 'gbk', 'utf-16']
    >>> guess_encoding(b"")
    'ascii'

    It is a guess: two or three characters of GBK may be good UTF-8 as well.

    Raises: ValueError where none fits or a NUL byte shows that it is no text. Stdlib: `tokenize.detect_encoding`
    for Python sources only. Notes: 字节串 (bytes), encode/decode.
    """
    return _guess([data])


def guess_file_encoding(path: str | os.PathLike[str]) -> str:
    """Return the encoding of a text file as `guess_encoding` does, reading all of it in chunks.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "note.txt")
    >>> _ = path.write_bytes("记事本".encode("gbk"))
    >>> encoding = guess_file_encoding(path)
    >>> encoding, path.read_text(encoding)
    ('gbk', '记事本')
    >>> folder.cleanup()

    Raises: ValueError where no encoding fits; OSError where the file cannot be read.
    """
    return _guess(read_chunks(path, 1 << 16))


def find_unencodable(text: str, encoding: str) -> list[tuple[int, str]]:
    """Return (index, character) of each character of `text` that `encoding` cannot write; [] where it can write all.

    >>> find_unencodable("naïve 中", "ascii")
    [(2, 'ï'), (6, '中')]
    >>> find_unencodable("half a pair: \\ud800", "utf-8")
    [(13, '\\ud800')]
    >>> find_unencodable("中文", "gbk")
    []

    Raises: LookupError where there is no such encoding.
    Notes: 字节串 (bytes), 所有的字符串都能转化为字节串 ("every str can become bytes": not so). Stdlib: `str.encode` names the first.
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return [(i, character) for i, character in enumerate(text) if not _can_write(character, encoding)]
    return []


def _can_write(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _guess(chunks: Iterable[bytes]) -> str:
    candidates = {name: codecs.getincrementaldecoder(name)() for name in _TRIED}
    offset, problem = 0, ""
    for chunk in chunks:
        if offset == 0 and (marked := next((name for mark, name in _MARKS if chunk.startswith(mark)), "")):
            return marked
        if b"\0" in chunk:
            raise ValueError(f"no text: byte 0 at offset {offset + chunk.index(0)} (or UTF-16 without its mark)")
        problem = _drop_wrong(candidates, chunk, offset) or problem
        offset += len(chunk)
    problem = _drop_wrong(candidates, b"", offset) or problem
    if not candidates:
        raise ValueError(f"no text in any of {', '.join(_TRIED)}: {problem}")
    return next(iter(candidates))


def _drop_wrong(candidates: dict[str, codecs.IncrementalDecoder], chunk: bytes, offset: int) -> str:
    """Feed a chunk (an empty one ends the text) to all decoders, drop those that refuse, return what the last said."""
    problem = ""
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            problem = f"{error.reason} in the {len(chunk)} bytes at offset {offset}"
            del candidates[name]
    return problem
