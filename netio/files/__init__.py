"""Files: read, look up, replace, copy and cut them, and see what the system does with them.

- reading: chunks, lines forwards and backwards, a growing file, the number of lines; encodings: which one a file is in
- lookup: a word in a sorted file, found by halving
- replacing: replace a file whole, decided at the commit; folders: work below a root that no link leads out of
- sweeping: remove what killed programs have left of files that they were writing
- durable: add lines that last; timelog: the notes' log, one numbered line a second
- copying: copy with progress, check and resumption; parts: split, join, copy by halves, also by processes
- sparse: files with holes; modes, buffering, offsets, facts: what `open`, `write`, `tell` and descriptors really do

Start here: read_lines, replace_file, copy_file, look_up, DurableLog.

What a full disk (OSError, ENOSPC or EFBIG), a read-only folder (PermissionError) or a crash leaves behind is said
at each function that writes; none of them loses what was stored before.
"""
from __future__ import annotations

from . import timelog
from .buffering import watch_buffering
from .copying import checksum, copy_file
from .durable import DurableLog, append_line
from .encodings import guess_file_encoding
from .facts import describe_file, list_descriptors
from .locking import ChangedError
from .lookup import SortedFile, look_up
from .modes import explain_mode
from .names import safe_filename
from .offsets import LineIndex, walk_offsets
from .parts import copy_in_parts, join_files, split_file
from .reading import count_lines, follow_lines, read_chunks, read_last_lines, read_lines, read_lines_reversed
from .replacing import Replacement, UnsyncedError, open_replacement, replace_file
from .root import Root
from .sparse import copy_sparse, make_sparse, map_extents
from .syncing import sync

__all__ = [
    "ChangedError", "DurableLog", "LineIndex", "Replacement", "Root", "SortedFile", "UnsyncedError", "append_line",
    "checksum", "copy_file", "copy_in_parts", "copy_sparse", "count_lines", "describe_file", "explain_mode",
    "follow_lines", "guess_file_encoding", "join_files", "list_descriptors", "look_up", "make_sparse", "map_extents",
    "open_replacement", "read_chunks", "read_last_lines", "read_lines", "read_lines_reversed", "replace_file",
    "safe_filename", "split_file", "sync", "walk_offsets", "watch_buffering",
]
