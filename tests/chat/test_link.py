"""Links over a network that is made here: what is sent arrives once and in order, or the link says that it is lost."""
from __future__ import annotations

import heapq
import random

import pytest

from netio.chat import ReliableLink
from netio.chat.link import WINDOW, Frame, parse_frame

SESSION = "5f1d0c9a7be24136"


class Network:
    """Two links and what is between them, in a time of its own."""

    def __init__(self, seed, loss=0.3, doubled=0.2, late=0.2, give_up=30.0):
        self.chance, self.loss, self.doubled, self.late = random.Random(seed), loss, doubled, late
        self.ends = [ReliableLink(SESSION, 0.0, give_up=give_up), ReliableLink(SESSION, 0.0, give_up=give_up)]
        self.heard = [[], []]
        self.flying, self.count, self.now = [], 0, 0.0

    def run(self, until):
        while True:
            self._send()
            times = [end.next_deadline(self.now) for end in self.ends if not end.lost] + [t for t, *_ in self.flying]
            if not times or min(times) > until:
                self.now = until
                return
            self.now = max(self.now, min(times))
            while self.flying and self.flying[0][0] <= self.now:
                _, _, to, data = heapq.heappop(self.flying)
                self.heard[to] += self.ends[to].receive(parse_frame(data), self.now)

    def _send(self):
        for number, end in enumerate(self.ends):
            for data in end.datagrams(self.now):
                for _ in range(1 + (self.chance.random() < self.doubled)):
                    self.count += 1
                    if self.chance.random() >= self.loss:
                        delay = 0.01 + (0.3 if self.chance.random() < self.late else 0.0)
                        heapq.heappush(self.flying, (self.now + delay, self.count, 1 - number, data))


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_doubled_or_out_of_order(seed):
    network = Network(seed)
    texts = [b"%d" % number for number in range(3 * WINDOW)]
    for at, text in enumerate(texts):
        network.ends[0].send(text)
        network.ends[1].send(text[::-1])
        if at % 7 == 0:
            network.run(network.now + 0.05)
    network.run(network.now + 60)
    assert network.heard == [[text[::-1] for text in texts], texts]
    assert [end.unacknowledged for end in network.ends] == [0, 0] and not any(end.lost for end in network.ends)


def test_a_good_network_carries_little_more_than_the_texts():
    network = Network(0, loss=0, doubled=0, late=0)
    for number in range(20):
        network.ends[0].send(b"%d" % number)
        network.run(network.now + 0.5)
    assert network.count == 40, "each text and its acknowledgement"


def test_a_dead_network_is_noticed():
    network = Network(0, loss=1.0, give_up=5.0)
    network.ends[0].send(b"hello")
    network.run(100.0)
    assert network.ends[0].lost == "no answer for 5 s"
    assert network.ends[1].lost == "no sign of life for 60 s"


def test_silence_is_kept_alive():
    network = Network(0, loss=0, doubled=0, late=0)
    network.run(600.0)
    assert not any(end.lost for end in network.ends) and 70 <= network.count <= 90


def test_a_missing_text_is_asked_for_and_sent_at_once_and_not_twice():
    link = ReliableLink(SESSION, 0.0)
    for text in (b"a", b"b", b"c"):
        link.send(text)
    assert len(link.datagrams(0.0)) == 3
    link.receive(Frame(SESSION, 0, 1, b"2"), 0.02)
    assert link.datagrams(0.02) == [f"N {SESSION} 2 0 b".encode()]
    link.receive(Frame(SESSION, 0, 1, b"2"), 0.039)
    assert link.datagrams(0.039) == [] and link.unacknowledged == 2


def test_a_text_that_comes_again_is_acknowledged_again_and_forgotten():
    link = ReliableLink(SESSION, 0.0)
    for number, texts in ((1, [b"x"]), (1, [])):
        assert link.receive(Frame(SESSION, number, 0, b"x"), 0.0) == texts
        assert link.datagrams(0.0) == [f"N {SESSION} 0 1".encode()] and link.datagrams(0.0) == []


def test_a_link_gives_up_at_its_time_and_not_before():
    link = ReliableLink(SESSION, 0.0, give_up=5.0)
    link.send(b"hello")
    for now, lost in ((0.0, ""), (4.9, ""), (5.0, "no answer for 5 s")):
        link.datagrams(now)
        assert link.lost == lost


def test_every_gap_is_asked_for_at_once():
    link = ReliableLink(SESSION, 0.0)
    for number in (1, 3, 6):
        link.receive(Frame(SESSION, number, 0, b"x"), 0.0)
    assert link.datagrams(0.0) == [f"N {SESSION} 0 1 2 4 5".encode()]


def test_a_text_without_an_answer_goes_out_again_after_twice_as_long_each_time():
    link = ReliableLink(SESSION, 0.0, initial_rto=1.0, max_rto=5.0)
    link.send(b"hello")
    times = [0.0]
    while times[-1] < 12:
        assert link.datagrams(times[-1]) == [f"N {SESSION} 1 0 hello".encode()]
        times.append(link.next_deadline(times[-1]))
    assert times == [0.0, 1.0, 3.0, 7.0, 12.0], "up to max_rto"


def test_the_window_bounds_what_is_under_way_and_what_waits_for_its_turn():
    link = ReliableLink(SESSION, 0.0)
    for _ in range(WINDOW + 5):
        link.send(b"x")
    assert len(link.datagrams(0.0)) == WINDOW and link.unacknowledged == WINDOW + 5
    assert link.next_deadline(0.0) == 0.1, "those beyond the window wait"
    for number in range(2, 10_000):
        assert link.receive(Frame(SESSION, number, 0, b"y"), 0.0) == []
    assert len(link.receive(Frame(SESSION, 1, 0, b"y"), 0.0)) == WINDOW


@pytest.mark.parametrize("data", [
    b"", b"N", b"N x 1 1 hi", b"N 5f1d0c9a7be24136 1", b"N 5f1d0c9a7be24136 -1 1 hi", b"N 5f1d0c9a7be24136 1 1hi",
    b"N 5F1D0C9A7BE24136 1 1 hi", b"N 5f1d0c9a7be24136 1234567890 1 hi", b"C lily N 5f1d0c9a7be24136 1 1 hi",
])
def test_what_is_no_frame(data):
    assert parse_frame(data) is None


@pytest.mark.parametrize("text", [b"\xff1", b"1 x 2", b"-1", "²".encode(), b"9" * 100, b"1 " * 5000])
def test_nonsense_in_an_acknowledgement_does_nothing(text):
    link = ReliableLink(SESSION, 0.0)
    link.send(b"a")
    link.datagrams(0.0)
    link.receive(Frame(SESSION, 0, 0, text), 0.001)
    assert link.datagrams(0.001) == []


def test_a_text_may_be_empty_or_hold_line_ends():
    link = ReliableLink(SESSION, 0.0)
    for text in (b"", b"a\nb"):
        link.send(text)
    other = ReliableLink(SESSION, 0.0)
    assert [text for data in link.datagrams(0.0) for text in other.receive(parse_frame(data), 0.0)] == [b"", b"a\nb"]
