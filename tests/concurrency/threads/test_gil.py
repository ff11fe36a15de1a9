import hashlib
import sys
import threading
import time
import zlib

import pytest

from netio.concurrency import gil_is_on, is_free_threaded_build, lets_others_run

BLOCK = bytes(1 << 18)


@pytest.mark.parametrize("step", [
    lambda: hashlib.sha256(BLOCK), lambda: zlib.compress(BLOCK, 1), lambda: time.sleep(0.001),
], ids=["hashing", "compressing", "sleeping"])
def test_some_calls_let_other_threads_run(step):
    before = sys.getswitchinterval()
    assert lets_others_run(step, steps=5000)
    assert sys.getswitchinterval() == before


def test_python_code_does_not_while_there_is_a_gil():
    count = []
    assert lets_others_run(lambda: count.append(sum(range(50)))) is not gil_is_on()
    assert len(count) == 1000 or not gil_is_on()


def test_the_lock_and_the_build():
    assert gil_is_on() or is_free_threaded_build()
    assert threading.active_count() == 1
