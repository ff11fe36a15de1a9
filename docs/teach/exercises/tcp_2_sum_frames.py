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


def answer_frames(connection):
    # TODO: recv(4) promises at most four bytes. Write recv_exactly. 待改：recv(4) 只保证最多四个字节，请写 recv_exactly
    while len(head := connection.recv(4)) == 4:
        size, = struct.unpack("!I", head)
        data = connection.recv(size)
        numbers = struct.unpack(f"!{len(data) // 4}i", data[:len(data) // 4 * 4])
        connection.sendall(struct.pack("!q", sum(numbers)))  # TODO: is this a frame? 待改：这是一帧吗？


def main():
    with socket.create_server((HOST, PORT)) as listener:
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            connection, address = listener.accept()
            with connection:
                answer_frames(connection)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
