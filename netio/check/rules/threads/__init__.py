"""Threads: shared data, locks, classes of their own, ends."""

from __future__ import annotations

from . import locks, running, sharing

__all__ = ["locks", "running", "sharing"]
