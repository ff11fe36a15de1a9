"""Send two messages at once, each after its length (粘包的解决：长度前缀): they arrive as two.

两条消息一起发出，各带长度，收到的仍是两条。

    python3 frame_server.py                                     in terminal 1, first
    python3 frame_client.py [HOST [PORT [MESSAGE ...]]]         in terminal 2; 127.0.0.1 8888

Errata: 12, 15, 56, 102.
"""
import socket
import struct
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
MESSAGES = sys.argv[3:] or ["account", "password"]


def recv_exactly(sock, size):
    """Return exactly so many bytes, however the network cut them."""
    data = bytearray()
    while len(data) < size:
        piece = sock.recv(min(size - len(data), 1 << 16))
        if not piece:
            raise EOFError(f"the server left after {len(data)} of {size} bytes")
        data += piece
    return bytes(data)


def send_frame(sock, message):
    sock.sendall(struct.pack("!I", len(message)) + message)  # in one piece; a pause between two sends cures nothing


def recv_frame(sock):
    size, = struct.unpack("!I", recv_exactly(sock, 4))
    if size > 1 << 20:
        raise ValueError(f"a message of {size} bytes")
    return recv_exactly(sock, size)


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    with socket.create_connection((HOST, int(PORT)), timeout=10) as sock:
        for message in MESSAGES:
            send_frame(sock, message.encode("utf-8"))
        for _ in MESSAGES:
            print("received", recv_frame(sock).decode("utf-8", "replace"))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, EOFError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when one deadline is to span a whole message: netio tcp.send_frame
