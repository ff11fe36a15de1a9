"""Files: look-up in a sorted file."""
from __future__ import annotations

from .lookup import Entry, SortedFile, check_sorted, look_up, look_up_unsorted

__all__ = ["Entry", "SortedFile", "check_sorted", "look_up", "look_up_unsorted"]
