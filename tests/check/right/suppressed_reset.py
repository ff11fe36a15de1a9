"""A select server whose clients' resets are suppressed where they are spoken to."""
import contextlib
import select
import socket


class Client:
    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.alive = sock, True

    def work(self):
        self.alive = False
        with contextlib.suppress(OSError):
            data = self.sock.recv(65536)
            self.sock.sendall(data)
            self.alive = bool(data)


def main():
    clients = {}
    with socket.create_server(("127.0.0.1", 8888)) as listener:
        while True:
            for sock in select.select([listener, *clients], [], [])[0]:
                if sock is listener:
                    with contextlib.suppress(OSError):
                        client = Client(listener.accept()[0])
                        clients[client.sock] = client
                else:
                    clients[sock].work()
                    if not clients[sock].alive:
                        clients.pop(sock).sock.close()


if __name__ == "__main__":
    main()
