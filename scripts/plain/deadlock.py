"""Let two transfers wait for each other (死锁), see it by a time-out, and cure it by one order of locks.

让两笔转账互相等待，用超时发现死锁，再用统一的加锁顺序解决它。

    python3 deadlock.py

Errata: 132.
"""
import contextlib
import sys
import threading


class Account:
    def __init__(self, name, balance):
        self.name, self.balance, self.lock = name, balance, threading.Lock()


def transfer_badly(source, target, amount, meet):
    """Lock the source, then the target: two opposite transfers hold what the other needs."""
    with source.lock:
        meet.wait()  # both hold their first lock now
        if target.lock.acquire(timeout=0.1):  # without the time-out it would be for ever
            target.lock.release()
            return
        meet.wait()  # and still hold it: neither has got the second
    with contextlib.suppress(OSError):  # nobody reads our output: main hears of it when it prints
        print(f"{source.name} to {target.name}: deadlock", flush=True)


def transfer(source, target, amount):
    """Lock both in one order, whichever way the money goes: then nobody waits in a circle."""
    first, second = sorted((source, target), key=id)
    with first.lock, second.lock:
        source.balance, target.balance = source.balance - amount, target.balance + amount


def run(*jobs):
    threads = [threading.Thread(target=job[0], args=job[1:], daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    tom, lily = Account("tom", 100), Account("lily", 100)
    meet = threading.Barrier(2, timeout=60)
    run((transfer_badly, tom, lily, 10, meet), (transfer_badly, lily, tom, 20, meet))
    run((transfer, tom, lily, 10), (transfer, lily, tom, 20))
    print("after the cure:", tom.balance, lily.balance, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)
# Not enough when locks are taken all over a program, and a circle must be found: netio concurrency.CheckedLock
