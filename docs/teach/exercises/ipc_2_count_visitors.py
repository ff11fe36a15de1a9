"""Several gates of a park, each a process, count visitors in one shared number.

公园的几个入口（每个一个进程）用一个共享的数统计游客。

    python3 ipc_2_count_visitors.py GATES VISITORS

VISITORS come through each gate; at the end the number is printed, and nothing else. Leave the `time.sleep` between
reading and writing where it is.
每个入口来 VISITORS 位游客；最后只打印总数。读与写之间的 `time.sleep` 不要去掉。
"""
import multiprocessing
import sys
import time


def count(visitors, number, opening):
    opening.wait(60)
    for _ in range(visitors):
        seen = number.value  # TODO: what do the other gates do between reading and writing? 待改：读写之间别的入口在做什么？
        time.sleep(0.001)
        number.value = seen + 1


if __name__ == "__main__":
    number = multiprocessing.Value("i", 0)
    opening = multiprocessing.Barrier(int(sys.argv[1]))  # all gates open at the same time
    gates = [multiprocessing.Process(target=count, args=(int(sys.argv[2]), number, opening))
             for _ in range(int(sys.argv[1]))]
    for gate in gates:
        gate.start()
    for gate in gates:
        gate.join()
    print(number.value)
