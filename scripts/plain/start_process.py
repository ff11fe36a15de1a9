"""Run functions in processes of their own (multiprocessing.Process): start, join, exitcode.

用 multiprocessing 在各自的进程里运行函数：start、join、exitcode。

    python3 start_process.py

Errata: 37, 82, 120, 121, 126, 129.
"""
import multiprocessing
import os
import signal
import sys


def work(name, numbers):
    numbers.append(1)  # the child's own copy: neither a global nor an argument comes back
    try:
        print(f"{name}: numbers are {numbers}, another process: {os.getpid() != multiprocessing.parent_process().pid}",
              flush=True)
    except OSError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would complain once more at its end


def main():
    numbers = [0]
    # target= and args=, by name: the first parameter is `group`. A child of multiprocessing has no input().
    children = [multiprocessing.Process(target=work, args=(name, numbers), daemon=True) for name in ("a", "b")]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()  # all start before one is waited for, or they would run one after the other
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for child in children:
        child.join()  # without it the child stays a zombie as long as this process goes on
        print(child.name, "ended with", child.exitcode)  # join(timeout) returns the same None in any case: look here
    print("parent: numbers are", numbers)


if __name__ == "__main__":  # where processes are spawned, each child reads this file, and must not start more
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when the child's result or its error is wanted: netio concurrency.run_in_child
