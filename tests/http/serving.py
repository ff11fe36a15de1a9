"""A server for a test, under any of netio's models or under asyncio, and an application with a bit of everything."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

from netio.concurrency.servers import available_models
from netio.concurrency.servers.tls import server_context, with_tls
from netio import http
from netio.http import HTTPProtocol, HTTPServer, Response, Routes, ServerState

CERTIFICATE = str(Path(__file__).with_name("localhost.pem"))
MODELS = [*available_models(), "asyncio"]
fetch = functools.partial(http.fetch, timeout=60)  # a process takes its time to start on a busy machine

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
        from ..asyncio_server import AsyncioServer  # here, as a process that model "process" starts loads this, too

        factory = functools.partial(HTTPProtocol, ServerState(app))
        context = functools.partial(server_context, CERTIFICATE)
        with AsyncioServer(with_tls(factory, context) if tls else factory) as server:
            server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.address[1]}"
            yield server
        return
    with HTTPServer("127.0.0.1", 0, app, model=model, tls=(CERTIFICATE, None) if tls else None, **options) as server:
        server.start()
        yield server
