"""Print what is broadcast to a port (UDP 广播，接收端).

打印发到某个端口的广播。

    python3 broadcast_receiver.py [HOST [PORT]]        in terminal 1, first; all addresses, 9999
    python3 broadcast_sender.py                        in terminal 2, or on another machine of the network

Errata: 57, 58.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else ""  # not 127.0.0.1: no broadcast comes there
PORT = sys.argv[2] if len(sys.argv) > 2 else "9999"


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, int(PORT)))
        sock.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            try:
                data, address = sock.recvfrom(65535)
            except socket.timeout:
                continue
            # Anybody may have sent it: !a shows control characters instead of letting them act.
            print(f"{address[0]}: {data.decode('utf-8', 'replace')!a}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when several programs of one machine are to hear it: netio udp.listen_broadcast
