"""One chat room over TCP, by the name given: netio's, or the least that asyncio or threads need. It prints its port."""

import sys


def serve_netio():
    from netio.chat import Room, TCPServer

    room = Room(burst=10**9, rate=1e9)  # nobody speaks too fast for a benchmark
    with TCPServer(("127.0.0.1", 0), room, "epoll") as server:
        print(server.address[1], flush=True)
        server.serve_forever()


def serve_asyncio():
    import asyncio

    members = {}

    async def talk(reader, writer):
        async for line in reader:
            kind, _, rest = line.partition(b" ")
            if kind == b"L":
                members[writer] = rest.strip()
                writer.write(b"OK\n")
                await writer.drain()
            else:
                _, _, text = rest.partition(b" ")
                others = [other for other in members if other is not writer]
                for other in others:
                    other.write(members[writer] + b": " + text)
                await asyncio.gather(*(other.drain() for other in others))
        members.pop(writer, None)
        writer.close()

    async def serve():
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


def serve_threads():
    import socketserver
    import threading

    members, lock = {}, threading.Lock()

    class Talk(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self):
            for line in self.rfile:
                kind, _, rest = line.partition(b" ")
                with lock:
                    if kind == b"L":
                        members[self.request] = rest.strip()
                        self.request.sendall(b"OK\n")
                        continue
                    _, _, text = rest.partition(b" ")
                    for other in members:
                        if other is not self.request:
                            other.sendall(members[self.request] + b": " + text)

        def finish(self):
            with lock:
                members.pop(self.request, None)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, request_queue_size = True, 128

    with Server(("127.0.0.1", 0), Talk) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    {"netio": serve_netio, "asyncio": serve_asyncio, "threads": serve_threads}[sys.argv[1]]()
