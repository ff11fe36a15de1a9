"""Find out in which encoding a file was written: by its mark, or by trying.

Bytes carry no name of their encoding. A byte order mark names it; without one, text that is not UTF-8 hardly ever
decodes as UTF-8 by accident, so UTF-8 is tried first. GBK accepts almost anything, so what the other encodings of East
Asia make of the bytes is compared with it: the one whose text is full of what its language is full of (common Chinese
characters, kana, hangul) is taken. Private-use characters, which no text is full of, show that none fits.
"""
from __future__ import annotations

import codecs
import os
from typing import Iterable

from .reading import read_chunks

# Four bytes before two: the mark of UTF-32 begins with that of UTF-16.
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TRIED = ("ascii", "utf-8", "gbk", "gb18030", "big5", "euc_jp", "shift_jis", "euc_kr")
_COMMON = frozenset("的一是不了在人有我他这中大来上个国和也子时道说出要于就下得可你年生自会那后能对着事其里所去行过家十用发天"
                    "如作方成者多日都三小二无同么经法当起与好看学进种将还分此心前又定见只主没公从為這個來國說時於會後對裡"
                    "過發無麼經當與學進種將還見沒們問間話")
_SAMPLE = 4096  # characters that are looked at
_ENOUGH = 12  # different characters: below that, a word of Chinese may be all hangul by accident


def guess_encoding(data: bytes) -> str:
    """Return the encoding that `data`, all of a text, is written in, as a name that `bytes.decode` takes.

    One of 'utf-8-sig' 'utf-16' 'utf-32' (by the byte order mark, which they drop), 'ascii' 'utf-8' 'gbk' 'gb18030'
    'big5' 'euc_jp' 'shift_jis' 'euc_kr' (the first that fits best).

    >>> [guess_encoding("中文".encode(name)) for name in ("utf-8", "utf-8-sig", "gbk", "utf-16", "big5")]
    ['utf-8', 'utf-8-sig', 'gbk', 'utf-16', 'big5']
    >>> guess_encoding(b"")
    'ascii'
    >>> guess_encoding("中文".encode()[:5])  # its last character is cut off
    'utf-8'

    It is a guess: two or three characters of GBK may be good UTF-8 as well.

    Raises: ValueError where none fits, or a NUL byte shows that it is no text. Stdlib: `tokenize.detect_encoding`
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
    readings = {name: _Reading(name) for name in _TRIED}
    offset, problem = 0, ""
    for chunk in chunks:
        if offset == 0 and (marked := next((name for mark, name in _MARKS if chunk.startswith(mark)), "")):
            return marked
        if b"\0" in chunk:
            raise ValueError(f"no text: byte 0 at offset {offset + chunk.index(0)} (or UTF-16 without its mark)")
        problem = _drop_wrong(readings, chunk, offset) or problem
        offset += len(chunk)
    if "utf-8" in readings and readings["utf-8"].sample:  # also where the last character is cut off
        return "utf-8"
    problem = _drop_wrong(readings, b"", offset) or problem
    if "ascii" in readings:
        return "ascii"
    best = max(readings.values(), key=_Reading.likelihood, default=None)  # the first of several
    if best is None or best.likelihood() <= -1:
        problem = problem if best is None else f"as {best.name} it is full of characters for private use"
        raise ValueError(f"no text in any of {', '.join(_TRIED)}: {problem}")
    return best.name


class _Reading:
    """What one encoding makes of the bytes: a sample of the characters beyond ASCII."""

    def __init__(self, name: str) -> None:
        self.name, self.sample = name, ""
        self._decoder = codecs.getincrementaldecoder(name)()

    def feed(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk, final=not chunk)
        if len(self.sample) < _SAMPLE and not text.isascii():
            self.sample += "".join(character for character in text if character > "\x7f")[:_SAMPLE]

    def likelihood(self) -> float:
        """Return how much of it is what its language is full of: 0 to 1, or less than 0 where it is hardly a text."""
        kana, hangul = self._share("\u3040", "\u30ff"), self._share("\uac00", "\ud7a3")
        is_long = len(set(self.sample)) >= _ENOUGH
        if self._share("\ue000", "\uf8ff") > 0.02:
            return -1
        if self.name in ("euc_jp", "shift_jis"):
            return kana if kana > 0.2 and is_long else -1
        if self.name == "euc_kr":
            return hangul if hangul > 0.7 and is_long else -1
        if kana > 0.2:
            return -0.5
        common = sum(character in _COMMON for character in self.sample) / max(1, len(self.sample))
        return common if is_long or self.name != "big5" else 0

    def _share(self, first: str, last: str) -> float:
        """Return how many of the characters, without punctuation, are from `first` to `last`: 0 to 1."""
        letters = [character for character in self.sample if character.isalpha() or "\ue000" <= character <= "\uf8ff"]
        return sum(first <= character <= last for character in letters) / max(1, len(letters))


def _drop_wrong(readings: dict[str, _Reading], chunk: bytes, offset: int) -> str:
    """Feed a chunk (an empty one ends the text) to all, drop those that refuse, return what the last said."""
    problem = ""
    for name, reading in list(readings.items()):
        try:
            reading.feed(chunk)
        except UnicodeDecodeError as error:
            problem = f"{error.reason} in the {len(chunk)} bytes at offset {offset}"
            del readings[name]
    return problem
