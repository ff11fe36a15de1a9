"""The reference itself: what netio has, what a name does, and how to copy it out.

`python -m netio` is this package on the command line.
"""
from __future__ import annotations

from .collecting import definition, module_names, public_names, resolve
from .names import documentation, entries, find, scripts, starters, suggest
from .snippets import copy, expand
from .vendoring import vendor

__all__ = [
    "copy", "definition", "documentation", "entries", "expand", "find", "module_names", "public_names", "resolve",
    "scripts", "starters", "suggest", "vendor",
]
