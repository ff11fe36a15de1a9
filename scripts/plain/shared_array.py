"""Share numbers and bytes between processes (共享内存 Array).

进程之间共享一组数和一串字节。

    python3 shared_array.py

Errata: 39, 47, 128, 130.
"""
import multiprocessing
import signal


def change(numbers, text):
    with numbers.get_lock():  # one change after the other
        for index, value in enumerate(numbers):
            numbers[index] = value * 10
        numbers[3] = 7  # at any place, not only from the start
    with text.get_lock():
        text[0] = b"H"  # one byte, as bytes; a bytes object itself cannot be changed


def main():
    numbers = multiprocessing.Array("i", [1, 2, 3, 4, 5])  # a number instead of a list: so many zeros
    text = multiprocessing.Array("c", b"hello")
    child = multiprocessing.Process(target=change, args=(numbers, text), daemon=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    child.join()
    print("numbers:", list(numbers))
    print("text:", text.value)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when it must have a name that other programs open: netio ipc.shm.SharedMemory
