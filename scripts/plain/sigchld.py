"""Collect children by the signal that tells of their end (SIGCHLD), and keep their exit codes.

通过 SIGCHLD 信号回收子进程，并保留退出码。

POSIX only: Windows has no fork.

    python3 sigchld.py

Errata: 29, 31, 32, 136.
"""
import os
import signal
import time

ended = {}  # pid: exit code, negative for a signal


def collect(signum, frame):
    """Collect all that have ended: two ends may give one signal."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:  # no children at all
            return
        if pid == 0:  # none has ended
            return
        ended[pid] = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)


def main():
    # SIG_IGN would need less, but then wait raises, and subprocess and multiprocessing lose their exit codes.
    signal.signal(signal.SIGCHLD, collect)
    children = []
    for code in (0, 1, 2):
        pid = os.fork()
        if pid == 0:
            os._exit(code)
        children.append(pid)
    while len(ended) < len(children):
        time.sleep(0.05)  # the parent's own work; the signal comes in between
    print("exit codes:", [ended[pid] for pid in children])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when other parts of the program wait for their own children: netio concurrency.reap_children
