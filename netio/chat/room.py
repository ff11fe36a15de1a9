"""The chat room itself, without a network: requests and the time go in, (recipient, bytes) pairs come out.

A *peer* is wherever a request comes from and an answer goes to: a UDP address, a TCP connection, a test's string. The
room only compares peers. What it promises: a name belongs to the peer that logged it in; everything refused is
answered with a reason and changes nothing; no request whatever speaks as the administrator.

| request       | from                    | answer        | told to the others             |
|---------------|-------------------------|---------------|--------------------------------|
| `L name`      | anyone                  | `OK`          | `name 进入聊天室 (has entered)`  |
| `C name text` | where name logged in    |               | `name: text`                   |
| `Q name`      | where name logged in    | `EXIT`        | `name 离开聊天室 (has left)`     |
| anything else |                         | `拒绝: reason` |                                |

What is no request at all is answered so often only as one may speak.
"""
from __future__ import annotations

import logging
from collections import OrderedDict
from contextlib import suppress
from typing import Callable, Hashable, NamedTuple

from .rules import ADMIN, check_name, check_text, drop_gloss, name_skeleton

_log = logging.getLogger("netio.chat")
Peer = Hashable
Outgoing = list[tuple[Peer, bytes]]

# The answer to a log-in that is accepted.
OK = b"OK"
# What ends the receiving side of a client.
EXIT = b"EXIT"
# How every refusal begins. What begins so is never answered, or two servers could refuse each other for ever.
REFUSED = "拒绝: "

_MAX_REQUEST = 2048  # bytes: beyond it nothing is looked at
_REMEMBERED = 1024  # who has left and had spoken just before
_NOTICES, _NOTICE_RATE = 20_000, 5000.0  # to so many in all who comes and goes is told, at once and a second


class Request(NamedTuple):
    """A request taken apart: the verb is "L", "C" or "Q"; only "C" has a text.

    >>> Request("C", "lily", "hello").text
    'hello'
    """

    verb: str
    name: str
    text: str


def parse_request(data: bytes) -> Request:
    """Parse a request of the notes; a line end after it, as `nc` sends it, is not part of it.

    >>> parse_request("C lily  你好 吗\\n".encode())
    Request(verb='C', name='lily', text=' 你好 吗')

    Only the first two spaces separate, so that what is said keeps its own.

    Raises: ValueError with the reason, for what is not UTF-8, has another verb, no name, or too many bytes.
    Notes: 群聊聊天室 (`L name`, `C name text`, `Q name`).
    """
    if len(data) > _MAX_REQUEST:
        raise ValueError(f"请求太长 ({len(data)} bytes in one request)")
    try:
        line = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("不是 UTF-8 文字 (not UTF-8 text)") from None
    verb, _, rest = line.rstrip("\r\n").partition(" ")
    if verb not in ("L", "C", "Q"):
        raise ValueError("不认识的请求 (not one of L name, C name text, Q name)")
    name, _, text = rest.partition(" ") if verb == "C" else (rest.rstrip(" "), "", "")
    return Request(verb, name, text)


def refuse(reason: str) -> bytes:
    """Return the answer that refuses a request.

    >>> refuse("太快 (too fast)").decode()
    '拒绝: 太快 (too fast)'
    """
    return (REFUSED + reason).encode("utf-8", "backslashreplace")


class Member:
    """Somebody in the room: the name, the peer, when it was last heard, and how many lines it may say now.

    >>> Member("lily", ("127.0.0.1", 9), now=0.0, tokens=20).heard
    0.0
    """

    __slots__ = ("name", "peer", "heard", "tokens", "counted")

    def __init__(self, name: str, peer: Peer, now: float, tokens: float) -> None:
        self.name, self.peer = name, peer
        self.heard = self.counted = now
        self.tokens = tokens

    def take_token(self, now: float, burst: float, rate: float, cost: int = 1) -> bool:
        """Take a line, or `cost` of them, off what it may say, if it may; that grows again with time (a token bucket).

        >>> lily = Member("lily", None, now=0.0, tokens=1)
        >>> [lily.take_token(now, burst=1, rate=0.5) for now in (0.0, 1.0, 2.0)]
        [True, False, True]
        """
        self.tokens = min(burst, self.tokens + (now - self.counted) * rate)
        self.counted = now
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True


class Room:
    """Who is here, and what each request means.

    >>> room = Room()
    >>> room.request("A", b"L lily", now=0.0)
    [('A', b'OK')]
    >>> for peer, text in room.request("B", b"L tom", now=1.0) + room.request("B", b"C tom hello", now=2.0):
    ...     print(peer, text.decode())
    B OK
    A tom 进入聊天室 (has entered)
    A tom: hello
    >>> room.request("C", b"C tom I am tom", now=3.0)[0][1].decode()  # from elsewhere
    '拒绝: 请先登录 (log in first: L name)'

    A member says at most `burst` lines at once and `rate` lines a second in the long run, also one that leaves and
    comes again. One that has not been heard for `silence` seconds is out, and may come again. `record(line)` is called
    with each line that goes to all; what it raises is logged, and ends nothing. Its own notices are Chinese, and
    `glossed` with English. Times are any monotonic seconds; call `deadline_passed` when the time of `next_deadline` has
    come.

    Raises: nothing for what comes from the network. Notes: 群聊聊天室.
    """

    def __init__(self, *, max_members: int = 2000, silence: float = 600.0, burst: int = 20, rate: float = 5.0,
                 record: Callable[[str], object] = lambda line: None, glossed: bool = True) -> None:
        self.glossed, self._record_failed = glossed, False
        self.max_members, self.silence, self.burst, self.rate, self.record = max_members, silence, burst, rate, record
        self._by_key: dict[str, Member] = {}
        self._strangers = Member("", None, 0.0, burst)  # all of them together
        self._notices = Member("", None, 0.0, _NOTICES)  # what may be told of who comes and goes
        self._left: OrderedDict[Peer, Member] = OrderedDict()  # who has spoken lately
        self._now = 0.0
        self.refused = False  # the last request was
        self._by_peer: OrderedDict[Peer, Member] = OrderedDict()  # the one silent longest comes first

    @property
    def names(self) -> list[str]:
        """The names of all members, in the order in which they came."""
        return [member.name for member in self._by_key.values()]

    def name_at(self, peer: Peer) -> str | None:
        """Return the name that is logged in from a peer, None where nobody is."""
        member = self._by_peer.get(peer)
        return member.name if member else None

    def request(self, peer: Peer, data: bytes, now: float) -> Outgoing:
        """Do what a request asks for; return what is to be sent, and to whom."""
        self.heard(peer, now)
        self.refused = True
        if data.startswith(REFUSED.encode()):
            return []
        try:
            verb, name, text = parse_request(data)
        except ValueError as error:
            return self._explain(peer, str(error), now)
        try:
            outgoing = (self._log_in(peer, name, now) if verb == "L" else
                        self._say(peer, name, text, now) if verb == "C" else self._quit(peer, name))
            self.refused = False
            return outgoing
        except ValueError as error:
            return [(peer, refuse(self._notice(str(error))))]

    def announce(self, text: str) -> Outgoing:
        """Tell everyone something as the administrator; only the server's own keyboard leads here.

        >>> room = Room()
        >>> room.request("A", b"L lily", 0.0), room.announce("开饭")[0][1].decode()
        ([('A', b'OK')], '管理员消息: 开饭')

        Raises: ValueError for a text that nobody may say.
        """
        check_text(text)
        return self._tell(f"{ADMIN}消息: {text}")

    def heard(self, peer: Peer, now: float) -> None:
        """Note a sign of life from a peer, of whatever kind."""
        self._now = now
        member = self._by_peer.get(peer)
        if member is not None:
            member.heard = now
            self._by_peer.move_to_end(peer)

    def leave(self, peer: Peer, why: str) -> Outgoing:
        """Take out who is at a peer, because a connection broke or the like; the others learn why."""
        member = self._by_peer.pop(peer, None)
        if member is None:
            return []
        del self._by_key[name_skeleton(member.name)]
        if member.tokens < self.burst:
            self._left[peer] = member
            self._forget_who_left()
        return self._tell_notice(f"{member.name} 离开聊天室 ({why})")

    def next_deadline(self, now: float) -> float | None:
        """Return when `deadline_passed` is to be called, None while nobody is here."""
        first = next(iter(self._by_peer.values()), None)
        return first.heard + self.silence if first else None

    def deadline_passed(self, now: float) -> Outgoing:
        """Take out all who were silent for too long, and tell everybody."""
        out: Outgoing = []
        self._now = now
        while self._by_peer and (first := next(iter(self._by_peer.values()))).heard + self.silence <= now:
            why = self._notice(f"太久没有动静，请重新登录 (silent for {self.silence:g} s: log in again)")
            out.append((first.peer, refuse(why)))
            out += self.leave(first.peer, "has been silent")
        return out

    def _explain(self, peer: Peer, why: str, now: float) -> Outgoing:
        """Refuse what is no request, so often as its sender may speak: another service that answers each datagram with
        some text, whose address somebody has forged, would get such answers for ever."""
        with suppress(ValueError):
            self._take_token(self._by_peer.get(peer, self._strangers), now)
            return [(peer, refuse(self._notice(why)))]
        return []

    def _log_in(self, peer: Peer, name: str, now: float) -> Outgoing:
        here = self._by_peer.get(peer)
        if here is not None and here.name == name:
            return [(peer, OK)]  # it asks again because our answer was lost
        check_name(name)
        if here is not None:
            raise ValueError(f"您已是 {here.name} (you are logged in already)")
        if name_skeleton(name) in self._by_key:
            raise ValueError("这个名字已有人用了 (that name is taken)")
        if len(self._by_key) >= self.max_members:
            raise ValueError("聊天室已满 (the room is full)")
        told = self._tell_notice(f"{name} 进入聊天室 (has entered)")
        member, before = Member(name, peer, now, self.burst), self._left.pop(peer, None)
        if before is not None:
            member.tokens, member.counted = before.tokens, before.counted
        self._by_key[name_skeleton(name)] = self._by_peer[peer] = member
        return [(peer, OK), *told]

    def _say(self, peer: Peer, name: str, text: str, now: float) -> Outgoing:
        member = self._member(peer, name)
        self._take_token(member, now)
        check_text(text)
        return self._tell(f"{name}: {text}", but=peer)

    def _quit(self, peer: Peer, name: str) -> Outgoing:
        if peer not in self._by_peer and name_skeleton(name) not in self._by_key:
            return [(peer, EXIT)]  # it asks again because our answer was lost
        self._member(peer, name)
        return [(peer, EXIT), *self.leave(peer, "has left")]

    def _member(self, peer: Peer, name: str) -> Member:
        member = self._by_peer.get(peer)
        if member is None:
            raise ValueError("请先登录 (log in first: L name)")
        if member.name != name:
            raise ValueError(f"您是 {member.name}，不能用别人的名字 (you are not who you say)")
        return member

    def _take_token(self, member: Member, now: float) -> None:
        if not member.take_token(now, self.burst, self.rate):
            raise ValueError("太快了，这一句没有发出 (too fast: this line was not passed on)")

    def _forget_who_left(self) -> None:
        """Forget those who may say as much again as a new member, and the first where they are too many."""
        while self._left and (len(self._left) > _REMEMBERED or self._is_rested(next(iter(self._left.values())))):
            self._left.popitem(last=False)

    def _is_rested(self, member: Member) -> bool:
        return member.tokens + (self._now - member.counted) * self.rate >= self.burst

    def _tell_notice(self, text: str) -> Outgoing:
        """Tell all who has come or gone, but not so often that who comes and goes without end drowns what is said."""
        told = self._notices.take_token(self._now, _NOTICES, _NOTICE_RATE, cost=len(self._by_peer))
        return self._tell(self._notice(text)) if told else []

    def _notice(self, text: str) -> str:
        return text if self.glossed else drop_gloss(text)

    def _tell(self, line: str, but: Peer = None) -> Outgoing:
        self._keep(line)
        data = line.encode()
        return [(peer, data) for peer in self._by_peer if peer != but]

    def _keep(self, line: str) -> None:
        """Have a line recorded. Where that fails the room goes on, and it is logged, once until it works again."""
        try:
            self.record(line)
            self._record_failed = False
        except Exception:
            if not self._record_failed:
                with suppress(Exception):  # nor is there memory for this, say
                    _log.exception("what is said in a chat room cannot be recorded")
            self._record_failed = True
