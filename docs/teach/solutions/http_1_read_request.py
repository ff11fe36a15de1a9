r"""Read the head of an HTTP request from standard input and print what it asks for.

从标准输入读一个 HTTP 请求的头部，打印它请求什么。

    printf 'GET /a%20b?q=tea HTTP/1.1\r\nHost: x\r\n\r\n' | python3 http_1_read_request.py

It prints the method, the path (with %20 and its like decoded, as UTF-8), one `name=value` a line for each parameter
of the query, and `host:` with the Host header, whose name may be written in small or capital letters. Without the
empty line at the end of the head, or with a first line that is not METHOD TARGET HTTP/1.x: a line on stderr, status 1.
打印方法、路径（解码 %20 等，按 UTF-8）、每个查询参数一行 `name=value`，以及 `host:` 和 Host 头的值；
头的名字不分大小写。没有头部末尾的空行，或第一行不是“方法 目标 HTTP/1.x”：在 stderr 写一行，退出码为 1。
"""
import re
import sys
import urllib.parse

FIRST_LINE = re.compile(rb"([A-Z]+) (/[\x21-\x7e]*) HTTP/1\.[01]")


def read_head(stream):
    """Return the lines of the head without their ends; raise ValueError if it does not end."""
    lines = []
    while len(lines) < 100 and (line := stream.readline(8192)).endswith(b"\r\n"):
        if line == b"\r\n":
            return lines
        lines.append(line[:-2])
    raise ValueError("the head is incomplete, or too long")


def print_request(lines):
    match = FIRST_LINE.fullmatch(lines[0]) if lines else None
    if not match:
        raise ValueError("no request line")
    method, target = (part.decode("ascii") for part in match.groups())
    path, _, query = target.partition("?")  # first the parts, then the decoding: %3F is no question mark
    print(method)
    print(urllib.parse.unquote(path))
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        print(f"{name}={value}")
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"host":
            print("host:", value.decode("latin-1").strip())


def main():
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        print_request(read_head(sys.stdin.buffer))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
