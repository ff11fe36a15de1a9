"""Protocols written with nothing but asyncio in mind."""
from __future__ import annotations

import asyncio


class PlainEcho(asyncio.Protocol):
    """Written with nothing but asyncio in mind."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        assert type(data) is bytes
        self.transport.write(data)

    def eof_received(self):
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def connection_lost(self, exc):
        self.transport = None


class PlainBufferedEcho(asyncio.BufferedProtocol):
    """The other kind of protocol that asyncio has: it reads into a buffer of its own."""

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = bytearray(10_000)

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, nbytes):
        self.transport.write(self.buffer[:nbytes])


class PlainPausingEcho(PlainEcho):
    """Keeps to flow control, by asyncio's rules."""

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()
