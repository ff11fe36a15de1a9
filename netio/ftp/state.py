"""What all sessions of a server share: the rules, the users, and the count of who is here and who guessed wrong."""
from __future__ import annotations

import logging
import threading
from typing import Any, Callable, Iterable, NamedTuple

from ..concurrency.servers.passwords import PasswordMemory, WrongPasswords, counted_host
from ..concurrency.servers.tls import can_refuse_tickets
from .folder import Folder
from .users import User, find_user

_MAX_DELAYS = 10  # by which `login_delay` grows


class Rules(NamedTuple):
    """What a server allows. Times are in seconds.

    `passive_ports`: the first and the last port for PASV and EPSV ((0, 0): any). `masquerade`: the address that PASV
    tells, for a server behind NAT. `idle_timeout`: a session without a command; `stall_timeout`: a transfer in which
    nothing moves; `connect_timeout`: a data connection that does not come. `login_attempts`: wrong passwords before
    the session ends, each answered after `login_delay`, longer for an address that keeps guessing. `per_address`:
    sessions from one address (of IPv6: one network of 64 bits). `active`: whether PORT and EPRT are allowed.
    `legacy_encoding`: of names after OPTS UTF8 OFF. `allow_tls_cut_off`: store an upload over TLS that ends without
    close_notify, as some clients end all; anybody on the way may have cut it off. `keep_partials`: how long the
    beginning of a broken-off upload is kept, 0 for not at all. `require_tls`: no log-in without AUTH TLS. What is
    counted (sessions and guesses by address) is counted in each process of a server: under fork and process, where
    every session has its own, only the server's `max_connections` holds for all.

    >>> Rules(idle_timeout=60).stall_timeout
    60.0
    """

    passive_ports: tuple[int, int] = (0, 0)
    masquerade: str = ""
    idle_timeout: float = 300.0
    stall_timeout: float = 60.0
    connect_timeout: float = 30.0
    login_attempts: int = 3
    login_delay: float = 1.0
    per_address: int = 50
    active: bool = True
    legacy_encoding: str = "gbk"
    allow_tls_cut_off: bool = False
    keep_partials: float = 86400.0
    require_tls: bool = False
    banner: str = "netio FTP: welcome."


class ServerState:
    """The rules and users of one server, and its counts; sent to another process, they start again from 0.

    >>> state = ServerState([User("anonymous", None, ".")], Rules(per_address=1))
    >>> state.enter("192.0.2.7"), state.enter("192.0.2.7")
    (True, False)
    >>> state.leave("192.0.2.7"); state.enter("192.0.2.7")
    True

    `tls` is an SSLContext, or a function that returns one. `log` is called with a line for each command and its
    answer; passwords are in none.
    """

    def __init__(self, users: Iterable[User], rules: Rules | None = None,
                 log: Callable[[str], object] | None = None, tls: Any = None) -> None:
        self.users, self.rules, self._tls = tuple(users), rules or Rules(), tls
        self.log = log or logging.getLogger("netio.ftp").info
        mine = self.rules
        for value in mine.idle_timeout, mine.stall_timeout, mine.connect_timeout, mine.login_delay, mine.keep_partials:
            if not value >= 0:  # nor can it be nan
                raise ValueError(f"a time is 0 seconds or more, not {value}")
        for user in self.users:
            Folder(user.folder, user.permissions)  # raises now, not at the first log-in
        self._begin()

    def _begin(self) -> None:
        self._turn = threading.Lock()
        self._here: dict[str, int] = {}
        self._wrong = WrongPasswords()
        self._guessing: dict[str, dict[Any, None]] = {}  # sessions by address, those that began first come first
        self._passwords = PasswordMemory()

    def __reduce__(self) -> tuple[Any, ...]:
        return ServerState, (self.users, self.rules, self.log, self._tls)

    def tls(self) -> Any:
        """Return the SSLContext. It sends no session tickets: a client that only writes never reads those of TLS 1.3,
        and its close would be a reset."""
        context = self._tls() if callable(self._tls) else self._tls
        if context is not None and context.num_tickets and can_refuse_tickets(context):
            context.num_tickets = 0
        return context

    def enter(self, host: str) -> bool:
        """Count a session from this address; False if there are too many.

        A session there that has only guessed wrong passwords makes room: guessing shuts nobody out.
        """
        host = counted_host(host)
        with self._turn:
            count = self._here.get(host, 0)
            guessing = self._guessing.get(host)
            full = count >= self.rules.per_address
            if full and not guessing:
                return False
            self._here[host] = count + 1
            evicted = next(iter(guessing)) if full and guessing else None
            if evicted is not None:
                self._stop_guessing(host, evicted)
        if evicted is not None:
            evicted.evict()
        return True

    def leave(self, host: str, session: Any = None) -> None:
        """A session that was let in has ended."""
        host = counted_host(host)
        with self._turn:
            self._stop_guessing(host, session)
            self._here[host] -= 1
            if not self._here[host]:
                del self._here[host]

    def guessed_wrong(self, host: str, session: Any) -> None:
        """This session has given a wrong password: `session.evict()` ends it, if others need its place."""
        with self._turn:
            self._guessing.setdefault(counted_host(host), {})[session] = None

    def _stop_guessing(self, host: str, session: Any) -> None:
        guessing = self._guessing.get(host, {})
        guessing.pop(session, None)
        if not guessing:
            self._guessing.pop(host, None)

    def needs_password(self, name: str) -> bool:
        """Return whether a log-in takes time to judge; only for an anonymous one it does not."""
        user = find_user(self.users, name)
        return user is None or user.password is not None

    def log_in(self, name: str, password: str) -> User | None:
        """Return the user that name and password prove, or None: this takes long, and as long for an unknown name."""
        user = find_user(self.users, name)
        if user is not None and user.password is None:
            return user
        return user if self._passwords.check(name, password, user and user.password) else None

    def open_folder(self, user: User, host: str) -> Folder:
        """Return what a user sees as "/". Of users without a password nobody knows who they are, so what they left
        unfinished is kept for their address."""
        owner = user.name if user.password is not None else f"{user.name}@{host}"
        return Folder(user.folder, user.permissions, keep_partials=self.rules.keep_partials, owner=owner)

    def delay(self, host: str, name: str) -> float:
        """Count a wrong password for a name from this address; return the seconds to wait before the answer.

        >>> state = ServerState([], Rules(login_delay=1.0))
        >>> [state.delay("192.0.2.7", name) for name in ("ming", "ming", "hong")]
        [1.0, 2.0, 3.0]
        >>> state.forgive("192.0.2.7", "ming"); state.delay("192.0.2.7", "hong")
        2.0
        """
        return self.rules.login_delay * min(self._wrong.count(host, name), _MAX_DELAYS)

    def forgive(self, host: str, name: str, session: Any = None) -> None:
        """This user has given the right password: forget the wrong ones for this name, but for no other."""
        with self._turn:
            self._stop_guessing(counted_host(host), session)
        self._wrong.forgive(host, name)
