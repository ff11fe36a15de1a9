"""Make a thread class of one's own (自定义线程类 MyThread): it takes a function, and keeps its result.

自定义线程类 MyThread：接收一个函数并运行，保留它的结果。

    python3 thread_class.py

Errata: 43, 44, 134.
"""
import threading


class MyThread(threading.Thread):
    def __init__(self, target, args=(), kwargs=None):
        super().__init__()  # without it start() raises RuntimeError
        # Not self._target and self._args: those are Thread's own.
        self.function, self.positional, self.named = target, args, kwargs or {}
        self.result = self.error = None

    def run(self):  # start() makes the thread, and the thread calls run(); run() alone would stay in this one
        try:
            self.result = self.function(*self.positional, **self.named)
        except Exception as error:  # else only stderr would hear of it
            self.error = error


def play(count, song):
    return f"{song} " * count


def main():
    good = MyThread(target=play, args=(2,), kwargs={"song": "la"})
    bad = MyThread(target=play, args=("two", "la"))
    for thread in (good, bad):
        thread.start()
    for thread in (good, bad):
        thread.join()
    print("result:", good.result)
    print("error:", type(bad.error).__name__)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when an error must not be overlooked: netio concurrency.ResultThread
