"""The scripts of this chapter, run as a reader runs them."""
from __future__ import annotations

import os
import signal
import socket
import struct
import sys

import pytest

from netio import udp

RECORD = struct.Struct("!I24sBf")


def started(start_script, *arguments):
    process = start_script("serve_students.py", "--port", 0, *arguments)
    words = process.stdout.readline().split()
    assert words[:2] == ["listening", "on"], process.stderr.read()
    return process, int(words[2].rpartition(":")[2])


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_students_by_tcp_in_pieces_and_in_heaps(start_script, run_script, tmp_path):
    process, port = started(start_script)
    sent = run_script("send_student.py", "--port", port, stdin="1 lily 16 170.1\n2 张 三 17  90\n\n")
    assert (sent.returncode, sent.stdout, sent.stderr) == (0, "saved\nsaved\n", "")
    stream = b"".join(RECORD.pack(number, b"peer", 20, 1.5) for number in (3, 4, 5))
    bad = RECORD.pack(6, b"\xff", 20, 1.5)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock, sock.makefile("rb") as answers:
        for piece in (stream[:1], stream[1:50], stream[50:] + bad + stream[:33]):  # half a record, then several
            sock.sendall(piece)
        got = [answers.readline() for _ in range(5)]
    assert got[:3] == [b"saved\n"] * 3 and got[3].startswith(b"refused: Student.name") and got[4] == b"saved\n"
    peers = [f"{number} peer 20 1.5" for number in (3, 4, 5, 3)]
    assert lines_of(tmp_path / "students.txt") == ["1 lily 16 170.1", "2 张 三 17 90.0", *peers]
    if sys.platform != "win32":
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_students_by_udp_are_saved_once_though_datagrams_are_lost(start_script, run_script, tmp_path):
    _, port = started(start_script, "--udp")
    with udp.LossyProxy(("127.0.0.1", port), drop=0.3, duplicate=0.3, seed=4) as proxy:
        typed = "".join(f"{number} lily 16 170.1\n" for number in range(8))
        sent = run_script("send_student.py", "--udp", "--port", proxy.address[1], stdin=typed)
        assert sent.stdout == "saved\n" * 8, sent.stderr
        assert proxy.counts.dropped and proxy.counts.duplicated
    assert lines_of(tmp_path / "students.txt") == [f"{number} lily 16 170.1" for number in range(8)]
    with udp.connect(("127.0.0.1", port)) as plain:
        plain.send(b"half a record")
        assert udp.receive(plain).data == b"refused: not a whole record\n"
        plain.send(RECORD.pack(9, b"two\nlines", 1, 1.0) + RECORD.pack(9, b"plain", 1, 1.0))
        answers = udp.receive(plain).data.splitlines()
        plain.send(RECORD.pack(9, b"plain", 1, 1.0) * 100)  # each is synced, and others would wait
        few = udp.receive(plain).data
    assert answers[0].startswith(b"refused: one line at a time") and answers[1] == b"saved"
    assert few == b"saved\n" * 36 + b"refused: not a whole record\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_told_to_the_client(start_script, run_script):
    for transport in ([], ["--udp"]):
        _, port = started(start_script, "--file", "/dev/full", *transport)
        sent = run_script("send_student.py", "--port", port, *transport, 1, "lily", 16, 1)
        assert sent.stdout.startswith("refused: [Errno 28]") and sent.returncode == 0


def test_a_client_that_vanishes_costs_nobody_else(start_script, run_script, tmp_path):
    process, port = started(start_script)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(b"half")
    assert "the stream ended with 4 of 33 bytes" in process.stderr.readline()
    for sent in (b"", b"half", RECORD.pack(1, b"whole", 1, 1.0) * 2):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            abort = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, abort)
            sock.sendall(sent)
    assert run_script("send_student.py", "--port", port, 2, "last", 1, 1).stdout == "saved\n"
    assert lines_of(tmp_path / "students.txt")[-1] == "2 last 1 1.0"


def test_bad_input_is_one_line_and_status_2(run_script):
    for arguments in (["1", "lily", "300", "1"], ["1", "lily"], ["x", "lily", "16", "1"]):
        failed = run_script("send_student.py", "--udp", "--port", 1, *arguments)
        assert failed.returncode == 2 and failed.stderr.count("\n") == 1 and not failed.stdout


@pytest.mark.parametrize(("arguments", "status", "shown"), [
    (["i10sif", "1", "lily", "16", "170.1"], 0, "(padding)"),
    (["!2s", "lily"], 0, "cut from"),
    (["!B", "300"], 2, "'!B'"),
])
def test_show_packing(run_script, arguments, status, shown):
    done = run_script("show_packing.py", *arguments)
    assert done.returncode == status and shown in done.stdout + done.stderr and done.stderr.count("\n") == (status == 2)
