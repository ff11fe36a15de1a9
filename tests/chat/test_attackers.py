"""While some clients attack a chat room over TCP, another enters it, and memory and descriptors are bounded."""
from __future__ import annotations

import pytest

from netio.chat import TCPServer
from netio.concurrency import available_models

from ..attacking import MEBIBYTE, check_others

ATTACKS = {
    "silence": (b"", b""),
    "slow lines": (b"L a", b"x"),
    "endless lines": (b"L ", b"a" * MEBIBYTE),
    "nonsense": (b"", b"GET / HTTP/1.1\r\n" * 100),
    "short lines": (b"L tom{n}\n", b"C tom hi\n" * 5000),
    "floods of lines that nobody reads": (b"L tom{n}\n", (b"C tom0 hi" + b"!" * 800 + b"\n") * 100),
}


@pytest.mark.parametrize("model", ["thread", "epoll" if "epoll" in available_models() else "select"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, nothing_left):
    with TCPServer(("127.0.0.1", 0), None, model) as server:
        server.start()
        check_others(server.address, model, b"L lily\nQ lily\n", b"EXIT\n", ATTACKS[attack])
