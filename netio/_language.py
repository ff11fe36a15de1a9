"""Words in the reader's language: Chinese on a Chinese system, or where NETIO_LANG=zh asks for it.

A translation is looked up by its English text, in a dictionary that is loaded only when asked for: {English: Chinese}.
argparse asks `gettext` for its own words, which reads compiled catalogues from disk only; here its two functions are
replaced by a look-up. What is in no dictionary stays English.
"""
from __future__ import annotations

import argparse
import errno
import importlib
import os
import re
import socket
import sys
import textwrap
import unicodedata
from typing import Iterator, Mapping, NoReturn

Words = Mapping[str, str]

_REFUSED = "argument %(argument_name)s: %(message)s"  # argparse's text
# A line of examples: four blanks, the command, and after two blanks or more what it is about.
_COMMAND = re.compile(r"(\w+=\w+ )?(python3?|curl|printf) ")
_COMMANDS = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])  # categories: a terminal may obey these, or end the line
_EXAMPLE = re.compile(r"(    \S.*?)(?:(   *)(\S.*))?")
# What stays whole when a line is broken: a word of Latin letters with the marks after it, or one wide character.
_PIECES = re.compile(r"[!-~]+[，。；：、！？）”》]*|.[，。；：、！？）”》]*")


def language() -> str:
    """Return 'zh' or 'en': what the environment variable NETIO_LANG says, else what the system speaks.

    POSIX: the first of LC_ALL, LC_MESSAGES and LANG that is set decides (locale(7)); Windows: the language of its
    menus.
    """
    names = ("NETIO_LANG",) if _is_windows() else ("NETIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "") or _windows_language()
    return "zh" if chosen.lower().startswith("zh") else "en"


def _is_windows() -> bool:
    return sys.platform == "win32"


def _windows_language() -> str:
    """Return 'zh' where the menus of Windows are Chinese (GetUserDefaultUILanguage), else ''."""
    if sys.platform != "win32":
        return ""
    import ctypes

    primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
    return "zh" if primary == 0x04 else ""


def load_words(*modules: str) -> Words:
    """Return the dictionaries WORDS of these modules as one; none for English, or where the output cannot show it.

    >>> load_words("netio._chinese") if language() == "en" else {}
    {}
    """
    if language() == "en" or not shows_chinese():
        return {}
    words: dict[str, str] = {}
    for module in modules:
        words.update(importlib.import_module(module).WORDS)
    setattr(argparse, "_", lambda text: words.get(text, text))
    setattr(argparse, "ngettext", lambda one, many, count: words.get(many, one if count == 1 else many))
    return words


def explain(error: BaseException, words: Words) -> str:
    """Return an error as one line; for a reader of Chinese what it means and what to do come first, then its own text.

    >>> explain(ConnectionRefusedError(111, "Connection refused"), {})
    '[Errno 111] Connection refused'
    """
    text = str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)
    if isinstance(error, OSError) and isinstance(error.filename, os.PathLike):  # PosixPath('x') is no name to show
        text = text.replace(repr(error.filename), repr(os.fspath(error.filename)))
    text = printable(" ".join(text.split())) or type(error).__name__
    if not words:
        return text
    meanings = importlib.import_module("netio._chinese").ERRORS
    return f"{next(meanings[kind] for kind in _kinds(error) if kind in meanings)}原因：{translate_error(text)}"


def translate_error(text: str) -> str:
    """Return what an error says in Chinese: see netio/_chinese_errors.py, which only a reader of Chinese loads.

    >>> translate_error("the other side has ended")
    '对方已经结束'
    """
    translated: str = importlib.import_module("netio._chinese_errors").translate_error(text)
    return translated


def printable(text: str, keep: str = "") -> str:
    """Return a text from elsewhere that is safe to show on a terminal: control characters become Python's escapes.

    >>> printable("茶 \\x1b[2J\\n\\u202e", keep="\\n").splitlines()
    ['茶 \\\\x1b[2J', '\\\\u202e']
    """
    return "".join(char if char in keep or unicodedata.category(char) not in _COMMANDS
                   else char.encode("unicode_escape", "surrogatepass").decode() for char in text)


def _kinds(error: BaseException) -> Iterator[str]:
    """Yield the names that an error goes by, the narrowest first: its number's and its classes'."""
    where = " file" if getattr(error, "filename", None) else ""
    if isinstance(error, OSError) and not isinstance(error, socket.gaierror):  # which has numbers of its own
        yield errno.errorcode.get(error.errno or 0, "").replace("WSA", "")
    for kind in type(error).__mro__:
        yield from (kind.__name__ + where, kind.__name__)


def pad(text: str, width: int) -> str:
    """Fill a text up to a width in columns, of which a Chinese character takes two; on its left where it is negative.

    >>> pad("进程", 6) + "|", pad("进程", -6)
    ('进程  |', '  进程')
    """
    blanks = " " * (abs(width) - _columns(text))
    return text + blanks if width > 0 else blanks + text


def make_parser(doc: str | None, words: Words, prog: str | None = None) -> argparse.ArgumentParser:
    """Make an argument parser whose help is a docstring: its first line above the options, the rest below them."""
    summary, _, rest = (doc or "").strip().partition("\n")

    class Formatter(HelpFormatter):
        translations = words

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            found = re.fullmatch(r"argument (.+?): (.*)", message, re.DOTALL)  # CPython 3.9 to 3.11 look it up nowhere
            text = words.get(_REFUSED, _REFUSED)
            super().error(text % {"argument_name": found[1], "message": found[2]} if found else message)

    return Parser(prog=prog, description=summary, epilog=rest.strip("\n"), formatter_class=Formatter)


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse's formatter, which looks texts up in `translations` and breaks lines of wide characters, too."""

    translations: Words = {}

    def format_help(self) -> str:
        text = super().format_help()
        return re.sub(r"(?<=[\u4e00-\u9fff]):$", "：", text, flags=re.MULTILINE)  # a group's heading

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return translate_doc(text, self.translations, width)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text, default, rest = (action.help or "").partition(" (default: %(default)s)")
        translations = self.translations
        return translations.get(text, text) + translations.get(default, default) + rest

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap_wide(text, width) if self.translations else super()._split_lines(text, width)


def translate_doc(text: str, words: Words, width: int = 100) -> str:
    r"""Translate a docstring: its paragraphs, and the words beside its example commands; the commands stay.

    >>> print(translate_doc("Wait\nhere.\n\n    wait 5    for long", {"Wait here.": "在此等候。", "for long": "很久"}))
    在此等候。
    <BLANKLINE>
        wait 5    很久
    """
    return "\n\n".join(_translate_block(block, words, width) for block in text.split("\n\n"))


def wrap_wide(text: str, width: int) -> list[str]:
    """Break a text into lines of `width` columns, of which a Chinese character takes two.

    >>> wrap_wide("用 recv 读，再写", 8)
    ['用 recv', '读，再写']
    """
    return _fill(" ".join(text.split()), width)


def fold_line(line: str, width: int, further: str = "") -> list[str]:
    """Break a line that is longer than `width` columns; the rest is indented as it is, and by `further`.

    >>> fold_line("  one two, three", 14, "  ")
    ['  one two,', '    three']
    >>> fold_line("short", 14)
    ['short']
    """
    if _columns(line) <= width:
        return [line]
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    first, *rest = _fill(text, width - len(indent + further))
    return [indent + first, *(indent + further + part for part in rest)]


def _fill(text: str, width: int) -> list[str]:
    lines, room = [""], width
    for piece in _PIECES.findall(text):
        size = _columns(piece)
        if size > room and lines[-1] and piece != " ":
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            room = width
        if piece != " " or lines[-1]:
            lines[-1] += piece
            room -= size
    return lines


def _translate_block(block: str, words: Words, width: int) -> str:
    if _COMMAND.match(block):  # since Python 3.13 a docstring loses the indentation that all its lines share
        block = textwrap.indent(block, "    ")
    if not words:
        return block
    if not block.startswith("    "):
        text = " ".join(block.split())
        return "\n".join(wrap_wide(words[text], width)) if text in words else block
    lines: list[str] = []
    for line in re.sub(r"\n {6,}", " ", block).splitlines():  # a comment that goes on in the next line is one
        found = _EXAMPLE.fullmatch(line)
        command, gap, comment = found.groups() if found else (line, None, None)
        lines.append(f"{command}{gap}{words.get(comment, comment)}" if comment else command)
    return "\n".join(lines)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shows_chinese() -> bool:
    """Return whether what Python prints to can show Chinese."""
    return _can_show("中文", getattr(sys.stdout, "encoding", None) or "utf-8")


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
