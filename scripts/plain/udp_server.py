"""Receive datagrams and thank for each (UDP 服务端): socket, bind, recvfrom, sendto.

UDP 服务端：每收到一个数据报，就回一句谢谢。

    python3 udp_server.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 udp_client.py                      in terminal 2

Errata: 19, 20, 57, 59, 104.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:  # no SO_REUSEADDR: two servers would share a port
        sock.bind((HOST, int(PORT)))  # a server must: its clients have to know the port
        sock.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            try:
                data, address = sock.recvfrom(65535)  # data first; a smaller number cuts what is longer, silently
                print(f"{address[0]} says {data.decode('utf-8', 'replace')!a}", flush=True)
                sock.sendto(b"Thanks", address)  # bytes, not str
            except socket.timeout:
                pass
            except OSError as error:  # on Windows: who asked before is gone
                print(error, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when datagrams come faster than they are answered, by IPv6 too: netio udp.serve
