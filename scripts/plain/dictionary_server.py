"""Explain words, one a datagram (UDP 词典，服务端).

UDP 词典服务器：每个数据报一个单词，答以解释。

    python3 dictionary_server.py [HOST [PORT [FILE]]]        in terminal 1, first; 127.0.0.1 8889 dict.txt
    python3 dictionary_client.py                             in terminal 2

Errata: 20, 21, 52, 53, 57, 59.
"""
import socket
import sys

HOST, PORT, FILE = sys.argv[1:4] + ["127.0.0.1", "8889", "dict.txt"][len(sys.argv) - 1:]


def load(path):
    """Return {word: explanation} of a file with a word, white space and its explanation on each line."""
    words = {}
    with open(path, encoding="utf-8-sig") as file:
        for line in file:
            parts = line.split(maxsplit=1)
            if len(parts) == 2:
                words[parts[0]] = (words[parts[0]] + "\n" if parts[0] in words else "") + parts[1].strip()
    return words


def answer(words, data):
    """Return what to answer; netio's client puts a number before its word, and wants it back."""
    head = b"\0ans" + data[4:12] if data.startswith(b"\0ask") else b""
    word = data[len(head):].decode("utf-8", "replace").strip()
    # None has no encode(): the notes' server dies of the first unknown word.
    return head + words.get(word, f"not found: {word[:50]}").encode("utf-8")


def main():
    words = load(FILE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, int(PORT)))
        sock.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            try:
                data, address = sock.recvfrom(65535)
                sock.sendto(answer(words, data), address)
            except socket.timeout:
                pass
            except OSError as error:  # a client that is gone; the others are served on
                print(error, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"dictionary_server.py: {error}")

# Not enough when the file is too large for memory, or an answer must not be made twice: netio udp.AtMostOnce
