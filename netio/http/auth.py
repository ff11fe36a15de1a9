"""Basic authentication: passwords hashed as salted, slow hashes, compared in constant time.

A hash that takes 50 ms makes guessing slow, but would make every request slow, too: a name and password that were
right are remembered, as a keyed digest, not as they are. Over plain HTTP the password can be read on the way: use TLS
beyond this machine.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

_ROUNDS = 200_000  # of PBKDF2, where this build of Python has no scrypt
_REMEMBERED = 1024


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Return a password as a line to keep: method, salt and slow hash. A random salt makes equal passwords look
    different.

    >>> hashed = hash_password("芝麻开门")
    >>> check_password("芝麻开门", hashed), check_password("芝麻", hashed), hashed == hash_password("芝麻开门")
    (True, False, False)

    Source: RFC 7914 (scrypt), RFC 8018 (PBKDF2).
    """
    method = "scrypt" if hasattr(hashlib, "scrypt") else "pbkdf2"
    salt = os.urandom(16) if salt is None else salt
    return f"{method}${salt.hex()}${_slow_hash(method, password, salt).hex()}"


def check_password(password: str, hashed: str) -> bool:
    """Return whether this is the password that `hash_password` made `hashed` of; it takes as long for a wrong one as
    for a right one.

    >>> check_password("secret", hash_password("secret"))
    True

    Raises: ValueError where `hashed` is no such line.
    """
    method, salt, digest = hashed.split("$")
    return hmac.compare_digest(_slow_hash(method, password, bytes.fromhex(salt)), bytes.fromhex(digest))


def _slow_hash(method: str, password: str, salt: bytes) -> bytes:
    secret = password.encode("utf-8", "surrogateescape")
    if method == "scrypt":
        return hashlib.scrypt(secret, salt=salt, n=1 << 14, r=8, p=1)
    if method == "pbkdf2":
        return hashlib.pbkdf2_hmac("sha256", secret, salt, _ROUNDS)
    raise ValueError(f"no way to hash a password: {method!r}")


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

    An unknown name takes as long as a wrong password. Source: RFC 7617.
    """

    def __init__(self, users: dict[str, str], realm: str = "netio") -> None:
        if any(mark in realm for mark in '"\\\r\n'):
            raise ValueError(f"a realm holds no quote, backslash or line end: {realm!r}")
        self.challenge = f'Basic realm="{realm}", charset="UTF-8"'
        self._users = dict(users)
        self._nobody = hash_password("")
        self._key = os.urandom(32)
        self._right: dict[bytes, str] = {}

    def user(self, header: str) -> str | None:
        """Return the name that an Authorization header proves, or None; it takes long unless it is remembered."""
        digest = self._digest(header)
        known = self._right.get(digest)
        if known is not None:
            return known
        pair = parse_basic(header)
        if pair is None:
            return None
        right = check_password(pair[1], self._users.get(pair[0], self._nobody))
        if not right or pair[0] not in self._users:
            return None
        if len(self._right) >= _REMEMBERED:
            self._right.clear()
        self._right[digest] = pair[0]
        return pair[0]

    def remembers(self, header: str) -> bool:
        """Return whether `user` knows this header without a slow hash: it was right before, or holds no password.

        >>> BasicAuth({}).remembers(""), BasicAuth({}).remembers("Basic eDp5")
        (True, False)
        """
        return self._digest(header) in self._right or parse_basic(header) is None

    def _digest(self, header: str) -> bytes:
        return hmac.new(self._key, header.encode("utf-8", "surrogateescape"), "sha256").digest()
