"""TCP: what one `send` and one `recv` do, the two sockets of a server, ends, options and addresses."""

from __future__ import annotations

from . import closing, ends, messages, objects, opening, sending

__all__ = ["closing", "ends", "messages", "objects", "opening", "sending"]
