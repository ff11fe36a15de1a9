"""The room written a second time, from its promises, and random histories against both: by itself, over TCP in pieces,
and over UDP through a network that loses, doubles and delays, where each link must be like an ideal channel."""
from __future__ import annotations

import heapq
import math
import types

import pytest

from netio.chat import Room, Session
from netio.chat import server as chat_server
from netio.chat.hub import Hub
from netio.chat.link import parse_frame
from netio.chat.room import EXIT, OK, REFUSED
from netio.chat.rules import check_name, check_text, name_skeleton
from netio.udp import Datagram

from ..fuzzing import cut, mutate, rounds
from .test_fuzz import LINES, TOKENS, Wire

NAMES = ["lily", "ｌｉｌｙ", "tom", "Tom", "猫", "x" * 20, "x" * 21, "li ly", "管理员", "拒绝", "", "a:b"]
TEXTS = ["hello", "你好  lily ", " ", "", "x" * 901, "\x1b[2J", "L tom", "EXIT", "OK"]


class Model:
    """Who is here and what each request means: the whole history is kept, and each answer follows from it."""

    def __init__(self, members, silence, burst, rate):
        self.members, self.silence, self.burst, self.rate = members, silence, burst, rate
        self.here, self.left = [], {}  # dicts, in the order in which they came, and by peer
        self.count, self.strangers = 0, {"since": 0.0, "said": []}

    def at(self, peer):
        return next((one for one in self.here if one["peer"] == peer), None)

    def heard(self, peer, now):
        self.count += 1
        if (me := self.at(peer)) is not None:
            me["heard"] = now, self.count

    def request(self, peer, data, now):
        self.heard(peer, now)
        if data.startswith(REFUSED.encode()):
            return []
        if len(data) > 2048:
            return self.explain(peer, "请求太长", now)
        try:
            verb, *words = data.decode().rstrip("\r\n").split(" ")
        except UnicodeDecodeError:
            return self.explain(peer, "不是 UTF-8", now)
        me = self.at(peer)
        if verb == "L":
            return self.log_in(peer, me, " ".join(words).rstrip(" "), now)
        if verb == "C":
            return self.say(peer, me, words[0] if words else "", " ".join(words[1:]), now)
        if verb == "Q":
            return self.quit(peer, me, " ".join(words).rstrip(" "))
        return self.explain(peer, "不认识的请求", now)

    def explain(self, peer, why, now):
        return [(peer, why)] if self.may_speak(self.at(peer) or self.strangers, now) else []

    def may_speak(self, one, now):
        said = one["said"]  # at most `burst` and `rate` a second in any stretch of time that ends now
        free = all(len(said) - at + 1 <= self.burst + self.rate * (now - begin)
                   for at, begin in [(0, one["since"]), *enumerate(said), (len(said), now)])
        said += [now] * free
        return free

    def log_in(self, peer, me, name, now):
        if me is not None and me["name"] == name:
            return [(peer, "OK")]
        if (why := refusal(check_name, name)) is not None:
            return [(peer, why)]
        if me is not None:
            return [(peer, "您已是 " + me["name"])]
        if any(name_skeleton(one["name"]) == name_skeleton(name) for one in self.here):
            return [(peer, "这个名字已有人用了")]
        if len(self.here) == self.members:
            return [(peer, "聊天室已满")]
        others = self.tell(f"{name} 进入聊天室 (has entered)")
        me = self.left.pop(peer, {"since": now, "said": []})
        self.here.append({**me, "name": name, "peer": peer, "heard": (now, self.count)})
        return [(peer, "OK"), *others]

    def say(self, peer, me, name, text, now):
        if me is None or me["name"] != name:
            return [(peer, "请先登录" if me is None else "不能用别人的名字")]
        if not self.may_speak(me, now):
            return [(peer, "太快了")]
        if (why := refusal(check_text, text)) is not None:
            return [(peer, why)]
        return [(to, line) for to, line in self.tell(f"{name}: {text}") if to != peer]

    def quit(self, peer, me, name):
        if me is None and all(name_skeleton(one["name"]) != name_skeleton(name) for one in self.here):
            return [(peer, "EXIT")]
        if me is None or me["name"] != name:
            return [(peer, "请先登录" if me is None else "不能用别人的名字")]
        return [(peer, "EXIT"), *self.leave(peer, "has left")]

    def leave(self, peer, why):
        me = self.at(peer)
        if me is None:
            return []
        self.here.remove(me)
        self.left[peer] = me
        return self.tell(f"{me['name']} 离开聊天室 ({why})")

    def deadline_passed(self, now):
        out = []
        while gone := [one for one in self.here if one["heard"][0] + self.silence <= now]:
            first = min(gone, key=lambda one: one["heard"])
            out += [(first["peer"], "太久没有动静"), *self.leave(first["peer"], "has been silent")]
        return out

    def announce(self, text):
        return self.tell(f"管理员消息: {text}")

    def tell(self, line):
        return [(one["peer"], line) for one in self.here]


def refusal(check, text):
    try:
        check(text)
    except ValueError as error:
        return str(error).partition(" (")[0]
    return None


class Both:
    """A room beside its model: each call goes to both, and must mean the same. `asked` and `told` say what passed."""

    def __init__(self, rng, members=None):
        self.max_members, self.silence = members or rng.choice((2, 3, 100)), 16.0
        burst, rate = rng.choice(((1, 1.0), (3, 0.5), (20, 5.0)))  # with these the sums are exact
        self.room = Room(max_members=self.max_members, silence=self.silence, burst=burst, rate=rate)
        self.model = Model(self.max_members, self.silence, burst, rate)
        self.name_at, self.next_deadline = self.room.name_at, self.room.next_deadline
        self.asked, self.told = [], []

    @property
    def refused(self):
        return self.room.refused

    def heard(self, peer, now):
        self.room.heard(peer, now)
        self.model.heard(peer, now)

    def request(self, peer, data, now):
        self.asked.append((peer, data))
        return self._both("request", peer, data, now)

    def leave(self, peer, why):
        return self._both("leave", peer, why)

    def deadline_passed(self, now):
        return self._both("deadline_passed", now)

    def announce(self, text):
        return self._both("announce", text)

    def _both(self, call, *arguments):
        mine, theirs = getattr(self.room, call)(*arguments), getattr(self.model, call)(*arguments)
        left = list(theirs)
        for peer, data in mine:
            text = data.decode().removeprefix(REFUSED)
            meant = [one for one in left if one[0] == peer and (one[1] == text or data.startswith(REFUSED.encode())
                                                                and one[1] in text)]
            assert meant, (call, arguments, mine, theirs)
            left.remove(meant[0])
        assert not left, (call, arguments, mine, theirs)
        assert self.room.names == [one["name"] for one in self.model.here]
        self.told += mine
        return mine


def a_request(rng):
    """Return what somebody may ask for: mostly what is right, else a mutated line."""
    if rng.random() < 0.1:
        return mutate(rng, [line.rstrip(b"\n") for line in LINES], TOKENS).replace(b"\n", b" ")
    name = rng.choice(NAMES[:5] if rng.random() < 0.9 else NAMES)
    verb = rng.choice("LLLCCCCCCQ")
    text = " " + rng.choice(TEXTS[:2] if rng.random() < 0.7 else TEXTS) if verb == "C" else ""
    return f"{verb} {name}{text}".encode()


@rounds(6, 15_000)
def test_a_room_is_what_its_model_is(rounds, rng):
    for _ in range(rounds):
        both, now = Both(rng), 0.0
        for _ in range(60):
            now += rng.choice((0, 0, 0.125, 0.5, 4))
            what = rng.random()
            if what < 0.9:
                both.request(rng.randrange(4), a_request(rng), now)
            elif what < 0.94:
                both.leave(rng.randrange(4), "gone")
            elif what < 0.97:
                both.announce("开饭")
            assert (both.next_deadline(now) or math.inf) == min(
                (one["heard"][0] + both.silence for one in both.model.here), default=math.inf)
            both.deadline_passed(now)


class Line:
    """A connection to a hub in memory; it notes what its client has sent."""

    def __init__(self, hub):
        self.protocol, self.wire, self.sent = hub.member(), Wire(), b""
        self.protocol.connection_made(self.wire)

    def send(self, data):
        if not self.wire.closed:
            self.sent += data
            self.protocol.data_received(data)
            while self.wire.turns:
                self.wire.turns.pop()()


@rounds(6, 15_000)
def test_over_tcp_each_line_is_one_request_however_the_lines_are_cut(rounds, rng):
    for _ in range(rounds):
        both, now = Both(rng), [0.0]
        hub = Hub(both, clock=lambda: now[0])
        lines = []
        for _ in range(60):
            now[0] += rng.choice((0, 0, 0.125, 0.5))
            if not lines or len(lines) < 5 and rng.random() < 0.1:
                lines.append(Line(hub))
            elif rng.random() < 0.03:
                hub.announce("开饭")
            else:
                data = b"".join(a_request(rng) + b"\n" for _ in range(rng.choice((1, 1, 2, 20))))
                for piece in cut(rng, data + b"x" * rng.choice((0,) * 30 + (3000,))):
                    rng.choice(lines[-1:] or lines).send(piece)
            if rng.random() < 0.03:
                lines[-1].protocol.connection_lost(None)
                lines[-1].wire.closed = True
            rng.shuffle(lines)
            check_lines(both, lines)


def check_lines(both, lines):
    for line in lines:
        *whole, rest = line.sent.split(b"\n")
        fits = [index for index, data in enumerate([*whole, rest]) if len(data) > 2048]
        asked = [data for peer, data in both.asked if peer is line.protocol]
        told = [data for peer, data in both.told if peer is line.protocol]
        over = told.index(EXIT) + 1 if EXIT in told else len(told)
        heard = line.wire.sent.split(b"\n")[:-1]
        assert heard[:over] == told[:over]
        assert heard[over:] == [] or fits and len(heard) == over + 1 and b"2048" in heard[-1]
        assert asked == whole[:len(asked)]
        assert len(asked) == (fits[0] if fits else len(whole)) or EXIT in told


class Server(chat_server.Server):
    """The server of the room without a network: what it sends goes to `world`, and `world` says what time it is."""

    def __init__(self, world, room):
        super().__init__(("127.0.0.1", 0), room)
        self.world = world

    def datagram_received(self, datagram):
        self.linked = parse_frame(datagram.data) is not None
        super().datagram_received(datagram)

    def _send(self, data, address):
        self.world.fly(address, data)

    def next_deadline(self):
        return self.world.now if self._due else min(self._look_at, self.room.next_deadline(0) or math.inf)


class World:
    """A server and its clients, what is on its way between them, and a time of their own, in whole 1024ths."""

    def __init__(self, rng, loss):
        self.rng, self.loss, self.now = rng, loss, 0.0
        self.flying, self.count, self.clients = [], 0, {}
        self.both = Both(rng, members=100)  # there are twice as many links: beyond them clients speak plainly
        self.server = Server(self, self.both)

    def fly(self, address, data, to_server=False):
        for _ in range(1 + (self.rng.random() < self.loss / 2)):
            if self.rng.random() >= self.loss:
                self.count += 1
                late = self.rng.choice((10, 10, 10, 300))
                heapq.heappush(self.flying, (self.now + late / 1024, self.count, address, data, to_server))

    def run(self, until):
        while True:
            for address, client in self.clients.items():
                for data in client.session.datagrams(self.now):
                    self.fly(address, data, to_server=True)
            times = [client.session.next_deadline(self.now) for client in self.clients.values() if not client.gone]
            when = min([*times, self.server.next_deadline(), *(flight[0] for flight in self.flying[:1])])
            if when > until:
                self.now = until
                return
            self.now = max(self.now, math.ceil(when * 1024) / 1024)
            self.arrive()
            for client in self.clients.values():
                client.take(client.session.deadline_passed(self.now))
            self.server._update(0.0)

    def arrive(self):
        while self.flying and self.flying[0][0] <= self.now:
            _, _, address, data, to_server = heapq.heappop(self.flying)
            if to_server:
                self.server.datagram_received(Datagram(data, address, False))
            elif address in self.clients:
                self.clients[address].take(self.clients[address].session.receive(data, self.now))


class Client:
    """One session, what it has said and what it has heard."""

    def __init__(self, name, number, now):
        self.session = Session(name, now, session=f"{number:016x}", patience=1e9)
        self.name, self.said, self.heard, self.entered, self.gone = name, [b"L " + name.encode()], [], False, False

    def take(self, events):
        for event in events:
            self.entered = self.entered or event.kind == "entered"
            self.gone = self.gone or event.kind in ("refused", "left", "lost")
            assert event.kind != "lost", event
            if event.kind != "left" or event.text == "EXIT":  # else it is its own: nobody has let it go in time
                self.heard.append(event.text)

    def say(self, text):
        self.session.say(text)
        self.said.append(f"C {self.name} {text}".encode())

    def quit(self, now):
        self.session.quit(now)
        self.said.append(b"Q " + self.name.encode())


@rounds(2, 4000)
def test_over_udp_a_link_is_like_an_ideal_channel(rounds, rng, monkeypatch):
    for _ in range(rounds):
        world = World(rng, loss=rng.choice((0, 0.1, 0.3)))
        monkeypatch.setattr(chat_server, "time", types.SimpleNamespace(monotonic=lambda: world.now))
        try:
            play(world, rng)
        finally:
            world.server.close()


def play(world, rng):
    for number in range(1, 40):
        client = rng.choice([*world.clients.values(), None])
        if client is None and len(world.clients) < 5:
            world.clients["192.0.2.7", number] = Client(rng.choice(NAMES[:5]), number, world.now)
        elif client is not None and client.entered and not client.session.leaving:
            if rng.random() < 0.1:
                client.quit(world.now)
            for _ in range(0 if client.session.leaving else rng.choice((1, 1, 5))):
                client.say(rng.choice(TEXTS[:2] if rng.random() < 0.8 else TEXTS[:6]))
        elif rng.random() < 0.3:
            world.fly(("192.0.2.8", number), a_request(rng), to_server=True)
        world.run(world.now + rng.choice((0, 0.125, 1)))
        check_clients(world)
    world.loss = 0
    world.run(world.now + 6)
    due = {address: sum(peer == address for peer, _ in world.both.told) for address in world.clients}
    world.run(world.now + 2)  # what the room says now may be under way in the end
    check_clients(world, due)


def check_clients(world, due=None):
    for address, client in world.clients.items():
        asked = [data for peer, data in world.both.asked if peer == address]
        told = [data.decode() for peer, data in world.both.told if peer == address]
        assert asked == client.said[:len(asked)]
        assert client.heard == told[:len(client.heard)]
        assert due is None or client.gone or asked == client.said and len(client.heard) >= due[address]


def test_the_model_is_strict_enough_to_see_a_difference(rng):
    both = Both(rng)
    both.request("A", b"L lily", 0.0)
    both.model.here[0]["name"] = "tom"
    with pytest.raises(AssertionError):
        both.request("A", b"C lily hello", 1.0)
    assert both.told == [("A", OK)]
