"""Paths as an FTP client names them: "/" is the user's own folder, and nothing is above it."""
from __future__ import annotations


def join_path(folder: str, text: str) -> str:
    """Return the path that `text` means to a client whose folder is `folder`: absolute, without "." and "..".

    >>> join_path("/docs", "a.txt"), join_path("/docs", "../../../etc/passwd"), join_path("/docs", "/a//./b/")
    ('/docs/a.txt', '/etc/passwd', '/a/b')

    ".." in "/" stays there, so what comes out is always inside. Where links lead is judged by whoever opens the path.
    """
    names: list[str] = []
    for name in (text if text.startswith("/") else f"{folder}/{text}").split("/"):
        if name == "..":
            del names[-1:]
        elif name not in ("", "."):
            names.append(name)
    return "/" + "/".join(names)


def quote_path(path: str) -> str:
    """Return a path as PWD and MKD show it: between quotes, each of its own doubled.

    >>> quote_path('/a "b"')
    '"/a ""b\"\""'

    Source: RFC 959 appendix II.
    """
    doubled = path.replace('"', '""')
    return f'"{doubled}"'
