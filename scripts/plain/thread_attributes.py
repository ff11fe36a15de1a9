"""Show what a thread object knows (线程的相关属性): name, daemon, is_alive, ident.

线程的属性：name、daemon、is_alive、ident。

    python3 thread_attributes.py

Errata: 121.
"""
import threading


def main():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, args=(60,), name="waiter", daemon=True)  # daemon: before start
    print("before start:", thread.name, thread.is_alive(), thread.ident)
    thread.start()
    print("running:", thread.is_alive(), thread.ident is not None, "daemon:", thread.daemon)
    # A daemon does not hold the program's end up; it stops in the middle of whatever it does.
    thread.join(0.05)  # returns None whether it ended or not
    print("after join with a timeout:", thread.is_alive())
    stop.set()
    thread.join()
    print("ended:", thread.is_alive())
    print("threads now:", [each.name for each in threading.enumerate()])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when its result is wanted: netio concurrency.ResultThread
