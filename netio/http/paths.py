"""From a request's path to a file inside the folder that is served, or to nothing at all.

The text is decoded once and judged segment by segment; no segment may mean anything but a plain name below the one before
it. What is opened at last is the real path, links followed, and it is judged again: it must lie inside the real folder, and no
part of it may be hidden. So neither a link nor a second spelling (8.3 names, upper case, `%2e`) reaches more than the plain names do.
"""
from __future__ import annotations

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

_HEX = frozenset(b"0123456789abcdefABCDEF")
_WINDOWS_FORBIDS = frozenset('<>:"|?*') | {chr(code) for code in range(32)}
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³")]
)


class PathError(ValueError):
    """A request's path that names no file here; `status` is the reply's: 400 for what no client should send, 404 for the rest."""

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

    Empty segments vanish, so that `//host` stays a path of this server. Names that begin with a dot are refused unless `hidden`.
    Raises: PathError. Source: RFC 3986 sections 2.1, 5.2.4 (the client removes dot segments, not we).
    """
    if not path.startswith("/"):
        raise PathError(400, "a path begins with '/'")
    return [_decode(part, windows, hidden) for part in path.split("/") if part]


def _decode(part: str, windows: bool, hidden: bool) -> str:
    """Decode one segment and judge it as a name."""
    name = decode_percent(part) if "%" in part or not part.isascii() else part
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


def decode_percent(text: str) -> str:
    """Decode `%XX` once, as the file system spells names: UTF-8, other bytes as `os.fsdecode` keeps them.

    >>> decode_percent("100%25%2520"), decode_percent("caf%C3%A9") == "café"
    ('100%%20', True)

    Raises: PathError where `%` is not followed by two hex digits. The stdlib's `urllib.parse.unquote` lets those pass.
    """
    data = text.encode("latin-1", "replace")  # a target that is not ASCII came as bytes, which are kept
    for piece in data.split(b"%")[1:]:
        if len(piece) < 2 or not _HEX.issuperset(piece[:2]):
            raise PathError(400, "'%' without two hex digits")
    try:
        return os.fsdecode(unquote_to_bytes(data))
    except UnicodeDecodeError:  # Windows, where names are text
        raise PathError(404, "a name that is not UTF-8") from None


def quote_path(names: list[str], folder: bool = False) -> str:
    """Return the path that `split_path` turns back into these names: always one leading slash, so never another host.

    >>> quote_path(["a b", "100%.txt"]), quote_path(["evil.example"], folder=True), quote_path([], folder=True)
    ('/a%20b/100%25.txt', '/evil.example/', '/')
    """
    path = "".join("/" + quote_from_bytes(os.fsencode(name), safe="") for name in names)
    return path + "/" if folder or not path else path


def is_windows_name(name: str) -> bool:
    """Return whether Windows takes this name as it stands: no device, drive or stream, no end that it would cut off.

    >>> is_windows_name("notes.txt"), is_windows_name("com1.tar.gz"), is_windows_name("a.txt."), is_windows_name("a.txt::$DATA")
    (True, False, False, False)

    Source: Microsoft, "Naming Files, Paths, and Namespaces".
    """
    stem = name.partition(".")[0].rstrip(" ").upper()
    return name[-1] not in ". " and not _WINDOWS_FORBIDS.intersection(name) and stem not in _DEVICES


def real_path(root: str, names: list[str], hidden: bool = False) -> str:
    """Return where the file named below `root` really is, links followed; `root` is a real path itself.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     root = os.path.realpath(folder)
    ...     real_path(root, ["missing"]) == os.path.join(root, "missing")
    True

    Raises: PathError (404) where that is outside `root` or, unless `hidden`, in or at a hidden file.
    """
    path = os.path.realpath(os.path.join(root, *names))
    inside = os.path.join(root, "")
    if path != root and not path.startswith(inside):
        raise PathError(404, f"outside the folder: {path!r}")
    if not hidden and os.sep + "." in os.sep + path[len(inside):]:
        raise PathError(404, f"hidden: {path!r}")
    return path
