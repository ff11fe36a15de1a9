"""Answer sums over UDP: `3 + 4` is answered by `7`, anything else by `error`.

UDP 计算器：收到 `3 + 4` 就答 `7`，其他一律答 `error`。

    python3 udp_1_calculate.py [HOST [PORT]]        127.0.0.1 8888

A question is an integer of at most 9 digits, one of + - *, another such integer, with spaces between. No datagram,
whatever is in it, may end the server or run code.
问题由一个最多 9 位的整数、+ - * 之一和另一个这样的整数组成，中间有空格。任何数据报都不能使服务器退出，
也不能让它执行代码。
"""
import operator
import re
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
OPERATORS = {b"+": operator.add, b"-": operator.sub, b"*": operator.mul}
QUESTION = re.compile(rb"(-?[0-9]{1,9}) +([-+*]) +(-?[0-9]{1,9})\s*")  # only this is done, never eval


def answer(data):
    match = QUESTION.fullmatch(data)
    if not match:
        return b"error"
    left, sign, right = match.groups()
    return b"%d" % OPERATORS[sign](int(left), int(right))


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, PORT))
        sock.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            try:
                data, address = sock.recvfrom(2048)
                sock.sendto(answer(data), address)
            except OSError:  # nothing came; on Windows: too long a datagram, or the asker is gone
                continue


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
