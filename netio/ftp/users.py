"""Who may log in, with what password, to which folder, and what they may do there."""
from __future__ import annotations

from typing import Iterable, NamedTuple

from ..concurrency.servers.passwords import is_hashed

ANONYMOUS = ("anonymous", "ftp")  # RFC 1635


class _Fields(NamedTuple):
    name: str
    password: str | None
    folder: str
    permissions: tuple[str, ...]


class User(_Fields):
    """A user: name, password as `hash_password` returns it, folder, and permissions out of "read", "write", "change".

    >>> from netio.ftp import hash_password
    >>> User("ming", hash_password("secret", rounds=1000), "/srv/ming", ("read", "write")).name
    'ming'
    >>> User("ming", "secret", "/srv/ming")
    Traceback (most recent call last):
    ValueError: the password of ming is not hashed: use User('ming', hash_password("..."), ...)

    A user without a password (None) is let in with any, as anonymous is. Raises: ValueError for a plain password.
    """

    __slots__ = ()

    def __new__(cls, name: str, password: str | None, folder: str, permissions: Iterable[str] = ("read",)) -> User:
        if password is not None and not is_hashed(password):
            raise ValueError(f'the password of {name} is not hashed: use User({name!r}, hash_password("..."), ...)')
        return super().__new__(cls, name, password, folder, tuple(permissions))


def find_user(users: Iterable[User], name: str) -> User | None:
    """Return the user of this name, or None; "ftp" is another name of "anonymous".

    >>> find_user([User("anonymous", None, ".")], "FTP").name
    'anonymous'
    """
    wanted = "anonymous" if name.lower() in ANONYMOUS else name
    return next((user for user in users if user.name == wanted), None)
