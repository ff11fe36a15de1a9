"""Run a function in threads (Thread 线程): start, join, and memory that all share.

在线程里运行函数：start、join；所有线程共享内存。

    python3 start_thread.py

Errata: 43, 120, 133.
"""
import os
import threading

seen = []  # all threads see the same list


def work(name):
    seen.append((name, os.getpid()))  # sys.exit() would end this thread only, and silently


def main():
    threads = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("ran:", sorted(name for name, _ in seen))
    print("in this process:", {pid for _, pid in seen} == {os.getpid()})
    print("the main thread goes on")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when results and errors are to come back: netio concurrency.run_in_threads
