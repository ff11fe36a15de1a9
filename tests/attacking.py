"""Clients that attack a server, and what that costs the others: how long one waits beside the quiet server, and what
memory and descriptors the server takes.

The longest wait of a round is compared with that at the quiet server in the same run. The least of three rounds counts,
so that a machine which is busy with other things is not taken for a server that waits for an attacker. Under model
`thread` the threads of all clients, and the test's, take turns at one interpreter: there the ratio is ten times as
large, and still far below what waiting for an attacker would take.
"""
from __future__ import annotations

import contextlib
import os
import socket
import sys
import time

ATTACKERS, STEPS, RATIO, MEBIBYTE = 20, 8, 200, 1 << 20
SIP = None  # read a little, instead of sending more


class Attacker:
    """Sends `opening` at first and `further` with each step; on a new connection where the server has closed the last.

    `{n}` in the opening is the attacker's number.
    """

    def __init__(self, number, address, opening, further):
        self.address, self.opening, self.further = address, opening.replace(b"{n}", b"%d" % number), further
        self.sock = None

    def step(self):
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


def ask(address, request, answer):
    """Return how many seconds a new client waits until `answer` has come."""
    begun, got = time.perf_counter(), b""
    with socket.create_connection(address, timeout=60) as sock:
        sock.sendall(request)
        while answer not in got:
            data = sock.recv(4096)
            assert data, got
            got += data
    return time.perf_counter() - begun


def check_others(address, model, request, answer, attack, most_memory=64 * MEBIBYTE):
    """Attack with (opening, further); fail where another client waits too long, or the attack takes too much."""
    ask(address, request, answer)
    most = _longest_wait(address, request, answer) * RATIO * (10 if model == "thread" else 1)
    memory, descriptors = _held()
    attackers = [Attacker(number, address, *attack) for number in range(ATTACKERS)]
    with contextlib.ExitStack() as stack:
        for attacker in attackers:
            stack.callback(attacker.close)
        waits = []
        while len(waits) < 3 and not any(wait <= most for wait in waits):
            waits.append(_longest_wait(address, request, answer, attackers))
        assert min(waits) <= most, f"{min(waits):.3f} s, more than {most:.3f} s"
        more_memory, more_descriptors = (now - then for now, then in zip(_held(), (memory, descriptors)))
        assert more_memory < most_memory and more_descriptors <= 6 * ATTACKERS + 10, (more_memory, more_descriptors)


def _longest_wait(address, request, answer, attackers=()):
    waits = []
    for _ in range(STEPS):
        for attacker in attackers:
            attacker.step()
        waits.append(ask(address, request, answer))
    return max(waits)


def _held():
    """Return how many bytes of memory and how many descriptors this process has; nothing where nobody counts them."""
    if sys.platform != "linux":
        return 0, 0
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd"))
