import hashlib
import sys
import threading
import time
import zlib

import pytest

from netio.concurrency import is_gil_enabled, releases_gil
from netio.concurrency.threads.gil import is_free_threaded_build

BLOCK = bytes(1 << 18)


@pytest.mark.parametrize("step", [
    lambda: hashlib.sha256(BLOCK), lambda: zlib.compress(BLOCK, 1), lambda: time.sleep(0.001),
], ids=["hashing", "compressing", "sleeping"])
def test_some_calls_let_other_threads_run(step):
    before = sys.getswitchinterval()
    assert releases_gil(step, steps=5000)
    assert sys.getswitchinterval() == before


def test_python_code_does_not_while_there_is_a_gil():
    count = []
    assert releases_gil(lambda: count.append(sum(range(50)))) is not is_gil_enabled()
    assert len(count) == 1000 or not is_gil_enabled()


def test_the_lock_and_the_build():
    assert is_gil_enabled() or is_free_threaded_build()
    assert threading.active_count() == 1
