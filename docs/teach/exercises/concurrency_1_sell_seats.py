"""Sell the seats of a train at several windows, each a thread: every seat once, none left over.

几个窗口（每个一个线程）同时卖一列火车的座位：每个座位只卖一次，也不剩下。

    python3 concurrency_1_sell_seats.py WINDOWS SEATS

For each seat one line, `window 2: seat 17`. Windows and seats are numbered from 1. Between the look whether there is
a seat and the sale the clerk needs a moment; leave the `time.sleep` where it is.
每个座位打印一行 `window 2: seat 17`，窗口和座位都从 1 开始编号。从查看余票到卖出需要一点时间：
不要去掉或移动 `time.sleep`。
"""
import sys
import threading
import time

left = 0


def sell(window):
    global left
    while left > 0:  # TODO: what do the others do between this line and the sale? 待改：查看与卖出之间，别的窗口在做什么？
        seat = left
        time.sleep(0.001)
        left = seat - 1
        print(f"window {window}: seat {seat}")


if __name__ == "__main__":
    windows, left = int(sys.argv[1]), int(sys.argv[2])
    threads = [threading.Thread(target=sell, args=(number,)) for number in range(1, windows + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
