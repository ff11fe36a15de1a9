"""What the benchmarks do not bring along: third-party peers in an environment of their own, and the system's tools."""
from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterable

from .harness import warn

_asked: set[str] = set()  # the packages that subjects of this run wanted

# How each tool says which version it is.
TOOLS = {"nginx": "-v", "wrk": "-v", "vsftpd": "-v", "curl": "--version", "cc": "--version"}


def folder() -> Path:
    """Return where the peers of all subjects are installed, below the user's cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / f"netio-bench-{sys.implementation.cache_tag}"


def python() -> Path:
    return folder() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python_with(packages: Iterable[str]) -> str:
    """Return a Python with these packages; what cannot be installed is named on stderr, and its rows will be skipped.

    Raises: OSError, subprocess.SubprocessError where no environment can be made at all.
    """
    packages = list(packages)
    _asked.update(package.partition("==")[0] for package in packages)
    if not python().exists():
        warn(f"making an environment for peers in {folder()}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder())], check=True, timeout=300)
    there = peer_versions()
    for package in sorted(package for package in packages if package.partition("==")[0] not in there):
        warn(f"installing {package} into {folder()}")
        done = subprocess.run([str(python()), "-m", "pip", "install", "--quiet", package], capture_output=True,
                              text=True, timeout=600)
        if done.returncode:
            warn(f"no {package}: {(done.stderr.strip().splitlines() or ['pip failed'])[-1]}")
    return str(python())


def peer_versions() -> dict[str, str]:
    """Return the versions of the peers that were asked for and are installed."""
    if not python().exists():
        return {}
    command = [str(python()), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    there = {package["name"].lower().replace("_", "-"): package["version"] for package in json.loads(done.stdout)}
    return {name: there[name] for name in sorted(_asked & set(there))}


@functools.lru_cache(maxsize=None)
def find(name: str) -> str:
    """Return the path of a program of the system, also where only administrators look; "" where it is missing."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin") or ""


def tool_versions() -> dict[str, str]:
    """Return the version of each of the system's tools, or that it is not installed."""
    return {name: _version(find(name), option) for name, option in TOOLS.items()}


def _version(program: str, option: str) -> str:
    if not program:
        return "not installed"
    with tempfile.TemporaryFile("w+") as said:  # vsftpd says it to its standard input
        subprocess.run([program, option], stdin=said, stdout=said, stderr=said, timeout=10)
        said.seek(0)
        found = re.search(r"\d+\.\d[\w.+-]*", said.read())
    return found[0] if found else "unknown"
