"""Between processes: pipes, queues, shared values, semaphores."""

from __future__ import annotations

from . import pipes, queues, values

__all__ = ["pipes", "queues", "values"]
