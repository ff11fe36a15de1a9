"""Count the primes below each of several numbers, in a pool of processes.

用进程池求小于每个数的质数各有多少个。

    python3 concurrency_3_count_primes.py LIMIT ...

For each LIMIT, in the order of the command line, one line: the limit, how many primes are below it, and the pid of
the process that counted them, which is never the program's own. It must run on Windows, too.
按命令行的次序，每个 LIMIT 打印一行：该数、小于它的质数个数、做计算的进程的 pid（不能是主进程自己的）。
程序在 Windows 上也要能运行。
"""
import math
import multiprocessing
import os
import sys


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def count_primes(limit):
    return limit, sum(map(is_prime, range(limit))), os.getpid()


def main():
    limits = list(map(int, sys.argv[1:]))
    with multiprocessing.Pool(2) as pool:
        for limit, primes, pid in pool.imap(count_primes, limits):  # in order; an error of a task is raised here
            print(limit, primes, pid)


if __name__ == "__main__":  # on Windows each new process reads this file again: without this it would start a pool, too
    main()
