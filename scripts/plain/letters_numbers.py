"""Print 12A34B...5152Z from two threads in turn (12A34B).

两个线程轮流打印 12A34B……5152Z。

    python3 letters_numbers.py

Errata: 38.
"""
import threading

numbers_turn, letters_turn = threading.Semaphore(1), threading.Semaphore(0)  # whose turn it is
printing = threading.Lock()


def put(text):
    with printing:
        print(text, end="", flush=True)


def numbers():
    for number in range(1, 53, 2):
        numbers_turn.acquire()  # waits; release never does
        put(f"{number}{number + 1}")
        letters_turn.release()


def letters():
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        letters_turn.acquire()
        put(letter)
        numbers_turn.release()


def main():
    threads = [threading.Thread(target=work, daemon=True) for work in (numbers, letters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        held = printing.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end

# Not enough when either side may fail: netio concurrency.threads.exercises.alternate_with_events
