"""Serve many clients in one thread (IO 多路复用 select): what they send comes back.

一个线程用 select 服务许多客户端；客户端发什么，就发回什么。

    python3 select_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 16, 18, 101.
"""
import contextlib
import select
import socket
import sys
import time

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
MAX_CLIENTS = 400  # select takes 1024 sockets, on Windows 512
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
    clients = {}
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.setblocking(False)
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            readers = [sock for sock, client in clients.items() if not client.out]
            readers += [listener] if len(clients) < MAX_CLIENTS else []
            writers = [sock for sock, client in clients.items() if client.out]
            for sock in sum(select.select(readers, writers, [], 0.5), []):  # in short steps, for Ctrl-C on Windows
                if sock is listener:
                    try:
                        client = Client(listener.accept()[0])
                        clients[client.sock] = client
                    except OSError:  # it left again, or we have no descriptor free: then not at once again
                        time.sleep(0.05)
                else:
                    clients[sock].work()
            for sock in [sock for sock, client in clients.items() if client.deadline < time.monotonic()]:
                clients.pop(sock).sock.close()


if __name__ == "__main__":
    try:
        main()
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when thousands come: epoll_server.py, and under any model: netio concurrency.Server
