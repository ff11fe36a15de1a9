"""The FTP server: a folder, or one for each user, at an address, under any of netio's server models.

    FTPServer("127.0.0.1", 2121, "folder").serve_forever()                       anonymous, read-only
    FTPServer("", 2121, None, users=[User(...)], tls=("cert.pem", "key.pem"))    log-in, AUTH TLS
"""
from __future__ import annotations

import functools
import os
import ssl
from typing import Any, Callable, Iterable

from ..concurrency.servers import Server
from ..concurrency.servers.models.available import best_model
from ..concurrency.servers.tls import TLS, server_context, with_tls
from ..files.sweeping import sweep_tree
from .folder import CHANGE, WRITE
from .protocol import FTPProtocol
from .state import Rules, ServerState
from .users import User


class FTPServer(Server):
    """Serves files by FTP to many clients at once: `serve_forever()`, or `start()` and `close()`.

    >>> import ftplib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with FTPServer("127.0.0.1", 0, folder.name) as server:
    ...     server.start()
    ...     with ftplib.FTP() as client:
    ...         _ = client.connect(*server.address[:2], timeout=5)
    ...         client.login(), client.pwd(), client.nlst()
    ('230 User anonymous logged in, proceed.', '/', [])
    >>> folder.cleanup()

    `folder` is what anonymous clients see and may read; None lets in `users` only. `rules` are limits and habits, see
    Rules. `tls`, an SSLContext or (certificate, key) as paths, allows AUTH TLS; a context cannot go to spawned
    processes. `model` and `workers` are those of `concurrency.servers.serve`; the platform's best event model by
    default. `log` is called with a line for each command. Other limits as for `Server`.

    Raises: OSError when the address cannot be had, NotADirectoryError for what is no folder, ValueError for an
    unknown model or permission, OSError or ssl.SSLError for the certificate. Notes: 作业：ftp服务器. Source: RFC 959.
    The stdlib has a client only, ftplib.
    """

    def __init__(self, host: str, port: int, folder: str | os.PathLike[str] | None, *, users: Iterable[User] = (),
                 rules: Rules | None = None, model: str | None = None, workers: int | None = None,
                 tls: TLS | None = None, log: Callable[[str], object] | None = None, **options: Any) -> None:
        everyone = [] if folder is None else [User("anonymous", None, os.fspath(folder))]
        context = tls if isinstance(tls, ssl.SSLContext) or tls is None else functools.partial(server_context, *tls)
        users = [*everyone, *users]
        self._written = {user.folder for user in users if {WRITE, CHANGE} & set(user.permissions)}
        first, last = rules.passive_ports if rules else (0, 0)
        if not 0 <= first <= last <= 65535:
            raise ValueError(f"passive ports go from the first to the last, not from {first} to {last}")
        state = ServerState(users, rules, log, context)
        protocol: Callable[[], Any] = functools.partial(FTPProtocol, state)
        if context is not None:
            state.tls()  # a certificate that cannot be read is reported now
            protocol = with_tls(protocol, context, start=False)
        options.setdefault("idle_timeout", None)  # sessions have timeouts of their own: a transfer may take long
        super().__init__((host, port), model=model or best_model(), workers=workers, protocol=protocol, **options)
        self._sweep()

    def __enter__(self) -> FTPServer:
        return self

    def _release(self) -> None:
        super()._release()
        self._sweep()

    def _sweep(self) -> None:
        """Remove what is left of uploads whose process was killed, and nobody can resume."""
        for folder in self._written:
            sweep_tree(folder)
