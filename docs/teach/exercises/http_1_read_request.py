r"""Read the head of an HTTP request from standard input and print what it asks for.

从标准输入读一个 HTTP 请求的头部，打印它请求什么。

    printf 'GET /a%20b?q=tea HTTP/1.1\r\nHost: x\r\n\r\n' | python3 http_1_read_request.py

It prints the method, the path (with %20 and its like decoded, as UTF-8), one `name=value` a line for each parameter
of the query, and `host:` with the Host header, whose name may be written in small or capital letters. Without the
empty line at the end of the head, or with a first line that is not METHOD TARGET HTTP/1.x: a line on stderr, status 1.
打印方法、路径（解码 %20 等，按 UTF-8）、每个查询参数一行 `name=value`，以及 `host:` 和 Host 头的值；
头的名字不分大小写。没有头部末尾的空行，或第一行不是“方法 目标 HTTP/1.x”：在 stderr 写一行，退出码为 1。
"""
import sys

if __name__ == "__main__":
    data = sys.stdin.buffer.read()
    # TODO: is the target a file name? What is in it after the question mark? Is the head complete?
    # 待改：目标就是文件名吗？问号后面是什么？头部完整吗？
    words = data.decode("latin-1").split(" ")
    print(words[0])
    print(words[1] if len(words) > 1 else "")
