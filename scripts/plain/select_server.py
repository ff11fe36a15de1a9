"""Serve many clients in one thread (IO 多路复用 select): what they send comes back.

一个线程用 select 服务许多客户端；客户端发什么，就发回什么。

    python3 select_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 16, 18, 101.
"""
import contextlib
import select
import socket
import sys

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
MAX_CLIENTS = 400  # select takes 1024 sockets, on Windows 512


class Client:
    def __init__(self, sock):
        sock.setblocking(False)  # a call that waits would stop everybody
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # the system finds out who has vanished
        self.sock, self.out = sock, b""

    def work(self):
        """Send what is to be sent, else receive: who does not read is not read from. Return whether it goes on."""
        try:
            if self.out:
                self.out = self.out[self.sock.send(self.out):]  # send takes as much as fits now
                return True
            self.out = self.sock.recv(65536)
        except OSError:  # this client's end only
            return False
        return bool(self.out)


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
                try:
                    if sock is listener:
                        sock, address = listener.accept()
                        clients[sock] = Client(sock)
                    elif not clients[sock].work():
                        del clients[sock]
                        sock.close()
                except OSError:  # it left again
                    pass


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
# Not enough when thousands come: epoll_server.py, and under any model: netio concurrency.Server
