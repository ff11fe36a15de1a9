"""Clients that attack a server, and what that costs the others: how long one waits beside the quiet server, and what
memory and descriptors the server takes.

The longest wait of a round is compared with that at the quiet server in the same run. The least of three rounds counts,
so that a machine which is busy with other things is not taken for a server that waits for an attacker.
"""
from __future__ import annotations

import contextlib
import os
import re
import select
import socket
import struct
import sys
import time
from pathlib import Path

import pytest

from netio import udp

ATTACKERS, STEPS, RATIO, MEBIBYTE = 20, 8, 200, 1 << 20
AGAIN = 0.005  # seconds until a datagram is sent again
FLOOD = 200 if os.name == "posix" else 20  # datagrams; a system call takes long under Wine
SHORT = 0.1 if os.name == "posix" else 1.0  # seconds that a busy machine may take for anything


def SIP(sock):
    """Read a little, instead of sending more."""
    sock.recv(100)


def HALF_CLOSE(sock):
    """Send no more, read nothing, and stay."""
    sock.shutdown(socket.SHUT_WR)


def flood(requests):
    """Return a step: read all that is there, and ask for much more, so that there is always work to do."""
    def step(sock):
        with contextlib.suppress(BlockingIOError):
            while sock.recv(1 << 18):
                pass
        sock.send(requests)

    return step


def RESET(sock):
    """Go without a goodbye: the server's next read or write fails."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    raise ConnectionResetError


def needs_descriptors(count):
    """Skip a test that holds many clients beside their server where `ulimit -n` allows fewer descriptors than that."""
    if os.name == "posix":
        import resource

        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < count:
            pytest.skip(f"{count} descriptors are needed")


class Attacker:
    """Sends `opening` at first and `further` with each step; on a new connection where the server has closed the last.

    `{n}` in the opening is the attacker's number. Instead of bytes `further` may be a function of the socket.
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
            if callable(self.further):
                self.further(self.sock)
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


class Sender:
    """Sends the same datagrams with each step, and reads no answer; a `forger` from a new port each time."""

    def __init__(self, address, datagrams, forges=False):
        self.address, self.datagrams, self.forges, self.sock = address, datagrams, forges, None

    def step(self):
        if self.sock is None:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.setblocking(False)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # for macOS: no datagram is larger
        for data in self.datagrams:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                self.sock.sendto(data, self.address)
        if self.forges:  # whoever has that port now is sent an answer that it never asked for
            self.close()

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def ask_by_datagram(address, question, answer):
    """Return how many seconds a new client waits until the answer has come.

    It asks again every 5 ms, for a flood fills the system's queue, and what does not fit in is lost.
    """
    begun = time.perf_counter()
    with udp.connect(address) as sock:
        while time.perf_counter() - begun < 60:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                sock.send(question)
            if select.select([sock], [], [], AGAIN)[0] and udp.receive(sock, timeout=60).data == answer:
                return time.perf_counter() - begun
    raise AssertionError("no answer within 60 s")


def check_others(address, model, request, answer, attack, most_memory=64 * MEBIBYTE, attackers=ATTACKERS):
    """Attack with (opening, further); fail where another client waits too long, or the attack takes too much."""
    ratio = RATIO * (0.1 if model == "process" else 1)  # a spawned process takes long enough by itself
    check_waits(lambda: ask(address, request, answer), [Attacker(n, address, *attack) for n in range(attackers)],
                ratio, most_memory)


def check_waits(ask, attackers, ratio=RATIO, most_memory=64 * MEBIBYTE):
    """Have all attackers take a step before each question; `ask()` returns how many seconds it waited for its answer.

    Memory is that of this process and its children, descriptors are those of the process that has the most.
    """
    needs_descriptors(50 + 3 * len(attackers))
    ask()
    most = max(_longest_wait(ask) * ratio, SHORT)
    memory, descriptors = _held()
    with contextlib.ExitStack() as stack:
        for attacker in attackers:
            stack.callback(attacker.close)
        waits = []
        while len(waits) < 3 and not any(wait <= most for wait in waits):
            waits.append(_longest_wait(ask, attackers))
        assert min(waits) <= most, f"{min(waits):.3f} s, more than {most:.3f} s"
        more_memory, more_descriptors = (now - then for now, then in zip(_held(), (memory, descriptors)))
        assert more_memory < most_memory and more_descriptors <= 6 * len(attackers) + 10, (more_memory,
                                                                                           more_descriptors)


def _longest_wait(ask, attackers=()):
    waits = []
    for _ in range(STEPS):
        for attacker in attackers:
            attacker.step()
        waits.append(ask())
    return max(waits)


def _held():
    """Return (bytes of memory, most descriptors of a process); nothing where nobody counts them."""
    if sys.platform != "linux":
        return 0, 0
    held = [_held_by(pid) for pid in [os.getpid(), *_descendants(os.getpid())]]
    return sum(memory for memory, _ in held), max(descriptors for _, descriptors in held)


def _held_by(pid):
    """What processes share is divided among them (Pss), so that it is counted once."""
    try:
        pss = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"), re.MULTILINE)
        return int(pss[1]) * 1024, len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0, 0


def _descendants(pid):
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in map(int, Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split()):
                yield child
                yield from _descendants(child)
