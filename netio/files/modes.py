"""What the open modes do, as a table that a test compares with `open` itself."""
from __future__ import annotations

from typing import NamedTuple

# That open takes: b may also come before +.
MODES = ("r", "w", "a", "r+", "w+", "a+", "rb", "wb", "ab", "rb+", "wb+", "ab+")


class OpenMode(NamedTuple):
    """What one mode of `open` does; `str()` of it is a sentence, `chinese` the same in Chinese.

    `missing` is what happens where there is no such file ('fails' or 'creates'), `existing` where there is one
    ('keeps', 'empties' or 'fails'), `starts` the offset after opening ('start' or 'end'), `writes` where written
    bytes go ('nowhere', 'at the offset', 'at the end').

    >>> mode = explain_mode("a+")
    >>> mode.missing, mode.existing, mode.starts, mode.writes
    ('creates', 'keeps', 'end', 'at the end')
    """

    mode: str
    reads: bool
    binary: bool
    missing: str
    existing: str
    starts: str
    writes: str

    def __str__(self) -> str:
        does = " and ".join(["reads"] * self.reads + ["writes"] * (self.writes != "nowhere"))
        where = {"nowhere": "", "at the offset": "; writes there", "at the end": "; always writes at the end"}
        return (f"{self.mode}: {does} {'bytes' if self.binary else 'str'}; a missing file: {self.missing}; "
                f"an existing one: {self.existing}; offset at the {self.starts}{where[self.writes]}")

    @property
    def chinese(self) -> str:
        """The sentence in Chinese."""
        words = {"fails": "报错", "creates": "创建", "keeps": "保留内容", "empties": "清空", "start": "开头", "end": "末尾",
                 "at the offset": "写在偏移量处", "at the end": "总是写在末尾（seek 无效）"}
        does = "读写" if self.reads and self.writes != "nowhere" else "只读" if self.reads else "只写"
        where = f"；{words[self.writes]}" if self.writes in words else ""
        return (f"{self.mode}：{does}{'字节串' if self.binary else '字符串'}；文件不存在：{words[self.missing]}；"
                f"已存在：{words[self.existing]}；偏移量在{words[self.starts]}{where}")


def explain_mode(mode: str) -> OpenMode:
    """Return what `open(path, mode)` does with a missing and with an existing file, and where it reads and writes.

    Takes the twelve modes of the notes (`MODES`), `x` for a file that must be new, and every order of letters that
    `open` takes.

    >>> print(explain_mode("w+"))
    w+: reads and writes str; a missing file: creates; an existing one: empties; offset at the start; writes there
    >>> explain_mode("rb") == explain_mode("br")._replace(mode="rb")
    True
    >>> print(explain_mode("a").chinese)
    a：只写字符串；文件不存在：创建；已存在：保留内容；偏移量在末尾；总是写在末尾（seek 无效）

    Raises: ValueError for a mode that `open` refuses, too.
    Notes: IO, 文件打开方式 (access_mode). C: fopen(3) has the same letters.
    """
    letters = set(mode)
    kinds = letters & set("rwax")
    if len(kinds) != 1 or letters - set("rwax+bt") or len(letters) != len(mode) or {"b", "t"} <= letters:
        raise ValueError(f"no mode of open: {mode!r} (one of r w a x, perhaps + , perhaps b or t)")
    kind = kinds.pop()
    both = "+" in letters
    return OpenMode(
        mode=mode,
        reads=kind == "r" or both,
        binary="b" in letters,
        missing="fails" if kind == "r" else "creates",
        existing={"r": "keeps", "w": "empties", "a": "keeps", "x": "fails"}[kind],
        starts="end" if kind == "a" else "start",
        writes="at the end" if kind == "a" else "at the offset" if kind != "r" or both else "nowhere",
    )
