"""What tests let child processes do: functions in a module of their own, so that a spawned child imports little."""
import os
import signal
import sys
import threading
import time


class Odd(Exception):
    """An exception that pickles but cannot be unpickled: its __init__ wants two arguments."""

    def __init__(self, first, second):
        super().__init__(first)


def fail(text):
    raise ValueError(text)


def fail_oddly():
    raise Odd("first", "second")


def make_lambda():
    return lambda: 0


def die_by(number):
    os.kill(os.getpid(), number)


def interrupt():
    raise KeyboardInterrupt


def get_pid(_=None):
    return os.getpid()


def read_clock(_=None):
    return time.perf_counter()


def wait_for_ever(ready=None):
    if ready is not None:
        os.close(ready) if isinstance(ready, int) else ready.set()
    threading.Event().wait()


def run_a_thread(path):
    def write():
        with open(path, "w") as file:
            file.write("from the thread")

    threading.Thread(target=write).start()


def has_fork(_=None):
    return hasattr(os, "fork")


def ignores_interrupt(_=None):
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def leave(code):
    sys.exit(code)


def refuse():
    raise OSError("the initializer refuses")


def say_pid_and_wait(item=None):
    os.write(1, b"%d\n" % os.getpid())  # whole, however many workers say theirs at once
    wait_for_ever()
