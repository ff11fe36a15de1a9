"""One echo server, by the name given: a netio model, asyncio, uvloop or socketserver. It prints its port first."""

from __future__ import annotations

import sys


def serve_socketserver():
    import socketserver

    class Echo(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                while data := self.request.recv(65536):
                    self.request.sendall(data)
            except ConnectionError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        request_queue_size = 1024
        daemon_threads = True

    with Server(("127.0.0.1", 0), Echo) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def serve_asyncio(name, ours):
    import asyncio

    from netio.concurrency import EchoProtocol

    class Echo(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            self.transport.write(data)

    async def serve():
        factory = EchoProtocol if ours else Echo
        server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    if name == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve())


def serve_netio(model):
    from netio.concurrency import EchoProtocol, Server, echo

    handler = EchoProtocol if model in ("select", "poll", "epoll", "kqueue") else echo
    with Server(("127.0.0.1", 0), handler, model) as server:
        print(server.address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind == "socketserver":
        serve_socketserver()
    elif kind.startswith(("asyncio", "uvloop")):
        serve_asyncio(kind.split("-")[0], ours=kind.endswith("-netio"))
    else:
        serve_netio(kind)
