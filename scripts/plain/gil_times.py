"""Time work of two kinds in a row, in threads and in processes (GIL 实验): computing and waiting.

比较顺序、多线程、多进程三种方式：计算密集与等待密集各多少时间。

    python3 gil_times.py [COUNT]        4 times each

Errata: 45, 133, 140.
"""
import multiprocessing
import signal
import sys
import threading
import time


def compute():
    sum(number * number for number in range(1_000_000))


def wait():
    time.sleep(0.1)  # stands for a network; waiting lets the others run, as hashing and compression do


def in_a_row(work, count):
    for _ in range(count):
        work()


def at_once(kind, work, count):
    workers = [kind(target=work, daemon=True) for _ in range(count)]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # processes begun now ignore Ctrl-C; the parent then ends its daemons
    for worker in workers:
        worker.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for worker in workers:
        worker.join()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    for work in (compute, wait):
        for name, run in (
            ("in a row", lambda: in_a_row(work, count)),
            ("threads", lambda: at_once(threading.Thread, work, count)),
            ("processes", lambda: at_once(multiprocessing.Process, work, count)),
        ):
            begin = time.perf_counter()
            run()
            print(f"{work.__name__:8} {name:10} {time.perf_counter() - begin:.2f} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError, ValueError) as error:  # Ctrl-C has no text; nobody reads on (| head), no number
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when the differences are to be explained: netio concurrency.timelines.comparison.compare_ways
