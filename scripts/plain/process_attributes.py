"""Show what a process object knows (进程对象的属性): name, pid, daemon, is_alive, exitcode.

进程对象的属性：name、pid、daemon、is_alive、exitcode。

    python3 process_attributes.py

Errata: 40, 121, 122, 123.
"""
import multiprocessing
import signal
import sys
import time


def sleep(seconds):
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        pass


def main():
    short = multiprocessing.Process(target=sleep, args=(0.1,), name="short")
    endless = multiprocessing.Process(target=sleep, args=(1000,), daemon=True)  # before start
    print("before start:", short.name, short.pid, short.is_alive())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C: the parent ends them
    short.start()
    endless.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("running:", short.pid > 0, short.is_alive(), "daemon:", endless.daemon)
    endless.join(0.1)  # returns None whether it ended or not
    print("after join with a timeout:", endless.is_alive(), endless.exitcode)
    short.join()
    print("ended:", short.is_alive(), short.exitcode)
    # A process waits at its end for its children; daemons it terminates instead. If it is killed, they live on.


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when one must be told at once when a child has ended: netio concurrency.Process
