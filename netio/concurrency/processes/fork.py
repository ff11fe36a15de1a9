"""Children by `fork` (POSIX): the child is a copy of the parent that goes on after the call.

Four things go wrong with a bare `os.fork`, and each is handled once, here. Output that still lies in a buffer is
copied, too, and appears twice: flush first. A child that runs on into its parent's code does the parent's work a
second time: end it by `_exit`, whatever happens. Other threads do not come along, but the locks that they hold do,
locked for ever: warn. A Ctrl-C that strikes while Python puts the child in order is lost: hold it back until then.
"""
from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings
from multiprocessing import Pipe, connection
from typing import Any, Callable, Iterable, Iterator, Mapping, NoReturn, Sequence

from ..._deadline import deadline_after, time_left
from .outcome import ChildDied, Inbox, pack_outcome, send_chunks, unpack_outcome
from .watching import watch_forked


def fork_child(function: Callable[..., object], *args: object, warn_threads: bool = True) -> int:
    """Run `function(*args)` in a forked child and return its pid; collect it by `wait_child` or `reap_children`.

    The child ends by `os._exit` with status 0, with 1 and a traceback on stderr after an exception, or with the status
    of its `sys.exit`; Ctrl-C ends it silently by SIGINT. It runs no `atexit` function and no `finally` of its parent.

    >>> if hasattr(os, "fork"):
    ...     pid = fork_child(sys.exit, 3, warn_threads=False)
    ...     assert os.waitpid(pid, 0)[1] == 3 * 256

    With threads running it warns, because what they hold stays locked in the child; `warn_threads=False` is for
    callers who know that the child uses nothing that those threads hold.

    Raises: OSError where there is no fork, and when the system has no room for another process (it never returns a
    negative pid). RuntimeWarning: see above.
    Source: fork(2), _exit(2). Notes: processes, fork. The stdlib: `multiprocessing` with the start method "fork".
    """
    check_fork()
    if warn_threads:
        warn_if_threads()
    flush_output()
    pid = 0
    try:
        with holding_signals() as before:
            with hush_second_warning():
                pid = os.fork()
            if pid == 0:
                run_and_exit(_run_with_signals, before, function, args)
    except BaseException:  # Ctrl-C came meanwhile: the caller never learns of the child, so it ends here
        if pid:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        raise
    return pid


@contextlib.contextmanager
def holding_signals() -> Iterator[set[int]]:
    """Hear Ctrl-C and SIGTERM only after the block, which gets the signal mask as it was, for a child to set.

    >>> if hasattr(os, "fork"):
    ...     with holding_signals() as before:
    ...         assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, before)
    """
    before: Any = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_forked(
    function: Callable[..., Any], args: Sequence[object] = (), kwargs: Mapping[str, Any] | None = None, *,
    timeout: float | None = None, warn_threads: bool = True,
) -> Any:
    """Call a function in a forked child; return its result, or raise its exception caused by the child's traceback.

    >>> run_forked(divmod, (7, 2), warn_threads=False) if hasattr(os, "fork") else (3, 1)
    (3, 1)

    The child gets the function and its arguments by being a copy, so they need not pickle; the result does. Whatever
    happens here (a timeout, Ctrl-C), the child is ended and collected.

    Raises: what the function raises; TypeError when the result does not pickle; ChildDied when the child ended before
    it told a result; TimeoutError when it was killed after `timeout` seconds (None: no limit); OSError without fork.
    Notes: processes, fork. Elsewhere: `run_spawned` is the same by spawn.
    """
    check_fork()
    reader, writer = Pipe(duplex=False)
    deadline = deadline_after(timeout)
    watch, late = None, False
    with reader:
        try:
            with writer, holding_signals() as mask:  # until the child is watched
                report = (reader, writer, function, args, kwargs or {})
                pid = fork_child(_run_with_signals, mask, _report, report, warn_threads=warn_threads)
                watch = watch_forked(pid)
            inbox = Inbox(reader, watch)
            if inbox.collect(timeout):  # a child that runs another program closes the pipe long before its end
                watch.wait(time_left(deadline))
        finally:
            if watch is not None:
                late = not watch.has_ended()
                watch.kill()
                watch.wait()
    if late and inbox.data is None:
        raise TimeoutError(f"{_name_of(function)} was killed, because it still ran after {timeout} s")
    if inbox.data is None:
        raise ChildDied(_name_of(function), pid, watch.exitcode)
    return unpack_outcome(inbox.data)


def _report(
    reader: connection.Connection, writer: connection.Connection, function: Callable[..., object],
    args: Sequence[object], kwargs: Mapping[str, Any],
) -> None:
    """The child's whole work: close the parent's end, call, and send what came out."""
    reader.close()
    pid = os.getpid()
    outcome = pack_outcome(function, *args, **kwargs)
    if os.getpid() == pid:  # else forked by the function: the result is its parent's
        send_chunks(writer, outcome)


def _run_with_signals(mask: Iterable[int], function: Callable[..., object], args: Sequence[object]) -> None:
    """What the child does first: hear the signals that were held back for the moment of the fork."""
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    function(*args)


def _name_of(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", repr(function))


def run_and_exit(function: Callable[..., object], *args: object) -> NoReturn:
    """Run `function(*args)` and end this process by `os._exit`: what a forked child does instead of returning.

    >>> if hasattr(os, "fork"):
    ...     pid = os.fork() or run_and_exit(sys.exit, 3)
    ...     assert os.waitpid(pid, 0)[1] == 3 * 256

    An exception is printed and gives status 1; `sys.exit(n)` gives n; Ctrl-C ends the process by SIGINT, silently.
    """
    code = 1
    try:
        try:
            function(*args)
            code = 0
            _join_threads()
        except SystemExit as end:
            code = _exit_code(end)
        except KeyboardInterrupt:
            code = 130
            die_of_interrupt()
        except BaseException:
            traceback.print_exc()
        flush_output()
    finally:
        os._exit(code)


def die_of_interrupt() -> None:
    """End this process by SIGINT, as a program without Python's handler would, so that its status tells what happened.

    >>> if hasattr(os, "fork"):
    ...     pid = fork_child(die_of_interrupt, warn_threads=False)
    ...     assert os.waitpid(pid, 0)[1] == signal.SIGINT

    Returns only where a process cannot signal itself to death (Windows).
    """
    flush_output()
    if os.name == "posix" and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)


def flush_output() -> None:
    """Flush stdout and stderr, so that a fork does not copy what waits in their buffers.

    >>> flush_output()

    A stream that is closed or missing (a windowed program has none) is skipped.
    Notes: processes, print's buffer (print 也自带缓冲).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # closed, or its reader has left: nothing that a flush could save
            continue


def warn_if_threads() -> None:
    """Warn when other threads run: a fork now would copy their locks but not them.

    >>> warn_if_threads() if threading.active_count() == 1 else None

    RuntimeWarning: names the threads. Python 3.12 and later warn by themselves, with a DeprecationWarning.
    """
    others = [thread.name for thread in threading.enumerate()
              if thread is not threading.current_thread() and not getattr(thread, "holds_no_lock", False)]
    if others:
        shown = ", ".join(others[:5]) + (" ..." if len(others) > 5 else "")
        warnings.warn(
            f"fork with {len(others)} other thread(s) running ({shown}): the child gets none of them, and what "
            "they have locked stays locked there. Fork before you start threads, or use spawn.",
            RuntimeWarning, stacklevel=3)


@contextlib.contextmanager
def hush_second_warning() -> Iterator[None]:
    """Keep Python 3.12 and later from warning of threads at a fork, where `warn_if_threads` has done so already.

    >>> with hush_second_warning():
    ...     pass
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@contextlib.contextmanager
def closing_failed_fork() -> Iterator[None]:
    """Close the pipes that `multiprocessing` leaves open where there is no room for another process.

    >>> with closing_failed_fork():
    ...     pass

    A program that tries again would soon have no descriptor left.
    """
    try:
        yield
    except OSError as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_name == "_launch" and frame.f_globals["__name__"] == "multiprocessing.popen_fork":
                for name in {"parent_r", "parent_w", "child_r", "child_w"} & set(frame.f_locals):
                    os.close(frame.f_locals[name])
        raise


def check_fork() -> None:
    """Raise one clear error where processes cannot be forked.

    >>> check_fork() if hasattr(os, "fork") else None

    Raises: OSError that names the way that works everywhere.
    """
    if not hasattr(os, "fork"):
        raise OSError(f"no fork on {sys.platform}: processes are spawned there")


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def _join_threads() -> None:
    """Wait for the threads that the child itself has started, as the end of a program does."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()


def double_fork(function: Callable[..., Any], *args: object) -> None:
    """Run `function(*args)` in a grandchild that nobody here needs to collect (double fork).

    The child forks once more and ends at once; the system adopts the grandchild and will collect it.

    >>> if hasattr(os, "fork"):
    ...     reader, writer = os.pipe()
    ...     double_fork(os.write, writer, b"from the grandchild")
    ...     text = os.read(reader, 100)
    ...     os.close(reader), os.close(writer), text == b"from the grandchild"
    ... else:
    ...     (None, None, True)
    (None, None, True)

    Raises: OSError as `fork_child` does, and when the child could not fork in its turn.
    Source: fork(2). Notes: processes, 二级子进程 (second-level child).
    """
    child = fork_child(fork_child, function, *args)
    status = os.waitpid(child, 0)[1]
    if status:
        raise OSError(f"the child could not start a grandchild: its status was {status}")
