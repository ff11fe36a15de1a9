"""The notes' exercise: the sum of the primes below a number, by one worker or by many."""
from __future__ import annotations

from concurrent.futures import Executor


def is_prime(number: int) -> bool:
    """True for a prime number, found by trial division: slow on purpose, to give the CPU something to do.

    >>> [number for number in range(20) if is_prime(number)]
    [2, 3, 5, 7, 11, 13, 17, 19]
    """
    if number < 4:
        return number > 1
    if number % 2 == 0:
        return False
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


def sum_primes_between(bounds: tuple[int, int]) -> int:
    """Return the sum of the primes from `bounds[0]` up to, but not including, `bounds[1]`.

    >>> sum_primes_between((10, 20))
    60
    """
    return sum(filter(is_prime, range(*bounds)))


def split_range(end: int, parts: int) -> list[tuple[int, int]]:
    """Split the numbers below `end` in runs (begin, end) whose lengths differ by one at the most.

    >>> split_range(10, 3)
    [(0, 3), (3, 6), (6, 10)]

    Empty runs are left out. Raises: ValueError for less than one part.
    """
    if parts < 1:
        raise ValueError(f"at least one part, not {parts}")
    edges = [end * part // parts for part in range(parts + 1)]
    return [(first, last) for first, last in zip(edges, edges[1:]) if first < last]


def sum_primes(below: int, executor: Executor | None = None, parts: int = 40) -> int:
    """Return the sum of all primes below a number; with an executor its workers share the range, in `parts` runs.

    >>> sum_primes(100)
    1060

    More parts than workers even out that large numbers take longer.
    Notes: multiprocessing, 素数之和 (primes below 100000 with 1, 4 and 10 processes).
    """
    if executor is None:
        return sum_primes_between((0, below))
    return sum(executor.map(sum_primes_between, split_range(below, parts)))
