"""Run all tests and examples, in an environment that this script makes if pytest is missing.

    python3 scripts/run_tests.py                     everything; the end says how long it took
    python3 scripts/run_tests.py --thorough          every case of what else is tried by samples: as CI does once
    python3 scripts/run_tests.py --soak [MINUTES]    what runs longer, too: each server under load for a minute, or more
    python3 scripts/run_tests.py --jobs 1            one chapter after the other (default: two more than processors)
    python3 scripts/run_tests.py --only tcp,udp      these chapters, and what belongs to none
    python3 scripts/run_tests.py tests/tcp -k frame  one run of pytest, with these arguments

Further options go to pytest. Each chapter is a run of pytest of its own, and two more run side by side than there are
processors, as tests also wait. What fails is printed in full, and the exit status is 0 only when nothing did.
"""
from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Iterator

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

CHECKOUT = Path(__file__).resolve().parent.parent
# What takes longest begins first, so that none of it runs alone at the end; the others follow by the size of code.
LONGEST = "concurrency reference rest ftp http plain hostile teach ipc tour".split()


def python_with_pytest() -> str:
    """Return a Python that has pytest: this one, or that of an environment made for it under .test-env."""
    if importlib.util.find_spec("pytest"):
        return sys.executable
    folder = CHECKOUT / ".test-env" / f"{sys.implementation.cache_tag}-{sys.platform}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or subprocess.run([str(python), "-c", "import pytest"], capture_output=True).returncode:
        _prelude.tell("pytest is missing: installing it into {}", folder)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pytest"], check=True)
    return str(python)


def chapters(only: list[str]) -> list[list[str]]:
    """Return what each run of pytest is given, a chapter's examples and its tests, in the order in which they begin."""
    tests, package = CHECKOUT / "tests", CHECKOUT / "netio"
    folders = [path for path in tests.iterdir() if (path / "__init__.py").exists()]
    named = {folder.name for folder in folders}
    rest = [path for path in sorted(package.iterdir()) if path.suffix == ".py" or path.name not in named
            and (path / "__init__.py").exists()]
    runs = {folder.name: [path for path in (package / folder.name, folder) if path.exists()]
            for folder in folders if not only or folder.name in only}
    runs["rest"] = [*rest, *sorted(tests.glob("test_*.py"))]
    size = {name: sum(file.stat().st_size for path in paths for file in [path, *path.rglob("test_*.py")])
            for name, paths in runs.items()}
    names = sorted(runs, key=lambda name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), -size[name]))
    return [[str(path.relative_to(CHECKOUT)) for path in runs[name]] for name in names]


@contextlib.contextmanager
def quick_to_start(python: str) -> Iterator[str]:
    """Yield a Python for the thousand interpreters that tests start: they share compiled modules, outside the checkout.

    Nor do they run at each start what packages have put into .pth files: that can take ten times as long as the start
    itself. So it is an environment that finds the same modules; on Windows it would start two processes instead of one.
    """
    folder = Path(tempfile.mkdtemp(prefix="netio-tests-"))
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        environment = [python, "-m", "venv", "--without-pip", str(folder)]
        if os.name == "posix" and not subprocess.run(environment, capture_output=True).returncode:
            listing = [python, "-c", "import sys; print(*sys.path[1:], sep='\\n')"]
            found = subprocess.run(listing, cwd=folder, check=True, capture_output=True, text=True).stdout
            next(folder.glob("lib/*/site-packages"), folder).joinpath("found.pth").write_text(found, encoding="utf-8")
            python = str(folder / "bin" / "python")
        yield python
    finally:
        del os.environ["PYTHONPYCACHEPREFIX"]
        shutil.rmtree(folder, ignore_errors=True)


def run_pytest(python: str, arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for name in ("CI", "BUILD_NUMBER"):  # with them pytest compares long contents that differ line by line, for hours
        environment.pop(name, None)
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=CHECKOUT, env=environment, text=True,
                          errors="replace", **options)


def run_chapters(python: str, options: list[str], jobs: int, only: list[str]) -> int:
    """Run every chapter, `jobs` at a time; print a line for each that passes and everything about one that does not."""
    total: Counter[str] = Counter()
    begin = time.monotonic()
    executor = ThreadPoolExecutor(jobs)
    runs = {executor.submit(run_pytest, python, [*options, "-q", *paths], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT): paths for paths in chapters(only)}
    try:
        for run in as_completed(runs):
            done, paths = run.result(), runs[run]
            last = done.stdout.rstrip().rpartition("\n")[2]
            counts = {what: int(count) for count, what in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
            if done.returncode and not counts.keys() & {"failed", "error"}:  # pytest itself went down
                counts["error"] = 1
            total.update(counts)
            name = paths[-1] if len(paths) < 3 else _prelude.say("the rest")
            print(done.stdout if done.returncode else f"{_prelude.pad(name, 20)} {last}", flush=True)
    finally:
        executor.shutdown(cancel_futures=True)  # Ctrl-C reaches those that run; the others shall not begin
    failed = total["failed"] + total["error"]
    print()
    _prelude.tell("{:.0f} s, {} side by side", time.monotonic() - begin, jobs)
    _prelude.tell("{} passed, {} failed, {} skipped", total["passed"], failed, total["skipped"])
    return int(failed > 0)


def take_minutes(arguments: list[str]) -> list[str]:
    """Return the arguments with `--soak 10` as pytest's `--soak --soak-minutes=10`; a path may follow --soak, too."""
    if "--soak" in arguments:
        at = arguments.index("--soak") + 1
        if at < len(arguments) and re.fullmatch(r"\d+(\.\d+)?", arguments[at], re.ASCII):
            return [*arguments[:at], f"--soak-minutes={arguments[at]}", *arguments[at + 1:]]
    return arguments


def show_help() -> int:
    print(_prelude.say_doc(__doc__))
    return 0


def main(argv: list[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["-h"], ["--help"]):
        _prelude.run(show_help)
    arguments = take_minutes(arguments)
    jobs = (os.cpu_count() or 1) + 2
    if arguments[:1] == ["--jobs"] and len(arguments) > 1 and arguments[1].isdigit():
        jobs, arguments = max(1, int(arguments[1])), arguments[2:]
    only: list[str] = []
    if arguments[:1] == ["--only"] and len(arguments) > 1:
        only, arguments = arguments[1].split(","), arguments[2:]
    try:
        python = python_with_pytest()
    except (subprocess.CalledProcessError, OSError) as error:
        text = _prelude.say("cannot make an environment with pytest: {}", _prelude.explain(error))
        print(_prelude.say("{}: {}", "run_tests.py", text), file=sys.stderr)
        return 2
    with quick_to_start(python) as python:
        if all(argument.startswith("-") for argument in arguments):
            return run_chapters(python, [option for option in arguments if option not in ("-q", "--quiet")], jobs, only)
        return run_pytest(python, arguments).returncode


if __name__ == "__main__":
    sys.exit(main())
