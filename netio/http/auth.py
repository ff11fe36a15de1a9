"""Basic authentication, with the stored passwords of concurrency/servers/passwords.py.

Over plain HTTP the password can be read on the way: use TLS beyond this machine.
"""
from __future__ import annotations

import base64
import binascii
import math
import time
from typing import Callable

from ..concurrency.servers.passwords import PasswordMemory, WrongPasswords, check_password, hash_password, is_hashed
from .messages import HTTPError

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
        name, colon, password = base64.b64decode(token.strip(" "), validate=True).decode("utf-8").partition(":")
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

    An unknown name takes as long as a wrong password. From one address, if `user` is told it, `guesses` wrong passwords
    for a name may come at once, then one each `guess_delay` seconds of `clock`; who is known already is not held up.

    Raises: ValueError for a password that is not hashed. Source: RFC 7617, RFC 6585 section 4 (429).
    """

    def __init__(self, users: dict[str, str], realm: str = "netio", *, guesses: int = 10, guess_delay: float = 10.0,
                 clock: Callable[[], float] = time.monotonic) -> None:
        if any(mark in realm for mark in '"\\\r\n'):
            raise ValueError(f"a realm holds no quote, backslash or line end: {realm!r}")
        plain = [name for name, hashed in users.items() if not is_hashed(hashed)]
        if plain:
            raise ValueError(f'the password of {plain[0]} is not hashed: store what hash_password("...") returns')
        self.challenge = f'Basic realm="{realm}", charset="UTF-8"'
        self.guesses, self.guess_delay, self._clock = guesses, guess_delay, clock
        self._users = dict(users)
        self._memory = PasswordMemory()
        self._wrong = WrongPasswords()

    def user(self, header: str, host: str | None = None) -> str | None:
        """Return the name that an Authorization header proves, or None; it takes long unless it is remembered.

        `host` is the address it comes from. Raises: HTTPError (429) for an address that has guessed too often.
        """
        pair = parse_basic(header)
        if pair is None:
            return None
        if self.remembers(header):
            return pair[0]
        name, password = pair
        if host is not None:
            self._count_guess(host, name)
        if not self._memory.check(name, password, self._users.get(name)):
            return None
        if host is not None:
            self._wrong.forgive(host, name)
        return name

    def _count_guess(self, host: str, name: str) -> None:
        """Counted before it is judged: a thousand guesses at once are a thousand."""
        left = self._wrong.may_guess(host, name, self._clock(), self.guesses, self.guess_delay)
        if left:
            raise HTTPError(429, "too many wrong passwords", [("Retry-After", str(math.ceil(left)))])

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
