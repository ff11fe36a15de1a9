"""Let process 1 collect a child (二级子进程): fork twice, and the middle one ends at once.

fork 两次，一级子进程立刻退出，由系统替我们收尸。

POSIX only: Windows has no fork.

    python3 double_fork.py

Errata: 30, 118, 119.
"""
import os
import sys
import time


def play():
    for _ in range(3):
        time.sleep(0.1)
        print("playing!", flush=True)


def work():
    for _ in range(4):
        time.sleep(0.1)
        print("working!", flush=True)


def run_detached(job):
    """Run a function in a grandchild, which nobody here has to wait for."""
    print(end="", flush=True)  # unflushed text would be copied, too
    child = os.fork()
    if child:
        os.waitpid(child, 0)  # the middle one, which ends at once; os.wait() would take any child
        return
    try:
        if os.fork() == 0:
            job()
    finally:
        os._exit(0)  # both: without it the grandchild would go on into the parent's work


def main():
    run_detached(play)
    work()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when you must know how the grandchild ended: netio concurrency.processes.zombies.reap_by_double_fork
