"""Collect how children end (进程相关函数、退出码): getpid, getppid, _exit, waitpid.

收集子进程的结束状态：getpid、getppid、_exit、waitpid。

POSIX only: Windows has no fork.

    python3 exit_codes.py

Errata: 29, 85, 116.
"""
import os
import signal


def start(work):
    """Run a function in a child, and return its pid. The child never comes back from here."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = work()
        finally:
            os._exit(code)  # not sys.exit, which would run what the parent has still to do, once more
    return pid


def say_parent():
    print("child: my parent is", "who forked me" if os.getppid() == PARENT else "another", flush=True)
    return 2  # print has flushed: _exit does not


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


PARENT = os.getpid()


def main():
    for work in (say_parent, kill_itself):
        _, status = os.waitpid(start(work), 0)  # os.wait() would take any child
        if os.WIFEXITED(status):
            print(f"status {status}: exit code {os.WEXITSTATUS(status)}")  # here only it is code * 256
        else:
            print(f"status {status}: killed by signal {os.WTERMSIG(status)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when the status is wanted in words: netio concurrency.describe_exit
