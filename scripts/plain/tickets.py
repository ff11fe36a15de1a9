"""Sell 500 tickets at ten windows (十个窗口卖五百张票): each ticket once, in order.

十个窗口卖五百张票：每张只卖一次，按顺序。

    python3 tickets.py

Errata: 132, 135.
"""
import threading

tickets = list(range(500, 0, -1))
sold = []
lock = threading.Lock()


def sell(window):
    while True:
        with lock:  # taking and noting together: between the two another window would come in
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
    print("sold once and in order:", [ticket for _, ticket in sold] == list(range(1, 501)))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        held = lock.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end

# Not enough when windows are processes: netio concurrency.threads.exercises.sell_tickets
