"""Print 12A34B...5152Z from two threads in turn (12A34B).

两个线程轮流打印 12A34B……5152Z。

    python3 letters_numbers.py

Errata: 38.
"""
import contextlib
import sys
import threading

numbers_turn, letters_turn = threading.Semaphore(1), threading.Semaphore(0)  # whose turn it is
printing = threading.Lock()


def put(text):
    with printing, contextlib.suppress(OSError):  # nobody reads our output: the other's turn comes all the same
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
    print(flush=True)  # where nobody reads on (| head), this one says so


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        held = printing.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end
        sys.exit(str(error) or 0)

# Not enough when either side may fail: netio concurrency.threads.exercises.alternate_with_events
