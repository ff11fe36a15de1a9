"""What is tried with faults in pools and children whose results are asked for: in this process, or in the workers."""
from __future__ import annotations

from netio.concurrency import ChildDied, ProcessPool, Process, map_unordered, run_in_child

from .ipc import WAIT, Beside


def square(number):
    return number * number


class RunInChild(Beside):
    errors = (OSError, ChildDied)
    never = (*Beside.never, "read", "write")  # of a pipe between living processes

    def prepare(self, folder):
        """Nothing: what comes out comes back here."""

    def forked(self):
        """Nothing, too."""

    def act(self, folder, driver):
        assert run_in_child(square, (7,), method="fork", timeout=WAIT) == 49

    def check(self, folder, error):
        assert not isinstance(error, TimeoutError), error
        if error is None:
            return
        self.again()

    def again(self):
        assert run_in_child(square, (8,), method="fork", timeout=WAIT) == 64

    def check_killed(self, folder):
        """Nothing is left of it but processes, which the test's own count would find."""


class Child(RunInChild):
    def act(self, folder, driver):
        with Process(square, args=(7,), method="fork") as child:
            assert child.result(WAIT) == 49
        child.close()


class Pool(RunInChild):
    """What a fault costs is its task; the pool goes on."""

    errors = (OSError, ChildDied, RuntimeError)  # RuntimeError: can't start new thread

    def act(self, folder, driver):
        with ProcessPool(2, method="fork") as pool:
            futures = [pool.submit(square, number) for number in range(6)] + [pool.submit(len, bytes(100_000))]
            for number, future in enumerate(futures):
                wanted = number * number if number < 6 else 100_000
                assert self.attempt(driver, self.result, future) in (wanted, None)
            assert pool.submit(square, 9).result(WAIT) == 81

    @staticmethod
    def result(future):
        try:
            return future.result(WAIT)
        except ChildDied as error:
            raise OSError(str(error)) from error

    def again(self):
        with ProcessPool(1, method="fork") as pool:
            assert pool.submit(square, 9).result(WAIT) == 81


class Workers(Pool):
    faults_in_children = True


class Unordered(Pool):
    def act(self, folder, driver):
        with ProcessPool(2, method="fork") as pool:
            assert sorted(map_unordered(pool, square, range(6), timeout=WAIT)) == [(n, n * n) for n in range(6)]


ALL = {"run_in_child": RunInChild, "process": Child, "pool": Pool, "workers": Workers, "map_unordered": Unordered}
