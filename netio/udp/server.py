"""A loop that answers datagrams with a function, and that nothing a peer sends can end."""
from __future__ import annotations

import logging
import socket
from typing import Callable, Optional

from ..events.logs import LogLimit
from ..events.loop import is_ctrl_c
from .datagrams import MAX_DATAGRAM, SAFE_DATAGRAM, Address, Datagram, truncate_text, format_address
from .datagrams import bind, connect, receive  # noqa: F401 (the examples use them)
from .endpoint import Endpoint

# What answers a datagram: returns the bytes to send back, or None for no answer.
Handler = Callable[[Datagram], Optional[bytes]]
# What gets an error, with the datagram that caused it, if one did.
OnError = Callable[[BaseException, Optional[Datagram]], None]
_log = logging.getLogger("netio.udp")
_limit = LogLimit()


def log_error(error: BaseException, datagram: Datagram | None) -> None:
    """Report a handler's error, or the network's, to the log "netio.udp", which by default goes to stderr; 20 a second
    at most, the others are counted, or a flood of bad datagrams would hold up whoever sends good ones.

    >>> logging.getLogger("netio.udp").disabled = True
    >>> log_error(ValueError("no number"), Datagram(b"x", ("127.0.0.1", 9), False))
    >>> logging.getLogger("netio.udp").disabled = False
    """
    left_out = _limit.admit()
    if left_out is None:
        return
    if left_out:
        _log.warning("%d errors more were not logged", left_out)
    sender = f" with the datagram from {format_address(datagram.address)}" if datagram else ""
    _log.warning("%s%s: %s", type(error).__name__, sender, error, exc_info=error)


class Server(Endpoint):
    """Answers each datagram with what `handler(datagram)` returns; None sends nothing.

    The handler gets a Datagram, also an empty or a cut one, and must be quick: one thread does all the work. What it
    raises, and what the network refuses to send, goes to `on_error(error, datagram)`, and serving goes on. So it does
    after ECONNREFUSED and Windows' 10054, which say that an earlier answer found nobody.

    >>> def shout(datagram):
    ...     return datagram.data.upper()
    >>> with Server(("127.0.0.1", 0), shout) as server, connect(server.address) as client:
    ...     client.send(b"hello")
    ...     receive(client, timeout=5).data
    5
    b'HELLO'

    `with` serves in a thread until the block ends; `serve_forever()` serves in this one until `shutdown()`, from any
    thread or the handler. Instead of an address a bound socket may be given, which `close` closes.

    Raises: OSError as `bind` does.
    Notes: udp, 服务器流程. Stdlib: `socketserver.UDPServer`, which polls to stop and cuts at 8192 bytes in silence.
    """

    def __init__(self, address: Address | socket.socket, handler: Handler, *,
                 max_size: int = MAX_DATAGRAM, on_error: OnError = log_error) -> None:
        super().__init__(address, max_size=max_size)
        self.handler, self.on_error = handler, on_error

    def error_received(self, error: OSError) -> None:
        self.on_error(error, None)

    def datagram_received(self, datagram: Datagram) -> None:
        try:
            reply = self.handler(datagram)
            if reply is not None:
                self.sock.sendto(reply, datagram.address)
        except (BlockingIOError, ConnectionError):
            pass  # a full queue, or a peer that has gone: a lost datagram, as on the network
        except BaseException as error:
            if is_ctrl_c(error):
                raise
            self.on_error(error, datagram)


def serve(address: Address | socket.socket, handler: Handler, *, max_size: int = MAX_DATAGRAM,
          on_listening: Callable[[Address], object] = lambda address: None) -> None:
    """Answer datagrams with `handler(datagram)` until Ctrl-C or an error; `on_listening(address)` gets the port.

    >>> def stop(datagram):
    ...     raise KeyboardInterrupt
    >>> with bind(("127.0.0.1", 0)) as sock, connect(sock.getsockname()) as client:
    ...     client.send(b"stop")
    ...     serve(sock, stop, on_listening=lambda address: print("listening on", address[0]))
    4
    listening on 127.0.0.1

    Raises: OSError as `bind` does.
    """
    server = Server(address, handler, max_size=max_size)
    try:
        on_listening(server.address)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def echo(datagram: Datagram) -> bytes:
    """Return what came, as the notes' UDP server might: the handler of an echo server.

    >>> echo(Datagram(b"hello", ("127.0.0.1", 9), False))
    b'hello'
    """
    return datagram.data


def answer_text(function: Callable[[str], str], *, max_size: int = SAFE_DATAGRAM, encoding: str = "utf-8") -> Handler:
    """Make a handler of a function from text to text; the answer is cut to one datagram at a character's end.

    A datagram that is no text is answered `not utf-8 text`.

    >>> handler = answer_text(lambda word: word * 3, max_size=5)
    >>> handler(Datagram("词".encode(), ("127.0.0.1", 9), False)).decode()
    '词'
    >>> handler(Datagram(b"\\xff", ("127.0.0.1", 9), False))
    b'not u'

    Notes: udp, 作业 (the dictionary as a service).
    """

    def handle(datagram: Datagram) -> bytes:
        try:
            text = datagram.data.decode(encoding)
        except UnicodeDecodeError:
            return truncate_text(f"not {encoding} text", max_size, encoding)
        return truncate_text(function(text), max_size, encoding)

    return handle
