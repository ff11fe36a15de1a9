"""Make a process with fork (使用fork创建进程): one call, two processes, each with its own memory.

用 fork 创建进程：一次调用之后有两个进程继续执行，内存各自独立。

POSIX only: Windows has no fork.

    python3 fork_process.py

Errata: 27, 28, 81, 115.
"""
import os
import sys


def main():
    number = 1
    print("before fork", flush=True)  # unflushed text would be copied, too, and be printed twice
    try:
        pid = os.fork()
    except OSError as error:  # it never returns a negative number
        sys.exit(f"no process: {error}")
    if pid == 0:
        try:
            number += 100  # the child's own copy
            print("child: fork returned 0, number is", number, flush=True)
        finally:
            os._exit(0)  # also after an error, or the child runs on into all that follows
    os.waitpid(pid, 0)
    print("parent: fork returned the child's pid:", pid > 0, "and number is", number, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when it shall run on Windows too, or has threads: netio concurrency.fork_child
