"""Serve many clients in one thread (IO 多路复用 poll): what they send comes back.

一个线程用 poll 服务许多客户端；客户端发什么，就发回什么。POSIX only: Windows has no poll.

    python3 poll_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 16, 18, 101.
"""
import contextlib
import select
import socket
import sys

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]


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
    clients, poller = {}, select.poll()  # {descriptor: Client}
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.setblocking(False)
        poller.register(listener, select.POLLIN)
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            for number, _ in poller.poll():  # no event but these: an error or an end is found by receiving
                try:
                    if number == listener.fileno():
                        client = Client(listener.accept()[0])
                        clients[client.sock.fileno()] = client
                        poller.register(client.sock, select.POLLIN)
                    elif clients[number].work():
                        poller.modify(number, select.POLLOUT if clients[number].out else select.POLLIN)
                    else:
                        poller.unregister(number)  # before close: after it the number may be another's
                        clients.pop(number).sock.close()
                except OSError:  # it left again, or we have no descriptor free
                    pass


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
# Not enough when thousands come: epoll_server.py, and under any model: netio concurrency.Server
