"""Basic authentication, with the stored passwords of concurrency/servers/passwords.py.

Over plain HTTP the password can be read on the way: use TLS beyond this machine.
"""
from __future__ import annotations

import base64
import binascii

from ..concurrency.servers.passwords import PasswordMemory, check_password, hash_password, is_hashed

__all__ = ["BasicAuth", "check_password", "hash_password", "parse_basic"]


def parse_basic(header: str) -> tuple[str, str] | None:
    """Return the name and password of an Authorization header, or None if it holds none.

    >>> parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), parse_basic("Bearer x")
    (('Aladdin', 'open sesame'), None)

    Source: RFC 7617 section 2. The name cannot hold a colon, the password can.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(token.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, password) if colon else None


class BasicAuth:
    """Says who a request comes from, or None. `users` maps names to passwords as `hash_password` keeps them.

    >>> auth = BasicAuth({"Aladdin": hash_password("open sesame")})
    >>> auth.user("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), auth.user("Basic eDp5"), auth.user("")
    ('Aladdin', None, None)
    >>> auth.challenge
    'Basic realm="netio", charset="UTF-8"'

    An unknown name takes as long as a wrong password. Raises: ValueError for a password that is not hashed.
    Source: RFC 7617.
    """

    def __init__(self, users: dict[str, str], realm: str = "netio") -> None:
        if any(mark in realm for mark in '"\\\r\n'):
            raise ValueError(f"a realm holds no quote, backslash or line end: {realm!r}")
        plain = [name for name, hashed in users.items() if not is_hashed(hashed)]
        if plain:
            raise ValueError(f'the password of {plain[0]} is not hashed: store what hash_password("...") returns')
        self.challenge = f'Basic realm="{realm}", charset="UTF-8"'
        self._users = dict(users)
        self._memory = PasswordMemory()

    def user(self, header: str) -> str | None:
        """Return the name that an Authorization header proves, or None; it takes long unless it is remembered."""
        pair = parse_basic(header)
        if pair is None:
            return None
        name, password = pair
        return name if self._memory.check(name, password, self._users.get(name)) else None

    def remembers(self, header: str) -> bool:
        """Return whether `user` knows this header without a slow hash: it was right before, or holds no password.

        >>> BasicAuth({}).remembers(""), BasicAuth({}).remembers("Basic eDp5")
        (True, False)
        """
        pair = parse_basic(header)
        if pair is None:
            return True
        hashed = self._users.get(pair[0])
        return hashed is not None and self._memory.remembers(*pair, hashed)
