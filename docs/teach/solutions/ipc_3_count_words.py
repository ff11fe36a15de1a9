"""Count words in two processes that take lines from one queue and give their counts to another.

两个进程从一个队列取文本行，统计单词，再把结果放进另一个队列。

    python3 ipc_3_count_words.py < TEXT

TEXT is UTF-8; words are what white space parts. For each word one line, `word count`, sorted by the word. Both
processes end by themselves, and nothing is lost: `empty()` is only a guess.
TEXT 是 UTF-8，单词之间用空白分隔。每个单词一行 `word count`，按单词排序。两个进程自己结束，什么都不能丢：
`empty()` 只是猜测。
"""
import collections
import multiprocessing
import sys

WORKERS = 2
END = None  # one for each worker: the first to see it would leave the others waiting


def count(lines, results):
    counts = collections.Counter()
    while (line := lines.get()) is not END:
        counts.update(line.split())
    results.put(counts)


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    lines, results = multiprocessing.Queue(1000), multiprocessing.Queue()  # bounded: a long text waits
    workers = [multiprocessing.Process(target=count, args=(lines, results)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for line in sys.stdin:
        lines.put(line)
    for _ in workers:
        lines.put(END)
    total = sum((results.get() for _ in workers), collections.Counter())  # first get, then join
    for worker in workers:
        worker.join()
    for word, number in sorted(total.items()):
        print(word, number)


if __name__ == "__main__":
    main()
