"""The room over TCP: one line, one message, under every server model that keeps all connections in one process.

A message is a line that ends with a line feed (`tcp.Delimiter`), because no request and no answer contains one; so
`nc` and telnet are clients, too. What TCP does by itself, no link need do: nothing is lost or doubled.

All members meet in one `Hub`, which has the room and a lock around it. A member's line is handled in the member's own
thread; for the others it is handed to theirs (`call_soon_threadsafe`), so nobody waits for anybody's socket. Models
that serve each client in a separate process have a hub in each, and members who never meet: they are refused.
(Through pipes to the parent it could be done, and the parent would then be a server of one of the other models.)
"""
from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections import deque
from typing import Any, Callable

from ..concurrency import Server, available_models
from ..tcp import Delimiter
from .room import EXIT, Outgoing, Room, refuse

# What a model needs is that all connections live in one process.
_SEPARATE = ("fork", "process", "prefork")
_MAX_LINE = 2048  # bytes
_MAX_QUEUED = 64 * 1024  # unsent bytes, beyond which a member is too slow for this room
_TURN = 16  # lines of one member before others have their turn
_MOST_REFUSED = 1000  # lines one after the other, beyond which it is no member
_LOG_IN_SECONDS = 60.0  # in which a connection must have logged in
_FAREWELL_SECONDS = 5.0  # in which a member who was dropped can read why


class Hub:
    """What all connections of a room share; `hub.member` is the factory of their protocols.

    >>> from netio.tcp import Reader, connect
    >>> hub = Hub()
    >>> with Server(("127.0.0.1", 0), protocol=hub.member, model="thread") as server:
    ...     server.start()
    ...     with connect(server.address) as lily, connect(server.address) as tom:
    ...         reader = Reader(lily)
    ...         lily.sendall(b"L lily\\n"); reader.read_line()
    ...         tom.sendall(b"L tom\\nC tom hello\\n"); Reader(tom).read_line()
    ...         [reader.read_line().decode() for _ in range(2)]
    b'OK\\n'
    b'OK\\n'
    ['tom 进入聊天室 (has entered)\\n', 'tom: hello\\n']

    It runs under asyncio as well (`loop.create_server(for_asyncio(hub.member), ...)`), where `announce` must be called
    in the loop's own thread. A slow reader is dropped, with the reason, once 64 KiB wait for it.
    Notes: 群聊聊天室, 网络并发模型.
    """

    def __init__(self, room: Room | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = Room() if room is None else room
        self._clock, self._lock, self._pid = clock, threading.RLock(), os.getpid()

    def member(self) -> MemberProtocol:
        """Return the protocol of one connection."""
        return MemberProtocol(self)

    def announce(self, text: str) -> None:
        """Tell all members something as the administrator. Raises: ValueError for a text that nobody may say."""
        with self._lock:
            self._pass_on(self.room.announce(text))

    def request(self, member: MemberProtocol, line: bytes) -> bool:
        """Handle one line of a member; return whether it was refused, with a word or without."""
        with self._lock:
            self._pass_on(self.room.request(member, line, self._clock()))
            return self.room.refused

    def leave(self, member: MemberProtocol, why: str) -> None:
        """Take a member out whose connection is of no more use."""
        with self._lock:
            self._pass_on(self.room.leave(member, why))

    def check_process(self) -> None:
        """Raises: RuntimeError in another process than the hub was made in."""
        if os.getpid() != self._pid:
            raise RuntimeError("a chat room lives in one process; use " + ", ".join(room_models()))

    def _pass_on(self, outgoing: Outgoing) -> None:
        for member, text in outgoing:
            assert isinstance(member, MemberProtocol)
            member.deliver(text)


class MemberProtocol:
    """One connection of a room, by contract 2: lines in, lines out; made by `Hub.member`.

    >>> Hub().member().next_deadline(0.0)  # by when somebody must have logged in
    60.0

    It is a member as long as its connection lasts, however silent; TCP's keep-alive finds out about a vanished peer.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._framing = Delimiter(b"\n", _MAX_LINE)
        self._deadline: float | None = None
        self._unread, self._at = b"", 0  # what has come, and how much of it is cut into lines
        self._lines: deque[bytes] = deque()  # that are cut and not handled yet
        self._refused = 0  # lines one after the other
        self._waits = False  # for its turn
        self._over = False  # nothing is read or delivered any more

    def connection_made(self, transport: Any) -> None:
        self._hub.check_process()
        self._transport, self._thread = transport, threading.get_ident()
        self._call: Callable[..., None] | None = getattr(transport, "call_soon_threadsafe", None)
        self._call_in_turn: Callable[..., None] | None = getattr(transport, "call_in_turn", None)
        with contextlib.suppress(OSError):  # macOS: EINVAL where the member has reset the connection already
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        transport.set_write_buffer_limits(_MAX_QUEUED)

    def data_received(self, data: bytes) -> None:
        self._unread, self._at = self._unread[self._at:] + data, 0
        if not self._waits:
            self._take_turn()

    def _take_turn(self) -> None:
        """Handle the lines that have come, but not too many before others have their turn: until then none is read."""
        count = 0
        while (waits := self._has_line()) and (count < _TURN or self._call_in_turn is None):
            count += 1
            self._refused = self._refused + 1 if self._hub.request(self, self._lines.popleft()) else 0
            if self._refused > _MOST_REFUSED:
                self._drop("was refused too often", "太快了 (too fast: nothing of this is a line of the room)")
                self._transport.close()
        self._wait_for_turn(waits)
        if self._framing.fault is not None and not waits:
            self._drop("sent too long a line", str(self._framing.fault))
            self._transport.close()

    def _has_line(self) -> bool:
        """Cut the next lines off what has come, where none is cut: short ones would take many times its memory."""
        if self._over:
            self._lines.clear()
            self._unread = b""
        while not self._lines and self._at < len(self._unread) and self._framing.fault is None:
            self._at += _MAX_LINE
            with contextlib.suppress(ValueError):  # the framing's; a mistake in the room is not the member's
                self._lines.extend(self._framing.feed(self._unread[self._at - _MAX_LINE:self._at]))
        return bool(self._lines)

    def _wait_for_turn(self, waits: bool) -> None:
        if waits and not self._waits:
            self._transport.pause_reading()
        elif self._waits and not waits:
            self._transport.resume_reading()
        self._waits = waits
        if waits and self._call_in_turn is not None:
            self._call_in_turn(self._take_turn)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._over = True
        self._hub.leave(self, "connection lost")

    def pause_writing(self) -> None:
        """The member does not read: it gets a reason, and a little time to read what waits for it."""
        self._drop("reads too slowly", "您读得太慢 (you read too slowly for this room)")
        if self._call is not None:
            self._call(_ask_for_deadline)

    def resume_writing(self) -> None:
        if self._over:
            self._transport.close()

    def deliver(self, text: bytes) -> None:
        """Send a line to this member, from whatever thread."""
        if self._call is not None and threading.get_ident() != self._thread:
            self._call(self._write, text)
        else:
            self._write(text)

    def next_deadline(self, now: float) -> float | None:
        if not self._over and self._hub.room.name_at(self) is not None:
            self._deadline = None
        elif self._deadline is None:
            self._deadline = now + (_FAREWELL_SECONDS if self._over else _LOG_IN_SECONDS)
        return self._deadline

    def deadline_passed(self, now: float) -> None:
        if self._over:
            self._transport.abort()
        else:
            self._drop("", "请先登录 (nobody logged in)")
            self._transport.close()

    def _write(self, text: bytes) -> None:
        if not self._over:
            self._transport.write(text + b"\n")
        if text == EXIT:
            self._over = True
            self._transport.close()

    def _drop(self, why: str, reason: str) -> None:
        """Deliver nothing more after a reason, and let the others know."""
        if not self._over:
            self._over, self._deadline = True, None
            self._transport.write(refuse(reason) + b"\n")
            self._hub.leave(self, why)


class TCPServer(Server):
    """A chat room at a TCP address, under one of `room_models()`.

    >>> from netio.tcp import Reader, connect
    >>> with TCPServer(("127.0.0.1", 0), model="select") as server:
    ...     server.start()
    ...     with connect(server.address) as lily:
    ...         reader = Reader(lily)
    ...         lily.sendall(b"L lily\\n"); reader.read_line()
    ...         server.announce("开饭")
    ...         reader.read_line().decode()
    b'OK\\n'
    '管理员消息: 开饭\\n'

    All else is as in `concurrency.Server`, but no connection is closed for being idle. With `pool` there is room for as
    many members as `workers`; with `iterative` for one.

    Raises: ValueError for a model that serves clients in separate processes, and for several `workers` of an event
    model; what `concurrency.Server` raises.
    """

    def __init__(self, where: Any, room: Room | None = None, model: str = "thread", workers: int | None = None,
                 **limits: Any) -> None:
        if model in _SEPARATE or (workers or 1) > 1 and model != "pool":
            several = f"{model} with {workers} workers" if model not in _SEPARATE else f"model {model}"
            raise ValueError(f"{several} serves clients in separate processes, where they would never meet; "
                             f"use one of {', '.join(room_models())}")
        self.hub = Hub(room)
        super().__init__(where, None, model, workers, protocol=self.hub.member, **{"idle_timeout": None, **limits})

    def announce(self, text: str) -> None:
        """Tell all members something as the administrator, from any thread. Raises: ValueError as `Room.announce`."""
        self.hub.announce(text)


def room_models() -> list[str]:
    """Return the names of the server models under which a room works, of those that this platform has.

    >>> "thread" in room_models(), "select" in room_models(), "fork" in room_models()
    (True, True, False)
    """
    return [name for name in available_models() if name not in _SEPARATE]


def _ask_for_deadline() -> None:
    """Nothing: a call in a connection's loop makes that ask for the deadline."""
