"""From a request's path to a file inside the folder that is served, or to nothing at all.

The text is decoded once and judged segment by segment; no segment may mean anything but a plain name below the one
before it. The file is then opened below a `files.Root`, which judges where links lead: inside the real folder, and to
nothing hidden. So neither a link nor a second spelling (8.3 names, upper case, `%2e`) reaches more than the plain names
do.
"""
from __future__ import annotations

import os
import re
from urllib.parse import quote_from_bytes

from ...files.names import is_windows_name
from ..messages import decode_percent

# Characters that change how the text around them is shown, each mapped to U+FFFD (Unicode, UAX 9).
CONTROLS = dict.fromkeys([*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F),
                          *range(0x2066, 0x206A)], "\ufffd")
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_PLAIN_NAMES = re.compile(r"(?:/[0-9A-Za-z_~-][0-9A-Za-z._~-]*)+")


class PathError(ValueError):
    """A request's path that names no file here; `status` is the reply's: 400 for what no client should send, 404 for
    the rest.

    >>> try:
    ...     split_path("/../secret")
    ... except PathError as error:
    ...     error.status
    400
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def split_path(path: str, windows: bool = os.name == "nt", hidden: bool = False) -> list[str]:
    """Return the plain names that the path of a request target is made of, decoded once.

    >>> split_path("/docs/%E4%BD%A0%E5%A5%BD.txt") == ["docs", "你好.txt"], split_path("//a///b/"), split_path("/")
    (True, ['a', 'b'], [])
    >>> split_path("/a/../../etc/passwd")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PathError: '..' in a path
    >>> split_path("/NUL.txt", windows=True)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PathError: not a file's name on Windows: 'NUL.txt'

    Empty segments vanish, so that `//host` stays a path of this server. Names that begin with a dot are refused
    unless `hidden`. Raises: PathError. Source: RFC 3986 sections 2.1, 5.2.4 (the client removes dot segments, not
    we).
    """
    if not windows and _PLAIN_NAMES.fullmatch(path) is not None:  # as most paths are
        return path[1:].split("/")
    if not path.startswith("/"):
        raise PathError(400, "a path begins with '/'")
    return [_decode(part, windows, hidden) for part in path.split("/") if part]


def _decode(part: str, windows: bool, hidden: bool) -> str:
    """Decode one segment and judge it as a name."""
    name = decode_name(part) if "%" in part or not part.isascii() else part
    if name in (".", ".."):
        raise PathError(400, f"{name!r} in a path")
    if "\0" in name:
        raise PathError(400, "a NUL in a path")
    if "/" in name or "\\" in name:
        raise PathError(404, f"a name holds no slash: {name!r}")
    if name[0] == "." and not hidden:
        raise PathError(404, f"hidden: {name!r}")
    if windows and not is_windows_name(name):
        raise PathError(404, f"not a file's name on Windows: {name!r}")
    return name


def is_plain(path: str) -> bool:
    """Return whether the path of a request target is made of nothing but names that need no decoding and no judgment,
    on a system that is not Windows.

    >>> is_plain("/docs/a.txt"), is_plain("/docs/"), is_plain("/.git"), is_plain("/%61"), is_plain("//a")
    (True, False, False, False, False)
    """
    return _PLAIN_NAMES.fullmatch(path) is not None


def decode_name(text: str) -> str:
    """Decode `%XX` once, to a name as this system spells it: UTF-8, and other bytes as `os.fsdecode` keeps them.

    >>> decode_name("100%25%2520"), decode_name("caf%C3%A9") == "café"
    ('100%%20', True)

    Raises: PathError for bytes that are no name on Windows, where names are text; ProtocolError for a malformed escape.
    """
    try:
        return os.fsdecode(decode_percent(text))
    except UnicodeDecodeError:
        raise PathError(404, "a name that is not UTF-8") from None


def name_as_text(name: str) -> str:
    """Return a file's name as text to be shown: UTF-8 if its bytes are that, else as this system reads them (in a GBK
    locale), and U+FFFD for what is neither.

    >>> name_as_text("图.png") == "图.png", name_as_text("caf\\udce9") == "caf\\ufffd"
    (True, True)
    """
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeError:
        return name.translate(_SURROGATES)


def quote_path(names: list[str], folder: bool = False) -> str:
    """Return the path that `split_path` turns back into these names: always one leading slash, so never another host.

    >>> quote_path(["a b", "100%.txt"]), quote_path(["evil.example"], folder=True), quote_path([], folder=True)
    ('/a%20b/100%25.txt', '/evil.example/', '/')
    """
    path = "".join("/" + quote_from_bytes(os.fsencode(name), safe="") for name in names)
    return path + "/" if folder or not path else path


def is_hidden(name: str) -> bool:
    """Return whether a name begins with a dot, as that of an incomplete upload does.

    >>> is_hidden(".git"), is_hidden("a.txt")
    (True, False)
    """
    return name.startswith(".")
