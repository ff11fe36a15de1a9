"""A server for a test, under any of netio's models or under asyncio, and an application with a bit of everything."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from pathlib import Path

from netio.concurrency.servers import available_models, for_asyncio
from netio.concurrency.servers.tls import server_context, with_tls
from netio.http import HTTPProtocol, HTTPServer, Response, Routes, ServerState

CERTIFICATE = str(Path(__file__).with_name("localhost.pem"))
MODELS = [*available_models(), "asyncio"]

site = Routes()


@site.get("/")
def home(request):
    return "<h1>Welcome</h1>"


@site.get("/hello/{name}")
def hello(request, name):
    return f"Hello, {name}!"


@site.post("/echo")
def echo(request):
    return Response(200, [("Content-Type", request.headers.get("content-type", "text/plain"))], request.read())


@site.get("/count/{number}")
def count(request, number):
    return (b"%d\n" % line for line in range(int(number)))


@site.get("/megabytes/{number}")
def megabytes(request, number):
    return Response(
        200, [("Content-Length", str(int(number) << 20))], (bytes(1 << 16) for _ in range(int(number) << 4))
    )


@site.get("/crash")
def crash(request):
    raise RuntimeError("swordfish")


@site.get("/scheme")
def scheme(request):
    return {"scheme": request.scheme, "host": request.host, "has peer": request.peer is not None}


@contextlib.contextmanager
def running(app, model, tls=False, **options):
    """Serve `app` in the background; gives the server, which has `address` and `url`."""
    if model == "asyncio":
        with asyncio_server(app, tls) as server:
            yield server
        return
    with HTTPServer("127.0.0.1", 0, app, model=model, tls=(CERTIFICATE, None) if tls else None, **options) as server:
        server.start()
        yield server


class asyncio_server:
    """The same protocol under asyncio's own loop, in a thread."""

    def __init__(self, app, tls):
        factory = functools.partial(HTTPProtocol, ServerState(app))
        self._factory = with_tls(factory, functools.partial(server_context, CERTIFICATE)) if tls else factory
        self._scheme = "https" if tls else "http"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(for_asyncio(self._factory), "127.0.0.1", 0)
        self.address = server.sockets[0].getsockname()
        self.url = f"{self._scheme}://127.0.0.1:{self.address[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *exc_info):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
