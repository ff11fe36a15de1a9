"""Enter a chat room over UDP (群聊聊天室，客户端): one thread reads the keyboard, the other receives.

UDP 聊天室客户端：一个线程读键盘，另一个接收消息。

    python3 chat_server.py                          in terminal 1, first
    python3 chat_client.py NAME [HOST [PORT]]       in terminals 2, 3, ...; `quit` leaves; 127.0.0.1 8888

Errata: 20, 57, 82, 103, 104.
"""
import socket
import sys
import threading

NAME, HOST, PORT = sys.argv[1:4] + ["", "127.0.0.1", "8888"][len(sys.argv) - 1:]
QUIT = f"Q {NAME}".encode("utf-8", "replace")


def show(text):
    """Print what came, without what could move the cursor."""
    print("".join(char if char.isprintable() else "?" for char in text), flush=True)


def receive(sock):
    """Return the next text, or None where none came within the time-out."""
    try:
        return sock.recv(65535).decode("utf-8", "replace")
    except socket.timeout:
        return None


def request(sock, data, wanted):
    """Send a request, again each second until it is answered; show what else comes meanwhile."""
    for _ in range(3):  # either datagram may be lost
        sock.send(data)
        while (text := receive(sock)) is not None:
            if text == wanted or text.startswith("拒绝"):
                return text
            show(text)
    return ""


def read_keyboard(sock, left):
    """Send what is typed, until `quit` or the end of the input.

    Two processes, as in the notes, need fork: a child of multiprocessing has no keyboard. A thread works everywhere.
    """
    # Not input(): it would lock sys.stdin, and the program could not end while it waits.
    for line in open(0, encoding=sys.stdin.encoding, errors="replace", closefd=False):
        if line.strip() == "quit":
            break
        if line.strip():
            text = "".join(char for char in line.strip() if char.isprintable())
            sock.send(f"C {NAME} {text}".encode("utf-8", "replace"))
    left.set()


def main():
    if not NAME:
        sys.exit("usage: python3 chat_client.py NAME [HOST [PORT]]")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((HOST, int(PORT)))  # only the server's datagrams come through
        sock.settimeout(1)
        answer = request(sock, f"L {NAME}".encode("utf-8", "replace"), "OK")
        if answer != "OK":
            sys.exit(answer or f"{HOST} port {PORT}: no answer")
        left = threading.Event()
        try:
            show(f"已进入聊天室，quit 退出 (you are in as {NAME}; quit leaves)")
            if sys.stdin:  # None where there is no keyboard, and then the number 0 is another file's
                threading.Thread(target=read_keyboard, args=(sock, left), daemon=True).start()
            sock.settimeout(0.3)  # in short steps, to see `left`, and for Ctrl-C on Windows
            while not left.is_set():
                text = receive(sock)
                if text == "EXIT":  # the server has closed
                    return
                if text:
                    show(text)
        except KeyboardInterrupt:
            pass
        request(sock, QUIT, "EXIT")  # or we stay in the room until it finds us silent


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when lost lines must be sent again, and the prompt kept whole: netio chat.join
