"""Make a zombie, look at it, and collect it (僵尸进程, wait).

造一个僵尸进程，看看它，再收尸。

POSIX only: Windows has no fork.

    python3 zombie.py

Errata: 29, 32, 118.
"""
import os
import subprocess
import sys
import time


def state_of(pid):
    """Return the letter of a process's state as ps shows it, or "gone"."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, encoding="utf-8")
    return shown.stdout.strip()[:1] or "gone"


def main():
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    while state_of(pid) not in ("Z", "gone"):  # wait for its end without collecting it
        time.sleep(0.01)
    print("ended and not collected:", state_of(pid))  # Z
    _, status = os.waitpid(pid, 0)  # of this child; os.wait() takes whichever ended first
    print("exit code:", os.WEXITSTATUS(status))
    print("collected:", state_of(pid))
    # The other ways: a second-level child (double_fork.py), the signal SIGCHLD (sigchld.py). A semaphore is none.


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except OSError as error:  # a small container has no ps
        sys.exit(f"zombie.py: {error}")

# Not enough when children end at any time while you do something else: netio concurrency.reap_children
