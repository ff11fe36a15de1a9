"""The room over UDP: plain datagrams for the notes' clients, links for ours, one thread for all of them.

The loop receives, hands each request to the room, and sends what the room says: through the recipient's link where it
has one, else as a plain datagram. Two kinds of time-outs are looked after: the room's, and those of the links. So that
a thousand links cost nothing while they rest, only those that something happened to are looked at, and all of them when
the earliest of their times has come.
"""
from __future__ import annotations

import socket
import time
from typing import Iterable

from ..events.timers import Timer
from ..udp import Datagram
from ..udp.datagrams import Address
from ..udp.endpoint import Endpoint
from ..udp import connect, receive  # noqa: F401 (the example uses them)
from .link import Frame, ReliableLink, parse_frame
from .room import Outgoing, Room, refuse

_MAX_WAITING = 1024  # texts that a link has not acknowledged, beyond which its member is too slow for this room
_RETRY = 1.0  # seconds after a round of looking after links that has failed
_REMEMBERED = 1024  # log-ins that were refused: each repetition of one gets the same answer


class Server(Endpoint):
    """A chat room at a UDP address.

    >>> with Server(("127.0.0.1", 0)) as server, connect(server.address) as lily:
    ...     lily.send(b"L lily")
    ...     receive(lily, timeout=5).data
    ...     server.announce("开饭")
    ...     receive(lily, timeout=5).data.decode()
    6
    b'OK'
    '管理员消息: 开饭'

    `with` serves in a thread until the block ends; `serve_forever()` serves in this one until `shutdown()`, from any
    thread. Instead of an address a bound socket may be given, which `close` closes. `initial_rto` is in seconds: see
    `ReliableLink`. A notes-style client is served as it expects, lost datagrams included; over UDP it is known by its
    address alone, and whoever can forge that on the network can speak for it. With ours the session's 64 random bits
    are in the way, too.

    Raises: OSError as `udp.bind` does. Notes: 群聊聊天室. Stdlib: none.
    """

    def __init__(self, address_or_socket: Address | socket.socket, room: Room | None = None, *,
                 initial_rto: float = 0.1) -> None:
        super().__init__(address_or_socket)
        self.room = Room() if room is None else room
        self._initial_rto = initial_rto
        self._links: dict[Address, ReliableLink] = {}
        self._refused: dict[tuple[Address, str], list[bytes]] = {}  # what each was answered, by its session
        self._active: set[Address] = set()  # whose links are to be looked at after this round
        self._look_at = float("inf")  # when all links are to be looked at
        self._due = False  # that `_update` is called after this round
        self._timer: Timer | None = None  # for the next time-out

    def announce(self, text: str) -> None:
        """Tell all members something as the administrator, from any thread.

        The notes' server has a child process send itself a datagram for this, which anyone else could send as well.

        Raises: ValueError for a text that nobody may say.
        """
        Room().announce(text)  # objects here, in the caller's thread
        self.loop.call_soon_threadsafe(self._announce, text)

    def _announce(self, text: str) -> None:
        self._pass_on(self.room.announce(text))
        self._update_soon()

    def datagram_received(self, datagram: Datagram) -> None:
        self._update_soon()
        data, address, now = datagram.data, datagram.address, time.monotonic()
        frame = parse_frame(data)
        if frame is None:
            return self._pass_on(self.room.request(address, data, now))
        link = self._links.get(address)
        if link is None or link.session != frame.session:
            return self._begin_link(frame, address, now)
        self.room.heard(address, now)
        self._active.add(address)
        for text in link.receive(frame, now):
            self._pass_on(self.room.request(address, text, now))

    def _begin_link(self, frame: Frame, address: Address, now: float) -> None:
        """Make a link of a frame that logs in. Any other gets one answer, which nobody need acknowledge: a link would
        send it again and again, to whomever the sender's address belongs to."""
        if frame.number != 1 or len(self._links) >= 2 * self.room.max_members:
            if frame.number:
                self._send(refuse("没有这个会话，请重新登录 (no such session: log in again)"), address)
            return
        if (address, frame.session) in self._refused:  # a datagram that came twice, or late: it shall not log in now
            return self._answer_refused(address, frame.session)
        if self._links.pop(address, None):
            self._pass_on(self.room.leave(address, "has started again"))
        link = self._links[address] = ReliableLink(frame.session, now, initial_rto=self._initial_rto)
        link.receive(frame, now)
        self._active.add(address)
        self._pass_on(self.room.request(address, frame.text, now))
        if self.room.name_at(address) is None:
            del self._links[address]
            self._refused[address, frame.session] = [*link.datagrams(now)]
            self._answer_refused(address, frame.session)
            if len(self._refused) > _REMEMBERED:
                del self._refused[next(iter(self._refused))]

    def _answer_refused(self, address: Address, session: str) -> None:
        for datagram in self._refused[address, session]:
            self._send(datagram, address)

    def _pass_on(self, outgoing: Outgoing) -> None:
        for peer, text in outgoing:
            assert isinstance(peer, tuple)
            link = self._links.get(peer)
            if link is None:
                self._send(text, peer)
            else:
                link.send(text)
                self._active.add(peer)

    def _send(self, data: bytes, address: Address) -> None:
        try:
            self.sock.sendto(data, address)
        except OSError:  # a full queue, or a peer that has gone: a lost datagram, as on the network
            pass

    def _update_soon(self) -> None:
        """Have everything updated once, when the events at hand have been dealt with."""
        if not self._due:
            self._due = True
            self.loop.call_soon(self._update, 0.0)

    def _update(self, _: float) -> None:
        """Look after those to whom something has happened, and whose time has come; then set the timer again."""
        self._due, now = False, time.monotonic()
        try:
            self._pass_on(self.room.deadline_passed(now))
            if now >= self._look_at:
                self._look_at = float("inf")
                self._active.update(self._links)
            while self._active:  # a link that ends makes others speak
                active, self._active = self._active, set()
                self._look_after(active, now)
        except BaseException:  # no memory, say: all are looked after in a moment, or what was said would not come
            self._look_at = now + _RETRY
            raise
        finally:
            self._set_timer()

    def _set_timer(self) -> None:
        when = min(self._look_at, self.room.next_deadline(time.monotonic()) or float("inf"))
        if self._timer is not None:
            self.loop.cancel(self._timer)
        self._timer = None if when == float("inf") else self.loop.call_at(when, self._update)

    def _look_after(self, addresses: Iterable[Address], now: float) -> None:
        for address in addresses:
            link = self._links.get(address)
            if link is None:
                continue
            for datagram in link.datagrams(now):
                self._send(datagram, address)
            if link.unacknowledged > _MAX_WAITING:
                link.lost = "reads too slowly"
            if link.lost:
                del self._links[address]
                self._pass_on(self.room.leave(address, link.lost))
            else:
                self._look_at = min(self._look_at, link.next_deadline(now))
