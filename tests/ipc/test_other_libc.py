"""What runs where the C library has no robust mutexes (musl, old glibc) and on macOS, tried on Linux."""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from netio.ipc import Semaphore
from netio.ipc.counters import Counter
from tests.conftest import CHECKOUT

# As sitecustomize.py, first thing in every Python: the C library seems to lack what only glibc has.
LACKING = """
import ctypes

find = ctypes.CDLL.__getattr__

def find_other(self, name):
    if name in ("pthread_mutexattr_setrobust", "pthread_mutex_clocklock", "sem_clockwait"):
        raise AttributeError(name)
    return find(self, name)

ctypes.CDLL.__getattr__ = find_other
"""
COSTLY = "not spawn and not forkserver and not thousand and not stopped and not dead_path"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one way only")


def test_locks_and_queues_work_without_robust_mutexes(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(LACKING, encoding="utf-8")
    paths = [str(tmp_path), str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONOPTIMIZE": ""}  # pytest warns of -O
    code = "import sys; from netio.ipc.system.pthreads import PTHREADS; sys.exit(PTHREADS)"
    assert not subprocess.run([sys.executable, "-c", code], env=environ).returncode
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ipc/test_locks.py",
         "tests/ipc/test_queues.py", "tests/ipc/test_robust.py", "-k", COSTLY],
        env=environ, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=300)
    assert not done.returncode, done.stdout


def test_a_semaphore_of_a_lock_keeps_the_promises(monkeypatch):
    monkeypatch.setattr("netio.ipc.semaphores.Counter", Counter)
    places = Semaphore(2)
    assert (places.acquire(), places.acquire(), places.acquire(timeout=0.01), places.get_value()) == (1, 1, 0, 0)
    places.release(2**31 - 1)
    with pytest.raises(OverflowError):
        places.release()
    with pytest.raises(ValueError):
        places.release(-1)
    assert places.acquire(0) and places.get_value() == 2**31 - 2
    places.close()
