"""Names that a file can have on every system, and names that peers give made safe."""
from __future__ import annotations

_FORBIDDEN = frozenset('<>:"|?*\\/') | {chr(code) for code in range(32)}  # in names on Windows
_PORTS = (port + digit for port in ("COM", "LPT") for digit in "0123456789¹²³")
_DEVICES = frozenset(["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *_PORTS])
_MAX_BYTES = 200  # a name has 255 bytes at most, and that of an unfinished file is longer than its own


def is_windows_name(name: str) -> bool:
    """Return whether Windows takes this name as it is: no device, drive or stream, no end that it would cut off.

    >>> [is_windows_name(name) for name in ("notes.txt", "com1.tar.gz", "a.txt.", "a.txt::$DATA", "conin$", "")]
    [True, False, False, False, False, False]

    Source: Microsoft, "Naming Files, Paths, and Namespaces".
    """
    return name[-1:] not in ("", ".", " ") and not _FORBIDDEN.intersection(name) and not _is_device(name)


def safe_filename(name: str) -> str:
    """Return a plain file name made of what a peer calls its file: never a path, a device, hidden, or too long.

    >>> safe_filename("../../etc/passwd"), safe_filename("C:\\\\Windows\\\\win.ini"), safe_filename("报告 2024.pdf")
    ('passwd', 'win.ini', '报告 2024.pdf')
    >>> safe_filename(".."), safe_filename("nul.txt"), safe_filename("a\\0b?.txt "), safe_filename(".bashrc")
    ('_', '_nul.txt', 'a_b_.txt', '_bashrc')

    It is right for every platform at once, so that a folder may move from one to another.
    Raises: nothing. Stdlib: `os.path.basename` knows the separators of its own platform only, and lets ".." pass.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = _make_plain("".join("_" if char in _FORBIDDEN or not char.isprintable() else char for char in name))
    if len(name.encode()) > _MAX_BYTES:
        stem, dot, extension = name.rpartition(".")
        stem = (stem or extension).encode()[:160].decode(errors="ignore")
        name = _make_plain(stem + (dot + extension if dot and len(extension.encode()) <= 20 else ""))  # again: "CON "
    return name


def _make_plain(name: str) -> str:
    name = name.rstrip(". ")
    return "_" + name.lstrip(".") if not name or name[0] == "." or _is_device(name) else name


def _is_device(name: str) -> bool:
    return name.partition(".")[0].rstrip(" ").upper() in _DEVICES
