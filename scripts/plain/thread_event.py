"""Let one thread wait for another (线程间通信 Event): wait, set, clear, is_set.

让一个线程等另一个线程：wait、set、clear、is_set。

    python3 thread_event.py

Errata: 83.
"""
import threading

words = []


def answer(asked, done):
    if asked.wait(timeout=60):  # True: it was set; False: the time was over
        words.append("芝麻开门" if words == ["who is there?"] else "too early")
        done.set()


def main():
    asked, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=answer, args=(asked, done), daemon=True)  # or its wait would hold up the end
    thread.start()
    print("set before:", asked.is_set(), "wait in vain:", done.wait(timeout=0.05))
    words.append("who is there?")  # no `global`: only a new value for the name would need it
    asked.set()  # after the word, so that the other finds it
    done.wait(timeout=60)
    thread.join()
    print("heard:", ascii(words[-1]))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when it is for processes: netio ipc.Event
