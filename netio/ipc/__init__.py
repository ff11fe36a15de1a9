"""Processes that talk to each other."""
from __future__ import annotations

from .pipes import Connection, Receiver, Sender, ask_leave, give_leave, open_duplex, open_pipe, start

__all__ = ["Connection", "Receiver", "Sender", "ask_leave", "give_leave", "open_duplex", "open_pipe", "start"]
