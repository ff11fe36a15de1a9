"""Ask a dictionary server for words (UDP 词典，客户端).

向 UDP 词典服务器查单词。

    python3 dictionary_server.py                               in terminal 1, first
    python3 dictionary_client.py [HOST [PORT [WORD ...]]]      in terminal 2, ends with an empty line; 127.0.0.1 8889

Errata: 19, 20, 103, 104.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8889"


def ask():
    """Yield the words that are typed, until an empty line or the end of the input."""
    try:
        while word := input("Word: ").strip():
            yield word
    except (EOFError, RuntimeError):  # the end, or no keyboard at all
        return


def look_up(word):
    """Return the server's answer, asked for three times, since datagrams get lost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:  # a new one: a late answer belongs to no other word
        sock.connect((HOST, int(PORT)))  # so that nobody else can answer
        sock.settimeout(1)
        for _ in range(3):
            try:
                sock.send(word.encode("utf-8", "replace"))
                return sock.recv(65535).decode("utf-8", "replace")
            except (socket.timeout, ConnectionError):
                continue
    return "no answer"


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    for word in sys.argv[3:] or ask():
        print(look_up(word), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when the network loses much, and waiting must adapt: netio udp.Client
