"""Names of a package that are loaded on first use (PEP 562): importing a chapter costs only what is used of it."""
from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def load_later(
    package: str, homes: dict[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return the `__getattr__`, the `__dir__` and the `__all__` of a package whose modules load on first use.

    `homes` is {module: its names, with blanks between}. Type checkers read the imports beside the call:

        if TYPE_CHECKING:
            from .decimal import Decimal as Decimal
        else:
            __getattr__, __dir__, __all__ = load_later(__name__, {"decimal": "Decimal"})

    >>> get, list_names, names = load_later("json", {"decoder": "JSONDecoder"})
    >>> names, get("JSONDecoder").__name__
    (['JSONDecoder'], 'JSONDecoder')
    >>> get("no_such_name")
    Traceback (most recent call last):
    AttributeError: module 'json' has no attribute 'no_such_name'
    """
    modules = {name: module for module, names in homes.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = __import__(f"{package}.{modules[name]}", fromlist=[name])
        value = getattr(module, name)
        setattr(sys.modules[package], name, value)  # found at once from now on
        return value

    def list_names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return get, list_names, [*modules]
