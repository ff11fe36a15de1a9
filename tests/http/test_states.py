"""The states of a connection: which may follow which, and a random walk through all that can happen to one."""

from __future__ import annotations

import random
import sys

import pytest

from netio.http import BlockingBody, FileBody, HTTPError, Response, StaticFiles
from netio.http import protocol as states
from netio.http.protocol import BODY, CLOSED, HEAD, IDLE, LINGER, MOVES, NEW, SEND, TURN, WORK

from ..fuzzing import cut
from .talk import Transport, answers, connect, feed

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /%b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class Threads(Transport):
    """A transport with other threads, whose work is done when the test says so."""

    def __init__(self, limit=None):
        super().__init__(limit)
        self.work = []

    def run_in_thread(self, work, then, failed=None, drop=None):
        self.work.append((work, then, drop))

    def finish(self):
        work, then, drop = self.work.pop(0)
        result = work()
        (drop if self.lost else then)(result)

    lost = False


@pytest.mark.skipif(sys.flags.optimize > 1, reason="-OO leaves docstrings out")
def test_the_table_and_the_page_of_states_agree():
    names = [NEW, IDLE, HEAD, BODY, WORK, SEND, TURN, LINGER, CLOSED]
    assert list(MOVES) == names and all(MOVES[name] <= set(names) - {name, NEW} for name in names)
    lines = [line.split("|") for line in states.__doc__.splitlines() if line.startswith("| ")][1:]
    told = {cells[1].strip(): cells[3].replace(",", " ").split() for cells in lines}
    for name in names:
        words = told[name]
        if words[:1] == ["as"]:
            expected = MOVES[HEAD] - {TURN} | {HEAD} - {name}
        elif words[:2] == ["all", "but"]:
            expected = set(names) - set(words[2:]) - {name}
        else:
            expected = set(words)
        assert MOVES[name] == expected - ({IDLE} if name == IDLE else set()), name


@pytest.mark.parametrize("app, state", [
    (lambda request: "whole", IDLE),
    (lambda request: (bytes(1000) for _ in range(10)), SEND),
])
def test_what_a_request_leads_to(app, state):
    protocol, transport = connect(app, limit=5000)
    assert protocol.state == NEW
    feed(protocol, transport, GET[:5])
    assert protocol.state == HEAD
    feed(protocol, transport, (GET % b"")[5:])
    assert protocol.state == state
    feed(protocol, transport, (POST % b"")[:-1])
    assert protocol.state == (BODY if state == IDLE else SEND)
    while protocol.state != BODY:
        transport.take()
    feed(protocol, transport, b"oNONSENSE\r\n\r\n")
    while protocol.state == SEND:
        transport.take()
    assert protocol.state == CLOSED and len(answers(transport.sent)) == 3
    protocol, transport = connect(app)
    protocol.next_deadline(0)
    feed(protocol, transport, b"NONSENSE\r\n\r\n")
    assert protocol.state == LINGER
    protocol.connection_lost(None)
    assert protocol.state == CLOSED


class Slow:
    """An application that wants another thread for everything."""

    def __init__(self):
        self.bodies = []

    def blocks(self, request):
        return True

    def open_body(self, request):
        return None

    def __call__(self, request):
        if request.path == "/pieces":
            return Response(200, [], BlockingBody(bytes(40_000) for _ in range(4)))
        return request.path


def test_an_answer_from_another_thread_comes_in_its_turn():
    transport = Threads()
    protocol, _ = connect(Slow(), transport=transport)
    feed(protocol, transport, GET % b"a" + GET % b"b" + POST % b"c" + GET % b"pieces" + GET % b"d")
    assert protocol.state == WORK and len(transport.work) == 1
    rounds = 0
    while transport.work:
        assert protocol.state == WORK and protocol.next_deadline(0) is None
        protocol.deadline_passed(10**6)
        transport.finish()
        rounds += 1
    assert protocol.state == IDLE and rounds == 2 + 2 + 1 + 3 + 1
    assert [len(each.body) for each in answers(transport.sent)] == [2, 2, 2, 160_000, 2]


def test_a_client_that_leaves_meanwhile_closes_nothing_that_is_in_use():
    class Sink:
        closed = 0

        def write(self, data):
            return len(data)

        def close(self):
            self.closed += 1

    class App(Slow):
        def open_body(self, request):
            return sink

        def __call__(self, request):
            return Response(200, [], FileBody(file, 0, 5))

    sink, file, transport = Sink(), Sink(), Threads()
    protocol, _ = connect(App(), transport=transport)
    feed(protocol, transport, POST % b"")
    transport.finish()
    assert protocol.state == WORK and not sink.closed
    protocol.connection_lost(None)
    assert protocol.state == CLOSED and not sink.closed
    transport.lost = True
    transport.finish()
    assert (sink.closed, file.closed, protocol.state) == (1, 1, CLOSED)


@pytest.mark.parametrize("requests, count", [
    (GET % b"" * 100, 100),
    (CHUNKED + b"1\r\nx\r\n" * 25_600 + b"0\r\n\r\n", 1),
], ids=["requests", "chunks"])
def test_requests_and_chunks_in_great_number_let_others_have_their_turn(requests, count):
    now = [0.0]

    def timer():
        now[0] += states.TURN_SECONDS / 10
        return now[0]

    protocol, transport = connect(lambda request: "x", timer=timer)
    protocol.next_deadline(0.0)
    feed(protocol, transport, requests)
    turns = 0
    while protocol.state == TURN:
        turns += 1
        assert protocol.next_deadline(5) is None and len(transport.turns) == 1
        transport.turns.pop()()
    assert 5 < turns < 20 and protocol.state == IDLE and len(answers(transport.sent)) == count


REQUESTS = [GET % b"a.txt", GET % b"b.txt", GET % b"no", POST % b"a.txt",
            b"HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]


def test_in_turns_or_at_one_go_the_answers_are_the_same(tmp_path, monkeypatch, rng):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"this is {name}")
    monkeypatch.setattr(states, "BURST", 300)
    app = StaticFiles(tmp_path)
    for _ in range(40):
        requests = rng.choices(REQUESTS, (60, 20, 4, 1, 1, rng.random() / 4), k=rng.randrange(1, 100))
        data = b"".join(requests)
        sent = []
        for timed, pieces in [(False, [data]), (True, cut(rng, data))]:
            protocol, transport = connect(app)
            if timed:
                protocol.next_deadline(0.0)
            for piece in pieces:
                protocol.data_received(piece)
                while transport.turns and rng.random() < 0.7:
                    transport.turns.pop()()
            while transport.turns:
                assert protocol.state == TURN and len(transport.turns) == 1
                transport.turns.pop()()
            kept = protocol.eof_received()
            assert not kept
            sent.append((bytes(transport.sent), transport.ended or transport.closed))
            protocol.connection_lost(None)
        assert sent[0] == sent[1], requests


class Everything:
    """An application that does any of what one may do, as a random number says."""

    def __init__(self, chance):
        self.chance, self.open = chance, []

    def blocks(self, request):
        return self.chance.random() < 0.4

    def keep(self, thing):
        self.open.append(thing)
        return thing

    def open_body(self, request):
        kind = self.chance.randrange(6)
        if kind == 0:
            return Response(403, [], b"no")
        if kind == 1:
            raise (HTTPError(409), RuntimeError(), SystemExit())[self.chance.randrange(3)]
        return None if kind < 4 else self.keep(Thing(self.chance))

    def __call__(self, request):
        kind = self.chance.randrange(8)
        if kind == 0:
            raise (HTTPError(404), RuntimeError(), SystemExit())[self.chance.randrange(3)]
        if kind < 4:
            return Response(200, [("Connection", "close")] if kind == 1 else [], b"x" * self.chance.randrange(3000))
        thing = self.keep(Thing(self.chance))
        return Response(200, [], BlockingBody(thing) if kind == 4 else thing)


class Thing:
    """A body, in either direction, that may fail at any point; it is closed once."""

    def __init__(self, chance):
        self.chance, self.closed = chance, 0

    def write(self, data):
        if self.chance.random() < 0.1:
            raise (HTTPError(413), OSError(), SystemExit())[self.chance.randrange(3)]

    def __iter__(self):
        for _ in range(self.chance.randrange(6)):
            if self.chance.random() < 0.1:
                raise (RuntimeError(), SystemExit())[self.chance.randrange(2)]
            yield bytes(self.chance.choice((0, 1, 5000, 100_000)))

    def close(self):
        self.closed += 1
        if self.chance.random() < 0.1:
            raise SystemExit("closing")


WORDS = [GET % b"", GET % b"a" * 3, POST % b"", b"PUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", b"NONSENSE\r\n\r\n",
         b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
         b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"]


def walk(seed, seen):
    """Let anything happen to a connection, in any order that a driver keeps to; note (state, event, state)."""
    chance = random.Random(seed)
    app, transport, now = Everything(chance), Threads(chance.choice((None, 1000, 50_000))), [0.0]

    def timer():
        now[0] += chance.random() * states.TURN_SECONDS / 4
        return now[0]

    protocol, _ = connect(app, transport=transport, timer=timer)
    data = b"".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 12)))
    eof = False
    for _ in range(200):
        before = protocol.state
        event = chance.choice(("data", "data", "take", "work", "deadline", "eof", "stop"))
        if event == "data" and data and not eof and not transport.paused_reading and not transport.closed:
            size = chance.choice((1, 10, 100, 1000))
            protocol.data_received(data[:size])
            data = data[size:]
        elif event == "take" and protocol._paused and not transport.closed:
            transport.take()
        elif event == "work" and transport.work:
            transport.finish()
        elif event == "deadline" and transport.turns:
            transport.turns.pop()()
        elif event == "deadline" and not transport.closed:
            now[0] += chance.choice((0.001, 0.001, 5.0, 100.0))
            when = protocol.next_deadline(now[0])
            if when is not None and chance.random() < 0.1:
                protocol.deadline_passed(when + 0.001)
        elif event == "eof" and not eof and chance.random() < 0.1 and not transport.closed:
            eof = True
            if not protocol.eof_received():
                transport.close()
        elif event == "stop" and chance.random() < 0.05 and not transport.closed:
            protocol.server_stopping()
        seen.add((before, event, protocol.state))
        if transport.closed and chance.random() < 0.3:
            break
    transport.lost = True
    protocol.connection_lost(None)
    while transport.work:
        transport.finish()
    assert protocol.state == CLOSED
    assert [thing.closed for thing in app.open] == [1] * len(app.open)
    assert bytes(transport.sent).count(b"HTTP/1.1 ") <= 100


def test_a_random_walk_makes_only_legal_moves_and_closes_everything_once(caplog):
    caplog.set_level(100, "netio.http")
    seen = set()
    for seed in range(600):
        walk(seed, seen)
    assert len({(before, after) for before, _, after in seen if before != after}) > 25
