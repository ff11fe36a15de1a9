"""Serve sums: a frame holds integers, the answer is a frame with their sum.

求和服务：一帧里有若干整数，回答也是一帧，里面是它们的和。

    python3 tcp_2_sum_frames.py [HOST [PORT]]        127.0.0.1 8888

A frame is its length (4 bytes, network byte order), then so many bytes. The integers have 4 bytes, signed; the sum
has 8. No integers: 0. A length that is no multiple of 4, or above 65,536: the connection is closed.
帧：长度（4 字节，网络字节序），然后是那么多字节。整数各占 4 字节，有符号；和占 8 字节。没有整数时和为 0。
长度不是 4 的倍数，或超过 65536，就关闭连接。
"""
import socket
import struct
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
MAX_FRAME = 65536  # bytes: the peer's number is not believed without a limit
SILENCE = 60  # seconds


def recv_exactly(sock, size):
    """Return so many bytes; raise EOFError if the peer ends before."""
    data = bytearray()
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise EOFError(f"got {len(data)} of {size} bytes")
        data += piece
    return bytes(data)


def answer_frames(connection):
    while True:
        size, = struct.unpack("!I", recv_exactly(connection, 4))
        if size % 4 or size > MAX_FRAME:
            raise ValueError(f"a frame of {size} bytes")
        numbers = struct.unpack(f"!{size // 4}i", recv_exactly(connection, size))
        connection.sendall(struct.pack("!Iq", 8, sum(numbers)))


def main():
    with socket.create_server((HOST, PORT), backlog=128) as listener:
        listener.settimeout(0.5)
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
            except OSError:  # nobody came, or somebody left in the queue
                continue
            with connection:
                try:
                    connection.settimeout(SILENCE)
                    answer_frames(connection)
                except (OSError, EOFError, ValueError) as error:
                    print(f"{address[0]}: {error}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
