"""Sell 500 tickets at ten windows (十个窗口卖五百张票): each ticket once, in order.

十个窗口卖五百张票：每张只卖一次，按顺序。

    python3 tickets.py

Errata: 132, 135.
"""
import contextlib
import sys
import threading

tickets = list(range(500, 0, -1))
sold = []
lock = threading.Lock()


def sell(window):
    while True:
        with lock, contextlib.suppress(OSError):  # taking, noting: between the two another window would come in
            if not tickets:
                return
            ticket = tickets.pop()
            sold.append((window, ticket))
            print(f"window {window} sells ticket {ticket}", flush=True)  # outside the lock lines could swap


def main():
    windows = [threading.Thread(target=sell, args=(number,), daemon=True) for number in range(1, 11)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    print("sold once and in order:", [ticket for _, ticket in sold] == list(range(1, 501)),
          flush=True)  # where nobody reads on (| head), this one says so


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C has no text; a full disk, or nobody reads on (| head)
        sys.stdout = None  # or Python would complain once more at its end
        held = lock.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end
        sys.exit(str(error) or 0)

# Not enough when windows are processes: netio concurrency.threads.exercises.sell_tickets
