"""Who may log in, with what password, to which folder, and what they may do there."""
from __future__ import annotations

import hashlib
import hmac
import os
from typing import Iterable, NamedTuple, Tuple

ANONYMOUS = ("anonymous", "ftp")  # RFC 1635
_ROUNDS = 200_000  # of PBKDF2: some 0.1 s


class User(NamedTuple):
    """A user: name, password as `hash_password` keeps it, folder, and permissions out of "read", "write", "change".

    >>> User("ming", hash_password("secret", rounds=1000), "/srv/ming", ("read", "write")).name
    'ming'

    A user without a password (None) is let in with any, as anonymous is.
    """

    name: str
    password: str | None
    folder: str
    permissions: Tuple[str, ...] = ("read",)


def hash_password(password: str, *, rounds: int = _ROUNDS) -> str:
    """Return a password as a line to keep: method, rounds, random salt and slow hash.

    >>> hashed = hash_password("芝麻开门", rounds=1000)
    >>> check_password("芝麻开门", hashed), check_password("芝麻", hashed), hashed == hash_password("芝麻开门", rounds=1000)
    (True, False, False)

    Source: RFC 8018 (PBKDF2).
    """
    salt = os.urandom(16)
    return f"pbkdf2${rounds}${salt.hex()}${_slow_hash(password, salt, rounds).hex()}"


def check_password(password: str, hashed: str) -> bool:
    """Return whether `hash_password` made `hashed` of this password; it takes as long for a wrong one.

    >>> check_password("secret", hash_password("secret", rounds=1000))
    True

    Raises: ValueError where `hashed` is no such line.
    """
    method, rounds, salt, digest = hashed.split("$")
    if method != "pbkdf2":
        raise ValueError(f"no way to check a password that was hashed by {method!r}")
    return hmac.compare_digest(_slow_hash(password, bytes.fromhex(salt), int(rounds)), bytes.fromhex(digest))


def _slow_hash(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "surrogateescape"), salt, rounds)


def find_user(users: Iterable[User], name: str) -> User | None:
    """Return the user of this name, or None; "ftp" is another name of "anonymous".

    >>> find_user([User("anonymous", None, ".")], "FTP").name
    'anonymous'
    """
    wanted = "anonymous" if name.lower() in ANONYMOUS else name
    return next((user for user in users if user.name == wanted), None)
