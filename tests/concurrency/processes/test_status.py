import os
import signal
import subprocess
import sys

import pytest

from netio.concurrency import decode_status, describe_exit, fork_child
from netio.concurrency.processes.status import name_signal

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@needs_fork
@pytest.mark.parametrize("code", [0, 1, 2, 255])
def test_a_normal_exit(code):
    status = os.waitpid(fork_child(sys.exit, code), 0)[1]
    assert decode_status(status) == (code, None, False)
    assert str(decode_status(status)) == f"exited with status {code}"


@needs_fork
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP] if hasattr(os, "fork") else [])
def test_death_by_a_signal(number):
    status = os.waitpid(fork_child(_die, number), 0)[1]
    assert decode_status(status) == (None, number, False)
    assert str(decode_status(status)) == f"killed by {number.name} ({int(number)})"


def _die(number):
    signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
    os.kill(os.getpid(), number)


@needs_fork
def test_a_core_dump_is_told():
    assert decode_status(signal.SIGSEGV | 0x80) == (None, signal.SIGSEGV, True)
    assert str(decode_status(signal.SIGSEGV | 0x80)).endswith("(core dumped)")


@needs_fork
def test_a_stopped_child_has_not_ended():
    pid = fork_child(_stop)
    status = os.waitpid(pid, os.WUNTRACED)[1]
    with pytest.raises(ValueError):
        decode_status(status)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def test_the_code_of_subprocess_in_words():
    done = subprocess.run([sys.executable, "-S", "-c", "raise SystemExit(7)"])
    assert describe_exit(done.returncode) == "exited with status 7"
    assert describe_exit(-9) in ("killed by SIGKILL (9)", "killed by signal 9")  # Windows has no such name
    assert describe_exit(None) == "still runs"
    assert name_signal(99) == "signal 99"
