"""What a test receives from a socket."""
from __future__ import annotations


def receive_all(sock, piece=65536, timeout=None):
    """Return everything up to the end of the stream; `timeout` seconds are set for each piece, if given."""
    if timeout is not None:
        sock.settimeout(timeout)
    return b"".join(iter(lambda: sock.recv(piece), b""))


def is_ended(sock):
    """Return whether the peer ends the connection, in order or with a reset, and sends nothing more."""
    try:
        return sock.recv(100) == b""
    except ConnectionError:
        return True
