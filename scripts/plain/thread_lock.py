"""Keep two variables equal with a lock (上锁 Lock), while another thread looks.

用锁让两个变量始终相等，另一个线程在旁边检查。

    python3 thread_lock.py [TIMES]        100000

Errata: 83, 132, 135.
"""
import sys
import threading

a = b = 0
lock = threading.Lock()  # one lock for both places: two locks guard nothing
stopped = threading.Event()
differences = 0


def look():
    global differences
    while not stopped.is_set():
        with lock:  # gives it back after an error, too
            if a != b:
                differences += 1


def main():
    global a, b
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        for _ in range(times):
            with lock:
                a += 1
                b += 1
    finally:
        stopped.set()  # the notes' loops never end
        thread.join(1)  # not for ever: Ctrl-C may come just when this thread has taken the lock, before the block
    print(f"a={a}, b={b}, seen different: {differences} times")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ValueError as error:
        sys.exit(f"not a number: {error}")

# Not enough when several locks are held, perhaps in two orders: netio concurrency.CheckedLock
