import os
import select
import signal
import sys
import threading

import pytest

from netio.concurrency import ResultThread, SignalReceiver, ignoring


def test_a_signal_is_read_not_suffered(nothing_left):
    with SignalReceiver(signal.SIGINT, signal.SIGTERM) as inbox:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert inbox.wait(30) == [signal.SIGTERM, signal.SIGINT]
        assert inbox.wait(0) == []
        assert inbox.wait(0.01) == []


def test_it_can_be_selected():
    with SignalReceiver(signal.SIGINT) as inbox:
        assert select.select([inbox], [], [], 0) == ([], [], [])
        signal.raise_signal(signal.SIGINT)
        assert select.select([inbox], [], [], 30)[0] == [inbox]


def test_it_wakes_a_thread_that_waits_already():
    with SignalReceiver(signal.SIGTERM) as inbox:
        timer = threading.Timer(0, lambda: os.kill(os.getpid(), signal.SIGTERM) if os.name == "posix"
                                else signal.raise_signal(signal.SIGTERM))
        timer.start()
        assert inbox.wait(30) == [signal.SIGTERM]
        timer.join()


def test_all_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with SignalReceiver(signal.SIGINT):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.set_wakeup_fd(-1) == -1
    with ignoring(signal.SIGINT):
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_flood_neither_blocks_nor_warns():
    with SignalReceiver(signal.SIGINT) as inbox:
        for _ in range(100_000):
            signal.raise_signal(signal.SIGINT)
        assert set(inbox.wait(30)) == {signal.SIGINT}


def test_a_signal_behind_a_flood_of_another_is_not_lost():
    with SignalReceiver(signal.SIGINT, signal.SIGTERM) as inbox:
        for _ in range(20_000 if os.name == "nt" else 1_000):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        came = []
        while signal.SIGTERM not in came:
            came = inbox.wait(timeout=0.0)
            assert came, "SIGTERM is lost"


def test_only_in_the_main_thread():
    def enter():
        with SignalReceiver(signal.SIGINT):
            pass

    thread = ResultThread(enter)
    thread.start()
    with pytest.raises(ValueError, match="main thread"):
        thread.join(30)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy refuses no handler, not even of SIGKILL")
def test_one_that_cannot_be_set_up_leaves_all_as_it_was(nothing_left):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(OSError), SignalReceiver(signal.SIGTERM, signal.SIGKILL):
        pass
    assert signal.getsignal(signal.SIGTERM) is before and signal.set_wakeup_fd(-1) == -1
