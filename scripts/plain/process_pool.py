"""Give jobs to a pool of processes (进程池): apply_async, close, join, get.

把任务交给进程池：apply_async、close、join、get。

    python3 process_pool.py

Errata: 42, 120, 124.
"""
import multiprocessing
import signal
import sys
import time


def work(number):
    time.sleep(0.1)
    if number == 3:
        raise ValueError("3 is the one that fails")
    return f"I am {number}"


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # workers begun now ignore Ctrl-C; the parent then ends its pool
    with multiprocessing.Pool(4, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:  # of processes
        signal.signal(signal.SIGINT, signal.default_int_handler)
        results = [pool.apply_async(work, (number,)) for number in range(6)]  # args is a tuple: (number,)
        pool.close()  # no more jobs
        for result in results:
            try:
                print(result.get(timeout=60), flush=True)  # without get nobody hears of the error
            except ValueError as error:
                print("failed:", error, flush=True)
        pool.join()


if __name__ == "__main__":  # or each spawned child would make a pool of its own
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when a worker may die, which this pool waits for without end: netio concurrency.ProcessPool
