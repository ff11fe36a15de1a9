"""Pass numbers from one process to another through a queue (消息队列).

通过消息队列在进程之间传递数据。

    python3 message_queue.py

Errata: 37, 41, 84, 126, 127.
"""
import multiprocessing
import random
import signal
import sys


def produce(queue, count):
    for _ in range(count):
        queue.put(random.randint(1, 5), timeout=60)  # randint, all small letters; 5 can come, too
    queue.put(None)  # the end: queue.empty() is only a guess, and may be true between two items


def consume(queue, answer):
    total, count = 0, 0
    while (item := queue.get(timeout=60)) is not None:
        total, count = total + item, count + 1
    answer.put((count, total))


def main():
    queue = multiprocessing.Queue(3)  # put waits while 3 are in it
    answer = multiprocessing.Queue()
    # The queues are handed over by args=, so that it works where processes are spawned, too.
    children = [multiprocessing.Process(target=produce, args=(queue, 20), daemon=True),
                multiprocessing.Process(target=consume, args=(queue, answer), daemon=True)]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    count, total = answer.get(timeout=60)  # before join: a child does not end while nobody reads what it has put
    for child in children:
        child.join()
    print(count, "numbers,", end=" ", flush=True)  # without a newline only flush shows it
    print("sum is right:", count <= total <= 5 * count, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        sys.exit(str(error) or 0)

# Not enough when the other side may die: netio ipc.Queue
