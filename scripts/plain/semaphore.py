"""Let at most three processes work at once (信号量).

用信号量限制：最多三个进程同时干活。

    python3 semaphore.py

Errata: 37, 38, 48, 84, 120, 131, 132.
"""
import multiprocessing
import signal
import time


def work(semaphore, running, highest):
    with semaphore:  # gives it back after an error, too; acquire waits at zero, release never does
        with running.get_lock():
            running.value += 1
            highest.value = max(highest.value, running.value)
        time.sleep(0.05)
        with running.get_lock():
            running.value -= 1


def main():
    semaphore = multiprocessing.Semaphore(3)  # spelt with two a's
    running, highest = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    children = [multiprocessing.Process(target=work, args=(semaphore, running, highest), daemon=True)
                for _ in range(8)]  # a number alone is no loop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for child in children:
        child.join()
    print("at once:", highest.value)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when a holder may be killed and its place must become free: netio ipc.Semaphore
