"""Files: read, look up, replace, copy and cut them, and see what the system does with them.

- reading: chunks, lines forwards and backwards, a growing file, the number of lines; encodings: which one a file is in
- lookup: a word in a sorted file, found by halving
- replacing: replace a file whole, decided at the commit; folders: work below a root that no link leads out of
- durable: add lines that last; timelog: the notes' log, one numbered line a second
- copying: copy with progress, check and resumption; parts: split, join, copy by halves, also by processes
- sparse: files with holes; modes, buffering, offsets, facts: what `open`, `write`, `tell` and descriptors really do

What a full disk (OSError, ENOSPC or EFBIG), a read-only folder (PermissionError) or a crash leaves behind is said
at each function that writes; none of them loses what was stored before.
"""
from __future__ import annotations

from .buffering import BufferStep, watch_buffering
from .copying import checksum, copy_bytes, copy_file
from .durable import DurableLog, append_line
from .encodings import find_unencodable, guess_encoding, guess_file_encoding
from .facts import FileFacts, describe_descriptor, describe_file, list_descriptors, list_folder, lowest_free_descriptor
from .folders import Root
from .lookup import Entry, SortedFile, check_sorted, look_up, look_up_unsorted
from .modes import MODES, OpenMode, explain_mode
from .names import safe_filename
from .offsets import LineIndex, index_lines, walk_offsets
from .parts import Part, copy_in_parts, copy_part, cut_ranges, find_damaged, join_files, read_checksums, split_file
from .reading import (count_lines, follow_lines, read_binary_lines, read_chunks, read_last_lines, read_lines,
                      read_lines_reversed)
from .replacing import (ChangedError, Replacement, UnsyncedError, discard_file, open_replacement, rename_over,
                        replace_file)
from .sparse import Extent, allocated_bytes, copy_sparse, make_sparse, map_extents, preallocate
from .syncing import sync
from .timelog import log_time, next_number

__all__ = [
    "MODES", "BufferStep", "ChangedError", "DurableLog", "Entry", "Extent", "FileFacts", "LineIndex",
    "OpenMode", "Part", "Replacement", "Root", "SortedFile", "UnsyncedError", "allocated_bytes", "append_line",
    "check_sorted", "checksum", "copy_bytes", "copy_file", "copy_in_parts", "copy_part", "copy_sparse",
    "count_lines", "cut_ranges", "describe_descriptor", "describe_file", "discard_file", "explain_mode",
    "find_damaged", "find_unencodable", "follow_lines", "guess_encoding", "guess_file_encoding", "index_lines",
    "join_files", "list_descriptors", "list_folder", "log_time", "look_up", "look_up_unsorted",
    "lowest_free_descriptor", "make_sparse", "map_extents", "next_number", "open_replacement", "preallocate",
    "read_binary_lines", "read_checksums", "read_chunks", "read_last_lines", "read_lines", "read_lines_reversed",
    "rename_over", "replace_file", "safe_filename", "split_file", "sync",
    "walk_offsets", "watch_buffering",
]
