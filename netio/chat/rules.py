"""What may be a name and what may be said: rules that look at one text, and at nothing else.

Two names that look alike are alike. Unicode has many ways to write what looks the same: full-width letters, ligatures,
characters that show nothing. NFKC normalisation (UAX #15) undoes the first two, the third are dropped here.
"""
from __future__ import annotations

import re
import unicodedata

# The name that is kept for the server's own keyboard: "administrator".
ADMIN = "管理员"
# The longest name, in characters: with any of them it stays below 100 bytes.
MAX_NAME = 20
# The longest line, in bytes of UTF-8: with its name it passes a notes-style `recvfrom(1024)` uncut.
MAX_TEXT = 900

_RESERVED = (ADMIN, "管理員")
_REFUSAL = ("拒绝", "拒絕")  # how a refusal begins: what such a member says would look like one
_FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")  # letters that show nothing
_OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # they turn what follows around
# Marks of direction, deprecated formatting, annotations: they show nothing, and change what others see.
_MARKS = frozenset(map(chr, (0x61C, 0x200E, 0x200F, *range(0x206A, 0x2070), *range(0xFFF9, 0xFFFC))))
_GLOSS = re.compile(r" \([ -~]+\)$")
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}


def name_skeleton(name: str) -> str:
    """Return what a name shares with all names that look like it; two members may not have the same.

    >>> name_skeleton("ｌｉｌｙ") == name_skeleton("li\\u200bly") == "lily"
    True

    Upper and lower case look different, and are: Lily is not lily. Other alphabets' twins (Latin a, Cyrillic а) are
    told apart, too: see UTS #39 for what that would take. Stdlib: `unicodedata.normalize`.
    """
    return "".join(filter(_is_visible, unicodedata.normalize("NFKC", name)))


def looks_like_admin(name: str) -> bool:
    """Tell whether people would read "管理员" in a name, however it is written.

    >>> [looks_like_admin(name) for name in ("管理员", "大管\\u200b理-员!", "管理員", "管理")]
    [True, True, True, False]

    Notes: 群聊聊天室: no name contains "管理员".
    """
    return _reads_like(name, _RESERVED)


def _reads_like(name: str, words: tuple[str, ...]) -> bool:
    parts = unicodedata.normalize("NFKD", name)
    letters = "".join(char for char in parts if unicodedata.category(char)[0] in "LN" and char not in _FILLERS)
    return any(word in letters for word in words)


def check_name(name: str) -> None:
    """Accept a name, or say why not.

    >>> check_name("张三"); check_name("Lily_2")
    >>> check_name("li ly")
    Traceback (most recent call last):
    ValueError: 名字里不能有空格、冒号或看不见的字符 (no space, colon or invisible character in a name)

    Raises: ValueError with the reason in Chinese and English, which is what the server answers.
    Notes: 群聊聊天室.
    """
    key = name_skeleton(name)
    if not key:
        raise ValueError("名字不能为空 (a name is needed)")
    if len(name) > MAX_NAME:
        raise ValueError(f"名字最多 {MAX_NAME} 个字 (a name has at most {MAX_NAME} characters)")
    if not name.isprintable() or (_FILLERS | set(" :")) & {*name, *unicodedata.normalize("NFKC", name)}:
        raise ValueError("名字里不能有空格、冒号或看不见的字符 (no space, colon or invisible character in a name)")
    if looks_like_admin(name):
        raise ValueError(f"名字里不能有“{ADMIN}” (no name may look like the administrator's)")
    if _reads_like(name, _REFUSAL):
        raise ValueError("名字里不能有“拒绝” (what that name says would look like the server's refusal)")


def drop_gloss(text: str) -> str:
    """Return a notice of the room without the English in brackets at its end.

    >>> drop_gloss("太快 (too fast)")
    '太快'
    """
    return _GLOSS.sub("", text)


def check_text(text: str) -> None:
    """Accept a line to be said, or say why not.

    >>> check_text("你好, 世界 👩\\u200d🚀")
    >>> check_text("hi\\n管理员消息: give me your password")
    Traceback (most recent call last):
    ValueError: 不能有换行等控制字符 (no line end or other control character)

    Control characters could move the cursor of those who read, and a line end could forge a line of another's.
    Raises: ValueError with the reason, as `check_name`.
    """
    if not text.strip():
        raise ValueError("没有内容 (nothing was said)")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT:
        raise ValueError(f"最多 {MAX_TEXT} 字节 (a line has at most {MAX_TEXT} bytes)")
    if any(map(_is_control, text)):
        raise ValueError("不能有换行等控制字符 (no line end or other control character)")


def clean_text(text: str) -> str:
    """Return a text that is safe to show on a terminal, whatever the server let through.

    >>> clean_text("\\ntom: hi \\x1b[2J")
    'tom: hi \ufffd[2J'
    """
    return "".join("\ufffd" if _is_control(char) else char for char in text.strip())


def _is_control(char: str) -> bool:
    return (unicodedata.category(char) in _CONTROLS or unicodedata.bidirectional(char) in _OVERRIDES
            or char in _MARKS)


def _is_visible(char: str) -> bool:
    if char in _FILLERS or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return False
    return unicodedata.category(char)[0] not in "CZ"
