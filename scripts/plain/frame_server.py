"""Receive messages with their length before each (粘包的解决：长度前缀), and send each one back.

每条消息前面加上长度，粘包和半包都不再是问题；收到的每条消息原样发回。

    python3 frame_server.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 frame_client.py                      in terminal 2

Errata: 12, 15, 56, 102.
"""
import socket
import struct
import sys

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
MAX_SIZE = 1 << 20  # bytes of a message: a length from the network is not to be trusted


def recv_exactly(sock, size):
    """Return exactly so many bytes, however the network cut them."""
    data = bytearray()
    while len(data) < size:
        if not (piece := sock.recv(min(size - len(data), 1 << 16))):  # at most so many: fewer may come
            raise EOFError(f"got {len(data)} of {size} bytes")
        data += piece
    return bytes(data)


def recv_frame(sock):
    """Return the next message, or None where the peer has ended after a whole one."""
    if not (first := sock.recv(1)):
        return None
    size, = struct.unpack("!I", first + recv_exactly(sock, 3))  # 4 bytes in network order
    if size > MAX_SIZE:
        raise ValueError(f"a message of {size} bytes")
    return recv_exactly(sock, size)


def main():
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
                with connection:
                    connection.settimeout(10)  # while one is silent, all others wait; thread_server.py: none does
                    while (message := recv_frame(connection)) is not None:  # an empty message is no end
                        connection.sendall(struct.pack("!I", len(message)) + message)
            except (OSError, EOFError, ValueError) as error:  # this client's end, or nobody came
                if not isinstance(error, socket.timeout):
                    print(f"a client ended: {error}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)

# Not enough when there are other framings, many clients and bytes from an event loop: netio tcp.LengthPrefix
