import pytest

from netio.concurrency import ProcessPool
from netio.concurrency.pools.primes import is_prime, split_range, sum_primes


def sieve(below):
    left = set(range(2, below))
    return [n for n in range(2, below) if n in left and not left.difference_update(range(2 * n, below, n))]


def test_primes_as_a_sieve_finds_them():
    assert [n for n in range(2000) if is_prime(n)] == sieve(2000)
    assert not is_prime(-7) and not is_prime(25) and is_prime(7919)


@pytest.mark.parametrize("end, parts", [(10, 1), (10, 3), (3, 10), (0, 4), (100, 100)])
def test_a_range_falls_into_runs_without_gaps(end, parts):
    runs = split_range(end, parts)
    assert [n for first, last in runs for n in range(first, last)] == list(range(end))
    assert len({last - first for first, last in runs}) <= 2
    with pytest.raises(ValueError):
        split_range(end, 0)


def test_many_workers_find_the_same_sum(start_method):
    with ProcessPool(2, method=start_method) as pool:
        assert sum_primes(5000, pool, parts=7) == sum_primes(5000) == sum(sieve(5000))
    assert sum_primes(0) == sum_primes(2) == 0
