"""While some clients attack, another is served on: how long it waits, what the attack costs, and that it ends.

The longest wait is compared with that at a quiet server in the same run. The least of three rounds counts, so that a
machine which is busy with other things is not taken for a server that waits for an attacker.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import sys
import time

import pytest

from netio.concurrency.servers import available_models
from netio.http import BasicAuth, StaticFiles, hash_password

from .serving import running, site

ATTACKERS, STEPS, RATIO, MEBIBYTE = 20, 8, 200, 1 << 20
GET, POST = b"GET %b HTTP/1.1\r\nHost: a\r\n%b", b"POST /echo HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n"
CHUNKED = POST % b"Transfer-Encoding: chunked"
LOGIN = b"Authorization: Basic %b\r\n"
RIGHT, WRONG = (LOGIN % base64.b64encode(b"ming:" + word) for word in (b"sesame", b"guess"))
SIP = None  # read a little, instead of sending more
# What each attacker sends at first, and what with each step.
ATTACKS = {
    "slow heads": (GET % (b"/", b"X: "), b"x"),
    "slow bodies": (POST % b"Content-Length: 1000", b"x"),
    "slow readers": (GET % (b"/megabytes/64", b"\r\n"), SIP),
    "silence": (b"", b""),
    "endless line": (b"GET /", b"a" * MEBIBYTE),
    "endless head": (GET % (b"/", b""), b"X: y\r\n" * (MEBIBYTE // 6)),
    "endless body": (CHUNKED, (b"8000\r\n" + bytes(0x8000) + b"\r\n") * 32),
    "endless chunk extension": (CHUNKED + b"1;", b"x" * MEBIBYTE),
    "answers never read": (b"", (GET % (b"/megabytes/1", b"\r\n")) * 100),
    "wrong passwords": (b"", GET % (b"/a.txt", WRONG + b"\r\n")),
}


class Attacker:
    def __init__(self, address, opening, further):
        self.address, self.opening, self.further = address, opening, further
        self.sock = None

    def step(self):
        """Go on, on a new connection where the server has closed the last one."""
        if self.sock is None:
            self.sock = socket.socket()
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.sock.settimeout(30)
            self.sock.connect(self.address)
            self.sock.sendall(self.opening)
            self.sock.setblocking(False)
        try:
            if self.further is SIP:
                self.sock.recv(100)
            else:
                self.sock.send(self.further)
        except BlockingIOError:
            pass
        except ConnectionError:
            self.close()

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def ask(address, request):
    """Return how many seconds a new client waits for its answer."""
    begun = time.perf_counter()
    with socket.create_connection(address, timeout=60) as sock:
        sock.sendall(request)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
    return time.perf_counter() - begun


def longest_wait(address, request, attackers=()):
    waits = []
    for _ in range(STEPS):
        for attacker in attackers:
            attacker.step()
        waits.append(ask(address, request))
    return max(waits)


def held():
    """Return how many bytes of memory and how many descriptors this process has; nothing where nobody counts them."""
    if sys.platform != "linux":
        return 0, 0
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("model", ["thread", "epoll" if "epoll" in available_models() else "select"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, tmp_path, nothing_left):
    app, request = site, GET % (b"/hello/you", b"\r\n")
    if attack == "wrong passwords":
        (tmp_path / "a.txt").write_bytes(b"a")
        app = StaticFiles(tmp_path, auth=BasicAuth({"ming": hash_password("sesame")}))
        request = GET % (b"/a.txt", RIGHT + b"\r\n")
    with running(app, model) as server, contextlib.ExitStack() as stack:
        ask(server.address, request)
        quiet = longest_wait(server.address, request)
        memory, descriptors = held()
        attackers = [Attacker(server.address, *ATTACKS[attack]) for _ in range(ATTACKERS)]
        for attacker in attackers:
            stack.callback(attacker.close)
        waits = []
        while len(waits) < 3 and not any(wait <= RATIO * quiet for wait in waits):
            waits.append(longest_wait(server.address, request, attackers))
        assert min(waits) <= RATIO * quiet, f"{min(waits):.3f} s beside {quiet:.3f} s at the quiet server"
        more_memory, more_descriptors = (now - then for now, then in zip(held(), (memory, descriptors)))
        hashes = ATTACKERS * 16 if attack == "wrong passwords" else 0  # scrypt takes 16 MiB, in each thread of its own
        assert more_memory < (64 + hashes) * MEBIBYTE and more_descriptors <= 6 * ATTACKERS + 10
