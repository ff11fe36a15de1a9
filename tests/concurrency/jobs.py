"""What tests let child processes do: functions in a module of their own, so that a spawned child imports little."""
import contextlib
import os
import signal
import sys
import threading
import time


class Odd(Exception):
    """An exception that pickles but cannot be unpickled: its __init__ wants two arguments."""

    def __init__(self, first, second):
        super().__init__(first)


class Mute(Exception):
    """An exception that cannot be shown."""

    def __str__(self):
        raise ValueError("no text")


class Sealed(Exception):
    """An exception that does not pickle."""

    def __reduce__(self):
        raise TypeError("never")


class Changeling(Exception):
    """An exception that arrives as something else."""

    def __reduce__(self):
        return dict, ()


class Grave(BaseException):
    """What `except Exception` does not catch."""


class Lost:
    """An object that pickles and cannot be rebuilt."""

    def __reduce__(self):
        return __import__, ("no_such_module",)


class LostIn:
    """An object that can be rebuilt anywhere but in one process, where that ends in SystemExit."""

    def __init__(self, pid):
        self.pid = pid
        if os.getpid() == pid:
            raise SystemExit(5)

    def __reduce__(self):
        return LostIn, (self.pid,)


class Refused:
    """A result whose pickling ends in what `except Exception` does not catch."""

    def __reduce__(self):
        raise Grave("not this one")


def make_refused():
    return Refused()


def fork_and_return():
    """Return twice, as a task does whose forked child was forgotten."""
    os.fork()
    return os.getpid()


def leave_the_rest_to_a_child():
    if os.fork():
        os._exit(3)


def raise_one(kind, text):
    raise kind(text)


def make_lost():
    return Lost()


def lost_if(what):
    """Return what can be rebuilt, or what cannot: a pid (a `LostIn`), or None (a `Lost`)."""
    return what if isinstance(what, str) else Lost() if what is None else LostIn(what)


def need_memory(size):
    """Make a result for which there is room, but none for its copy."""
    import resource
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + size * 3 // 2, resource.RLIM_INFINITY))
    with contextlib.suppress(MemoryError):
        while True:  # a free-threaded build has reserved a GiB
            _ballast.append(bytes(size))
    return _ballast.pop()


_ballast = []


def run_true():
    os.execvp("true", ["true"])


def run_sleep():
    os.execvp("sleep", ["sleep", "60"])


def close_all():
    os.closerange(3, 256)


def leave_a_grandchild(status=None):
    """Fork a child that holds everything open for a while; return, or end with a status."""
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    if status is not None:
        os._exit(status)
    return "left"


def stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def use_a_pool(method):
    from netio.concurrency import ProcessPool
    with ProcessPool(1, method=method) as pool:
        return pool.submit(abs, -1).result(60)


def reciprocal(number):
    return 1 / number


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


def lambda_or_number(number):
    return number or (lambda: 0)


def throw(error):
    raise error


def throw_first(value, error):
    if error is not None:
        raise error
    return value


class ExitsInStr(Exception):
    def __str__(self):
        raise SystemExit(9)


def throw_exits_in_str():
    raise ExitsInStr
