"""Run all tests and examples, in an environment that this script makes if pytest is missing.

    python3 scripts/run_tests.py                     everything, in under three minutes
    python3 scripts/run_tests.py --soak              what runs longer, too
    python3 scripts/run_tests.py tests/tcp -k frame  any further arguments go to pytest
"""
from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def python_with_pytest() -> str:
    """Return a Python that has pytest: this one, or that of an environment made for it under .test-env."""
    if importlib.util.find_spec("pytest"):
        return sys.executable
    folder = CHECKOUT / ".test-env" / f"{sys.implementation.cache_tag}-{sys.platform}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or subprocess.run([str(python), "-c", "import pytest"], capture_output=True).returncode:
        print(f"pytest is missing: installing it into {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pytest"], check=True)
    return str(python)


def main(argv: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    try:
        python = python_with_pytest()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"run_tests.py: cannot make an environment with pytest: {error}", file=sys.stderr)
        return 2
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=CHECKOUT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
