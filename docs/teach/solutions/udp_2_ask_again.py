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
import time

ATTEMPTS, WAIT = 5, 0.3  # seconds


def ask(address, question):
    """Return the answer, or None if none came."""
    number = str(random.randrange(1 << 32))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(address)  # now the system keeps what others send from us
        for _ in range(ATTEMPTS):
            deadline = time.monotonic() + WAIT  # for the attempt: a flood of old answers does not prolong it
            try:
                sock.send(f"{number} {question}".encode("utf-8"))
                while (left := deadline - time.monotonic()) > 0:
                    sock.settimeout(left)
                    found, _, answer = sock.recv(65535).decode("utf-8", "replace").partition(" ")
                    if found == number:
                        return answer
            except OSError:  # a timeout, or nobody listens there yet
                time.sleep(max(0, deadline - time.monotonic()))
    return None


def main():
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    answer = ask((sys.argv[1], int(sys.argv[2])), sys.argv[3])
    if answer is None:
        sys.exit("no answer")
    print(answer)


if __name__ == "__main__":
    main()
