"""netio: network and concurrent programming with nothing but Python's standard library.

One chapter of the course, one package. `import netio` loads none of them; each is loaded on first use:

>>> import netio
>>> netio.tcp.__name__
'netio.tcp'
"""
from __future__ import annotations

__version__ = "0.1.0"

# A module that sets this name itself need not import `typing`, which takes longer than all of `import netio` may.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    import netio.chat
    import netio.concurrency
    import netio.files
    import netio.ftp
    import netio.http
    import netio.ipc
    import netio.packing
    import netio.tcp
    import netio.udp

__all__ = ["files", "packing", "tcp", "udp", "http", "concurrency", "ipc", "chat", "ftp"]


def __getattr__(name: str) -> ModuleType:
    """Load a chapter the first time that its name is used (PEP 562)."""
    if name in __all__:
        __import__(f"{__name__}.{name}")
        chapter: ModuleType = globals()[name]
        return chapter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
