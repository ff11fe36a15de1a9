"""How long the imports take, as `-X importtime` counts them, beside the standard library's own."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator

from .harness import Row, Settings, compare

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def rows(settings: Settings) -> Iterator[Row]:
    """`import netio` in at most 2 ms; netio.tcp and netio.http in at most `socket` and 3 ms more."""
    yield compare("import netio, beside 2 ms", import_time("netio"), lambda: 0.002, settings,
                  names=("netio", "2 ms"), reach=1)
    for chapter in ("tcp", "http"):
        yield compare(f"import netio.{chapter}, beside socket + 3 ms", import_time(f"netio.{chapter}"),
                      lambda: import_time("socket")() + 0.003, settings, names=(chapter, "socket + 3 ms"), reach=1)


def import_time(module: str) -> Callable[[], float]:
    """Return a function that imports `module` in a new interpreter and returns the seconds that this took in all."""
    command = [sys.executable, "-I", "-S", "-X", "importtime", "-c",
               f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); import {module}"]
    package = module.split(".")[0]

    def measure() -> float:
        report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        lines = [line.split("|") for line in report.splitlines() if line.startswith("import time:")]
        # What an import needs is indented below it and counted in its cumulative time.
        return sum(int(cumulative) for _, cumulative, name in lines[1:]
                   if not name.startswith("  ") and name.strip().split(".")[0] == package) / 1e6

    return measure
