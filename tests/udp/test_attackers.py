"""While some clients attack a UDP server, another is served on, and memory and descriptors are bounded."""
from __future__ import annotations

import io
import logging
import time

import pytest

from netio import udp
from netio.udp.requests import HEADER, REPLY, REQUEST

from ..attacking import AGAIN, ATTACKERS, FLOOD, Sender, ask_by_datagram, check_waits


def fail(datagram):
    """Answer hello, and raise for anything else."""
    return {b"hello": b"hello"}[datagram.data]


LOOK_UP = udp.answer_text(lambda word: word if word == "hello" else "long " * 10_000)
ATTACKS = {
    "floods": (udp.echo, [b"x"] * FLOOD, False),
    "empty datagrams": (udp.echo, [b""] * FLOOD, False),
    "huge datagrams": (udp.echo, [b"x" * 60_000] * 20, False),
    "forged senders": (udp.echo, [b"x"] * 20, True),
    "questions with long answers": (LOOK_UP, [b"x"] * 50, False),
    "no text": (LOOK_UP, [b"\xff\xfe" * 100] * 50, False),
    "what makes the handler raise": (fail, [b"x"] * 20, False),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, nothing_left, monkeypatch):
    log = logging.getLogger("netio.udp")
    monkeypatch.setattr(log, "propagate", False)  # pytest would keep each traceback
    monkeypatch.setattr(log, "handlers", [logging.StreamHandler(io.StringIO())])
    handler, datagrams, forges = ATTACKS[attack]
    with udp.Server(("127.0.0.1", 0), handler) as server:
        check_waits(lambda: ask_by_datagram(server.address, b"hello", b"hello"),
                    [Sender(server.address, datagrams, forges) for _ in range(ATTACKERS)])


def test_repeated_questions_from_ever_new_addresses_are_forgotten_in_turn(nothing_left):
    handler = udp.AtMostOnce(udp.echo, remember=100)
    with udp.Server(("127.0.0.1", 0), handler) as server:
        def ask_with_id():
            begun = time.perf_counter()
            with udp.Client(server.address) as client:
                assert client.request(b"hello", first_wait=AGAIN) == b"hello"
            return time.perf_counter() - begun

        check_waits(ask_with_id, [Sender(server.address, [HEADER.pack(REQUEST, 1) + b"x" * 1000] * 50, True)
                                  for _ in range(ATTACKERS)])


@pytest.mark.parametrize("first", [b"x", b"\xff", HEADER.pack(REQUEST, 1) + b"x", HEADER.pack(REPLY, 1) + b"x"])
@pytest.mark.parametrize("other", [udp.AtMostOnce(udp.echo), udp.echo, fail], ids=["the same", "plain echo", "silent"])
def test_two_servers_whose_addresses_are_forged_do_not_answer_each_other_for_ever(first, other):
    servers = [udp.AtMostOnce(udp.answer_text("not found: {}".format)),
               lambda datagram: None if other is fail else other(datagram)]
    data, count = first, 0
    while data is not None and count < 2000:
        data, count = servers[count % 2](udp.Datagram(data, ("192.0.2.7", 53 + count % 2), False)), count + 1
    assert data is None
    assert servers[0](udp.Datagram(b"hello", ("192.0.2.8", 53), False))  # somebody else


@pytest.mark.parametrize("size", [1, 100, 60_000])
def test_a_forged_sender_gets_no_more_than_the_limit(size):
    answer = LOOK_UP(udp.Datagram(b"x" * size, ("192.0.2.7", 53), False))
    assert len(answer) <= 1200
    assert len(udp.echo(udp.Datagram(b"x" * size, ("192.0.2.7", 53), False))) == size
