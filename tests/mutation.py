"""Change one token of netio at a time and see whether the tests notice.

    python3 -m tests.mutation netio/tcp                      25 changes, each tried on tests/tcp and its examples
    python3 -m tests.mutation netio/files/logs.py --count 60 --seed 7
    python3 -m tests.mutation netio/tcp --only 12            change 12 of that seed once more
    python3 -m tests.mutation netio/files/logs.py:40         every change of one line
    python3 -m tests.mutation netio/tcp --record /tmp/lines  keep (or use) the record of which test runs which line

A change that no test notices is printed with its line: either a test is missing, or the line could be simpler, or the
change means the same (`<` for `<=` where both sides are never equal). The checkout is not touched: the changes are made
in a copy of it. The seed is printed, and the same seed makes the same changes.

The chapter's tests are run once as they are, with a record of the lines that each of them runs (CPython 3.12 or later).
A change is then tried on the tests that run its line, the shortest first, up to the first that notices: mostly one or
two seconds. What is run while a module loads belongs to no test: there it is those that run any line of the module (and
of a function's defaults those that run the function).
"""
from __future__ import annotations

import argparse
import ast
import collections
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

NO_END = "the tests did not end in time: the change keeps them waiting, or the machine is too busy"
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
        elif token.string == "is" and tokens[index + 1].string == "not":
            continue  # the `not` is the one to change
        elif token.string in ("*", "-", "+") and before in ("(", ",", "=", ":", "[", "return", "lambda", ""):
            continue  # unpacking, a keyword-only mark, a sign
        else:
            found.append(Change(path, row, column, token.string, SWAPS[token.string]))
    return found


def changes_below(place: str) -> list[Change]:
    """Return every change in a folder, a file, or a line of one (FILE:LINE)."""
    path, _, row = place.partition(":")
    files = sorted(Path(path).rglob("*.py")) if Path(path).is_dir() else [Path(path)]
    return [change for file in files for change in changes_of(file.resolve().relative_to(CHECKOUT))
            if not row or change.row == int(row)]


class Records:
    """Which of a chapter's tests run which line; those that fail as things are do not count."""

    def __init__(self, record: str) -> None:
        self.seconds: dict[str, float] = {}
        self.failing: list[str] = []
        self.of_line: dict[tuple[str, int], set[str]] = collections.defaultdict(set)
        rows = [line.split(" ", 3) for line in record.splitlines()]
        names = {row[0]: row[3].split(" ", 1)[1] for row in rows if row[1] == "="}
        for number, path, value, *rest in rows:
            if path == "=":
                outcome, name = rest[0].split(" ", 1)
                if outcome == "failed":
                    self.failing.append(name)
                self.seconds[name] = float(value)
            elif number in names:
                self.of_line[path, int(value)].add(names[number])

    def tests_of(self, change: Change, source: str, most: float) -> list[str]:
        """Return the tests that run the changed statement, the shortest first, as many as end in so many seconds."""
        path = change.path.relative_to("netio").as_posix()
        lines = concerned_lines(source, change.row)
        found = set().union(*(self.of_line.get((path, line), ()) for line in lines))
        found = found or set().union(*(tests for (file, _), tests in self.of_line.items() if file == path))
        chosen, total = [], 0.0
        for name in sorted((found or set(self.seconds)) - set(self.failing), key=self.seconds.__getitem__):
            total += self.seconds[name]
            if total <= most or not chosen:
                chosen.append(name)
        return chosen


def concerned_lines(source: str, row: int) -> range:
    """Return the lines that what stands in a row works through: those of its statement, without a body; of a function's
    head the whole function; of what is run while the module loads the whole module.

    >>> source = "A = [\\n 1]\\ndef f(b=2):\\n  if (A and\\n    b):\\n    return 3\\n  return 4\\n"
    >>> [concerned_lines(source, row) for row in (2, 3, 5, 6)]
    [range(1, 8), range(3, 8), range(4, 6), range(6, 7)]
    """
    tree = ast.parse(source)
    found, inside = range(1, source.count("\n") + 1), False
    for node in ast.walk(tree):  # from the outside in
        if not isinstance(node, ast.stmt) or not node.lineno <= row <= (last := node.end_lineno or node.lineno):
            continue
        body = getattr(node, "body", None)
        in_head = not body or row < body[0].lineno or row == node.lineno
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = not in_head or inside
            found = range(node.lineno, last + 1)
        elif inside and in_head:
            found = range(node.lineno, max(node.lineno, body[0].lineno - 1 if body else last) + 1)
    return found


def run_tests(copy: Path, chapter: str, seconds: float, tests: list[str] | None = None, record: str = "") -> str:
    """Run a chapter's tests in the copy, or some of them; return "" when they pass, else what noticed the change."""
    where = [str(folder) for folder in (Path("netio", chapter), Path("tests", chapter)) if (copy / folder).exists()]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NETIO_LINE_RECORD": record}
    if tests is not None:
        where = sorted({ast.literal_eval(name).partition("::")[0] for name in tests})
        wanted = copy.parent / "tests-to-run"
        wanted.write_text("\n".join(tests), encoding="utf-8")
        env.update(NETIO_TESTS_TO_RUN=str(wanted), PYTHONDONTWRITEBYTECODE="1")
    if record:
        plugin = str(copy / "tests" / "line_records.py")
        (copy.parent / "sitecustomize.py").write_text(
            f"import runpy\nrunpy.run_path({plugin!r})['start_recording']({record!r})\n")
        env["PYTHONPATH"] = str(copy.parent)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *([] if record else ["-x"]), "-q", "--no-header", "-p", "tests.line_records",
         *where], cwd=copy, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, env=env,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return NO_END
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()
    failures = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "" if process.returncode == 0 else (failures or output.splitlines()[-1:] or ["the tests failed"])[0]


def record_tests(copy: Path, chapter: str, kept: str | None) -> Records:
    """Run a chapter's tests as they are, or read what an earlier run has recorded."""
    record = Path(f"{kept}-{chapter}" if kept else copy.parent / f"record-{chapter}").resolve()
    if not record.exists():
        partial = record.with_name(record.name + ".part")
        noticed = run_tests(copy, chapter, 3600, record=str(partial))
        if not partial.exists():
            raise SystemExit(f"{chapter}: no test was run: {noticed}")
        partial.replace(record)
    records = Records(record.read_text(encoding="utf-8"))
    print(f"{chapter}: {len(records.seconds)} tests run {len(records.of_line)} lines; {len(records.failing)} fail "
          "without a change", *records.failing, flush=True)
    return records


def try_change(copy: Path, change: Change, records: Records, most: float) -> str:
    """Make one change in the copy, run the tests that it concerns and undo it; return what noticed it, or ""."""
    file = copy / change.path
    source, status = file.read_text(encoding="utf-8"), file.stat()
    tests = records.tests_of(change, source, most)
    try:
        file.write_text(change.apply(source), encoding="utf-8")
        os.utime(file, (status.st_atime, status.st_mtime + 10))  # or the compiled module would count
        return run_tests(copy, change.path.parts[1], 30 + 4 * sum(map(records.seconds.__getitem__, tests)), tests)
    finally:
        file.write_text(source, encoding="utf-8")
        os.utime(file, (status.st_atime, status.st_mtime))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="files, FILE:LINE or folders below netio")
    parser.add_argument("--count", type=int, default=25, help="how many changes (default 25)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="which changes (default: the time)")
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="these changes of this seed alone")
    parser.add_argument("--tokens", help="change these alone, a kind of mistake: \"< <= > >=\"")
    parser.add_argument("--record", metavar="PATH", help="PATH-CHAPTER is read, or written if there is none; it holds "
                        "for the sources of its time")
    parser.add_argument("--seconds", type=float, default=60, help="of tests for one change at most (default 60)")
    options = parser.parse_args(argv)
    if not hasattr(sys, "monitoring"):
        parser.error("needs CPython 3.12 or later")
    every = [change for path in options.paths for change in changes_below(path)
             if options.tokens is None or change.old in options.tokens.split()]
    chosen = random.Random(options.seed).sample(every, min(options.count, len(every)))
    print(f"{len(chosen)} of {len(every)} changes, --seed {options.seed}", flush=True)
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "checkout")
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        records: dict[str, Records] = {}
        for number, change in enumerate(chosen, 1):
            if options.only and number not in options.only:
                continue
            chapter = change.path.parts[1]
            if chapter not in records:
                records[chapter] = record_tests(copy, chapter, options.record)
            noticed = try_change(copy, change, records[chapter], options.seconds)
            survivors += not noticed
            verdict = "no end" if noticed == NO_END else "noticed" if noticed else "SURVIVED"
            source = (copy / change.path).read_text(encoding="utf-8")
            line = source.splitlines()[change.row - 1].strip()
            print(f"{number:3} {verdict} {change.path}:{change.row} "
                  f"{change.old!r} -> {change.new!r}: {line if not noticed else noticed}", flush=True)
    print(f"{survivors} changes survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
