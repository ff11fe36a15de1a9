"""Every program that needs no partner, run to its end: what it prints, by fork and by spawn, what it does to files."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from .running import CHECKOUT, FOLDER, HOST, is_missing, kill, run, start, start_method

# What each prints, or a part of it.
PRINTED = {
    "file_offset": ["after writing 10 bytes: 10\n", "the last two: b'89'", "free after close: True", "b'0123456789X'"],
    "strip_nul": ["rstrip(NUL): b'\\xe6\\x9d\\x8e\\xe8\\x8e\\x89'\n", "back: '\\u674e\\u8389'", "b'\\xc8' and not"],
    "socket_attributes": ["SOCK_STREAM AF_INET", "SOCK_DGRAM", "peer's address: ('127.0.0.1', 9)"],
    "fork_process": ["before fork\nchild: fork returned 0, number is 101\nparent:", "True and number is 1\n"],
    "exit_codes": ["who forked me\nstatus 512: exit code 2\nstatus 9: killed by signal 9\n"],
    "orphan": ["adopted by process "],
    "zombie": ["not collected: Z\nexit code: 3\ncollected: gone\n"],
    "double_fork": ["playing!\n", "working!\n"],
    "sigchld": ["exit codes: [0, 1, 2]\n"],
    "start_thread": ["ran: ['thread 0', 'thread 1', 'thread 2']\n", "process: True", "the main thread goes on\n"],
    "thread_attributes": ["before start: waiter False None\n", "ended: False\n", "['MainThread']"],
    "thread_class": ["result: la la \nerror: TypeError\n"],
    "thread_event": ["wait in vain: False\n", "heard: '\\u829d\\u9ebb\\u5f00\\u95e8'\n"],
    "thread_lock": ["a=100000, b=100000, seen different: 0 times\n"],
    "letters_numbers": ["12A34B56C", "4950Y5152Z\n"],
    "tickets": ["sells ticket 500\nsold once and in order: True\n"],
    "deadlock": ["tom to lily: deadlock\n", "lily to tom: deadlock\n", "after the cure: 110 90\n"],
}
PROCESSES = {
    "start_process": ["a: numbers are [0, 1], another process: True\n", "Process-1 ended with 0\n", "are [0]\n"],
    "process_attributes": ["before start: short None False\n", "join with a timeout: True None\n", "ended: False 0\n"],
    "process_class": ["sum: 6 numbers here: [1, 2, 3]\n"],
    "primes": [" 1 processes: 76127 in", " 4 processes: 76127 in", "10 processes: 76127 in"],
    "process_pool": ["I am 2\nfailed: 3 is the one that fails\nI am 4\n"],
    "pipe": ["app1 is running\n"],
    "message_queue": ["20 numbers, sum is right: True\n"],
    "shared_value": ["money: 5000\n"],
    "shared_array": ["numbers: [10, 20, 30, 7, 50]\ntext: b'Hello'\n"],
    "semaphore": ["at once: "],
    "gil_times": ["compute  in a row", "wait     threads", "wait     processes"],
}
ARGUMENTS = {"primes": ["1000"], "shared_value": ["500"], "gil_times": ["1"]}


@pytest.mark.sample(2)
@pytest.mark.parametrize("program, env", [
    *((program, None) for program in PRINTED),
    *((program, method) for program in PROCESSES for method in ("fork", "spawn"))])
def test_it_prints_what_it_is_about(program, env, tmp_path):
    if is_missing(program) or env == "fork" and os.name != "posix":
        pytest.skip("not on this platform")
    printed = run(program, *ARGUMENTS.get(program, []), folder=tmp_path, env=env and start_method(env, tmp_path))
    for part in {**PRINTED, **PROCESSES}[program]:
        assert part in printed


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C by a signal")
@pytest.mark.parametrize("program, arguments", [
    ("primes", ["3000000"]), ("gil_times", ["50"]), ("time_log", []), ("thread_lock", ["1000000000"]),
    ("shared_value", ["100000000"]), ("copy_folder", ["/usr/lib", "copy"])])
def test_ctrl_c_ends_what_runs_long(program, arguments, tmp_path):
    for seconds in (0.4, 2, 8):  # on a busy machine Python itself may not be up yet
        process = start(program, *arguments, folder=tmp_path, warnings="default")  # Ctrl-C may leave os.walk's open
        try:
            time.sleep(seconds)  # in the middle of it
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:  # while its children begin Ctrl-C is ignored: once more, as one would
                os.killpg(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=30)
            until_nobody_is_left(process.pid)
        finally:
            kill(process)
        if process.returncode == 0 and "'import warnings' failed" not in err:  # then Python was not up yet, but went on
            break
    assert process.returncode == 0 and "Traceback" not in err, err


def until_nobody_is_left(group):
    """Wait for the end of a process group: multiprocessing's own helper processes notice a little later (3.14)."""
    deadline = time.monotonic() + 10
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.02)


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("cat 猫\ncatch\t抓住\n\nzebra 斑马\napple  苹果 树上的\ncat 猫科", encoding="utf-8")
    return path


def test_read_file(text_file, tmp_path):
    printed = run("read_file", text_file, folder=tmp_path)
    assert printed.startswith("45 characters\n1 cat 猫\n2 catch\t抓住\n3 \n") and printed.endswith("6 cat 猫科\n")
    assert "there is no file" in run("read_file", "none", folder=tmp_path, status=1)
    (tmp_path / "gbk").write_bytes("猫狗".encode("gbk") + b"\xff")
    assert "cannot read" in run("read_file", "gbk", folder=tmp_path, status=1)


def test_word_lookup(text_file, tmp_path):
    assert run("word_lookup", text_file, "cat", "apple", "dog", "ca", folder=tmp_path) == (
        "猫\n猫科\n苹果 树上的\nnot found: dog\nnot found: ca\n")  # apple stands after zebra
    assert run("word_lookup", text_file, stdin="catch\n\n", folder=tmp_path) == "Word: 抓住\nWord: "
    assert "cannot read" in run("word_lookup", tmp_path, "cat", folder=tmp_path, status=1)
    dictionary = CHECKOUT / "scripts" / "dictionary.txt"
    assert "套接字" in run("word_lookup", dictionary, "socket", folder=tmp_path)


def test_copy_file(tmp_path):
    data = os.urandom(200_001)
    (tmp_path / "a").write_bytes(data)
    assert run("copy_file", "a", "b", folder=tmp_path) == "copied 200001 bytes\n"
    assert (tmp_path / "b").read_bytes() == data
    run("copy_file", "none", "b", folder=tmp_path, status=1)
    run("copy_file", "a", "a", folder=tmp_path)
    assert (tmp_path / "a").read_bytes() == data == (tmp_path / "b").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_time_log(tmp_path):
    log = tmp_path / "log.txt"
    run("time_log", log, "2", "0.01", folder=tmp_path)
    with log.open("a") as file:
        file.write("3, 2026-0")
    run("time_log", log, "2", "0.01", folder=tmp_path)
    assert [line.split(",")[0] for line in log.read_text().splitlines()] == ["1", "2", "3", "3", "4"]


@pytest.mark.parametrize("arguments", [["."], ["log", "2", "inf"]])
def test_time_log_says_what_it_cannot_write(arguments, tmp_path):
    assert "no line written" in run("time_log", *arguments, folder=tmp_path, status=1)


@pytest.mark.skipif(os.name != "posix", reason="a shell closes and joins files")
@pytest.mark.parametrize("program, arguments", [
    ("read_file", ["long"]), ("primes", ["100"]), ("word_lookup", ["long", *"abc"])])
def test_a_reader_may_have_enough(program, arguments, tmp_path):
    (tmp_path / "long").write_text("a line\n" * 20_000, encoding="utf-8")
    assert in_shell('"$@" | head -n 1', program, arguments, tmp_path) == ""


@pytest.mark.skipif(os.name != "posix", reason="a shell closes and joins files")
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy's input ends with an AttributeError of its own")
@pytest.mark.parametrize("program", ["word_lookup", "dictionary_client", "udp_client"])
def test_there_may_be_no_keyboard(program, tmp_path):
    assert in_shell('"$@" <&-', program, [], tmp_path) == ""


# What prints while it works, in threads and processes, too.
PRINTING = {"letters_numbers", "start_process"}


@pytest.mark.skipif(os.name != "posix", reason="a shell closes and joins files")
@pytest.mark.parametrize("output", ["closed", "full", "read no more"])
@pytest.mark.parametrize("program", [
    pytest.param(program, marks=[] if program in PRINTING else [pytest.mark.soak])
    for program in ["read_file", "word_lookup", "chat_client", *PRINTED, *PROCESSES]])
def test_output_may_go_nowhere(program, output, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    (tmp_path / "long").write_text("a line\n" * 20_000, encoding="utf-8")
    arguments = {**ARGUMENTS, "read_file": ["long"], "word_lookup": ["long", "a"], "chat_client": ["lily", HOST, "9"]}
    command = {"closed": '"$@" >&-', "full": '"$@" >/dev/full', "read no more": '"$@" | true'}[output]
    err = in_shell(f"{command} || true", program, arguments.get(program, []), tmp_path)
    # At most one line of the program's and, where some text is left, the two of Python's own end.
    assert "Traceback" not in err and len(err.splitlines()) <= 3, err


def in_shell(command, program, arguments, folder):
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(["sh", "-c", command, "sh", sys.executable, FOLDER / f"{program}.py", *arguments], cwd=folder,
                          capture_output=True, text=True, encoding="utf-8", timeout=60, env=env, check=True)
    return done.stderr


@pytest.mark.skipif(os.name != "posix", reason="fork")
def test_zombie_needs_ps(tmp_path):
    assert "ps" in run("zombie", folder=tmp_path, env={"PATH": str(tmp_path)}, status=1)


def test_sparse_file(tmp_path):
    printed = run("sparse_file", "hole", "5000000", folder=tmp_path)
    assert "size: 5000000 bytes\n" in printed and "b'\\x00\\x00\\x00\\x00'" in printed
    run("sparse_file", "hole", folder=tmp_path, status=1)
    for size in ("-1", "9" * 30):
        run("sparse_file", "other", size, folder=tmp_path, status=1)
    assert [path.name for path in tmp_path.iterdir()] == ["hole"]


@pytest.mark.parametrize("size", [0, 1, 200_001])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_picture_halves(size, method, tmp_path):
    data = os.urandom(size)
    (tmp_path / "face.jpg").write_bytes(data)
    run("picture_halves", "face.jpg", folder=tmp_path, env=start_method(method, tmp_path))
    assert (tmp_path / "top.part").read_bytes() + (tmp_path / "bottom.part").read_bytes() == data


def test_picture_halves_keeps_its_source(tmp_path):
    (tmp_path / "top.part").write_text("picture")
    (tmp_path / "folder").mkdir()
    run("picture_halves", "top.part", folder=tmp_path, status=1)
    run("picture_halves", "top.part", "a", "a", folder=tmp_path, status=1)
    run("picture_halves", "folder", folder=tmp_path, status=1)
    err = run("picture_halves", "top.part", "none/a", "b", folder=tmp_path, status=1)
    assert "none/a" in err and (tmp_path / "top.part").read_text() == "picture"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_copy_folder(method, tmp_path):
    source = tmp_path / "source"
    (source / "inner" / "empty").mkdir(parents=True)
    for number in range(5):
        (source / "inner" / f"{number}.txt").write_text(str(number))
    env = start_method(method, tmp_path)
    assert "100%" in run("copy_folder", "source", "target", "2", folder=tmp_path, env=env)
    assert (tmp_path / "target" / "inner" / "empty").is_dir()
    assert (tmp_path / "target" / "inner" / "4.txt").read_text() == "4"
    assert "not copied" in run("copy_folder", "source", "target", folder=tmp_path, env=env, status=1)
    assert "nowhere" in run("copy_folder", "nowhere", "empty", folder=tmp_path, env=env, status=1)
    assert not (tmp_path / "empty").exists()
    run("copy_folder", "source", "source/copy", folder=tmp_path, env=env)
    assert not (source / "copy" / "copy").exists() and (source / "copy" / "inner" / "0.txt").exists()
