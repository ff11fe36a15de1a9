"""Other ways to write a mistake are found as well, and what is close to it and right is left alone."""
from __future__ import annotations

import pytest

from netio.check import check_source

UDP_END = """import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 8888))
    while True:
        data, addr = sock.recvfrom(1024)
        if {}:
            break
        sock.sendto(data, addr)
"""
COMPARED = """from multiprocessing import Pipe
first, second = Pipe()
second.send("OK")
word = {}
if word == "ok":
    print("agreed")
"""
JOINED = """from multiprocessing import Process, Queue

def work(queue):
    queue.put("x" * 1000000)

def show(queue):
    print(queue.get())

if __name__ == "__main__":
    queue = Queue()
    worker = Process(target=work, args=(queue,))
    worker.start()
    {}
    worker.join()
    print(queue.get())
"""
STARTED = """from multiprocessing import Process

class Job:
    def work(self):
        print("x")

def main():
    def work():
        print("x")
    process = Process(target={})
    process.start()
    process.join()

if __name__ == "__main__":
    main()
"""
OPENED_IN_CHILD = """import os
from multiprocessing import Process

def work():
    with open("a.jpg", "rb") as file:
        if os.fork() == 0:
            print(file.read(100))
            os._exit(0)
        print(file.read(100))
        os.wait()

if __name__ == "__main__":
    process = Process(target=work)
    process.start()
    process.join()
"""
COUNTED = """from contextlib import suppress
from multiprocessing import Lock, Process, Value

def work(money, lock):
    with {}:
        money.value += 1

if __name__ == "__main__":
    money = Value("i", 5000)
    workers = [Process(target=work, args=(money, Lock())) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
"""
PAIR = """import socket
first, second = socket.socketpair()
{}.sendall("hello")
first.close()
second.close()
"""
CUT = """import socket
with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
    data, size = b"", 0
    while size < 20:
        chunk = sock.recv(20)
        if not chunk:
            break
        {}
        {}
"""
NAMED = """import socket
sock = socket.socket()
{}
sock.close()
"""
MISSPELT = """import socket
sock = socket.socket(socket.AF_INET, {})
sokc.sendto("hello", ("127.0.0.1", 8888))
sock.close()
"""
BOUND_LATE = """import socket

def first():
    global one
    one = two

def second():
    global two
    two = three

def third():
    global three
    three = socket.socketpair()[0]

def send():
    one.sendall("hello")
    one.close()

third()
second()
first()
send()
"""


@pytest.mark.parametrize("text, found", [
    (UDP_END.format("not data"), [(6, 9, "empty-datagram-end")]),
    (UDP_END.format("data == b''"), [(6, 9, "empty-datagram-end")]),
    (UDP_END.format("data == b'quit'"), []),
    (UDP_END.format("len(data) < 4"), []),
    (CUT.format("print(chunk.decode())", "size += 1"), [(8, 15, "decode-chunk")]),
    (CUT.format("print(chunk.decode())", "size += len(chunk)"), []),
    (CUT.format("print(chunk.decode())", "size = size + len(chunk)"), []),
    (CUT.format("data = data + chunk", "print(chunk.decode())"), []),
    (CUT.format("text = data + chunk", "print(chunk.decode())"), [(9, 15, "decode-chunk")]),
    (CUT.format("if len(chunk) < 20: break", "print(chunk.decode())"), []),
    (CUT.format("if len(chunk) < 1: break", "print(chunk.decode())"), [(9, 15, "decode-chunk")]),
    (COMPARED.format("first.recv()"), [(5, 4, "case-differs")]),
    (COMPARED.format("first.recv().lower()"), []),
    (COMPARED.format("input()"), []),
    (JOINED.format("pass"), [(14, 5, "join-before-get")]),
    (JOINED.format("print(queue.get())"), []),
    (JOINED.format("show(queue)"), []),
    (STARTED.format("work"), [(10, 15, "lambda-target")]),
    (STARTED.format("Job().work"), []),
    (OPENED_IN_CHILD, []),
    (COUNTED.format("suppress(OSError)"), [(6, 9, "value-without-lock")]),
    (COUNTED.format("money.guard"), [(6, 9, "value-without-lock")]),
    (COUNTED.format("lock"), []),
    (COUNTED.format("money.get_lock()"), []),
    (PAIR.format("first"), [(3, 1, "send-str")]),
    (PAIR.format("second"), [(3, 1, "send-str")]),
    (NAMED.format("sock.getpeername"), [(3, 1, "not-called")]),
    (NAMED.format("'text'.upper"), [(3, 1, "not-called")]),
    (NAMED.format("sock.family"), []),
    (MISSPELT.format("socket.SOCK_DGRAM"), [(3, 1, "misspelt-name"), (3, 1, "send-str")]),
    (MISSPELT.format("SOCK_DGRAM"), [(2, 38, "misspelt-name"), (3, 1, "misspelt-name"), (3, 1, "send-str")]),
    (BOUND_LATE, [(16, 5, "send-str")]),
    ("x = 1；y = 2\n", [(1, 6, "full-width-sign")]),
    ("print(＂中文＂)\n", [(1, 7, "full-width-sign")]),
    ("x = 'don\\'t'；y = 1\n", [(1, 13, "full-width-sign")]),
])
def test_what_is_near_to_a_mistake(text, found):
    assert [(finding.line, finding.column, finding.kind) for finding in check_source(text)] == found
