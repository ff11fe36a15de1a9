"""Talking to an HTTPProtocol without a network: a transport that only notes, and the ways to cut what is fed."""

from __future__ import annotations

from netio.http import ResponseParser
from netio.http import protocol as protocol_module
from netio.http import sending as sending_module
from netio.http.protocol import HTTPProtocol
from netio.http.state import ServerState


class CheckedProtocol(HTTPProtocol):
    """Refuses every move that the table of states does not have."""

    def __setattr__(self, name, value):
        before = getattr(self, name, None)
        if name == "state" and before not in (None, value):
            assert value in protocol_module.MOVES[before], f"{before} to {value}"
        super().__setattr__(name, value)


class CheckedSending(sending_module.Sending):
    """The same for a response that is being sent."""

    def __setattr__(self, name, value):
        before = getattr(self, name, None)
        if name == "state" and before not in (None, value):
            assert value in sending_module.MOVES[before], f"{before} to {value}"
        super().__setattr__(name, value)


protocol_module.Sending = CheckedSending


class Transport:
    """Notes what a protocol does; `limit` bytes written make it ask for a pause."""

    def __init__(self, limit=None):
        self.sent, self.limit = bytearray(), limit
        self.closed = self.ended = self.aborted = self.paused_reading = False
        self.protocol, self.turns = None, []
        self.full = 0

    def get_extra_info(self, name, default=None):
        return {"peername": ("192.0.2.1", 4711), "sockname": ("192.0.2.2", 80)}.get(name, default)

    def write(self, data):
        assert not self.ended and not self.aborted, "written after the end"
        if not self.closed:
            self.sent += data
            self.full += len(data)
            if self.limit is not None and self.full >= self.limit:
                self.protocol.pause_writing()

    def call_in_turn(self, callback):
        self.turns.append(callback)

    def take(self):
        """The client has read everything."""
        self.full = 0
        self.protocol.resume_writing()

    def set_write_buffer_limits(self, high=None):
        self.limit = high if high is None else high + 1

    def get_write_buffer_size(self):
        return self.full

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.ended = True

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = self.aborted = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        self.paused_reading = True

    def resume_reading(self):
        self.paused_reading = False


def connect(app, limit=None, transport=None, **options):
    """Return (protocol, transport) of a new connection to `app`."""
    transport = transport or Transport(limit)
    options = {"clock": lambda: 784111777, "timer": lambda: 0.0, **options}
    transport.protocol = protocol = CheckedProtocol(ServerState(app, **options))
    protocol.connection_made(transport)
    return protocol, transport


def feed(protocol, transport, data, size=None):
    """Hand over `data` in pieces of `size`, as long as the server reads."""
    for at in range(0, len(data), size or len(data) or 1):
        if transport.closed:
            return
        protocol.data_received(data[at : at + (size or len(data))])


def answers(data, methods=()):
    """Read all responses in `data`; their bodies are bytes."""
    parser = ResponseParser()
    parser.methods += methods
    parser.feed(data)
    found = []
    while (response := parser.next_event()) is not None:
        pieces = []
        while (piece := parser.next_event()) != b"":
            if piece is None:
                parser.feed_eof()
            else:
                pieces.append(piece)
        response.body = b"".join(pieces)
        found.append(response)
    return found


def ask(app, data, size=None, methods=(), **options):
    """Feed `data` to a new connection; return (responses, transport)."""
    protocol, transport = connect(app, **options)
    feed(protocol, transport, data, size)
    protocol.connection_lost(None)
    return answers(transport.sent, methods), transport
