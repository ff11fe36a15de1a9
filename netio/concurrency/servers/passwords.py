"""Passwords: stored as salted, slow hashes, compared in constant time, and remembered once they were right.

A hash that takes 50 ms makes guessing slow, but would make every request slow, too. So a `PasswordMemory` remembers
which names and passwords were right, as a keyed digest, not as they are. `WrongPasswords` counts the wrong ones by the
address they come from, so that a server can make an address wait that goes on guessing.

Two forms are read, since both are in use: `scrypt$SALT$HASH` (or `pbkdf2$SALT$HASH`), and `pbkdf2$ROUNDS$SALT$HASH`.
"""
from __future__ import annotations

import hashlib
import hmac
import os
import re
import socket
import threading

_ROUNDS = 200_000  # of PBKDF2: some 0.1 s
_REMEMBERED = 1024  # right passwords, and addresses that guessed wrong
_MAX_NAMES = 100  # that are counted of one address
_HASHED = re.compile(r"(scrypt|pbkdf2)\$(?:([1-9]\d{0,8})\$)?((?:[0-9a-f]{2})*)\$((?:[0-9a-f]{2})+)", re.ASCII)


def hash_password(password: str, salt: bytes | None = None, *, rounds: int | None = None) -> str:
    """Return a password as a line to keep: method, salt and slow hash. A random salt makes equal passwords look
    different.

    >>> hashed = hash_password("芝麻开门")
    >>> check_password("芝麻开门", hashed), check_password("芝麻", hashed), hashed == hash_password("芝麻开门")
    (True, False, False)

    The method is scrypt, where this build of Python has it; with `rounds` PBKDF2 with so many.
    Source: RFC 7914 (scrypt), RFC 8018 (PBKDF2).
    """
    salt = os.urandom(16) if salt is None else salt
    if rounds is not None:
        return f"pbkdf2${rounds}${salt.hex()}${_slow_hash('pbkdf2', password, salt, rounds).hex()}"
    method = "scrypt" if hasattr(hashlib, "scrypt") else "pbkdf2"
    return f"{method}${salt.hex()}${_slow_hash(method, password, salt, _ROUNDS).hex()}"


def check_password(password: str, hashed: str) -> bool:
    """Return whether this is the password that `hash_password` made `hashed` of; it takes as long for a wrong one as
    for a right one.

    >>> check_password("secret", hash_password("secret"))
    True
    >>> check_password("secret", "secret")
    Traceback (most recent call last):
    ValueError: this is no hashed password: store what hash_password("...") returns

    Raises: ValueError where `hashed` is no such line.
    """
    found = _HASHED.fullmatch(hashed)
    if found is None:
        raise ValueError('this is no hashed password: store what hash_password("...") returns')
    method, rounds, salt, digest = found.groups()
    right = _slow_hash(method, password, bytes.fromhex(salt), int(rounds or _ROUNDS))
    return hmac.compare_digest(right, bytes.fromhex(digest))


def is_hashed(text: str) -> bool:
    """Return whether a text is a line that `hash_password` returns; a plain password is none.

    >>> is_hashed("secret"), is_hashed(hash_password("secret"))
    (False, True)
    """
    return _HASHED.fullmatch(text) is not None


def _slow_hash(method: str, password: str, salt: bytes, rounds: int) -> bytes:
    secret = password.encode("utf-8", "surrogateescape")
    if method == "scrypt":
        return hashlib.scrypt(secret, salt=salt, n=1 << 14, r=8, p=1)
    return hashlib.pbkdf2_hmac("sha256", secret, salt, rounds)


class PasswordMemory:
    """Checks passwords, and remembers those that were right, so that only the first check of each is slow.

    >>> memory = PasswordMemory()
    >>> hashed = hash_password("open sesame")
    >>> memory.check("Aladdin", "open sesame", hashed), memory.check("Aladdin", "open", hashed)
    (True, False)
    >>> memory.remembers("Aladdin", "open sesame", hashed), memory.check("nobody", "open sesame", None)
    (True, False)

    `hashed` is None for an unknown name, which takes as long as a wrong password. Any thread may call it.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._nobody = hash_password("")
        self._right: set[bytes] = set()
        self._lock = threading.Lock()

    def check(self, name: str, password: str, hashed: str | None) -> bool:
        """Return whether the password is right. Raises: ValueError where `hashed` is no line of `hash_password`."""
        if hashed is not None and self.remembers(name, password, hashed):
            return True
        right = check_password(password, self._nobody if hashed is None else hashed)
        if not right or hashed is None:
            return False
        with self._lock:
            if len(self._right) >= _REMEMBERED:
                self._right.clear()
            self._right.add(self._digest(name, password, hashed))
        return True

    def remembers(self, name: str, password: str, hashed: str) -> bool:
        """Return whether a check would take no time, because the password was right before."""
        return self._digest(name, password, hashed) in self._right

    def _digest(self, name: str, password: str, hashed: str) -> bytes:
        text = f"{len(name)}:{name}{len(password)}:{password}{hashed}"
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), "sha256").digest()


def counted_host(host: str) -> str:
    """Return under which address to count what comes from a host: of IPv6 its network of 64 bits.

    >>> counted_host("192.0.2.7"), counted_host("::ffff:192.0.2.7"), counted_host("2001:db8:0:1:20c:29ff:fe0c:47d5")
    ('192.0.2.7', '192.0.2.7', '2001:db8:0:1::/64')

    That is the least that a customer is given, who has 2**64 addresses there. What is no address is returned as it is.
    Source: RFC 6177; RFC 4291 section 2.5.5.2 (IPv4-mapped).
    """
    if ":" not in host or not socket.has_ipv6:
        return host
    try:
        packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    except (OSError, ValueError):
        return host
    if packed[:12] == bytes(10) + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed[:8] + bytes(8)) + "/64"


class WrongPasswords:
    """Counts the wrong passwords that come from each address (see `counted_host`), by name; any thread may call it.

    >>> wrong = WrongPasswords()
    >>> [wrong.count("192.0.2.7", name) for name in ("ming", "ming", "hong")]
    [1, 2, 3]
    >>> wrong.forgive("192.0.2.7", "ming"); wrong.count("192.0.2.7", "hong")
    2

    Names beyond the hundredth of an address share one count; addresses beyond the thousandth drive out the oldest.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By address and the hash of the name, which may be long: how many, and when the latest came.
        self._wrong: dict[str, dict[int, tuple[int, float]]] = {}

    def count(self, host: str, name: str, now: float = 0.0) -> int:
        """Count a wrong password for a name; return how many have come from this address, for whatever name."""
        with self._lock:
            return self._count(counted_host(host), name, now)

    def may_guess(self, host: str, name: str, now: float, free: int, delay: float) -> float:
        """Return 0 where one more password may be tried, and count it as wrong until `forgive`; otherwise how many
        seconds are left. `free` guesses cost no time, each further one may come `delay` seconds after the one before.

        >>> wrong = WrongPasswords()
        >>> [wrong.may_guess("192.0.2.7", "ming", now, free=2, delay=10) for now in (0.0, 1.0, 2.0, 11.0, 12.0)]
        [0.0, 0.0, 9.0, 0.0, 9.0]
        """
        host = counted_host(host)
        with self._lock:
            names = self._wrong.get(host, {})
            count, latest = names.get(self._key(names, name), (0, now))
            left = latest + delay - now if count >= free else 0.0
            if left <= 0:
                self._count(host, name, now)
            return max(left, 0.0)

    def _count(self, host: str, name: str, now: float) -> int:
        names = self._wrong.pop(host, {})
        key = self._key(names, name)
        names[key] = names.get(key, (0, now))[0] + 1, now
        self._wrong[host] = names  # the newest is last
        if len(self._wrong) > _REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
        return sum(count for count, _ in names.values())

    @staticmethod
    def _key(names: dict[int, tuple[int, float]], name: str) -> int:
        key = hash(name)
        return key if key in names or len(names) < _MAX_NAMES else hash("")

    def forgive(self, host: str, name: str) -> None:
        """Forget the wrong passwords for this name from this address, for the right one has come."""
        with self._lock:
            self._wrong.get(counted_host(host), {}).pop(hash(name), None)
