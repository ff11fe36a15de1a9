"""Change one token of netio at a time and see whether the tests notice.

    python3 -m tests.mutation netio/tcp                      25 changes, each tried on tests/tcp and its examples
    python3 -m tests.mutation netio/files/logs.py --count 60 --seed 7
    python3 -m tests.mutation netio/tcp --only 12            change 12 of that seed once more

A change that no test notices is printed with its line: either a test is missing, or the line could be simpler, or the
change means the same (`<` for `<=` where both sides are never equal). The checkout is not touched: the changes are made
in a copy of it. The seed is printed, and the same seed makes the same changes.
"""
from __future__ import annotations

import argparse
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tokenize
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "is": "is not", "in": "not in", "not": "",
    "+": "-", "-": "+", "*": "//", "//": "*", "%": "+", "+=": "-=", "-=": "+=", "&": "|", "<<": ">>", ">>": "<<",
    "and": "or", "or": "and", "any": "all", "all": "any", "min": "max", "max": "min", "True": "False", "False": "True",
    "break": "continue", "continue": "break",
}


@dataclass(frozen=True)
class Change:
    """One token of a file and what is put in its place."""

    path: Path
    row: int
    column: int
    old: str
    new: str

    def apply(self, source: str) -> str:
        lines = source.splitlines(keepends=True)
        line = lines[self.row - 1]
        lines[self.row - 1] = line[:self.column] + self.new + line[self.column + len(self.old):]
        return "".join(lines)


def changes_of(path: Path) -> list[Change]:
    """Return every change that can be made in a file; not a loop's `in`, nor a sign."""
    source = (CHECKOUT / path).read_text(encoding="utf-8")
    found, line_of_loop = [], 0
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for index, token in enumerate(tokens):
        row, column = token.start
        before = tokens[index - 1].string if index else ""
        if token.string == "for":
            line_of_loop = row
        if token.type == tokenize.NUMBER and token.string.isdigit():
            found.append(Change(path, row, column, token.string, str(int(token.string) + 1)))
        elif token.type not in (tokenize.OP, tokenize.NAME) or token.string not in SWAPS:
            continue
        elif token.string == "in" and (row == line_of_loop or before == "not"):
            continue
        elif token.string in ("*", "-", "+") and before in ("(", ",", "=", ":", "[", "return", "lambda", ""):
            continue  # unpacking, a keyword-only mark, a sign
        else:
            found.append(Change(path, row, column, token.string, SWAPS[token.string]))
    return found


def run_tests(copy: Path, path: Path, seconds: float) -> str:
    """Run the tests of a file's chapter in the copy; return "" when they pass, else what noticed the change."""
    chapter = path.parts[1]
    where = [str(folder) for folder in (Path("netio", chapter), Path("tests", chapter)) if (copy / folder).exists()]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", *where], cwd=copy, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return "the tests did not end"
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()
    failures = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "" if process.returncode == 0 else (failures or ["the tests failed"])[0]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="files or folders below netio")
    parser.add_argument("--count", type=int, default=25, help="how many changes (default 25)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="which changes (default: the time)")
    parser.add_argument("--only", type=int, metavar="N", help="change N of this seed alone")
    options = parser.parse_args(argv)
    files = [file.resolve().relative_to(CHECKOUT) for path in map(Path, options.paths)
             for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    every = [change for file in files for change in changes_of(file)]
    chosen = random.Random(options.seed).sample(every, min(options.count, len(every)))
    print(f"{len(chosen)} of {len(every)} changes, --seed {options.seed}", flush=True)
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "checkout")
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        limits: dict[str, float] = {}
        for number, change in enumerate(chosen, 1):
            if options.only not in (None, number):
                continue
            chapter = change.path.parts[1]
            if chapter not in limits:
                begin = time.monotonic()
                if noticed := run_tests(copy, change.path, 600):
                    print(f"{chapter}: the tests fail without a change: {noticed}")
                    return 2
                limits[chapter] = 30 + 3 * (time.monotonic() - begin)
            source = (copy / change.path).read_text(encoding="utf-8")
            (copy / change.path).write_text(change.apply(source), encoding="utf-8")
            noticed = run_tests(copy, change.path, limits[chapter])
            (copy / change.path).write_text(source, encoding="utf-8")
            survivors += not noticed
            line = source.splitlines()[change.row - 1].strip()
            print(f"{number:3} {'noticed' if noticed else 'SURVIVED'} {change.path}:{change.row} "
                  f"{change.old!r} -> {change.new!r}: {line if not noticed else noticed}", flush=True)
    print(f"{survivors} changes survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
