"""The errors that students meet, by their exact text: why, the cure, and the name in netio that avoids them.

docs/common-errors.md is written from these tables (`python -m netio.reference.pages`), and `find` searches them. In a
text `...` stands for what differs from time to time. Windows translates its texts; the Chinese ones are given, too.
"""
from __future__ import annotations

from .entry import Error
from . import clients, files, kinds, more, processes, sockets, stdlib
from .kinds import title_by_kind

__all__ = ["ALL_ERRORS", "ERRORS", "Error", "title_by_kind"]

ERRORS = [*sockets.ERRORS, *files.ERRORS, *processes.ERRORS]
# With those that `find` knows beyond the page.
ALL_ERRORS = [*ERRORS, *more.ERRORS, *stdlib.ERRORS, *clients.ERRORS, *kinds.ERRORS]
