"""Read a program, without running it, and name each mistake of these chapters in it.

The steps are rooms: `reading` mends what does not compile, `interpret` finds out what each name is, `rules` look for
mistakes, one function each. All of it is pure: text in, findings out; only `command` reads files.
"""

from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .checking import check_source as check_source, check_sources as check_sources
    from .findings import Cure as Cure, Finding as Finding
else:
    __getattr__, __dir__, __all__ = load_later(
        __name__, {"checking": "check_source check_sources", "findings": "Cure Finding"}
    )
