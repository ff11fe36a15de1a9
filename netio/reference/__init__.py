"""The reference itself: what netio has, what a name does, and how to copy it out.

`python -m netio` is this package on the command line.
"""
from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .collecting import definition as definition, module_names as module_names, public_names as public_names
    from .collecting import resolve as resolve
    from .index import load_index as load_index
    from .names import documentation as documentation, entries as entries, scripts as scripts, starters as starters
    from .names import suggest as suggest
    from .plain import find_programs as find_programs, program_text as program_text, programs as programs
    from .plain import programs_before as programs_before
    from .searching import search as search
    from .snippets import copy as copy, expand as expand
    from .vendoring import vendor as vendor
else:
    __getattr__, __dir__, __all__ = load_later(__name__, {
        "collecting": "definition module_names public_names resolve",
        "index": "load_index",
        "names": "documentation entries scripts starters suggest",
        "plain": "find_programs program_text programs programs_before",
        "searching": "search",
        "snippets": "copy expand",
        "vendoring": "vendor",
    })
