"""What is tried with faults under TLS: servers, transfers and messages as in the clear, and clients that connect."""
from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import threading

from netio.concurrency.servers import EchoProtocol, Server
from netio.concurrency.servers.tls import server_context, with_tls
from netio.ftp import open_session
from tests.http.serving import CERTIFICATE

from . import talks, transfers
from .servers import TIMEOUT, Echo

CLIENT = ssl.create_default_context(cafile=CERTIFICATE)
SERVER = server_context.__wrapped__(CERTIFICATE)
SERVER.num_tickets = 0  # which nobody would read yet
HOST = "127.0.0.1"


class OverTLS:
    """What a scenario needs for TLS."""

    tls, client = (CERTIFICATE, None), CLIENT

    def connect(self):
        return secure(socket.create_connection(self.server.address, timeout=TIMEOUT))

    def log_in(self, server=None):
        return open_session((server or self.server).address, "ming", "x", timeout=TIMEOUT, tls=CLIENT)

    @staticmethod
    def send_data(conn, data):
        conn.sendall(data)
        conn.unwrap()

    @staticmethod
    def end(sock):
        """End what is sent, and do not wait for the peer."""
        sock.setblocking(False)
        with contextlib.suppress(ssl.SSLWantReadError):
            sock.unwrap()
        sock.shutdown(socket.SHUT_WR)

    @staticmethod
    def pair():
        """Return two connected sockets that have shaken hands."""
        def accept():
            secured.append(SERVER.wrap_socket(theirs, server_side=True))

        ours, theirs = socket.socketpair()
        secured = []
        thread = threading.Thread(target=accept)
        thread.start()
        ours = secure(ours)
        thread.join()
        return ours, secured[0]


def secure(sock):
    try:
        return CLIENT.wrap_socket(sock, server_hostname=HOST)
    except BaseException:
        sock.close()
        raise


def over_tls(base, **facts):
    never = (*base.never, "peername")  # ssl itself does not close what has no peer any more
    return type(base.__name__, (OverTLS, base), {"never": never, **facts})


class EchoOverTLS(OverTLS, Echo):
    model = "epoll"

    def make_server(self, folder):
        self.served = []
        factory = with_tls(EchoProtocol, functools.partial(server_context, CERTIFICATE))
        return Server((HOST, 0), protocol=factory, model=self.model, workers=self.workers)

    def visit(self, stack):
        try:
            return super().visit(stack)
        except socket.timeout:
            raise AssertionError("a client waits for ever")
        except OSError:  # the handshake
            return False

    @staticmethod
    def end(sock):
        try:
            return sock.unwrap().recv(1) == b""
        except socket.timeout:
            raise AssertionError("the connection never ends")
        except OSError:
            return False


FRAMED = talks.FRAMED
ALL = {
    "echo": EchoOverTLS, "echo_thread": type("EchoThread", (EchoOverTLS,), {"model": "thread"}),
    **{name: over_tls(transfers.ALL[name]) for name in (
        "put", "put_new", "post_form", "get", "get_mapped", "get_read", "put_thread", "put_fork", "get_prefork", "stor",
        "appe", "stou", "retr", "rest", "rest_old", "stor_thread", "retr_pool", "download", "upload", "send_file",
        "log_in", "fetch") if name in transfers.ALL},  # those whose model this platform has
    **{name: over_tls(talks.ALL[name]) for name in FRAMED},
}
