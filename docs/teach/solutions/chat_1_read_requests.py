"""Read requests of the chat room, one a line from standard input, and print what each asks for.

从标准输入每行读一个聊天室请求，打印它要做什么。

    python3 chat_1_read_requests.py

`L name` prints `login name`, `C name text` prints `say name: text`, `Q name` prints `quit name`, anything else
`refused`. Only the first two spaces part; what is said keeps its own, and must not be empty. A name has 1 to 20
printable characters without space and colon.
`L name` 打印 `login name`，`C name text` 打印 `say name: text`，`Q name` 打印 `quit name`，其他一律打印 `refused`。
只有前两个空格起分隔作用，说的话里的空格原样保留，话不能为空。名字有 1 到 20 个可打印字符，没有空格和冒号。
"""
import sys


def is_name(name):
    return 1 <= len(name) <= 20 and name.isprintable() and not set(" :") & set(name)


def explain(request):
    """Return what a request asks for."""
    verb, _, rest = request.partition(" ")
    if verb in ("L", "Q") and is_name(rest):
        return f"{'login' if verb == 'L' else 'quit'} {rest}"
    name, _, text = rest.partition(" ")
    if verb == "C" and is_name(name) and text.strip():
        return f"say {name}: {text}"
    return "refused"


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        print(explain(line.rstrip("\n")))


if __name__ == "__main__":
    main()
