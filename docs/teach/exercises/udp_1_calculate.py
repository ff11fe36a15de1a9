"""Answer sums over UDP: `3 + 4` is answered by `7`, anything else by `error`.

UDP 计算器：收到 `3 + 4` 就答 `7`，其他一律答 `error`。

    python3 udp_1_calculate.py [HOST [PORT]]        127.0.0.1 8888

A question is an integer of at most 9 digits, one of + - *, another such integer, with spaces between. No datagram,
whatever is in it, may end the server or run code.
问题由一个最多 9 位的整数、+ - * 之一和另一个这样的整数组成，中间有空格。任何数据报都不能使服务器退出，
也不能让它执行代码。
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888


def answer(data):
    # TODO: what may a stranger make your machine do through eval? 待改：陌生人能通过 eval 让你的机器做什么？
    try:
        return str(eval(data.decode())).encode()
    except Exception:
        return b"error"


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, PORT))
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            data, address = sock.recvfrom(1024)
            sock.sendto(answer(data), address)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
