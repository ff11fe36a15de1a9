"""Broadcast a text once a second (UDP 广播，发送端).

每秒广播一次一段文字。

    python3 broadcast_receiver.py                                   in terminal 1, first
    python3 broadcast_sender.py [ADDRESS [PORT [TEXT [COUNT]]]]     in terminal 2; 255.255.255.255 9999, for ever

Errata: 58.
"""
import socket
import sys
import time

# 255.255.255.255 is the network of one interface; that of a network need not end in .255: see `ip address`, brd.
ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "255.255.255.255"
PORT = sys.argv[2] if len(sys.argv) > 2 else "9999"
TEXT = sys.argv[3] if len(sys.argv) > 3 else "开饭了"
COUNT = sys.argv[4] if len(sys.argv) > 4 else "0"


def main():
    sent, count = 0, int(COUNT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)  # without it: permission denied
        while True:
            try:
                sock.sendto(TEXT.encode("utf-8"), (ADDRESS, int(PORT)))
                result = "sent"
            except OSError as error:  # the cable is out, say: the next second may be better
                result = f"not sent: {error}"
            print(f"{ADDRESS} port {PORT}: {result}", flush=True)
            sent += 1
            if sent == count:
                return
            time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would say so at its end
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{ADDRESS} port {PORT}, {COUNT} times: {error}")

# Not enough when the machine is in several networks: netio udp.send_broadcast
