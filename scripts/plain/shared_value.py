"""Count in shared memory from two processes (共享内存 Value), with its lock.

两个进程修改同一个共享的数，用锁保护。

    python3 shared_value.py [TIMES]        10000

Errata: 39, 128, 129.
"""
import multiprocessing
import signal
import sys


def earn(money, times):
    for _ in range(times):
        with money.get_lock():  # += reads, adds and writes: another process may come in between
            money.value += 1


def spend(money, times):
    for _ in range(times):
        with money.get_lock():
            money.value -= 1


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    # q has 8 bytes. In 'i' a number that does not fit is cut without a word.
    money = multiprocessing.Value("q", 5000)
    children = [multiprocessing.Process(target=work, args=(money, times), daemon=True) for work in (earn, spend)]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for child in children:
        child.join()
    print("money:", money.value)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ValueError as error:
        sys.exit(f"not a number: {error}")

# Not enough when whoever holds the lock may die: netio ipc.Value
