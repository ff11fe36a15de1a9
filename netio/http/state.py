"""What all connections of one HTTP server share: the application, limits and timeouts, today's date, the access log."""
from __future__ import annotations

import logging
import time
from typing import Any, Callable

from ..events.loop import is_ctrl_c
from .applications import Application, as_response, error_response
from .messages import HTTPError, Limits, Request, Response, format_date
from .messages.plain import MOST_FIELDS, PLAIN
from .sending import close_all
from .spool import Spool

_log = logging.getLogger("netio.http")
_match = PLAIN.match
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Timeouts:
    """How long a client may take, in seconds: for a head, in silence within a body, between requests, to take what we
    send.

    >>> Timeouts(idle=5).idle
    5

    A body must also come at `rate` bytes a second at least, on the whole, so that a trickle does not hold a
    connection for ever. `linger` is how long a connection that ends early is still read from, so that the client sees
    our last answer. Raises: ValueError for a time below 0 or nan.
    """

    def __init__(self, head: float = 15, body: float = 30, idle: float = 60, send: float = 60, linger: float = 3,
                 rate: int = 256) -> None:
        for value in (head, body, idle, send, linger):
            if not value >= 0:  # nor can it be nan
                raise ValueError(f"a time is 0 seconds or more, not {value}")
        self.head, self.body, self.idle, self.send, self.linger, self.rate = head, body, idle, send, linger, rate


class ServerState:
    """One application and the rules by which it is served; each connection's HTTPProtocol has the same one.

    `access_log` is called with a line for each request (common log format); True logs them to "netio.http.access".
    `clock` gives the POSIX time for dates, `timer` a monotonic one by which connections take turns: no protocol reads a
    clock by itself.

    >>> state = ServerState(lambda request: "hello", clock=lambda: 784111777.5)
    >>> state.tails()[0]
    b'Date: Sun, 06 Nov 1994 08:49:37 GMT\\r\\n\\r\\n'
    """

    def __init__(self, app: Application, limits: Limits | None = None, timeouts: Timeouts | None = None,
                 access_log: Callable[[str], object] | bool | None = None,
                 clock: Callable[[], float] = time.time, timer: Callable[[], float] = time.monotonic) -> None:
        self.app = app
        self.open_body: Callable[[Request], Any] | None = getattr(app, "open_body", None)
        self.blocks: Callable[[Request], bool] | None = getattr(app, "blocks", None)
        self.limits, self.timeouts, self.clock, self.timer = limits or Limits(), timeouts or Timeouts(), clock, timer
        self.recall: Callable[[str], Response | None] | None = getattr(app, "recall", None)
        self.most_plain = min(self.limits.line, self.limits.head)  # bytes of a head that break neither limit
        if self.limits.fields < MOST_FIELDS:
            self.recall = None
        self.access_log = logging.getLogger("netio.http.access").info if access_log is True else access_log or None
        self._log_failed = False
        self._second = -1
        self._tails = (b"", b"", b"")

    def tails(self) -> tuple[bytes, bytes, bytes]:
        """Return the ends of heads, made once a second: the connection goes on; closes; goes on though HTTP/1.0."""
        second = int(self.clock())
        if second != self._second:
            date = f"Date: {format_date(second)}\r\n\r\n".encode()
            self._tails = (date, b"Connection: close\r\n" + date, b"Connection: keep-alive\r\n" + date)
            self._second = second
        return self._tails

    def answer_plain(self, data: bytes, peer: Any, closes: bool) -> bytes | None:
        """Return the whole answer to one plain request from memory: b"" if it is not there, None for any other request.

        `closes` is whether that request shall be the connection's last one. Nothing becomes a Request: it costs a match
        and a look-up.
        """
        recall = self.recall
        plain = None if recall is None else _match(data)
        if plain is None or plain.end() != len(data) or len(data) > self.most_plain:
            return None
        target, early, close = plain.groups()
        if (early is not None or close is not None) is not closes:
            return None
        response = recall(target.decode())  # type: ignore[misc]
        if response is None:
            return b""
        body: Any = response.body
        if self.access_log is not None:
            self.log(peer, Request("GET", target.decode()), response.status, len(body))
        return b"".join((response._head or response.encode(), self.tails()[closes], body))

    def answer(self, request: Request) -> Response:
        """Return the application's response, ready to be sent, or the page that tells of its failure.

        Whatever it raises ends this request only: HTTPError is its answer, all else a fault of ours, which is logged.
        """
        response: Any = None
        try:
            if isinstance(request.body, Spool):
                request.body = request.body.rewind()  # which stores what is not in the file yet
            response = given = self.app(request)
            if type(given) is not Response:
                response = given = as_response(given)
            given.encode()
            return given
        except HTTPError as error:
            failure = error
        except BaseException as error:
            self.report(error, "the application failed: %s %s", request.method, request.target)
            failure = HTTPError(500)
        close_all(response.body if isinstance(response, Response) else response)  # it will not be sent
        return error_page(failure)

    def open(self, request: Request) -> Any:
        """Return what the application receives the body with, None if it leaves that to us, or a Response if it refuses
        it or fails."""
        if self.open_body is None:
            return None
        body: Any = None
        try:
            body = self.open_body(request)
            if isinstance(body, Response):
                body.encode()
            return body
        except HTTPError as error:
            failure = error
        except BaseException as error:
            self.report(error, "cannot receive a request's body: %s %s", request.method, request.target)
            failure = HTTPError(500)
        close_all(body.body if isinstance(body, Response) else body)
        return error_page(failure)

    def store(self, request: Request, piece: bytes) -> Response | None:
        """Write a piece of a request's body to what receives it; return the answer if it is refused or that fails."""
        try:
            request.body.write(piece)  # type: ignore[union-attr]
            return None
        except HTTPError as error:
            return error_page(error)
        except BaseException as error:
            self.report(error, "cannot receive a request's body: %s %s", request.method, request.target)
            return error_page(HTTPError(500))

    def is_slow(self, request: Request) -> bool:
        """Return whether the application says that this request may take longer than other clients should wait."""
        if self.blocks is None:
            return False
        try:
            return bool(self.blocks(request))
        except BaseException as error:
            self.report(error, "the application failed: blocks(%r)", request)
            return False

    def report(self, error: BaseException, message: str, *args: object) -> None:
        """Log a fault of ours, which ends no more than its request; only Ctrl-C goes on up."""
        if is_ctrl_c(error):
            raise error
        _log.error(message, *args, exc_info=error)

    def log(self, peer: Any, request: Request | None, status: int, sent: int) -> None:
        """Write a line to the access log: who asked for what when, the status, and the bytes of body sent.

        Where that fails the request is answered all the same, and the failure is logged, once until it works again.
        """
        if self.access_log is None:
            return
        try:
            self.access_log(format_access(peer, request, status, sent, self.clock()))
            self._log_failed = False
        except BaseException:
            if not self._log_failed:
                _log.exception("the access log cannot be written")
            self._log_failed = True


def error_page(error: HTTPError) -> Response:
    """Return the page that tells a client about an error, ready to be sent; one that cannot be sent becomes a 500.

    >>> error_page(HTTPError(404, "no such page")).status, error_page(HTTPError(401, headers=[("a b", "c")])).status
    (404, 500)
    """
    try:
        response = error_response(error)
        response.encode()
        return response
    except Exception:
        _log.exception("an error that cannot be sent: %s", error)
        response = error_response(HTTPError(500))
        response.encode()
        return response


def format_access(peer: Any, request: Request | None, status: int, sent: int, seconds: float) -> str:
    """Build a line in the common log format; a request that could not be read shows as "-".

    >>> line = format_access(("192.0.2.7", 4000), Request("GET", "/a"), 200, 12, 784111777)
    >>> line.startswith("192.0.2.7 - - [0"), line.endswith('] "GET /a HTTP/1.1" 200 12')
    (True, True)
    >>> "/%E8%8C%B6 " in format_access(None, Request("GET", "/%E8%8C%B6"), 200, 12, 784111777)
    True

    Quotes and what is not ASCII are escaped, so that no client can forge a line. The time is local, with its offset.
    """
    host = peer[0] if isinstance(peer, tuple) and peer else "-"
    now = time.localtime(seconds)
    minutes = (now.tm_gmtoff or 0) // 60
    stamp = (f"{now.tm_mday:02}/{_MONTHS[now.tm_mon - 1]}/{now.tm_year}:"
             f"{now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02} "
             f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}")
    line = "-" if request is None else "{} {} HTTP/{}.{}".format(request.method, request.target, *request.version)
    line = line.replace("\\", "\\\\").replace('"', "\\x22").encode("ascii", "backslashreplace").decode()
    return f'{host} - - [{stamp}] "{line}" {status} {sent or "-"}'
