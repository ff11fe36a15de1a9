"""Serve many clients in one thread (IO 多路复用 poll): what they send comes back. POSIX only: Windows has no poll.

一个线程用 poll 服务许多客户端；客户端发什么，就发回什么。

    python3 poll_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 16, 18, 101.
"""
import contextlib
import select
import socket
import sys
import time

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
SILENCE = 300  # seconds after which a silent client is dropped


class Client:
    def __init__(self, sock):
        sock.setblocking(False)  # a call that waits would stop everybody
        self.sock, self.out, self.deadline = sock, b"", time.monotonic() + SILENCE

    def work(self):  # sends what is to be sent, else receives: who does not read is not read from
        sending, self.deadline = bool(self.out), 0.0
        with contextlib.suppress(OSError):  # this client's end only
            self.out = self.out[self.sock.send(self.out):] if sending else self.sock.recv(65536)  # send takes what fits
            if sending or self.out:  # b"" is the client's end
                self.deadline = time.monotonic() + SILENCE


def main():
    clients, poller = {}, select.poll()  # {descriptor: Client}
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.setblocking(False)
        poller.register(listener, select.POLLIN)
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            for number, _ in poller.poll(500):  # no event but these: an error or an end is found by receiving
                if number == listener.fileno():
                    try:
                        client = Client(listener.accept()[0])
                        clients[client.sock.fileno()] = client
                        poller.register(client.sock, select.POLLIN)
                    except OSError:  # it left again, or we have no descriptor free: then not at once again
                        time.sleep(0.05)
                else:
                    clients[number].work()
                    poller.modify(number, select.POLLOUT if clients[number].out else select.POLLIN)
            for client in [client for client in clients.values() if client.deadline < time.monotonic()]:
                poller.unregister(client.sock)  # before close: after it the number may be another's
                clients.pop(client.sock.fileno()).sock.close()


if __name__ == "__main__":
    try:
        main()
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when thousands come: epoll_server.py, and under any model: netio concurrency.Server
