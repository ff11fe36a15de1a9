"""The HTTP server: an application or a folder, at an address, under any of netio's server models, with or without TLS.

    HTTPServer("127.0.0.1", 8000, "folder").serve_forever()          the notes' server 2.0
    HTTPServer("127.0.0.1", 8000, app, model="epoll", workers=4)     app(request) -> response

All that HTTP needs is in HTTPProtocol; here it is only put together.
"""
from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any, Callable

from ..concurrency.servers import Server
from ..concurrency.servers.models.available import best_model
from ..concurrency.servers.tls import TLS, as_context, with_tls
from .applications import Application
from .messages import Limits
from .protocol import HTTPFactory
from .state import ServerState, Timeouts
from .static.folder import StaticFiles
from .timer import TELLS_UNSENT

SEND_BUFFER = 256 * 1024  # bytes that the system may hold for a slow client


class HTTPServer(Server):
    """Serves an application, or the files of a folder, to many browsers at once: `serve_forever()`, or `start()` and
    `close()`.

    >>> from netio.http.client import fetch
    >>> with HTTPServer("127.0.0.1", 0, lambda request: f"You asked for {request.path}.") as server:
    ...     server.start()
    ...     fetch(server.url + "/tea").body
    b'You asked for /tea.'

    `app` is a function from a Request to a response (see `as_response`), Routes, FromWSGI(...), or a folder's path.
    `host` may also
    be the path of a unix socket, without a port, or a listening socket. `model` and `workers` are those of
    `concurrency.servers.serve`; by default a folder is served by the best event model, and an application, which may
    block, by threads. `tls` is an SSLContext or (certificate, key) as paths, which unlike a context can go to spawned
    processes. `access_log` is a function that takes a line, or True for the logger "netio.http.access". Other limits
    as for `Server`: `shutdown()` lets requests end that are under way, for `grace` seconds.

    Raises: OSError when the address cannot be had, ValueError for an unknown model, NotADirectoryError for what is no
    folder. Notes: HTTP, httpserver 2.0 (HTTPServer(host, port, dir), serve_forever()). The stdlib's http.server is
    for testing only.
    """

    def __init__(self, host: str | socket.socket, port: int | None, app: Application | str | os.PathLike[str], *,
                 model: str | None = None, workers: int | None = None, tls: TLS | None = None,
                 limits: Limits | None = None, timeouts: Timeouts | None = None,
                 access_log: Callable[[str], object] | bool | None = None, **options: Any) -> None:
        files = StaticFiles(app) if isinstance(app, (str, os.PathLike)) else None
        state = ServerState(app if files is None else files, limits, timeouts, access_log)  # type: ignore[arg-type]
        protocol: Callable[[], Any] = HTTPFactory(state)
        if tls is not None:
            context = as_context(tls)
            if callable(context):
                context()  # a certificate that cannot be read is reported now
            protocol = with_tls(protocol, context, tickets=True)  # its clients read, and resume sessions
        self._scheme = "http" if tls is None else "https"
        self._served = files or app
        where: Any = host if port is None or isinstance(host, socket.socket) else (host, port)
        model = model or default_model(is_quick=files is not None)
        super().__init__(where, model=model, workers=workers, protocol=protocol, **options)
        try:
            defer_accept(self.listener)
            if not TELLS_UNSENT:  # then little may wait in the system, or a slow reader looks like one that has gone
                self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> HTTPServer:
        return self

    def _release(self) -> None:
        super()._release()
        if isinstance(self._served, StaticFiles):
            self._served.sweep()  # of uploads whose process was stopped

    @property
    def url(self) -> str:
        """Where the server is, as `http://127.0.0.1:8000`; for a unix socket, only the scheme says something."""
        if not isinstance(self.address, tuple):
            return f"{self._scheme}://localhost"
        host, port = self.address[:2]
        return f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def defer_accept(listener: socket.socket, seconds: int = 1) -> None:
    """Where the system can (Linux), let a connection be accepted when its client has spoken, or after `seconds`.

    The request is then there at once: no wait for it, and nothing to watch on a connection that ends after one answer.
    It is only right for protocols in which the client speaks first, as in HTTP and TLS.

    >>> with socket.create_server(("127.0.0.1", 0)) as listener:
    ...     defer_accept(listener)
    ...     option = getattr(socket, "TCP_DEFER_ACCEPT", None)
    ...     option is None or listener.getsockopt(socket.IPPROTO_TCP, option) > 0
    True

    Source: tcp(7), TCP_DEFER_ACCEPT.
    """
    if hasattr(socket, "TCP_DEFER_ACCEPT") and listener.family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):  # not every system that calls itself Linux has it, and all goes well without
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, seconds)


def default_model(is_quick: bool) -> str:
    """Return the best model for applications that never block (the platform's best event model), or for others
    (threads).

    >>> default_model(False)
    'thread'
    >>> default_model(True) == best_model()
    True
    """
    return best_model() if is_quick else "thread"
