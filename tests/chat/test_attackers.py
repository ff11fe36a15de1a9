"""While some clients attack a chat room, over TCP or UDP, another enters it, and memory and descriptors are bounded."""
from __future__ import annotations

import pytest

from netio.chat import Server, TCPServer
from netio.concurrency import available_models

from ..attacking import ATTACKERS, MEBIBYTE, Sender, ask_by_datagram, check_others, check_waits, flood

ATTACKS = {
    "silence": (b"", b""),
    "slow lines": (b"L a", b"x"),
    "endless lines": (b"L ", b"a" * MEBIBYTE),
    "nonsense": (b"", b"GET / HTTP/1.1\r\n" * 100),
    "short lines": (b"L tom{n}\n", b"C tom hi\n" * 5000),
    "lines without end": (b"L tom{n}\n", flood(b"C tom hi\n" * 5000)),
    "floods of lines that nobody reads": (b"L tom{n}\n", (b"C tom0 hi" + b"!" * 800 + b"\n") * 100),
}


@pytest.mark.parametrize("model", ["thread", "epoll" if "epoll" in available_models() else "select"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, nothing_left):
    with TCPServer(("127.0.0.1", 0), None, model) as server:
        server.start()
        check_others(server.address, model, b"L lily\nQ lily\n", b"EXIT\n", ATTACKS[attack])


SESSION = b"5f1d0c9a7be24136"
DATAGRAMS = {
    "nonsense": ([b"\xff" * 100, b"", b"N", b"x" * 60_000] * 10, False),
    "lines without a log-in": ([b"C tom hi"] * 100, False),
    "lines of members": ([b"L tom"] + [b"C tom hi"] * 100, False),
    "new members from forged senders": ([b"L tom", b"C tom hi"], True),
    "links from forged senders": ([b"N " + SESSION + b" 1 0 L tom", b"N " + SESSION + b" 2 0 C tom hi"], True),
}


@pytest.mark.parametrize("attack", DATAGRAMS)
def test_over_udp_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, nothing_left):
    with Server(("127.0.0.1", 0)) as server:
        check_waits(lambda: ask_by_datagram(server.address, b"Q lily", b"EXIT"),
                    [Sender(server.address, *DATAGRAMS[attack]) for _ in range(ATTACKERS)])
