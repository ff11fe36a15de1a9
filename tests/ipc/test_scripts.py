"""The scripts, run as a reader would."""
from __future__ import annotations

import re
import sys

import pytest

pytestmark = pytest.mark.usefixtures("nothing_left")


def test_show_pipe(run_script, start_method):
    shown = run_script("show_pipe.py", "--method", start_method)
    assert shown.returncode == 0 and not shown.stderr
    said, empty, saw = shown.stdout.partition("\n\n")
    assert sorted(said.splitlines()) == [
        "app1: is running", "guard: answered OK to app1",
        "the one that died: recv raised EOFError (the other side has ended)"]
    assert saw.startswith("You saw: ")
    refused = run_script("show_pipe.py", "--name", "陌生人", "--method", start_method)
    assert "陌生人: may not run" in refused.stdout


def test_show_queue(run_script):
    shown = run_script("show_queue.py", "--items", 50)
    assert shown.returncode == 0 and "summed up to 4950" in shown.stdout
    assert "full: True, qsize: 10, empty: False" in shown.stdout


def test_share_counter(run_script):
    shown = run_script("share_counter.py", "--processes", 3, "--times", 50)
    assert shown.stdout.splitlines() == ["two steps: 3 additions make 1", "one step: 150 additions make 150"]


def test_limit_workers(run_script):
    shown = run_script("limit_workers.py", "--tasks", 4, "--limit", 2, "--seconds", 0.05)
    assert shown.returncode == 0 and re.search("at most [12] of 4 tasks at once, 2 allowed", shown.stdout)
    assert run_script("limit_workers.py", "--limit", 0).returncode == 2


def test_pass_socket(run_script):
    shown = run_script("pass_socket.py", "--clients", 3)
    answers = re.findall(r"answered by process (\d+), accepted by (\d+)", shown.stdout)
    assert len(answers) == 3 and all(worker != parent for worker, parent in answers) and shown.returncode == 0


def test_stream_ring(run_script, start_script, tmp_path):
    path = str(tmp_path / "ring")
    receiver = start_script("stream_ring.py", "receive", path)
    assert receiver.stdout.readline() == f"listening on {path}\n"
    sent = run_script("stream_ring.py", "send", path, "--count", 5000, "--batch", 64, "--size", 10)
    assert sent.stdout == "sent 5000 messages of 10 bytes\n"
    out, err = receiver.communicate(timeout=60)
    assert out.startswith("The input has ended: all senders have ended\n5000 messages, 50000 bytes")
    assert not err and receiver.returncode == 0


@pytest.mark.parametrize("command", [
    "show_queue.py --consumers 0", "show_queue.py --maxsize -1", "share_counter.py --times -1",
    "limit_workers.py --tasks 0", "limit_workers.py --tasks 100000000000000000000", "limit_workers.py --seconds 1e30",
    "pass_socket.py --clients 100000000000000000000", "share_counter.py --times 100000000000000000000",
    "limit_workers.py --seconds nan", "pass_socket.py --workers 0",
    "stream_ring.py send ring --size -1", "stream_ring.py receive no-folder/ring"])
def test_wrong_arguments_start_nothing(run_script, command):
    refused = run_script(*command.split())
    assert refused.returncode == 2 and "Traceback" not in refused.stderr and not refused.stdout
    assert command.split()[-2] in refused.stderr or "no-folder/ring" in refused.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="announces the path with its drive's colon")
def test_a_path_where_nobody_listens(run_script, tmp_path):
    shown = run_script("stream_ring.py", "send", tmp_path / "nobody")
    assert shown.returncode == 2 and len(shown.stderr.splitlines()) == 1 and "Traceback" not in shown.stderr
