"""The server's side of one HTTP/1.1 connection, as a protocol: it runs under every netio model and under asyncio.

One loop, `_advance`, goes on as far as it can: it takes the next event from the parser, or sends the next piece of a
response. It stops when the parser wants more, when the client does not take what is sent (pause_writing), when an
answer is being made in another thread, or after its turn, so that other connections have theirs. Answers to requests
that came together leave together.

What the connection is doing is its `state`:

| state  | what is going on                                               | what can come next                     |
|--------|----------------------------------------------------------------|----------------------------------------|
| NEW    | connected, nothing has come                                    | as HEAD, but TURN                      |
| IDLE   | all requests are answered, nothing of the next has come        | as HEAD, but TURN                      |
| HEAD   | a part of a head has come, or requests that are not read yet   | all but NEW                            |
| BODY   | a request's head has come, its body is being received          | all but NEW                            |
| WORK   | another thread makes the answer, or opens a file for the body  | all but NEW, TURN                      |
| SEND   | a response is being sent piece by piece                        | all but NEW, BODY                      |
| TURN   | there is more to do, but other connections have their turn     | HEAD, BODY, SEND, CLOSED               |
| LINGER | the last answer is sent; what still comes is thrown away       | CLOSED                                 |
| CLOSED | what is queued is sent, and that was all                       |                                        |

A connection that ends before the client knows (an error, a body that nobody wants) lingers: closing at once would make
the system throw the answer away (RFC 9112 section 9.6).
"""
from __future__ import annotations

import logging
from typing import Any, Callable

from ..concurrency.servers.backlog import limit_backlog
from .messages import FileBody, HTTPError, ProtocolError, Request, RequestParser, Response, has_body
from .messages.plain import PLAIN
from .sending import BROKEN, DONE, HEAD_SENT, NOTHING_SENT, Sending, close_all
from .spool import Spool
from .state import ServerState, error_page
from .timer import PhaseTimer

_log = logging.getLogger("netio.http")
_match = PLAIN.match
SLICE = 1 << 20  # bytes of one response before other connections have their turn
TURN_SECONDS = 0.002  # and how long it may take
BURST = 1 << 14  # bytes of plain requests that are answered in one turn
_LARGE = 1 << 14  # bytes of a body that is not kept back for others
_TOGETHER = 192  # pieces that are sent at once

NEW, IDLE, HEAD, BODY, WORK, SEND, TURN, LINGER, CLOSED = (
    "NEW", "IDLE", "HEAD", "BODY", "WORK", "SEND", "TURN", "LINGER", "CLOSED")
# Which state may follow which. IDLE to IDLE is no move: most requests come whole and are answered at once.
MOVES = {
    NEW: {IDLE, HEAD, BODY, WORK, SEND, LINGER, CLOSED},
    IDLE: {HEAD, BODY, WORK, SEND, LINGER, CLOSED},
    HEAD: {IDLE, BODY, WORK, SEND, TURN, LINGER, CLOSED},
    BODY: {IDLE, HEAD, WORK, SEND, TURN, LINGER, CLOSED},
    WORK: {IDLE, HEAD, BODY, SEND, LINGER, CLOSED},
    SEND: {IDLE, HEAD, WORK, TURN, LINGER, CLOSED},
    TURN: {HEAD, BODY, SEND, CLOSED},
    LINGER: {CLOSED},
    CLOSED: set(),
}


class HTTPProtocol:
    """Serve one connection by the rules of a ServerState; a server makes one for each.

    >>> class Transport:  # a protocol does no I/O, so that this can stand in for a connection
    ...     get_extra_info = staticmethod(lambda name: None)
    ...     write = staticmethod(lambda data: print(data.partition(b"\\r\\n")[0]))
    >>> protocol = HTTPProtocol(ServerState(lambda request: "hello"))
    >>> protocol.connection_made(Transport())
    >>> protocol.data_received(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    b'HTTP/1.1 200 OK'
    >>> protocol.state
    'IDLE'

    Under asyncio: `loop.create_server(for_asyncio(lambda: HTTPProtocol(state)), ...)`; without `for_asyncio`
    nothing times out.
    """

    __slots__ = ("state", "_server", "_parser", "_out", "_request", "_sending", "_timer", "_paused", "_backlogged",
                 "_eof", "_draining", "_missed", "_transport", "_peer", "_local", "_scheme", "__weakref__")

    def __init__(self, server: ServerState) -> None:
        self.state = NEW
        self._server = server
        self._parser = RequestParser(server.limits)
        self._out: list[bytes] = []  # what is to be sent before anything else happens
        self._request: Request | None = None  # the one whose body is received or that is being answered
        self._sending: Sending | None = None  # its response, unless that was bytes
        self._timer: PhaseTimer | None = None  # where the driver keeps deadlines
        self._paused = False  # the transport takes no more
        self._backlogged = False  # too many further requests wait
        self._eof = False  # the client has ended its side
        self._draining = False  # the server ends: no request after this one
        self._missed = False  # memory has been asked for the answer to what is received now

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._peer, self._local = transport.get_extra_info("peername"), None
        if hasattr(transport, "call_soon_threadsafe"):  # netio's, which will ask for deadlines
            self._timer = PhaseTimer(self._server.timeouts)
        self._scheme = "https" if transport.get_extra_info("ssl_object") is not None else "http"

    def respond(self, data: bytes) -> bytes | None:
        """Return the whole answer to one plain request from memory, for a server that sends it by itself.

        This is what makes the server fast (see `ServerState.answer_plain`).
        `_answer_plain` does the same for `data_received`, which is given whatever this has no answer to.
        """
        if self.state != IDLE:  # not NEW: most connections of one request say that they close
            return None
        answer = self._server.answer_plain(data, self._peer, False)
        if not answer:
            self._missed = answer is not None
            return None
        return answer

    def data_received(self, data: bytes) -> None:
        state, missed, self._missed = self.state, self._missed, False
        if state == LINGER or state == CLOSED:
            return
        if (state == IDLE or state == NEW) and self._server.recall is not None and not missed:
            if not self._answer_burst(data):
                return
        else:
            self._parser.feed(data)
        self._advance()

    def _answer_burst(self, data: bytes) -> bytes:
        """Answer what is plain from memory, feed the parser with the rest, and return it; after a whole burst others
        have their turn."""
        rest = self._answer_plain(data)
        if rest:
            self._parser.feed(rest)
            if len(data) - len(rest) >= BURST and self._timer is not None:
                self.state = HEAD
                self._end_turn()
        return rest

    def _end_turn(self) -> None:
        self.state = TURN
        self._transport.call_in_turn(self._take_turn)

    def _take_turn(self) -> None:
        if self.state != TURN:
            return
        self.state = SEND if self._sending is not None else HEAD if self._request is None else BODY
        if self.state == HEAD and self._server.recall is not None and not self._draining:
            self._answer_burst(self._parser.take_back())
        self._advance()

    def _answer_plain(self, data: bytes) -> bytes:
        """Answer from memory the plain requests that `data` begins with, and return the rest of it.

        What it shares with the long way (`_put`, `_flush`) is written out, because it is the calls that cost.
        """
        server, at, closes = self._server, 0, False
        recall, tails, out = server.recall, server.tails(), self._out
        while not self._paused and not closes and at < BURST and (plain := _match(data, at)) is not None:
            end = plain.end()
            if end - at > server.most_plain:
                break
            target, early, close = plain.groups()
            response = recall(target.decode())  # type: ignore[misc]
            if response is None:
                break
            at, closes = end, early is not None or close is not None
            body: Any = response.body
            out += (response._head or response.encode(), tails[closes], body)
            if server.access_log is not None:
                server.log(self._peer, Request("GET", target.decode()), response.status, len(body))
            if len(body) > _LARGE or len(out) > _TOGETHER:
                self._flush()
        if out and not closes:
            self._transport.write(b"".join(out))
            out.clear()
        if at:
            self.state = IDLE
        if closes:
            self._close(linger=at < len(data))
            return b""
        return data[at:] if at else data

    def eof_received(self) -> bool:
        """The client has ended its side: what it asked for is still sent."""
        self._eof = True
        return self._paused or self.state in (WORK, SEND, TURN)

    def connection_lost(self, error: Exception | None) -> None:
        if self.state != WORK:  # else what is held open is in use, and closed when that has ended
            self._release()
        self.state = CLOSED

    def pause_writing(self) -> None:
        self._paused = True
        self._note_progress()

    def resume_writing(self) -> None:
        self._paused = False
        self._note_progress()
        self._advance()

    def server_stopping(self) -> None:
        """End when what is under way is done; at once between two requests."""
        self._draining = True
        if self.state in (NEW, IDLE):
            self._close()

    def _advance(self) -> None:
        """Go on until there is nothing to do, or others must have their turn."""
        over = None if self._timer is None else self._server.timer() + TURN_SECONDS
        while not self._paused:
            if self.state == SEND:
                self._send_pieces(over)
            elif self.state not in (NEW, IDLE, HEAD, BODY) or not self._read_event():
                break
            elif self.state in (HEAD, BODY) and over is not None and self._server.timer() >= over:
                self._end_turn()
        if self._out:
            self._flush()
        if self.state in (IDLE, NEW) and self._parser.buffered:
            self.state = HEAD
        if self.state not in (LINGER, CLOSED):
            self._backlogged = limit_backlog(self._transport, self._parser.buffered, self._backlogged)

    def _read_event(self) -> bool:
        """Take one event from the parser; False if there is none."""
        try:
            event = self._parser.next_event()
        except ProtocolError as error:
            self._refuse(error_page(error))
            return True
        if event is None:
            if self._eof:
                self._close()
            return False
        if self._request is None:
            self._begin(event)
        elif event:
            self._store(event)
        else:
            self._handle(self._request)
        return True

    def _begin(self, request: Request) -> None:
        """A head has come: answer it, or make ready for its body."""
        self._request = request
        if self._local is None:
            self._local = self._transport.get_extra_info("sockname")  # asks the system: not before somebody may ask us
        request.peer, request.local, request.scheme = self._peer, self._local, self._scheme
        if request.method == "CONNECT":
            self._respond(error_page(ProtocolError(501, "this is no proxy")), keep=False)
        elif request.length == 0:
            self._handle(request)
        elif _expectation(request) not in ("", "100-continue"):
            self._respond(error_page(ProtocolError(417, "only 100-continue can be expected")), keep=False)
        else:
            self.state = BODY
            self._call(self._server.open, request, self._receive)

    def _receive(self, body: Any) -> None:
        """Take the body of the request to `body`, which is the application's, or None for our own temporary file."""
        request = self._request
        assert request is not None
        if isinstance(body, Response):  # refused: the rest of the body is not wanted
            self._respond(body, keep=False)
            return
        self.state = BODY
        request.body = Spool() if body is None else body  # type: ignore[assignment]
        self._parser.max_body = getattr(body, "max_body", self._parser.max_body)
        if _expectation(request) and not self._parser.buffered:
            try:
                self._parser.check_length()
            except ProtocolError as error:
                self._respond(error_page(error), keep=False)
            else:
                self._out.append(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _store(self, piece: bytes) -> None:
        """Hand a piece of body to what receives it: in another thread, where that may have to wait for a disk."""
        request = self._request
        assert request is not None
        if getattr(request.body, "blocks", False) and hasattr(self._transport, "run_in_thread"):
            self._work(lambda: self._server.store(request, piece), self._stored)
        else:
            self._stored(self._server.store(request, piece))

    def _stored(self, refusal: Response | None) -> None:
        if refusal is not None:
            self._refuse(refusal)
        else:
            self.state = BODY
            self._note_progress()

    def _refuse(self, response: Response) -> None:
        """Answer a request that goes no further, and end the connection; what had come of its body is gone before."""
        body = None if self._request is None else self._request.body
        if self._request is None or not getattr(body, "blocks", False) or not hasattr(self._transport, "run_in_thread"):
            return self._respond(response, keep=False)

        def respond(errors: list[BaseException]) -> None:
            self._report(errors)
            self._respond(response, keep=False)

        self._request.body = None
        self._work(lambda: close_all(body), respond)

    def _handle(self, request: Request) -> None:
        """A request is whole: ask the application, and begin to send what it returns."""
        if request.body is not None:
            request.trailers = self._parser.trailers
        self._call(self._server.answer, request, self._respond)

    def _call(self, function: Callable[[Request], Any], request: Request, then: Callable[[Any], None]) -> None:
        """Go on with `then(function(request))`, in this call or, if the answer takes long, by way of another thread."""
        if self._server.is_slow(request) and hasattr(self._transport, "run_in_thread"):
            self._work(lambda: function(request), then)
        else:
            then(function(request))

    def _work(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Go on with `then(work())` when another thread has done the work. What it uses is its own until then."""
        self.state = WORK

        def done(result: Any) -> None:
            if self.state == WORK:
                then(result)
                self._advance()
            else:
                drop(result)

        def drop(result: Any = None) -> None:
            self.state = CLOSED
            self._report(close_all(result.body if isinstance(result, Response) else result))
            self._release()

        self._transport.run_in_thread(work, done, drop=drop, failed=self._fail_work)

    def _fail_work(self, error: BaseException) -> None:
        _log.error("work in a thread failed", exc_info=error)
        self._abort()

    def _respond(self, response: Response, keep: bool = True) -> None:
        """Send a response's head, and its body too if that is bytes; else make ready to send it piece by piece."""
        request = self._request
        keep = keep and request is not None and request.keep_alive and not self._draining
        head = response._head or response.encode()
        keep = keep and not response.closes
        method, version = ("GET", (1, 1)) if request is None else (request.method, request.version)
        body: Any = response.body
        if type(body) is not bytes and isinstance(body, (bytes, bytearray, memoryview)):
            body = memoryview(body).tobytes()
        if type(body) is bytes:
            if (response.status != 200 or method != "GET") and not has_body(method, response.status):
                body = b""
            self._put(head, self._server.tails()[0 if keep and version >= (1, 1) else 2 if keep else 1], body)
            self._finish(response.status, len(body), keep)
        else:
            sends_files = hasattr(self._transport, "send_file")
            self._sending = Sending(response, method, version, keep, sends_files)
            self.state = SEND

    def _send_pieces(self, over: float | None) -> None:
        """Send pieces until the client cannot take more, the turn is over, or the response is whole."""
        sending = self._sending
        assert sending is not None
        if sending.blocks and hasattr(self._transport, "run_in_thread"):
            return self._work(lambda: _attempt(sending.next_pieces), self._send_made)
        last = sending.sent + SLICE
        while not self._paused and self.state == SEND:
            try:
                piece = sending.next_piece()
            except BaseException as error:
                return self._break_off(error)
            self._send_piece(piece)
            if piece is not None and over is not None and (sending.sent >= last or self._server.timer() >= over):
                return self._end_turn()

    def _send_made(self, made: Any) -> None:
        """Send the pieces that another thread has made."""
        if isinstance(made, BaseException):
            return self._break_off(made)
        self.state = SEND
        pieces, goes_on = made
        for piece in pieces:
            self._send_piece(piece)
        if not goes_on:
            self._send_piece(None)

    def _send_piece(self, piece: Any) -> None:
        """Send one piece, after the head if it is the first; None ends the response."""
        sending = self._sending
        assert sending is not None
        if sending.state == NOTHING_SENT:
            keep = sending.keep = sending.keep and not self._draining
            self._out += (sending.head, self._server.tails()[0 if keep and not sending.old else 2 if keep else 1])
            sending.state = HEAD_SENT
        if piece is None:
            self._out.append(sending.end())
            sending.state = DONE
            if sending.waits_for_drain:
                self._transport.set_write_buffer_limits()
            self._finish(sending.response.status, sending.sent, sending.keep)
        elif type(piece) is FileBody:
            # Paused until it has left: only then may the next piece be judged, or the file closed.
            self._flush()
            sending.waits_for_drain = True
            self._transport.set_write_buffer_limits(0)
            self._transport.send_file(piece.file, piece.offset, piece.count)
        else:
            self._out.append(sending.encode(piece))
            self._flush()

    def _break_off(self, error: BaseException) -> None:
        """A response cannot be made to its end: say so while nothing of it is sent, else break the connection."""
        sending = self._sending
        assert sending is not None
        if not isinstance(error, HTTPError):
            self._server.report(error, "a response broke off after %s bytes", sending.sent)
        unsent = sending.state == NOTHING_SENT
        sending.state = BROKEN
        self._report(sending.close())
        self._sending = None
        if unsent:
            self._respond(error_page(error if isinstance(error, HTTPError) else HTTPError(500)), keep=sending.keep)
        else:
            self._abort()

    def _finish(self, status: int, sent: int, keep: bool) -> None:
        """A response is complete: note it, close what it held open, and go on or end."""
        request = self._request
        if self._server.access_log is not None:
            self._server.log(self._peer, request, status, sent)
        if request is not None and request.body is not None or self._sending is not None:
            self._release()
        self._request = None
        self._note_progress()
        if keep:
            self.state = HEAD if self._parser.buffered else IDLE
        else:
            self._close(linger=request is None or not self._parser.between_messages)

    def _release(self) -> None:
        """Close what the request and its response hold open."""
        sending, self._sending = self._sending, None
        request, self._request = self._request, None
        if sending is not None:
            if sending.state != DONE:
                sending.state = BROKEN
            self._report(sending.close())
        body = None if request is None else request.body
        if getattr(body, "blocks", False) and hasattr(self._transport, "run_in_thread"):
            self._transport.run_in_thread(lambda: close_all(body), self._report, drop=self._report)
        else:
            self._report(close_all(body))

    def _report(self, errors: list[BaseException]) -> None:
        for error in errors:
            _log.error("closing failed", exc_info=error)

    def _put(self, head: bytes, tail: bytes, body: bytes) -> None:
        """Answers to requests that came together leave together, but not so many that they fill the memory."""
        self._out += (head, tail, body)
        if len(body) > _LARGE or len(self._out) > _TOGETHER:
            self._flush()

    def _flush(self) -> None:
        data = b"".join(self._out)
        self._out.clear()
        self._transport.write(data)

    def _close(self, linger: bool = False) -> None:
        """End the connection after what was written; with `linger`, read on for a while first."""
        if linger and self._timer is not None and not self._eof and self._transport.can_write_eof():
            if self._out:
                self._flush()
            self.state = LINGER
            self._backlogged = limit_backlog(self._transport, 0, self._backlogged)
            self._transport.write_eof()
        else:
            self.state = CLOSED
            write_and_close = getattr(self._transport, "write_and_close", None)
            if self._out and write_and_close is not None:
                data = b"".join(self._out)
                self._out.clear()
                return write_and_close(data)  # type: ignore[no-any-return]
            if self._out:
                self._flush()
            self._transport.close()

    def _abort(self) -> None:
        self.state = CLOSED
        self._out.clear()
        self._release()
        self._transport.abort()

    def _note_progress(self) -> None:
        if self._timer is not None:
            self._timer.progressed = True

    def next_deadline(self, now: float) -> float | None:
        """Return when the client will have taken too long for what it is doing now."""
        timer, state = self._timer, self.state
        if timer is None:  # under asyncio, by for_asyncio
            timer = self._timer = PhaseTimer(self._server.timeouts)
        if state == IDLE and not self._paused:  # the usual case: a request has been answered
            timer.phase, timer.progressed = "idle", False
            timer.deadline = deadline = now + self._server.timeouts.idle
            return deadline
        if state == WORK or state == TURN:
            return None
        if state == LINGER:
            return timer.enter("linger", now)
        if self._paused or state == SEND or state == CLOSED:
            return timer.enter("send", now, transport=self._transport)
        return timer.enter("body" if state == BODY else "head", now, got=self._parser.got)

    def deadline_passed(self, now: float) -> None:
        timer = self._timer
        assert timer is not None
        if self.state in (WORK, TURN) or now < timer.deadline:
            return
        elif timer.phase == "send" and timer.may_go_on(self._transport, now):
            return  # slow, but still there
        elif timer.phase in ("linger", "send"):
            self._abort()
        elif self.state in (HEAD, BODY):
            self._refuse(error_page(ProtocolError(408, "the request takes too long")))
            self._advance()
        else:
            self._close()


def _expectation(request: Request) -> str:
    """Return what a client of HTTP/1.1 expects before it sends a body, or ""."""
    return request.headers.fields.get("expect", "").lower() if request.version >= (1, 1) else ""


def _attempt(work: Callable[[], Any]) -> Any:
    """Return what `work` returns, or what it raises."""
    try:
        return work()
    except BaseException as error:
        return error


class HTTPFactory:
    """Makes the HTTPProtocol of each connection; one whose only request is answered from memory needs none.

    >>> factory = HTTPFactory(ServerState(lambda request: "hello"))
    >>> factory().state, factory.answer_at_once(b"GET / HTTP/1.1\\r\\n", None)
    ('NEW', None)
    """

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def __call__(self) -> HTTPProtocol:
        return HTTPProtocol(self._state)

    def answer_at_once(self, data: bytes, address: Any) -> bytes | None:
        """Return the whole answer to a connection that begins with `data` and ends after it, if that is at hand."""
        return self._state.answer_plain(data, address, True) or None if b"onnection: close\r" in data else None
