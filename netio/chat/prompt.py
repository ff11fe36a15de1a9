"""The line that is being typed, and how it stays whole while other lines come in: no terminal here, only text.

A terminal in its usual mode keeps what is typed to itself until Enter, so what is printed meanwhile lands in the
middle of it. The client asks for every key instead (cbreak mode) and keeps the line itself: to show a line of
another's, it wipes the prompt, prints, and draws the prompt again.
"""
from __future__ import annotations

import codecs
import unicodedata

_ENTER, _ERASE, _ERASE_WORD, _ERASE_LINE, _END = "\r\n", "\b\x7f", "\x17", "\x15", "\x03\x04\x1a"
_ESCAPE = "\x1b"


class LineEditor:
    """Turns keys into lines: hand in bytes as they come, cut anywhere, get the lines that they end.

    >>> editor = LineEditor()
    >>> editor.feed("你好吗".encode()[:7]), editor.text
    ([], '你好')
    >>> editor.feed("吗".encode()[1:] + b"\\x7f!\\rbye"), editor.text
    (['你好!'], 'bye')

    Backspace, Ctrl-U (the line) and Ctrl-W (a word) erase; Ctrl-D on an empty line sets `ended`, as Ctrl-C and Ctrl-Z
    (Windows' end of input) do; the arrows and their like do nothing. `encoding` is the keyboard's: a terminal in an
    older Chinese locale sends GBK. Raises: LookupError for an unknown one. Stdlib: `readline`, which blocks.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self.text, self.ended = "", False
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._escape = ""

    def feed(self, keys: bytes) -> list[str]:
        """Take keys and return the lines that are complete."""
        lines = []
        for char in self._decoder.decode(keys):
            if self._in_escape(char):
                continue
            if char in _ENTER:
                lines.append(self.text)
                self.text = ""
            elif char in _END:
                self.ended = self.ended or not self.text or char == "\x03"
            else:
                self._edit(char)
        return lines

    def _edit(self, char: str) -> None:
        if char in _ERASE:
            self.text = self.text[:-1]
        elif char == _ERASE_WORD:
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif char == _ERASE_LINE:
            self.text = ""
        elif char == "\t" or char >= " " and not "\x80" <= char < "\xa0":  # those would command the terminal
            self.text += " " if char == "\t" else char

    def _in_escape(self, char: str) -> bool:
        """Skip what an arrow or function key sends: ESC [ or ESC O, then up to a letter or ~."""
        if char == _ESCAPE:
            self._escape = char
        elif self._escape == _ESCAPE:
            self._escape = char if char in "[O" else ""
        elif self._escape:
            self._escape = "" if char.isalpha() or char == "~" else self._escape
        else:
            return False
        return True


def text_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two, accents none.

    >>> text_width("你好, lily"), text_width("e\\u0301")
    (10, 1)

    See: UAX #11. Stdlib: none.
    """
    return sum(0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def draw_prompt(prompt: str, text: str, columns: int) -> str:
    """Return what draws the prompt with the typed text in one row; of a long text, the end.

    >>> draw_prompt("> ", "hello", 80), draw_prompt("> ", "a long line", 7)
    ('\\r> hello', '\\r> line')
    """
    room, begin = columns - 1 - text_width(prompt), len(text)
    if room <= 0:
        return "\r"
    while begin and (room := room - text_width(text[begin - 1])) >= 0:  # from the end: much may have been pasted
        begin -= 1
    return "\r" + prompt + text[begin:]


def wipe_row(columns: int) -> str:
    """Return what empties the cursor's row and goes to its beginning, on any terminal.

    >>> wipe_row(6)
    '\\r     \\r'
    """
    return "\r" + " " * (columns - 1) + "\r"
