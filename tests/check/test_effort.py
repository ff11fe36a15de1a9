"""A program of twice the size is twice the work: counted in calls, which no machine changes."""
from __future__ import annotations

import sys

import pytest

from netio.check import check_source

SOCKET = "import socket\ns = socket.socket()\nf = open('a')\n"
SHAPES = {  # how a program begins, and a part of which it has many
    "functions": (SOCKET, "def f{0}(sock):\n    sock.send(b'x')\n"),
    "classes": ("from threading import Thread\n", """class C{0}:
    n = 0
    def go(self):
        self.n += 1
        Thread(target=self.go).start()
"""),
    "threads": ("from threading import Thread\nn = 0\n", """def w{0}():
    global n
    n += 1
Thread(target=w{0}).start()
"""),
    "unknown names": ("", "if x{0}:\n    print(1)\n"),
    "received": (SOCKET, "d{0} = s.recv(1024)\nprint(d{0})\n"),
    "sent": (SOCKET, "while True:\n    s.send(f.read(9))\ns.send(b'##')\n"),
}


def count_calls(source):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    former = sys.getprofile()
    sys.setprofile(count)
    try:
        check_source(source)
    finally:
        sys.setprofile(former)
    return calls


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_program_is_little_more_than_twice_the_work(shape):
    begin, part = SHAPES[shape]
    count_calls(begin)  # what is loaded once
    small, large = (count_calls(begin + "".join(part.format(number) for number in range(size))) for size in (60, 120))
    assert large < 2.5 * small
