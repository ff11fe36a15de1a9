"""Add the numbers from 1 to N in two processes, each one half, and print the sum.

两个进程各求 1 到 N 的一半之和，再打印总和。

    python3 ipc_1_sum_halves.py N

The sum is the only line that is printed. It must run on Windows, too.
只打印总和这一行。程序在 Windows 上也要能运行。
"""
import multiprocessing
import sys


def add_up(start, stop, results):
    results.put(sum(range(start, stop)))  # a process has a memory of its own: what it found must be sent


def main():
    n = int(sys.argv[1])
    middle = n // 2 + 1
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=add_up, args=(*half, results))
                 for half in [(1, middle), (middle, n + 1)]]
    for process in processes:
        process.start()
    print(sum(results.get(timeout=60) for _ in processes))  # first get, then join: unread items hold a process
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
