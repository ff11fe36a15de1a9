"""The server's side of one HTTP/1.1 connection, as a protocol: it runs under every netio model and under asyncio.

One loop, `_advance`, goes on as far as it can: it takes the next event from the parser, or sends the next piece of a
response. It stops when the parser wants more, when the client does not take what is sent (pause_writing), or after a
slice of a long response, so that other connections have their turn. Answers to requests that came together leave
together.

A connection that ends before the client knows (an error, a body that nobody wants) is shut down for writing and read
from for a few more seconds: closing at once would make the system throw the answer away (RFC 9112 section 9.6).
"""
from __future__ import annotations

import logging
import tempfile
from typing import Any, Iterator

from .applications import as_response, error_response
from .messages import FileBody, HTTPError, ProtocolError, Request, RequestParser, Response, encode_chunk, has_body
from .messages.plain import PLAIN
from .state import ServerState

_log = logging.getLogger("netio.http")
_match = PLAIN.match
SLICE = 1 << 20  # bytes of one response before other connections have their turn
BACKLOG = 1 << 16  # bytes of further requests that may wait for an answer
IN_MEMORY = 1 << 16  # bytes of a body before it goes to a file
_LARGE = 1 << 14  # bytes of a body that is not kept back for others
_TOGETHER = 192  # pieces that are sent at once


class HTTPProtocol:
    """Serve one connection by the rules of a ServerState; a server makes one for each.

    >>> class Transport:  # a protocol does no I/O, so that this can stand in for a connection
    ...     get_extra_info = staticmethod(lambda name: None)
    ...     write = staticmethod(lambda data: print(data.partition(b"\\r\\n")[0]))
    >>> protocol = HTTPProtocol(ServerState(lambda request: "hello"))
    >>> protocol.connection_made(Transport())
    >>> protocol.data_received(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    b'HTTP/1.1 200 OK'

    Under asyncio: `loop.create_server(for_asyncio(lambda: HTTPProtocol(state)), ...)`; without `for_asyncio`
    nothing times out.
    """

    __slots__ = (
        "_server", "_parser", "_out", "_request", "_response", "_pieces", "_chunked", "_keep", "_sent", "_paused",
        "_stopped_reading", "_ended", "_closing", "_lingering", "_stopping", "_timed", "_renewed", "_hungry",
        "_patient", "_rested", "_phase", "_deadline", "_since", "_unsent", "_transport", "_peer", "_local", "_scheme",
        "_spooled", "__weakref__",
    )

    def __init__(self, server: ServerState) -> None:
        self._server = server
        self._parser = RequestParser(server.limits)
        self._out: list[bytes] = []  # what is to be sent before anything else happens
        self._request: Request | None = None  # the one whose body is read or whose response is sent
        self._response: Response | None = None
        self._pieces: Iterator[Any] | None = None  # the rest of a response that is sent bit by bit
        self._chunked = False
        self._keep = True  # the connection goes on after this response
        self._sent = 0  # bytes of body of this response
        self._paused = self._stopped_reading = self._ended = self._closing = self._lingering = self._stopping = False
        self._timed = self._renewed = self._hungry = self._patient = self._rested = False
        self._phase, self._deadline, self._since, self._unsent = "", 0.0, 0.0, 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._peer, self._local = transport.get_extra_info("peername"), None
        self._timed = hasattr(transport, "call_soon_threadsafe")  # netio's, which will ask for deadlines
        self._scheme = "https" if transport.get_extra_info("ssl_object") is not None else "http"

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            return
        recall = self._server.recall is not None and not self._stopping
        if recall and self._request is None and self._parser.between_messages:
            data = self._answer_plain(data)
            if not data:
                return
        self._rested = False
        self._parser.feed(data)
        self._advance()
        if self._parser.buffered > BACKLOG and not self._stopped_reading and not self._lingering:
            self._stopped_reading = True
            self._transport.pause_reading()

    def _answer_plain(self, data: bytes) -> bytes:
        """Answer from memory the plain requests that `data` begins with, and return the rest of it.

        This is what makes the server fast: a request costs a match, a look-up and a send, and makes no Request. What it
        shares with the long way (`_put`, `_flush`) is written out, because it is the calls that cost.
        """
        server, at, closes = self._server, 0, False
        recall, tails, out = server.recall, server.tails(), self._out
        while not self._paused and not closes and (plain := _match(data, at)) is not None:
            end = plain.end()
            if end - at > server.most_plain:
                break
            target, close = plain.groups()
            response = recall(target.decode())  # type: ignore[misc]
            if response is None:
                break
            at, closes = end, close is not None
            body: Any = response.body
            out += (response._head or response.encode(), tails[closes], body)
            if server.access_log is not None:
                server.log(self._peer, Request("GET", target.decode()), response.status, len(body))
            if len(body) > _LARGE or len(out) > _TOGETHER:
                self._flush()
        if out:
            self._transport.write(b"".join(out))
            out.clear()
        self._renewed = self._rested = at > 0
        if not closes:
            return data[at:] if at else data
        self._close(linger=at < len(data))
        return b""

    def eof_received(self) -> bool:
        """The client has ended its side: what it asked for is still sent."""
        self._ended = True
        return self._pieces is not None or self._paused

    def connection_lost(self, error: Exception | None) -> None:
        self._closing = True
        self._drop()

    def pause_writing(self) -> None:
        self._paused = self._renewed = True

    def resume_writing(self) -> None:
        self._paused, self._renewed = False, True
        self._advance()

    def server_stopping(self) -> None:
        """End when what is under way is done; at once between two requests."""
        self._stopping = True
        if self._request is None and not self._parser.buffered and not self._closing:
            self._close()

    def _advance(self) -> None:
        while not self._paused and not self._closing:
            if self._pieces is not None:
                self._send_pieces()
                if self._hungry:
                    break
            elif not self._read_event():
                break
        if self._out:
            self._flush()
        if self._stopped_reading and self._parser.buffered <= BACKLOG and not self._closing:
            self._stopped_reading = False
            self._transport.resume_reading()

    def _read_event(self) -> bool:
        """Take one event from the parser; False if there is none."""
        try:
            event = self._parser.next_event()
            if event is None:
                if self._ended:
                    self._close()
                return False
            if self._request is None:
                self._begin(event)
            elif event:
                self._renewed = True
                self._request.body.write(event)  # type: ignore[union-attr]
            else:
                self._request.trailers = self._parser.trailers
                self._answer(self._request)
        except ProtocolError as error:
            self._refuse(error)
        except HTTPError as error:
            self._keep = False
            self._respond(error_response(error))
        except Exception:
            _log.exception("cannot receive a request's body")
            self._refuse(HTTPError(500))
        return True

    def _begin(self, request: Request) -> None:
        """A head has come: answer it, or make ready for its body."""
        self._request = request
        if self._local is None:
            self._local = self._transport.get_extra_info("sockname")  # asks the system: not before somebody may ask us
        request.peer, request.local, request.scheme = self._peer, self._local, self._scheme
        self._keep = request.keep_alive
        if request.method == "CONNECT":
            raise ProtocolError(501, "this is no proxy")
        if request.length == 0:
            self._answer(request)
            return
        expected = request.headers.fields.get("expect")
        if expected is not None and expected.lower() != "100-continue" and request.version >= (1, 1):
            raise ProtocolError(417, "only 100-continue can be expected")
        body = self._server.open_body(request) if self._server.open_body else None
        if isinstance(body, Response):  # refused: the rest of the body is not wanted
            self._keep = False
            self._respond(body)
            return
        request.body = tempfile.SpooledTemporaryFile(IN_MEMORY) if body is None else body  # type: ignore[assignment]
        self._spooled = body is None
        self._parser.max_body = getattr(body, "max_body", self._parser.max_body)
        if expected is not None and request.version >= (1, 1) and not self._parser.buffered:
            self._parser.check_length()
            self._out.append(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _answer(self, request: Request) -> None:
        """Ask the application, and begin to send what it returns."""
        if request.body is not None and self._spooled:
            request.body.seek(0)
        try:
            response = self._server.app(request)
            if type(response) is not Response:
                response = as_response(response)
            self._respond(response)
        except HTTPError as error:
            self._respond(error_response(error))
        except Exception:
            _log.exception("the application failed: %s %s", request.method, request.target)
            self._respond(error_response(HTTPError(500)))

    def _refuse(self, error: HTTPError) -> None:
        """Answer what broke the protocol, and end the connection."""
        self._keep = False
        self._respond(error_response(error))

    def _respond(self, response: Response) -> None:
        """Send a response's head, and its body too if that is bytes; else make ready to send it piece by piece."""
        request = self._request
        head = response._head or response.encode()
        self._keep = keep = self._keep and not response.closes and not self._stopping
        method = "GET" if request is None else request.method
        body = response.body
        if type(body) is bytes:
            if (response.status != 200 or method != "GET") and not has_body(method, response.status):
                body = b""
            old = keep and request is not None and request.version < (1, 1)
            self._put(head, self._server.tails()[2 if old else 0 if keep else 1], body)
            self._sent = len(body)
            self._finish(response)
            return
        if self._out:
            self._flush()
        self._response = response
        self._begin_pieces(response, head, method)

    def _begin_pieces(self, response: Response, head: bytes, method: str) -> None:
        version = (1, 1) if self._request is None else self._request.version
        sized = response.length is not None or not has_body("GET", response.status)
        self._chunked = not sized and version >= (1, 1)
        self._keep = self._keep and (sized or self._chunked)
        if self._chunked:
            head += b"Transfer-Encoding: chunked\r\n"
        old = self._keep and version < (1, 1)
        self._out += (head, self._server.tails()[2 if old else 0 if self._keep else 1])
        self._sent = 0
        if not has_body(method, response.status):
            self._finish(response)
        elif type(response.body) is FileBody and (send_file := getattr(self._transport, "send_file", None)):
            self._flush()
            self._sent, self._response = response.body.count, None  # the transport closes the file
            send_file(response.body.file, response.body.offset, response.body.count, close=True)
            self._finish(response)
        else:
            body: Any = response.body
            slices = getattr(body, "slices", None) if hasattr(self._transport, "send_file") else None
            self._pieces = iter(slices() if slices else body.pieces() if isinstance(body, FileBody) else body)

    def _send_pieces(self) -> None:
        """Send pieces until the client cannot take more, the slice is full, or the response is whole."""
        assert self._pieces is not None and self._response is not None
        length, end = self._response.length, self._sent + SLICE
        try:
            for piece in self._pieces:
                self._sent += piece.count if type(piece) is FileBody else len(piece)
                if length is not None and self._sent > length:
                    raise ValueError(f"Content-Length says {length}, the application sends more")
                self._send_piece(piece)
                if self._paused or self._closing:
                    return
                if self._timed and self._sent >= end:
                    self._hungry = True
                    return
            if length is not None and self._sent < length:
                raise ValueError(f"Content-Length says {length}, the application sent {self._sent}")
        except Exception:
            _log.exception("a response broke off after %s bytes", self._sent)
            if self._out:  # not even the head has left
                self._out.clear()
                self._respond(error_response(HTTPError(500)))
            else:
                self._abort()  # so that the client can tell
            return
        if self._patient:
            self._patient = False
            self._transport.set_write_buffer_limits()
        if self._chunked:
            self._out.append(encode_chunk(b""))
        self._finish(self._response)

    def _send_piece(self, piece: Any) -> None:
        if type(piece) is FileBody:  # from `slices`: the system sends it
            if self._out:
                self._flush()
            self._patient = True  # paused until it has left: only then may the next piece be judged, or the file closed
            self._transport.set_write_buffer_limits(0)
            self._transport.send_file(piece.file, piece.offset, piece.count)
        elif piece:
            self._out.append(encode_chunk(piece) if self._chunked else piece)
            self._flush()

    def _finish(self, response: Response) -> None:
        """A response is complete: note it, let go of what it held, and go on or end."""
        if self._server.access_log is not None:
            self._server.log(self._peer, self._request, response.status, self._sent)
        self._renewed = True
        request = self._request
        if request is not None and request.body is not None or self._response is not None:
            self._drop()
        self._request = None
        if not self._keep:
            self._close(linger=request is None or not self._parser.between_messages)

    def _drop(self) -> None:
        """Close what this request and its response hold open."""
        if self._request is None and self._response is None:
            return
        held_open = (self._request and self._request.body, self._response and self._response.body, self._pieces)
        self._pieces = self._response = None
        for held in held_open:
            close = getattr(held, "close", None)
            if close is not None:
                try:
                    close()
                except Exception:
                    _log.exception("closing failed")

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
        """End the connection after what was written; with `linger`, hear the client out first."""
        self._closing = True
        if self._out:
            self._flush()
        if linger and self._timed and not self._ended and self._transport.can_write_eof():
            self._lingering = True
            if self._stopped_reading:
                self._transport.resume_reading()
            self._transport.write_eof()
        else:
            self._transport.close()

    def _abort(self) -> None:
        self._closing = True
        self._out.clear()
        self._drop()
        self._transport.abort()

    def next_deadline(self, now: float) -> float:
        """Return when the client will have taken too long for what it is doing now."""
        self._timed = True  # under asyncio, by for_asyncio
        if self._rested and not self._paused and not self._closing:  # the usual case: a request has been answered
            self._rested = self._renewed = False
            self._phase, self._deadline = "idle", now + self._server.timeouts.idle
            return self._deadline
        if self._hungry:
            return now + 1e-6  # as soon as the other connections have had their turn
        phase, timeouts = self._current_phase(), self._server.timeouts
        if phase != self._phase:
            self._since = now
        if phase != self._phase or self._renewed:
            self._deadline = now + getattr(timeouts, phase)
            if phase == "body":
                patience = timeouts.body + self._parser.got / timeouts.rate
                self._deadline = min(self._deadline, self._since + patience)
            elif phase == "send":
                self._unsent = self._transport.get_write_buffer_size()
            self._phase, self._renewed = phase, False
        return self._deadline

    def deadline_passed(self, now: float) -> None:
        if self._hungry:
            self._hungry = False
            self._advance()
        elif now < self._deadline:
            return
        elif self._phase == "send" and self._transport.get_write_buffer_size() < self._unsent:
            self._renewed = True  # slow, but not asleep
        elif self._phase in ("linger", "send"):
            self._abort()
        elif self._phase == "body" or self._parser.buffered:
            self._refuse(ProtocolError(408, "the request takes too long"))
            self._advance()
        else:
            self._close()

    def _current_phase(self) -> str:
        if self._lingering:
            return "linger"
        if self._paused or self._pieces is not None or self._closing:
            return "send"
        if self._request is not None:
            return "body"
        return "head" if self._parser.buffered or not self._phase else "idle"
