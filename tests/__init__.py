"""The tests. Where none is run, as in a process that one starts, pytest is a stand-in: the true one is slow to load."""
from __future__ import annotations

import importlib
import sys
import types


class _Mark:
    """As `pytest.mark` and what is made with it: it leaves what it decorates as it is."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments, **options):
        return arguments[0] if len(arguments) == 1 and callable(arguments[0]) and not options else self


class _Pytest(types.ModuleType):
    """What decorates a test is empty; with anything else the true pytest comes."""

    mark = fixture = param = _Mark()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get("pytest") is self:
            del sys.modules["pytest"]
        return getattr(importlib.import_module("pytest"), name)


if "pytest" not in sys.modules:
    sys.modules["pytest"] = _Pytest("pytest")
