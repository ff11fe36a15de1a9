"""One echo server, by the name given: a netio model, asyncio, asyncio's streams, uvloop, gevent, trio, socketserver, or
the least that Python can do (bare-epoll, bare-threads). It prints its port first."""

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


def serve_streams():
    import asyncio

    async def echo(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


def serve_gevent():
    import gevent.socket
    from gevent.server import StreamServer

    def echo(sock, address):
        sock.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
        try:
            while data := sock.recv(65536):
                sock.sendall(data)
        except ConnectionError:
            pass

    server = StreamServer(("127.0.0.1", 0), echo, backlog=1024)
    server.start()
    print(server.server_port, flush=True)
    server.serve_forever()


def serve_trio():
    import trio

    async def echo(stream):
        try:
            async for data in stream:
                await stream.send_all(data)
        except trio.BrokenResourceError:
            pass

    async def serve():
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=1024)
        print(listeners[0].socket.getsockname()[1], flush=True)
        await trio.serve_listeners(echo, listeners)

    trio.run(serve)


def listen():
    import socket

    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    return listener


def serve_bare_epoll():
    """No transports, no protocols, no errors but one, nothing that waits to be sent."""
    import select

    listener, poller, clients = listen(), select.epoll(), {}
    poller.register(listener, select.EPOLLIN)
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == listener.fileno():
                sock, _ = listener.accept()
                sock.setblocking(False)
                poller.register(sock, select.EPOLLIN)
                clients[sock.fileno()] = sock, sock.recv, sock.send
                continue
            sock, recv, send = clients[descriptor]
            try:
                data = recv(65536)
            except ConnectionError:
                data = b""
            if data:
                send(data)
            else:
                poller.unregister(sock)
                sock.close()
                del clients[descriptor]


def serve_bare_threads():
    """64 threads that accept, echo and close, with no limit and no way to end them."""
    import threading

    def work():
        while True:
            sock, _ = listener.accept()
            with sock:
                try:
                    while data := sock.recv(65536):
                        sock.sendall(data)
                except ConnectionError:
                    pass

    listener = listen()
    for _ in range(64):
        threading.Thread(target=work, daemon=True).start()
    threading.Event().wait()


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
    elif kind in ("streams", "gevent", "trio"):
        {"streams": serve_streams, "gevent": serve_gevent, "trio": serve_trio}[kind]()
    elif kind.startswith("bare"):
        serve_bare_epoll() if kind == "bare-epoll" else serve_bare_threads()
    elif kind.startswith(("asyncio", "uvloop")):
        serve_asyncio(kind.split("-")[0], ours=kind.endswith("-netio"))
    else:
        serve_netio(kind)
