"""Count the primes below each of several numbers, in a pool of processes.

用进程池求小于每个数的质数各有多少个。

    python3 concurrency_3_count_primes.py LIMIT ...

For each LIMIT, in the order of the command line, one line: the limit, how many primes are below it, and the pid of
the process that counted them, which is never the program's own. It must run on Windows, too.
按命令行的次序，每个 LIMIT 打印一行：该数、小于它的质数个数、做计算的进程的 pid（不能是主进程自己的）。
程序在 Windows 上也要能运行。
"""
import os
import sys


def is_prime(number):
    return all(number % divisor for divisor in range(2, number // 2))  # TODO: 0, 1 and 4 待改：0、1 和 4 呢？


def count_primes(limit):
    return limit, sum(map(is_prime, range(limit))), os.getpid()


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(*count_primes(int(argument)))  # TODO: in a pool 待改：交给进程池
