"""Make a process class of one's own (自定义进程类): override run, call super().__init__.

自定义进程类：重写 run，并调用 super().__init__。

    python3 process_class.py

Errata: 42, 44, 134.
"""
import multiprocessing
import signal


class Adder(multiprocessing.Process):
    """Add numbers up in a process, and send the sum back."""

    def __init__(self, numbers, answer):
        super().__init__(daemon=True)  # without it start() fails
        self.numbers, self.answer = numbers, answer  # goes over to the child, which may be pickled

    def run(self):  # start() makes the process, and that one calls run()
        self.answer.send(sum(self.numbers))
        self.answer.close()
        self.numbers.clear()  # the child's own copy


def main():
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = Adder([1, 2, 3], theirs)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    theirs.close()  # the child has it: now its end gives EOFError instead of a wait for ever
    print("sum:", ours.recv(), "numbers here:", child.numbers)
    child.join()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when a function will do, and its result comes back by itself: netio concurrency.run_in_child
