"""Ask a question over UDP, again when no answer comes, and take only the answer to this question.

通过 UDP 提问：没有回答就再问，并且只接受对这个问题的回答。

    python3 udp_2_ask_again.py HOST PORT QUESTION

The datagram is a random number, a space and the question; the server answers with the same number, a space and the
answer. Wait 0.3 s for each of five attempts. Print the answer; without one, `no answer` on stderr and status 1.
数据报是一个随机数、一个空格和问题；服务器用同一个数、一个空格和答案来回答。问五次，每次等 0.3 秒。
打印答案；没有答案就在 stderr 写 `no answer`，退出码为 1。
"""
import random
import socket
import sys


def ask(address, question):
    number = str(random.randrange(1 << 32))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        # TODO: what if this datagram is lost? Whose datagram does recvfrom return?
        # 待改：这个数据报丢了怎么办？recvfrom 收到的是谁发的数据报？
        sock.sendto(f"{number} {question}".encode(), address)
        try:
            data, sender = sock.recvfrom(1024)
        except socket.timeout:
            sys.exit("no answer")
        return data.decode().partition(" ")[2]


if __name__ == "__main__":
    print(ask((sys.argv[1], int(sys.argv[2])), sys.argv[3]))
