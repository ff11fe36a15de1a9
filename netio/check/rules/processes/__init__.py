"""Processes: fork, its child and its status; multiprocessing's Process and Pool."""

from __future__ import annotations

from . import forks, memory, starting, waiting

__all__ = ["forks", "memory", "starting", "waiting"]
