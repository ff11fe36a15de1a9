"""The command `python -m netio check`: the only part of this package that reads and writes files."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Callable, Iterator

from ..files.replacing import replace_file
from .checking import check_sources
from .findings import RULES, Cure, Finding, Words
from .fixing import fix_source, show_changes
from .output import FORMATS, as_text

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_SKIPPED = {".git", "__pycache__", ".venv", "venv", "node_modules", ".tox", "build", "dist"}
_COUNTED = {  # by whether it is one finding, one file
    (False, False): "{} findings in {} files", (True, False): "{} finding in {} files",
    (False, True): "{} findings in {} file", (True, True): "{} finding in {} file",
}


def run(options: argparse.Namespace, words: Callable[[str], str], chinese: bool) -> int:
    """Check the files; return 0 where nothing was found, 1 where something was, 2 where one cannot be read."""
    select = {kind for kind in options.select.split(",") if kind}
    ignore = {kind for kind in options.ignore.split(",") if kind}
    for kind in (select | ignore | ({options.explain} if options.explain else set())) - {"all"}:
        if kind not in RULES:
            print(f"netio: {words('no kind {!r}; --explain all lists them').format(kind)}", file=sys.stderr)
            return 2
    if options.explain:
        print(explain(options.explain, words, chinese))
        return 0
    if not options.paths:
        print(f"netio: {words('which program? python -m netio check server.py')}", file=sys.stderr)
        return 2
    read = {str(path): _read_bytes(path) for path in _files(options.paths)}
    texts = {path: decode(data)[0] for path, data in read.items()}
    if options.fix or options.diff:
        return _mend(texts, options.diff)
    found = check_sources(texts, select, ignore, chinese)
    if not select or "source-encoding" in select:
        found = [item for path, data in read.items() for item in undeclared(data, path, chinese)] + found
    shown = as_text(found, words) if options.format == "text" else FORMATS[options.format](found)
    if shown:
        print(shown)
    if options.format == "text":
        counted = _COUNTED[len(found) == 1, len(texts) == 1]
        print(words(counted).format(len(found), len(texts)), file=sys.stderr)
    return 1 if found else 0


def _mend(texts: dict[str, str], only_show: bool) -> int:
    changed = False
    for path, text in texts.items():
        mended = fix_source(text)
        changed = changed or mended != text
        if only_show:
            print(show_changes(text, mended, path), end="")
        elif mended != text and path == "-":
            print(mended, end="")
        elif mended != text:
            write_text(Path(path), mended)
    return 1 if changed and only_show else 0


def _files(paths: list[str]) -> Iterator[Path]:
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from (inner for inner in sorted(path.rglob("*.py")) if not _SKIPPED & set(inner.parts))
        else:
            yield path


def read_text(path: Path) -> str:
    """Read a program of any encoding: what a BOM or its first lines say, else UTF-8, else GBK.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "cats.py")
    ...     _ = path.write_bytes("print('猫狗')".encode("gbk"))
    ...     read_text(path)
    "print('猫狗')"
    """
    return decode(_read_bytes(path))[0]


def _read_bytes(path: Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()


def undeclared(data: bytes, path: str, chinese: bool = False) -> list[Finding]:
    r"""Return the finding that a program's encoding is neither UTF-8 nor said in its first two lines, or none.

    >>> undeclared("print('猫狗')".encode("gbk"), "cats.py")[0].message
    'The file is saved as GBK and does not say so.'
    >>> undeclared("# coding: gbk\nprint('猫狗')".encode("gbk"), "cats.py")
    []
    """
    encoding = decode(data)[1]
    said = _CODING.search(b"\n".join(data.split(b"\n")[:2]))
    if encoding.startswith("utf-8") or encoding != "utf-16" and said and said[1].decode("ascii") == encoding:
        return []
    name = {"gb18030": "GBK", "utf-16": "UTF-16"}.get(encoding, encoding)
    line = next((at for at, text in enumerate(data.split(b"\n"), 1) if not text.isascii()), 1)
    message = f"The file is saved as {name} and does not say so."
    why = "Python reads UTF-8, and stops with SyntaxError: Non-UTF-8 code."
    cure = "save the file as UTF-8" + (", or write in its first line: # coding: gbk" if name == "GBK" else "")
    if chinese:
        message = f"文件以 {name} 保存，却没有注明。"
        why = "Python 按 UTF-8 读取，抛出 SyntaxError: Non-UTF-8 code 后停止。"
        cure = "另存为 UTF-8" + ("，或在第一行写上 # coding: gbk" if name == "GBK" else "")
    return [Finding(path, line, 1, "source-encoding", "error", message, None, Cure(cure, ""), why)]


def decode(data: bytes) -> tuple[str, str]:
    r"""Return (text, encoding) of a program.

    >>> decode("print('猫狗')".encode("gbk"))
    ("print('猫狗')", 'gb18030')
    >>> decode("a = 1".encode("utf-16"))
    ('a = 1', 'utf-16')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    said = _CODING.search(b"\n".join(data.split(b"\n")[:2]))
    tried = ["utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", said[1].decode("ascii") if said else "",
             "gb18030"]
    for encoding in tried:
        try:
            if encoding:
                return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1"), "latin-1"


def write_text(path: Path, text: str) -> None:
    """Write a program back in its own encoding and line ends; whenever a crash comes, it is the old or the new one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "cats.py")
    ...     _ = path.write_bytes("print('猫狗')".encode("gbk"))
    ...     write_text(path, "print('狗猫')")
    ...     path.read_bytes().decode("gbk")
    "print('狗猫')"
    """
    replace_file(path, text.encode(decode(path.read_bytes())[1]))


def explain(kind: str, words: Callable[[str], str] = str, chinese: bool = False) -> str:
    """Return a page about one kind of mistake, or the list of all.

    >>> explain("send-not-all").startswith("send-not-all (warning, tcp, erratum 12)")
    True
    """
    if kind == "all":
        return "\n".join(
            f"{rule.kind:<26} {words(rule.severity):<8} {_title(rule.words(), chinese)}" for rule in RULES.values()
        )
    rule = RULES[kind]
    said = rule.words()
    about = [words(rule.severity), rule.chapter, *([words("erratum {}").format(rule.erratum)] if rule.erratum else [])]
    parts = [
        words("{} ({})").format(kind, words(", ").join(about)),
        _title(said, chinese),
        said.why_zh if chinese else said.why,
        f"{words('wrong:')}\n\n{_indented(said.wrong)}",
        f"{words('right:')}\n\n{_indented(said.right)}",
        f"{words('cure: ')}{said.cure_zh if chinese else said.cure.line}",
    ]
    return "\n\n".join(parts) + (f"\nnetio: {said.cure.netio}" if said.cure.netio else "")


def _title(said: Words, chinese: bool) -> str:
    return said.title_zh if chinese else said.title


def _indented(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(True)).rstrip("\n")
