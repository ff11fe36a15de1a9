"""Sum the primes below a limit with 1, 4 and 10 processes, and time each (求质数之和).

用 1、4、10 个进程求质数之和，并分别计时。

    python3 primes.py [LIMIT]        100000

Errata: 42, 124, 140.
"""
import multiprocessing
import os
import signal
import sys
import time


def is_prime(number):
    if number < 2:
        return False
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


def sum_primes(part):
    first, limit, step = part
    return sum(number for number in range(first, limit, step) if is_prime(number))


def main():
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print("cores:", os.cpu_count())  # more processes than cores only take turns
    for count in (1, 4, 10):
        begin = time.perf_counter()
        # Each takes every count-th number: blocks of one size would give the last process the most work.
        parts = [(start, limit, count) for start in range(count)]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # workers begun now ignore Ctrl-C; the parent then ends its pool
        with multiprocessing.Pool(count, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            total = sum(pool.map(sum_primes, parts))  # map gives the results, and raises what a child raised
        print(f"{count:2} processes: {total} in {time.perf_counter() - begin:.2f} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would say so at its end
    except (OSError, ValueError) as error:  # the disk is full that we print to; no number
        sys.exit(str(error))

# Not enough when parts come without an end, or a worker may die: netio concurrency.ProcessPool
