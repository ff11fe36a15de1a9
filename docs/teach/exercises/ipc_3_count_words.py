"""Count words in two processes that take lines from one queue and give their counts to another.

两个进程从一个队列取文本行，统计单词，再把结果放进另一个队列。

    python3 ipc_3_count_words.py < TEXT

TEXT is UTF-8; words are what white space parts. For each word one line, `word count`, sorted by the word. Both
processes end by themselves, and nothing is lost: `empty()` is only a guess.
TEXT 是 UTF-8，单词之间用空白分隔。每个单词一行 `word count`，按单词排序。两个进程自己结束，什么都不能丢：
`empty()` 只是猜测。
"""
import multiprocessing
import sys


def count(lines, results):
    counts = {}
    line = lines.get()
    while line is not None:
        for word in line.split(" "):  # TODO: print(repr(line)) 待改：先看看 repr(line)
            counts[word] = 1  # TODO
        line = lines.get()
    results.put(counts)


if __name__ == "__main__":
    lines, results = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=count, args=(lines, results))  # TODO: two of them 待改：要两个进程
    process.start()
    for line in sys.stdin:
        lines.put(line)
    lines.put(None)
    for word, number in sorted(results.get().items()):
        print(word, number)
    process.join()
