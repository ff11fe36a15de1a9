"""What a misspelt name may have meant."""

from __future__ import annotations

import builtins
import difflib
from typing import Collection

from . import known
from .module_names import NAMES

_CONSTANTS = ("true", "false", "none", "TRUE", "FALSE", "null", "NULL")
_ALIASES = {
    "SOCKET_STREAM": "SOCK_STREAM",
    "SOCKET_DGRAM": "SOCK_DGRAM",
    "randInt": "randint",
    "raw_input": "input",
    "unicode": "str",
    "xrange": "range",
    "thread": "Thread",
    "process": "Process",
    "AF_INET4": "AF_INET",
}
_BUILTINS = frozenset(name for name in dir(builtins) if len(name) > 3 and not name.startswith("_")) | {"int", "len"}


def nearest(name: str, names: Collection[str]) -> str:
    """Return the one of some names that a misspelt one is near to, or ''.

    >>> nearest("Semphore", ["Semaphore", "Lock"])
    'Semaphore'
    >>> nearest("work", ["total"])
    ''
    """
    if name in _CONSTANTS or len(name) < 3:
        return ""
    if _ALIASES.get(name) in names:
        return _ALIASES[name]
    close = [other for other in names if abs(len(other) - len(name)) < 3 and set(name.lower()) & set(other.lower())]
    found = difflib.get_close_matches(name, close, 1, 0.82 if len(name) > 4 else 0.74)
    return found[0] if found and not _is_numbered(name, found[0]) else ""


def _is_numbered(name: str, other: str) -> bool:
    """True for names that differ by their numbers, as p1 and p2: two things, and no slip."""
    return name.rstrip("0123456789") == other.rstrip("0123456789")


def is_constant(name: str) -> bool:
    """True for `true` and the like.

    >>> is_constant("true")
    True
    """
    return name in _CONSTANTS


def visible(names: Collection[str]) -> set[str]:
    """Return these names and the builtins that one may have meant.

    >>> "print" in visible(["total"])
    True
    """
    return set(names) | _BUILTINS


def meant_module_name(module: str, name: str) -> str:
    """Return the name of a module that a misspelt one is near to, or ''.

    >>> meant_module_name("socket", "SOCKET_STREAM")
    'SOCK_STREAM'
    """
    names = known.MODULES.get(module, frozenset())
    return nearest(name, names) if names and name not in names and name not in NAMES.get(module, ()) else ""


def of_module(name: str, imported: Collection[str]) -> str:
    """Return `module.name` for a name that one of the imported modules has, or nearly, or ''.

    >>> of_module("SOCKET_STREAM", ["socket"])
    'socket.SOCK_STREAM'
    """
    for module in imported:
        names = known.MODULES.get(module, frozenset())
        right = name if name in names else nearest(name, names) if name.isupper() else ""
        if right and len(name) > 3:
            return f"{module}.{right}"
    return ""
